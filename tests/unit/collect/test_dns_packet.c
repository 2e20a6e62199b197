/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DNS messages, whole and broken. */
#include "unit.h"

#include "wire.h"

#define HEADER(questions, answers) "\x12\x34\x81\x80\0" questions "\0" answers "\0\0\0\0"
#define QUESTION "\1a\3org\0\0\20\0\1"

static void test_malformed(void **state)
{
	static const struct {
		const char *name;
		struct span message;
		bool is_ok;
	} rows[] = {
		{"question only", SPAN_INIT(HEADER("\1", "\0") QUESTION), true},
		{"empty", SPAN_INIT(""), false},
		{"header cut off", SPAN_INIT("\x12\x34\x81\x80\0\1\0\0\0\0\0"), false},
		{"no question", SPAN_INIT(HEADER("\0", "\0")), false},
		{"two questions", SPAN_INIT(HEADER("\2", "\0") QUESTION QUESTION), false},
		{"question cut off", SPAN_INIT(HEADER("\1", "\0") "\1a\3or"), false},
		{"question of class CHAOS", SPAN_INIT(HEADER("\1", "\0") "\1a\0\0\20\0\3"), false},
		{"answer missing", SPAN_INIT(HEADER("\1", "\1") QUESTION), false},
		{"answer's name points at itself",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x17\0\20\0\1\0\0\1\54\0\2\1x"), false},
		{"answer's name points forward",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x30\0\20\0\1\0\0\1\54\0\2\1x"), false},
		{"answer's data cut off",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x0c\0\20\0\1\0\0\1\54\0\3\1x"), false},
		{"answer",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x0c\0\20\0\1\0\0\1\54\0\2\1x"), true},
		{"octets behind the last record",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x0c\0\20\0\1\0\0\1\54\0\2\1xzz"),
		 true},
		{"CNAME data with a pointer out of the message",
		 SPAN_INIT(HEADER("\1", "\1") QUESTION "\xc0\x0c\0\5\0\1\0\0\1\54\0\2\xcf\xff"),
		 false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
		struct dns_packet packet;
		bool is_ok = dns_packet_read(arena, rows[i].message, &packet);
		assert_row_int(rows[i].name, is_ok, rows[i].is_ok);
		if (is_ok) {
			assert_row_int(rows[i].name, packet.id, 0x1234);
			assert_row_span(rows[i].name, packet.question_name, SPAN("a.org"));
		}
		arena_free(arena);
	}
}

static void test_sections_and_flags(void **state)
{
	static const struct wire_record records[] = {
		{DNS_SECTION_ANSWER, "a.org", RR_A, 0x80000001u, "192.0.2.1", 0},
		{DNS_SECTION_AUTHORITY, "org", RR_NS, 60, "ns.org", 0},
		{DNS_SECTION_ADDITIONAL, "ns.org", RR_A, 61, "192.0.2.2", 3},
		{.owner = NULL},
	};
	(void)state;
	struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
	/* QR AA TC, rcode 5 */
	struct buffer wire = wire_message(arena, 0x8605, "a.org", RR_A, records);
	struct dns_packet packet;
	assert_false(wire.is_failed);
	assert_true(dns_packet_read(arena, buffer_span(&wire), &packet));
	assert_true(packet.is_response && packet.is_authoritative && packet.is_truncated);
	assert_int_equal(packet.rcode, DNS_RCODE_REFUSED);
	assert_int_equal(packet.records.len, 3);
	/* RFC 2181 8 */
	assert_int_equal(dns_packet_at(&packet, 0)->ttl, 0);
	assert_int_equal(dns_packet_at(&packet, 1)->section, DNS_SECTION_AUTHORITY);
	assert_int_equal(dns_packet_at(&packet, 1)->ttl, 60);
	assert_int_equal(dns_packet_at(&packet, 2)->class, 3);
	assert_row_span("owner", dns_packet_at(&packet, 2)->owner, SPAN("ns.org"));
	buffer_free(&wire);
	arena_free(arena);
}

static void test_question(void **state)
{
	(void)state;
	const struct fact_key key = {FACT_DNS, RR_TXT, SPAN_INIT("a.org")};
	struct buffer message = buffer_new(LIMIT_DNS_MESSAGE);
	dns_packet_write_question(&message, 0x0102, key, /* is_recursive */ true);
	assert_row_span("to a resolver", buffer_span(&message),
			SPAN("\1\2\1\20\0\1\0\0\0\0\0\0\1a\3org\0\0\20\0\1"));
	buffer_clear(&message);
	dns_packet_write_question(&message, 0x0102, key, /* is_recursive */ false);
	assert_row_span("to a name server", buffer_span(&message),
			SPAN("\1\2\0\0\0\1\0\0\0\0\0\0\1a\3org\0\0\20\0\1"));
	buffer_free(&message);
}

static void test_out_of_memory(void **state)
{
	static const struct wire_record records[] = {
		{DNS_SECTION_ANSWER, "a.org", RR_TXT, 1, "\"x\"", 0},
		{.owner = NULL},
	};
	(void)state;
	struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
	struct buffer wire = wire_message(arena, WIRE_RESPONSE, "a.org", RR_TXT, records);
	struct dns_packet packet;
	bool is_ok = false;
	size_t successes = 0;
	for (; !is_ok && successes < 100; successes++) {
		arena_reset(arena);
		arena_fail_after(arena, successes);
		is_ok = dns_packet_read(arena, buffer_span(&wire), &packet);
	}
	assert_true(is_ok);
	assert_true(successes > 2);
	buffer_free(&wire);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_sections_and_flags),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
