/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Checks and words that all readers of tag lists share. */
#include "records/tag_checks.h"

#include "base/cursor.h"
#include "base/text.h"
#include "records/nearest.h"

/* RFC 8460 3, RFC 8461 3.1: octets of an extension's name */
#define EXTENSION_NAME_MAX 32
/* Quotation marks and backslashes that slip in from zone files and shells */
#define LITTER "\"'`\\"

void tag_checks_add(const struct tag_checks *checks, enum problem_weight weight, size_t offset,
		    size_t len, struct span what, struct span expected)
{
	problem_add(checks->problems, checks->arena,
		    (struct problem){weight, offset, len, what, expected});
}

/* "none, quarantine or reject" */
static struct span join_words(struct arena *arena, const struct span *words, size_t word_count)
{
	struct span joined = span_of(NULL, 0);
	for (size_t i = 0; i < word_count; i++) {
		const char *glue = i == 0 ? "" : i + 1 == word_count ? " or " : ", ";
		joined = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(joined), glue,
				      SPAN_ARG(words[i]));
	}
	return joined;
}

void tag_checks_bad_value(const struct tag_checks *checks, const struct tag *tag,
			  const struct span *words, size_t word_count)
{
	struct arena *arena = checks->arena;
	struct span known = join_words(arena, words, word_count);
	struct span bare = span_trim(tag->value, LITTER);
	struct span meant = nearest_word(bare, words, word_count);
	struct span what = arena_printf(arena, "%.*s has the value %.*s",
					SPAN_ARG(problem_quote(arena, tag->name)),
					SPAN_ARG(problem_quote(arena, tag->value)));
	struct span expected = meant.len > 0 ? arena_printf(arena, "%.*s; did you mean \"%.*s\"?",
							    SPAN_ARG(known), SPAN_ARG(meant))
					     : known;
	tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset, tag->value.len, what, expected);
}

void tag_checks_version(const struct tag_checks *checks, const struct tag_list *list,
			struct span value)
{
	const struct tag *tag = tag_list_find(list, SPAN("v"));
	if (tag == NULL || tag != list->tags) {
		tag_checks_add(checks, PROBLEM_ERROR, tag != NULL ? tag->name_offset : 0,
			       tag != NULL ? tag->name.len : 0,
			       arena_printf(checks->arena,
					    "the record does not start with \"v=%.*s\"",
					    SPAN_ARG(value)),
			       arena_printf(checks->arena, "\"v=%.*s\" as the first tag",
					    SPAN_ARG(value)));
	}
	if (tag != NULL && !span_equal(tag->value, value) && !tag_checks_glued(checks, tag)) {
		tag_checks_bad_value(checks, tag, &value, 1);
	}
}

bool tag_checks_is_known(const struct tag_checks *checks, struct span name)
{
	for (size_t i = 0; i < checks->name_count; i++) {
		if (span_equal(checks->names[i], name)) {
			return true;
		}
	}
	return false;
}

void tag_checks_spaces(const struct tag_checks *checks, struct span text, const struct tag *tag)
{
	size_t at = tag->name_offset + tag->name.len;
	if (text.ptr[at] == '=') {
		at++;
	}
	if (at < tag->value_offset && tag->value.len > 0) {
		tag_checks_add(checks, PROBLEM_ERROR, at, 1, SPAN("white space beside \"=\""),
			       SPAN("no white space there"));
	}
}

/* (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".") */
static bool is_extension_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		bool is_mark = name.ptr[i] == '_' || name.ptr[i] == '-' || name.ptr[i] == '.';
		if (!text_is_alnum(name.ptr[i]) && (i == 0 || !is_mark)) {
			return false;
		}
	}
	return name.len > 0 && name.len <= EXTENSION_NAME_MAX;
}

void tag_checks_extension(const struct tag_checks *checks, const struct tag *tag)
{
	if (!is_extension_name(tag->name)) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->name_offset, tag->name.len,
			       arena_printf(checks->arena, "%.*s as the name of a tag",
					    SPAN_ARG(problem_quote(checks->arena, tag->name))),
			       SPAN("at most 32 letters, digits, \"_\", \"-\" and \".\""));
	}
	/* 1*(%x21-3A / %x3C / %x3E-7E) */
	bool is_visible = tag->value.len > 0;
	for (size_t i = 0; i < tag->value.len; i++) {
		unsigned char octet = span_octet(tag->value, i);
		is_visible = is_visible && octet > 0x20 && octet < 0x7f && octet != '=';
	}
	if (!is_visible) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset, tag->value.len,
			       arena_printf(checks->arena, "%.*s as the value of a tag",
					    SPAN_ARG(problem_quote(checks->arena, tag->value))),
			       SPAN("visible ASCII without \"=\" and white space"));
	}
}

static bool is_name_char(char c)
{
	return text_is_alnum(c);
}

/* The known tag name that starts at the cursor and has "=" behind it, or an empty span. */
static struct span take_known_tag(const struct tag_checks *checks, struct cursor *cursor)
{
	struct span name = cursor_take_while(cursor, is_name_char);
	(void)cursor_take_while(cursor, text_is_space);
	bool is_tag = name.len > 0 && cursor_peek(cursor) == '=';
	return is_tag && tag_checks_is_known(checks, name) ? name : span_of(NULL, 0);
}

bool tag_checks_glued(const struct tag_checks *checks, const struct tag *tag)
{
	for (size_t i = 1; i < tag->value.len; i++) {
		if (!text_is_space(tag->value.ptr[i - 1]) || !is_name_char(tag->value.ptr[i])) {
			continue;
		}
		struct cursor cursor = cursor_of(span_from(tag->value, i));
		struct span name = take_known_tag(checks, &cursor);
		if (name.len > 0) {
			tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset + i, name.len,
				       arena_printf(checks->arena, "no \";\" before \"%.*s=\"",
						    SPAN_ARG(name)),
				       SPAN("\";\" between two tags"));
			return true;
		}
	}
	return false;
}

void tag_checks_unknown(const struct tag_checks *checks, const struct tag *tag)
{
	struct span bare = span_trim(tag->name, LITTER);
	struct span meant = nearest_word(bare, checks->names, checks->name_count);
	for (size_t i = 0; i < checks->name_count; i++) {
		if (span_equal_nocase(checks->names[i], bare)) {
			meant = checks->names[i];
		}
	}
	struct span known = join_words(checks->arena, checks->names, checks->name_count);
	struct span hint = meant.len > 0 ? arena_printf(checks->arena, "; did you mean \"%.*s\"?",
							SPAN_ARG(meant))
					 : meant;
	tag_checks_add(checks, PROBLEM_WARN, tag->name_offset, tag->name.len,
		       arena_printf(checks->arena, "unknown tag %.*s is ignored",
				    SPAN_ARG(problem_quote(checks->arena, tag->name))),
		       arena_printf(checks->arena, "%.*s%.*s", SPAN_ARG(known), SPAN_ARG(hint)));
}

bool tag_checks_has_version(struct span text, struct span value, bool is_space_ok)
{
	struct cursor first = cursor_of(span_slice(text, 0, span_find(text, ';', 0)));
	if (!cursor_accept(&first, 'v')) {
		return false;
	}
	if (is_space_ok) {
		(void)cursor_take_while(&first, text_is_space);
	}
	if (!cursor_accept(&first, '=')) {
		return false;
	}
	struct span rest = cursor_rest(&first);
	struct span trimmed = span_trim(rest, TEXT_SPACE);
	bool has_space_in_front = rest.len > 0 && text_is_space(rest.ptr[0]);
	return span_equal(trimmed, value) && (is_space_ok || !has_space_in_front);
}

static bool is_litter(char c)
{
	return text_is_space(c) || (unsigned char)c >= 0x80 || (c != '\0' && strchr("\"'`\\(", c));
}

static bool is_version_glue(char c)
{
	return text_is_space(c) || (c != '\0' && strchr("=:-_", c));
}

bool tag_checks_resembles_version(struct span text, struct span word)
{
	struct cursor cursor = cursor_of(text);
	(void)cursor_take_while(&cursor, is_litter);
	bool has_v = cursor_accept_nocase(&cursor, SPAN("v"));
	bool has_glue = cursor_take_while(&cursor, is_version_glue).len > 0;
	if (!cursor_accept_nocase(&cursor, word)) {
		return false;
	}
	(void)cursor_take_while(&cursor, is_version_glue);
	return has_v || has_glue || cursor_peek(&cursor) == '1';
}
