/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DNS record data <-> master-file text (RFC 1035 5.1, RFC 3597 5), for replay files, what-if and
 * scenario files. Wire data is uncompressed, names in it are lower case. Types we know: A NS CNAME
 * SOA PTR MX TXT AAAA SRV DS DNSKEY TLSA CAA SPF; others as \# len hex.
 */
#ifndef MAILSEAL_RECORDS_RR_H
#define MAILSEAL_RECORDS_RR_H

#include "base/base.h"
#include "records/problem.h"

/* RFC 1035 3.2.1: RDLENGTH has 16 bits. */
#define RR_RDATA_MAX 65535
/* Its longest text: every octet as "\ddd", and quotes around strings. */
#define RR_TEXT_MAX ((size_t)5 * (RR_RDATA_MAX + 1))

enum rr_type {
	RR_A = 1,
	RR_NS = 2,
	RR_CNAME = 5,
	RR_SOA = 6,
	RR_PTR = 12,
	RR_MX = 15,
	RR_TXT = 16,
	RR_AAAA = 28,
	RR_SRV = 33,
	RR_DS = 43,
	RR_RRSIG = 46,
	RR_DNSKEY = 48,
	RR_TLSA = 52,
	RR_SPF = 99,
	RR_CAA = 257,
};

/* "TXT", or "TYPE4711" for a type without a name (RFC 3597 5); the text is in the arena or static.
 */
struct span rr_type_name(struct arena *arena, uint16_t type);
bool rr_type_parse(struct span text, uint16_t *ret_type) MUST_CHECK;
/* Appends the presentation form, names with their last dot. Malformed data is written as \# so that
 * nothing is lost. */
void rr_write_text(uint16_t type, struct span rdata, struct buffer *text);
/*
 * Parses presentation form into wire data; names must be absolute (a trailing dot is optional).
 * TXT: quoted strings, which stay apart, or one word. No comments, no time units, no mnemonics for
 * numbers. On false *ret_problem says where.
 */
bool rr_parse_text(struct arena *arena, uint16_t type, struct span text, struct span *ret_rdata,
		   struct problem *ret_problem) MUST_CHECK;
/*
 * Expands the data of a record inside a DNS message: names in NS, CNAME, SOA, PTR, MX and
 * SRV may be compressed there. The cursor spans the message and stands at the data, which is
 * rdata_len octets long; it is left behind the data, or failed. The result is a copy in the arena.
 */
bool rr_expand(struct cursor *message, struct arena *arena, uint16_t type, uint16_t rdata_len,
	       struct span *ret_rdata) MUST_CHECK;

#endif
