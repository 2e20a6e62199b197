/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include "collect/axfr.h"
#include "wire.h"

#define ID 0x1234
#define SOA                                                                                        \
	{                                                                                          \
		DNS_SECTION_ANSWER, "example.org", RR_SOA, 300, "m. h. 1 2 3 4 5", 0               \
	}
#define ARENA_BYTES ((size_t)1 << 20)

/* "owner type|" of each record that is handed out. */
static bool note(void *context, const struct dns_packet_record *record)
{
	buffer_printf(context, "%.*s %u|", SPAN_ARG(record->owner), record->type);
	return true;
}

static bool refuse(void *context, const struct dns_packet_record *record)
{
	(void)context;
	(void)record;
	return false;
}

/* A message with its length in front. */
static void add_message(struct buffer *stream, unsigned flags, const struct wire_record *records)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct buffer wire = wire_message(arena, flags, "example.org", 252, records);
	assert_false(wire.is_failed);
	wire_u16(stream, (unsigned)wire.len);
	buffer_append(stream, buffer_span(&wire));
	buffer_free(&wire);
	arena_free(arena);
}

static void test_transfers(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		struct wire_record records[2][6]; /* of two messages */
		enum axfr_state state;
		const char *found;
	} rows[] = {
		{"one message",
		 {{SOA, {DNS_SECTION_ANSWER, "a.example.org", RR_MX, 300, "1 b.", 0}, SOA}},
		 AXFR_DONE,
		 "example.org 6|a.example.org 15|"},
		{"two messages",
		 {{SOA, {DNS_SECTION_ANSWER, "a.example.org", RR_A, 300, "192.0.2.1", 0}},
		  {{DNS_SECTION_ANSWER, "b.example.org", RR_TXT, 300, "\"x\"", 0}, SOA}},
		 AXFR_DONE,
		 "example.org 6|a.example.org 1|b.example.org 16|"},
		{"another zone's names are left out",
		 {{SOA, {DNS_SECTION_ANSWER, "a.example.net", RR_MX, 300, "1 b.", 0}, SOA}},
		 AXFR_DONE,
		 "example.org 6|"},
		{"no SOA first",
		 {{{DNS_SECTION_ANSWER, "a.example.org", RR_MX, 300, "1 b.", 0}, SOA}},
		 AXFR_MALFORMED,
		 ""},
		{"the SOA of another zone",
		 {{{DNS_SECTION_ANSWER, "org", RR_SOA, 300, "m. h. 1 2 3 4 5", 0}}},
		 AXFR_MALFORMED,
		 ""},
		{"not at its end", {{SOA}}, AXFR_OPEN, "example.org 6|"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t piece = 1; piece < 70000; piece *= 41) {
			struct buffer stream = buffer_new(200000);
			struct buffer found = buffer_new(10000);
			add_message(&stream, WIRE_RESPONSE, rows[i].records[0]);
			if (rows[i].records[1][0].owner != NULL) {
				add_message(&stream, WIRE_RESPONSE, rows[i].records[1]);
			}
			struct axfr_reader reader =
				axfr_reader_new(SPAN("example.org"), ID, note, &found);
			for (size_t at = 0; at < stream.len; at += piece) {
				axfr_reader_take(&reader,
						 span_slice(buffer_span(&stream), at, piece));
			}
			assert_row_int(rows[i].row, reader.state, rows[i].state);
			assert_row_span(rows[i].row, buffer_span(&found),
					span_of_string(rows[i].found));
			axfr_reader_free(&reader);
			buffer_free(&stream);
			buffer_free(&found);
		}
	}
}

static enum axfr_state state_after(struct span octets, uint16_t id, uint16_t *ret_rcode)
{
	struct buffer found = buffer_new(10000);
	struct axfr_reader reader = axfr_reader_new(SPAN("example.org"), id, note, &found);
	enum axfr_state state = axfr_reader_take(&reader, octets);
	*ret_rcode = reader.rcode;
	axfr_reader_free(&reader);
	buffer_free(&found);
	return state;
}

static void test_refusals(void **state)
{
	(void)state;
	static const struct wire_record none[1];
	static const struct wire_record soa[] = {SOA, {0}};
	struct buffer refused = buffer_new(1000);
	struct buffer empty = buffer_new(1000);
	struct buffer good = buffer_new(1000);
	uint16_t rcode;
	add_message(&refused, WIRE_RESPONSE | DNS_RCODE_REFUSED, none);
	add_message(&empty, WIRE_RESPONSE, none);
	add_message(&good, WIRE_RESPONSE, soa);
	assert_int_equal(state_after(buffer_span(&refused), ID, &rcode), AXFR_REFUSED);
	assert_int_equal(rcode, DNS_RCODE_REFUSED);
	assert_int_equal(state_after(buffer_span(&empty), ID, &rcode), AXFR_MALFORMED);
	assert_int_equal(state_after(buffer_span(&good), ID + 1, &rcode), AXFR_MALFORMED);
	assert_int_equal(state_after(SPAN("\0\0\0\0"), ID, &rcode), AXFR_MALFORMED);
	assert_int_equal(state_after(SPAN("HTTP/1.1 400 Bad Request\r\n"), ID, &rcode), AXFR_OPEN);
	struct axfr_reader reader = axfr_reader_new(SPAN("example.org"), ID, refuse, NULL);
	assert_int_equal(axfr_reader_take(&reader, buffer_span(&good)), AXFR_STOPPED);
	axfr_reader_free(&reader);
	buffer_free(&refused);
	buffer_free(&empty);
	buffer_free(&good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
