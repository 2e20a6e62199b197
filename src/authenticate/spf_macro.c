/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Expands macro strings. */
#include "authenticate/spf_macro.h"

#include <inttypes.h>
#include <stdio.h>

#include "records/name.h"

/* One macro-expand in braces, read (RFC 7208 7.1). */
struct macro {
	char letter; /* lower case */
	bool is_url; /* it was upper case */
	size_t keep; /* right-hand parts; 0 for all */
	bool is_reversed;
	struct span delimiters;
};

static void put(struct spf_expansion *out, char c)
{
	if (out->len == sizeof(out->text)) {
		out->is_cut = true;
		return;
	}
	out->text[out->len++] = c;
}

/* RFC 7208 7.3 with RFC 3986 2.3: everything but the unreserved characters */
static void put_url(struct spf_expansion *out, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	if (text_is_alnum(c) || (c != '\0' && strchr("-._~", c) != NULL)) {
		put(out, c);
		return;
	}
	put(out, '%');
	put(out, digits[(unsigned char)c >> 4]);
	put(out, digits[(unsigned char)c & 15]);
}

static void put_span(struct spf_expansion *out, struct span s, bool is_url)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_url) {
			put_url(out, s.ptr[i]);
		} else {
			put(out, s.ptr[i]);
		}
	}
}

/* RFC 7208 7.3, i: dotted octets, or dotted nibbles for IPv6 */
static void write_dotted_client(struct network client, struct spf_expansion *value)
{
	static const char digits[] = "0123456789ABCDEF";
	if (client.family == NETWORK_IPV4) {
		put_span(value, span_of_string(network_format(client).text), false /* is_url */);
		return;
	}
	for (size_t i = 0; i < 32; i++) {
		uint8_t octet = client.address[i / 2];
		if (i > 0) {
			put(value, '.');
		}
		put(value, digits[i % 2 == 0 ? octet >> 4 : octet & 15]);
	}
}

static void write_sender(const struct spf_macro_values *values, struct spf_expansion *value)
{
	put_span(value, values->local_part, false /* is_url */);
	put(value, '@');
	put_span(value, values->sender_domain, false /* is_url */);
}

/* The value of a letter before its transformers. */
static void write_value(char letter, const struct spf_macro_values *values,
			struct spf_expansion *value)
{
	char number[24];
	struct span text = {NULL, 0};
	struct network_text client = network_format(values->client);
	switch (letter) {
	case 's':
		write_sender(values, value);
		return;
	case 'i':
		write_dotted_client(values->client, value);
		return;
	case 'l':
		text = values->local_part;
		break;
	case 'o':
		text = values->sender_domain;
		break;
	case 'd':
		text = values->domain;
		break;
	case 'p':
		text = values->validated;
		break;
	case 'v':
		text = values->client.family == NETWORK_IPV4 ? SPAN("in-addr") : SPAN("ip6");
		break;
	case 'h':
		text = values->helo;
		break;
	case 'c':
		text = span_of_string(client.text);
		break;
	case 'r':
		text = values->receiver;
		break;
	case 't':
		snprintf(number, sizeof(number), "%" PRId64, values->now);
		text = span_of_string(number);
		break;
	}
	put_span(value, text, false /* is_url */);
}

static bool is_delimiter(const struct macro *macro, char c)
{
	return span_find(macro->delimiters, c, 0) < macro->delimiters.len;
}

static size_t count_parts(const struct macro *macro, struct span value)
{
	size_t count = 1;
	for (size_t i = 0; i < value.len; i++) {
		count += is_delimiter(macro, value.ptr[i]);
	}
	return count;
}

/* The right-hand parts from `skip` on, in their order. */
static void put_parts(struct spf_expansion *out, const struct macro *macro, struct span value,
		      size_t skip)
{
	for (size_t i = 0; i < value.len; i++) {
		bool is_edge = is_delimiter(macro, value.ptr[i]);
		if (skip > 0) {
			skip -= is_edge;
		} else {
			put_span(out, is_edge ? SPAN(".") : span_slice(value, i, 1), macro->is_url);
		}
	}
}

/* The first `count` parts, last first: the right-hand ones of the reversed list. */
static void put_reversed(struct spf_expansion *out, const struct macro *macro, struct span value,
			 size_t count)
{
	size_t end = 0;
	for (size_t parts = 0; end < value.len; end++) {
		parts += is_delimiter(macro, value.ptr[end]);
		if (parts == count) {
			break;
		}
	}
	for (size_t start = end;; end = --start) {
		while (start > 0 && !is_delimiter(macro, value.ptr[start - 1])) {
			start--;
		}
		put_span(out, span_slice(value, start, end - start), macro->is_url);
		if (start == 0) {
			return;
		}
		put(out, '.');
	}
}

static void put_macro(struct spf_expansion *out, const struct macro *macro,
		      const struct spf_macro_values *values)
{
	struct spf_expansion value = {.len = 0};
	write_value(macro->letter, values, &value);
	out->is_cut = out->is_cut || value.is_cut;
	struct span text = spf_expansion_span(&value);
	if (macro->keep == 0 && !macro->is_reversed && span_equal(macro->delimiters, SPAN("."))) {
		put_span(out, text, macro->is_url);
		return;
	}
	size_t count = count_parts(macro, text);
	size_t keep = macro->keep > 0 && macro->keep < count ? macro->keep : count;
	if (macro->is_reversed) {
		put_reversed(out, macro, text, keep);
	} else {
		put_parts(out, macro, text, count - keep);
	}
}

/* Reads what follows "%{" up to and including "}"; its syntax is known to be right. */
static struct macro take_macro(struct cursor *spec)
{
	char c = (char)cursor_u8(spec);
	struct macro macro = {.letter = text_lower(c), .is_url = text_lower(c) != c};
	while (text_is_digit((char)cursor_peek(spec))) {
		size_t digit = (size_t)(cursor_u8(spec) - '0');
		/* more parts than there can be are all of them */
		macro.keep = macro.keep < SPF_EXPANSION_MAX ? macro.keep * 10 + digit : macro.keep;
	}
	macro.is_reversed = cursor_accept_nocase(spec, SPAN("r"));
	size_t end = span_find(spec->all, '}', spec->at);
	macro.delimiters = cursor_take(spec, end - spec->at);
	if (macro.delimiters.len == 0) {
		macro.delimiters = SPAN(".");
	}
	(void)cursor_accept(spec, '}');
	return macro;
}

void spf_macro_expand(struct span spec, const struct spf_macro_values *values,
		      struct spf_expansion *ret_expansion)
{
	struct cursor cursor = cursor_of(spec);
	ret_expansion->len = 0;
	ret_expansion->is_cut = false;
	while (!cursor_is_at_end(&cursor)) {
		char c = (char)cursor_u8(&cursor);
		if (c != '%') {
			put(ret_expansion, c);
		} else if (cursor_accept(&cursor, '{')) {
			struct macro macro = take_macro(&cursor);
			put_macro(ret_expansion, &macro, values);
		} else if (cursor_accept(&cursor, '_')) {
			put(ret_expansion, ' ');
		} else if (cursor_accept(&cursor, '-')) {
			put_span(ret_expansion, SPAN("%20"), false /* is_url */);
		} else {
			put(ret_expansion, (char)cursor_u8(&cursor));
		}
	}
}

bool spf_macro_needs_validated(struct span spec)
{
	struct span text = spec;
	size_t at;
	while ((at = span_search(text, SPAN("%{"))) < text.len) {
		text = span_from(text, at + 2);
		if (text.len > 0 && text_lower(text.ptr[0]) == 'p') {
			return true;
		}
	}
	return false;
}

/* The longest tail of whole labels that a name can hold; empty when there is none. */
static struct span cut_left(struct span text)
{
	while (text.len > LIMIT_NAME_TEXT) {
		text = span_from(text, span_find(text, '.', 0) + 1);
	}
	return text;
}

bool spf_name_from_text(struct arena *arena, struct span text, struct span *ret_name)
{
	if (text.len > 0 && text.ptr[text.len - 1] == '.') {
		text.len--;
	}
	text = cut_left(text);
	char escaped[2 * LIMIT_NAME_TEXT];
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		/* canonical names are read with the escapes of master files; here an octet is
		 * itself */
		if (text.ptr[i] == '\\') {
			escaped[len++] = '\\';
		}
		escaped[len++] = text.ptr[i];
	}
	return len > 0 && text.ptr[0] != '.' && text.ptr[text.len - 1] != '.' &&
	       name_canonical(arena, span_of(escaped, len), ret_name);
}
