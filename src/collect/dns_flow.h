/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DNS questions of very many domains, in a thread of its own: each is answered when it is, and a
 * bounded number is in flight. What fails is not answered here but goes on to `failed`, to be asked
 * again and looked into with more patience. Inside of collect.
 */
#ifndef MAILSEAL_COLLECT_DNS_FLOW_H
#define MAILSEAL_COLLECT_DNS_FLOW_H

#include "collect/dns.h"
#include "collect/dns_way.h"
#include "collect/queue.h"

struct dns_flow;

struct dns_flow_boxes {
	struct inbox *questions;
	struct outbox *answers;
	struct inbox *failed;
};

/* What options points to, and the boxes, must outlive the flow. Fails as dns_collector_new() does.
 */
int dns_flow_start(const struct dns_collector_options *options, const struct dns_flow_boxes *boxes,
		   struct dns_flow **ret_flow, struct failure *reterr) MUST_CHECK;
/* The inbox of questions must have been closed. NULL is allowed. */
void dns_flow_end(struct dns_flow *flow);
/* Which way the flow goes; false as long as that has not been found out. */
bool dns_flow_way(struct dns_flow *flow, struct dns_way *ret_way);

#endif
