/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Endpoints: keys, look-ups, and the way into the replay file and back. */
#include "unit.h"

#include "facts/load.h"
#include "facts/wants.h"

static void test_subject(void **state)
{
	static const struct {
		struct span subject;
		bool is_ok;
	} rows[] = {
		{SPAN_INIT("192.0.2.1 25 mx.example.org"), true},
		{SPAN_INIT("2001:db8::1 65535 mx"), true},
		{SPAN_INIT("192.0.2.1 25"), false},
		{SPAN_INIT("192.0.2.1 25 "), false},
		{SPAN_INIT("192.0.2.1 65536 mx"), false},
		{SPAN_INIT("192.0.2.256 25 mx"), false},
		{SPAN_INIT("192.0.2.1 25 mx example"), false},
		{SPAN_INIT(""), false},
	};
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].subject.ptr;
		struct network address;
		uint16_t port;
		struct span host;
		bool is_ok = endpoint_subject_parse(rows[i].subject, &address, &port, &host);
		assert_row_int(name, is_ok, rows[i].is_ok);
		if (is_ok) {
			assert_row_span(name, endpoint_subject(arena, address, port, host),
					rows[i].subject);
		}
	}
	arena_free(arena);
}

static void test_probe_words(void **state)
{
	(void)state;
	for (int reason = 0; reason < PROBE_REASON_COUNT; reason++) {
		struct probe probe = probe_unknown((enum probe_reason)reason);
		struct probe again = probe_of(true);
		assert_true(probe_parse(span_of_string(probe_name(probe)), &again));
		assert_row_int(probe_name(probe), again.answer, PROBE_UNKNOWN);
		assert_row_int(probe_name(probe), again.reason, reason);
	}
	struct probe probe;
	assert_true(probe_parse(SPAN("yes"), &probe) && probe_is_yes(probe));
	assert_true(probe_parse(SPAN("no"), &probe) && probe_is_no(probe));
	assert_false(probe_parse(SPAN("maybe"), &probe));
}

/* Everything that can be told of an endpoint, told. */
static struct smtp_endpoint full_endpoint(void)
{
	static struct span keywords[] = {SPAN_INIT("STARTTLS"), SPAN_INIT("SIZE 1000")};
	static uint32_t accepted[] = {0xc02f, 0x009e};
	static uint32_t refused[] = {0x0005, 0x010080};
	static uint16_t groups[] = {0x11ec, 0x001d};
	static struct endpoint_dh dh[] = {{0x0303, 0x009e, 1024, 0}};
	static struct span chain[] = {SPAN_INIT("\x30\x00leaf"), SPAN_INIT("\x30\x01root")};
	static struct endpoint_presentation presentations[] = {
		{.asked = SPAN_INIT("rsa"),
		 .has_sni = true,
		 .version = 0x0304,
		 .suite = 0x1302,
		 .group = 0x001d,
		 .signature = SPAN_INIT("rsa_pss_rsae_sha256"),
		 .chain = chain,
		 .chain_count = 2,
		 .is_trusted = {PROBE_NO, PROBE_NOT_ASKED},
		 .trust_error = SPAN_INIT("self-signed certificate"),
		 .ocsp = SPAN_INIT("\x30\xff"),
		 .asks_certificate = {PROBE_YES, PROBE_NOT_ASKED},
		 .early_data_bytes = 16384,
		 .ehlo = {{250, SPAN_INIT("mx.example.org")}, keywords + 1, 1, false},
		 .outer_name = SPAN_INIT("proxy.example.org")},
		{.asked = SPAN_INIT("any"),
		 .is_raw = true,
		 .version = 0x0300,
		 .chain = chain,
		 .chain_count = 1,
		 .is_chain_cut = true,
		 .is_trusted = {PROBE_YES, PROBE_NOT_ASKED},
		 .trusted_from = 1700000000,
		 .trusted_until = 1800000000},
	};
	return (struct smtp_endpoint){
		.address = SPAN_INIT("2001:db8::1"),
		.port = 2525,
		.name = SPAN_INIT("mx.example.org"),
		.plan = ENDPOINT_FULL,
		.reach = ENDPOINT_CONNECTED,
		.connections = 36,
		.throttles = 2,
		.connect_ms = 0,
		.greeting_ms = -1,
		.greeting = ENDPOINT_GREETING_READY,
		.banner = {220, SPAN_INIT("mx.example.org ESMTP")},
		.ehlo = {{250, SPAN_INIT("mx.example.org")}, keywords, 2, true},
		.starttls = ENDPOINT_STARTTLS_WORKS,
		.starttls_reason = PROBE_THROTTLED,
		.starttls_reply = {220, SPAN_INIT("go on")},
		.starttls_offered = 35,
		.starttls_missing = 1,
		.injection = {PROBE_NO, PROBE_NOT_ASKED},
		.versions = {{.version = 0x0002, .is_accepted = {PROBE_NO, PROBE_NOT_ASKED}},
			     {.version = 0x0300, .is_accepted = {PROBE_UNKNOWN, PROBE_TIMEOUT}},
			     {.version = 0x0301},
			     {.version = 0x0302},
			     {.version = 0x0303,
			      .is_accepted = {PROBE_YES, PROBE_NOT_ASKED},
			      .suites = {accepted, 2, refused, 2},
			      .is_complete = true,
			      .best_first = 0xc02f,
			      .worst_first = 0x009e},
			     {.version = 0x0304}},
		.groups13 = {groups, 2, groups + 1, 1, 0x11ec, true, {PROBE_YES, PROBE_NOT_ASKED}},
		.dh = dh,
		.dh_count = 1,
		.compression = {PROBE_UNKNOWN, PROBE_CLOSED},
		.renegotiations = 11,
		.presentations = presentations,
		.presentation_count = 2,
		.handshake_error = SPAN_INIT("unsupported protocol"),
	};
}

/* Writes a fact, reads it, writes it again. */
static void write_twice(const struct fact *fact, struct buffer *first, struct buffer *second)
{
	facts_write_fact(fact, first);
	assert_false(first->is_failed);
	struct facts *facts = facts_new(0);
	struct failure failure = {0};
	int r = facts_load_line(facts, buffer_span(first), &failure);
	assert_string_equal(failure.detail, "");
	assert_int_equal(r, 0);
	assert_int_equal(facts_count(facts), 1);
	facts_write_fact(facts_at(facts, 0), second);
	facts_free(facts);
}

static void test_round_trip(void **state)
{
	struct smtp_endpoint endpoint = full_endpoint();
	struct smtp_endpoint refused = {.reach = ENDPOINT_REFUSED, .connect_ms = -1};
	for (uint16_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		refused.versions[i].version = (uint16_t)(i == 0 ? 2 : 0x02ff + i);
	}
	const struct fact rows[] = {
		{.key = {FACT_ENDPOINT, 0, SPAN_INIT("2001:db8::1 2525 mx.example.org")},
		 .observed_at = 1700000000,
		 .source = SPAN_INIT("192.0.2.9"),
		 .endpoint = &endpoint},
		{.key = {FACT_ENDPOINT, 0, SPAN_INIT("192.0.2.1 25 mx.example.org")},
		 .state = FACT_ABSENT,
		 .endpoint = &refused},
		{.key = {FACT_ENDPOINT, 0, SPAN_INIT("127.0.0.1 25 mx.example.org")},
		 .state = FACT_NOT_OBSERVED,
		 .failure = FACT_FAILURE_FILTERED,
		 .detail = SPAN_INIT("loopback")},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer first = buffer_new(FACTS_LINE_MAX);
		struct buffer second = buffer_new(FACTS_LINE_MAX);
		write_twice(&rows[i], &first, &second);
		assert_row_span("again", buffer_span(&second), buffer_span(&first));
		buffer_free(&first);
		buffer_free(&second);
	}
}

/* The strict reader says which key it cannot read. */
static void test_refused(void **state)
{
	static const struct {
		const char *line;
		const char *complaint;
	} rows[] = {
		{"{\"kind\":\"smtp\",\"state\":\"present\",\"name\":\"mx\",\"address\":\"192.0.2."
		 "1\","
		 "\"port\":25}",
		 "\"endpoint\" is missing"},
		{"{\"kind\":\"smtp\",\"state\":\"present\",\"name\":\"mx\",\"address\":\"mx\","
		 "\"port\":25}",
		 "\"address\" is not an address"},
		{"{\"kind\":\"smtp\",\"state\":\"present\",\"name\":\"mx\",\"address\":\"192.0.2."
		 "1\","
		 "\"port\":65536}",
		 "\"port\" is not a number in range"},
		{"{\"kind\":\"smtp\",\"state\":\"present\",\"name\":\"mx\",\"address\":\"192.0.2."
		 "1\","
		 "\"port\":25,\"endpoint\":{\"plan\":\"huge\"}}",
		 "\"plan\" is not a word we know"},
		{"{\"kind\":\"smtp\",\"state\":\"present\",\"name\":\"mx\",\"address\":\"192.0.2."
		 "1\","
		 "\"port\":25,\"endpoint\":[]}",
		 "\"endpoint\" is not an object"},
		{"{\"kind\":\"imap\",\"state\":\"present\",\"name\":\"mx\"}",
		 "\"kind\" is not a kind this version knows"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts *facts = facts_new(0);
		struct failure failure = {0};
		int r = facts_load_line(facts, span_of_string(rows[i].line), &failure);
		assert_row_int(rows[i].complaint, r, FAILURE_INPUT);
		assert_string_equal(failure.detail, rows[i].complaint);
		facts_free(facts);
	}
}

/* Each allocation of a copy may fail; the flag says so and nothing crashes. */
static void test_copy_out_of_memory(void **state)
{
	(void)state;
	struct smtp_endpoint endpoint = full_endpoint();
	size_t failures = 0;
	for (size_t successes = 0; successes < 1000; successes++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		arena_fail_after(arena, successes);
		const struct smtp_endpoint *copy = endpoint_copy(arena, &endpoint);
		arena_free(arena);
		if (copy != NULL) {
			break;
		}
		failures++;
	}
	assert_in_range(failures, 20, 200);
}

static void test_look_ups(void **state)
{
	(void)state;
	struct smtp_endpoint endpoint = full_endpoint();
	const struct endpoint_version *tls12 = endpoint_version_at(&endpoint, 0x0303);
	assert_true(probe_is_yes(endpoint_suite(tls12, 0x009e)));
	assert_true(probe_is_no(endpoint_suite(tls12, 0x0005)));
	assert_int_equal(endpoint_suite(tls12, 0x0001).reason, PROBE_NOT_ASKED);
	const struct endpoint_version *ssl3 = endpoint_version_at(&endpoint, 0x0300);
	assert_int_equal(endpoint_suite(ssl3, 0x0005).reason, PROBE_TIMEOUT);
	const struct endpoint_version *ssl2 = endpoint_version_at(&endpoint, 0x0002);
	assert_true(probe_is_no(endpoint_suite(ssl2, 0x010080)));
	assert_null(endpoint_version_at(&endpoint, 0x0305));
	assert_true(probe_is_yes(endpoint_group(&endpoint.groups13, 0x11ec)));
	assert_int_equal(endpoint_group(&endpoint.groups13, 0x0017).answer, PROBE_UNKNOWN);
	assert_true(endpoint_has_keyword(&endpoint.ehlo, SPAN("size")));
	assert_true(endpoint_has_keyword(&endpoint.ehlo, SPAN("starttls")));
	assert_false(endpoint_has_keyword(&endpoint.ehlo, SPAN("START")));
}

static void test_inquire(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct facts *facts = facts_new(0);
	struct wants wants = wants_new(arena);
	struct inquiry inquiry = {facts, &wants};
	struct network address;
	assert_true(network_parse_address(SPAN("192.0.2.1"), &address));
	const struct fact *fact = inquire_endpoint(&inquiry, address, 25, SPAN("mx.example.org"));
	assert_int_equal(fact->state, FACT_WANTED);
	assert_int_equal(inquire_policy(&inquiry, SPAN("example.org"))->state, FACT_WANTED);
	inquire_dns(&inquiry, SPAN("example.org"), 0);
	assert_int_equal(wants_count(&wants), 3);
	assert_row_span("text", fact_key_text(arena, wants_at(&wants, 0)),
			SPAN("192.0.2.1 25 mx.example.org"));
	assert_row_span("text", fact_key_text(arena, wants_at(&wants, 1)),
			SPAN("example.org policy"));
	facts_free(facts);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subject),
		cmocka_unit_test(test_probe_words),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_copy_out_of_memory),
		cmocka_unit_test(test_look_ups),
		cmocka_unit_test(test_inquire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
