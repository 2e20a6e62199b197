/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mending XML text piece by piece. */
#include "reports/xml_text.h"

#include "reports/xml_scan.h"

/* Every octet of an input buffer may become "&amp;". */
#define MENDED_BYTES (5 * INPUT_BYTES + 64)
/* What is cut off at the end of a piece is looked at again with the next one: "]]>", "&#x10ffff;"
 */
#define LOOK_AHEAD 16
/* A declaration is short; what is longer is none. */
#define DECLARATION_BYTES 256

static void note(struct xml_text *text, enum report_warning_code code)
{
	text->notes |= (uint64_t)1 << code;
}

static bool is_blank(char c)
{
	return text_is_space(c) || c == '\0';
}

static void skip_blanks(struct report_input *input)
{
	struct span some = input_peek(input, 1);
	while (some.len > 0 && is_blank(some.ptr[0])) {
		size_t len = 0;
		while (len < some.len && is_blank(some.ptr[len])) {
			len++;
		}
		input_take(input, len);
		some = input_peek(input, 1);
	}
}

static bool is_single_byte_encoding(struct span declaration)
{
	static const struct span names[] = {SPAN_INIT("iso-8859-1"), SPAN_INIT("latin"),
					    SPAN_INIT("windows-1252"), SPAN_INIT("cp1252")};
	for (size_t start = 0; start < declaration.len; start++) {
		struct span rest = span_from(declaration, start);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (span_starts_with_nocase(rest, names[i])) {
				return true;
			}
		}
	}
	return false;
}

void xml_text_open(struct xml_text *text, struct report_input *input)
{
	*text = (struct xml_text){.input = input, .mended = buffer_new(MENDED_BYTES)};
	if (span_starts_with(input_peek(input, 3), SPAN("\xef\xbb\xbf"))) {
		input_take(input, 3);
	}
	skip_blanks(input);
	struct span head = span_slice(input_peek(input, DECLARATION_BYTES), 0, DECLARATION_BYTES);
	size_t end = span_search(head, SPAN("?>"));
	if (span_starts_with_nocase(head, SPAN("<?xml")) && end < head.len) {
		text->is_single_byte = is_single_byte_encoding(span_slice(head, 0, end));
		input_take(input, end + 2);
	}
}

void xml_text_close(struct xml_text *text)
{
	buffer_free(&text->mended);
}

/* windows-1252 differs from ISO-8859-1 in 0x80..0x9f; nobody means those controls. */
static uint32_t single_byte_character(unsigned char c)
{
	static const uint16_t from_0x80[32] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
		0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
	return c < 0xa0 ? from_0x80[c - 0x80] : c;
}

static void put_character(struct buffer *buffer, uint32_t c)
{
	if (c < 0x800) {
		buffer_putc(buffer, (char)(0xc0 | c >> 6));
	} else {
		buffer_putc(buffer, (char)(0xe0 | c >> 12));
		buffer_putc(buffer, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buffer_putc(buffer, (char)(0x80 | (c & 0x3f)));
}

/* An octet from 0x80 on; the octets used. */
static size_t mend_high(struct xml_text *text, struct span s)
{
	uint32_t code_point;
	size_t len = text_utf8_next(s, &code_point);
	if (len > 0 && code_point != 0xfffe && code_point != 0xffff) {
		buffer_append(&text->mended, span_slice(s, 0, len));
		return len;
	}
	if (text->is_single_byte) {
		put_character(&text->mended, single_byte_character(span_octet(s, 0)));
		return 1;
	}
	note(text, REPORT_TEXT_ENCODING);
	put_character(&text->mended, 0xfffd);
	return len > 0 ? len : 1;
}

/* One character that is no markup; the octets used. */
static size_t mend_plain(struct xml_text *text, struct span s)
{
	unsigned char c = span_octet(s, 0);
	if (c >= 0x80) {
		return mend_high(text, s);
	}
	if (c < 0x20 && !text_is_space((char)c)) {
		note(text, REPORT_TEXT_CONTROL);
		return 1;
	}
	buffer_putc(&text->mended, (char)c);
	return 1;
}

static size_t mend_reference(struct xml_text *text, struct span s)
{
	size_t len = xml_scan_reference(span_slice(s, 0, LOOK_AHEAD));
	if (len > 0) {
		buffer_append(&text->mended, span_slice(s, 0, len));
		return len;
	}
	note(text, REPORT_TEXT_MARKUP);
	buffer_puts(&text->mended, "&amp;");
	return 1;
}

static void mend_tag(struct xml_text *text, struct span tag)
{
	for (size_t at = 0; at < tag.len;) {
		struct span rest = span_from(tag, at);
		at += rest.ptr[0] == '&' ? mend_reference(text, rest) : mend_plain(text, rest);
	}
}

/* At "<"; the octets used, 0 when more input is needed to decide. */
static size_t mend_markup(struct xml_text *text, struct span s, bool can_wait)
{
	if (span_starts_with(s, SPAN("<![CDATA["))) {
		text->state = XML_TEXT_CDATA;
		buffer_puts(&text->mended, "<![CDATA[");
		return SPAN("<![CDATA[").len;
	}
	if (span_starts_with(s, SPAN("<!--"))) {
		text->state = XML_TEXT_COMMENT;
		return SPAN("<!--").len;
	}
	if (span_starts_with(s, SPAN("<?"))) {
		text->state = XML_TEXT_INSTRUCTION;
		return SPAN("<?").len;
	}
	size_t len = xml_scan_tag(s);
	if (len > 0) {
		mend_tag(text, span_slice(s, 0, len));
		return len;
	}
	/* in this order: the second search is made at most once a piece */
	bool is_open = span_find(s, '<', 1) == s.len && span_find(s, '>', 1) == s.len;
	if (is_open && can_wait) {
		return 0;
	}
	if (is_open || span_starts_with(s, SPAN("<!"))) {
		buffer_putc(&text->mended, '<');
		return 1;
	}
	note(text, REPORT_TEXT_MARKUP);
	buffer_puts(&text->mended, "&lt;");
	return 1;
}

static size_t mend_content(struct xml_text *text, struct span s, bool can_wait)
{
	switch (s.ptr[0]) {
	case '<':
		return mend_markup(text, s, can_wait);
	case '&':
		return mend_reference(text, s);
	default:
		return mend_plain(text, s);
	}
}

/* Inside a comment or an instruction: left out up to its end. */
static size_t skip_to(struct xml_text *text, struct span s, struct span end)
{
	if (span_starts_with(s, end)) {
		text->state = XML_TEXT_CONTENT;
		return end.len;
	}
	return 1;
}

static size_t mend_cdata(struct xml_text *text, struct span s)
{
	if (span_starts_with(s, SPAN("]]>"))) {
		text->state = XML_TEXT_CONTENT;
		buffer_puts(&text->mended, "]]>");
		return SPAN("]]>").len;
	}
	return mend_plain(text, s);
}

static size_t mend_some(struct xml_text *text, struct span s, bool can_wait)
{
	switch (text->state) {
	case XML_TEXT_CDATA:
		return mend_cdata(text, s);
	case XML_TEXT_COMMENT:
		return skip_to(text, s, SPAN("-->"));
	case XML_TEXT_INSTRUCTION:
		return skip_to(text, s, SPAN("?>"));
	case XML_TEXT_CONTENT:
		break;
	}
	return mend_content(text, s, can_wait);
}

/* Mends a piece from the start of s; what is used goes to text->untaken. */
static void mend(struct xml_text *text, struct span s)
{
	size_t keep = text->input->is_at_end ? 0 : LOOK_AHEAD;
	size_t at = 0;
	buffer_clear(&text->mended);
	while (at < s.len && s.len - at > keep) {
		size_t used = mend_some(text, span_from(s, at), at > 0 && keep > 0);
		if (used == 0) {
			break;
		}
		at += used;
	}
	text->untaken = at;
	if (text->mended.is_failed) {
		reading_fail_memory(text->input->reading, "mend a report");
	}
}

/* Up to the last tag that is whole. */
static size_t whole_len(struct span s)
{
	size_t len = s.len;
	while (len > 0 && s.ptr[len - 1] != '>') {
		len--;
	}
	return len;
}

/* Blanks between elements say nothing, and cost a parser as much as what does: two calls a line. */
static struct span without_blanks(struct xml_text *text, struct span s)
{
	size_t from = 0;
	buffer_clear(&text->mended);
	for (size_t at = span_find(s, '>', 0); at < s.len; at = span_find(s, '>', at + 1)) {
		size_t end = at + 1;
		while (end < s.len && text_is_space(s.ptr[end])) {
			end++;
		}
		if (end > at + 1 && end < s.len && s.ptr[end] == '<') {
			buffer_append(&text->mended, span_slice(s, from, at + 1 - from));
			from = end;
		}
	}
	buffer_append(&text->mended, span_from(s, from));
	if (text->mended.is_failed) {
		reading_fail_memory(text->input->reading, "read a report");
	}
	return buffer_span(&text->mended);
}

static struct span next_piece(struct xml_text *text)
{
	struct span s = input_peek(text->input, INPUT_BYTES);
	size_t len = whole_len(s);
	text->chunk_offset = text->input->taken_bytes;
	text->untaken = len;
	if (text->state == XML_TEXT_CONTENT && len > 0 && xml_scan_is_fit(span_slice(s, 0, len))) {
		return without_blanks(text, span_slice(s, 0, len));
	}
	mend(text, s);
	return buffer_span(&text->mended);
}

struct span xml_text_next(struct xml_text *text)
{
	struct span piece;
	do {
		input_take(text->input, text->untaken);
		text->untaken = 0;
		piece = next_piece(text);
		/* a piece of nothing but comments or control characters is no end */
	} while (piece.len == 0 && text->untaken > 0 && text->input->reading->status >= 0 &&
		 text->input->taken_bytes <=
			 text->input->reading->options.limits.max_document_bytes);
	return piece;
}
