/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a stranger would try, made from what the domain publishes. Only service/spoof uses this. */
#ifndef MAILSEAL_SERVICE_SPOOF_PLAN_H
#define MAILSEAL_SERVICE_SPOOF_PLAN_H

#include "assess/assess.h"
#include "authenticate/spoof_report.h"

/* Attempts of one domain: a handful of each kind. */
#define SPOOF_MAX_ATTEMPTS 120
/* Subdomains that are tried: mail hosts, names in SPF, and common ones. */
#define SPOOF_MAX_SUBDOMAINS 16
/* A range with as many addresses is shown: a /16. */
#define SPOOF_WIDE_PREFIX 16
/* From a /8 on somebody who means harm has an address in it; check's summary draws the same line.
 */
#define SPOOF_ANYBODYS_PREFIX 8
/* A subdomain nobody has; its length is that of a name one would not invent. */
#define SPOOF_INVENTED_LABEL "mailseal-witness-6f1c"
/* RFC 2606 2: never in the DNS, so it is a domain without any record. */
#define SPOOF_STRANGER_DOMAIN "stranger.invalid"

/*
 * Appends struct spoof_attempt items. May ask through the assessment's inquiry, so it belongs to a
 * judge. The attempts live in the assessment's arena.
 */
void spoof_plan(struct assessment *a, struct vector *attempts);

#endif
