/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The texts of many words, asked for together and each once. */
#ifndef MAILSEAL_STORE_WORD_TEXTS_H
#define MAILSEAL_STORE_WORD_TEXTS_H

#include "store/internal.h"

struct word_texts {
	struct arena *arena; /* its failed flag says that something is missing */
	struct map by_id;
};

struct word_texts word_texts_new(struct arena *arena);
void word_texts_want(struct word_texts *texts, int64_t id);
int word_texts_fetch(struct word_texts *texts, struct store *store,
		     struct failure *reterr) MUST_CHECK;
/* Of a word that was wanted and fetched; empty for 0. */
struct span word_text(const struct word_texts *texts, int64_t id);

#endif
