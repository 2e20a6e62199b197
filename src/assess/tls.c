/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS and DANE: whether there is anything to judge, and whether it was looked at. */
#include "assess/tls.h"

#include "assess/measure.h"
#include "assess/mx.h"
#include "assess/transit.h"

static void set_unmeasured(struct assessment *a, struct span reason)
{
	static const enum control controls[] = {CONTROL_TLS, CONTROL_DANE};
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		a->is_unmeasured[controls[i]] = true;
		unknown_note(a, controls[i],
			     arena_printf(a->arena, "mail hosts of %.*s", SPAN_ARG(a->domain)),
			     reason);
	}
	for (int id = MEASURE_TRANSIT_FIRST; id <= MEASURE_TRANSIT_LAST; id++) {
		measure_unknown(a, (enum measure_id)id, reason);
	}
}

static void set_absent(struct assessment *a)
{
	a->is_absent[CONTROL_TLS] = true;
	a->is_absent[CONTROL_DANE] = true;
	for (int id = MEASURE_TRANSIT_FIRST; id <= MEASURE_TRANSIT_LAST; id++) {
		measure_not_applicable(a, (enum measure_id)id,
				       SPAN("the domain names no mail host"));
	}
}

void tls_assess(struct assessment *a)
{
	if (!a->mx->is_known) {
		set_unmeasured(a, SPAN("the mail hosts are not known"));
	} else if (mx_may_take_mail(a)) {
		set_unmeasured(a, SPAN("it names none, and its address, which senders then try, "
				       "was not connected to"));
	} else if (a->mx->host_count == 0) {
		set_absent(a);
	} else if (!a->transit->is_measured) {
		set_unmeasured(a, SPAN("not measured: the mail hosts were not connected to"));
	}
}
