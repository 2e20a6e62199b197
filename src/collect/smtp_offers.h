/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which suites, groups and schemes a step offers. Inside of collect. */
#ifndef MAILSEAL_COLLECT_SMTP_OFFERS_H
#define MAILSEAL_COLLECT_SMTP_OFFERS_H

#include "collect/smtp_plan.h"

/* Fills what the step starts with; false when there is nothing to offer. */
bool smtp_offers_prepare(struct smtp_plan *plan, enum smtp_step step);
/* The hello of a prepared step. */
struct tls_offer smtp_offers_hello(const struct smtp_plan *plan, enum smtp_step step);
/*
 * Takes out what would tell nothing new for a verdict: suites that differ from the chosen one in
 * the certificate or the length of the key or digest only.
 */
void smtp_offers_drop_alike(struct smtp_step_run *run, uint32_t suite);
/* Takes one out; false when it was not offered. */
bool smtp_offers_drop_suite(struct smtp_step_run *run, uint32_t suite);
bool smtp_offers_drop_group(struct smtp_step_run *run, uint16_t group);

#endif
