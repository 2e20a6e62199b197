/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A name server that is ill for a day does not unmake what was known the day before. */
#include "service/estate_content.h"
#include "service/history.h"

struct carrying {
	struct arena *arena;
	struct known_standing *known;
	size_t looks;
	struct failure *failure;
};

static void carry_findings(struct carrying *carrying, const struct standing *from,
			   enum control control)
{
	for (size_t i = 0; i < from->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(from, i);
		struct standing_finding *added =
			finding->control == control
				? VECTOR_PUSH(&carrying->known->standing.findings, carrying->arena,
					      struct standing_finding, FINDING_MAX)
				: NULL;
		if (added != NULL) {
			*added = *finding;
		}
	}
}

static void drop_findings(struct standing *standing, enum control control)
{
	size_t kept = 0;
	for (size_t i = 0; i < standing->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(standing, i);
		if (finding->control != control) {
			*VECTOR_AT(&standing->findings, struct standing_finding, kept++) = *finding;
		}
	}
	standing->findings.len = kept;
}

static void carry_controls(struct carrying *carrying, const struct standing *from, int64_t at)
{
	struct known_standing *known = carrying->known;
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		if (known->known_at[i] != 0 || from->controls[i] == CONTROL_UNKNOWN) {
			continue;
		}
		known->known_at[i] = at;
		if (at != known->checked_at) {
			known->standing.controls[i] = from->controls[i];
			drop_findings(&known->standing, (enum control)i);
			carry_findings(carrying, from, (enum control)i);
		}
	}
}

static void carry_answer(struct verdict *verdict, int64_t *known_at, const struct verdict *from,
			 int64_t at)
{
	if (*known_at == 0 && from->answer != ANSWER_UNKNOWN) {
		*known_at = at;
		*verdict = *from;
	}
}

static bool is_all_known(const struct known_standing *known)
{
	bool is_known = known->spoofable_known_at != 0 && known->interceptable_known_at != 0;
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		is_known &= known->known_at[i] != 0;
	}
	return is_known;
}

static int carry_look(void *context, const struct estate_entry *entry)
{
	struct carrying *carrying = context;
	struct standing look;
	int r = estate_content_standing(carrying->arena, entry, &look, carrying->failure);
	if (r < 0) {
		return r;
	}
	struct known_standing *known = carrying->known;
	if (carrying->looks++ == 0) {
		known->standing = look;
		known->checked_at = entry->checked_at;
	}
	carry_controls(carrying, &look, entry->checked_at);
	carry_answer(&known->standing.spoofable, &known->spoofable_known_at, &look.spoofable,
		     entry->checked_at);
	carry_answer(&known->standing.interceptable, &known->interceptable_known_at,
		     &look.interceptable, entry->checked_at);
	/* Above 0 ends the reading and is no failure. */
	return is_all_known(known) || carrying->looks >= KNOWN_MAX_LOOKS ? 1 : 0;
}

int history_known(struct store *store, struct arena *arena, const struct estate_entry *newest,
		  struct known_standing *ret_known, struct failure *reterr)
{
	struct known_standing known = {0};
	struct carrying carrying = {arena, &known, 0, reterr};
	int r = carry_look(&carrying, newest);
	struct estate_period before = {0, newest->checked_at - 1, /* is_newest_first: */ true};
	if (r == 0) {
		r = estate_history(store, newest->domain.name, &before, carry_look, &carrying,
				   reterr);
	}
	if (r >= 0) {
		*ret_known = known;
	}
	return r < 0 ? r : 0;
}
