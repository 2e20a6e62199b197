/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Of every estate: a notice reaches each channel once, and none is repeated too soon. */
#include <stdio.h>

#include "estate_contract.h"

/* ---- notices ---- */

struct told {
	char keys[NOTICE_MAX_GROUP][32];
	size_t count;
};

static int note_notice(void *context, const struct notice *notice)
{
	struct told *told = context;
	snprintf(told->keys[told->count++], 32, "%.*s", SPAN_ARG(notice->key));
	return 0;
}

/* What the channel is told now; -1 when nothing is due. */
static int claim_notices(struct world *world, const char *channel, struct told *told,
			 struct notice_message *message)
{
	struct notice_claim claim = {.channel = span_of_string(channel), .lease_seconds = 600};
	struct failure failure;
	bool is_due;
	told->count = 0;
	must(notices_claim(world->store, &claim, note_notice, told, message, &is_due, &failure),
	     &failure);
	return is_due ? (int)told->count : -1;
}

static void judge_with_notices(struct world *world, const char *list, int64_t at,
			       const char *const *keys, size_t count)
{
	static const char *const names[] = {"noticed.example"};
	struct notice notices[4] = {{0}};
	int64_t run = open_run(world, ESTATE_SCAN, list);
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], at, &fact_a, 1, "set-of-a-alone-.", "verdict-is-good.");
	for (size_t i = 0; i < count; i++) {
		notices[i] = (struct notice){
			.at = at, .key = span_of_string(keys[i]), .body = SPAN("{}")};
	}
	result.notices = notices;
	result.notice_count = count;
	result.repeat_after_seconds = STORE_DAY_SECONDS;
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	/* Sent again as after a lost answer: no second notice. */
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
}

static void open_channel(struct world *world, const char *channel)
{
	struct failure failure;
	must(notices_channel_open(world->store, span_of_string(channel), &failure), &failure);
}

static void tell(struct world *world, const char *channel, const struct notice_message *message)
{
	struct failure failure;
	must(notices_told(world->store, span_of_string(channel), message, &failure), &failure);
}

static void test_notices_reach_each_channel_once(void **state)
{
	struct world *world = *state;
	static const char *const keys[] = {"worse a", "worse b"};
	struct told told;
	struct notice_message message;
	open_channel(world, "early");
	judge_with_notices(world, "notices 1", NOON, keys, 2);
	open_channel(world, "late");
	assert_int_equal(claim_notices(world, "late", &told, &message), -1);
	assert_int_equal(claim_notices(world, "early", &told, &message), 2);
	assert_string_equal(told.keys[0], "worse a");
	assert_string_equal(told.keys[1], "worse b");
	/* Another worker finds the channel taken. */
	struct notice_message other;
	assert_int_equal(claim_notices(world, "early", &told, &other), -1);
	tell(world, "early", &message);
	assert_int_equal(claim_notices(world, "early", &told, &other), -1);
	open_channel(world, "early");
	assert_int_equal(claim_notices(world, "early", &told, &other), -1);
}

static void test_failed_message_is_sent_as_it_was(void **state)
{
	struct world *world = *state;
	static const char *const first[] = {"first"};
	static const char *const second[] = {"second"};
	struct told told;
	struct notice_message message;
	struct notice_message again;
	struct failure failure;
	open_channel(world, "failing");
	judge_with_notices(world, "failing 1", NOON + 10, first, 1);
	assert_int_equal(claim_notices(world, "failing", &told, &message), 1);
	must(notices_failed(world->store, SPAN("failing"), &message, -1, SPAN("HTTP 500"),
			    &failure),
	     &failure);
	judge_with_notices(world, "failing 2", NOON + 20, second, 1);
	struct arena *arena = arena_new(4096);
	uint64_t waiting = 0;
	struct span error = {0};
	must(notices_waiting(world->store, arena, SPAN("failing"), &waiting, &error, &failure),
	     &failure);
	assert_int_equal(waiting, 2);
	assert_true(span_equal(error, SPAN("HTTP 500")));
	arena_free(arena);
	/* The same message with the same number, though there is more to tell by now. */
	assert_int_equal(claim_notices(world, "failing", &told, &again), 1);
	assert_string_equal(told.keys[0], "first");
	assert_int_equal(again.number, message.number);
	assert_int_equal(again.attempts, 1);
	/* The first attempt's late answer does not count: its lease is over. */
	tell(world, "failing", &message);
	tell(world, "failing", &again);
	assert_int_equal(claim_notices(world, "failing", &told, &message), 1);
	assert_string_equal(told.keys[0], "second");
	assert_int_equal(message.number, again.number + 1);
}

static void test_notice_is_not_repeated_within_the_window(void **state)
{
	struct world *world = *state;
	static const char *const keys[] = {"flapping"};
	struct told told;
	struct notice_message message;
	open_channel(world, "repeats");
	judge_with_notices(world, "repeat 1", NOON + 100, keys, 1);
	judge_with_notices(world, "repeat 2", NOON + 3700, keys, 1);
	assert_int_equal(claim_notices(world, "repeats", &told, &message), 1);
	tell(world, "repeats", &message);
	judge_with_notices(world, "repeat 3", NOON + 200 + STORE_DAY_SECONDS, keys, 1);
	assert_int_equal(claim_notices(world, "repeats", &told, &message), 1);
}

/* One notice of three parts about one domain at a time; what it tells, "" for nothing. */
static void put_parts(struct world *world, const char *list, int64_t at, const char *const keys[3])
{
	static const char *const names[] = {"parts.example"};
	struct notice_part parts[3];
	char undone[3][16];
	for (size_t i = 0; i < 3; i++) {
		/* "dkim" and "-dkim" undo each other. */
		bool is_gone = keys[i][0] == '-';
		snprintf(undone[i], sizeof(undone[i]), "%s%s", is_gone ? "" : "-",
			 keys[i] + (is_gone ? 1 : 0));
		parts[i] = (struct notice_part){
			.key = span_of_string(keys[i]),
			.body = span_of_string(keys[i]),
			.undoes = {span_of_string(undone[i])},
		};
		parts[i].body = parts[i].body.len > 0 ? parts[i].body : SPAN("always");
	}
	struct notice notice = {.at = at,
				.key = SPAN("worse"),
				.body = SPAN("head"),
				.parts = parts,
				.part_count = 3};
	int64_t run = open_run(world, ESTATE_SCAN, list);
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], at, &fact_a, 1, "set-of-a-alone-.", "verdict-is-good.");
	result.notices = &notice;
	result.notice_count = 1;
	result.repeat_after_seconds = STORE_DAY_SECONDS;
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
}

struct bodies {
	char text[256];
	size_t count;
};

static int note_body(void *context, const struct notice *notice)
{
	struct bodies *bodies = context;
	snprintf(bodies->text, sizeof(bodies->text), "%.*s", SPAN_ARG(notice->body));
	bodies->count++;
	return 0;
}

static void test_part_is_not_repeated_within_the_window(void **state)
{
	struct world *world = *state;
	static const struct {
		const char *name;
		int64_t after_s;
		const char *keys[3];
		const char *body; /* NULL: nothing is told */
	} rows[] = {
		{"first",
		 0,
		 {"dkim", "dmarc", ""},
		 "head\x1d"
		 "dkim\x1d"
		 "dmarc\x1d"
		 "always"},
		{"same again", 60, {"dkim", "dmarc", ""}, NULL},
		{"one is new",
		 120,
		 {"dkim", "spf", "dmarc"},
		 "head\x1d"
		 "spf"},
		{"the same twice",
		 180,
		 {"mx", "mx", ""},
		 "head\x1d"
		 "mx\x1d"
		 "always"},
		{"one is gone",
		 240,
		 {"-dmarc", "", ""},
		 "head\x1d"
		 "-dmarc\x1d"
		 "always\x1d"
		 "always"},
		{"told to be gone, it comes back",
		 300,
		 {"dkim", "dmarc", "mx"},
		 "head\x1d"
		 "dmarc"},
		{"but is told once", 360, {"dkim", "dmarc", "mx"}, NULL},
		{"and goes again",
		 420,
		 {"-dmarc", "dkim", "spf"},
		 "head\x1d"
		 "-dmarc"},
		{"a day after the first",
		 STORE_DAY_SECONDS,
		 {"dkim", "spf", ""},
		 "head\x1d"
		 "dkim\x1d"
		 "always"},
	};
	struct failure failure;
	open_channel(world, "parts");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct notice_claim claim = {.channel = SPAN("parts"), .lease_seconds = 600};
		struct notice_message message;
		struct bodies bodies = {.count = 0};
		bool is_due;
		put_parts(world, rows[i].name, NOON + 500 + rows[i].after_s, rows[i].keys);
		must(notices_claim(world->store, &claim, note_body, &bodies, &message, &is_due,
				   &failure),
		     &failure);
		assert_row_int(rows[i].name, bodies.count, rows[i].body != NULL);
		if (rows[i].body != NULL) {
			assert_string_equal(bodies.text, rows[i].body);
			tell(world, "parts", &message);
		}
	}
}

int estate_contract_notices(struct world *world)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_notices_reach_each_channel_once, world),
		cmocka_unit_test_prestate(test_failed_message_is_sent_as_it_was, world),
		cmocka_unit_test_prestate(test_notice_is_not_repeated_within_the_window, world),
		cmocka_unit_test_prestate(test_part_is_not_repeated_within_the_window, world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
