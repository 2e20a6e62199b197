/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The records that a domain lacks to say: nobody sends or receives mail here. */
#include "advise/builder.h"
#include "advise/record.h"
#include "assess/dkim.h"
#include "assess/mx.h"

/* An organisational domain without any key; below it the parent's records say enough. */
static bool wants_empty_dkim(const struct builder *builder)
{
	const struct assessment *a = builder->a;
	return builder_has(builder, FINDING_DKIM_PARKED_NO_WILDCARD) ||
	       (!a->is_subdomain && a->dkim != NULL && a->dkim->key_count == 0 &&
		a->dkim->wildcard.state == DKIM_SELECTOR_NONE);
}

bool fix_park_domain(struct builder *builder)
{
	static const struct span rua[] = {SPAN_INIT(RECORD_ADDRESS_TEMPLATE)};
	const struct assessment *a = builder->a;
	struct record_change changes[RECORD_PARKED_COUNT];
	struct failure failure;
	if (!assessment_is_publishable(a) ||
	    record_parked_make(builder->arena, a->domain, rua, 1, changes, &failure) < 0) {
		return false;
	}
	const bool is_wanted[RECORD_PARKED_COUNT] = {
		builder_has(builder, FINDING_SPF_MISSING),
		builder_has(builder, FINDING_DMARC_MISSING) || dmarc_wants_own_record(a),
		wants_empty_dkim(builder),
		a->mx != NULL && a->mx->is_known && !a->mx->is_null,
	};
	for (size_t i = 0; i < RECORD_PARKED_COUNT; i++) {
		if (is_wanted[i]) {
			builder_add(builder, changes[i]);
		}
	}
	return true;
}
