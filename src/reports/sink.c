/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Names of kinds, outcomes and refusals. */
#include "reports/sink.h"

struct refusal_text {
	const char *name;
	const char *text;
};

static const char *const kind_names[] = {
	[REPORT_KIND_UNKNOWN] = "unknown",
	[REPORT_KIND_AGGREGATE] = "aggregate",
	[REPORT_KIND_TLS] = "tls",
	[REPORT_KIND_FAILURE] = "failure",
};

static const char *const outcome_names[] = {
	[REPORT_TAKEN] = "taken",     [REPORT_REPAIRED] = "repaired", [REPORT_PARTIAL] = "partial",
	[REPORT_REFUSED] = "refused", [REPORT_IGNORED] = "ignored",
};

static const struct refusal_text refusals[REPORT_REFUSAL_COUNT] = {
	[REPORT_NOT_REFUSED] = {"", ""},
	[REPORT_REFUSED_EMPTY] = {"empty", "It is empty."},
	[REPORT_REFUSED_UNKNOWN] = {"unknown",
				    "It is neither XML, JSON, a mail nor an archive of them."},
	[REPORT_REFUSED_NOT_A_REPORT] = {"not-a-report", "It is not a DMARC or TLS report."},
	[REPORT_REFUSED_BROKEN] = {"broken", "It is broken before anything could be read."},
	[REPORT_REFUSED_DOCTYPE] = {"doctype", "It declares a document type, which no report may."},
	[REPORT_REFUSED_RATIO] = {"ratio", "It unpacks to far more than any report does."},
	[REPORT_REFUSED_SIZE] = {"size", "It is larger than a report may be."},
	[REPORT_REFUSED_NESTING] = {"nesting", "It is nested too deeply."},
	[REPORT_REFUSED_MEMBERS] = {"members", "It has too many members."},
	[REPORT_REFUSED_ROWS] = {"rows", "It has too many rows."},
	[REPORT_REFUSED_ENCRYPTED] = {"encrypted", "It is encrypted."},
	[REPORT_REFUSED_READ] = {"read", "It cannot be read."},
};

const char *report_kind_name(enum report_kind kind)
{
	return kind_names[kind];
}

const char *report_outcome_name(enum report_outcome outcome)
{
	return outcome_names[outcome];
}

const char *report_refusal_name(enum report_refusal refusal)
{
	return refusals[refusal].name;
}

const char *report_refusal_text(enum report_refusal refusal)
{
	return refusals[refusal].text;
}
