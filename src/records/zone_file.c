/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines -> entries -> owner, type and data. */
#include "records/zone_file.h"

#include "records/rr.h"

#define SCRATCH_BYTES ((size_t)64 << 10)
/* TTL and class, in either order. */
#define MAX_PREFIXES 2

struct zone_reader zone_reader_new(struct span origin)
{
	struct zone_reader reader = {
		.scratch = arena_new(SCRATCH_BYTES),
		.entry = buffer_new(ZONE_ENTRY_MAX),
		.origin = buffer_new(LIMIT_NAME_ESCAPED + 1),
		.owner = buffer_new(LIMIT_NAME_ESCAPED + 1),
	};
	buffer_append(&reader.origin, origin);
	return reader;
}

void zone_reader_free(struct zone_reader *reader)
{
	arena_free(reader->scratch);
	buffer_free(&reader->entry);
	buffer_free(&reader->origin);
	buffer_free(&reader->owner);
}

bool zone_reader_is_open(const struct zone_reader *reader)
{
	return reader->depth > 0;
}

/* Where an escaped character, a quoted string or one plain octet ends. */
static size_t skip_unit(struct span line, size_t i)
{
	if (line.ptr[i] == '\\') {
		return i + 2 < line.len ? i + 2 : line.len;
	}
	if (line.ptr[i] != '"') {
		return i + 1;
	}
	for (i++; i < line.len && line.ptr[i] != '"'; i++) {
		i += line.ptr[i] == '\\' ? 1 : 0;
	}
	return i < line.len ? i + 1 : line.len;
}

/* Appends a line without its comment, parentheses counted and blanked. */
static void add_line(struct zone_reader *reader, struct span line)
{
	size_t i = 0;
	while (i < line.len && line.ptr[i] != ';') {
		size_t end = skip_unit(line, i);
		char c = line.ptr[i];
		if (c == '(' || c == ')') {
			reader->depth += c == '(' ? 1 : 0;
			reader->depth -= c == ')' && reader->depth > 0 ? 1 : 0;
			buffer_putc(&reader->entry, ' ');
		} else {
			buffer_append(&reader->entry, span_slice(line, i, end - i));
		}
		i = end;
	}
	buffer_putc(&reader->entry, ' ');
}

static struct span take_word(struct span *rest)
{
	struct span text = span_trim(*rest, TEXT_SPACE);
	size_t i = 0;
	while (i < text.len && !text_is_space(text.ptr[i])) {
		i = skip_unit(text, i);
	}
	*rest = span_from(text, i);
	return span_slice(text, 0, i);
}

/* A name as it stands in the file, made absolute. */
static bool read_name(struct zone_reader *reader, struct span word, struct span *ret_name)
{
	struct span origin = buffer_span(&reader->origin);
	if (span_equal(word, SPAN("@"))) {
		*ret_name = origin;
		return true;
	}
	bool is_absolute = word.len > 0 && word.ptr[word.len - 1] == '.' &&
			   (word.len < 2 || word.ptr[word.len - 2] != '\\');
	if (is_absolute || span_equal(origin, SPAN("."))) {
		return name_canonical(reader->scratch, word, ret_name);
	}
	struct span joined =
		arena_printf(reader->scratch, "%.*s.%.*s", SPAN_ARG(word), SPAN_ARG(origin));
	return name_canonical(reader->scratch, joined, ret_name);
}

static bool is_ttl(struct span word)
{
	return word.len > 0 && text_is_digit(word.ptr[0]);
}

static bool is_class(struct span word)
{
	return span_equal_nocase(word, SPAN("IN")) || span_equal_nocase(word, SPAN("CH")) ||
	       span_equal_nocase(word, SPAN("HS"));
}

static enum zone_line problem(const char **ret_problem, const char *text)
{
	*ret_problem = text;
	return ZONE_LINE_PROBLEM;
}

static enum zone_line read_directive(struct zone_reader *reader, struct span rest,
				     const char **ret_problem)
{
	struct span word = take_word(&rest);
	struct span name;
	if (span_equal_nocase(word, SPAN("$TTL"))) {
		return ZONE_LINE_NOTHING;
	}
	if (!span_equal_nocase(word, SPAN("$ORIGIN"))) {
		return problem(ret_problem, "this directive is not followed");
	}
	if (!read_name(reader, take_word(&rest), &name)) {
		return problem(ret_problem, "$ORIGIN needs a name");
	}
	name = arena_copy(reader->scratch, name);
	buffer_clear(&reader->origin);
	buffer_append(&reader->origin, name);
	return ZONE_LINE_NOTHING;
}

/* The owner of the entry, which is kept for those to come without one. */
static bool read_owner(struct zone_reader *reader, struct span *rest)
{
	struct span name;
	if (reader->starts_blank) {
		return reader->owner.len > 0;
	}
	if (!read_name(reader, take_word(rest), &name)) {
		return false;
	}
	name = arena_copy(reader->scratch, name);
	buffer_clear(&reader->owner);
	buffer_append(&reader->owner, name);
	return name.len > 0 && !reader->owner.is_failed;
}

static enum zone_line read_record(struct zone_reader *reader, struct span rest,
				  struct zone_record *ret_record, const char **ret_problem)
{
	if (!read_owner(reader, &rest)) {
		return problem(ret_problem, "no owner name can be read");
	}
	struct span word = take_word(&rest);
	for (unsigned i = 0; i < MAX_PREFIXES && (is_ttl(word) || is_class(word)); i++) {
		word = take_word(&rest);
	}
	uint16_t type;
	if (!rr_type_parse(word, &type)) {
		return problem(ret_problem, "no record type can be read");
	}
	*ret_record = (struct zone_record){
		.owner = buffer_span(&reader->owner),
		.type = type,
		.data = span_trim(rest, TEXT_SPACE),
	};
	return ZONE_LINE_RECORD;
}

static void begin_entry(struct zone_reader *reader, struct span line)
{
	buffer_clear(&reader->entry);
	reader->lines = 0;
	reader->is_too_long = false;
	reader->starts_blank = line.len > 0 && text_is_space(line.ptr[0]);
}

enum zone_line zone_reader_take(struct zone_reader *reader, struct span line,
				struct zone_record *ret_record, const char **ret_problem)
{
	if (reader->depth == 0) {
		begin_entry(reader, line);
	}
	add_line(reader, line);
	if (++reader->lines > ZONE_ENTRY_MAX_LINES || reader->entry.is_failed) {
		reader->depth = 0;
		return problem(ret_problem, "the record is too long");
	}
	if (reader->depth > 0) {
		return ZONE_LINE_NOTHING;
	}
	struct span entry = span_trim(buffer_span(&reader->entry), TEXT_SPACE);
	if (entry.len == 0) {
		return ZONE_LINE_NOTHING;
	}
	if (reader->scratch == NULL) {
		return problem(ret_problem, "memory is out");
	}
	arena_reset(reader->scratch);
	return entry.ptr[0] == '$' ? read_directive(reader, entry, ret_problem)
				   : read_record(reader, entry, ret_record, ret_problem);
}

bool zone_data_has_spf(struct span data)
{
	struct span text = span_trim(data, TEXT_SPACE "\"");
	return span_starts_with_nocase(text, SPAN("v=spf1"));
}

/* What stands behind a prefix of labels; false when it is not there, or nothing is behind. */
static bool strip(struct span name, struct span prefix, struct span *ret_rest)
{
	if (!span_starts_with(name, prefix) || name.len <= prefix.len) {
		return false;
	}
	*ret_rest = span_from(name, prefix.len);
	return true;
}

/* sel._domainkey.example.org -> example.org */
static bool strip_below(struct span name, struct span label, struct span *ret_rest)
{
	size_t at = span_search(name, label);
	*ret_rest = span_from(name, at + label.len);
	return at < name.len && ret_rest->len > 0;
}

static bool name_served(struct span owner, uint16_t type, bool has_spf, struct span *ret_domain)
{
	if (type == RR_SOA || type == RR_MX || (has_spf && (type == RR_TXT || type == RR_SPF))) {
		*ret_domain = owner;
		return true;
	}
	if (type != RR_TXT && type != RR_CNAME) {
		return false;
	}
	return strip(owner, SPAN("_dmarc."), ret_domain) ||
	       strip(owner, SPAN("_mta-sts."), ret_domain) ||
	       strip(owner, SPAN("_smtp._tls."), ret_domain) ||
	       strip(owner, SPAN("_domainkey."), ret_domain) ||
	       strip_below(owner, SPAN("._domainkey."), ret_domain) ||
	       strip_below(owner, SPAN("._bimi."), ret_domain);
}

bool zone_mail_domain(struct span owner, uint16_t type, bool has_spf, struct span *ret_domain)
{
	struct span domain;
	if (!name_served(owner, type, has_spf, &domain) || name_label_count(domain) < 2 ||
	    span_starts_with(domain, SPAN("*.")) || !name_is_ldh(domain, /* underscores */ true)) {
		return false;
	}
	*ret_domain = domain;
	return true;
}
