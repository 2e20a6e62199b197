/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Names of controls and severities. */
#include "guide/words.h"

static const struct {
	const char *name;
	const char *title;
} controls[CONTROL_COUNT] = {
	[CONTROL_SPF] = {"spf", "SPF"},
	[CONTROL_DKIM] = {"dkim", "DKIM"},
	[CONTROL_DMARC] = {"dmarc", "DMARC"},
	[CONTROL_MX] = {"mx", "MX"},
	[CONTROL_TLS] = {"tls", "TLS"},
	[CONTROL_MTA_STS] = {"mta-sts", "MTA-STS"},
	[CONTROL_TLS_RPT] = {"tls-rpt", "TLS-RPT"},
	[CONTROL_DANE] = {"dane", "DANE"},
	[CONTROL_DNSSEC] = {"dnssec", "DNSSEC"},
	[CONTROL_BIMI] = {"bimi", "BIMI"},
};

static const char *const severities[] = {
	[SEVERITY_GOOD] = "good",     [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};

const char *control_name(enum control control)
{
	return controls[control].name;
}

const char *control_title(enum control control)
{
	return controls[control].title;
}

bool control_guards_incoming(enum control control)
{
	return control == CONTROL_TLS || control == CONTROL_MTA_STS || control == CONTROL_TLS_RPT ||
	       control == CONTROL_DANE;
}

bool control_parse(struct span text, enum control *ret_control)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		if (span_equal(text, span_of_string(controls[i].name))) {
			*ret_control = (enum control)i;
			return true;
		}
	}
	return false;
}

const char *severity_name(enum severity severity)
{
	return severities[severity];
}

bool severity_parse(struct span text, enum severity *ret_severity)
{
	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
		if (span_equal(text, span_of_string(severities[i]))) {
			*ret_severity = (enum severity)i;
			return true;
		}
	}
	return false;
}
