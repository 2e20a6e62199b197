/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DNS questions of very many domains, in a thread of its own: each is answered when it is, and a
 * bounded number is in flight. What fails is not answered here but goes on to `failed`, to be asked
 * again and looked into with more patience.
 *
 * Each operator of name servers is asked at its own pace, see pace.h: its questions wait in line
 * here. What fails although the operator has answered before is asked once more after 5 s, in its
 * line; only then it goes on. With a question for NS records the one for MX goes on too, and is
 * answered although nobody asked it.
 *
 * A question in the inbox that comes with a fact asks nothing: it tells the flow who answers for a
 * zone, as far as others have found that out. Inside of collect.
 */
#ifndef MAILSEAL_COLLECT_DNS_FLOW_H
#define MAILSEAL_COLLECT_DNS_FLOW_H

#include "collect/dns.h"
#include "collect/dns_way.h"
#include "collect/pace.h"
#include "collect/queue.h"

struct dns_flow;

struct dns_flow_boxes {
	struct inbox *questions;
	struct outbox *answers;
	struct inbox *failed;
};

/* What options points to, and the boxes, must outlive the flow. Fails as dns_collector_new() does.
 */
int dns_flow_start(const struct dns_collector_options *options, const struct pace_options *pace,
		   const struct dns_flow_boxes *boxes, struct dns_flow **ret_flow,
		   struct failure *reterr) MUST_CHECK;
/* The inbox of questions must have been closed. NULL is allowed. */
void dns_flow_end(struct dns_flow *flow);
/* Which way the flow goes; false as long as that has not been found out. */
bool dns_flow_way(struct dns_flow *flow, struct dns_way *ret_way);

#endif
