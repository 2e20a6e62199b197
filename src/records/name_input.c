/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From what a person typed to a name, label by label. */
#include "records/name_input.h"

#include "records/idna.h"
#include "records/network.h"

struct conversion {
	struct arena *arena;
	struct span text; /* what is converted */
	size_t at;	  /* of the next label in text */
	struct buffer ascii;
	struct name_input_result result;
};

static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || (c >= 0x2000 && c <= 0x200b) ||
	       c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

/* RFC 3490 3.1: U+3002, U+FF0E and U+FF61 are dots too */
static bool is_dot(uint32_t c)
{
	return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* Zero-width joiners are left to IDNA, which knows where scripts need them (RFC 5892 A.1). */
static bool is_allowed(uint32_t c)
{
	if (c < 0x80) {
		return text_is_alnum((char)c) || c == '-' || c == '_' || c == '.';
	}
	bool is_joiner = c == 0x200c || c == 0x200d;
	bool is_soft_hyphen = c == 0xad;
	return is_joiner || !(is_blank(c) || is_soft_hyphen || text_is_deceptive(c));
}

/* White space as people paste it, on both sides; *ret_start is what was cut in front. */
static struct span trim(struct span text, size_t *ret_start)
{
	size_t start = 0;
	size_t end = 0;
	bool is_leading = true;
	size_t len;
	for (size_t at = 0; at < text.len; at += len) {
		uint32_t c = 0;
		len = text_utf8_next(span_from(text, at), &c);
		bool is_ink = len == 0 || !is_blank(c);
		len = len > 0 ? len : 1;
		start = is_leading ? at + (is_ink ? 0 : len) : start;
		is_leading = is_leading && !is_ink;
		end = is_ink ? at + len : end;
	}
	*ret_start = start;
	return span_slice(text, start, end > start ? end - start : 0);
}

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (span_octet(text, i) >= 0x80) {
			return false;
		}
	}
	return true;
}

/* Octets up to the first that no name has, or text.len. */
static size_t find_bad_character(struct span text)
{
	size_t at = 0;
	while (at < text.len) {
		uint32_t c;
		size_t len = text_utf8_next(span_from(text, at), &c);
		if (len == 0 || !is_allowed(c)) {
			break;
		}
		at += len;
	}
	return at;
}

/* Takes the label at text.at and the dot behind it; false at the end. text is well-formed. */
static bool take_label(struct conversion *conversion, struct span *ret_label)
{
	struct span rest = span_from(conversion->text, conversion->at);
	size_t end = 0;
	size_t dot_len = 0;
	while (end < rest.len && dot_len == 0) {
		uint32_t c = 0;
		size_t len = text_utf8_next(span_from(rest, end), &c);
		if (is_dot(c)) {
			dot_len = len;
		} else {
			end += len > 0 ? len : 1;
		}
	}
	*ret_label = span_slice(rest, 0, end);
	conversion->at += end + dot_len;
	return rest.len > 0;
}

static enum name_input convert_ascii(struct conversion *conversion, struct span label)
{
	size_t offset = (size_t)(label.ptr - conversion->text.ptr);
	if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-') {
		conversion->result.offset = label.ptr[0] == '-' ? offset : offset + label.len - 1;
		return NAME_INPUT_CHARACTER;
	}
	if (label.len > LIMIT_LABEL) {
		return NAME_INPUT_LABEL;
	}
	for (size_t i = 0; i < label.len; i++) {
		buffer_putc(&conversion->ascii, text_lower(label.ptr[i]));
	}
	return NAME_INPUT_OK;
}

/* Other ASCII labels are no business of IDNA's, which would refuse "r3---sn" (RFC 5891 4.2.3.1). */
static enum name_input convert_label(struct conversion *conversion, struct span label)
{
	if (label.len == 0) {
		return NAME_INPUT_LABEL;
	}
	if (is_ascii(label) && !span_starts_with_nocase(label, SPAN("xn--"))) {
		return convert_ascii(conversion, label);
	}
	struct span ascii = span_of(NULL, 0);
	switch (idna_to_ascii(conversion->arena, label, &ascii)) {
	case IDNA_OK:
		buffer_append(&conversion->ascii, ascii);
		return NAME_INPUT_OK;
	case IDNA_TOO_LONG:
		return NAME_INPUT_LABEL;
	case IDNA_REFUSED:
	case IDNA_NO_MEMORY:
		break;
	}
	return NAME_INPUT_IDNA;
}

static enum name_input convert_labels(struct conversion *conversion)
{
	struct span label;
	while (take_label(conversion, &label)) {
		if (conversion->ascii.len > 0) {
			buffer_putc(&conversion->ascii, '.');
		}
		enum name_input status = convert_label(conversion, label);
		if (status != NAME_INPUT_OK) {
			return status;
		}
	}
	return conversion->ascii.is_failed ? NAME_INPUT_TOO_LONG : NAME_INPUT_OK;
}

/* RFC 3696 2: a name all of whose labels are numbers cannot be told from an address. */
static bool is_numeric(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!text_is_digit(name.ptr[i]) && name.ptr[i] != '.') {
			return false;
		}
	}
	return true;
}

static enum name_input judge(struct span name)
{
	if (!name_is_ldh(name, /* is_underscore_ok */ true)) {
		return NAME_INPUT_IDNA;
	}
	if (is_numeric(name)) {
		return NAME_INPUT_ADDRESS;
	}
	return name_label_count(name) < 2 ? NAME_INPUT_SINGLE_LABEL : NAME_INPUT_OK;
}

/* A trailing dot is part of no label, and not counted in the length. */
static bool is_too_long(struct span text)
{
	bool has_dot = text.len > 0 && text.ptr[text.len - 1] == '.';
	size_t max = is_ascii(text) ? LIMIT_NAME_TEXT : LIMIT_NAME_ESCAPED;
	return text.len - has_dot > max;
}

/* text is what should be a name and nothing around it. */
static struct name_input_result convert(struct arena *arena, struct span text)
{
	struct conversion conversion = {
		.arena = arena,
		.text = text,
		.ascii = buffer_new_for(arena, LIMIT_NAME_TEXT),
	};
	struct name_input_result *result = &conversion.result;
	size_t bad = find_bad_character(text);
	if (bad < text.len) {
		result->status = NAME_INPUT_CHARACTER;
		result->offset = bad;
	} else if (is_too_long(text)) {
		result->status = NAME_INPUT_TOO_LONG;
	} else {
		result->status = convert_labels(&conversion);
	}
	if (result->status == NAME_INPUT_OK) {
		struct span name = arena_copy(arena, buffer_span(&conversion.ascii));
		result->status = judge(name);
		if (result->status == NAME_INPUT_OK) {
			result->name = name;
			result->unicode = name_to_unicode(arena, name);
		}
	}
	buffer_free(&conversion.ascii);
	return *result;
}

static struct name_input_result refuse(struct arena *arena, enum name_input status,
				       struct span meant)
{
	size_t start;
	struct name_input_result inner = convert(arena, trim(meant, &start));
	return (struct name_input_result){.status = status, .hint = inner.unicode};
}

/* "[192.0.2.1]" and "[::1]:25" as well, as in URLs and SMTP. */
static bool is_address(struct span text)
{
	struct network network;
	if (text.ptr[0] == '[') {
		struct span inner = span_slice(text, 1, span_find(text, ']', 0) - 1);
		inner = span_starts_with_nocase(inner, SPAN("IPv6:")) ? span_from(inner, 5) : inner;
		return network_parse_address(inner, &network);
	}
	return network_parse(text, &network);
}

/* The host of what looks like a URL or has a path or port: RFC 3986 3.2 without its fine print. */
static struct span url_host(struct span text)
{
	size_t scheme = span_search(text, SPAN("://"));
	struct span host = scheme < text.len ? span_from(text, scheme + 3) : text;
	const char *ends = "/?#";
	for (const char *end = ends; *end != '\0'; end++) {
		host = span_slice(host, 0, span_find(host, *end, 0));
	}
	size_t user = span_find(host, '@', 0);
	host = user < host.len ? span_from(host, user + 1) : host;
	return span_slice(host, 0, span_find(host, ':', 0));
}

static struct span email_domain(struct span text)
{
	for (size_t at = span_find(text, '@', 0); at < text.len; at = span_find(text, '@', 0)) {
		text = span_from(text, at + 1);
	}
	return span_slice(text, 0, span_find(text, '>', 0));
}

static bool has_any(struct span text, const char *characters)
{
	for (const char *c = characters; *c != '\0'; c++) {
		if (span_find(text, *c, 0) < text.len) {
			return true;
		}
	}
	return false;
}

struct name_input_result name_input_parse(struct arena *arena, struct span text)
{
	size_t start;
	struct span typed = trim(text, &start);
	if (typed.len == 0) {
		return (struct name_input_result){.status = NAME_INPUT_EMPTY};
	}
	if (is_address(typed)) {
		return (struct name_input_result){.status = NAME_INPUT_ADDRESS};
	}
	bool has_scheme = span_search(typed, SPAN("://")) < typed.len;
	if (!has_scheme && has_any(typed, "@")) {
		return refuse(arena, NAME_INPUT_EMAIL, email_domain(typed));
	}
	if (has_any(typed, "/:")) {
		return refuse(arena, NAME_INPUT_URL, url_host(typed));
	}
	struct name_input_result result = convert(arena, typed);
	result.offset += result.status == NAME_INPUT_CHARACTER ? start : 0;
	return result;
}

const char *name_input_explain(enum name_input status)
{
	switch (status) {
	case NAME_INPUT_OK:
		return "is a domain name";
	case NAME_INPUT_EMPTY:
		return "is empty";
	case NAME_INPUT_URL:
		return "is a URL, not a domain name";
	case NAME_INPUT_EMAIL:
		return "is an email address, not a domain name";
	case NAME_INPUT_ADDRESS:
		return "is an IP address, not a domain name";
	case NAME_INPUT_TOO_LONG:
		return "is longer than the 253 characters a domain name may have";
	case NAME_INPUT_LABEL:
		return "has an empty part between dots, or one longer than 63 characters";
	case NAME_INPUT_CHARACTER:
		return "has a character that a domain name cannot have there";
	case NAME_INPUT_IDNA:
		return "is not a valid international domain name";
	case NAME_INPUT_SINGLE_LABEL:
		return "is a single word; a mail domain has at least two parts";
	}
	return "is not a domain name";
}
