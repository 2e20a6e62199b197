/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Controls and severities, in the order people read them. */
#ifndef MAILSEAL_GUIDE_WORDS_H
#define MAILSEAL_GUIDE_WORDS_H

#include "base/base.h"

enum control {
	CONTROL_SPF,
	CONTROL_DKIM,
	CONTROL_DMARC,
	CONTROL_MX,
	CONTROL_TLS,
	CONTROL_MTA_STS,
	CONTROL_TLS_RPT,
	CONTROL_DANE,
	CONTROL_DNSSEC,
	CONTROL_BIMI,
	CONTROL_COUNT,
};

/* From harmless to urgent; comparable. */
enum severity {
	SEVERITY_GOOD, /* something that is right and worth saying */
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
};

/* "spf", "mta-sts": stable, for JSON and files. */
const char *control_name(enum control control);
/* "SPF", "MTA-STS": for people. */
const char *control_title(enum control control);
/* TLS, MTA-STS, TLS-RPT, DANE: they protect mail that comes in, and are nothing to ask of a domain
 * that takes none. */
bool control_guards_incoming(enum control control);
bool control_parse(struct span text, enum control *ret_control) MUST_CHECK;
/* "critical", "good". */
const char *severity_name(enum severity severity);
bool severity_parse(struct span text, enum severity *ret_severity) MUST_CHECK;

#endif
