/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Results that were written before -> the same counts. Lines of JSON are searched and not parsed:
 * inside a string every quote has a backslash before it, so "key":" stands where a key is.
 */
#include "service/scan_tally.h"

#include <stdio.h>

#include "assess/assess.h"

/* The fields of a line of CSV, in the order in which they are written. */
enum csv_column {
	COLUMN_KIND = 3,
	COLUMN_SPOOFABLE,
	COLUMN_INTERCEPTABLE,
	COLUMN_CONTROLS,
	COLUMN_POLICY = COLUMN_CONTROLS + CONTROL_COUNT,
	COLUMN_CRITICAL,
	COLUMN_HIGH,
	COLUMN_MEDIUM,
	COLUMN_LOW,
	COLUMN_INCOMPLETE,
	COLUMN_COUNT,
};

/* ---- words ---- */

static bool read_kind(struct span word, enum domain_kind *ret_kind)
{
	for (unsigned i = 0; i < SCAN_TALLY_KINDS; i++) {
		if (span_equal(word, span_of_string(domain_kind_name((enum domain_kind)i)))) {
			*ret_kind = (enum domain_kind)i;
			return true;
		}
	}
	return false;
}

static bool read_answer(struct span word, enum answer *ret_answer)
{
	for (unsigned i = 0; i < SCAN_TALLY_ANSWERS; i++) {
		if (span_equal(word, span_of_string(answer_name((enum answer)i)))) {
			*ret_answer = (enum answer)i;
			return true;
		}
	}
	return false;
}

static bool read_status(struct span word, enum control_status *ret_status)
{
	for (unsigned i = 0; i < SCAN_TALLY_STATUSES; i++) {
		if (span_equal(word, span_of_string(control_status_name((enum control_status)i)))) {
			*ret_status = (enum control_status)i;
			return true;
		}
	}
	return false;
}

static enum scan_policy read_policy(struct span word, enum control_status dmarc)
{
	if (span_equal(word, SPAN("reject"))) {
		return SCAN_POLICY_REJECT;
	}
	if (span_equal(word, SPAN("quarantine"))) {
		return SCAN_POLICY_QUARANTINE;
	}
	if (span_equal(word, SPAN("none"))) {
		return SCAN_POLICY_NONE;
	}
	return dmarc == CONTROL_UNKNOWN ? SCAN_POLICY_UNKNOWN : SCAN_POLICY_ABSENT;
}

/* ---- JSON ---- */

/* The string behind a text, which ends with the quote before it. */
static struct span string_after(struct span line, struct span text)
{
	size_t at = span_search(line, text);
	struct span rest = at < line.len ? span_from(line, at + text.len) : span_of("", 0);
	return span_slice(rest, 0, span_find(rest, '"', 0));
}

static struct span control_after(struct span line, enum control control)
{
	char key[64];
	int len = snprintf(key, sizeof(key), "\"%s\":{\"status\":\"", control_name(control));
	return string_after(line, span_of(key, (size_t)len));
}

/* The part of a line between two controls. */
static struct span between(struct span line, struct span begin, struct span end)
{
	struct span rest = span_from(line, span_search(line, begin));
	return span_slice(rest, 0, span_search(rest, end));
}

static enum severity worst_in(struct span findings)
{
	for (int i = SEVERITY_CRITICAL; i > 0; i--) {
		char text[64];
		int len = snprintf(text, sizeof(text), "\"severity\":\"%s\"",
				   severity_name((enum severity)i));
		if (span_search(findings, span_of(text, (size_t)len)) < findings.len) {
			return (enum severity)i;
		}
	}
	return (enum severity)0;
}

static bool read_json(struct span line, struct scan_tally_row *row)
{
	bool is_ok =
		read_kind(string_after(line, SPAN("\"kind\":\"")), &row->kind) &&
		read_answer(string_after(line, SPAN("\"spoofable\":\"")), &row->spoofable) &&
		read_answer(string_after(line, SPAN("\"interceptable\":\"")), &row->interceptable);
	struct span controls = between(line, SPAN("\"controls\":{"), SPAN("\"findings\":["));
	for (size_t i = 0; is_ok && i < CONTROL_COUNT; i++) {
		is_ok = read_status(control_after(controls, (enum control)i), &row->controls[i]);
	}
	struct span dmarc =
		between(controls, SPAN("\"dmarc\":{\"status\""), SPAN("\"mx\":{\"status\""));
	row->policy = read_policy(string_after(dmarc, SPAN("\"policy\":\"")),
				  row->controls[CONTROL_DMARC]);
	row->worst = worst_in(between(line, SPAN("\"findings\":["), SPAN("\"fixes\":[")));
	row->is_incomplete = span_search(line, SPAN("\"incomplete\":true,")) < line.len;
	return is_ok;
}

/* ---- CSV ---- */

/* Our own writer quotes words and leaves numbers; a quote inside is doubled. */
static struct span take_field(struct span *rest)
{
	bool is_quoted = rest->len > 0 && rest->ptr[0] == '"';
	size_t end = is_quoted ? 1 : span_find(*rest, ',', 0);
	while (is_quoted && end < rest->len &&
	       (rest->ptr[end] != '"' || (end + 1 < rest->len && rest->ptr[end + 1] == '"'))) {
		end += rest->ptr[end] == '"' ? 2 : 1;
	}
	struct span field = is_quoted ? span_slice(*rest, 1, end - 1) : span_slice(*rest, 0, end);
	*rest = span_from(*rest, span_find(*rest, ',', end) + 1);
	return field;
}

static enum severity worst_of(const struct span *counts)
{
	for (int i = 0; i < 4; i++) {
		if (!span_equal(counts[i], SPAN("0"))) {
			return (enum severity)(SEVERITY_CRITICAL - i);
		}
	}
	/* Whether there was anything below is not written. */
	return SEVERITY_GOOD;
}

static bool read_csv(struct span line, struct scan_tally_row *row)
{
	struct span fields[COLUMN_COUNT];
	struct span rest = line;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		fields[i] = take_field(&rest);
	}
	bool is_ok = read_kind(fields[COLUMN_KIND], &row->kind) &&
		     read_answer(fields[COLUMN_SPOOFABLE], &row->spoofable) &&
		     read_answer(fields[COLUMN_INTERCEPTABLE], &row->interceptable);
	for (size_t i = 0; is_ok && i < CONTROL_COUNT; i++) {
		is_ok = read_status(fields[COLUMN_CONTROLS + i], &row->controls[i]);
	}
	row->policy = read_policy(fields[COLUMN_POLICY], row->controls[CONTROL_DMARC]);
	row->worst = worst_of(&fields[COLUMN_CRITICAL]);
	row->is_incomplete = span_equal(fields[COLUMN_INCOMPLETE], SPAN("yes"));
	return is_ok;
}

/* ---- adding ---- */

bool scan_tally_add_line(struct scan_tally *tally, enum results_form form, struct span line)
{
	struct scan_tally_row row = {0};
	bool is_read = false;
	switch (form) {
	case RESULTS_JSON:
		is_read = read_json(line, &row);
		break;
	case RESULTS_CSV:
		is_read = read_csv(line, &row);
		break;
	}
	if (is_read) {
		scan_tally_count(tally, &row);
	}
	return is_read;
}

void scan_tally_add_standing(struct scan_tally *tally, const struct standing *standing,
			     bool is_incomplete)
{
	const struct trait *policy = standing_trait(standing, TRAIT_DMARC_POLICY);
	struct scan_tally_row row = {
		.kind = standing->kind,
		.spoofable = standing->spoofable.answer,
		.interceptable = standing->interceptable.answer,
		.policy = read_policy(policy != NULL ? policy->name : span_of("", 0),
				      standing->controls[CONTROL_DMARC]),
		.is_incomplete = is_incomplete,
	};
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		row.controls[i] = standing->controls[i];
	}
	for (size_t i = 0; i < standing->findings.len; i++) {
		enum severity severity = standing_finding_at(standing, i)->severity;
		row.worst = severity > row.worst ? severity : row.worst;
	}
	scan_tally_count(tally, &row);
}
