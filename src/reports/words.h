/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words of the formats: text <-> enum, without case. */
#ifndef MAILSEAL_REPORTS_WORDS_H
#define MAILSEAL_REPORTS_WORDS_H

#include "reports/sink.h"

/* A word and its value. The first word of a value is the one that is written. */
struct report_word {
	struct span word;
	int value;
};

struct report_words {
	const struct report_word *words;
	size_t count;
	int absent; /* for an empty text */
	int other;  /* for a word that is not in the list */
};

extern const struct report_words report_results;
extern const struct report_words report_dispositions;
extern const struct report_words report_reasons;
extern const struct report_words report_policies;
extern const struct report_words report_alignments;
extern const struct report_words report_scopes;
extern const struct report_words report_discoveries;
extern const struct report_words report_tls_policies;
extern const struct report_words report_tls_results;
extern const struct report_words report_feedbacks;

/* text without blanks around. */
int report_word_read(const struct report_words *words, struct span text);
/* "" for absent, "other" for other. */
const char *report_word_name(const struct report_words *words, int value);

#endif
