/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines -> domains. */
#include "service/scan_list.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "records/name_input.h"
#include "records/zone_file.h"

#define SCRATCH_BYTES ((size_t)256 << 10)

/* Where the columns of a CSV stand. */
struct columns {
	size_t domain;
	size_t owner;
	size_t group;
};

struct scan_list {
	struct scan_input input; /* first: next() casts back */
	FILE *file;
	struct scan_list_options options;
	enum scan_list_form form;
	struct columns columns;
	struct zone_reader zone;
	struct arena *scratch; /* of one line */
	struct buffer line;
	struct scan_list_counts counts;
	uint64_t octets_read;
	uint64_t octets; /* of the file; 0: not known */
	bool has_header; /* or it is known that there is none */
	bool is_refused; /* it has one that says nothing about domains */
	bool is_started;
};

enum line_read {
	LINE_READ,
	LINE_TOO_LONG,
	LINE_END,
};

static enum line_read read_line(struct scan_list *list)
{
	buffer_clear(&list->line);
	bool is_any = false;
	for (int c = getc_unlocked(list->file); c != EOF; c = getc_unlocked(list->file)) {
		is_any = true;
		list->octets_read++;
		if (c == '\n') {
			break;
		}
		if (!list->line.is_failed) {
			buffer_putc(&list->line, (char)c);
		}
	}
	list->counts.lines += is_any ? 1 : 0;
	if (list->line.is_failed) {
		return LINE_TOO_LONG;
	}
	return is_any ? LINE_READ : LINE_END;
}

static void complain(struct scan_list *list, struct span what, const char *why)
{
	list->counts.bad++;
	if (list->options.complain != NULL) {
		list->options.complain(list->options.context, list->counts.lines, what, why);
	}
}

/* True when it is a domain that was not there before. */
static bool take_domain(struct scan_list *list, struct span text, struct scan_item *item)
{
	struct name_input_result input = name_input_parse(list->scratch, text);
	if (input.status != NAME_INPUT_OK) {
		complain(list, text, name_input_explain(input.status));
		return false;
	}
	item->domain = input.name;
	if (list->options.skip != NULL && seen_add(list->options.skip, input.name) == SEEN_BEFORE) {
		list->counts.skipped++;
		return false;
	}
	list->counts.items++;
	item->ticket = list->counts.items;
	return true;
}

static bool take_plain(struct scan_list *list, struct span line, struct scan_item *item)
{
	struct span text = span_trim(span_slice(line, 0, span_find(line, '#', 0)), TEXT_SPACE);
	return text.len > 0 && take_domain(list, text, item);
}

/* RFC 4180 2: the next field of a line; quoted ones are copied without their quotes. */
static bool take_field(struct scan_list *list, struct span *rest, struct span *ret_field)
{
	if (rest->ptr == NULL) {
		return false;
	}
	struct span text = span_trim(*rest, " \t");
	if (text.len == 0 || text.ptr[0] != '"') {
		struct span field;
		if (!span_split(rest, ',', &field)) {
			*ret_field = span_of("", 0);
			rest->ptr = NULL;
			return true;
		}
		*ret_field = span_trim(field, TEXT_SPACE);
		return true;
	}
	char *copy = arena_alloc(list->scratch, text.len);
	size_t len = 0;
	size_t i = 1;
	for (; i < text.len && copy != NULL; i++) {
		if (text.ptr[i] == '"' && (i + 1 >= text.len || text.ptr[i + 1] != '"')) {
			break;
		}
		i += text.ptr[i] == '"' ? 1 : 0;
		copy[len++] = text.ptr[i];
	}
	*ret_field = span_trim(span_of(copy, len), TEXT_SPACE);
	size_t comma = span_find(text, ',', i);
	*rest = comma < text.len ? span_from(text, comma + 1) : (struct span){0};
	return true;
}

static size_t split_fields(struct scan_list *list, struct span line, struct span *fields)
{
	size_t count = 0;
	struct span rest = line;
	while (count < SCAN_LIST_MAX_COLUMNS && take_field(list, &rest, &fields[count])) {
		count++;
	}
	return count;
}

static struct span field_at(const struct span *fields, size_t count, size_t i)
{
	return i < count ? fields[i] : span_of("", 0);
}

/* True when the line names the columns. */
static bool take_header(struct scan_list *list, const struct span *fields, size_t count)
{
	struct columns columns = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
	for (size_t i = 0; i < count; i++) {
		if (span_equal_nocase(fields[i], SPAN("domain"))) {
			columns.domain = i;
		} else if (span_equal_nocase(fields[i], SPAN("owner"))) {
			columns.owner = i;
		} else if (span_equal_nocase(fields[i], SPAN("group"))) {
			columns.group = i;
		}
	}
	if (columns.domain != SIZE_MAX) {
		list->columns = columns;
	}
	return columns.domain != SIZE_MAX;
}

/* Words, and not one of them a domain: the first line of somebody's table. */
static bool is_foreign_header(struct scan_list *list, const struct span *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_find(fields[i], '.', 0) < fields[i].len) {
			return false;
		}
	}
	return name_input_parse(list->scratch, field_at(fields, count, 0)).status != NAME_INPUT_OK;
}

static bool take_row(struct scan_list *list, struct span line, struct scan_item *item)
{
	struct span fields[SCAN_LIST_MAX_COLUMNS];
	struct span text = span_trim(line, TEXT_SPACE);
	if (text.len == 0 || text.ptr[0] == '#') {
		return false;
	}
	size_t count = split_fields(list, line, fields);
	bool is_first = !list->has_header;
	list->has_header = true;
	if (is_first && take_header(list, fields, count)) {
		return false;
	}
	list->is_refused = is_first && is_foreign_header(list, fields, count);
	if (list->is_refused) {
		return false;
	}
	struct span domain = field_at(fields, count, list->columns.domain);
	if (domain.len == 0) {
		complain(list, text, "has no domain");
		return false;
	}
	item->owner = field_at(fields, count, list->columns.owner);
	item->group = field_at(fields, count, list->columns.group);
	return take_domain(list, domain, item);
}

static bool take_zone_line(struct scan_list *list, struct span line, struct scan_item *item)
{
	struct zone_record record;
	const char *why = NULL;
	struct span domain;
	switch (zone_reader_take(&list->zone, line, &record, &why)) {
	case ZONE_LINE_NOTHING:
		return false;
	case ZONE_LINE_PROBLEM:
		complain(list, span_slice(line, 0, 80), why);
		return false;
	case ZONE_LINE_RECORD:
		break;
	}
	return zone_mail_domain(record.owner, record.type, zone_data_has_spf(record.data),
				&domain) &&
	       take_domain(list, domain, item);
}

static bool has_word(struct span line, struct span word)
{
	struct span rest = line;
	struct span part;
	while (rest.ptr != NULL && span_split(&rest, ' ', &part)) {
		struct span inner = part;
		struct span piece;
		while (inner.ptr != NULL && span_split(&inner, '\t', &piece)) {
			if (span_equal_nocase(piece, word)) {
				return true;
			}
		}
	}
	return false;
}

/* By a line that says something. */
static enum scan_list_form form_of(struct span line)
{
	if (line.ptr[0] == '$' || line.ptr[0] == ';' || has_word(line, SPAN("SOA")) ||
	    has_word(line, SPAN("IN"))) {
		return SCAN_LIST_ZONE;
	}
	bool is_csv = span_find(line, ',', 0) < line.len ||
		      span_equal_nocase(span_trim(line, "\""), SPAN("domain"));
	return is_csv ? SCAN_LIST_CSV : SCAN_LIST_LINES;
}

static void find_form(struct scan_list *list, struct span line)
{
	struct span text = span_trim(line, TEXT_SPACE);
	if (list->form == SCAN_LIST_AUTO && text.len > 0 && text.ptr[0] != '#') {
		list->form = form_of(text);
	}
}

static bool take_line(struct scan_list *list, struct span line, struct scan_item *item)
{
	find_form(list, line);
	switch (list->form) {
	case SCAN_LIST_AUTO:
		return false;
	case SCAN_LIST_LINES:
		return take_plain(list, line, item);
	case SCAN_LIST_CSV:
		return take_row(list, line, item);
	case SCAN_LIST_ZONE:
		return take_zone_line(list, line, item);
	}
	return false;
}

/* Some editors begin a file with U+FEFF. */
static struct span without_mark(struct span line)
{
	const struct span mark = SPAN_INIT("\xef\xbb\xbf");
	return span_starts_with(line, mark) ? span_from(line, mark.len) : line;
}

static int next(struct scan_input *input, struct scan_item *ret_item, enum scan_next *ret_next,
		struct failure *reterr)
{
	struct scan_list *list = (struct scan_list *)input;
	for (;;) {
		arena_reset(list->scratch);
		enum line_read read = read_line(list);
		if (read == LINE_END) {
			break;
		}
		struct span line = buffer_span(&list->line);
		line = list->is_started ? line : without_mark(line);
		list->is_started = true;
		if (read == LINE_TOO_LONG) {
			complain(list, span_of("", 0), "the line is too long");
			continue;
		}
		struct scan_item item = {0};
		if (line.len > 0 && take_line(list, line, &item)) {
			*ret_item = item;
			*ret_next = SCAN_NEXT_ITEM;
			return 0;
		}
		if (list->is_refused) {
			return failure_set(reterr, FAILURE_INPUT, "read the list",
					   "line %llu names columns, and none of them \"domain\"",
					   (unsigned long long)list->counts.lines);
		}
	}
	if (ferror(list->file)) {
		return failure_set(reterr, FAILURE_IO, "read the list", "reading failed");
	}
	*ret_next = SCAN_NEXT_END;
	return 0;
}

/* From the part of the file that was read: exact when all lines are alike. */
static uint64_t remaining(struct scan_input *input)
{
	const struct scan_list *list = (const struct scan_list *)input;
	if (list->octets <= list->octets_read || list->counts.lines == 0) {
		return 0;
	}
	uint64_t left = list->octets - list->octets_read;
	double items_per_octet = (double)list->counts.items / (double)list->octets_read;
	return (uint64_t)((double)left * items_per_octet + 0.5);
}

static uint64_t size_of(FILE *file)
{
	struct stat status;
	return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)
		       ? (uint64_t)status.st_size
		       : 0;
}

struct scan_list *scan_list_new(FILE *file, const struct scan_list_options *options)
{
	struct scan_list *list = calloc(1, sizeof(*list));
	if (list == NULL) {
		return NULL;
	}
	list->input = (struct scan_input){next, remaining};
	list->file = file;
	list->options = *options;
	list->form = options->form;
	list->columns = (struct columns){0, 1, 2};
	list->zone = zone_reader_new(options->origin.len > 0 ? options->origin : SPAN("."));
	list->scratch = arena_new(SCRATCH_BYTES + 2 * SCAN_LIST_MAX_LINE);
	list->line = buffer_new(SCAN_LIST_MAX_LINE);
	list->octets = size_of(file);
	if (list->scratch == NULL) {
		scan_list_free(list);
		return NULL;
	}
	return list;
}

void scan_list_free(struct scan_list *list)
{
	if (list != NULL) {
		zone_reader_free(&list->zone);
		arena_free(list->scratch);
		buffer_free(&list->line);
		free(list);
	}
}

struct scan_input *scan_list_input(struct scan_list *list)
{
	return &list->input;
}

struct scan_list_counts scan_list_count(const struct scan_list *list)
{
	return list->counts;
}

enum scan_list_form scan_list_form(const struct scan_list *list)
{
	return list->form;
}
