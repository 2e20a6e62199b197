/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 7671, 7672: do TLSA records vouch for a chain? By libssl, so as senders that use it do. */
#ifndef MAILSEAL_CRYPTO_DANE_H
#define MAILSEAL_CRYPTO_DANE_H

#include "base/base.h"

struct dane_record {
	uint8_t usage;
	uint8_t selector;
	uint8_t matching;
	struct span data;
};

/* RFC 6698 allows any number; more than this is nobody's need. */
#define DANE_MAX_RECORDS 100

enum dane_outcome {
	DANE_MATCH,	 /* a record vouches for the chain */
	DANE_MISMATCH,	 /* usable records, and none does */
	DANE_NAME,	 /* a DANE-TA record does, but none of the names is the certificate's */
	DANE_EXPIRED,	 /* a DANE-TA record does, but a date does not hold */
	DANE_UNUSABLE,	 /* RFC 7672 3.1: no record can be used; encrypt without authentication */
	DANE_UNREADABLE, /* the certificate cannot be read */
};

struct dane_result {
	enum dane_outcome outcome;
	size_t usable_count;
	int matched;	   /* index of the record; -1: none */
	int depth;	   /* of the certificate it vouches for, 0 is the leaf; -1: none */
	struct span error; /* the verifier's word when it is no match; static */
};

/* RFC 7672 3.1: usage 2 or 3, a known selector and matching type, data of the right length. */
bool dane_record_is_usable(const struct dane_record *record);
/*
 * Records in any order; names: what the certificate may be for (the MX name, and what it was
 * reached by); now: for the dates, which count with usage 2 only.
 */
struct dane_result dane_check(const struct dane_record *records, size_t record_count,
			      const struct span *chain, size_t chain_count,
			      const struct span *names, size_t name_count, int64_t now);

#endif
