/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The measures of DKIM. */
#include "assess/dkim_measure.h"

#include "assess/measure.h"

struct tally {
	size_t usable;
	size_t rsa;
	unsigned weakest_bits;
	bool is_testing;
};

static void count_key(struct tally *tally, const struct dkim_selector *selector)
{
	if (selector->state != DKIM_SELECTOR_KEY && selector->state != DKIM_SELECTOR_BROKEN) {
		return;
	}
	const struct dkim_key *key = selector->key;
	tally->usable += selector->state == DKIM_SELECTOR_KEY;
	tally->is_testing |= key->is_testing;
	if (key->type == DKIM_KEY_RSA && key->is_key_decoded) {
		bool is_least = tally->rsa == 0 || key->rsa_bits < tally->weakest_bits;
		tally->weakest_bits = is_least ? key->rsa_bits : tally->weakest_bits;
		tally->rsa++;
	}
}

/* Nothing found: certain only where the domain itself says that it sends nothing. */
static void measure_none_found(struct assessment *a)
{
	bool is_certain = a->kind == DOMAIN_PARKED && !assessment_has_unknown(a, CONTROL_DKIM);
	struct span why = SPAN("no usable key was found at the selectors tried");
	if (is_certain) {
		measure_number(a, MEASURE_DKIM_KEYS, 0);
		measure_not_applicable(a, MEASURE_DKIM_TESTING, why);
	} else {
		measure_unknown(a, MEASURE_DKIM_KEYS, why);
		measure_unknown(a, MEASURE_DKIM_TESTING, why);
	}
}

static void measure_weakest(struct assessment *a, const struct tally *tally)
{
	if (tally->rsa > 0) {
		measure_number(a, MEASURE_DKIM_WEAKEST_RSA_BITS, tally->weakest_bits);
	} else if (tally->usable > 0 || a->kind == DOMAIN_PARKED) {
		measure_not_applicable(a, MEASURE_DKIM_WEAKEST_RSA_BITS,
				       SPAN("no RSA key was found"));
	} else {
		measure_unknown(a, MEASURE_DKIM_WEAKEST_RSA_BITS,
				SPAN("no key was found at the selectors tried"));
	}
}

void dkim_measure(struct assessment *a, const struct dkim_view *view)
{
	struct tally tally = {0};
	count_key(&tally, &view->wildcard);
	for (size_t i = 0; i < view->selector_count; i++) {
		count_key(&tally, &view->selectors[i]);
	}
	if (tally.usable > 0) {
		measure_number(a, MEASURE_DKIM_KEYS, (int64_t)tally.usable);
		measure_bool(a, MEASURE_DKIM_TESTING, tally.is_testing);
	} else {
		measure_none_found(a);
	}
	measure_weakest(a, &tally);
	if (view->wildcard.state == DKIM_SELECTOR_UNKNOWN) {
		measure_unknown(a, MEASURE_DKIM_WILDCARD_REVOKED,
				SPAN("no usable answer for an invented selector"));
	} else {
		measure_bool(a, MEASURE_DKIM_WILDCARD_REVOKED,
			     view->wildcard.state == DKIM_SELECTOR_REVOKED);
	}
}

void dkim_measure_not_applicable(struct assessment *a, struct span reason)
{
	static const enum measure_id measures[] = {MEASURE_DKIM_KEYS, MEASURE_DKIM_WEAKEST_RSA_BITS,
						   MEASURE_DKIM_WILDCARD_REVOKED,
						   MEASURE_DKIM_TESTING};
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		measure_not_applicable(a, measures[i], reason);
	}
}
