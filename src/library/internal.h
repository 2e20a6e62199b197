/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the files of the library share: the insides of its objects and the turns of its loop. */
#ifndef MAILSEAL_LIBRARY_INTERNAL_H
#define MAILSEAL_LIBRARY_INTERNAL_H

#include <mailseal/mailseal.h>

#include "assess/profile.h"
#include "crypto/key_cache.h"
#include "facts/settle.h"
#include "guide/providers.h"
#include "records/public_suffix.h"

struct mailseal_tables {
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	struct profile_table *profiles;
};

#define SOURCE_MAX 255

struct mailseal_facts {
	struct facts *facts;
	struct key_cache *keys; /* prepared for checks, by their octets */
	int64_t observed_at;
	char source[SOURCE_MAX + 1];
	struct failure failure; /* of the last bad input */
};

/*
 * A loop with its questions answered between the turns. It is a fact source that answers nothing:
 * it notes what is wanted and stops the judge, who is run again from the start at the next turn.
 */
struct dialogue {
	struct fact_source source; /* first: answer() casts back */
	struct mailseal_facts *facts;
	struct arena *arena;	 /* of the questions */
	struct vector questions; /* of struct mailseal_question */
	unsigned turns;
	bool is_paused;
};

/* False when memory is out. */
bool dialogue_open(struct dialogue *dialogue);
void dialogue_close(struct dialogue *dialogue);
/* Before the judge: what was left unanswered in the last turn counts as not asked. */
int dialogue_begin_turn(struct dialogue *dialogue, struct mailseal_facts *facts);
/* After it: result is what it returned. */
int dialogue_end_turn(struct dialogue *dialogue, int result,
		      const struct mailseal_question **ret_questions, size_t *ret_count);

/* The public word for a result of the modules below. */
int library_status(int result);
struct mailseal_bytes library_bytes(const struct buffer *text);

#endif
