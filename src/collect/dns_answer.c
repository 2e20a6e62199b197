/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Follows the CNAME chain inside one DNS message. */
#include "collect/dns_answer.h"

#include <stdlib.h>

#include "records/name.h"

#define CLASS_IN 1

struct walk {
	struct arena *arena;
	const struct dns_packet *packet;
	uint16_t type;
	struct span at;	      /* the name the chain has led to */
	struct vector cnames; /* of struct span */
	uint32_t ttl;	      /* least so far */
};

static bool is_wanted(const struct dns_packet_record *record, struct span owner, uint16_t type)
{
	return record->section == DNS_SECTION_ANSWER && record->class == CLASS_IN &&
	       record->type == type && span_equal(record->owner, owner);
}

/* The target of the CNAME at walk->at, or an empty span. */
static struct span find_target(struct walk *walk)
{
	for (size_t i = 0; i < walk->packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(walk->packet, i);
		if (!is_wanted(record, walk->at, RR_CNAME)) {
			continue;
		}
		struct cursor rdata = cursor_of(record->rdata);
		struct span target = {0};
		if (!name_from_wire(&rdata, walk->arena, &target)) {
			return (struct span){0};
		}
		walk->ttl = record->ttl < walk->ttl ? record->ttl : walk->ttl;
		return target;
	}
	return (struct span){0};
}

/* Walks to the end of the chain; false for a circle or too long a chain. */
static bool follow_cnames(struct walk *walk)
{
	/* RFC 1034 3.6.2: a question for the CNAME itself is not redirected. */
	while (walk->type != RR_CNAME) {
		struct span target = find_target(walk);
		if (target.len == 0) {
			return true;
		}
		struct span *place =
			VECTOR_PUSH(&walk->cnames, walk->arena, struct span, DNS_ANSWER_MAX_CNAMES);
		if (place == NULL) {
			return false;
		}
		*place = target;
		walk->at = target;
	}
	return true;
}

static int compare_records(const void *a, const void *b)
{
	return span_compare(((const struct dns_record *)a)->rdata,
			    ((const struct dns_record *)b)->rdata);
}

static void take_records(struct walk *walk, struct dns_answer *answer)
{
	struct vector records = {0};
	for (size_t i = 0; i < walk->packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(walk->packet, i);
		if (!is_wanted(record, walk->at, walk->type)) {
			continue;
		}
		struct dns_record *place = VECTOR_PUSH(&records, walk->arena, struct dns_record,
						       DNS_PACKET_MAX_RECORDS);
		if (place == NULL) {
			return;
		}
		*place = (struct dns_record){.ttl = record->ttl, .rdata = record->rdata};
		walk->ttl = record->ttl < walk->ttl ? record->ttl : walk->ttl;
	}
	/* Servers turn the order at every answer, and it means nothing (RFC 4034 6.3): the same
	 * records are to be the same answer. */
	if (records.len > 1) {
		qsort(records.items, records.len, sizeof(struct dns_record), compare_records);
	}
	answer->records = records.items;
	answer->record_count = records.len;
}

/* RFC 2308 5: the lesser of the SOA's own TTL and its MINIMUM field, the last four octets. */
static void take_negative_ttl(struct walk *walk)
{
	for (size_t i = 0; i < walk->packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(walk->packet, i);
		if (record->section != DNS_SECTION_AUTHORITY || record->type != RR_SOA ||
		    record->rdata.len < 4) {
			continue;
		}
		struct cursor tail = cursor_of(span_from(record->rdata, record->rdata.len - 4));
		uint32_t minimum = cursor_u32(&tail);
		uint32_t ttl = record->ttl < minimum ? record->ttl : minimum;
		walk->ttl = ttl < walk->ttl ? ttl : walk->ttl;
		return;
	}
	walk->ttl = 0;
}

enum dns_answer_result dns_answer_of_packet(struct arena *arena, struct fact_key key,
					    const struct dns_packet *packet,
					    struct dns_answer *ret_answer)
{
	if (!packet->is_response || packet->question_type != key.type ||
	    !span_equal(packet->question_name, key.subject)) {
		return DNS_ANSWER_MALFORMED;
	}
	struct dns_answer answer = {.rcode = packet->rcode};
	if (packet->rcode != DNS_RCODE_NOERROR && packet->rcode != DNS_RCODE_NXDOMAIN) {
		*ret_answer = answer;
		return DNS_ANSWER_ERROR;
	}
	struct walk walk = {arena, packet, key.type, key.subject, {0}, UINT32_MAX};
	bool has_end = follow_cnames(&walk);
	if (has_end) {
		take_records(&walk, &answer);
	}
	if (answer.record_count == 0) {
		take_negative_ttl(&walk);
	}
	answer.cnames = walk.cnames.items;
	answer.cname_count = walk.cnames.len;
	answer.ttl = walk.ttl;
	answer.is_nxdomain = answer.record_count == 0 && packet->rcode == DNS_RCODE_NXDOMAIN;
	if (arena_has_failed(arena)) {
		return DNS_ANSWER_MALFORMED;
	}
	*ret_answer = answer;
	if (!has_end) {
		return DNS_ANSWER_LOOP;
	}
	if (answer.record_count > 0) {
		return DNS_ANSWER_PRESENT;
	}
	return answer.is_nxdomain ? DNS_ANSWER_NXDOMAIN : DNS_ANSWER_NODATA;
}

enum dns_answer_result dns_answer_read(struct arena *arena, struct fact_key key,
				       struct span message, struct dns_answer *ret_answer)
{
	struct dns_packet packet;
	if (!dns_packet_read(arena, message, &packet)) {
		return DNS_ANSWER_MALFORMED;
	}
	enum dns_answer_result result = dns_answer_of_packet(arena, key, &packet, ret_answer);
	if (result != DNS_ANSWER_MALFORMED) {
		ret_answer->packet = arena_copy(arena, message);
		ret_answer->answer_bytes = message.len;
	}
	return result;
}
