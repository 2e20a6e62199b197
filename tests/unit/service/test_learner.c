/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A learner says what learn_reports() says, and asks the store only where there is something. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "guide/providers.h"
#include "records/public_suffix.h"
#include "service/learner.h"

#define NOW INT64_C(1795392000)
#define DAY INT64_C(86400)

struct world {
	char folder[64];
	char path[96];
	struct store *store;
	struct senders_options options;
	struct provider_table *providers;
	struct public_suffix_list *suffixes;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static int set_up(void **state)
{
	static struct world world;
	struct failure failure;
	snprintf(world.folder, sizeof(world.folder), "/tmp/mailseal-unit-XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	snprintf(world.path, sizeof(world.path), "%s/reports.db", world.folder);
	must(store_open(world.path, &world.store, &failure), &failure);
	must(public_suffix_list_load(/* path: */ NULL, &world.suffixes, &failure), &failure);
	must(provider_table_load(&world.providers, &failure), &failure);
	world.options = (struct senders_options){
		.suffixes = world.suffixes,
		.providers = world.providers,
		.now = NOW,
		.days = LEARN_DAYS,
		.recent_days = LEARN_RECENT_DAYS,
	};
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	struct world *world = *state;
	char path[128];
	store_close(world->store);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", world->path, endings[i]);
		unlink(path);
	}
	rmdir(world->folder);
	provider_table_free(world->providers);
	public_suffix_list_free(world->suffixes);
	return 0;
}

static void add_report(struct world *world, const char *domain)
{
	static const char source[] = {(char)192, 0, 2, 1};
	struct failure failure;
	enum store_outcome outcome;
	struct store_report report = {
		.kind = STORE_AGGREGATE,
		.reporter = SPAN("reporter.example"),
		.id = span_of_string(domain),
		.domain = span_of_string(domain),
		.begin_at = NOW - 2 * DAY,
		.end_at = NOW - DAY,
		.policy = SPAN("p=none"),
		.origin = SPAN("a.xml"),
		.content = SPAN("aaaaaaaaaaaaaaaa"),
		.stored_at = NOW,
	};
	struct store_row row = {
		.source = span_of(source, sizeof(source)),
		.messages = 7,
		.dkim = STORE_RESULT_PASS,
		.header_from = report.domain,
	};
	must(store_begin(world->store, &failure), &failure);
	must(store_report_begin(world->store, &report, &failure), &failure);
	must(store_row_add(world->store, &row, &failure), &failure);
	must(store_report_end(world->store, &report, &outcome, &failure), &failure);
	must(store_commit(world->store, &failure), &failure);
}

/* The messages that are learnt of; 0 without a fact of them. */
static uint64_t messages_of(const struct facts *facts, const char *domain)
{
	const struct fact *fact =
		facts_get(facts, (struct fact_key){FACT_REPORTED, 0, span_of_string(domain)});
	return fact != NULL && fact->reported != NULL ? fact->reported->messages : 0;
}

static uint64_t learn(struct world *world, struct learner *learner, const char *domain, int64_t now)
{
	struct failure failure;
	struct facts *facts = facts_new(/* seed: */ 0);
	must(learner_add(learner, span_of_string(domain), now, facts, &failure), &failure);
	uint64_t messages = messages_of(facts, domain);
	facts_free(facts);
	facts = facts_new(/* seed: */ 0);
	struct senders_options options = world->options;
	options.now = now;
	must(learn_reports(facts, world->store, span_of_string(domain), &options, &failure),
	     &failure);
	assert_row_int(domain, messages_of(facts, domain), messages);
	facts_free(facts);
	return messages;
}

static void test_learns_as_without_it(void **state)
{
	static const struct {
		const char *domain;
		uint64_t messages;
	} rows[] = {
		{"reported.example", 7},  {"above.example", 14},     {"b.above.example", 14},
		{"a.b.above.example", 7}, {"z.reported.example", 0}, {"notreported.example", 0},
		{"c.above.example", 0},	  {"orted.example", 0},	     {"unknown.example", 0},
	};
	struct world *world = *state;
	add_report(world, "reported.example");
	add_report(world, "a.b.above.example");
	add_report(world, "b.above.example");
	struct learner *learner = learner_new(world->store, &world->options);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_int(rows[i].domain, learn(world, learner, rows[i].domain, NOW),
			       rows[i].messages);
	}
	learner_free(learner);
}

static void test_sees_new_reports_within_a_minute(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct learner *learner = learner_new(world->store, &world->options);
	assert_int_equal(learn(world, learner, "late.example", NOW), 0);
	add_report(world, "late.example");
	struct facts *facts = facts_new(/* seed: */ 0);
	must(learner_add(learner, SPAN("late.example"), NOW + 1, facts, &failure), &failure);
	assert_int_equal(facts_count(facts), 0);
	facts_free(facts);
	assert_int_equal(learn(world, learner, "late.example", NOW + LEARNER_FRESH_S), 7);
	learner_free(learner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_learns_as_without_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sees_new_reports_within_a_minute, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
