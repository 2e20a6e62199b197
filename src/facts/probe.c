/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for yes, no and the reasons in between. */
#include "facts/probe.h"

#include "facts/words.h"

static const char *const reason_names[PROBE_REASON_COUNT] = {
	[PROBE_NOT_ASKED] = "not-asked", [PROBE_NOT_APPLICABLE] = "not-applicable",
	[PROBE_NO_TLS] = "no-tls",	 [PROBE_THROTTLED] = "throttled",
	[PROBE_TIMEOUT] = "timeout",	 [PROBE_CLOSED] = "closed",
	[PROBE_UNCLEAR] = "unclear",	 [PROBE_INTERRUPTED] = "interrupted",
};

static const char *const explanations[PROBE_REASON_COUNT] = {
	[PROBE_NOT_ASKED] = "it was not asked for in this run",
	[PROBE_NOT_APPLICABLE] = "there is nothing to ask this server about it",
	[PROBE_NO_TLS] = "STARTTLS could not be had",
	[PROBE_THROTTLED] = "the server limits how often it may be asked",
	[PROBE_TIMEOUT] = "the server did not answer in time",
	[PROBE_CLOSED] = "the server closed the connection instead of answering",
	[PROBE_UNCLEAR] = "the server's answer means neither yes nor no",
	[PROBE_INTERRUPTED] = "the run was stopped",
};

const char *probe_name(struct probe probe)
{
	switch (probe.answer) {
	case PROBE_YES:
		return "yes";
	case PROBE_NO:
		return "no";
	case PROBE_UNKNOWN:
		break;
	}
	return reason_names[probe.reason];
}

bool probe_parse(struct span text, struct probe *ret_probe)
{
	if (span_equal(text, SPAN("yes")) || span_equal(text, SPAN("no"))) {
		*ret_probe = probe_of(text.len == 3);
		return true;
	}
	int i = word_find(reason_names, PROBE_REASON_COUNT, text);
	if (i >= 0) {
		*ret_probe = probe_unknown((enum probe_reason)i);
	}
	return i >= 0;
}

const char *probe_reason_explain(enum probe_reason reason)
{
	return explanations[reason];
}
