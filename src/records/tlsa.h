/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLSA record data (RFC 6698 2.1), with the acronyms of RFC 7218. */
#ifndef MAILSEAL_RECORDS_TLSA_H
#define MAILSEAL_RECORDS_TLSA_H

#include "records/problem.h"

#include "base/base.h"

enum tlsa_usage {
	TLSA_USAGE_PKIX_TA = 0,
	TLSA_USAGE_PKIX_EE = 1,
	TLSA_USAGE_DANE_TA = 2,
	TLSA_USAGE_DANE_EE = 3,
};

enum tlsa_selector {
	TLSA_SELECTOR_CERT = 0,
	TLSA_SELECTOR_SPKI = 1,
};

enum tlsa_matching {
	TLSA_MATCHING_FULL = 0,
	TLSA_MATCHING_SHA256 = 1,
	TLSA_MATCHING_SHA512 = 2,
};

struct tlsa {
	uint8_t usage;	  /* enum tlsa_usage, or a number nobody assigned */
	uint8_t selector; /* enum tlsa_selector, likewise */
	uint8_t matching; /* enum tlsa_matching, likewise */
	struct span data; /* points into the record data */
	bool is_usable;	  /* all three known and data of the right form (RFC 6698 4.1) */
	/* Offsets count in the text that tlsa_write() makes. */
	struct problems problems;
};

/* False when the data is too short to hold the three numbers. */
bool tlsa_parse(struct arena *arena, struct span rdata, struct tlsa *ret_tlsa) MUST_CHECK;
/* "3 1 1 0a1b..." as in a zone file. */
void tlsa_write(const struct tlsa *tlsa, struct buffer *text);
/* "DANE-EE", "SPKI", "SHA2-256", ...; "unassigned" or "private" for other numbers. Static. */
const char *tlsa_usage_name(uint8_t usage);
const char *tlsa_selector_name(uint8_t selector);
const char *tlsa_matching_name(uint8_t matching);

#endif
