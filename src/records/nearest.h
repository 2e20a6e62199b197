/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* "Did you mean ...?": the known word that a mistyped one most likely stands for. */
#ifndef MAILSEAL_RECORDS_NEAREST_H
#define MAILSEAL_RECORDS_NEAREST_H

#include "base/span.h"

/* Words longer than this are not compared. */
#define NEAREST_MAX_WORD 15

/*
 * The word of the list that needs the fewest single-letter changes (insert, delete, replace, swap
 * of neighbours; letters without case), or an empty span when none is near enough: one change,
 * or two from six letters on. One-letter words are never proposed.
 */
struct span nearest_word(struct span word, const struct span *words, size_t word_count);

#endif
