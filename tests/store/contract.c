/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What every store must do, told once and run against each database:
 *
 *   contract                       a SQLite file of its own
 *   contract postgresql://...      an empty PostgreSQL database
 */
#include <stdio.h>

#include "place.h"
#include "store/store.h"
#include "unit.h"

#define NOON_2026_11_02 INT64_C(1793620800)
#define DAY_2026_11_02 (NOON_2026_11_02 / STORE_DAY_SECONDS)

struct world {
	const char *location;
	struct store *store;
};

static const char source_a[] = {(char)192, 0, 2, 1};
static const char source_b[16] = {0x20, 0x01, 0x0d, (char)0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

static struct store_report report_of(const char *id, const char *domain, int64_t day_offset,
				     const char *content)
{
	int64_t begin = NOON_2026_11_02 - STORE_DAY_SECONDS / 2 + day_offset * STORE_DAY_SECONDS;
	return (struct store_report){
		.kind = STORE_AGGREGATE,
		.reporter = SPAN("reporter.example"),
		.id = span_of_string(id),
		.domain = span_of_string(domain),
		.begin_at = begin,
		.end_at = begin + STORE_DAY_SECONDS - 1,
		.contact = SPAN("noreply@reporter.example"),
		.policy = SPAN("p=none"),
		.origin = SPAN("a.xml.gz"),
		.content = span_of_string(content),
		.stored_at = NOON_2026_11_02,
	};
}

static struct store_row row_of(const char *from, uint64_t messages, enum store_result dkim,
			       enum store_result spf)
{
	return (struct store_row){
		.source = span_of(source_a, sizeof(source_a)),
		.messages = messages,
		.disposition = STORE_DISPOSITION_NONE,
		.dkim = dkim,
		.spf = spf,
		.header_from = span_of_string(from),
		.envelope_from = SPAN("bounce.example.org"),
		.evidence = SPAN("dkim pass example.org s1\n"),
	};
}

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static void begin(struct world *world)
{
	struct failure failure;
	must(store_begin(world->store, &failure), &failure);
}

static void commit(struct world *world)
{
	struct failure failure;
	must(store_commit(world->store, &failure), &failure);
}

static enum store_outcome add(struct world *world, const struct store_report *report,
			      const struct store_row *rows, size_t count)
{
	struct failure failure;
	enum store_outcome outcome = STORE_NEW;
	must(store_report_begin(world->store, report, &failure), &failure);
	for (size_t i = 0; i < count; i++) {
		must(store_row_add(world->store, &rows[i], &failure), &failure);
	}
	must(store_report_end(world->store, report, &outcome, &failure), &failure);
	return outcome;
}

static struct store_total total_of(struct world *world, enum store_kind kind)
{
	struct failure failure;
	struct store_total total;
	must(store_total(world->store, kind, &total, &failure), &failure);
	return total;
}

/* Each test uses domains of its own, since the database is shared. */
static struct store_scope scope_of(const char *domain)
{
	return (struct store_scope){span_of_string(domain), DAY_2026_11_02 - 1000,
				    DAY_2026_11_02 + 1000};
}

struct sums {
	uint64_t messages;
	uint64_t recent_messages;
	uint64_t count;
	uint64_t active_days;
	struct store_day last_day;
	uint64_t days;
};

static int sum_stream(void *context, const struct store_stream *stream)
{
	struct sums *sums = context;
	sums->messages += stream->row.messages;
	sums->recent_messages += stream->recent_messages;
	sums->active_days += stream->active_days;
	sums->count++;
	return 0;
}

static int sum_day(void *context, const struct store_day *day)
{
	struct sums *sums = context;
	sums->days++;
	sums->last_day = *day;
	return 0;
}

static struct sums sums_of(struct world *world, const char *domain)
{
	struct failure failure;
	struct sums sums = {0};
	struct store_scope scope = scope_of(domain);
	must(store_streams(world->store, &scope, DAY_2026_11_02 + 1, sum_stream, &sums, &failure),
	     &failure);
	must(store_days(world->store, &scope, sum_day, &sums, &failure), &failure);
	return sums;
}

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

static void test_same_report_counts_once(void **state)
{
	struct world *world = *state;
	struct store_row rows[] = {
		row_of("same.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("same.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
	};
	struct store_report report = report_of("1", "same.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_NEW);
	assert_int_equal(add(world, &report, rows, 2), STORE_SAME); /* in the same batch */
	commit(world);
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_SAME);
	commit(world);
	struct sums sums = sums_of(world, "same.example");
	assert_int_equal(sums.messages, 11);
	assert_int_equal(sums.last_day.messages, 11);
	assert_int_equal(sums.last_day.reports, 1);
}

static void test_id_is_reused(void **state)
{
	struct world *world = *state;
	struct store_row row = row_of("reuse.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report monday = report_of("7", "reuse.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report tuesday = report_of("7", "reuse.example", 1, "aaaaaaaaaaaaaaaa");
	struct store_report other = monday;
	other.reporter = SPAN("other.example");
	begin(world);
	assert_int_equal(add(world, &monday, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &tuesday, &row, 1), STORE_NEW);
	assert_int_equal(add(world, &other, &row, 1), STORE_NEW);
	commit(world);
	assert_int_equal(sums_of(world, "reuse.example").messages, 15);
}

static void test_other_content_is_merged(void **state)
{
	struct world *world = *state;
	struct store_row rows[] = {
		row_of("merge.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("merge.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
		row_of("merge.example", 7, STORE_RESULT_FAIL, STORE_RESULT_PASS),
	};
	struct store_report report = report_of("1", "merge.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_report more = report_of("1", "merge.example", 0, "bbbbbbbbbbbbbbbb");
	begin(world);
	assert_int_equal(add(world, &report, rows, 2), STORE_NEW);
	assert_int_equal(add(world, &more, rows + 1, 2), STORE_MERGED);
	assert_int_equal(add(world, &more, rows + 1, 2), STORE_SAME);
	commit(world);
	struct sums sums = sums_of(world, "merge.example");
	assert_int_equal(sums.messages, 18);
	assert_int_equal(sums.last_day.messages, 18);
	assert_int_equal(sums.last_day.spf_pass, 7);
}

struct told {
	enum store_outcome outcomes[8];
	uint64_t rows[8];
	size_t count;
};

static void take_settled(void *context, const struct store_settled *settled)
{
	struct told *told = context;
	assert_true(told->count < 8);
	told->outcomes[told->count] = settled->outcome;
	told->rows[told->count++] = settled->rows;
}

/* Nobody asks at once: the batch is settled at its end, with the same outcomes. */
static void test_batch_is_settled_together(void **state)
{
	static const enum store_outcome expected[] = {STORE_NEW, STORE_SAME,   STORE_MERGED,
						      STORE_NEW, STORE_MERGED, STORE_SAME};
	struct world *world = *state;
	struct failure failure;
	struct told told = {.count = 0};
	struct store_row rows[] = {
		row_of("together.example", 5, STORE_RESULT_PASS, STORE_RESULT_PASS),
		row_of("together.example", 6, STORE_RESULT_FAIL, STORE_RESULT_FAIL),
		row_of("together.example", 7, STORE_RESULT_FAIL, STORE_RESULT_PASS),
	};
	const struct {
		struct store_report report;
		size_t first;
	} reports[] = {
		{report_of("1", "together.example", 0, "aaaaaaaaaaaaaaaa"), 0},
		{report_of("1", "together.example", 0, "aaaaaaaaaaaaaaaa"), 0},
		{report_of("1", "together.example", 0, "bbbbbbbbbbbbbbbb"), 1},
		{report_of("2", "together.example", 1, "aaaaaaaaaaaaaaaa"), 1},
		{report_of("1", "together.example", 0, "cccccccccccccccc"), 1},
		{report_of("1", "together.example", 0, "bbbbbbbbbbbbbbbb"), 1},
	};
	store_tell_settled(world->store, take_settled, &told);
	begin(world);
	for (size_t i = 0; i < 6; i++) {
		must(store_report_begin(world->store, &reports[i].report, &failure), &failure);
		for (size_t row = 0; row < 2; row++) {
			must(store_row_add(world->store, &rows[reports[i].first + row], &failure),
			     &failure);
		}
		must(store_report_end(world->store, &reports[i].report, /* ret_outcome */ NULL,
				      &failure),
		     &failure);
	}
	assert_int_equal(told.count, 0);
	commit(world);
	store_tell_settled(world->store, NULL, NULL);
	assert_int_equal(told.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(told.outcomes[i], expected[i]);
		assert_int_equal(told.rows[i], 2);
	}
	struct sums sums = sums_of(world, "together.example");
	assert_int_equal(sums.messages, 5 + 6 + 7 + 6 + 7);
	assert_int_equal(sums.days, 2);
}

/* More rows than wait, and what the beginning said of day and domain was wrong. */
static void test_large_report_moves(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const int rows = 100000;
	struct store_row row = row_of("moved.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report early = report_of("", "nobody.example", -500, "aaaaaaaaaaaaaaaa");
	struct store_report settled = report_of("1", "moved.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	must(store_report_begin(world->store, &early, &failure), &failure);
	for (int i = 0; i < rows; i++) {
		must(store_row_add(world->store, &row, &failure), &failure);
	}
	must(store_report_end(world->store, &settled, &outcome, &failure), &failure);
	commit(world);
	assert_int_equal(outcome, STORE_NEW);
	struct sums sums = sums_of(world, "moved.example");
	assert_int_equal(sums.messages, rows);
	assert_int_equal(sums.last_day.day, DAY_2026_11_02);
	assert_int_equal(sums.last_day.messages, rows);
	assert_int_equal(sums_of(world, "nobody.example").count, 0);
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

static void test_end_settles_identity(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	struct store_row row = row_of("late.example", 4, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report early = report_of("", "", -500, "aaaaaaaaaaaaaaaa");
	struct store_report settled = report_of("1", "late.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	must(store_report_begin(world->store, &early, &failure), &failure);
	must(store_row_add(world->store, &row, &failure), &failure);
	must(store_report_end(world->store, &settled, &outcome, &failure), &failure);
	commit(world);
	struct sums sums = sums_of(world, "late.example");
	assert_int_equal(sums.messages, 4);
	assert_int_equal(sums.last_day.day, DAY_2026_11_02);
}

static void test_discard_and_rollback_leave_nothing(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_row row = row_of("gone.example", 4, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report report = report_of("1", "gone.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_total before = total_of(world, STORE_AGGREGATE);
	begin(world);
	must(store_report_begin(world->store, &report, &failure), &failure);
	must(store_row_add(world->store, &row, &failure), &failure);
	must(store_report_discard(world->store, &failure), &failure);
	commit(world);
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	store_rollback(world->store);
	assert_int_equal(sums_of(world, "gone.example").count, 0);
	struct store_total after = total_of(world, STORE_AGGREGATE);
	assert_int_equal(after.rows, before.rows);
	assert_int_equal(after.reports, before.reports);
	/* Words of the batch that was taken back are made anew. */
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	commit(world);
	assert_int_equal(sums_of(world, "gone.example").messages, 4);
}

static void test_large_report_is_discarded_too(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const int rows = 120000; /* more than one COPY */
	struct store_report report = report_of("1", "large.example", 0, "aaaaaaaaaaaaaaaa");
	struct store_row row = row_of("large.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	begin(world);
	for (int pass = 0; pass < 3; pass++) {
		must(store_report_begin(world->store, &report, &failure), &failure);
		for (int i = 0; i < rows; i++) {
			must(store_row_add(world->store, &row, &failure), &failure);
		}
		if (pass == 0) {
			must(store_report_discard(world->store, &failure), &failure);
		} else {
			must(store_report_end(world->store, &report, &outcome, &failure), &failure);
			assert_int_equal(outcome, pass == 1 ? STORE_NEW : STORE_SAME);
		}
	}
	commit(world);
	assert_int_equal(sums_of(world, "large.example").messages, rows);
	assert_int_equal(sums_of(world, "large.example").last_day.messages, rows);
}

/* Two large reports under one identity: a row of one must not be looked for in all of the other. */
static void test_large_report_is_merged(void **state)
{
	struct world *world = *state;
	struct failure failure;
	enum store_outcome outcome;
	const uint32_t rows = 60000;
	static const char *const contents[] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"};
	begin(world);
	for (uint32_t pass = 0; pass < 2; pass++) {
		struct store_report report = report_of("1", "merged.example", 0, contents[pass]);
		must(store_report_begin(world->store, &report, &failure), &failure);
		for (uint32_t i = 0; i < rows; i++) {
			uint32_t number = i + pass * (rows / 2);
			struct store_row row =
				row_of("merged.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
			row.source = span_of(&number, sizeof(number));
			must(store_row_add(world->store, &row, &failure), &failure);
		}
		must(store_report_end(world->store, &report, &outcome, &failure), &failure);
		assert_int_equal(outcome, pass == 0 ? STORE_NEW : STORE_MERGED);
	}
	commit(world);
	assert_int_equal(sums_of(world, "merged.example").messages, rows + rows / 2);
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

static void test_opens_again(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_total before = total_of(world, STORE_AGGREGATE);
	store_close(world->store);
	must(store_open(world->location, &world->store, &failure), &failure);
	struct store_total after = total_of(world, STORE_AGGREGATE);
	assert_true(before.rows > 0);
	assert_int_equal(after.rows, before.rows);
	assert_int_equal(after.messages, before.messages);
}

static void test_two_writers(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct world other = {world->location, NULL};
	must(store_open(other.location, &other.store, &failure), &failure);
	struct store_row row = row_of("two.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_report report = report_of("1", "two.example", 0, "aaaaaaaaaaaaaaaa");
	begin(world);
	assert_int_equal(add(world, &report, &row, 1), STORE_NEW);
	commit(world);
	begin(&other);
	assert_int_equal(add(&other, &report, &row, 1), STORE_SAME);
	struct store_report next = report_of("2", "two.example", 0, "aaaaaaaaaaaaaaaa");
	assert_int_equal(add(&other, &next, &row, 1), STORE_NEW);
	commit(&other);
	begin(world);
	next = report_of("3", "two.example", 0, "aaaaaaaaaaaaaaaa");
	assert_int_equal(add(world, &next, &row, 1), STORE_NEW);
	commit(world);
	store_close(other.store);
	assert_int_equal(sums_of(world, "two.example").messages, 3);
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

static int open_world(void **state)
{
	struct world *world = *state;
	struct failure failure;
	must(store_open(world->location, &world->store, &failure), &failure);
	return 0;
}

static int close_world(void **state)
{
	struct world *world = *state;
	store_close(world->store);
	return 0;
}

/* Hazard 53: what is proved not to be its reporter's is kept, told, and counts for nothing. */
struct authenticity_sums {
	uint64_t reports[STORE_AUTHENTICITY_PROVED + 1];
	uint64_t messages[STORE_AUTHENTICITY_PROVED + 1];
};

static int sum_authenticity(void *context, const struct store_authenticity_line *line)
{
	struct authenticity_sums *sums = context;
	sums->reports[line->authenticity] += line->reports;
	sums->messages[line->authenticity] += line->messages;
	return 0;
}

static struct authenticity_sums authenticities_of(struct world *world, const char *domain)
{
	struct failure failure;
	struct authenticity_sums sums = {0};
	struct store_scope scope = scope_of(domain);
	must(store_left_out(world->store, &scope, sum_authenticity, &sums, &failure), &failure);
	return sums;
}

static enum store_outcome add_as(struct world *world, const char *id, const char *content,
				 enum store_authenticity authenticity, uint64_t messages)
{
	struct store_report report = report_of(id, "forged.example", 0, content);
	struct store_row row =
		row_of("forged.example", messages, STORE_RESULT_PASS, STORE_RESULT_PASS);
	report.authenticity = authenticity;
	report.mail_from = SPAN("evil.example");
	begin(world);
	enum store_outcome outcome = add(world, &report, &row, 1);
	commit(world);
	return outcome;
}

static void test_hazard_53_left_out_reports_count_for_nothing(void **state)
{
	struct world *world = *state;
	add_as(world, "1", "forged 1 content", STORE_AUTHENTICITY_UNALIGNED, 7);
	struct sums sums = sums_of(world, "forged.example");
	assert_int_equal(sums.messages, 0);
	assert_int_equal(sums.days, 0);
	struct authenticity_sums held = authenticities_of(world, "forged.example");
	assert_int_equal(held.reports[STORE_AUTHENTICITY_UNALIGNED], 1);
	assert_int_equal(held.messages[STORE_AUTHENTICITY_UNALIGNED], 7);
	/* It does not stand in the way of the true one under the same identity. */
	assert_int_equal(add_as(world, "1", "true 1 content..", STORE_AUTHENTICITY_PROVED, 7),
			 STORE_MERGED);
	sums = sums_of(world, "forged.example");
	assert_int_equal(sums.messages, 7);
	assert_int_equal(sums.last_day.reports, 1);
}

static void test_hazard_53_better_proof_counts(void **state)
{
	struct world *world = *state;
	assert_int_equal(add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_NOT_JUDGED, 5),
			 STORE_NEW);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
	assert_int_equal(add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_IMPOSTOR, 5),
			 STORE_SAME);
	assert_int_equal(sums_of(world, "forged.example").messages, 7);
	assert_int_equal(sums_of(world, "forged.example").last_day.reports, 1);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_NO_MAIL, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 7);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_PROVED, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
	assert_int_equal(sums_of(world, "forged.example").last_day.reports, 2);
	add_as(world, "2", "content of 2....", STORE_AUTHENTICITY_UNALIGNED, 5);
	assert_int_equal(sums_of(world, "forged.example").messages, 12);
}

static int take_repetition(void *context, const struct store_repetition *repetition)
{
	*(struct store_repetition *)context = *repetition;
	return 0;
}

static void test_hazard_53_overlapping_windows(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_repetition found = {.reports = 0};
	struct store_row row = row_of("overlap.example", 1, STORE_RESULT_PASS, STORE_RESULT_PASS);
	struct store_scope scope = scope_of("overlap.example");
	begin(world);
	for (int i = 0; i < 3; i++) {
		char id[8];
		snprintf(id, sizeof(id), "%d", i);
		struct store_report report =
			report_of(id, "overlap.example", i, "0123456789abcdef");
		report.end_at += 1; /* where the next one begins */
		add(world, &report, &row, 1);
	}
	commit(world);
	must(store_repetitions(world->store, &scope, take_repetition, &found, &failure), &failure);
	assert_int_equal(found.reports, 0);
	struct store_report report = report_of("x", "overlap.example", 1, "0123456789abcdef");
	report.begin_at -= STORE_DAY_SECONDS / 2;
	begin(world);
	add(world, &report, &row, 1);
	report = report_of("1", "overlap.example", 1, "another content.");
	report.end_at += 1;
	row.messages = 2;
	add(world, &report, &row, 1);
	commit(world);
	must(store_repetitions(world->store, &scope, take_repetition, &found, &failure), &failure);
	assert_int_equal(found.reports, 5);
	assert_int_equal(found.overlapping, 2); /* itself, and the one that it reaches into */
	assert_int_equal(found.same_id, 1);
}

static int run_all(const char *location)
{
	static struct world world;
	world.location = location;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_rows_come_back, &world),
		cmocka_unit_test_prestate(test_equal_rows_are_one_stream, &world),
		cmocka_unit_test_prestate(test_scope_is_domain_and_below, &world),
		cmocka_unit_test_prestate(test_same_report_counts_once, &world),
		cmocka_unit_test_prestate(test_id_is_reused, &world),
		cmocka_unit_test_prestate(test_other_content_is_merged, &world),
		cmocka_unit_test_prestate(test_end_settles_identity, &world),
		cmocka_unit_test_prestate(test_batch_is_settled_together, &world),
		cmocka_unit_test_prestate(test_large_report_moves, &world),
		cmocka_unit_test_prestate(test_discard_and_rollback_leave_nothing, &world),
		cmocka_unit_test_prestate(test_large_report_is_discarded_too, &world),
		cmocka_unit_test_prestate(test_large_report_is_merged, &world),
		cmocka_unit_test_prestate(test_hostile_text, &world),
		cmocka_unit_test_prestate(test_policies_and_reporters, &world),
		cmocka_unit_test_prestate(test_tls_reports, &world),
		cmocka_unit_test_prestate(test_scope_is_what_stands_below, &world),
		cmocka_unit_test_prestate(test_reported_names, &world),
		cmocka_unit_test_prestate(test_opens_again, &world),
		cmocka_unit_test_prestate(test_two_writers, &world),
		cmocka_unit_test_prestate(test_reader_may_stop, &world),
		cmocka_unit_test_prestate(test_hazard_53_left_out_reports_count_for_nothing,
					  &world),
		cmocka_unit_test_prestate(test_hazard_53_better_proof_counts, &world),
		cmocka_unit_test_prestate(test_hazard_53_overlapping_windows, &world),
	};
	void *state = &world;
	open_world(&state);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	close_world(&state);
	return failed;
}

int main(int argc, char **argv)
{
	return run_in_place(argc, argv, run_all);
}
