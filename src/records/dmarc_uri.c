/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads report addresses: URIs (RFC 3986), most of them mailto (RFC 6068). */
#include "records/dmarc_uri.h"

#include "base/text.h"
#include "records/name.h"

/* RFC 5321 4.5.3.1.1: octets of a local part */
#define LOCAL_PART_MAX 64

struct uri_reader {
	struct arena *arena;
	struct problems *problems;
	struct dmarc_uri *uri;
};

static void add_problem(struct uri_reader *reader, enum problem_weight weight, struct span where,
			struct span what, struct span expected)
{
	size_t offset = reader->uri->offset + (size_t)(where.ptr - reader->uri->text.ptr);
	problem_add(reader->problems, reader->arena,
		    (struct problem){weight, offset, where.len, what, expected});
}

static void add_error(struct uri_reader *reader, struct span where, const char *what,
		      const char *expected)
{
	add_problem(reader, PROBLEM_ERROR, where, span_of_string(what), span_of_string(expected));
}

/* RFC 3986 2: unreserved, reserved, and "%" of an escape */
static bool is_uri_char(char c)
{
	return text_is_alnum(c) || (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL);
}

static bool check_characters(struct uri_reader *reader, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct span octet = span_slice(text, i, 1);
		if (!is_uri_char(text.ptr[i])) {
			add_problem(reader, PROBLEM_ERROR, octet,
				    arena_printf(reader->arena, "%.*s inside an address",
						 SPAN_ARG(problem_quote(reader->arena, octet))),
				    SPAN("characters of a URI; a comma between addresses"));
			return false;
		}
		bool is_escape = i + 2 < text.len && text_hex_value(text.ptr[i + 1]) >= 0 &&
				 text_hex_value(text.ptr[i + 2]) >= 0;
		if (text.ptr[i] == '%' && !is_escape) {
			add_error(reader, octet, "\"%\" that starts no escape",
				  "\"%\" and two hexadecimal digits");
			return false;
		}
	}
	return true;
}

/* Octets of "scheme", or 0 when the text does not start with one and a colon. */
static size_t scheme_len(struct span text)
{
	size_t at = 0;
	while (at < text.len && (text_is_alnum(text.ptr[at]) ||
				 (text.ptr[at] != '\0' && strchr("+-.", text.ptr[at]) != NULL))) {
		at++;
	}
	bool is_scheme = at > 0 && at < text.len && text.ptr[at] == ':';
	return is_scheme && text_is_alpha(text.ptr[0]) ? at : 0;
}

/* RFC 7489 6.2: "!" digits and at most one unit at the end. RFC 9989 ignores it. */
static struct span cut_size_suffix(struct uri_reader *reader, struct span text)
{
	size_t at = text.len;
	if (at > 0 && text.ptr[at - 1] != '\0' && strchr("kmgtKMGT", text.ptr[at - 1]) != NULL) {
		at--;
	}
	size_t digits_end = at;
	while (at > 0 && text_is_digit(text.ptr[at - 1])) {
		at--;
	}
	if (at == digits_end || at == 0 || text.ptr[at - 1] != '!') {
		return text;
	}
	reader->uri->has_size_suffix = true;
	add_problem(reader, PROBLEM_WARN, span_from(text, at - 1),
		    SPAN("size limit, which receivers ignore"), SPAN("the address alone"));
	return span_slice(text, 0, at - 1);
}

/* Percent-decoded copy; the escapes are valid already. */
static struct span decode(struct arena *arena, struct span text)
{
	char *octets = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; octets != NULL && i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '%') {
			c = (char)(text_hex_value(text.ptr[i + 1]) << 4 |
				   text_hex_value(text.ptr[i + 2]));
			i += 2;
		}
		octets[len++] = c;
	}
	return span_of(octets, len);
}

/* RFC 5322 3.4.1, without quoted strings' odder half: nothing a mail program could misread. */
static bool is_local_part(struct span local)
{
	bool is_quoted = local.len > 2 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"';
	struct span inner = is_quoted ? span_slice(local, 1, local.len - 2) : local;
	const char *refused = is_quoted ? "\"\\" : "\"\\()<>[]:;@, ";
	for (size_t i = 0; i < inner.len; i++) {
		unsigned char octet = span_octet(inner, i);
		if (octet < 0x20 || octet == 0x7f || strchr(refused, octet) != NULL) {
			return false;
		}
	}
	return local.len > 0 && local.len <= LOCAL_PART_MAX;
}

static bool read_domain(struct uri_reader *reader, struct span domain)
{
	struct span name;
	bool is_plain = domain.len > 0 && !span_equal(domain, SPAN(".")) &&
			span_find(domain, '\\', 0) == domain.len;
	if (!is_plain || !name_canonical(reader->arena, domain, &name) ||
	    !name_is_ldh(name, false /* is_underscore_ok */)) {
		return false;
	}
	reader->uri->host = name;
	return true;
}

static size_t find_last(struct span text, char c)
{
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != c) {
		at--;
	}
	return at > 0 ? at - 1 : text.len;
}

/* RFC 6068 2, one address; header fields have no say in where reports go. */
static bool read_mailto(struct uri_reader *reader, struct span rest)
{
	size_t end = 0;
	while (end < rest.len && rest.ptr[end] != '?' && rest.ptr[end] != '#') {
		end++;
	}
	if (end < rest.len) {
		add_problem(reader, PROBLEM_WARN, span_from(rest, end),
			    SPAN("header fields, which are ignored"), SPAN("the address alone"));
	}
	struct span written = cut_size_suffix(reader, span_slice(rest, 0, end));
	struct span address = decode(reader->arena, written);
	size_t at = find_last(address, '@');
	bool is_address = at < address.len && is_local_part(span_slice(address, 0, at)) &&
			  read_domain(reader, span_from(address, at + 1));
	if (!is_address) {
		add_problem(reader, PROBLEM_ERROR, written,
			    arena_printf(reader->arena, "%.*s is not a mail address",
					 SPAN_ARG(problem_quote(reader->arena, written))),
			    SPAN("one address, such as \"mailto:reports@example.org\""));
		return false;
	}
	reader->uri->address = address;
	return true;
}

/* RFC 3986 3.2: "//" [ userinfo "@" ] host [ ":" port ] */
static bool read_authority(struct uri_reader *reader, struct span rest)
{
	if (!span_starts_with(rest, SPAN("//"))) {
		return false;
	}
	size_t end = 2;
	while (end < rest.len && strchr("/?#", rest.ptr[end]) == NULL) {
		end++;
	}
	struct span authority = span_slice(rest, 2, end - 2);
	size_t userinfo = find_last(authority, '@');
	struct span host =
		userinfo < authority.len ? span_from(authority, userinfo + 1) : authority;
	return read_domain(reader, span_slice(host, 0, span_find(host, ':', 0)));
}

static void report_no_scheme(struct uri_reader *reader)
{
	struct span text = reader->uri->text;
	bool is_address = find_last(text, '@') < text.len;
	struct span quoted = problem_quote(reader->arena, text);
	if (is_address) {
		add_problem(reader, PROBLEM_ERROR, text,
			    arena_printf(reader->arena, "%.*s is an address, not a URI",
					 SPAN_ARG(quoted)),
			    arena_printf(reader->arena, "\"mailto:\" in front of the address"));
		return;
	}
	add_problem(reader, PROBLEM_ERROR, text,
		    arena_printf(reader->arena, "%.*s is not a URI", SPAN_ARG(quoted)),
		    SPAN("such as \"mailto:reports@example.org\""));
}

static bool read_scheme(struct uri_reader *reader, size_t len)
{
	struct dmarc_uri *uri = reader->uri;
	struct span scheme = span_slice(uri->text, 0, len);
	struct span rest = span_from(uri->text, len + 1);
	uri->is_mailto = span_equal_nocase(scheme, SPAN("mailto"));
	uri->is_https = span_equal_nocase(scheme, SPAN("https"));
	if (uri->is_mailto) {
		return read_mailto(reader, rest);
	}
	bool has_host = read_authority(reader, cut_size_suffix(reader, rest));
	if (uri->is_https && !has_host) {
		add_error(reader, uri->text, "https address without a host name",
			  "such as \"https://reports.example.org/v1\"");
		return false;
	}
	if (rest.len == 0) {
		add_error(reader, uri->text, "nothing after the colon",
			  "such as \"mailto:reports@example.org\"");
		return false;
	}
	return true;
}

static void read_uri(struct uri_reader *reader)
{
	size_t len = scheme_len(reader->uri->text);
	if (!check_characters(reader, reader->uri->text)) {
		return;
	}
	if (len == 0) {
		report_no_scheme(reader);
		return;
	}
	reader->uri->is_valid = read_scheme(reader, len);
}

static void add_list_problem(const struct tag *tag, struct arena *arena, struct problems *problems,
			     struct problem problem)
{
	problem.offset += tag->value_offset;
	problem_add(problems, arena, problem);
}

/* Adds one element of the list; false when the list is full. */
static bool add_uri(struct vector *uris, struct arena *arena, struct span text, size_t offset,
		    struct problems *problems)
{
	struct dmarc_uri *uri = VECTOR_PUSH(uris, arena, struct dmarc_uri, DMARC_MAX_URIS);
	if (uri == NULL) {
		return false;
	}
	uri->text = text;
	uri->offset = offset;
	read_uri(&(struct uri_reader){arena, problems, uri});
	return true;
}

struct dmarc_uri_list dmarc_uri_list_parse(struct arena *arena, const struct tag *tag,
					   struct problems *problems)
{
	static const struct problem nothing = {PROBLEM_WARN, 0, 0,
					       SPAN_INIT("no address beside a comma"),
					       SPAN_INIT("an address, or no comma")};
	static const struct problem too_many = {PROBLEM_WARN, 0, 0,
						SPAN_INIT("more report addresses than are read"),
						SPAN_INIT("one or two addresses")};
	static const struct problem none = {PROBLEM_ERROR, 0, 0, SPAN_INIT("no report address"),
					    SPAN_INIT("such as \"mailto:reports@example.org\"")};
	struct vector uris = {0};
	struct span rest = tag->value;
	struct span part;
	while (tag->value.len > 0 && span_split(&rest, ',', &part)) {
		struct span text = span_trim(part, TEXT_SPACE);
		struct problem problem = text.len == 0 ? nothing : too_many;
		problem.offset = (size_t)(text.ptr - tag->value.ptr);
		problem.len = text.len;
		if (text.len == 0) {
			add_list_problem(tag, arena, problems, problem);
		} else if (!add_uri(&uris, arena, text, tag->value_offset + problem.offset,
				    problems)) {
			add_list_problem(tag, arena, problems, problem);
			break;
		}
	}
	if (uris.len == 0) {
		add_list_problem(tag, arena, problems, none);
	}
	return (struct dmarc_uri_list){uris.items, uris.len};
}

void dmarc_uri_list_write(const struct dmarc_uri *uris, size_t count, struct buffer *text)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			buffer_putc(text, ',');
		}
		buffer_append(text, uris[i].text);
	}
}

bool dmarc_uri_list_has_valid(const struct dmarc_uri *uris, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (uris[i].is_valid) {
			return true;
		}
	}
	return false;
}

bool dmarc_uri_is_https(struct arena *arena, struct span text)
{
	struct problems unused = {0};
	struct dmarc_uri uri = {.text = text};
	read_uri(&(struct uri_reader){arena, &unused, &uri});
	return uri.is_https && uri.is_valid;
}
