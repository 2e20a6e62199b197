/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Splits a header into fields and notes what is odd about them. */
#include "message/header.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_SPACE " \t"

/* RFC 5322 3.6 and RFC 2045 3: these occur once at most. From has its own anomalies. */
static const struct span single_names[] = {
	SPAN_INIT("Date"),
	SPAN_INIT("Sender"),
	SPAN_INIT("Reply-To"),
	SPAN_INIT("To"),
	SPAN_INIT("Cc"),
	SPAN_INIT("Bcc"),
	SPAN_INIT("Message-ID"),
	SPAN_INIT("In-Reply-To"),
	SPAN_INIT("References"),
	SPAN_INIT("Subject"),
	SPAN_INIT("Content-Type"),
	SPAN_INIT("MIME-Version"),
	SPAN_INIT("Content-Transfer-Encoding"),
};

struct splitter {
	struct arena *arena;
	struct anomalies *anomalies;
	struct vector fields;
	struct span text;
	bool seen[COUNT(single_names)];
	bool is_cut;
};

static void note(struct splitter *splitter, enum anomaly_kind kind, struct span where)
{
	size_t offset = (size_t)(where.ptr - splitter->text.ptr);
	anomaly_add(splitter->anomalies, splitter->arena,
		    (struct anomaly){kind, offset, where.len});
}

static bool is_line_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The next line with its CRLF; a bare LF or CR is part of it. */
static struct span take_line(struct span *rest)
{
	size_t at = span_find(*rest, '\n', 0);
	while (at < rest->len && (at == 0 || rest->ptr[at - 1] != '\r')) {
		at = span_find(*rest, '\n', at + 1);
	}
	size_t len = at < rest->len ? at + 1 : rest->len;
	struct span line = span_slice(*rest, 0, len);
	*rest = span_from(*rest, len);
	return line;
}

static struct span without_line_end(struct span line)
{
	if (line.len >= 2 && line.ptr[line.len - 1] == '\n' && line.ptr[line.len - 2] == '\r') {
		line.len -= 2;
	}
	return line;
}

/* One line with its continuations. */
static struct span take_field(struct splitter *splitter, struct span *rest)
{
	struct span field = take_line(rest);
	while (rest->len > 0 && is_line_space(rest->ptr[0])) {
		struct span line = take_line(rest);
		field.len += line.len;
		if (span_trim(line, TEXT_SPACE).len == 0) {
			note(splitter, ANOMALY_BLANK_CONTINUATION, line);
		}
	}
	return field;
}

/* RFC 5322 3.6.8: ftext is 33..126 without the colon */
static void check_name_octets(struct splitter *splitter, struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (span_octet(name, i) <= ' ' || span_octet(name, i) > '~') {
			note(splitter, ANOMALY_NAME_OCTET, span_slice(name, i, 1));
			return;
		}
	}
}

/* before: everything in front of the colon */
static void check_name(struct splitter *splitter, struct span before, struct span name)
{
	struct span after = span_from(before, (size_t)(name.ptr - before.ptr) + name.len);
	if (span_find(after, '\n', 0) < after.len) {
		note(splitter, ANOMALY_NAME_FOLDED, before);
	} else if (after.len > 0) {
		note(splitter, ANOMALY_NAME_SPACE, before);
	}
	check_name_octets(splitter, name);
}

static void check_repeated(struct splitter *splitter, struct span name)
{
	for (size_t i = 0; i < COUNT(single_names); i++) {
		if (span_equal_nocase(name, single_names[i])) {
			if (splitter->seen[i]) {
				note(splitter, ANOMALY_FIELD_REPEATED, name);
			}
			splitter->seen[i] = true;
		}
	}
}

static struct header_field read_field(struct splitter *splitter, struct span raw)
{
	struct header_field field = {
		.raw = raw,
		.offset = (size_t)(raw.ptr - splitter->text.ptr),
		.name = span_slice(raw, 0, 0),
		.value = without_line_end(raw),
	};
	size_t colon = span_find(raw, ':', 0);
	struct span before = span_slice(raw, 0, colon);
	struct span name = span_trim(before, TEXT_SPACE);
	if (colon == raw.len || name.len == 0) {
		note(splitter, ANOMALY_FIELD_MALFORMED, without_line_end(raw));
		return field;
	}
	field.name = name;
	field.value = span_from(without_line_end(raw), colon + 1);
	check_name(splitter, before, name);
	check_repeated(splitter, name);
	return field;
}

/* RFC 4155 A: "From ", an address and a date; a field would have its colon right there */
static bool is_mbox_line(struct span line)
{
	struct span rest = span_trim(span_from(line, 4), LINE_SPACE);
	return span_starts_with(line, SPAN("From ")) && rest.len > 0 && rest.ptr[0] != ':' &&
	       rest.ptr[0] != '\r';
}

/* RFC 6532 3.2: octets above 127 are UTF-8. Most headers have none, which is seen eight at a time.
 */
static void check_utf8(struct splitter *splitter)
{
	struct span text = splitter->text;
	uint64_t high = 0;
	size_t at = 0;
	for (; at + sizeof(high) <= text.len; at += sizeof(high)) {
		uint64_t word;
		memcpy(&word, text.ptr + at, sizeof(word));
		high |= word & UINT64_C(0x8080808080808080);
	}
	bool is_ascii = high == 0 && text_is_utf8(span_from(text, at));
	if (!is_ascii && !text_is_utf8(text)) {
		note(splitter, ANOMALY_HEADER_NOT_UTF8, span_slice(text, 0, 0));
	}
}

static void read_first_line(struct splitter *splitter, struct span *rest)
{
	struct span ahead = *rest;
	struct span line = take_line(&ahead);
	if (is_mbox_line(line)) {
		note(splitter, ANOMALY_MBOX_LINE, without_line_end(line));
		*rest = ahead;
	} else if (line.len > 0 && is_line_space(line.ptr[0])) {
		note(splitter, ANOMALY_LEADING_SPACE, without_line_end(line));
	}
}

struct header header_parse(struct arena *arena, struct span text, struct anomalies *anomalies)
{
	struct splitter splitter = {.arena = arena, .anomalies = anomalies, .text = text};
	struct span rest = text;
	read_first_line(&splitter, &rest);
	while (rest.len > 0 && !splitter.is_cut) {
		struct span raw = take_field(&splitter, &rest);
		struct header_field *field = VECTOR_PUSH(&splitter.fields, arena,
							 struct header_field, HEADER_MAX_FIELDS);
		if (field == NULL) {
			splitter.is_cut = true;
			note(&splitter, ANOMALY_HEADER_LIMIT, span_slice(raw, 0, 0));
		} else {
			*field = read_field(&splitter, raw);
		}
	}
	check_utf8(&splitter);
	return (struct header){
		.text = text,
		.fields = splitter.fields.items,
		.field_count = splitter.fields.len,
		.is_cut = splitter.is_cut,
	};
}

const struct header_field *header_find(const struct header *header, struct span name, size_t i)
{
	for (size_t at = 0; at < header->field_count; at++) {
		if (span_equal_nocase(header->fields[at].name, name) && i-- == 0) {
			return &header->fields[at];
		}
	}
	return NULL;
}
