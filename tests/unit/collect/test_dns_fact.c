/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the engine brought back, as facts. */
#include "unit.h"

#include "collect/dns_fact.h"
#include "wire.h"

#define EXPIRED "signature expired from 192.0.2.1 for key a.org. while building chain of trust"
#define NO_ROOT "no DNSKEY rrset for trust anchor . while building chain of trust"

static void test_trim_why(void **state)
{
	static const struct {
		const char *name;
		struct span raw;
		struct span trimmed;
	} rows[] = {
		{"nothing", SPAN_INIT(""), SPAN_INIT("")},
		{"bare", SPAN_INIT(EXPIRED), SPAN_INIT(EXPIRED)},
		{"first look-up", SPAN_INIT("validation failure <a.org. A IN>: " EXPIRED),
		 SPAN_INIT(EXPIRED)},
		{"second look-up",
		 SPAN_INIT("validation failure <b.a.org. A IN>: key for validation a.org. is "
			   "marked as "
			   "invalid because of a previous validation failure <a.org. A "
			   "IN>: " EXPIRED),
		 SPAN_INIT(EXPIRED)},
		{"no end of the name", SPAN_INIT("validation failure <a.org"),
		 SPAN_INIT("validation failure <a.org")},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].name, dns_fact_trim_why(rows[i].raw), rows[i].trimmed);
	}
}

enum packet { NO_PACKET, GOOD, NODATA, GARBAGE, LOOP };

struct row {
	const char *name;
	struct dns_ask ask; /* without key and packet */
	enum packet packet;
	bool is_unchecked;
	enum fact_state state;
	enum fact_failure failure;
	enum dnssec_status dnssec; /* when has_dns */
	bool has_dns;
};

static const struct row rows[] = {
	{"secure",
	 {.state = DNS_ASK_ANSWERED, .is_secure = true},
	 GOOD,
	 false,
	 FACT_PRESENT,
	 FACT_FAILURE_NONE,
	 DNSSEC_SECURE,
	 true},
	{"insecure",
	 {.state = DNS_ASK_ANSWERED},
	 GOOD,
	 false,
	 FACT_PRESENT,
	 FACT_FAILURE_NONE,
	 DNSSEC_INSECURE,
	 true},
	{"unchecked",
	 {.state = DNS_ASK_ANSWERED},
	 GOOD,
	 true,
	 FACT_PRESENT,
	 FACT_FAILURE_NONE,
	 DNSSEC_UNCHECKED,
	 true},
	{"absent",
	 {.state = DNS_ASK_ANSWERED, .is_secure = true},
	 NODATA,
	 false,
	 FACT_ABSENT,
	 FACT_FAILURE_NONE,
	 DNSSEC_SECURE,
	 true},
	{"bogus data is kept",
	 {.state = DNS_ASK_ANSWERED,
	  .is_bogus = true,
	  .why_bogus = SPAN_INIT("validation failure <a.org. A IN>: " EXPIRED)},
	 GOOD,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_BOGUS,
	 DNSSEC_BOGUS,
	 true},
	{"bogus absence is no absence",
	 {.state = DNS_ASK_ANSWERED, .is_bogus = true},
	 NODATA,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_BOGUS,
	 DNSSEC_BOGUS,
	 true},
	{"bogus without data",
	 {.state = DNS_ASK_FAILED, .is_bogus = true},
	 NO_PACKET,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_BOGUS,
	 DNSSEC_BOGUS,
	 true},
	{"the root fails: not the domain's fault",
	 {.state = DNS_ASK_ANSWERED,
	  .is_bogus = true,
	  .why_bogus = SPAN_INIT("validation failure <a.org. A IN>: " NO_ROOT)},
	 GOOD,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_NETWORK,
	 DNSSEC_UNCHECKED,
	 false},
	{"failed",
	 {.state = DNS_ASK_FAILED},
	 NO_PACKET,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_SERVFAIL,
	 DNSSEC_UNCHECKED,
	 false},
	{"timed out",
	 {.state = DNS_ASK_TIMED_OUT},
	 NO_PACKET,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_TIMEOUT,
	 DNSSEC_UNCHECKED,
	 false},
	{"stopped",
	 {.state = DNS_ASK_STOPPED},
	 NO_PACKET,
	 false,
	 FACT_NOT_OBSERVED,
	 FACT_FAILURE_INTERRUPTED,
	 DNSSEC_UNCHECKED,
	 false},
	{"not a name",
	 {.state = DNS_ASK_REFUSED},
	 NO_PACKET,
	 false,
	 FACT_NOT_OBSERVED,
	 FACT_FAILURE_NOT_ASKED,
	 DNSSEC_UNCHECKED,
	 false},
	{"garbage",
	 {.state = DNS_ASK_ANSWERED, .is_secure = true},
	 GARBAGE,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_MALFORMED,
	 DNSSEC_UNCHECKED,
	 false},
	{"circle",
	 {.state = DNS_ASK_ANSWERED, .is_secure = true},
	 LOOP,
	 false,
	 FACT_FAILED,
	 FACT_FAILURE_MALFORMED,
	 DNSSEC_UNCHECKED,
	 false},
};

static const struct wire_record packets[][2] = {
	[GOOD] = {{DNS_SECTION_ANSWER, "a.org", RR_A, 300, "192.0.2.1", 0}},
	[LOOP] = {{DNS_SECTION_ANSWER, "a.org", RR_CNAME, 300, "a.org", 0}},
	[NODATA] = {{DNS_SECTION_AUTHORITY, "org", RR_SOA, 300, "ns.org h.org 1 2 3 4 60", 0}},
};

static void check_row(const struct row *row)
{
	struct arena *arena = arena_new(DNS_PACKET_ARENA_BYTES);
	struct dns_ask ask = row->ask;
	ask.key = (struct fact_key){FACT_DNS, RR_A, SPAN_INIT("a.org")};
	struct buffer wire = buffer_new(LIMIT_DNS_MESSAGE);
	if (row->packet == GARBAGE) {
		ask.packet = SPAN("garbage");
	} else if (row->packet != NO_PACKET) {
		wire = wire_message(arena, WIRE_RESPONSE, "a.org", RR_A, packets[row->packet]);
		assert_row_int(row->name, wire.is_failed, false);
		ask.packet = buffer_span(&wire);
	}
	const struct dns_fact_frame frame = {SPAN_INIT("recursion"), 1795444000,
					     !row->is_unchecked};
	struct fact fact = dns_fact_of_ask(arena, &ask, &frame);
	assert_row_int(row->name, fact.state, row->state);
	assert_row_int(row->name, fact.failure, row->failure);
	assert_row_int(row->name, fact.dns != NULL, row->has_dns);
	assert_row_int(row->name, fact.observed_at,
		       row->state == FACT_NOT_OBSERVED ? 0 : 1795444000);
	if (row->has_dns) {
		assert_row_int(row->name, fact.dns->dnssec, row->dnssec);
		assert_row_int(row->name, fact.dns->record_count, row->packet == GOOD);
	}
	if (row->failure == FACT_FAILURE_BOGUS && ask.why_bogus.len > 0) {
		assert_row_span(row->name, fact.dns->why_bogus, SPAN(EXPIRED));
	}
	buffer_free(&wire);
	arena_free(arena);
}

static void test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trim_why),
		cmocka_unit_test(test_facts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
