/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every store: what was added comes back, by domain, by day and by kind. */
#include "contract.h"

static void test_rows_come_back(void **state)
{
	struct world *world = *state;
	struct store_report report = report_of("1", "rows.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_row rows[] = {
		row_of("rows.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("sub.rows.example", 3, STORE_RESULT_PASS, STORE_RESULT_FAIL),
		row_of("rows.example", 2, STORE_RESULT_FAIL, STORE_RESULT_PASS),
		row_of("rows.example", 1, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
	};
	rows[3].source = span_of(source_b, sizeof(source_b));
	rows[3].disposition = STORE_DISPOSITION_REJECT;
	begin(world);
	assert_int_equal(add(world, &report, rows, 4), STORE_NEW);
	commit(world);
	struct sums sums = sums_of(world, "rows.example");
	assert_int_equal(sums.count, 4);
	assert_int_equal(sums.messages, 11);
	assert_int_equal(sums.recent_messages, 0);
	assert_int_equal(sums.days, 1);
	assert_int_equal(sums.last_day.day, DAY_2026_11_02);
	assert_int_equal(sums.last_day.messages, 11);
	assert_int_equal(sums.last_day.both_pass, 5);
	assert_int_equal(sums.last_day.dkim_pass, 3);
	assert_int_equal(sums.last_day.spf_pass, 2);
	assert_int_equal(sums.last_day.rejected, 1);
	assert_int_equal(sums.last_day.quarantined, 0);
}

static int check_stream(void *context, const struct store_stream *stream)
{
	const struct store_row *expected = context;
	const struct store_row *row = &stream->row;
	assert_row_span("source", row->source, expected->source);
	assert_row_span("header_from", row->header_from, expected->header_from);
	assert_row_span("envelope_from", row->envelope_from, expected->envelope_from);
	assert_row_span("envelope_to", row->envelope_to, expected->envelope_to);
	assert_row_span("evidence", row->evidence, expected->evidence);
	assert_row_span("reasons", row->reasons, expected->reasons);
	assert_int_equal(row->dkim, expected->dkim);
	assert_int_equal(row->spf, expected->spf);
	assert_int_equal(row->disposition, expected->disposition);
	assert_int_equal(stream->first_day, DAY_2026_11_02);
	assert_int_equal(stream->last_day, DAY_2026_11_02 + 2);
	assert_int_equal(stream->active_days, 2);
	assert_int_equal(row->messages, 14);
	assert_int_equal(stream->recent_messages, 7);
	return 0;
}

static void test_equal_rows_are_one_stream(void **state)
{
	struct world *world = *state;
	struct store_row row = {
		.source = span_of(source_b, sizeof(source_b)),
		.messages = 7,
		.disposition = STORE_DISPOSITION_QUARANTINE,
		.dkim = STORE_RESULT_UNKNOWN,
		.spf = STORE_RESULT_FAIL,
		.header_from = SPAN("news.one.example"),
		.envelope_from = SPAN("a.example"),
		.envelope_to = SPAN("b.example"),
		.evidence = SPAN("spf fail a.example mfrom\n"),
		.reasons = SPAN("local_policy arc=pass\n"),
	};
	struct store_report first = report_of("1", "one.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report second = report_of("2", "one.example", 2, "aaaaaaaaaaaaaaaa");
	begin(world);
	assert_int_equal(add(world, &first, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &second, &row, 1), STORE_NEW);
	commit(world);
	struct store_scope scope = scope_of("one.example");
	struct failure failure;
	must(store_streams(world->store, &scope, DAY_2026_11_02 + 1, check_stream, &row, &failure),
	     &failure);
	assert_int_equal(sums_of(world, "one.example").count, 1);
}

static void test_scope_is_domain_and_below(void **state)
{
	struct world *world = *state;
	struct store_row row = row_of("x.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	static const char *const domains[] = {"scope.example", "sub.scope.example",
					      "otherscope.example", "scope.example.net",
					      "sub_scope.example"};
	begin(world);
	for (size_t i = 0; i < 5; i++) {
		struct store_report report = report_of("1", domains[i], 0, "aaaaaaaaaaaaaaaa");
		assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	}
	commit(world);
	assert_int_equal(sums_of(world, "scope.example").messages, 2);
	assert_int_equal(sums_of(world, "sub.scope.example").messages, 1);
	assert_int_equal(sums_of(world, "nothing.example").count, 0);
}

static uint64_t messages_of(struct world *world, const char *domain)
{
	return sums_of(world, domain).messages;
}

/* A scope is a name and those below it: not what merely ends or begins like it. */
static void test_scope_is_what_stands_below(void **state)
{
	static const char *const names[] = {
		"stand.example",       "a.stand.example", "b.a.stand.example", "nstand.example",
		"stand.example.other", "a-stand.example", "stand.example-2",   "stand.example0",
	};
	struct world *world = *state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct store_report report = report_of("1", names[i], 1, "aaaaaaaaaaaaaaaa");
		struct store_row row =
			row_of(names[i], (uint64_t)1 << i, STORE_RESULT_PASS, STORE_RESULT_PASS);
		begin(world);
		assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
		commit(world);
	}
	assert_int_equal(messages_of(world, "stand.example"), 1 + 2 + 4);
	assert_int_equal(messages_of(world, "a.stand.example"), 2 + 4);
	assert_int_equal(messages_of(world, "b.a.stand.example"), 4);
	assert_int_equal(messages_of(world, "c.stand.example"), 0);
	assert_int_equal(messages_of(world, "and.example"), 0);
}

static int note_name(void *context, struct span name)
{
	*(size_t *)context += span_equal(name, SPAN("named.example")) ? 1 : 0;
	return 0;
}

static void test_reported_names(void **state)
{
	struct world *world = *state;
	struct failure failure;
	size_t count = 0;
	struct store_row row = row_of("named.example", 4, STORE_RESULT_PASS, STORE_RESULT_PASS);
	must(store_reported_names(world->store, note_name, &count, &failure), &failure);
	assert_int_equal(count, 0);
	for (int64_t day = 0; day < 3; day++) {
		struct store_report report =
			report_of("1", "named.example", day, "aaaaaaaaaaaaaaaa");
		begin(world);
		assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
		commit(world);
	}
	must(store_reported_names(world->store, note_name, &count, &failure), &failure);
	assert_int_equal(count, 1);
}

static void test_hostile_text(void **state)
{
	struct world *world = *state;
	static const char bad[] = "a\xff\0b'; DROP TABLE fact; --\xf0\x9f\x98\x80";
	struct store_row row = row_of("bad.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	row.header_from = span_of(bad, sizeof(bad) - 1);
	row.evidence = row.header_from;
	row.source = span_of(NULL, 0);
	row.messages = UINT64_MAX;
	struct store_report report = report_of("1", "bad.example", 0, "aaaaaaaaaaaaaaaa");
	report.id = row.header_from;
	report.reporter = row.header_from;
	report.origin = row.header_from;
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &report, &row, 1), STORE_SAME);
	commit(world);
	assert_int_equal(sums_of(world, "bad.example").count, 1);
}

struct seen {
	size_t count;
	uint64_t reports;
	uint64_t sessions;
};

static int see_policy(void *context, const struct store_policy *policy)
{
	static const char *const expected[] = {"p=none", "p=quarantine; pct=50"};
	struct seen *seen = context;
	assert_true(seen->count < 2);
	assert_row_span("policy", policy->policy, span_of_string(expected[seen->count]));
	seen->reports += policy->reports;
	seen->count++;
	return 0;
}

static int see_reporter(void *context, const struct store_reporter *reporter)
{
	struct seen *seen = context;
	assert_row_span("name", reporter->name, SPAN("reporter.example"));
	assert_row_span("contact", reporter->contact, SPAN("noreply@reporter.example"));
	seen->reports += reporter->reports;
	seen->count++;
	return 0;
}

static void test_policies_and_reporters(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_row row = row_of("policy.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report first = report_of("1", "policy.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report second = report_of("2", "policy.example", 1, "aaaaaaaaaaaaaaaa");
	struct store_report third = report_of("3", "policy.example", 2, "aaaaaaaaaaaaaaaa");
	third.policy = SPAN("p=quarantine; pct=50");
	begin(world);
	assert_int_equal(add(world, &first, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &second, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &third, &row, 1), STORE_NEW);
	commit(world);
	struct store_scope scope = scope_of("policy.example");
	struct seen seen = {0};
	must(store_policies(world->store, &scope, see_policy, &seen, &failure), &failure);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.reports, 3);
	seen = (struct seen){0};
	must(store_reporters(world->store, &scope, see_reporter, &seen, &failure), &failure);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.reports, 3);
}

static int see_tls(void *context, const struct store_tls_stream *stream)
{
	struct seen *seen = context;
	if (seen->count == 0) {
		assert_row_span("result", stream->detail.words[STORE_TLS_RESULT], SPAN("success"));
	} else {
		assert_row_span("mx", stream->detail.words[STORE_TLS_MX], SPAN("mx.tls.example"));
	}
	assert_row_span("reporter", stream->reporter, SPAN("reporter.example"));
	seen->sessions += stream->detail.count;
	seen->count++;
	return 0;
}

static void add_tls(struct world *world, const char *content, uint64_t failures,
		    enum store_outcome expected)
{
	struct failure failure;
	enum store_outcome outcome;
	struct store_report report = report_of("t", "tls.example", 0, content);
	report.kind = STORE_TLS;
	struct store_detail success = {{SPAN("sts"), SPAN("success")}, 90};
	struct store_detail expired = {
		{SPAN("sts"), SPAN("certificate-expired"), SPAN("mx.tls.example")}, failures};
	must(store_report_begin(world->store, &report, &failure), &failure);
	must(store_detail_add(world->store, &success, &failure), &failure);
	must(store_detail_add(world->store, &expired, &failure), &failure);
	must(store_report_end(world->store, &report, &outcome, &failure), &failure);
	assert_int_equal(outcome, expected);
}

static void test_tls_reports(void **state)
{
	struct world *world = *state;
	struct failure failure;
	begin(world);
	add_tls(world, "aaaaaaaaaaaaaaaa", 4, STORE_NEW);
	add_tls(world, "aaaaaaaaaaaaaaaa", 4, STORE_SAME);
	add_tls(world, "bbbbbbbbbbbbbbbb", 5, STORE_MERGED);
	commit(world);
	struct store_scope scope = scope_of("tls.example");
	struct seen seen = {0};
	must(store_tls_streams(world->store, &scope, see_tls, &seen, &failure), &failure);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.sessions, 99);
	assert_int_equal(total_of(world, STORE_TLS).rows, 3);
}

static int stop_at_once(void *context, const struct store_stream *stream)
{
	(void)context;
	(void)stream;
	return FAILURE_INTERNAL;
}

static void test_reader_may_stop(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_scope scope = scope_of("rows.example");
	assert_int_equal(store_streams(world->store, &scope, 0, stop_at_once, NULL, &failure),
			 FAILURE_INTERNAL);
	assert_int_equal(sums_of(world, "rows.example").messages, 11);
}

int contract_reading(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_rows_come_back, world),
		cmocka_unit_test_prestate(test_equal_rows_are_one_stream, world),
		cmocka_unit_test_prestate(test_scope_is_domain_and_below, world),
		cmocka_unit_test_prestate(test_scope_is_what_stands_below, world),
		cmocka_unit_test_prestate(test_reported_names, world),
		cmocka_unit_test_prestate(test_hostile_text, world),
		cmocka_unit_test_prestate(test_policies_and_reporters, world),
		cmocka_unit_test_prestate(test_tls_reports, world),
		cmocka_unit_test_prestate(test_reader_may_stop, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
