/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What one mistyped word of an SPF record was surely meant to be. */
#ifndef MAILSEAL_ADVISE_SPF_REPAIR_H
#define MAILSEAL_ADVISE_SPF_REPAIR_H

#include "records/spf.h"

/* A word may turn out to be two that ran together, each of them mistyped in itself. */
#define SPF_REPAIR_MAX_WORDS 4

struct spf_repair {
	bool is_certain;
	struct span words[SPF_REPAIR_MAX_WORDS]; /* none: the word says nothing and goes */
	size_t word_count;
	bool takes_next; /* the next word is part of this one: "include: spf.example.net" */
};

/* next is empty behind the last word. A word without fault comes back as it is. */
struct spf_repair spf_repair_word(struct arena *arena, struct span word, struct span next);

#endif
