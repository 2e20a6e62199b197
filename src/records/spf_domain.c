/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads the domain-spec of a term and says what is wrong with it. */
#include "base/limits.h"
#include "base/number.h"
#include "base/text.h"
#include "records/spf_parser.h"

static void report_macro(struct spf_parser *parser, struct span spec, size_t bad, size_t offset)
{
	if (bad >= spec.len) {
		spf_parser_error(parser, offset + bad, 0, SPAN("macro without its closing brace"),
				 SPAN("\"}\""));
		return;
	}
	struct span octet = span_slice(spec, bad, 1);
	if (octet.ptr[0] == '%') {
		spf_parser_error(parser, offset + bad, 1, SPAN("\"%\" that starts no macro"),
				 SPAN("\"%{\", or \"%%\" for a percent sign"));
		return;
	}
	spf_parser_error(parser, offset + bad, 1,
			 arena_printf(parser->arena, "%.*s inside a macro",
				      SPAN_ARG(problem_quote(parser->arena, octet))),
			 SPAN("one of s l o d i p h v, then a number above 0, \"r\" or a delimiter "
			      ". - + , / _ = if any, then \"}\""));
}

/* An IPv4 address where a name is wanted. */
static bool is_address(struct span spec)
{
	struct network network;
	return network_parse(spec, &network);
}

/* Offset of a prefix length ("/24", "//64") at the end, or spec.len. */
static size_t find_prefix_len(struct span spec)
{
	size_t at = spec.len;
	while (at > 0 && (text_is_digit(spec.ptr[at - 1]) || spec.ptr[at - 1] == '/')) {
		at--;
	}
	return at < spec.len && spec.ptr[at] == '/' ? at : spec.len;
}

/* The domain-spec does not end in a top label or a macro: finds the most helpful words for it. */
static void report_end(struct spf_parser *parser, struct span spec, size_t offset)
{
	size_t bad = 0;
	size_t bad_len = 0;
	(void)spf_domain_end_is_valid(spec, &bad, &bad_len);
	struct span quoted = problem_quote(parser->arena, span_slice(spec, bad, bad_len));
	size_t slash = find_prefix_len(spec);
	size_t rest_offset;
	size_t rest_len;
	if (is_address(spec)) {
		spf_parser_error(parser, offset, spec.len,
				 arena_printf(parser->arena, "address %.*s in place of a name",
					      SPAN_ARG(problem_quote(parser->arena, spec))),
				 arena_printf(parser->arena, "\"ip4:%.*s\"", SPAN_ARG(spec)));
	} else if (slash < spec.len && slash <= bad &&
		   spf_domain_end_is_valid(span_slice(spec, 0, slash), &rest_offset, &rest_len)) {
		spf_parser_error(parser, offset + slash, spec.len - slash,
				 SPAN("prefix length where none can stand"),
				 SPAN("the name alone; only a, mx, ip4 and ip6 take a prefix"));
	} else if (bad > 0 && span_find(span_slice(spec, 0, bad), '.', 0) < bad) {
		spf_parser_error(parser, offset + bad, bad_len,
				 arena_printf(parser->arena, "%.*s in the last label of a name",
					      SPAN_ARG(quoted)),
				 SPAN("letters, digits and inner hyphens, then a space"));
	} else {
		spf_parser_error(parser, offset, spec.len,
				 arena_printf(parser->arena, "%.*s is not a full domain name",
					      SPAN_ARG(problem_quote(parser->arena, spec))),
				 SPAN("a name with a dot, such as \"mail.example.org\""));
	}
}

/* Offset of a mechanism name directly before the colon at `colon`, or colon. */
static size_t find_glued_name(struct span spec, size_t colon)
{
	for (size_t i = 0; i < SPF_MECHANISM_COUNT; i++) {
		struct span name = spf_names[i];
		if (name.len > 1 && name.len < colon &&
		    span_equal_nocase(span_slice(spec, colon - name.len, name.len), name)) {
			return colon - name.len;
		}
	}
	return colon;
}

/* A name that the grammar allows and DNS does not have: surely a slip. */
static void warn_odd_character(struct spf_parser *parser, struct span spec, size_t offset)
{
	for (size_t i = 0; i < spec.len; i++) {
		char c = spec.ptr[i];
		if (text_is_alnum(c) || strchr("-_.", c) != NULL) {
			continue;
		}
		size_t start = c == ':' ? find_glued_name(spec, i) : i;
		struct span odd =
			problem_quote(parser->arena, span_slice(spec, start, i - start + 1));
		spf_parser_warn(
			parser, offset + start, i - start + 1,
			arena_printf(parser->arena, "%.*s inside a domain name", SPAN_ARG(odd)),
			start < i ? SPAN("a space before the next mechanism")
				  : SPAN("letters, digits, hyphens and dots"));
		return;
	}
}

static void warn_labels(struct spf_parser *parser, struct span spec, size_t offset)
{
	struct span rest = spec.ptr[spec.len - 1] == '.' ? span_slice(spec, 0, spec.len - 1) : spec;
	struct span label;
	while (span_split(&rest, '.', &label)) {
		size_t at = offset + (size_t)(label.ptr - spec.ptr);
		if (label.len == 0) {
			spf_parser_warn(parser, at, 0, SPAN("two dots in a row in a domain name"),
					SPAN("one dot"));
			return;
		}
		if (label.len > LIMIT_LABEL) {
			spf_parser_warn(parser, at, label.len,
					SPAN("label of more than 63 octets; DNS has no such name"),
					SPAN("a shorter label"));
			return;
		}
	}
	if (spec.len > LIMIT_NAME_TEXT + 1) {
		spf_parser_warn(parser, offset, spec.len,
				SPAN("name of more than 253 octets; DNS has no such name"),
				SPAN("a shorter name"));
	}
}

/* "include:example.org-all" is a valid name below "org-all", and never meant. */
static void warn_glued_all(struct spf_parser *parser, struct span spec, size_t offset)
{
	if (spec.len > 4 && span_ends_with_nocase(spec, SPAN("-all"))) {
		spf_parser_warn(parser, offset + spec.len - 4, 4,
				SPAN("\"-all\" read as part of the domain name"),
				SPAN("a space before \"-all\""));
	}
}

bool spf_domain_read(struct spf_parser *parser, struct spf_term *term, struct span spec,
		     size_t offset)
{
	size_t bad;
	size_t bad_len;
	if (spec.len == 0) {
		spf_parser_error(parser, offset, 0,
				 arena_printf(parser->arena, "%.*s without a domain name",
					      SPAN_ARG(problem_quote(parser->arena, term->text))),
				 SPAN("a domain name directly after the \":\" or \"=\""));
		return false;
	}
	if (!spf_macro_is_valid(spec, false /* is_exp */, &bad)) {
		report_macro(parser, spec, bad, offset);
		return false;
	}
	if (!spf_domain_end_is_valid(spec, &bad, &bad_len)) {
		report_end(parser, spec, offset);
		return false;
	}
	term->domain_spec = spec;
	term->domain_spec_offset = offset;
	term->has_macros = span_find(spec, '%', 0) < spec.len;
	if (!term->has_macros) {
		warn_odd_character(parser, spec, offset);
		warn_labels(parser, spec, offset);
		warn_glued_all(parser, spec, offset);
	}
	return true;
}
