/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Authentication-Results: what is written can only be read one way; forged lines are found. */
#include "unit.h"

#include "message/feed.h"

static void test_hazard_7_injection(void **state)
{
	static const struct span values[] = {
		SPAN_INIT("plain.example"),
		SPAN_INIT("a@b.example"),
		SPAN_INIT("@b.example"),
		SPAN_INIT(""),
		SPAN_INIT("bank.example'a.evil.example"),
		SPAN_INIT("bank.example(a.evil.example"),
		SPAN_INIT("bank.example\"a.evil.example"),
		SPAN_INIT("bank.example; dkim=pass header.d=bank.example"),
		SPAN_INIT("any@bank.example'@any.evil.example"),
		SPAN_INIT("a@b@c"),
		SPAN_INIT("back\\slash\\"),
		SPAN_INIT("AbC+/=="),
		SPAN_INIT("b\xc3\xbc.example"),
	};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct arena *arena = arena_new(FEED_ARENA_BYTES);
		struct buffer text = buffer_new(10000);
		struct authentication_results results;
		struct authentication_writer writer =
			authentication_writer_begin_bare(&text, SPAN("mx.example"));
		authentication_write_result(&writer, "spf", "pass");
		authentication_write_reason(&writer, values[i]);
		authentication_write_property(&writer, "smtp", "mailfrom", values[i]);
		authentication_write_result(&writer, "dkim", "fail");
		authentication_writer_end(&writer);
		assert_true(authentication_results_parse(arena, buffer_span(&text), &results));
		assert_int_equal(results.results.len, 2);
		assert_true(results.is_strict);
		const struct authentication_result *result =
			VECTOR_AT(&results.results, struct authentication_result, 0);
		assert_int_equal(result->properties.len, 1);
		assert_row_span(values[i].ptr, result->reason, values[i]);
		assert_row_span(
			values[i].ptr,
			VECTOR_AT(&result->properties, struct authentication_property, 0)->value,
			values[i]);
		buffer_free(&text);
		arena_free(arena);
	}
}

static void test_hazard_7_control_octets(void **state)
{
	struct buffer text = buffer_new(1000);
	authentication_write_quoted(&text, SPAN("a\r\nDKIM-Signature: x\0\x7f\xff\xc2\x85z"));
	assert_row_span("controls", buffer_span(&text), SPAN("\"a??DKIM-Signature: x????z\""));
	buffer_free(&text);
}

static void test_writing(void **state)
{
	struct buffer text = buffer_new(1000);
	struct authentication_writer writer =
		authentication_writer_begin(&text, SPAN("mx.example"));
	authentication_write_result(&writer, "dkim", "pass");
	authentication_write_property(&writer, "header", "d", SPAN("x.example"));
	authentication_write_property(&writer, "header", "b", SPAN("ab/c="));
	authentication_writer_end(&writer);
	assert_row_span("one result", buffer_span(&text),
			SPAN("Authentication-Results: mx.example;\r\n\tdkim=pass\r\n"
			     "\t\theader.d=x.example\r\n\t\theader.b=\"ab/c=\"\r\n"));
	buffer_clear(&text);
	writer = authentication_writer_begin(&text, SPAN("odd id"));
	authentication_writer_end(&writer);
	assert_row_span("no result", buffer_span(&text),
			SPAN("Authentication-Results: \"odd id\"; none\r\n"));
	buffer_free(&text);
}

static void test_reading(void **state)
{
	static const struct {
		struct span text;
		bool is_good;
		bool is_strict;
		const char *id;
		size_t result_count;
	} rows[] = {
		{SPAN_INIT(" mx.example 1; none"), true, true, "mx.example", 0},
		{SPAN_INIT(" mx.example"), true, true, "mx.example", 0},
		{SPAN_INIT(" (c(d)) \"mx example\" (e) ; spf = pass"), true, true, "mx example", 1},
		{SPAN_INIT("mx; dkim/2=pass (x) reason=\"a\\\"b\" header.d=x.example"), true, true,
		 "mx", 1},
		{SPAN_INIT("mx; spf=pass smtp.mailfrom=a@b; dkim=fail"), true, true, "mx", 2},
		{SPAN_INIT("mx; spf=pass;"), true, false, "mx", 1},
		{SPAN_INIT("spf=pass smtp.mailfrom=b"), true, false, "", 1},
		{SPAN_INIT("i=3; mx; spf=pass"), true, true, "mx", 1},
		{SPAN_INIT("mx; a.b=pass"), true, false, "mx", 1},
		{SPAN_INIT("mx; dkim=pass header.b=a/b"), true, false, "mx", 1},
		{SPAN_INIT(""), false, false, "", 0},
		{SPAN_INIT("mx; none; spf=pass"), false, false, "", 0},
		{SPAN_INIT("mx; spf=pass; none"), false, false, "", 0},
		{SPAN_INIT("mx; spf"), false, false, "", 0},
		{SPAN_INIT("mx; spf="), false, false, "", 0},
		{SPAN_INIT("mx; spf=pass smtp"), false, false, "", 0},
		{SPAN_INIT("mx; spf=pass (open"), false, false, "", 0},
		{SPAN_INIT("mx; spf=pass reason=\"open"), false, false, "", 0},
		{SPAN_INIT("mx; spf=pass \0 smtp.helo=x"), false, false, "", 0},
		{SPAN_INIT("mx extra; spf=pass"), false, false, "", 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(FEED_ARENA_BYTES);
		struct authentication_results results;
		bool is_good = authentication_results_parse(arena, rows[i].text, &results);
		assert_row_int(rows[i].text.ptr, is_good, rows[i].is_good);
		if (is_good) {
			assert_row_int(rows[i].text.ptr, results.is_strict, rows[i].is_strict);
			assert_row_span(rows[i].text.ptr, results.id, span_of_string(rows[i].id));
			assert_row_int(rows[i].text.ptr, results.results.len, rows[i].result_count);
		}
		arena_free(arena);
	}
}

static void test_deep_comments(void **state)
{
	enum { DEPTH = 10000 };
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer text = buffer_new(100000);
	struct authentication_results results;
	for (int i = 0; i < 2 * DEPTH; i++) {
		buffer_putc(&text, i < DEPTH ? '(' : ')');
	}
	buffer_puts(&text, "mx; spf=pass");
	assert_true(authentication_results_parse(arena, buffer_span(&text), &results));
	buffer_free(&text);
	arena_free(arena);
}

static void test_hazard_9_forged_lines(void **state)
{
	static const struct span text =
		SPAN_INIT("Authentication-Results: mx.example; spf=pass\r\n"
			  "Authentication-Results: other.example; spf=pass\r\n"
			  "Authentication-Results: MX.Example 1; spf=pass\r\n"
			  "Received: x\r\n"
			  "authentication-results:\r\n (hi) mx.example (there); dkim=pass\r\n"
			  "Authentication-Results : \"mx.example\"; spf=pass\r\n"
			  "Authentication-Results: mx.example.; spf=pass\r\n"
			  "Authentication-Results: notmx.example; spf=pass\r\n"
			  "Authentication-Results: (open mx.example; spf=pass\r\n"
			  "From: a@x.example\r\n\r\n");
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	const struct message *message = feed(arena, text, 1000, NULL);
	struct vector ranges =
		authentication_results_forged(arena, &message->header, SPAN("mx.example"));
	char kept[1000];
	size_t len = text.len;
	memcpy(kept, text.ptr, len);
	for (size_t i = 0; i < ranges.len; i++) {
		const struct octet_range *range = VECTOR_AT(&ranges, struct octet_range, i);
		memmove(kept + range->offset, kept + range->offset + range->len,
			len - range->offset - range->len);
		len -= range->len;
	}
	assert_int_equal(ranges.len, 6);
	assert_row_span("left", span_of(kept, len),
			SPAN("Authentication-Results: other.example; spf=pass\r\n"
			     "Received: x\r\n"
			     "Authentication-Results: notmx.example; spf=pass\r\n"
			     "From: a@x.example\r\n\r\n"));
	arena_free(arena);
}

/* RFC 7208 9.1: what is no dot-atom stands in quotes, and nothing can end a value. */
static void test_received_spf(void **state)
{
	(void)state;
	struct buffer text = buffer_new(1000);
	struct received_spf spf = {
		.result = "pass",
		.receiver = SPAN("mx.example"),
		.client_ip = SPAN("2001:db8::1"),
		.envelope_from = SPAN("jo@x.example"),
		.helo = SPAN("mail..example"),
		.identity = "mailfrom",
		.mechanism = SPAN("include:x.example"),
	};
	received_spf_write(&spf, &text);
	assert_row_span("field", buffer_span(&text),
			SPAN("Received-SPF: pass\r\n\treceiver=mx.example;\r\n"
			     "\tclient-ip=\"2001:db8::1\";\r\n"
			     "\tenvelope-from=\"jo@x.example\";\r\n"
			     "\thelo=\"mail..example\";\r\n"
			     "\tidentity=mailfrom;\r\n"
			     "\tmechanism=\"include:x.example\"\r\n"));
	buffer_free(&text);
}

static void test_hazard_7_received_spf(void **state)
{
	(void)state;
	struct buffer text = buffer_new(1000);
	struct received_spf spf = {
		.result = "fail",
		.envelope_from = SPAN("a;b\"\r\nX: y@x.example"),
		.helo = SPAN("x (a); receiver=y"),
		.problem = SPAN("\x01\xff"),
	};
	received_spf_write(&spf, &text);
	assert_row_span("field", buffer_span(&text),
			SPAN("Received-SPF: fail\r\n"
			     "\tenvelope-from=\"a;b\\\"??X: y@x.example\";\r\n"
			     "\thelo=\"x (a); receiver=y\";\r\n"
			     "\tproblem=\"??\"\r\n"));
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hazard_7_injection),
		cmocka_unit_test(test_hazard_7_control_octets),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_deep_comments),
		cmocka_unit_test(test_hazard_9_forged_lines),
		cmocka_unit_test(test_received_spf),
		cmocka_unit_test(test_hazard_7_received_spf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
