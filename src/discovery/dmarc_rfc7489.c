/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 7489's policy discovery. */
#include "discovery/dmarc_rfc7489.h"

#include "records/name.h"

static const struct dmarc_step *read_step(struct arena *arena, struct inquiry *inquiry,
					  const struct dmarc_walk *walk, struct span domain)
{
	const struct dmarc_step *known = dmarc_walk_find(walk, domain);
	if (known != NULL) {
		return known;
	}
	struct dmarc_step *step = arena_alloc(arena, sizeof(*step));
	if (step != NULL) {
		*step = dmarc_step_read(arena, inquiry, domain);
	}
	return step;
}

static bool is_policy(enum dmarc_policy policy)
{
	return policy != DMARC_POLICY_ABSENT && policy != DMARC_POLICY_INVALID;
}

/* RFC 7489 6.6.3 step 6: with p missing or invalid, or sp invalid, an rua makes it p=none */
static enum dmarc_policy policy_of(const struct dmarc_record *record, enum dmarc_relation relation)
{
	if (!is_policy(record->p) || record->sp == DMARC_POLICY_INVALID) {
		return DMARC_POLICY_NONE;
	}
	bool has_sp = relation != DMARC_OWN && record->sp != DMARC_POLICY_ABSENT;
	return has_sp ? record->sp : record->p;
}

/* RFC 7489 6.6.3 step 5: several records end the search with nothing */
static struct dmarc_applied apply(const struct dmarc_step *step, enum dmarc_relation relation)
{
	struct dmarc_applied applied = {
		.status = DMARC_NO_RECORD,
		.relation = relation,
		.published = DMARC_POLICY_ABSENT,
		.policy = DMARC_POLICY_ABSENT,
	};
	if (step == NULL) {
		return applied;
	}
	switch (step->kind) {
	case DMARC_STEP_NONE:
	case DMARC_STEP_SEVERAL:
		break;
	case DMARC_STEP_UNKNOWN:
		applied.status = DMARC_UNKNOWN;
		applied.unknown = step->fact;
		break;
	case DMARC_STEP_RECORD:
		applied.holder = step;
		applied.status = DMARC_UNUSABLE;
		if (dmarc_record_is_usable_rfc7489(step->record)) {
			applied.status = DMARC_APPLIES;
			applied.published = applied.policy = policy_of(step->record, relation);
		}
		break;
	}
	return applied;
}

struct dmarc_rfc7489 dmarc_rfc7489(struct arena *arena, struct inquiry *inquiry,
				   const struct dmarc_walk *walk,
				   const struct public_suffix_list *suffixes)
{
	struct span organisation = public_suffix_organisational(suffixes, walk->start);
	const struct dmarc_step *own = read_step(arena, inquiry, walk, walk->start);
	const struct dmarc_step *above =
		organisation.len > 0 ? read_step(arena, inquiry, walk, organisation) : NULL;
	struct dmarc_rfc7489 reading = {.organisation = organisation, .pct = 100};
	/* RFC 7489 6.6.3 step 3: only an empty set sends the search to the organisational domain */
	bool is_inherited = own != NULL && own->kind == DMARC_STEP_NONE && above != own;
	reading.name = is_inherited ? apply(above, DMARC_EXISTING) : apply(own, DMARC_OWN);
	reading.below = apply(above, DMARC_EXISTING);
	if (reading.name.status == DMARC_APPLIES) {
		reading.pct = reading.name.holder->record->pct;
	}
	return reading;
}
