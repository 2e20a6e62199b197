/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads MTA-STS policies. */
#include "records/mta_sts_policy.h"

#include "base/number.h"
#include "base/text.h"
#include "records/name.h"
#include "records/nearest.h"
#include "records/network.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* RFC 8461 3.2: digits of max_age */
#define MAX_AGE_DIGITS 10

struct reader {
	struct arena *arena;
	struct mta_sts_policy *policy;
	struct vector mx;
	bool is_seen[4];      /* by index in the table of fields */
	struct span first[4]; /* the values that count */
};

static void add(struct reader *reader, enum problem_weight weight, struct span where,
		struct span what, struct span expected)
{
	size_t offset = (size_t)(where.ptr - reader->policy->text.ptr);
	problem_add(&reader->policy->problems, reader->arena,
		    (struct problem){weight, offset, where.len, what, expected});
}

static void add_value_error(struct reader *reader, const char *field, struct span value,
			    struct span expected)
{
	add(reader, PROBLEM_ERROR, value,
	    arena_printf(reader->arena, "%s is %.*s", field,
			 SPAN_ARG(problem_quote(reader->arena, value))),
	    expected);
}

/* True when the value is the word; another case is an error that is read all the same. */
static bool is_word(struct reader *reader, struct span value, struct span word)
{
	if (span_equal_nocase(value, word) && !span_equal(value, word)) {
		add(reader, PROBLEM_ERROR, value,
		    arena_printf(reader->arena, "%.*s in another case",
				 SPAN_ARG(problem_quote(reader->arena, value))),
		    problem_quote(reader->arena, word));
	}
	return span_equal_nocase(value, word);
}

static void read_version(struct reader *reader, struct span value)
{
	reader->policy->has_version = is_word(reader, value, SPAN("STSv1"));
	if (!reader->policy->has_version) {
		add_value_error(reader, "version", value, SPAN("STSv1"));
	}
}

static void read_mode(struct reader *reader, struct span value)
{
	static const struct span words[] = {SPAN_INIT("none"), SPAN_INIT("testing"),
					    SPAN_INIT("enforce")};
	static const enum mta_sts_mode modes[] = {MTA_STS_MODE_NONE, MTA_STS_MODE_TESTING,
						  MTA_STS_MODE_ENFORCE, MTA_STS_MODE_INVALID};
	size_t i = 0;
	while (i < COUNT(words) && !is_word(reader, value, words[i])) {
		i++;
	}
	reader->policy->mode = modes[i];
	reader->policy->mode_text = value;
	if (i < COUNT(words)) {
		return;
	}
	struct span meant = nearest_word(value, words, COUNT(words));
	add_value_error(reader, "mode", value,
			meant.len > 0 ? arena_printf(reader->arena, "did you mean \"%.*s\"?",
						     SPAN_ARG(meant))
				      : SPAN("enforce, testing or none"));
}

static void read_max_age(struct reader *reader, struct span value)
{
	struct mta_sts_policy *policy = reader->policy;
	struct span expected = SPAN("seconds, 0 to 31557600 (about a year)");
	uint64_t seconds;
	if (!number_parse_decimal(value, UINT64_MAX, &seconds)) {
		add_value_error(reader, "max_age", value, expected);
		return;
	}
	if (seconds > MTA_STS_POLICY_MAX_AGE_S || value.len > MAX_AGE_DIGITS) {
		add_value_error(reader, "max_age", value, expected);
	}
	policy->has_max_age = true;
	policy->max_age_s = seconds < MTA_STS_POLICY_MAX_AGE_S ? seconds : MTA_STS_POLICY_MAX_AGE_S;
}

/* The canonical host of a pattern without its "*.", or false. */
static bool read_host(struct reader *reader, struct span host, struct span *ret_name)
{
	struct network network;
	struct span name;
	bool is_host = host.len > 0 && !network_parse_address(host, &network) &&
		       span_find(host, '\\', 0) == host.len && !span_equal(host, SPAN(".")) &&
		       name_canonical(reader->arena, host, &name) &&
		       name_is_ldh(name, false /* is_underscore_ok */);
	if (is_host) {
		*ret_name = name;
	}
	return is_host;
}

static struct span expected_mx(struct reader *reader, struct span value)
{
	bool is_list = span_find(value, ',', 0) < value.len || span_find(value, ' ', 0) < value.len;
	if (is_list) {
		return SPAN("one name; each in a line of its own with \"mx:\"");
	}
	if (value.len > 1 && value.ptr[0] == '.') {
		return arena_printf(reader->arena, "\"*%.*s\"", SPAN_ARG(value));
	}
	return SPAN("a host name, or \"*.\" and a name");
}

static void read_mx(struct reader *reader, struct span value)
{
	struct mta_sts_mx *mx =
		VECTOR_PUSH(&reader->mx, reader->arena, struct mta_sts_mx, MTA_STS_POLICY_MAX_MX);
	if (mx == NULL) {
		add(reader, PROBLEM_ERROR, value, SPAN("more mx fields than are read"),
		    arena_printf(reader->arena, "at most %d", MTA_STS_POLICY_MAX_MX));
		return;
	}
	mx->text = value;
	mx->offset = (size_t)(value.ptr - reader->policy->text.ptr);
	mx->is_wildcard = span_starts_with(value, SPAN("*."));
	mx->is_valid = read_host(reader, span_from(value, mx->is_wildcard ? 2 : 0), &mx->name);
	if (!mx->is_valid) {
		add_value_error(reader, "mx", value, expected_mx(reader, value));
	} else if (value.ptr[value.len - 1] == '.') {
		add(reader, PROBLEM_ERROR, span_from(value, value.len - 1),
		    SPAN("dot at the end of a name"), SPAN("the name without it"));
	}
}

static const struct span field_names[] = {
	SPAN_INIT("version"),
	SPAN_INIT("mode"),
	SPAN_INIT("max_age"),
	SPAN_INIT("mx"),
};

static void (*const field_readers[])(struct reader *reader, struct span value) = {
	read_version,
	read_mode,
	read_max_age,
	read_mx,
};

static void read_unknown(struct reader *reader, struct span key)
{
	struct span meant = nearest_word(key, field_names, COUNT(field_names));
	add(reader, PROBLEM_WARN, key,
	    arena_printf(reader->arena, "unknown field %.*s is ignored",
			 SPAN_ARG(problem_quote(reader->arena, key))),
	    meant.len > 0 ? arena_printf(reader->arena, "did you mean \"%.*s\"?", SPAN_ARG(meant))
			  : SPAN("version, mode, max_age or mx"));
}

/* RFC 8461 3.2: of a repeated field other than mx the first is taken */
static void read_field(struct reader *reader, struct span key, struct span value)
{
	size_t i = 0;
	while (i < COUNT(field_names) && !span_equal_nocase(key, field_names[i])) {
		i++;
	}
	if (i == COUNT(field_names)) {
		read_unknown(reader, key);
		return;
	}
	(void)is_word(reader, key, field_names[i]);
	if (reader->is_seen[i] && field_readers[i] != read_mx) {
		add(reader, PROBLEM_WARN, key,
		    arena_printf(reader->arena, "second %.*s is ignored",
				 SPAN_ARG(problem_quote(reader->arena, key))),
		    SPAN("one such field"));
		reader->policy->is_ambiguous |= !span_equal(value, reader->first[i]);
		return;
	}
	reader->is_seen[i] = true;
	reader->first[i] = value;
	field_readers[i](reader, value);
}

/* RFC 8461 3.2: sts-policy-field *WSP, with white space nowhere but behind ":" and at the end */
static void read_line(struct reader *reader, struct span line)
{
	struct span trimmed = span_trim(line, " \t\r");
	size_t colon = span_find(trimmed, ':', 0);
	if (trimmed.len == 0 || colon == trimmed.len) {
		reader->policy->is_ambiguous |= trimmed.len == 0;
		add(reader, trimmed.len == 0 ? PROBLEM_WARN : PROBLEM_ERROR, trimmed,
		    trimmed.len == 0
			    ? SPAN("empty line")
			    : arena_printf(reader->arena, "%.*s without \":\"",
					   SPAN_ARG(problem_quote(reader->arena, trimmed))),
		    SPAN("\"name: value\" in every line"));
		return;
	}
	struct span key = span_trim(span_slice(trimmed, 0, colon), " \t");
	struct span value = span_trim(span_from(trimmed, colon + 1), " \t");
	if (trimmed.ptr != line.ptr || key.len != colon) {
		add(reader, PROBLEM_ERROR, key, SPAN("white space around a field name"),
		    SPAN("the name at the start of the line, then \":\""));
	}
	if (span_find(trimmed, '\r', 0) < trimmed.len) {
		add(reader, PROBLEM_ERROR, span_slice(trimmed, span_find(trimmed, '\r', 0), 1),
		    SPAN("carriage return inside a line"), SPAN("lines that end with CR LF or LF"));
	}
	read_field(reader, key, value);
}

/* What is to be read: without a byte order mark, and not more than the maximum. */
static struct span body_of(struct reader *reader)
{
	struct span text = reader->policy->text;
	struct span mark = SPAN("\xef\xbb\xbf");
	struct span body = span_slice(text, 0, MTA_STS_POLICY_MAX_BYTES);
	if (text.len > body.len) {
		add(reader, PROBLEM_ERROR, span_from(text, body.len), SPAN("policy over 64 kB"),
		    SPAN("a shorter policy"));
	}
	if (span_starts_with(body, mark)) {
		add(reader, PROBLEM_ERROR, span_slice(body, 0, mark.len),
		    SPAN("byte order mark (U+FEFF)"), SPAN("nothing; delete it"));
		body = span_from(body, mark.len);
	}
	return body;
}

static void check_missing(struct reader *reader)
{
	const struct mta_sts_policy *policy = reader->policy;
	struct span end = span_from(policy->text, policy->text.len);
	for (size_t i = 0; i < COUNT(field_names); i++) {
		bool is_mx = field_readers[i] == read_mx;
		if (reader->is_seen[i] || (is_mx && policy->mode == MTA_STS_MODE_NONE)) {
			continue;
		}
		add(reader, PROBLEM_ERROR, end,
		    arena_printf(reader->arena, "no \"%.*s\" field", SPAN_ARG(field_names[i])),
		    arena_printf(reader->arena, "\"%.*s: ...\"", SPAN_ARG(field_names[i])));
	}
}

static void read_body(struct reader *reader)
{
	struct span body = body_of(reader);
	struct span start = span_trim(body, TEXT_SPACE);
	if (start.len > 0 && start.ptr[0] == '<') {
		add(reader, PROBLEM_ERROR, span_slice(start, 0, 1),
		    SPAN("a web page in place of the policy"),
		    SPAN("plain text, \"version: STSv1\""));
		return;
	}
	struct span line;
	while (body.len > 0 && span_split(&body, '\n', &line)) {
		read_line(reader, line);
	}
	check_missing(reader);
}

struct mta_sts_policy *mta_sts_policy_parse(struct arena *arena, struct span text)
{
	struct mta_sts_policy *policy = arena_alloc(arena, sizeof(*policy));
	if (policy == NULL) {
		return NULL;
	}
	policy->text = text;
	struct reader reader = {.arena = arena, .policy = policy};
	read_body(&reader);
	policy->mx = reader.mx.items;
	policy->mx_count = reader.mx.len;
	problem_sort(&policy->problems);
	return arena_has_failed(arena) ? NULL : policy;
}
