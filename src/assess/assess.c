/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The table of assessors, and running them over one domain. */
#include "assess/assess.h"

#include "assess/bimi.h"
#include "assess/caa.h"
#include "assess/dane.h"
#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/dnssec.h"
#include "assess/kind.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
#include "assess/reported.h"
#include "assess/sender_eye.h"
#include "assess/spf.h"
#include "assess/summary.h"
#include "assess/tls.h"
#include "assess/tls_hosts.h"
#include "assess/tls_rpt.h"
#include "assess/transit.h"

struct assessor {
	const char *name;
	void (*run)(struct assessment *a);
};

/* In this order: each may read the views of those above it. One a line, to come and go alone. */
/* clang-format off */
static const struct assessor assessors[] = {
	{"mx", mx_assess},
	{"spf", spf_assess},
	{"kind", kind_assess},
	{"dkim", dkim_assess},
	{"dnssec", dnssec_assess},
	{"dmarc", dmarc_assess},
	{"transit", transit_assess},
	{"tls", tls_assess},
	{"caa", caa_assess},
	{"tls_rpt", tls_rpt_assess},
	{"mta_sts", mta_sts_assess},
	{"dane", dane_assess},
	{"tls_hosts", tls_hosts_assess},
	{"sender_eye", sender_eye_assess},
	{"bimi", bimi_assess},
	{"reported", reported_assess},
	{"summary", summary_assess},
};
/* clang-format on */

static struct assessment *new_assessment(struct arena *arena, struct inquiry *inquiry,
					 struct span domain, const struct assess_options *options)
{
	struct assessment *a = arena_alloc(arena, sizeof(*a));
	if (a == NULL) {
		return NULL;
	}
	a->arena = arena;
	a->inquiry = inquiry;
	a->options = options;
	a->domain = domain;
	a->unicode = name_to_unicode(arena, domain);
	a->measures = arena_alloc(arena, sizeof(*a->measures));
	a->spare_finding = arena_alloc(arena, sizeof(*a->spare_finding));
	return a;
}

int assess_domain(struct arena *arena, struct inquiry *inquiry, struct span domain,
		  const struct assess_options *options, struct assessment **ret_assessment,
		  struct failure *reterr)
{
	struct assessment *a = new_assessment(arena, inquiry, domain, options);
	for (size_t i = 0; i < sizeof(assessors) / sizeof(assessors[0]); i++) {
		if (arena_has_failed(arena)) {
			break;
		}
		assessors[i].run(a);
	}
	if (a == NULL || arena_has_failed(arena)) {
		return failure_set_memory(reterr, "judge a domain");
	}
	*ret_assessment = a;
	return 0;
}
