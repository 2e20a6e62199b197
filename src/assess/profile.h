/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Baselines: profiles/<name>.conf holds requirements as conditions over measures, dated and
 * sourced; this judges them. There is no threshold of a baseline in C code and no universal grade:
 * baselines disagree, and we show where.
 *
 *   [profile us-bod-18-01]    first; a file holds one profile
 *   title, edition, source, retrieved (date), status (final or draft)
 *   effective (date), note                     may be left out
 *
 *   [requirement BOD-7]       one a requirement
 *   control, level, title, source
 *   applies = CONDITION                        repeatable; all must hold, else not applicable
 *   require = CONDITION                        repeatable; all must hold, else not satisfied
 *   attest = yes                               instead of require: not visible from outside
 *   from = DATE                                the row is asked from that day on
 *   conflict, note                             may be left out
 *
 * condition.h says how a CONDITION is written. Any key but applies and require stands once.
 *
 * Judging is three-valued. Applies: one that fails makes the row not applicable, else one that is
 * unknown makes it not measured. Require: one that fails makes it not satisfied, else one that is
 * unknown makes it not measured; those about a measure that makes no sense for the domain are left
 * out, and when none remains the row is not applicable. A row whose day has not come is satisfied
 * already or not applicable yet; in the second case the reason names the day, from which on what
 * there is today will not be enough.
 */
#ifndef MAILSEAL_ASSESS_PROFILE_H
#define MAILSEAL_ASSESS_PROFILE_H

#include "assess/assess.h"

#define PROFILE_MAX 64
#define PROFILE_MAX_REQUIREMENTS 300
#define PROFILE_MAX_CONDITIONS 20 /* of one kind in one requirement */
#define PROFILE_MAX_FILE_BYTES ((size_t)1 << 20)

enum requirement_status {
	REQUIREMENT_SATISFIED,
	REQUIREMENT_NOT_SATISFIED,
	REQUIREMENT_NOT_MEASURED,   /* see reason */
	REQUIREMENT_NOT_APPLICABLE, /* see reason */
	REQUIREMENT_ATTEST,	    /* cannot be seen from outside: somebody must attest it */
};

struct condition;

struct requirement {
	struct span id;
	enum control control;
	struct span level; /* the source's own word: MUST, SHOULD, SHALL, control ... */
	struct span title;
	struct span source;
	struct span conflict; /* what another baseline says otherwise; may be empty */
	struct span note;     /* how we read the source; "Draft: ..." where it is unverified */
	struct span from;     /* the day from which on it is asked; empty: always */
	int64_t from_time;    /* the same; 0: always */
	bool is_attest;
	const struct condition *applies;
	size_t applies_count;
	const struct condition *requires;
	size_t requires_count;
};

struct profile {
	struct span name;
	struct span title;
	struct span edition;
	struct span source;
	struct span retrieved;
	struct span effective;
	bool is_draft;
	struct span note;
	const struct requirement *requirements;
	size_t requirement_count;
};

struct requirement_result {
	const struct requirement *requirement;
	enum requirement_status status;
	struct span reason; /* what was seen instead, or why it could not be measured */
	bool will_fail;	    /* not asked yet, and when it is, today's state will not be enough */
};

struct profile_result {
	const struct profile *profile;
	struct requirement_result *rows; /* one a requirement, in file order */
	size_t row_count;
	size_t satisfied_count;
	size_t not_satisfied_count;
	size_t not_measured_count;
};

struct profile_table;

/*
 * All built-in profiles. A profile that names an unknown key, measure, control or word is refused
 * with file and line.
 */
int profile_table_load(struct profile_table **ret_table, struct failure *reterr) MUST_CHECK;
/* One more from text in the profile format; path is for messages. A name that is taken is refused.
 */
int profile_table_add_text(struct profile_table *table, struct span path, struct span text,
			   struct failure *reterr) MUST_CHECK;
/* One more from a file of the user's. */
int profile_table_add_file(struct profile_table *table, const char *path,
			   struct failure *reterr) MUST_CHECK;
void profile_table_free(struct profile_table *table);
size_t profile_count(const struct profile_table *table);
const struct profile *profile_at(const struct profile_table *table, size_t i);
/* NULL when there is none of that name. */
const struct profile *profile_find(const struct profile_table *table, struct span name);
/* Judges an assessment by a profile; NULL rows only when the arena failed. Reasons hold values from
 * the domain's records: escape before showing. */
struct profile_result profile_judge(struct arena *arena, const struct profile *profile,
				    const struct assessment *assessment);
/* "satisfied", "not-satisfied", "not-measured", "not-applicable", "attest". Static. */
const char *requirement_status_name(enum requirement_status status);

#endif
