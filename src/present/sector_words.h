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

/*
 * What one line of a league says, in the arena:
 * - a finding: "gov.example has no SPF record, and likewise 36 more domains"
 * - a key: "DKIM key a._domainkey.gov.example (1024 bits, SHA-256 8dfd...), and likewise 9 more"
 * - an outside sender: "sendgrid.net (Twilio SendGrid)"
 */
struct span sector_sentence(struct arena *arena, const struct sector_item *item);

#endif
