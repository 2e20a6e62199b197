/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Several sources as one: who is asked, at the same time, and what comes together. */
#include <pthread.h>

#include "unit.h"

#include "collect/sources.h"

struct fake {
	struct fact_source source; /* first: answer() casts back */
	enum fact_kind kind;
	unsigned calls;
	pthread_barrier_t *meeting; /* waits here for the others; NULL: does not */
	const char *fails;	    /* NULL: does not */
	bool has_seen_known;
	bool has_seen_other;
	enum fact_kind other;
};

static struct fact_key key_of(enum fact_kind kind)
{
	return (struct fact_key){kind, 0, SPAN("example.org")};
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct fake *fake = (struct fake *)source;
	fake->calls++;
	if (fake->meeting != NULL) {
		pthread_barrier_wait(fake->meeting);
	}
	fake->has_seen_known =
		facts_get(facts, (struct fact_key){FACT_DNS, 1, SPAN("known.org")}) != NULL;
	fake->has_seen_other = facts_get(facts, key_of(fake->other)) != NULL;
	if (fake->fails != NULL) {
		return failure_set(reterr, FAILURE_IO, fake->fails, "broken");
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < wants_count(wants); i++) {
		const struct fact fact = {.key = wants_at(wants, i), .state = FACT_ABSENT};
		r = fact.key.kind == fake->kind ? facts_add(facts, &fact, reterr) : 0;
	}
	return r;
}

static struct fake fake_new(enum fact_kind kind)
{
	return (struct fake){.source = {.answer = answer}, .kind = kind};
}

struct setting {
	struct arena *arena;
	struct facts *facts;
	struct wants wants;
	struct sources sources;
};

static void begin(struct setting *setting, struct fake *fakes, size_t count)
{
	setting->arena = arena_new(100000);
	setting->facts = facts_new(1);
	setting->wants = wants_new(setting->arena);
	setting->sources = sources_new();
	for (size_t i = 0; i < count; i++) {
		assert_true(sources_add(&setting->sources, fakes[i].kind, &fakes[i].source));
		assert_true(wants_add(&setting->wants, key_of(fakes[i].kind)));
	}
}

static int ask(struct setting *setting, struct failure *failure)
{
	struct fact_source *source = &setting->sources.source;
	return source->answer(source, &setting->wants, setting->facts, failure);
}

static void end(struct setting *setting)
{
	facts_free(setting->facts);
	arena_free(setting->arena);
}

/* With one after another the first would wait for ever. */
static void test_all_at_the_same_time(void **state)
{
	(void)state;
	pthread_barrier_t meeting;
	pthread_barrier_init(&meeting, NULL, 3);
	struct fake fakes[] = {fake_new(FACT_DNS), fake_new(FACT_ENDPOINT), fake_new(FACT_POLICY)};
	struct setting setting;
	struct failure failure;
	begin(&setting, fakes, 3);
	for (size_t i = 0; i < 3; i++) {
		fakes[i].meeting = &meeting;
	}
	assert_int_equal(ask(&setting, &failure), 0);
	assert_int_equal(facts_count(setting.facts), 3);
	/* in the order the sources were added, whoever was first */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(facts_at(setting.facts, i)->key.kind, fakes[i].kind);
	}
	end(&setting);
	pthread_barrier_destroy(&meeting);
}

static void test_only_who_is_wanted(void **state)
{
	(void)state;
	struct fake fakes[] = {fake_new(FACT_DNS), fake_new(FACT_ENDPOINT)};
	struct setting setting;
	struct failure failure;
	begin(&setting, fakes, 2);
	setting.wants = wants_new(setting.arena);
	assert_int_equal(ask(&setting, &failure), 0);
	assert_int_equal(fakes[0].calls + fakes[1].calls, 0);
	assert_true(wants_add(&setting.wants, key_of(FACT_ENDPOINT)));
	assert_true(wants_add(&setting.wants, key_of(FACT_POLICY)));
	assert_int_equal(ask(&setting, &failure), 0);
	assert_int_equal(fakes[0].calls, 0);
	assert_int_equal(fakes[1].calls, 1);
	assert_int_equal(facts_count(setting.facts), 1);
	end(&setting);
}

/* A policy host's addresses are known before; what the others learn now is not. */
static void test_known_facts_are_seen(void **state)
{
	(void)state;
	struct fake fakes[] = {fake_new(FACT_DNS), fake_new(FACT_POLICY)};
	fakes[0].other = FACT_POLICY;
	fakes[1].other = FACT_DNS;
	struct setting setting;
	struct failure failure;
	begin(&setting, fakes, 2);
	const struct fact known = {.key = {FACT_DNS, 1, SPAN("known.org")}, .state = FACT_ABSENT};
	assert_int_equal(facts_add(setting.facts, &known, &failure), 0);
	assert_int_equal(ask(&setting, &failure), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_true(fakes[i].has_seen_known);
		assert_false(fakes[i].has_seen_other);
	}
	assert_int_equal(facts_count(setting.facts), 3);
	end(&setting);
}

static void test_a_failure_is_told(void **state)
{
	(void)state;
	struct fake fakes[] = {fake_new(FACT_DNS), fake_new(FACT_ENDPOINT), fake_new(FACT_POLICY)};
	fakes[1].fails = "ask";
	struct setting setting;
	struct failure failure = {0};
	begin(&setting, fakes, 3);
	assert_int_equal(ask(&setting, &failure), FAILURE_IO);
	assert_string_equal(failure.what, "ask");
	assert_int_equal(fakes[2].calls, 1);
	end(&setting);
}

static void test_too_many(void **state)
{
	(void)state;
	struct fake fake = fake_new(FACT_DNS);
	struct sources sources = sources_new();
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		assert_true(sources_add(&sources, FACT_DNS, &fake.source));
	}
	assert_false(sources_add(&sources, FACT_DNS, &fake.source));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_at_the_same_time),
		cmocka_unit_test(test_only_who_is_wanted),
		cmocka_unit_test(test_known_facts_are_seen),
		cmocka_unit_test(test_a_failure_is_told),
		cmocka_unit_test(test_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
