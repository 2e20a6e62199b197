/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mends the text of tag lists. */
#include "advise/tag_text.h"

bool tag_grammar_knows(const struct tag_grammar *grammar, struct span name)
{
	for (size_t i = 0; i < grammar->name_count; i++) {
		if (span_equal(name, grammar->names[i])) {
			return true;
		}
	}
	return false;
}

/* Offset behind the version's word and number, or 0 when the text does not start with it. */
static size_t version_end(struct span text, const struct tag_grammar *grammar)
{
	static const char before[] = "v=: \t\"'";
	static const char behind[] = "vV1.:,;= \t\"'";
	size_t at = 0;
	while (at < text.len && !span_starts_with_nocase(span_from(text, at), grammar->word)) {
		if (!text_is_one_of(text_lower(text.ptr[at]), before)) {
			return 0;
		}
		at++;
	}
	if (at == text.len) {
		return 0;
	}
	at += grammar->word.len;
	while (at < text.len && text_is_one_of(text.ptr[at], behind)) {
		at++;
	}
	return at;
}

static struct span mend_version(struct arena *arena, struct span text,
				const struct tag_grammar *grammar)
{
	text = span_trim(text, TEXT_SPACE "\"'");
	size_t end = version_end(text, grammar);
	if (end == 0) {
		return text;
	}
	return arena_printf(arena, "v=%.*s; %.*s", SPAN_ARG(grammar->version),
			    SPAN_ARG(span_from(text, end)));
}

/* A known tag and "=" start here, perhaps with white space between. */
static bool starts_tag(struct span rest, const struct tag_grammar *grammar)
{
	size_t len = 0;
	while (len < rest.len && text_is_alpha(rest.ptr[len])) {
		len++;
	}
	struct span behind = span_trim(span_from(rest, len), " \t");
	return tag_grammar_knows(grammar, span_slice(rest, 0, len)) && behind.len > 0 &&
	       behind.ptr[0] == '=';
}

/* An address follows the ";": people separate them as in a mail program. */
static bool starts_address(struct span rest)
{
	rest = span_trim(rest, TEXT_SPACE);
	return span_starts_with_nocase(rest, SPAN("mailto:")) ||
	       span_starts_with_nocase(rest, SPAN("https:"));
}

struct span tag_text_mend(struct arena *arena, struct span text, const struct tag_grammar *grammar)
{
	struct buffer out = buffer_new_for(arena, LIMIT_DNS_MESSAGE);
	text = mend_version(arena, text, grammar);
	char last = ';'; /* the last octet that is no white space */
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		struct span rest = span_from(text, i);
		bool is_word = i > 0 && text_is_space(text.ptr[i - 1]) && !text_is_space(c);
		if (is_word && last != ';' && last != '=' && starts_tag(rest, grammar)) {
			buffer_putc(&out, ';');
		}
		if (c == ';' && starts_address(span_from(rest, 1))) {
			c = ',';
		}
		buffer_putc(&out, c);
		if (!text_is_space(c)) {
			last = c;
		}
	}
	struct span copy = arena_copy(arena, buffer_span(&out));
	buffer_free(&out);
	return copy;
}
