/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What every store must do with an estate's runs, leases and results, told once and run against
 * each database. Arguments as of contract.c.
 */
#include <stdio.h>

#include "place.h"
#include "store/estate.h"
#include "unit.h"

#define NOON INT64_C(1793620800)
#define LONG_LEASE 600
/* In the past at once: as if the worker had been gone for long. */
#define LOST_LEASE (-1)
#define MAX_SEEN 600

struct world {
	const char *location;
	struct store *store;
};

struct seen {
	struct estate_lease leases[ESTATE_MAX_BATCH];
	char names[ESTATE_MAX_BATCH][64];
	char owners[ESTATE_MAX_BATCH][64];
	size_t count;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static int64_t open_run(struct world *world, enum estate_run_kind kind, const char *name)
{
	struct estate_run wanted = {.kind = kind,
				    .name = span_of_string(name),
				    .options = SPAN("dns-only"),
				    .started_at = NOON};
	struct failure failure;
	int64_t run = 0;
	bool is_new;
	must(estate_run_open(world->store, &wanted, &run, &is_new, &failure), &failure);
	return run;
}

static void add_named(struct world *world, int64_t run, const char *const *names, size_t count)
{
	struct failure failure;
	for (size_t i = 0; i < count; i++) {
		struct estate_domain domain = {span_of_string(names[i]), SPAN("Ada"),
					       SPAN("Councils")};
		must(estate_run_add(world->store, run, &domain, 1, &failure), &failure);
	}
}

static int note_lease(void *context, const struct estate_lease *lease)
{
	struct seen *seen = context;
	snprintf(seen->names[seen->count], 64, "%.*s", SPAN_ARG(lease->domain));
	snprintf(seen->owners[seen->count], 64, "%.*s", SPAN_ARG(lease->owner));
	seen->leases[seen->count++] = *lease;
	return 0;
}

static struct seen claim_as(struct world *world, int64_t run, const char *worker, size_t max_count,
			    int64_t lease_seconds)
{
	struct estate_claim claim = {.run = run,
				     .worker = span_of_string(worker),
				     .lease_seconds = lease_seconds,
				     .max_count = max_count,
				     .max_attempts = 3};
	static struct seen seen;
	seen.count = 0;
	struct failure failure;
	int64_t wait_seconds;
	must(estate_claim(world->store, &claim, note_lease, &seen, &wait_seconds, &failure),
	     &failure);
	return seen;
}

static const struct estate_content fact_a = {SPAN_INIT("AAAAAAAAAAAAAAAA"), SPAN_INIT("fact a")};
static const struct estate_content fact_b = {SPAN_INIT("BBBBBBBBBBBBBBBB"), SPAN_INIT("fact b")};

static struct estate_result result_of(const struct estate_lease *lease, int64_t checked_at,
				      const struct estate_content *facts, size_t fact_count,
				      const char *set_digest, const char *verdict)
{
	return (struct estate_result){
		.domain_id = lease->domain_id,
		.epoch = lease->epoch,
		.checked_at = checked_at,
		.facts = facts,
		.fact_count = fact_count,
		.facts_digest = span_of_string(set_digest),
		/* The test's verdicts have 16 octets and are their own digests. */
		.verdict = {span_of_string(verdict), span_of_string(verdict)},
	};
}

static enum estate_outcome finish(struct world *world, int64_t run,
				  const struct estate_result *result)
{
	struct failure failure;
	enum estate_outcome outcome = ESTATE_LOST;
	must(estate_finish(world->store, run, result, 1, &outcome, &failure), &failure);
	return outcome;
}

struct entries {
	struct estate_entry rows[MAX_SEEN];
	char verdicts[MAX_SEEN][32];
	char names[MAX_SEEN][64];
	size_t count;
};

static int note_entry(void *context, const struct estate_entry *entry)
{
	struct entries *entries = context;
	snprintf(entries->verdicts[entries->count], 32, "%.*s", SPAN_ARG(entry->verdict));
	snprintf(entries->names[entries->count], 64, "%.*s", SPAN_ARG(entry->domain.name));
	entries->rows[entries->count++] = *entry;
	return 0;
}

static struct entries *results_of(struct world *world, int64_t run)
{
	static struct entries entries;
	struct failure failure;
	entries.count = 0;
	must(estate_results(world->store, run, note_entry, &entries, &failure), &failure);
	return &entries;
}

static struct entries *history_of(struct world *world, const char *domain, int64_t since,
				  int64_t until, bool is_newest_first)
{
	static struct entries entries;
	struct estate_period period = {since, until, is_newest_first};
	struct failure failure;
	entries.count = 0;
	must(estate_history(world->store, span_of_string(domain), &period, note_entry, &entries,
			    &failure),
	     &failure);
	return &entries;
}

static struct estate_progress progress_of(struct world *world, int64_t run)
{
	struct failure failure;
	struct estate_progress progress;
	must(estate_run_progress(world->store, run, &progress, &failure), &failure);
	return progress;
}

static void test_workers_meet_in_one_run(void **state)
{
	struct world *world = *state;
	int64_t first = open_run(world, ESTATE_SCAN, "meet");
	assert_int_equal(open_run(world, ESTATE_SCAN, "meet"), first);
	assert_int_not_equal(open_run(world, ESTATE_WATCH, "meet"), first);
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "meet too"), first);
}

static void test_each_job_is_leased_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"a.once.example", "b.once.example", "c.once.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "once");
	add_named(world, run, names, 3);
	add_named(world, run, names, 3);
	struct seen one = claim_as(world, run, "one", 2, LONG_LEASE);
	struct seen two = claim_as(world, run, "two", 10, LONG_LEASE);
	struct seen three = claim_as(world, run, "three", 10, LONG_LEASE);
	assert_int_equal(one.count, 2);
	assert_int_equal(two.count, 1);
	assert_int_equal(three.count, 0);
	assert_string_equal(one.owners[0], "Ada");
	assert_string_not_equal(one.names[0], two.names[0]);
	assert_string_not_equal(one.names[1], two.names[0]);
	struct estate_progress progress = progress_of(world, run);
	assert_int_equal(progress.domains, 3);
	assert_int_equal(progress.leased, 3);
	assert_int_equal(progress.finished, 0);
}

static void test_waits_for_a_lease_to_end(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"wait.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "wait");
	add_named(world, run, names, 1);
	(void)claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_claim claim = {.run = run, .worker = SPAN("two"), .max_count = 1};
	struct seen seen = {.count = 0};
	struct failure failure;
	int64_t wait_seconds = 0;
	must(estate_claim(world->store, &claim, note_lease, &seen, &wait_seconds, &failure),
	     &failure);
	assert_in_range(wait_seconds, LONG_LEASE - 60, LONG_LEASE);
}

static int count_fact(void *context, struct span body)
{
	struct buffer *all = context;
	buffer_append(all, body);
	buffer_putc(all, '\n');
	return 0;
}

static void test_result_is_kept_with_its_facts(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"kept.example"};
	struct estate_content facts[] = {fact_b, fact_a};
	int64_t run = open_run(world, ESTATE_SCAN, "kept");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], NOON, facts, 2, "set-of-a-and-b-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 1);
	assert_string_equal(entries->names[0], "kept.example");
	assert_string_equal(entries->verdicts[0], "verdict-is-good.");
	struct buffer all = buffer_new(1000);
	struct failure failure;
	must(estate_facts(world->store, entries->rows[0].facts, count_fact, &all, &failure),
	     &failure);
	assert_true(span_equal(buffer_span(&all), SPAN("fact b\nfact a\n")));
	buffer_free(&all);
}

static void test_finish_twice_counts_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"twice.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "twice");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result = result_of(&seen.leases[0], NOON, &fact_a, 1,
						"set-of-a-alone-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	/* As after a commit whose answer was lost. */
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	assert_int_equal(results_of(world, run)->count, 1);
	assert_int_equal(claim_as(world, run, "two", 1, LONG_LEASE).count, 0);
}

static void test_late_finish_is_refused(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"late.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "late");
	add_named(world, run, names, 1);
	struct seen frozen = claim_as(world, run, "frozen", 1, LOST_LEASE);
	struct seen other = claim_as(world, run, "other", 1, LONG_LEASE);
	assert_int_equal(other.count, 1);
	assert_int_equal(other.leases[0].attempts, 1);
	struct estate_result late = result_of(&frozen.leases[0], NOON, &fact_a, 1,
					      "set-of-a-alone-.", "verdict-is-late.");
	struct estate_result good = result_of(&other.leases[0], NOON + 1, &fact_a, 1,
					      "set-of-a-alone-.", "verdict-is-good.");
	assert_int_equal(finish(world, run, &late), ESTATE_LOST);
	assert_int_equal(finish(world, run, &good), ESTATE_KEPT);
	assert_int_equal(finish(world, run, &late), ESTATE_LOST);
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 1);
	assert_string_equal(entries->verdicts[0], "verdict-is-good.");
}

static void test_renewed_lease_is_held(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"held.example", "gone.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "renew");
	add_named(world, run, names, 2);
	(void)claim_as(world, run, "gone", 1, LOST_LEASE);
	(void)claim_as(world, run, "holder", 1, LONG_LEASE);
	struct estate_claim claim = {
		.run = run, .worker = SPAN("gone"), .lease_seconds = LONG_LEASE};
	struct failure failure;
	must(estate_renew(world->store, &claim, &failure), &failure);
	/* What was lost is not held again: another may claim it. */
	assert_int_equal(claim_as(world, run, "third", 10, LONG_LEASE).count, 1);
}

static void test_released_jobs_are_free_at_once(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"one.free.example", "two.free.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "release");
	add_named(world, run, names, 2);
	struct seen seen = claim_as(world, run, "leaver", 1, LONG_LEASE);
	(void)claim_as(world, run, "stayer", 1, LONG_LEASE);
	struct failure failure;
	must(estate_release(world->store, run, SPAN("leaver"), &failure), &failure);
	assert_int_equal(progress_of(world, run).leased, 1);
	struct seen again = claim_as(world, run, "third", 10, LONG_LEASE);
	assert_int_equal(again.count, 1);
	assert_int_equal(again.leases[0].domain_id, seen.leases[0].domain_id);
	/* To give back is not to fail. */
	assert_int_equal(again.leases[0].attempts, 0);
}

static void test_abandoned_run_is_closed(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"abandoned.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "abandoned");
	add_named(world, run, names, 1);
	struct failure failure;
	must(estate_run_abandon(world->store, run, NOON, &failure), &failure);
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "abandoned"), run);
}

static void test_job_that_kills_workers_is_given_up(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"killer.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "killer");
	add_named(world, run, names, 1);
	struct failure failure;
	must(estate_run_seal(world->store, run, &failure), &failure);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim_as(world, run, "victim", 1, LOST_LEASE).count, 1);
	}
	assert_int_equal(claim_as(world, run, "victim", 1, LOST_LEASE).count, 0);
	assert_int_equal(progress_of(world, run).given_up, 1);
	bool is_finished = false;
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_true(is_finished);
}

static void test_run_ends_when_all_is_done(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"end.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "end");
	add_named(world, run, names, 1);
	struct failure failure;
	bool is_finished = true;
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	must(estate_run_seal(world->store, run, &failure), &failure);
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_false(is_finished);
	struct estate_result result = result_of(&seen.leases[0], NOON, &fact_a, 1,
						"set-of-a-alone-.", "verdict-is-good.");
	(void)finish(world, run, &result);
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_true(is_finished);
	/* The next run of that name is another one. */
	assert_int_not_equal(open_run(world, ESTATE_SCAN, "end"), run);
}

static void test_unsealed_run_does_not_end(void **state)
{
	struct world *world = *state;
	int64_t run = open_run(world, ESTATE_SCAN, "unsealed");
	struct failure failure;
	bool is_finished = true;
	must(estate_run_finish(world->store, run, NOON, &is_finished, &failure), &failure);
	assert_false(is_finished);
}

static void test_postponed_job_comes_again(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"later.example"};
	int64_t run = open_run(world, ESTATE_SCAN, "later");
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct failure failure;
	must(estate_postpone(world->store, run, &seen.leases[0], 1, SPAN("no memory"), &failure),
	     &failure);
	assert_int_equal(claim_as(world, run, "two", 1, LONG_LEASE).count, 1);
	/* The first lease is gone: giving it back again changes nothing. */
	must(estate_postpone(world->store, run, &seen.leases[0], 1, SPAN("late"), &failure),
	     &failure);
	assert_int_equal(claim_as(world, run, "three", 1, LONG_LEASE).count, 0);
}

static void test_watch_comes_round_again(void **state)
{
	struct world *world = *state;
	static const char *const names[] = {"round.example"};
	int64_t run = open_run(world, ESTATE_WATCH, "round");
	add_named(world, run, names, 1);
	for (int i = 0; i < 3; i++) {
		struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
		assert_int_equal(seen.count, 1);
		struct estate_result result = result_of(&seen.leases[0], NOON + i, &fact_a, 1,
							"set-of-a-alone-.", "verdict-is-good.");
		result.next_due_at = 1;
		assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
		assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	}
	assert_int_equal(history_of(world, "round.example", 0, NOON * 2, false)->count, 3);
	struct entries *newest = results_of(world, run);
	assert_int_equal(newest->count, 1);
	assert_int_equal(newest->rows[0].checked_at, NOON + 2);
}

static int64_t judge_in(struct world *world, enum estate_run_kind kind, const char *list,
			int64_t at, const char *set_digest, const char *verdict)
{
	static const char *const names[] = {"days.example"};
	int64_t run = open_run(world, kind, list);
	add_named(world, run, names, 1);
	struct seen seen = claim_as(world, run, "one", 1, LONG_LEASE);
	struct estate_result result =
		result_of(&seen.leases[0], at, &fact_a, 1, set_digest, verdict);
	assert_int_equal(finish(world, run, &result), ESTATE_KEPT);
	return run;
}

static void judge_once(struct world *world, const char *list, int64_t at, const char *set_digest,
		       const char *verdict)
{
	judge_in(world, ESTATE_SCAN, list, at, set_digest, verdict);
}

static void test_unchanged_day_shares_everything(void **state)
{
	struct world *world = *state;
	judge_once(world, "day 1", NOON, "set-of-a-alone-.", "verdict-is-good.");
	judge_once(world, "day 2", NOON + STORE_DAY_SECONDS, "set-of-a-alone-.",
		   "verdict-is-good.");
	judge_once(world, "day 3", NOON + 2 * STORE_DAY_SECONDS, "set-of-a-later-.",
		   "verdict-is-bad-.");
	struct entries *days = history_of(world, "days.example", 0, NOON * 2, false);
	assert_int_equal(days->count, 3);
	assert_int_equal(days->rows[0].facts, days->rows[1].facts);
	assert_int_equal(days->rows[0].verdict_id, days->rows[1].verdict_id);
	assert_int_not_equal(days->rows[1].facts, days->rows[2].facts);
	assert_int_not_equal(days->rows[1].verdict_id, days->rows[2].verdict_id);
	days = history_of(world, "days.example", NOON, NOON + STORE_DAY_SECONDS, true);
	assert_int_equal(days->count, 2);
	assert_int_equal(days->rows[0].checked_at, NOON + STORE_DAY_SECONDS);
	assert_int_equal(history_of(world, "nobody.example", 0, NOON * 2, false)->count, 0);
}

struct latest {
	int64_t checked_at;
	char verdict[32];
	size_t count;
};

static int note_latest(void *context, const struct estate_entry *entry)
{
	struct latest *latest = context;
	if (span_equal(entry->domain.name, SPAN("days.example"))) {
		latest->checked_at = entry->checked_at;
		snprintf(latest->verdict, sizeof(latest->verdict), "%.*s",
			 SPAN_ARG(entry->verdict));
		latest->count++;
	}
	return 0;
}

/* Stands on the days of the test before it. */
static void test_latest_up_to_a_time(void **state)
{
	struct world *world = *state;
	struct latest latest = {0};
	struct failure failure;
	must(estate_latest(world->store, NOON * 2, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 1);
	assert_string_equal(latest.verdict, "verdict-is-bad-.");
	latest = (struct latest){0};
	must(estate_latest(world->store, NOON + STORE_DAY_SECONDS + 5, note_latest, &latest,
			   &failure),
	     &failure);
	assert_int_equal(latest.count, 1);
	assert_int_equal(latest.checked_at, NOON + STORE_DAY_SECONDS);
	latest = (struct latest){0};
	must(estate_latest(world->store, NOON - 1, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 0);
}

/* Stands on the same days: what is judged again stands beside what was said then, at the same time,
 * and is seen by those who ask for its run. */
static void test_judged_again_is_beside(void **state)
{
	struct world *world = *state;
	int64_t last_day = NOON + 2 * STORE_DAY_SECONDS;
	int64_t run = judge_in(world, ESTATE_REJUDGED, "days again", last_day, "set-of-a-later-.",
			       "verdict-is-new-.");
	struct latest latest = {0};
	struct failure failure;
	must(estate_latest(world->store, NOON * 2, note_latest, &latest, &failure), &failure);
	assert_int_equal(latest.count, 1);
	assert_string_equal(latest.verdict, "verdict-is-bad-.");
	struct entries *days = history_of(world, "days.example", 0, NOON * 2, true);
	assert_int_equal(days->count, 3);
	assert_string_equal(days->verdicts[0], "verdict-is-bad-.");
	assert_int_equal(history_of(world, "days.example", 0, NOON * 2, false)->count, 3);
	struct entries *again = results_of(world, run);
	assert_int_equal(again->count, 1);
	assert_int_equal(again->rows[0].checked_at, last_day);
	assert_string_equal(again->verdicts[0], "verdict-is-new-.");
}

/* More than two pages, written in batches with shared facts. */
static void test_many_results_come_back_once(void **state)
{
	struct world *world = *state;
	int64_t run = open_run(world, ESTATE_SCAN, "many");
	struct failure failure;
	char name[32];
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "d%d.many.example", i);
		struct estate_domain domain = {.name = span_of_string(name)};
		must(estate_run_add(world->store, run, &domain, 1, &failure), &failure);
	}
	for (int batch = 0; batch < 5; batch++) {
		struct seen seen = claim_as(world, run, "one", 100, LONG_LEASE);
		assert_int_equal(seen.count, 100);
		static struct estate_result results[100];
		static enum estate_outcome outcomes[100];
		static char sets[100][20];
		struct estate_content facts[] = {fact_a, fact_b};
		for (size_t i = 0; i < 100; i++) {
			snprintf(sets[i], sizeof(sets[i]), "set-%012d",
				 (int)(i % 7) + batch * 1000);
			results[i] = result_of(&seen.leases[i], NOON, facts, 2, sets[i],
					       "verdict-is-good.");
		}
		must(estate_finish(world->store, run, results, 100, outcomes, &failure), &failure);
		for (size_t i = 0; i < 100; i++) {
			assert_int_equal(outcomes[i], ESTATE_KEPT);
		}
	}
	struct entries *entries = results_of(world, run);
	assert_int_equal(entries->count, 500);
	for (size_t i = 1; i < entries->count; i++) {
		assert_string_not_equal(entries->names[i - 1], entries->names[i]);
	}
}

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

static int stop_at_once(void *context, const struct estate_entry *entry)
{
	(void)context;
	(void)entry;
	return -5;
}

static void test_reader_may_stop(void **state)
{
	struct world *world = *state;
	struct failure failure;
	assert_int_equal(
		estate_latest(world->store, NOON * 2, stop_at_once, /* context: */ NULL, &failure),
		-5);
	/* And the store goes on working. */
	(void)open_run(world, ESTATE_SCAN, "after stopping");
}

static void open_world(struct world *world)
{
	struct failure failure;
	must(store_open(world->location, &world->store, &failure), &failure);
}

static int run_all(const char *location)
{
	static struct world world;
	world.location = location;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_workers_meet_in_one_run, &world),
		cmocka_unit_test_prestate(test_each_job_is_leased_once, &world),
		cmocka_unit_test_prestate(test_waits_for_a_lease_to_end, &world),
		cmocka_unit_test_prestate(test_result_is_kept_with_its_facts, &world),
		cmocka_unit_test_prestate(test_finish_twice_counts_once, &world),
		cmocka_unit_test_prestate(test_late_finish_is_refused, &world),
		cmocka_unit_test_prestate(test_renewed_lease_is_held, &world),
		cmocka_unit_test_prestate(test_released_jobs_are_free_at_once, &world),
		cmocka_unit_test_prestate(test_abandoned_run_is_closed, &world),
		cmocka_unit_test_prestate(test_job_that_kills_workers_is_given_up, &world),
		cmocka_unit_test_prestate(test_run_ends_when_all_is_done, &world),
		cmocka_unit_test_prestate(test_unsealed_run_does_not_end, &world),
		cmocka_unit_test_prestate(test_postponed_job_comes_again, &world),
		cmocka_unit_test_prestate(test_watch_comes_round_again, &world),
		cmocka_unit_test_prestate(test_unchanged_day_shares_everything, &world),
		cmocka_unit_test_prestate(test_latest_up_to_a_time, &world),
		cmocka_unit_test_prestate(test_judged_again_is_beside, &world),
		cmocka_unit_test_prestate(test_many_results_come_back_once, &world),
		cmocka_unit_test_prestate(test_notices_reach_each_channel_once, &world),
		cmocka_unit_test_prestate(test_failed_message_is_sent_as_it_was, &world),
		cmocka_unit_test_prestate(test_notice_is_not_repeated_within_the_window, &world),
		cmocka_unit_test_prestate(test_part_is_not_repeated_within_the_window, &world),
		cmocka_unit_test_prestate(test_reader_may_stop, &world),
	};
	open_world(&world);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	store_close(world.store);
	return failed;
}

int main(int argc, char **argv)
{
	return run_in_place(argc, argv, run_all);
}
