/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The mail servers of very many domains, in a thread of its own: each endpoint is answered when its
 * plan is finished. At most two endpoints of one address and eight of one network (/24, /48) are
 * looked at together, as one operator's limits often count them all; and no endpoint gets deep
 * questions while another waits for its first look. Inside of collect.
 */
#ifndef MAILSEAL_COLLECT_SMTP_FLOW_H
#define MAILSEAL_COLLECT_SMTP_FLOW_H

#include "collect/queue.h"
#include "collect/smtp.h"

#define SMTP_FLOW_MAX_RUNS 1000
#define SMTP_FLOW_PER_ADDRESS 2
#define SMTP_FLOW_PER_NETWORK 8

struct smtp_flow;

/*
 * deep_ms: after this time from the start endpoints get no more than a first look; 0: no limit.
 * What options points to, and the boxes, must outlive the flow.
 */
int smtp_flow_start(const struct smtp_collector_options *options, uint64_t deep_ms,
		    struct inbox *questions, struct outbox *answers, struct smtp_flow **ret_flow,
		    struct failure *reterr) MUST_CHECK;
/* The inbox must have been closed. NULL is allowed. */
void smtp_flow_end(struct smtp_flow *flow);

#endif
