/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A libunbound context with the settings that make it usable; its defaults are far too small. */
#ifndef MAILSEAL_COLLECT_DNS_CONTEXT_H
#define MAILSEAL_COLLECT_DNS_CONTEXT_H

#include "collect/dns_engine.h"

struct event_base;
struct ub_ctx;

/* The context ends before the base. FAILURE_INPUT names the option that cannot be used. */
int dns_context_new(const struct dns_engine_config *config, struct event_base *base,
		    struct ub_ctx **ret_context, struct failure *reterr) MUST_CHECK;

#endif
