/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What makes two observations the same, and what does not. */
#include "unit.h"

#include "facts/identity.h"
#include "facts/load.h"

/* Reads both lines as a replay file has them and compares what they say. */
static bool is_same(const char *row, const char *one, const char *other)
{
	struct facts *first = facts_new(0);
	struct facts *second = facts_new(0);
	struct failure failure = {0};
	struct buffer a = buffer_new(FACTS_LINE_MAX);
	struct buffer b = buffer_new(FACTS_LINE_MAX);
	assert_row_int(row, facts_load_line(first, span_of_string(one), &failure), 0);
	assert_row_int(row, facts_load_line(second, span_of_string(other), &failure), 0);
	fact_write_identity(facts_at(first, 0), &a);
	fact_write_identity(facts_at(second, 0), &b);
	assert_row_int(row, a.is_failed || b.is_failed, 0);
	bool same = span_equal(buffer_span(&a), buffer_span(&b));
	buffer_free(&a);
	buffer_free(&b);
	facts_free(first);
	facts_free(second);
	return same;
}

#define DNS(type, rest) "{\"kind\":\"dns\",\"name\":\"example.org\",\"type\":\"" type "\"," rest "}"
#define SEEN(time) "\"source\":\"recursion\",\"time\":\"" time "\",\"dnssec\":\"insecure\""
#define VERSION(number) "{\"version\":" number ",\"accepted\":\"yes\"}"
#define ENDPOINT(rest)                                                                             \
	"{\"kind\":\"smtp\",\"name\":\"mx.example.org\",\"address\":\"192.0.2.1\",\"port\":25,"    \
	"\"state\":\"present\",\"endpoint\":{\"plan\":\"quick\",\"reach\":\"connected\"," rest     \
	",\"probes\":{},\"versions\":[" VERSION("2") "," VERSION("768") "," VERSION(               \
		"769") "," VERSION("770") "," VERSION("771") "," VERSION("772") "],\"groups12\":{" \
										"},\"groups13\":{" \
										"},"               \
										"\"dh\":[],"       \
										"\"presentations"  \
										"\":[]}}"

static void test_rows(void **state)
{
	static const struct {
		const char *name;
		const char *one;
		const char *other;
		bool is_same;
	} rows[] = {
		{"time and TTL",
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":300,\"records\":[\"192.0.2."
			  "1\"]," SEEN("2026-11-23T00:00:00Z")),
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":17,\"records\":[\"192.0.2.1\"]"
			  "," SEEN("2026-11-24T00:00:00Z")),
		 true},
		{"order of records",
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,"
			  "\"records\":[\"192.0.2.1\",\"192.0.2.2\"],\"dnssec\":\"insecure\""),
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,"
			  "\"records\":[\"192.0.2.2\",\"192.0.2.1\"],\"dnssec\":\"insecure\""),
		 true},
		{"another address",
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,\"records\":[\"192.0.2.1\"],"
			  "\"dnssec\":\"insecure\""),
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,\"records\":[\"192.0.2.3\"],"
			  "\"dnssec\":\"insecure\""),
		 false},
		{"no longer signed",
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,\"records\":[\"192.0.2.1\"],"
			  "\"dnssec\":\"secure\""),
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,\"records\":[\"192.0.2.1\"],"
			  "\"dnssec\":\"insecure\""),
		 false},
		{"serial number of a zone",
		 DNS("SOA", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,"
			    "\"records\":[\"a. b. 1 2 3 4 5\"],\"dnssec\":\"insecure\""),
		 DNS("SOA", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,"
			    "\"records\":[\"a. b. 2 2 3 4 5\"],\"dnssec\":\"insecure\""),
		 true},
		{"gone",
		 DNS("A", "\"state\":\"present\",\"rcode\":0,\"ttl\":1,\"records\":[\"192.0.2.1\"],"
			  "\"dnssec\":\"insecure\""),
		 DNS("A", "\"state\":\"absent\",\"rcode\":0,\"nxdomain\":false,\"ttl\":1,"
			  "\"dnssec\":\"insecure\""),
		 false},
		{"greeting with the time of day, and how long it took",
		 ENDPOINT("\"connections\":3,\"connect_ms\":5,\"greeting\":\"ready\","
			  "\"banner\":{\"code\":220,\"text\":\"mx Mon, 23 Nov\"},"
			  "\"starttls\":\"works\""),
		 ENDPOINT("\"connections\":4,\"connect_ms\":9,\"greeting\":\"ready\","
			  "\"banner\":{\"code\":220,\"text\":\"mx Tue, 24 Nov\"},"
			  "\"starttls\":\"works\""),
		 true},
		{"STARTTLS has gone",
		 ENDPOINT("\"connections\":3,\"greeting\":\"ready\",\"starttls\":\"works\""),
		 ENDPOINT("\"connections\":3,\"greeting\":\"ready\",\"starttls\":\"absent\""),
		 false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].name, is_same(rows[i].name, rows[i].one, rows[i].other),
			       rows[i].is_same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
