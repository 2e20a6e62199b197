/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One answer out of the records of a message. */
#include "unit.h"

#include "collect/dns_answer.h"
#include "wire.h"

#define AN DNS_SECTION_ANSWER
#define NS DNS_SECTION_AUTHORITY
#define SOA_DATA "ns.org hostmaster.org 1 2 3 4 60"
#define MAX_RECORDS 6

struct row {
	const char *name;
	const char *question;
	uint16_t type;
	unsigned flags;
	struct wire_record records[MAX_RECORDS];
	enum dns_answer_result result;
	size_t record_count;
	const char *end; /* the last CNAME, or NULL */
	uint32_t ttl;
};

static const struct row rows[] = {
	{"one record",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 NULL,
	 300},
	{"upper case in the answer",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "A.ORG", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 NULL,
	 300},
	{"the least TTL counts",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_A, 300, "192.0.2.1", 0}, {AN, "a.org", RR_A, 30, "192.0.2.2", 0}},
	 DNS_ANSWER_PRESENT,
	 2,
	 NULL,
	 30},
	{"records of other names, types and classes",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "b.org", RR_A, 1, "192.0.2.1", 0},
	  {AN, "a.org", RR_TXT, 1, "x", 0},
	  {AN, "a.org", RR_A, 1, "192.0.2.3", 3},
	  {AN, "a.org", RR_A, 300, "192.0.2.4", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 NULL,
	 300},
	{"records outside of the answer section",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{DNS_SECTION_ADDITIONAL, "a.org", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_NODATA,
	 0,
	 NULL,
	 0},
	{"chain of two",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_CNAME, 50, "b.org", 0},
	  {AN, "b.org", RR_CNAME, 40, "c.org", 0},
	  {AN, "c.org", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 "c.org",
	 40},
	{"chain in the wrong order",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "c.org", RR_A, 300, "192.0.2.1", 0},
	  {AN, "b.org", RR_CNAME, 40, "c.org", 0},
	  {AN, "a.org", RR_CNAME, 50, "b.org", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 "c.org",
	 40},
	{"asked for the CNAME",
	 "a.org",
	 RR_CNAME,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_CNAME, 50, "b.org", 0}},
	 DNS_ANSWER_PRESENT,
	 1,
	 NULL,
	 50},
	{"NODATA: the SOA's MINIMUM",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{NS, "org", RR_SOA, 900, SOA_DATA, 0}},
	 DNS_ANSWER_NODATA,
	 0,
	 NULL,
	 60},
	{"NODATA: the SOA's own TTL",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{NS, "org", RR_SOA, 20, SOA_DATA, 0}},
	 DNS_ANSWER_NODATA,
	 0,
	 NULL,
	 20},
	{"NODATA without SOA",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{.owner = NULL}},
	 DNS_ANSWER_NODATA,
	 0,
	 NULL,
	 0},
	{"NODATA at the end of a chain",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_CNAME, 50, "b.org", 0}, {NS, "org", RR_SOA, 900, SOA_DATA, 0}},
	 DNS_ANSWER_NODATA,
	 0,
	 "b.org",
	 50},
	{"NXDOMAIN",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE | 3,
	 {{NS, "org", RR_SOA, 900, SOA_DATA, 0}},
	 DNS_ANSWER_NXDOMAIN,
	 0,
	 NULL,
	 60},
	{"CNAME to nowhere",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE | 3,
	 {{AN, "a.org", RR_CNAME, 50, "b.org", 0}, {NS, "org", RR_SOA, 900, SOA_DATA, 0}},
	 DNS_ANSWER_NXDOMAIN,
	 0,
	 "b.org",
	 50},
	{"CNAME to itself",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_CNAME, 50, "a.org", 0}},
	 DNS_ANSWER_LOOP,
	 0,
	 "a.org",
	 0},
	{"CNAMEs in a circle",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_CNAME, 50, "b.org", 0}, {AN, "b.org", RR_CNAME, 50, "a.org", 0}},
	 DNS_ANSWER_LOOP,
	 0,
	 "a.org",
	 0},
	{"SERVFAIL",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE | 2,
	 {{.owner = NULL}},
	 DNS_ANSWER_ERROR,
	 0,
	 NULL,
	 0},
	{"REFUSED with records",
	 "a.org",
	 RR_A,
	 WIRE_RESPONSE | 5,
	 {{AN, "a.org", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_ERROR,
	 0,
	 NULL,
	 0},
	{"another name's answer",
	 "b.org",
	 RR_A,
	 WIRE_RESPONSE,
	 {{AN, "b.org", RR_A, 300, "192.0.2.1", 0}},
	 DNS_ANSWER_MALFORMED,
	 0,
	 NULL,
	 0},
	{"another type's answer",
	 "a.org",
	 RR_AAAA,
	 WIRE_RESPONSE,
	 {{AN, "a.org", RR_AAAA, 300, "2001:db8::1", 0}},
	 DNS_ANSWER_MALFORMED,
	 0,
	 NULL,
	 0},
	{"a question", "a.org", RR_A, 0x0100, {{.owner = NULL}}, DNS_ANSWER_MALFORMED, 0, NULL, 0},
};

static uint16_t asked_type(const struct row *row)
{
	return row->type == RR_CNAME ? RR_CNAME : RR_A;
}

static void check_row(const struct row *row)
{
	struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
	struct wire_record records[MAX_RECORDS + 1] = {{0}};
	memcpy(records, row->records, sizeof(row->records));
	struct buffer wire = wire_message(arena, row->flags, row->question, row->type, records);
	const struct fact_key key = {FACT_DNS, asked_type(row), SPAN_INIT("a.org")};
	struct dns_answer answer = {0};
	assert_row_int(row->name, wire.is_failed, false);
	assert_row_int(row->name, dns_answer_read(arena, key, buffer_span(&wire), &answer),
		       row->result);
	if (row->result != DNS_ANSWER_MALFORMED && row->result != DNS_ANSWER_ERROR) {
		assert_row_int(row->name, answer.record_count, row->record_count);
		assert_row_int(row->name, answer.ttl, row->ttl);
		assert_row_int(row->name, answer.is_nxdomain, row->result == DNS_ANSWER_NXDOMAIN);
		assert_row_int(row->name, answer.cname_count > 0, row->end != NULL);
		assert_row_int(row->name, answer.answer_bytes, wire.len);
		assert_row_span(row->name, answer.packet, buffer_span(&wire));
	}
	if (row->end != NULL) {
		assert_row_span(row->name, answer.cnames[answer.cname_count - 1],
				span_of_string(row->end));
	}
	buffer_free(&wire);
	arena_free(arena);
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i]);
	}
}

static void test_long_chain(void **state)
{
	(void)state;
	for (size_t length = DNS_ANSWER_MAX_CNAMES; length <= DNS_ANSWER_MAX_CNAMES + 1; length++) {
		struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
		struct wire_record records[WIRE_MAX_RECORDS] = {{0}};
		for (size_t i = 0; i < length; i++) {
			struct span owner = arena_printf(arena, "n%zu", i);
			struct span target = arena_printf(arena, "n%zu", i + 1);
			records[i] =
				(struct wire_record){AN, owner.ptr, RR_CNAME, 9, target.ptr, 0};
		}
		struct buffer wire = wire_message(arena, WIRE_RESPONSE, "n0", RR_A, records);
		const struct fact_key key = {FACT_DNS, RR_A, SPAN_INIT("n0")};
		struct dns_answer answer;
		enum dns_answer_result result =
			dns_answer_read(arena, key, buffer_span(&wire), &answer);
		assert_int_equal(result, length > DNS_ANSWER_MAX_CNAMES ? DNS_ANSWER_LOOP
									: DNS_ANSWER_NODATA);
		assert_int_equal(answer.cname_count, DNS_ANSWER_MAX_CNAMES);
		buffer_free(&wire);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_long_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
