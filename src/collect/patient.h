/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Failed look-ups, asked again with patience and looked into. Inside of collect. */
#ifndef MAILSEAL_COLLECT_PATIENT_H
#define MAILSEAL_COLLECT_PATIENT_H

#include "collect/dns_flow.h"

struct patient;

/*
 * Asks the way the flow goes, in a libunbound of its own that is made when the first question
 * comes. NULL when there is no memory or no thread to be had.
 */
struct patient *patient_start(const struct dns_collector_options *options, struct dns_flow *flow,
			      struct inbox *failed, struct outbox *answers);
/* The inbox must have been closed. NULL is allowed. */
void patient_end(struct patient *patient);

#endif
