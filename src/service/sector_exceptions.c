/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Exceptions: findings that somebody has accepted until a day, as CSV (RFC 4180 without line ends
 * in fields). The first line may name the columns. */
#include "service/sector_parts.h"

#define COLUMNS 5

/* One field, quoted or not; the rest moves on behind the comma. */
static struct span take_field(struct arena *arena, struct span *rest)
{
	if (rest->len == 0 || rest->ptr[0] != '"') {
		struct span field = {0};
		(void)span_split(rest, ',', &field);
		return span_trim(field, TEXT_SPACE);
	}
	char *plain = arena_alloc(arena, rest->len + 1);
	size_t len = 0;
	size_t at = 1;
	for (; plain != NULL && at < rest->len; at++) {
		bool is_quote = rest->ptr[at] == '"';
		bool is_doubled = is_quote && at + 1 < rest->len && rest->ptr[at + 1] == '"';
		if (is_quote && !is_doubled) {
			break;
		}
		plain[len++] = rest->ptr[at];
		at += is_doubled ? 1 : 0;
	}
	*rest = span_from(*rest, at + 1);
	if (rest->len > 0 && rest->ptr[0] == ',') {
		*rest = span_from(*rest, 1);
	}
	return span_of(plain, len);
}

static int read_line(struct sector *sector, struct span line, size_t number, struct failure *reterr)
{
	struct span fields[COLUMNS];
	for (size_t i = 0; i < COLUMNS; i++) {
		fields[i] = take_field(sector->arena, &line);
	}
	if (number == 1 && span_equal_nocase(fields[0], SPAN("domain"))) {
		return 0;
	}
	int64_t expires_at;
	if (fields[0].len == 0 || fields[1].len == 0 || !time_parse(fields[3], &expires_at)) {
		return failure_set(reterr, FAILURE_INPUT, "--exceptions",
				   "line %zu is not domain,finding,owner,expires,reason with a "
				   "date like 2026-12-31",
				   number);
	}
	struct sector_exception *added = VECTOR_PUSH(
		&sector->exceptions, sector->arena, struct sector_exception, SECTOR_MAX_EXCEPTIONS);
	if (added == NULL) {
		return failure_set_memory(reterr, "--exceptions");
	}
	*added = (struct sector_exception){
		.domain = text_lower_copy(sector->arena, fields[0]),
		.finding = arena_copy(sector->arena, fields[1]),
		.owner = arena_copy(sector->arena, fields[2]),
		.expires_at = expires_at,
		.reason = arena_copy(sector->arena, fields[4]),
		.is_expired = expires_at < sector->at,
	};
	return 0;
}

int sector_exceptions_read(struct sector *sector, struct span text, struct failure *reterr)
{
	struct span line;
	size_t number = 0;
	int r = 0;
	while (r == 0 && span_split(&text, '\n', &line)) {
		number++;
		line = span_trim(line, TEXT_SPACE);
		if (line.len > 0 && line.ptr[0] != '#') {
			r = read_line(sector, line, number, reterr);
		}
	}
	return r;
}

struct sector_exception *sector_exception_find(struct sector *sector, struct span domain,
					       struct span finding)
{
	for (size_t i = 0; i < sector->exceptions.len; i++) {
		struct sector_exception *exception =
			VECTOR_AT(&sector->exceptions, struct sector_exception, i);
		bool is_domain = span_equal(exception->domain, SPAN("*")) ||
				 span_equal(exception->domain, domain);
		if (is_domain && !exception->is_expired &&
		    span_equal(exception->finding, finding)) {
			return exception;
		}
	}
	return NULL;
}
