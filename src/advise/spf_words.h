/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * An SPF record as a list of words, for changing it. Mistyped words are put right only when it is
 * certain what was meant: a single known name is near, a bracket or a semicolon strayed in, two
 * terms ran together at one place only.
 */
#ifndef MAILSEAL_ADVISE_SPF_WORDS_H
#define MAILSEAL_ADVISE_SPF_WORDS_H

#include "records/spf.h"

struct spf_words {
	struct arena *arena;
	struct vector items; /* of struct span: everything behind "v=spf1" */
};

struct spf_words spf_words_of(struct arena *arena, struct span text);
static inline struct span *spf_words_at(const struct spf_words *words, size_t i)
{
	return VECTOR_AT(&words->items, struct span, i);
}
/* Puts mistyped words right. False when one is left of which it is not certain what was meant. */
bool spf_words_repair(struct spf_words *words) MUST_CHECK;
/* Removes the last word that equals term; false when there is none. */
bool spf_words_drop(struct spf_words *words, struct span term);
/* Adds a word in front of "all", or at the end; not when it is there already. */
void spf_words_add(struct spf_words *words, struct span term);
/* Replaces every "all" by this one at the end ("~all"). */
void spf_words_end_in(struct spf_words *words, struct span all);
/* "v=spf1 ..."; an empty span when that would have an error. */
struct span spf_words_write(const struct spf_words *words);
/* The words behind a version that receivers do not recognise ("spf1 -all", "v=spf2 -all"). False
 * when the text is not clearly that. */
bool spf_words_of_near_miss(struct arena *arena, struct span text,
			    struct spf_words *ret_words) MUST_CHECK;

#endif
