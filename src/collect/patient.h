/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Failed look-ups, asked again with patience and looked into. Inside of collect. */
#ifndef MAILSEAL_COLLECT_PATIENT_H
#define MAILSEAL_COLLECT_PATIENT_H

#include "collect/dns_flow.h"

struct patient;

struct patient_options {
	const struct dns_collector_options *dns;
	struct dns_flow *flow; /* asks the way it goes */
	struct inbox *failed;
	struct outbox *answers;
	void *context;
	/* Told of each NS record set, before it is handed out as an answer. From any thread. */
	void (*teach)(void *context, const struct fact *fact);
};

/*
 * In a libunbound of its own that is made when the first question comes. NULL when there is no
 * memory or no thread to be had. What options points to must outlive it.
 */
struct patient *patient_start(const struct patient_options *options);
/* The inbox must have been closed. NULL is allowed. */
void patient_end(struct patient *patient);

#endif
