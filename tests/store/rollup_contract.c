/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The sums by week answer what the rows themselves would, on each database:
 *
 *   rollup_contract                       a SQLite file of its own
 *   rollup_contract postgresql://...      an empty PostgreSQL database
 */
#include <stdio.h>
#include <stdlib.h>

#include "audit.h"
#include "place.h"
#include "store/flags.h"
#include "store/internal.h"
#include "store/parts.h"
#include "unit.h"

#define REPORTS 300
#define ROWS_MAX 40
#define FIRST_DAY 20000
#define DAYS 60
#define LINES_MAX 20000
#define LINE_SIZE 200

struct world {
	const char *location;
	struct store *store;
	uint64_t chance;
};

static uint64_t draw(struct world *world, uint64_t below)
{
	world->chance = world->chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (world->chance >> 33) % below;
}

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static const char *const domains[] = {"sum.example", "below.sum.example", "else.example"};
static const char *const texts[] = {"", "a.example", "b.example", "c.example"};

static struct span some_text(struct world *world)
{
	return span_of_string(texts[draw(world, 4)]);
}

static void add_row(struct world *world, int number)
{
	struct failure failure;
	char source[16] = {(char)draw(world, 6), 0, 2, (char)draw(world, 4)};
	struct store_row row = {
		.source = span_of(source, draw(world, 5) == 0 ? 16 : 4),
		.messages = draw(world, 4) * (uint64_t)number,
		.disposition = (enum store_disposition)draw(world, 4),
		.dkim = (enum store_result)draw(world, 3),
		.spf = STORE_RESULT_PASS,
		.header_from = some_text(world),
		.envelope_from = some_text(world),
		.evidence = some_text(world),
		.reasons = draw(world, 9) == 0 ? SPAN("forwarded -\n") : span_of(NULL, 0),
	};
	must(store_row_add(world->store, &row, &failure), &failure);
}

/* Few ids and contents, so that many are the same or are merged; some are given up. */
static void add_report(struct world *world)
{
	struct failure failure;
	enum store_outcome outcome;
	char id[24];
	char content[17];
	int64_t begin = (int64_t)(FIRST_DAY + draw(world, DAYS)) * STORE_DAY_SECONDS;
	snprintf(id, sizeof(id), "%llu", (unsigned long long)draw(world, 20));
	snprintf(content, sizeof(content), "%016llu", (unsigned long long)draw(world, 6));
	static const enum store_authenticity authenticities[] = {
		STORE_AUTHENTICITY_NOT_JUDGED, STORE_AUTHENTICITY_UNDECIDED,
		STORE_AUTHENTICITY_UNALIGNED, STORE_AUTHENTICITY_PROVED};
	struct store_report report = {
		.kind = STORE_AGGREGATE,
		.authenticity = authenticities[draw(world, 4)],
		.reporter = SPAN("reporter.example"),
		.id = span_of_string(id),
		.domain = span_of_string(domains[draw(world, 3)]),
		.begin_at = begin,
		.end_at = begin + STORE_DAY_SECONDS - 1,
		.content = span_of_string(content),
	};
	must(store_report_begin(world->store, &report, &failure), &failure);
	for (uint64_t i = draw(world, ROWS_MAX); i > 0; i--) {
		add_row(world, (int)i);
	}
	if (draw(world, 10) == 0) {
		must(store_report_discard(world->store, &failure), &failure);
	} else {
		/* Some are settled at once, most wait for the others of their batch. */
		must(store_report_end(world->store, &report, draw(world, 8) == 0 ? &outcome : NULL,
				      &failure),
		     &failure);
	}
}

static int make_data(void **state)
{
	struct world *world = *state;
	struct failure failure;
	for (int i = 0; i < REPORTS; i++) {
		if (i % 50 == 0) {
			must(store_begin(world->store, &failure), &failure);
		}
		add_report(world);
		if (i % 50 == 49) {
			must(store_commit(world->store, &failure), &failure);
		}
	}
	return 0;
}

/* Domains at or below $1, by walking through all names. */
#define BY_NAME                                                                                    \
	"(SELECT id FROM domain WHERE name = $1 OR (length(name) > length($1) AND"                 \
	" substr(name, length(name) - length($1)) = '.' || $1))"

/* The answer from the rows: how it was asked before there were sums. */
static const char rows_sql[] =
	"SELECT s.source, s.flags, s.messages, s.recent, s.days, s.first_day, s.last_day,"
	" hf.text, ef.text, et.text, ev.text, rs.text FROM"
	" (SELECT f.source AS source, p.flags AS flags, p.header_from AS header_from,"
	" p.envelope_from AS envelope_from, p.envelope_to AS envelope_to,"
	" p.evidence AS evidence, p.reasons AS reasons,"
	" CAST(sum(f.messages) AS BIGINT) AS messages,"
	" CAST(sum(CASE WHEN f.day >= $4 THEN f.messages ELSE 0 END) AS BIGINT) AS recent,"
	" count(DISTINCT f.day) AS days, min(f.day) AS first_day, max(f.day) AS last_day"
	" FROM fact f JOIN pattern p ON p.id = f.pattern JOIN report r ON r.id = f.report "
	"AND " COUNTS("r") " WHERE f.domain IN " BY_NAME
			   " AND f.day BETWEEN $2 AND $3 GROUP BY f.source, p.flags, "
			   "p.header_from, p.envelope_from,"
			   " p.envelope_to, p.evidence, p.reasons) s"
			   " LEFT JOIN word hf ON hf.id = s.header_from LEFT JOIN word ef ON ef.id "
			   "= s.envelope_from"
			   " LEFT JOIN word et ON et.id = s.envelope_to LEFT JOIN word ev ON ev.id "
			   "= s.evidence"
			   " LEFT JOIN word rs ON rs.id = s.reasons";

struct answer {
	size_t count;
	char lines[LINES_MAX][LINE_SIZE];
};

static void take(struct answer *answer, const struct store_stream *stream)
{
	assert_true(answer->count < LINES_MAX);
	const struct store_row *row = &stream->row;
	char *line = answer->lines[answer->count++];
	size_t at = 0;
	for (size_t i = 0; i < row->source.len; i++) {
		at += (size_t)snprintf(line + at, LINE_SIZE - at, "%02x",
				       span_octet(row->source, i));
	}
	snprintf(line + at, LINE_SIZE - at,
		 " %d %d %d %.*s %.*s %.*s %.*s %.*s: %llu %llu %llu %lld %lld", row->dkim,
		 row->spf, row->disposition, SPAN_ARG(row->header_from),
		 SPAN_ARG(row->envelope_from), SPAN_ARG(row->envelope_to), SPAN_ARG(row->evidence),
		 SPAN_ARG(row->reasons), (unsigned long long)row->messages,
		 (unsigned long long)stream->recent_messages,
		 (unsigned long long)stream->active_days, (long long)stream->first_day,
		 (long long)stream->last_day);
}

static int take_row(void *context, const struct driver_row *row)
{
	const struct driver_value *v = row->values;
	struct store_stream stream = {
		.row = {.source = v[0].text,
			.messages = (uint64_t)v[2].integer,
			.header_from = v[7].text,
			.envelope_from = v[8].text,
			.envelope_to = v[9].text,
			.evidence = v[10].text,
			.reasons = v[11].text},
		.recent_messages = (uint64_t)v[3].integer,
		.active_days = (uint64_t)v[4].integer,
		.first_day = v[5].integer,
		.last_day = v[6].integer,
	};
	flags_unpack(v[1].integer, &stream.row);
	take(context, &stream);
	return 0;
}

static int take_stream(void *context, const struct store_stream *stream)
{
	take(context, stream);
	return 0;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(left, right);
}

static void sort_answer(struct answer *answer)
{
	qsort(answer->lines, answer->count, LINE_SIZE, compare_lines);
}

static void compare_answers(struct world *world, const struct store_scope *scope, int64_t recent)
{
	static struct answer by_rows;
	static struct answer by_weeks;
	struct failure failure;
	struct driver_value values[] = {driver_text(scope->domain),
					driver_integer(scope->first_day),
					driver_integer(scope->last_day), driver_integer(recent)};
	struct driver_query query = {rows_sql, values, 4, take_row, &by_rows};
	by_rows.count = 0;
	by_weeks.count = 0;
	must(store_query(world->store, &query, &failure), &failure);
	must(store_streams(world->store, scope, recent, take_stream, &by_weeks, &failure),
	     &failure);
	sort_answer(&by_rows);
	sort_answer(&by_weeks);
	for (size_t i = 0; i < by_rows.count && i < by_weeks.count; i++) {
		assert_string_equal(by_weeks.lines[i], by_rows.lines[i]);
	}
	assert_int_equal(by_weeks.count, by_rows.count);
}

static void test_weeks_answer_as_rows_do(void **state)
{
	struct world *world = *state;
	size_t answered = 0;
	for (int i = 0; i < 40; i++) {
		int64_t first = FIRST_DAY - 5 + (int64_t)draw(world, DAYS);
		struct store_scope scope = {
			.domain = span_of_string(domains[draw(world, 3)]),
			.first_day = first,
			.last_day = first + (int64_t)draw(world, 50),
		};
		compare_answers(world, &scope, first + (int64_t)draw(world, 20));
		answered++;
	}
	struct store_scope all = {SPAN("sum.example"), 0, STORE_DAY_MAX};
	compare_answers(world, &all, 0);
	assert_int_equal(answered, 40);
}

static void assert_clean(struct world *world)
{
	struct failure failure;
	struct audit audit;
	must(audit_store(world->store, &audit, &failure), &failure);
	assert_int_equal(audit.orphans, 0);
	assert_int_equal(audit.bad_reports, 0);
	assert_int_equal(audit.bad_days, 0);
	assert_int_equal(audit.bad_streams, 0);
}

static void test_sums_agree_with_rows(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_total total;
	must(store_total(world->store, STORE_AGGREGATE, &total, &failure), &failure);
	assert_true(total.rows > 1000);
	assert_clean(world);
}

static void run_script(struct world *world, const char *sql)
{
	struct failure failure;
	must(world->store->driver->class->script(world->store->driver, sql, &failure), &failure);
}

static void test_audit_sees_what_is_wrong(void **state)
{
	struct world *world = *state;
	static const char *const harm[] = {
		"UPDATE stream_part SET week = week + 1",
		"DELETE FROM stream_part WHERE week = (SELECT max(week) FROM stream_part)",
		"INSERT INTO stream_part (week, domain, report, octets)"
		" SELECT week, domain, report, octets FROM stream_part WHERE report ="
		" (SELECT min(report) FROM stream_part)",
		"DELETE FROM day_total WHERE day = (SELECT max(day) FROM day_total)",
		"DELETE FROM report WHERE id = (SELECT max(report) FROM fact)",
		"DELETE FROM fact WHERE report = (SELECT max(report) FROM fact) AND seq = 0",
	};
	for (size_t i = 0; i < sizeof(harm) / sizeof(harm[0]); i++) {
		struct failure failure;
		struct audit audit;
		run_script(world, "BEGIN");
		run_script(world, harm[i]);
		must(audit_store(world->store, &audit, &failure), &failure);
		run_script(world, "ROLLBACK");
		if (audit_is_clean(&audit)) {
			fail_msg("nothing is seen of: %s", harm[i]);
		}
	}
	assert_clean(world);
}

/* ---- joining parts ---- */

#define SMALL_REPORTS 400
#define SMALL_DAYS 20

/* One report a commit, as a mailbox that is read every hour brings them. */
static void add_small_report(struct world *world, int number, bool is_kept)
{
	struct failure failure;
	char id[24];
	int64_t begin = (int64_t)(FIRST_DAY + 200 + number % SMALL_DAYS) * STORE_DAY_SECONDS;
	snprintf(id, sizeof(id), "small %d", number);
	struct store_report report = {
		.kind = STORE_AGGREGATE,
		.reporter = SPAN("reporter.example"),
		.id = span_of_string(id),
		.domain = SPAN("small.example"),
		.begin_at = begin,
		.end_at = begin + STORE_DAY_SECONDS - 1,
		.content = SPAN("0123456789abcdef"),
	};
	must(store_begin(world->store, &failure), &failure);
	must(store_report_begin(world->store, &report, &failure), &failure);
	for (int i = 1; i < 6; i++) {
		add_row(world, i);
	}
	must(store_report_end(world->store, &report, /* ret_outcome */ NULL, &failure), &failure);
	if (is_kept) {
		must(store_commit(world->store, &failure), &failure);
	} else {
		store_rollback(world->store);
	}
}

struct part_count {
	int64_t parts;
	int64_t octets;
	int64_t weeks;
	int64_t open; /* the most of one week and domain */
};

static int take_parts(void *context, const struct driver_row *row)
{
	struct part_count *count = context;
	const struct driver_value *v = row->values;
	*count = (struct part_count){v[0].integer, v[1].integer, v[2].integer, v[3].integer};
	return 0;
}

static struct part_count count_parts(struct world *world, const char *domain)
{
	struct failure failure;
	struct part_count count = {0};
	struct driver_value name = driver_text(span_of_string(domain));
	struct driver_query query = {
		"SELECT CAST(sum(n) AS BIGINT), CAST(sum(octets) AS BIGINT), count(*),"
		" CAST(max(open) AS BIGINT) FROM (SELECT count(*) AS n, sum(length(octets)) AS"
		" octets, count(CASE WHEN length(octets) < " PART_OPEN_SQL " THEN 1 END) AS open"
		" FROM stream_part WHERE domain = (SELECT id FROM domain WHERE name = $1)"
		" GROUP BY week) w",
		&name, 1, take_parts, &count};
	must(store_query(world->store, &query, &failure), &failure);
	return count;
}

static void test_small_reports_share_parts(void **state)
{
	struct world *world = *state;
	for (int i = 0; i < SMALL_REPORTS; i++) {
		add_small_report(world, i, /* is_kept */ true);
	}
	struct part_count count = count_parts(world, "small.example");
	assert_int_equal(count.open, 1);
	assert_true(count.octets > SMALL_REPORTS * 5 * 8);
	assert_true(count.parts <= count.octets / PART_OPEN_BYTES + count.weeks);
	struct store_scope scope = {SPAN("small.example"), 0, STORE_DAY_MAX};
	compare_answers(world, &scope, FIRST_DAY + 210);
	assert_clean(world);
}

static void test_no_part_is_joined_by_what_is_taken_back(void **state)
{
	struct world *world = *state;
	struct part_count before = count_parts(world, "small.example");
	add_small_report(world, SMALL_REPORTS, /* is_kept */ false);
	struct part_count after = count_parts(world, "small.example");
	assert_memory_equal(&before, &after, sizeof(before));
	assert_clean(world);
}

struct report_places {
	size_t count;
	struct part_place places[REPORTS + SMALL_REPORTS];
};

static int take_place(void *context, const struct driver_row *row)
{
	struct report_places *list = context;
	const struct driver_value *v = row->values;
	list->places[list->count++] = (struct part_place){v[0].integer, v[1].integer, v[2].integer};
	return 0;
}

/* As before names were kept in reverse too. */
static void forget_places(struct world *world)
{
	run_script(world, "DROP INDEX domain_by_place");
	run_script(world, "ALTER TABLE domain DROP COLUMN place");
}

/* A store in which every report has parts of its own, as earlier programs left them. */
static void test_older_parts_are_joined(void **state)
{
	struct world *world = *state;
	static struct report_places list;
	struct failure failure;
	struct driver_query ask = {.sql = "SELECT day, domain, id FROM report r WHERE kind = 1"
					  " AND " COUNTS("r"),
				   .each = take_place,
				   .context = &list};
	run_script(world, "BEGIN");
	must(store_query(world->store, &ask, &failure), &failure);
	run_script(world, "DELETE FROM stream_part");
	for (size_t i = 0; i < list.count; i++) {
		must(parts_write_report(world->store, &list.places[i], &failure), &failure);
	}
	run_script(world, "DROP INDEX stream_part_open");
	forget_places(world);
	run_script(world, "DELETE FROM store_step WHERE module = 'reports' AND number >= 7");
	run_script(world, "COMMIT");
	assert_true(count_parts(world, "small.example").parts >= SMALL_REPORTS);
	store_close(world->store);
	must(store_open(world->location, &world->store, &failure), &failure);
	assert_int_equal(count_parts(world, "small.example").open, 1);
	assert_int_equal(count_parts(world, "sum.example").open, 1);
	assert_clean(world);
	test_weeks_answer_as_rows_do(state);
}

/* ---- older stores ---- */

/* Columns of the first step, in an order that both databases share. */
#define OLD_COLUMNS                                                                                \
	"flags INTEGER NOT NULL, header_from INTEGER NOT NULL, envelope_from INTEGER NOT NULL,"    \
	" envelope_to INTEGER NOT NULL, evidence INTEGER NOT NULL, reasons INTEGER NOT NULL"

static const char old_fact_sqlite[] =
	"CREATE TABLE old_fact (day INTEGER NOT NULL, domain INTEGER NOT NULL,"
	" report INTEGER NOT NULL, seq INTEGER NOT NULL, source BLOB NOT NULL,"
	" messages INTEGER NOT NULL, " OLD_COLUMNS
	", PRIMARY KEY (day, domain, report, seq)) WITHOUT ROWID";

static const char old_fact_postgresql[] =
	"CREATE TABLE old_fact (day INTEGER NOT NULL, domain INTEGER NOT NULL,"
	" report BIGINT NOT NULL, seq INTEGER NOT NULL, source BYTEA NOT NULL,"
	" messages BIGINT NOT NULL, " OLD_COLUMNS ")";

/* A store of the first step, with rows, is brought up to date. */
static void test_older_store_gets_its_sums(void **state)
{
	struct world *world = *state;
	struct failure failure;
	bool is_postgresql = store_location_is_postgresql(world->location);
	run_script(world, is_postgresql ? old_fact_postgresql : old_fact_sqlite);
	run_script(world, "INSERT INTO old_fact SELECT f.day, f.domain, f.report, f.seq, f.source,"
			  " f.messages, p.flags, p.header_from, p.envelope_from, p.envelope_to,"
			  " p.evidence, p.reasons FROM fact f JOIN pattern p ON p.id = f.pattern");
	/* Nothing was left out in those days. */
	run_script(world, "DELETE FROM old_fact WHERE report IN (SELECT id FROM report r WHERE NOT"
			  " (" COUNTS("r") "))");
	run_script(world, "DELETE FROM report WHERE authenticity BETWEEN 20 AND 29");
	run_script(world, "DROP INDEX report_left_out");
	run_script(world, "ALTER TABLE report DROP COLUMN authenticity");
	run_script(world, "ALTER TABLE report DROP COLUMN mail_from");
	run_script(world, "DROP TABLE fact");
	run_script(world, "ALTER TABLE old_fact RENAME TO fact");
	run_script(world, "DROP TABLE stream_part");
	run_script(world, "DROP TABLE pattern");
	run_script(world, "DROP INDEX report_by_day");
	forget_places(world);
	run_script(world, "DELETE FROM store_step WHERE module = 'reports' AND number > 1");
	store_close(world->store);
	must(store_open(world->location, &world->store, &failure), &failure);
	assert_clean(world);
	test_weeks_answer_as_rows_do(state);
}

static void assert_refused(struct world *world, const char *step)
{
	struct failure failure;
	struct store *later = NULL;
	run_script(world, step);
	assert_true(store_open(world->location, &later, &failure) < 0);
	assert_non_null(strstr(failure.detail, "later version"));
	run_script(world, "DELETE FROM store_step WHERE number = 99");
}

static void test_later_store_is_refused(void **state)
{
	struct world *world = *state;
	assert_refused(world, "INSERT INTO store_step (module, number) VALUES ('reports', 99)");
	assert_refused(world, "INSERT INTO store_step (module, number) VALUES ('weather', 99)");
}

static int run_all(const char *location)
{
	static struct world world = {.chance = 20261123};
	struct failure failure;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_sums_agree_with_rows, &world),
		cmocka_unit_test_prestate(test_weeks_answer_as_rows_do, &world),
		cmocka_unit_test_prestate(test_audit_sees_what_is_wrong, &world),
		cmocka_unit_test_prestate(test_small_reports_share_parts, &world),
		cmocka_unit_test_prestate(test_no_part_is_joined_by_what_is_taken_back, &world),
		cmocka_unit_test_prestate(test_older_parts_are_joined, &world),
		cmocka_unit_test_prestate(test_older_store_gets_its_sums, &world),
		cmocka_unit_test_prestate(test_later_store_is_refused, &world),
	};
	world.location = location;
	void *state = &world;
	if (store_open(location, &world.store, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	make_data(&state);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	store_close(world.store);
	return failed;
}

int main(int argc, char **argv)
{
	return run_in_place(argc, argv, run_all);
}
