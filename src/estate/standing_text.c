/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A standing as text: one line an item, fields parted by tabs, the first says what it is.
 *
 *   mailseal-standing 1
 *   kind      sending   example.org
 *   spoofable yes       One sentence.
 *   control   spf       good
 *   finding   spf       high      spf-missing   example.org   example.org has no SPF record
 *   trait     mx-host   mx1.example.org
 *
 * Tab, line ends and backslash inside a field are written \t, \n, \r and \\.
 */
#include <stdio.h>

#include "estate/standing.h"

#define FIELD_MAX 6

static const char *const trait_names[] = {
	[TRAIT_MX_HOST] = "mx-host",
	[TRAIT_MX_PROVIDER] = "mx-provider",
	[TRAIT_SENDER] = "sender",
	[TRAIT_DKIM_KEY] = "dkim-key",
	[TRAIT_CERTIFICATE] = "certificate",
	[TRAIT_CERTIFICATE_KEY] = "certificate-key",
	[TRAIT_DMARC_POLICY] = "dmarc-policy",
	[TRAIT_MTA_STS] = "mta-sts",
	[TRAIT_REPORTS_TO] = "reports-to",
};

const char *trait_kind_name(enum trait_kind kind)
{
	return trait_names[kind];
}

/* ---- writing ---- */

static const char escapes[][2] = {{'\t', 't'}, {'\n', 'n'}, {'\r', 'r'}, {'\\', '\\'}};
#define ESCAPE_COUNT (sizeof(escapes) / sizeof(escapes[0]))

static void write_field(struct buffer *text, struct span field)
{
	for (size_t i = 0; i < field.len; i++) {
		size_t k = 0;
		while (k < ESCAPE_COUNT && field.ptr[i] != escapes[k][0]) {
			k++;
		}
		if (k < ESCAPE_COUNT) {
			buffer_putc(text, '\\');
			buffer_putc(text, escapes[k][1]);
		} else {
			buffer_putc(text, field.ptr[i]);
		}
	}
}

static void write_line(struct buffer *text, const struct span *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			buffer_putc(text, '\t');
		}
		write_field(text, fields[i]);
	}
	buffer_putc(text, '\n');
}

static void write_verdict(struct buffer *text, const char *name, const struct verdict *verdict)
{
	struct span fields[] = {span_of_string(name), span_of_string(answer_name(verdict->answer)),
				verdict->sentence};
	write_line(text, fields, 3);
}

static void write_trait(struct buffer *text, const struct trait *trait)
{
	char number[24];
	int len = snprintf(number, sizeof(number), "%lld", (long long)trait->number);
	struct span fields[] = {SPAN("trait"), span_of_string(trait_names[trait->kind]),
				trait->name, trait->value, span_of(number, (size_t)len)};
	write_line(text, fields, 5);
}

void standing_write(const struct standing *standing, struct buffer *text)
{
	buffer_puts(text, "mailseal-standing 1\n");
	struct span kind[] = {SPAN("kind"), span_of_string(domain_kind_name(standing->kind)),
			      standing->organisation};
	write_line(text, kind, 3);
	write_verdict(text, "spoofable", &standing->spoofable);
	write_verdict(text, "interceptable", &standing->interceptable);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		struct span fields[] = {SPAN("control"),
					span_of_string(control_name((enum control)i)),
					span_of_string(control_status_name(standing->controls[i]))};
		write_line(text, fields, 3);
	}
	for (size_t i = 0; i < standing->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(standing, i);
		struct span fields[] = {SPAN("finding"),
					span_of_string(control_name(finding->control)),
					span_of_string(severity_name(finding->severity)),
					finding->id,
					finding->subject,
					finding->title};
		write_line(text, fields, 6);
	}
	for (size_t i = 0; i < standing->traits.len; i++) {
		write_trait(text, standing_trait_at(standing, i));
	}
}

/* ---- reading ---- */

static struct span read_field(struct arena *arena, struct span field)
{
	if (span_find(field, '\\', 0) == field.len) {
		return arena_copy(arena, field);
	}
	char *plain = arena_alloc(arena, field.len + 1);
	size_t len = 0;
	for (size_t i = 0; plain != NULL && i < field.len; i++) {
		char c = field.ptr[i];
		for (size_t k = 0; c == '\\' && i + 1 < field.len && k < ESCAPE_COUNT; k++) {
			if (field.ptr[i + 1] == escapes[k][1]) {
				c = escapes[k][0];
				i++;
				break;
			}
		}
		plain[len++] = c;
	}
	return span_of(plain, len);
}

/* A word of a table of names; count when it is none of them. */
static size_t find_word(struct span word, size_t count, const char *(*name_of)(size_t))
{
	size_t i = 0;
	while (i < count && !span_equal(word, span_of_string(name_of(i)))) {
		i++;
	}
	return i;
}

static const char *kind_at(size_t i)
{
	return domain_kind_name((enum domain_kind)i);
}

static const char *answer_at(size_t i)
{
	return answer_name((enum answer)i);
}

static const char *status_at(size_t i)
{
	return control_status_name((enum control_status)i);
}

static const char *trait_at(size_t i)
{
	return trait_names[i];
}

static void read_verdict(struct verdict *verdict, const struct span *fields)
{
	size_t answer = find_word(fields[1], ANSWER_UNKNOWN + 1, answer_at);
	verdict->answer = answer <= ANSWER_UNKNOWN ? (enum answer)answer : ANSWER_UNKNOWN;
	verdict->sentence = fields[2];
}

static void read_control(struct standing *standing, const struct span *fields)
{
	enum control control;
	size_t status = find_word(fields[2], CONTROL_UNKNOWN + 1, status_at);
	if (control_parse(fields[1], &control) && status <= CONTROL_UNKNOWN) {
		standing->controls[control] = (enum control_status)status;
	}
}

static void read_finding(struct standing *standing, struct arena *arena, const struct span *fields)
{
	struct standing_finding finding = {
		.id = fields[3], .subject = fields[4], .title = fields[5]};
	if (!control_parse(fields[1], &finding.control) ||
	    !severity_parse(fields[2], &finding.severity)) {
		return;
	}
	struct standing_finding *added =
		VECTOR_PUSH(&standing->findings, arena, struct standing_finding, FINDING_MAX);
	if (added != NULL) {
		*added = finding;
	}
}

static void read_trait(struct standing *standing, struct arena *arena, const struct span *fields)
{
	size_t kind = find_word(fields[1], TRAIT_COUNT, trait_at);
	uint64_t number = 0;
	if (kind == TRAIT_COUNT || !number_parse_decimal(fields[4], INT64_MAX, &number)) {
		return;
	}
	struct trait *added =
		VECTOR_PUSH(&standing->traits, arena, struct trait, STANDING_MAX_TRAITS);
	if (added != NULL) {
		*added = (struct trait){(enum trait_kind)kind, fields[2], fields[3],
					(int64_t)number};
	}
}

static void read_line(struct standing *standing, struct arena *arena, struct span line)
{
	struct span fields[FIELD_MAX] = {{0}};
	struct span part;
	for (size_t i = 0; i < FIELD_MAX && span_split(&line, '\t', &part); i++) {
		fields[i] = read_field(arena, part);
	}
	if (span_equal(fields[0], SPAN("kind"))) {
		size_t kind = find_word(fields[1], DOMAIN_UNKNOWN + 1, kind_at);
		standing->kind = kind <= DOMAIN_UNKNOWN ? (enum domain_kind)kind : DOMAIN_UNKNOWN;
		standing->organisation = fields[2];
	} else if (span_equal(fields[0], SPAN("spoofable"))) {
		read_verdict(&standing->spoofable, fields);
	} else if (span_equal(fields[0], SPAN("interceptable"))) {
		read_verdict(&standing->interceptable, fields);
	} else if (span_equal(fields[0], SPAN("control"))) {
		read_control(standing, fields);
	} else if (span_equal(fields[0], SPAN("finding"))) {
		read_finding(standing, arena, fields);
	} else if (span_equal(fields[0], SPAN("trait"))) {
		read_trait(standing, arena, fields);
	}
}

bool standing_read(struct arena *arena, struct span text, struct standing *ret_standing)
{
	struct standing standing = {
		.kind = DOMAIN_UNKNOWN,
		.spoofable = {.answer = ANSWER_UNKNOWN},
		.interceptable = {.answer = ANSWER_UNKNOWN},
	};
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		standing.controls[i] = CONTROL_UNKNOWN;
	}
	struct span line;
	if (!span_split(&text, '\n', &line) || !span_equal(line, SPAN("mailseal-standing 1"))) {
		return false;
	}
	while (span_split(&text, '\n', &line)) {
		read_line(&standing, arena, line);
	}
	if (arena_has_failed(arena)) {
		return false;
	}
	*ret_standing = standing;
	return true;
}
