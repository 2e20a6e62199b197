/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Macros whose value is known before there is a message: the domain's own name (RFC 7208 7.3). */
#include "assess/spf_walk.h"

/* RFC 7208 7.3: a name of more than 253 octets is cut; an honest one never gets there. */
#define EXPAND_MAX_BYTES ((size_t)LIMIT_NAME_TEXT)

/* The last count labels, in reverse order when so wished. */
static bool append_labels(struct buffer *text, struct span name, size_t count, bool is_reversed)
{
	struct span part = count > 0 ? name_last_labels(name, count) : name;
	if (!is_reversed) {
		buffer_append(text, part);
		return !text->is_failed;
	}
	for (size_t end = part.len; end > 0;) {
		size_t start = end;
		while (start > 0 && part.ptr[start - 1] != '.') {
			start--;
		}
		buffer_append(text, span_slice(part, start, end - start));
		end = start > 0 ? start - 1 : 0;
		if (start > 0) {
			buffer_putc(text, '.');
		}
	}
	return !text->is_failed;
}

/* What follows "%{", up to and with "}". */
static bool expand_braced(struct cursor *spec, struct buffer *text, struct span current,
			  struct span sender)
{
	char letter = text_lower((char)cursor_u8(spec));
	if (letter != 'd' && letter != 'o') {
		return false;
	}
	uint64_t labels = 0;
	struct span digits = cursor_take_while(spec, text_is_digit);
	if (digits.len > 0 && !number_parse_decimal(digits, NAME_MAX_LABELS, &labels)) {
		return false;
	}
	/* RFC 7208 7.1: after digits and "r" only delimiters may follow; splitting at them is
	 * left to whoever evaluates messages. */
	bool is_reversed = cursor_accept_nocase(spec, SPAN("r"));
	return cursor_accept(spec, '}') &&
	       append_labels(text, letter == 'd' ? current : sender, (size_t)labels, is_reversed);
}

static bool expand(struct cursor *spec, struct buffer *text, struct span current,
		   struct span sender)
{
	while (!cursor_is_at_end(spec)) {
		if (!cursor_accept(spec, '%')) {
			buffer_putc(text, (char)cursor_u8(spec));
		} else if (cursor_accept(spec, '{')) {
			if (!expand_braced(spec, text, current, sender)) {
				return false;
			}
		} else if (cursor_accept(spec, '%')) {
			buffer_putc(text, '%');
		} else {
			return false; /* "%_" and "%-" make names that nobody has */
		}
	}
	return !text->is_failed;
}

bool spf_expand_known(struct arena *arena, struct span spec, struct span current,
		      struct span sender, struct span *ret_name)
{
	struct buffer text = buffer_new_for(arena, EXPAND_MAX_BYTES);
	struct cursor cursor = cursor_of(spec);
	bool is_known = expand(&cursor, &text, current, sender);
	if (is_known) {
		*ret_name = arena_copy(arena, buffer_span(&text));
	}
	buffer_free(&text);
	return is_known;
}
