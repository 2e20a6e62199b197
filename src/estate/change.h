/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What changed about a domain between two checks: records first, since somebody changed those, then
 * what followed from it.
 *
 * Only a question that was answered both times can show a change of a record: a name that was not
 * asked before is news to us, not to the domain. An answer that could not be had this time is no
 * change either; it is listed apart.
 */
#ifndef MAILSEAL_ESTATE_CHANGE_H
#define MAILSEAL_ESTATE_CHANGE_H

#include "estate/standing.h"

#define CHANGE_MAX_RECORDS 2000
/* What is quoted of a record in a sentence. */
#define CHANGE_MAX_QUOTE 240

struct changed_record {
	struct span key; /* the same for every domain that shares the record: "example.org TXT" */
	struct span subject; /* the name, or the host */
	struct span before;  /* as published; empty: there was none */
	struct span after;
	struct span sentence;	  /* for people, with the values shortened */
	enum sentence_id told_as; /* which sentence that is */
};

struct changed_finding {
	const struct standing_finding *finding;
	bool is_new; /* else it has gone */
};

struct changed_control {
	enum control control;
	enum control_status before;
	enum control_status after;
};

enum change_direction {
	CHANGE_NEUTRAL,
	CHANGE_BETTER,
	CHANGE_WORSE,
	CHANGE_MIXED,
};

/* One look at a domain. */
struct look {
	int64_t checked_at;
	const struct standing *standing;
	const struct facts *facts; /* NULL: the same as the other look's */
};

struct change {
	struct look before;
	struct look after;
	struct vector records;	/* of struct changed_record, by subject */
	struct vector unread;	/* of struct span: what could be read before and not now */
	struct vector findings; /* of struct changed_finding */
	struct vector controls; /* of struct changed_control; without those that are unknown now */
	enum change_direction direction;
};

/* In the arena, with spans of both standings; the facts may go. NULL when memory is out. */
struct change *change_between(struct arena *arena, const struct look *before,
			      const struct look *after);
/* False: nothing in it is worth a line. */
bool change_is_any(const struct change *change);
/* "better", "worse", "mixed", "neutral". Static. */
const char *change_direction_name(enum change_direction direction);

/* Inside of the module: adds what became of one fact. */
void change_of_fact(struct arena *arena, struct change *change, const struct fact *before,
		    const struct fact *after);

#endif
