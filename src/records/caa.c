/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading CAA record data. */
#include "records/caa.h"

#include "records/name.h"
#include "records/txt.h"

static const struct {
	struct span tag;
	enum caa_property property;
} properties[] = {
	{SPAN_INIT("issue"), CAA_ISSUE},
	{SPAN_INIT("issuewild"), CAA_ISSUEWILD},
	{SPAN_INIT("issuemail"), CAA_ISSUEMAIL},
	{SPAN_INIT("issuevmc"), CAA_ISSUEVMC},
	{SPAN_INIT("iodef"), CAA_IODEF},
	{SPAN_INIT("contactemail"), CAA_CONTACTEMAIL},
	{SPAN_INIT("contactphone"), CAA_CONTACTPHONE},
};

/* The value of an issue property on its way into caa. */
struct reader {
	struct arena *arena;
	struct caa *caa;
	struct cursor value;
	struct vector parameters; /* of struct caa_parameter */
};

static void add_problem(struct reader *reader, enum problem_weight weight, struct span at,
			struct span what, struct span expected)
{
	bool is_in_value = at.ptr != NULL;
	problem_add(&reader->caa->problems, reader->arena,
		    (struct problem){
			    .weight = weight,
			    .offset = is_in_value ? (size_t)(at.ptr - reader->caa->value.ptr) : 0,
			    .len = at.len,
			    .what = what,
			    .expected = expected,
		    });
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_tag_character(char c)
{
	return text_is_alnum(c) || c == '-';
}

/* RFC 8659 4.2: value = *(%x21-3A / %x3C-7E); an issuer is taken as such a run and then judged */
static bool is_value_character(char c)
{
	return c > 0x20 && c < 0x7f && c != ';';
}

static void skip_space(struct reader *reader)
{
	cursor_take_while(&reader->value, is_space);
}

static void keep_parameter(struct reader *reader, struct caa_parameter parameter)
{
	struct caa_parameter *kept = VECTOR_PUSH(&reader->parameters, reader->arena,
						 struct caa_parameter, CAA_PARAMETER_MAX);
	if (kept != NULL) {
		*kept = parameter;
	} else {
		add_problem(reader, PROBLEM_WARN, parameter.name, SPAN("too many parameters"),
			    SPAN("at most 32"));
	}
}

/* RFC 8659 4.2: parameter = tag *WSP "=" *WSP value */
static bool take_parameter(struct reader *reader)
{
	struct caa_parameter parameter;
	struct span rest = cursor_rest(&reader->value);
	parameter.name = cursor_take_while(&reader->value, is_tag_character);
	skip_space(reader);
	bool has_name = parameter.name.len > 0 && parameter.name.ptr[0] != '-' &&
			parameter.name.ptr[parameter.name.len - 1] != '-';
	if (!has_name || !cursor_accept(&reader->value, '=')) {
		add_problem(reader, PROBLEM_ERROR, rest, SPAN("not a parameter"),
			    SPAN("name=value"));
		return false;
	}
	skip_space(reader);
	parameter.value = cursor_take_while(&reader->value, is_value_character);
	keep_parameter(reader, parameter);
	return true;
}

static bool take_parameters(struct reader *reader)
{
	skip_space(reader);
	while (!cursor_is_at_end(&reader->value)) {
		if (!take_parameter(reader)) {
			return false;
		}
		skip_space(reader);
		struct span rest = cursor_rest(&reader->value);
		if (rest.len > 0 && !cursor_accept(&reader->value, ';')) {
			add_problem(reader, PROBLEM_ERROR, rest,
				    SPAN("characters that no parameter may have"), SPAN("\";\""));
			return false;
		}
		skip_space(reader);
		if (rest.len > 0 && cursor_is_at_end(&reader->value)) {
			add_problem(reader, PROBLEM_WARN, rest,
				    SPAN("\";\" after the last parameter"), span_of(NULL, 0));
		}
	}
	return true;
}

/* RFC 8659 4.2: issuer-domain-name = label *("." label), and label is letters, digits, hyphens */
static bool take_issuer(struct reader *reader, struct span *ret_issuer)
{
	struct span issuer = cursor_take_while(&reader->value, is_value_character);
	if (issuer.len == 0) {
		return true;
	}
	if (!name_is_ldh(issuer, /* is_underscore_ok */ false) ||
	    !name_canonical(reader->arena, issuer, ret_issuer)) {
		add_problem(reader, PROBLEM_ERROR, issuer, SPAN("not a domain name"),
			    SPAN("the domain name of an authority, or \";\" for none"));
		return false;
	}
	return true;
}

/* RFC 8659 4.2: issue-value = *WSP [issuer-domain-name *WSP] [";" *WSP [parameters *WSP]] */
static bool take_issue_value(struct reader *reader, struct span *ret_issuer)
{
	skip_space(reader);
	if (!take_issuer(reader, ret_issuer)) {
		return false;
	}
	skip_space(reader);
	struct span rest = cursor_rest(&reader->value);
	if (rest.len == 0) {
		return true;
	}
	if (!cursor_accept(&reader->value, ';')) {
		add_problem(reader, PROBLEM_ERROR, rest, SPAN("more than an authority's name"),
			    SPAN("\";\" before parameters"));
		return false;
	}
	return take_parameters(reader);
}

static void read_issue(struct reader *reader)
{
	struct span issuer = span_of(NULL, 0);
	/* RFC 8659 4.2: a value that breaks the grammar is taken as naming nobody */
	if (take_issue_value(reader, &issuer)) {
		reader->caa->issuer = issuer;
		reader->caa->parameters = reader->parameters.items;
		reader->caa->parameter_count = reader->parameters.len;
	}
}

/* RFC 8659 4.4: a mailto, http or https URL */
static void check_iodef(struct reader *reader)
{
	struct span value = reader->caa->value;
	if (!span_starts_with_nocase(value, SPAN("mailto:")) &&
	    !span_starts_with_nocase(value, SPAN("https://")) &&
	    !span_starts_with_nocase(value, SPAN("http://"))) {
		add_problem(reader, PROBLEM_WARN, value, SPAN("nowhere to report to"),
			    SPAN("mailto:, https:// or http://"));
	}
}

static void check_contact_email(struct reader *reader)
{
	struct span value = reader->caa->value;
	if (span_find(value, '@', 0) == value.len) {
		add_problem(reader, PROBLEM_WARN, value, SPAN("not an email address"),
			    span_of(NULL, 0));
	}
}

static void read_value(struct reader *reader)
{
	switch (reader->caa->property) {
	case CAA_ISSUE:
	case CAA_ISSUEWILD:
	case CAA_ISSUEMAIL:
	case CAA_ISSUEVMC:
		read_issue(reader);
		break;
	case CAA_IODEF:
		check_iodef(reader);
		break;
	case CAA_CONTACTEMAIL:
		check_contact_email(reader);
		break;
	case CAA_CONTACTPHONE:
	case CAA_UNKNOWN:
		break;
	}
}

static enum caa_property property_of(struct span tag)
{
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		if (span_equal(tag, properties[i].tag)) {
			return properties[i].property;
		}
	}
	return CAA_UNKNOWN;
}

/* RFC 8659 4.1: flags, tag length, tag of letters and digits, value */
static bool take_parts(struct span rdata, struct caa *caa)
{
	struct cursor cursor = cursor_of(rdata);
	caa->flags = cursor_u8(&cursor);
	caa->tag = cursor_take(&cursor, cursor_u8(&cursor));
	caa->value = cursor_rest(&cursor);
	struct cursor tag = cursor_of(caa->tag);
	return !cursor.is_failed && caa->tag.len > 0 &&
	       cursor_take_while(&tag, text_is_alnum).len == caa->tag.len;
}

bool caa_parse(struct arena *arena, struct span rdata, struct caa *ret_caa)
{
	struct caa caa = {.flags = 0};
	if (!take_parts(rdata, &caa)) {
		return false;
	}
	caa.is_critical = (caa.flags & CAA_FLAG_CRITICAL) != 0;
	/* RFC 8659 4.1: tags match without regard to case */
	caa.tag = text_lower_copy(arena, caa.tag);
	if (caa.tag.ptr == NULL) {
		return false;
	}
	caa.property = property_of(caa.tag);
	struct reader reader = {.arena = arena, .caa = &caa, .value = cursor_of(caa.value)};
	if ((caa.flags & ~CAA_FLAG_CRITICAL) != 0) {
		add_problem(&reader, PROBLEM_WARN, span_of(NULL, 0), SPAN("flags without meaning"),
			    SPAN("0, or 128 for critical"));
	}
	read_value(&reader);
	*ret_caa = caa;
	return true;
}

void caa_write(const struct caa *caa, struct buffer *text)
{
	buffer_printf(text, "%u %.*s ", caa->flags, SPAN_ARG(caa->tag));
	txt_write_string(caa->value, text);
}

bool caa_is_issue(const struct caa *caa)
{
	return caa->property <= CAA_ISSUEVMC;
}
