/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes DNS messages. */
#include "collect/dns_packet.h"

#include "records/name.h"

#define CLASS_IN 1
/* RFC 1035 4.1.1 */
#define FLAG_RESPONSE 0x8000
#define FLAG_AUTHORITATIVE 0x0400
#define FLAG_TRUNCATED 0x0200
#define FLAG_RECURSION_DESIRED 0x0100
#define FLAG_CHECKING_DISABLED 0x0010
#define MASK_RCODE 0x000f

static bool read_record(struct cursor *message, struct arena *arena, enum dns_section section,
			struct vector *records)
{
	struct dns_packet_record record = {.section = section};
	if (!name_from_wire(message, arena, &record.owner)) {
		return false;
	}
	record.type = cursor_u16(message);
	record.class = cursor_u16(message);
	record.ttl = cursor_u32(message);
	uint16_t len = cursor_u16(message);
	if (message->is_failed || !rr_expand(message, arena, record.type, len, &record.rdata)) {
		return false;
	}
	/* RFC 2181 8: a TTL with the highest bit set counts as zero. */
	if (record.ttl > INT32_MAX) {
		record.ttl = 0;
	}
	struct dns_packet_record *place =
		VECTOR_PUSH(records, arena, struct dns_packet_record, DNS_PACKET_MAX_RECORDS);
	if (place == NULL) {
		return false;
	}
	*place = record;
	return true;
}

static bool read_question(struct cursor *message, struct arena *arena, struct dns_packet *packet)
{
	if (!name_from_wire(message, arena, &packet->question_name)) {
		return false;
	}
	packet->question_type = cursor_u16(message);
	return cursor_u16(message) == CLASS_IN && !message->is_failed;
}

static bool read_packet(struct arena *arena, struct span octets, uint16_t least_questions,
			struct dns_packet *ret_packet)
{
	struct cursor message = cursor_of(octets);
	struct dns_packet packet = {.id = cursor_u16(&message)};
	uint16_t flags = cursor_u16(&message);
	uint16_t question_count = cursor_u16(&message);
	uint16_t counts[3];
	for (size_t i = 0; i < 3; i++) {
		counts[i] = cursor_u16(&message);
	}
	if (message.is_failed || question_count > 1 || question_count < least_questions) {
		return false;
	}
	if (question_count == 1 && !read_question(&message, arena, &packet)) {
		return false;
	}
	packet.is_response = (flags & FLAG_RESPONSE) != 0;
	packet.is_authoritative = (flags & FLAG_AUTHORITATIVE) != 0;
	packet.is_truncated = (flags & FLAG_TRUNCATED) != 0;
	packet.rcode = flags & MASK_RCODE;
	for (enum dns_section s = DNS_SECTION_ANSWER; s <= DNS_SECTION_ADDITIONAL; s++) {
		for (uint16_t i = 0; i < counts[s]; i++) {
			if (!read_record(&message, arena, s, &packet.records)) {
				return false;
			}
		}
	}
	if (arena_has_failed(arena)) {
		return false;
	}
	*ret_packet = packet;
	return true;
}

bool dns_packet_read(struct arena *arena, struct span octets, struct dns_packet *ret_packet)
{
	return read_packet(arena, octets, /* least_questions */ 1, ret_packet);
}

bool dns_packet_read_next(struct arena *arena, struct span octets, struct dns_packet *ret_packet)
{
	return read_packet(arena, octets, /* least_questions */ 0, ret_packet);
}

static void put_u16(struct buffer *buffer, uint16_t number)
{
	buffer_putc(buffer, (char)(number >> 8));
	buffer_putc(buffer, (char)(number & 0xff));
}

void dns_packet_write_question(struct buffer *message, uint16_t id, struct fact_key key,
			       bool is_recursive)
{
	put_u16(message, id);
	put_u16(message, is_recursive ? FLAG_RECURSION_DESIRED | FLAG_CHECKING_DISABLED : 0);
	put_u16(message, 1);
	for (size_t i = 0; i < 3; i++) {
		put_u16(message, 0);
	}
	if (!name_to_wire(key.subject, message)) {
		message->is_failed = true;
	}
	put_u16(message, key.type);
	put_u16(message, CLASS_IN);
}
