/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Trace fields (RFC 5321 4.4), as mail servers write them. */
#include "authenticate/received.h"

/* What one Received field says. */
struct hop {
	struct span from;
	struct span by;
	bool has_client;
	struct network client;
};

/* The next word outside of comments; empty at the end. */
static struct span next_word(struct cursor *value)
{
	size_t depth = 0;
	while (!cursor_is_at_end(value) && (depth > 0 || cursor_peek(value) == '(' ||
					    text_is_space((char)cursor_peek(value)))) {
		int c = cursor_u8(value);
		depth += c == '(';
		depth -= c == ')' && depth > 0;
	}
	size_t start = value->at;
	while (!cursor_is_at_end(value) && cursor_peek(value) != '(' && cursor_peek(value) != ';' &&
	       !text_is_space((char)cursor_peek(value))) {
		value->at++;
	}
	if (value->at == start && !cursor_is_at_end(value)) {
		value->at = value->all.len; /* the date follows */
	}
	return span_slice(value->all, start, value->at - start);
}

/* RFC 5321 4.1.3: "[192.0.2.1]" or "[IPv6:2001:db8::1]"; the tag is often left out. */
static bool read_literal(struct span text, struct network *ret_client)
{
	if (span_starts_with_nocase(text, SPAN("IPv6:"))) {
		text = span_from(text, 5);
	}
	return network_parse_address(text, ret_client);
}

/*
 * The last address in brackets: what is in front of it the client may have said itself. Exim writes
 * what the client said behind "helo=".
 */
static bool find_client(struct span text, struct network *ret_client)
{
	bool is_found = false;
	size_t open = 0;
	while ((open = span_find(text, '[', open)) < text.len) {
		size_t end = span_find(text, ']', open);
		struct span inside = span_slice(text, open + 1, end - open - 1);
		bool is_said = span_ends_with_nocase(span_slice(text, 0, open), SPAN("helo="));
		is_found = (end < text.len && !is_said && read_literal(inside, ret_client)) ||
			   is_found;
		open++;
	}
	return is_found;
}

/* What the client said of itself: behind "helo=" if that is there, else the first word. */
static struct span find_helo(struct span text, struct span first)
{
	size_t at = span_search(text, SPAN("helo="));
	if (at == text.len) {
		return first;
	}
	struct span helo = span_from(text, at + 5);
	size_t len = 0;
	while (len < helo.len && helo.ptr[len] != ')' && !text_is_space(helo.ptr[len])) {
		len++;
	}
	return span_slice(helo, 0, len);
}

static struct hop read_hop(struct span value)
{
	struct hop hop = {0};
	struct cursor cursor = cursor_of(value);
	if (!span_equal_nocase(next_word(&cursor), SPAN("from"))) {
		return hop;
	}
	hop.from = next_word(&cursor);
	size_t from_end = cursor.at;
	struct span word;
	while ((word = next_word(&cursor)).len > 0 && !span_equal_nocase(word, SPAN("by"))) {
		from_end = cursor.at;
	}
	size_t by_at = word.len > 0 ? (size_t)(word.ptr - value.ptr) : from_end;
	hop.by = next_word(&cursor);
	struct span from = span_slice(value, 0, by_at);
	hop.has_client = find_client(from, &hop.client);
	hop.from = find_helo(from, hop.from);
	return hop;
}

/* Without the angle brackets; false for what is no path. */
static bool read_return_path(const struct header *header, struct span *ret_path)
{
	const struct header_field *field = header_find(header, SPAN("Return-Path"), 0);
	if (field == NULL) {
		return false;
	}
	struct span path = span_trim(field->value, TEXT_SPACE);
	if (path.len < 2 || path.ptr[0] != '<' || path.ptr[path.len - 1] != '>') {
		return false;
	}
	*ret_path = span_slice(path, 1, path.len - 2);
	return true;
}

enum received_status received_read(const struct header *header, struct span host,
				   struct envelope *ret_envelope)
{
	const struct header_field *field;
	bool is_found = false;
	for (size_t i = 0; (field = header_find(header, SPAN("Received"), i)) != NULL; i++) {
		struct hop hop = read_hop(field->value);
		if (!span_equal_nocase(hop.by, host)) {
			if (is_found) {
				break;
			}
			continue; /* a later hop, behind the trusted host */
		}
		is_found = true;
		if (hop.has_client && network_scope_of(hop.client) != NETWORK_LOOPBACK) {
			struct envelope envelope = {
				.has_client = true, .client = hop.client, .helo = hop.from};
			envelope.has_mail_from = read_return_path(header, &envelope.mail_from);
			*ret_envelope = envelope;
			return RECEIVED_OK;
		}
	}
	return is_found ? RECEIVED_NO_ADDRESS : RECEIVED_NO_FIELD;
}
