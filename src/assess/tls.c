/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS and DANE, as far as facts of DNS go: whether there is anything to measure. */
#include "assess/tls.h"

#include "assess/measure.h"
#include "assess/mx.h"

static const enum measure_id measures[] = {
	MEASURE_TLS_STARTTLS_ALL, MEASURE_TLS_LEAST_VERSION, MEASURE_TLS_BEST_VERSION,
	MEASURE_TLS_RC4,	  MEASURE_TLS_3DES,	     MEASURE_TLS_CERTIFICATE_VALID,
	MEASURE_DANE_VALID,
};

static void set_unmeasured(struct assessment *a, struct span reason)
{
	static const enum control controls[] = {CONTROL_TLS, CONTROL_DANE};
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		a->is_unmeasured[controls[i]] = true;
		unknown_note(a, controls[i],
			     arena_printf(a->arena, "mail hosts of %.*s", SPAN_ARG(a->domain)),
			     reason);
	}
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		measure_unknown(a, measures[i], reason);
	}
}

static void set_absent(struct assessment *a)
{
	a->is_absent[CONTROL_TLS] = true;
	a->is_absent[CONTROL_DANE] = true;
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		measure_not_applicable(a, measures[i], SPAN("the domain names no mail host"));
	}
}

void tls_assess(struct assessment *a)
{
	if (!a->mx->is_known) {
		set_unmeasured(a, SPAN("the mail hosts are not known"));
	} else if (a->mx->host_count == 0) {
		set_absent(a);
	} else {
		set_unmeasured(a, SPAN("not measured: the mail hosts were not connected to"));
	}
}
