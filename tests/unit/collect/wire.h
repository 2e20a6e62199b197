/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Builds DNS messages by hand, one record after the other. */
#ifndef MAILSEAL_TESTS_UNIT_COLLECT_WIRE_H
#define MAILSEAL_TESTS_UNIT_COLLECT_WIRE_H

#include "collect/dns_packet.h"
#include "records/name.h"

#define WIRE_RESPONSE 0x8180 /* QR RD RA */
#define WIRE_MAX_RECORDS 32

/* A record in words: names canonical, data in master-file form. */
struct wire_record {
	enum dns_section section;
	const char *owner; /* NULL ends a list */
	uint16_t type;
	uint32_t ttl;
	const char *data;
	uint16_t class; /* 0: IN */
};

static inline void wire_u16(struct buffer *wire, unsigned number)
{
	buffer_putc(wire, (char)(number >> 8));
	buffer_putc(wire, (char)number);
}

static inline void wire_name(struct buffer *wire, const char *name)
{
	wire->is_failed |= !name_to_wire(span_of_string(name), wire);
}

static inline void wire_put(struct buffer *wire, struct arena *arena,
			    const struct wire_record *record)
{
	struct span rdata = {0};
	struct problem problem;
	wire->is_failed |=
		!rr_parse_text(arena, record->type, span_of_string(record->data), &rdata, &problem);
	wire_name(wire, record->owner);
	wire_u16(wire, record->type);
	wire_u16(wire, record->class != 0 ? record->class : 1);
	wire_u16(wire, record->ttl >> 16);
	wire_u16(wire, record->ttl & 0xffff);
	wire_u16(wire, (unsigned)rdata.len);
	buffer_append(wire, rdata);
}

/* A whole message; records must be in the order of their sections. */
static inline struct buffer wire_message(struct arena *arena, unsigned flags, const char *name,
					 uint16_t type, const struct wire_record *records)
{
	struct buffer wire = buffer_new(LIMIT_DNS_MESSAGE);
	unsigned counts[3] = {0};
	for (size_t i = 0; i < WIRE_MAX_RECORDS && records[i].owner != NULL; i++) {
		counts[records[i].section]++;
	}
	wire_u16(&wire, 0x1234);
	wire_u16(&wire, flags);
	wire_u16(&wire, 1);
	for (size_t i = 0; i < 3; i++) {
		wire_u16(&wire, counts[i]);
	}
	wire_name(&wire, name);
	wire_u16(&wire, type);
	wire_u16(&wire, 1);
	for (size_t i = 0; i < WIRE_MAX_RECORDS && records[i].owner != NULL; i++) {
		wire_put(&wire, arena, &records[i]);
	}
	return wire;
}

#endif
