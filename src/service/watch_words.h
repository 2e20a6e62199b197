/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The words of a notice: a head, and a part for each finding or verdict that changed. Each has a
 * text for people and, behind WATCH_BODY_SEPARATOR, JSON. Inside of service.
 */
#ifndef MAILSEAL_SERVICE_WATCH_WORDS_H
#define MAILSEAL_SERVICE_WATCH_WORDS_H

#include "service/watch_notices.h"

enum watch_kind {
	WATCH_WORSE,
	WATCH_BETTER,
	WATCH_EXPIRING,
	WATCH_EXCEPTION,
	WATCH_POLICY,
	WATCH_SENDER,
	WATCH_SILENCE,
};

/* What one notice tells. */
struct watch_telling {
	enum watch_kind kind;
	struct span name;  /* of the sentences of its kind; may be empty */
	struct span after; /* likewise */
	struct span owner; /* likewise */
	struct span key;
	bool is_once;
	/* What the head tells of changes: all records, one, or (NULL) none. */
	bool has_records;
	const struct changed_record *record;
	bool has_findings; /* a part for all that changed, and for verdicts */
	/* Or the one finding it is about, as a part without a key; may be NULL. */
	const struct standing_finding *finding;
};

/* "worse". Static. */
const char *watch_kind_name(enum watch_kind kind);
/* Too slight a finding is not told. */
bool watch_is_told(const struct standing_finding *finding);
/* Findings that are told by a kind of their own when they are new. */
bool watch_own_kind(const struct standing_finding *finding, enum watch_kind *ret_kind);
/* Writes the notice's body and parts into the arena. False when memory is out. */
bool watch_words(struct arena *arena, const struct watch_look *look,
		 const struct watch_telling *telling, struct notice *notice) MUST_CHECK;

#endif
