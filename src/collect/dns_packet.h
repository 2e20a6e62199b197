/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A DNS message (RFC 1035 4) -> its records, names uncompressed and canonical. */
#ifndef MAILSEAL_COLLECT_DNS_PACKET_H
#define MAILSEAL_COLLECT_DNS_PACKET_H

#include "facts/fact.h"

/* RFC 1035 4.1.3: a record has at least 11 octets, so no message holds more. */
#define DNS_PACKET_MAX_RECORDS (LIMIT_DNS_MESSAGE / 11)
/* Names blow up when written as text: 6000 records of two escaped names each. */
#define DNS_PACKET_ARENA_BYTES ((size_t)32 << 20)

enum dns_rcode {
	DNS_RCODE_NOERROR = 0,
	DNS_RCODE_FORMERR = 1,
	DNS_RCODE_SERVFAIL = 2,
	DNS_RCODE_NXDOMAIN = 3,
	DNS_RCODE_NOTIMP = 4,
	DNS_RCODE_REFUSED = 5,
};

enum dns_section {
	DNS_SECTION_ANSWER,
	DNS_SECTION_AUTHORITY,
	DNS_SECTION_ADDITIONAL,
};

struct dns_packet_record {
	enum dns_section section;
	struct span owner;
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	struct span rdata; /* names uncompressed */
};

struct dns_packet {
	uint16_t id;
	bool is_response;
	bool is_authoritative;
	bool is_truncated;
	uint16_t rcode; /* the four bits of the header */
	struct span question_name;
	uint16_t question_type;
	struct vector records; /* of struct dns_packet_record */
};

/*
 * False when the message is cut off, has no or several questions, or a name or record in it is
 * malformed; then, or when the arena failed, *ret_packet is untouched. Output lives in the arena.
 */
bool dns_packet_read(struct arena *arena, struct span message,
		     struct dns_packet *ret_packet) MUST_CHECK;
/* RFC 5936 2.2.1: the same for a message of a transfer, which may have no question. */
bool dns_packet_read_next(struct arena *arena, struct span message,
			  struct dns_packet *ret_packet) MUST_CHECK;
static inline const struct dns_packet_record *dns_packet_at(const struct dns_packet *packet,
							    size_t i)
{
	return VECTOR_AT(&packet->records, const struct dns_packet_record, i);
}
/* A question: header and one entry. is_recursive asks a resolver, and not to withhold what it
 * thinks is bogus (RFC 4035 3.2.2). */
void dns_packet_write_question(struct buffer *message, uint16_t id, struct fact_key key,
			       bool is_recursive);

#endif
