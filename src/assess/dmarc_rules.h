/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The rules of the DMARC assessor, by subject. Only for dmarc*.c. */
#ifndef MAILSEAL_ASSESS_DMARC_RULES_H
#define MAILSEAL_ASSESS_DMARC_RULES_H

#include "assess/dmarc.h"

/* Nothing, several, or something that is no record although it was meant to be one. */
void dmarc_rules_presence(struct assessment *a, const struct dmarc_view *view);
/* The text of the record that counts: syntax, tags that mean nothing or no longer. */
void dmarc_rules_record(struct assessment *a, const struct dmarc_view *view);
/* How strong the policy is, for the domain and below. */
void dmarc_rules_policy(struct assessment *a, const struct dmarc_view *view);
/* Where the two readings part, and who shares the organisational domain. */
void dmarc_rules_readings(struct assessment *a, const struct dmarc_view *view);
/* Who is told, and whether it arrives. */
void dmarc_rules_reports(struct assessment *a, const struct dmarc_view *view);
/* Sets every MEASURE_DMARC_*. */
void dmarc_measure(struct assessment *a, const struct dmarc_view *view);

/* A finding about the record that counts: subject is its name, the record is its evidence. */
struct finding *dmarc_finding(struct assessment *a, const struct dmarc_view *view,
			      enum finding_id id);
/* none 0, quarantine 1, reject 2; anything else 0. */
unsigned dmarc_policy_rank(enum dmarc_policy policy);
/* The policy's word, or "absent" where none applies; call only when known. */
struct span dmarc_applied_word(const struct dmarc_applied *applied);
/* RFC 7489's pct has an effect only on a policy other than none. */
bool dmarc_pct_matters(const struct dmarc_record *record);

#endif
