/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words that a sector's page and its terminal text share. */
#ifndef MAILSEAL_PRESENT_SECTOR_WORDS_H
#define MAILSEAL_PRESENT_SECTOR_WORDS_H

#include "service/sector.h"

/* "93 %". */
struct share_text {
	char text[8];
};

/* A share in whole hundredths; what is neither none nor all is never told as such: "<1 %", ">99 %".
 */
struct share_text sector_share(uint64_t part, uint64_t whole);

/* Domains that exist: what shares are of. */
static inline uint64_t sector_existing(const struct sector_counts *counts)
{
	return counts->domains - counts->nonexistent;
}

enum sector_question {
	SECTOR_QUESTION_SPOOFED,     /* can strangers send as these domains? */
	SECTOR_QUESTION_INTERCEPTED, /* can mail to them be read or changed on its way? */
	SECTOR_QUESTION_COUNT,
};

/* The sentence that answers first, and what must be said beside it; both in the arena. */
struct sector_answer {
	struct span first; /* "Criminals can send convincing mail as 14 of 221 domains (6 %)." */
	struct span rest;  /* " 1 (<1 %) is protected only in part. Of 5 (2 %) ..."; may be empty */
	bool is_bad;	   /* the answer is yes for at least one */
};

/*
 * Answers for any mixture of yes, partly, no and unknown. What could not be determined is never
 * counted as protected: it is named, and "none" is said only of domains that could be judged.
 */
struct sector_answer sector_answer(struct arena *arena, const struct sector_counts *counts,
				   enum sector_question question);
/* "206 (93 %) tell receivers to refuse forged mail; of 2 (<1 %) it is not known." */
struct span sector_refusing(struct arena *arena, const struct sector_counts *counts);

/*
 * What one line of a league says, in the arena:
 * - a finding: "gov.example has no SPF record, and likewise 36 more domains"
 * - a key: "DKIM key a._domainkey.gov.example (1024 bits, SHA-256 8dfd...), and likewise 9 more"
 * - an outside sender: "sendgrid.net (Twilio SendGrid)"
 */
struct span sector_sentence(struct arena *arena, const struct sector_item *item);

#endif
