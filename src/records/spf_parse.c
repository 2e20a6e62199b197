/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads an SPF record: splits it into terms, and looks at how they stand together. */
#include "records/spf_parser.h"

static size_t skip_spaces(struct span text, size_t at)
{
	while (at < text.len && text.ptr[at] == ' ') {
		at++;
	}
	return at;
}

/* Offset behind the version. What does not start with one loses its first word. */
static size_t read_version(struct spf_parser *parser, struct span text)
{
	struct span version = SPAN("v=spf1");
	if (spf_record_is_spf(text)) {
		return version.len;
	}
	if (span_starts_with_nocase(text, version)) {
		spf_parser_error(parser, version.len, text.len - version.len > 0,
				 SPAN("no space after \"v=spf1\""), SPAN("a space"));
		return version.len;
	}
	size_t start = skip_spaces(text, 0);
	size_t end = span_find(text, ' ', start);
	spf_parser_error(parser, 0, end, SPAN("the record does not start with \"v=spf1\""),
			 SPAN("\"v=spf1\" and a space as the very first characters"));
	return end;
}

/* About as many terms as there are spaces; a vector that grows leaves its old room behind. */
static void reserve_terms(struct spf_parser *parser, struct span text, struct vector *terms)
{
	size_t spaces = 0;
	for (size_t i = 0; i < text.len; i++) {
		spaces += text.ptr[i] == ' ';
	}
	(void)vector_reserve(terms, parser->arena, sizeof(struct spf_term),
			     spaces < SPF_MAX_TERMS ? spaces : SPF_MAX_TERMS);
}

static void read_terms(struct spf_parser *parser, struct span text, struct vector *terms)
{
	reserve_terms(parser, text, terms);
	size_t at = skip_spaces(text, read_version(parser, text));
	while (at < text.len) {
		size_t end = span_find(text, ' ', at);
		struct spf_term *term =
			VECTOR_PUSH(terms, parser->arena, struct spf_term, SPF_MAX_TERMS);
		if (term == NULL) {
			spf_parser_error(parser, at, text.len - at,
					 SPAN("more terms than any receiver evaluates"),
					 arena_printf(parser->arena, "at most %d", SPF_MAX_TERMS));
			return;
		}
		term->text = span_slice(text, at, end - at);
		term->offset = at;
		spf_term_read(parser, term);
		at = skip_spaces(text, end);
	}
}

/* RFC 7208 6: redirect and exp at most once, else permerror */
static void check_repeated(struct spf_parser *parser, const struct spf_record *record,
			   enum spf_term_kind kind)
{
	size_t seen = 0;
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_term *term = &record->terms[i];
		if (term->kind != kind || seen++ == 0) {
			continue;
		}
		spf_parser_error(parser, term->offset, term->text.len,
				 arena_printf(parser->arena, "second \"%s\"",
					      kind == SPF_TERM_EXP ? "exp" : "redirect"),
				 SPAN("at most one"));
	}
}

/* RFC 7208 5.1: what stands after "all" is never reached, and redirect is ignored */
static void check_after_all(struct spf_parser *parser, const struct spf_record *record,
			    const struct spf_term *all)
{
	for (const struct spf_term *term = all + 1; term < record->terms + record->term_count;
	     term++) {
		if (term->kind == SPF_TERM_MECHANISM) {
			spf_parser_warn(
				parser, term->offset, term->text.len,
				arena_printf(parser->arena,
					     "%.*s is never reached: it stands after %.*s",
					     SPAN_ARG(problem_quote(parser->arena, term->text)),
					     SPAN_ARG(problem_quote(parser->arena, all->text))),
				SPAN("\"all\" as the last mechanism"));
		}
	}
}

/* RFC 7208 6: modifiers should stand after all mechanisms */
static void check_modifier_place(struct spf_parser *parser, const struct spf_record *record)
{
	size_t last = record->term_count;
	while (last > 0 && record->terms[last - 1].kind != SPF_TERM_MECHANISM) {
		last--;
	}
	for (size_t i = 0; i < last; i++) {
		const struct spf_term *term = &record->terms[i];
		if (term->kind == SPF_TERM_REDIRECT || term->kind == SPF_TERM_EXP) {
			spf_parser_warn(parser, term->offset, term->text.len,
					arena_printf(parser->arena,
						     "\"%.*s=\" stands before a mechanism",
						     SPAN_ARG(term->name)),
					SPAN("modifiers at the end, after all mechanisms"));
		}
	}
}

static void check_together(struct spf_parser *parser, const struct spf_record *record)
{
	check_repeated(parser, record, SPF_TERM_REDIRECT);
	check_repeated(parser, record, SPF_TERM_EXP);
	const struct spf_term *all = spf_record_all(record);
	const struct spf_term *redirect = spf_record_redirect(record);
	if (all != NULL) {
		check_after_all(parser, record, all);
	}
	if (all != NULL && redirect != NULL) {
		spf_parser_warn(parser, redirect->offset, redirect->text.len,
				SPAN("\"redirect\" is ignored because the record has \"all\""),
				SPAN("either \"redirect\" or \"all\""));
	}
	check_modifier_place(parser, record);
}

struct spf_record *spf_record_parse(struct arena *arena, struct span text)
{
	struct spf_record *record = arena_alloc(arena, sizeof(*record));
	if (record == NULL) {
		return NULL;
	}
	record->text = text;
	struct spf_parser parser = {.arena = arena, .problems = &record->problems};
	struct vector terms = {0};
	read_terms(&parser, text, &terms);
	record->terms = terms.items;
	record->term_count = terms.len;
	check_together(&parser, record);
	problem_sort(&record->problems);
	return arena_has_failed(arena) ? NULL : record;
}
