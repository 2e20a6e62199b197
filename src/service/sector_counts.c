/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How domains stand, counted. */
#include "service/sector_parts.h"

static const char *const policy_names[] = {
	[SECTOR_POLICY_REJECT] = "reject",   [SECTOR_POLICY_QUARANTINE] = "quarantine",
	[SECTOR_POLICY_NONE] = "none",	     [SECTOR_POLICY_ABSENT] = "absent",
	[SECTOR_POLICY_UNKNOWN] = "unknown",
};

const char *sector_policy_name(enum sector_policy policy)
{
	return policy_names[policy];
}

enum sector_policy sector_policy_of(const struct standing *standing)
{
	const struct trait *trait = standing_trait(standing, TRAIT_DMARC_POLICY);
	for (size_t i = 0; trait != NULL && i < SECTOR_POLICY_COUNT; i++) {
		if (span_equal(trait->name, span_of_string(policy_names[i]))) {
			return (enum sector_policy)i;
		}
	}
	return SECTOR_POLICY_UNKNOWN;
}

static bool is_carried(const struct known_standing *known)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		if (known->known_at[i] != 0 && known->known_at[i] != known->checked_at) {
			return true;
		}
	}
	return false;
}

/* Mail cannot be intercepted where none is delivered to any host. */
static bool takes_no_mail(const struct standing *standing)
{
	return standing->interceptable.answer == ANSWER_NO &&
	       standing_trait(standing, TRAIT_MX_HOST) == NULL;
}

static void count_controls(struct sector_counts *counts, const struct standing *standing)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		if (standing->controls[i] == CONTROL_ABSENT &&
		    control_guards_incoming((enum control)i) && takes_no_mail(standing)) {
			counts->not_needed[i]++;
		} else {
			counts->controls[i][standing->controls[i]]++;
		}
	}
}

void sector_count(struct sector_counts *counts, const struct known_standing *known)
{
	const struct standing *standing = &known->standing;
	counts->domains++;
	if (standing->kind == DOMAIN_NONEXISTENT) {
		counts->nonexistent++;
		return;
	}
	counts->spoofable[standing->spoofable.answer]++;
	counts->interceptable[standing->interceptable.answer]++;
	counts->policies[sector_policy_of(standing)]++;
	counts->carried += is_carried(known) ? 1 : 0;
	count_controls(counts, standing);
}
