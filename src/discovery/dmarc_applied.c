/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From the record that counts to the policy that applies. */
#include "discovery/dmarc_applied.h"

static enum dmarc_policy policy_for(const struct dmarc_record *record, enum dmarc_relation relation)
{
	switch (relation) {
	case DMARC_OWN:
		return dmarc_record_policy(record);
	case DMARC_EXISTING:
		return dmarc_record_subdomain_policy(record);
	case DMARC_NONEXISTENT:
		return dmarc_record_nonexistent_policy(record);
	}
	return DMARC_POLICY_ABSENT;
}

/* Everything but the policy. */
static struct dmarc_applied find_status(const struct dmarc_walk *walk)
{
	struct dmarc_applied applied = {
		.status = DMARC_NO_RECORD,
		.holder = walk->holder,
		.published = DMARC_POLICY_ABSENT,
		.policy = DMARC_POLICY_ABSENT,
	};
	if (!walk->is_holder_known) {
		applied.status = DMARC_UNKNOWN;
		applied.unknown = walk->unknown;
	} else if (walk->holder != NULL) {
		/* RFC 9989 4.10.1: without a valid policy and rua there is no DMARC, also not from
		 * above */
		applied.status = dmarc_record_is_usable(walk->holder->record) ? DMARC_APPLIES
									      : DMARC_UNUSABLE;
	}
	return applied;
}

static void set_policy(struct dmarc_applied *applied, enum dmarc_relation relation)
{
	applied->relation = relation;
	if (applied->status != DMARC_APPLIES) {
		return;
	}
	const struct dmarc_record *record = applied->holder->record;
	applied->published = policy_for(record, relation);
	applied->policy =
		record->is_testing ? dmarc_policy_lowered(applied->published) : applied->published;
}

/*
 * RFC 9989 4.7, np: the name does not exist when DNS says NXDOMAIN. A CNAME that leads nowhere, an
 * empty non-terminal and a name with any record do exist.
 */
static bool is_nonexistent(const struct fact *fact)
{
	return fact_is_nxdomain(fact) && fact->dns->cname_count == 0;
}

struct dmarc_applied dmarc_applied_to_start(const struct dmarc_walk *walk, struct inquiry *inquiry)
{
	struct dmarc_applied applied = find_status(walk);
	if (applied.holder == NULL || span_equal(applied.holder->domain, walk->start)) {
		set_policy(&applied, DMARC_OWN);
		return applied;
	}
	set_policy(&applied, DMARC_EXISTING);
	const struct dmarc_record *record = applied.holder->record;
	if (applied.status != DMARC_APPLIES ||
	    policy_for(record, DMARC_NONEXISTENT) == applied.published) {
		return applied;
	}
	const struct fact *fact = inquire_dns(inquiry, walk->start, RR_A);
	if (fact_is_unknown(fact)) {
		applied.status = DMARC_UNKNOWN;
		applied.unknown = fact;
		applied.published = applied.policy = DMARC_POLICY_ABSENT;
	} else if (is_nonexistent(fact)) {
		set_policy(&applied, DMARC_NONEXISTENT);
	}
	return applied;
}

struct dmarc_applied dmarc_applied_below(const struct dmarc_walk *walk,
					 enum dmarc_relation relation)
{
	struct dmarc_applied applied = find_status(walk);
	set_policy(&applied, relation);
	return applied;
}
