/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS and DANE: whether there is anything to judge, and whether it was looked at. */
#include "assess/tls.h"

#include "assess/measure.h"
#include "assess/mx.h"
#include "assess/transit.h"

static const enum measure_id measures[] = {
	MEASURE_TLS_STARTTLS_ALL,
	MEASURE_TLS_LEAST_VERSION,
	MEASURE_TLS_BEST_VERSION,
	MEASURE_TLS_RC4,
	MEASURE_TLS_3DES,
	MEASURE_TLS_CERTIFICATE_VALID,
	MEASURE_TLS_GOOD_SUITE,
	MEASURE_TLS_SUITE_ORDER,
	MEASURE_TLS_VERSIONS,
	MEASURE_TLS_KEY_EXCHANGES,
	MEASURE_TLS_CIPHERS,
	MEASURE_TLS_MACS,
	MEASURE_TLS_GROUPS,
	MEASURE_TLS_DH_GROUPS,
	MEASURE_TLS_CERTIFICATE_KEYS,
	MEASURE_TLS_CERTIFICATE_HASHES,
	MEASURE_TLS_CERTIFICATE_RSA,
	MEASURE_TLS_PQ,
	MEASURE_TLS_SHA1_SIGNATURES,
	MEASURE_TLS_SHA224_SIGNATURES,
	MEASURE_TLS_EXTENDED_MASTER_SECRET,
	MEASURE_TLS_SECURE_RENEGOTIATION,
	MEASURE_TLS_COMPRESSION,
	MEASURE_TLS_CLIENT_RENEGOTIATION,
	MEASURE_TLS_UNLIMITED_RENEGOTIATION,
	MEASURE_TLS_EARLY_DATA,
	MEASURE_TLS_LARGE_HELLO,
	MEASURE_TLS_SPLIT_HELLO,
	MEASURE_TLS_INJECTION,
	MEASURE_TLS_CERTIFICATE_RSA_BITS,
	MEASURE_TLS_CERTIFICATE_DAYS,
	MEASURE_TLS_CERTIFICATE_REVOKED,
	MEASURE_TLS_CHAIN_ORDERED,
	MEASURE_TLS_IPV6_REACHABLE,
	MEASURE_TLS_DOWNGRADE,
	MEASURE_DANE_VALID,
	MEASURE_DANE_PRESENT,
	MEASURE_DANE_ROLLOVER,
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
	} else if (!a->transit->is_measured) {
		set_unmeasured(a, SPAN("not measured: the mail hosts were not connected to"));
	}
}
