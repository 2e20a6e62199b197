/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Who stands in which line, and how fast the lines move; with a clock that the test moves. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "collect/pace.h"
#include "wire.h"

#define MANY 3000

struct fixture {
	struct pace *pace;
	struct public_suffix_list *suffixes;
	struct pace_item items[MANY];
	size_t put;
};

static void begin(struct fixture *fixture, unsigned rate, size_t max_places)
{
	struct failure failure;
	*fixture = (struct fixture){0};
	assert_int_equal(public_suffix_list_load(NULL, &fixture->suffixes, &failure), 0);
	const struct pace_options options = {
		.rate = rate,
		.first_window = PACE_FIRST_WINDOW,
		.max_places = max_places,
		.suffixes = fixture->suffixes,
	};
	fixture->pace = pace_new(&options);
	assert_non_null(fixture->pace);
}

static void end(struct fixture *fixture)
{
	pace_free(fixture->pace);
	public_suffix_list_free(fixture->suffixes);
}

static struct fact_key key_of(uint16_t type, const char *name)
{
	return (struct fact_key){FACT_DNS, type, span_of_string(name)};
}

static struct pace_item *put(struct fixture *fixture, const char *name, uint16_t type)
{
	struct pace_item *item = &fixture->items[fixture->put++];
	assert_true(pace_put(fixture->pace, item, key_of(type, name)));
	return item;
}

static void put_many(struct fixture *fixture, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		put(fixture, name, RR_TXT);
	}
}

/* Takes all that may go now. */
static size_t take_all(struct fixture *fixture, int64_t now_ms, struct pace_item **ret_items)
{
	size_t count = 0;
	for (struct pace_item *item = pace_take(fixture->pace, now_ms); item != NULL;
	     item = pace_take(fixture->pace, now_ms)) {
		ret_items[count++] = item;
	}
	return count;
}

static void learn(struct fixture *fixture, const char *zone, const char *const *hosts, size_t count,
		  int64_t now_ms)
{
	struct dns_record records[8];
	struct buffer wires[8];
	for (size_t i = 0; i < count; i++) {
		wires[i] = buffer_new(300);
		assert_true(name_to_wire(span_of_string(hosts[i]), &wires[i]));
		records[i] = (struct dns_record){.rdata = buffer_span(&wires[i])};
	}
	const struct dns_answer answer = {.records = records, .record_count = count};
	const struct fact fact = {
		.key = key_of(RR_NS, zone), .state = FACT_PRESENT, .dns = &answer};
	pace_learn(fixture->pace, &fact, now_ms);
	for (size_t i = 0; i < count; i++) {
		buffer_free(&wires[i]);
	}
}

static const char *const dns_hosts[] = {"ns2.zdns.example.net", "ns1.adns.co.uk"};

static void test_operators(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		const char *name;
		uint16_t type;
		const char *operator_name;
	} rows[] = {
		{"its servers are known", "one.example.org", RR_TXT, "adns.co.uk"},
		{"so are those of names below", "_dmarc.mail.one.example.org", RR_TXT,
		 "adns.co.uk"},
		{"nobody knows: its own domain", "_spf.mail.other.org", RR_TXT, "other.org"},
		{"a public suffix with two labels", "_dmarc.council.gov.uk", RR_TXT,
		 "council.gov.uk"},
		{"its servers are asked of the registry", "council.gov.uk", RR_NS, "gov.uk"},
		{"those of a name below are not", "www.council.gov.uk", RR_NS, "council.gov.uk"},
		{"a registry's own name", "gov.uk", RR_TXT, "gov.uk"},
		{"a registry's servers", "uk", RR_NS, "."},
	};
	struct fixture fixture;
	begin(&fixture, 0, 0);
	learn(&fixture, "one.example.org", dns_hosts, 2, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_row_span(rows[i].row,
				pace_operator(fixture.pace, key_of(rows[i].type, rows[i].name)),
				span_of_string(rows[i].operator_name));
	}
	assert_true(pace_is_known(fixture.pace, key_of(RR_TXT, "one.example.org")));
	assert_false(pace_is_known(fixture.pace, key_of(RR_TXT, "other.org")));
	end(&fixture);
}

/* Two zones of one operator share its window; another's line goes past them. */
static void test_window(void **state)
{
	(void)state;
	struct fixture fixture;
	struct pace_item *taken[MANY];
	begin(&fixture, 0, 0);
	learn(&fixture, "one.org", dns_hosts, 2, 1000);
	learn(&fixture, "two.org", dns_hosts, 2, 1000);
	put_many(&fixture, 100, "_dmarc.one.org");
	put_many(&fixture, 100, "_dmarc.two.org");
	put_many(&fixture, 5, "three.org");
	assert_int_equal(take_all(&fixture, 1000, taken), PACE_FIRST_WINDOW + 5);
	assert_int_equal(take_all(&fixture, 1001, taken), 0);
	end(&fixture);
}

/* One more for each window that is answered. */
static void test_grows(void **state)
{
	(void)state;
	struct fixture fixture;
	struct pace_item *taken[MANY];
	size_t window = PACE_FIRST_WINDOW;
	begin(&fixture, 0, 0);
	put_many(&fixture, 1000, "one.org");
	for (int64_t now_ms = 1000; now_ms < 1200; now_ms += 20) {
		size_t count = take_all(&fixture, now_ms, taken);
		assert_int_equal(count, window);
		for (size_t i = 0; i < count; i++) {
			pace_done(fixture.pace, taken[i], PACE_ANSWERED, now_ms + 10);
		}
		window++;
	}
	end(&fixture);
}

/* Half for a failure or a late answer, and once for all that were under way together. */
static void test_halves(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		enum pace_outcome outcome;
		int64_t after_ms;
		size_t window;
	} rows[] = {
		{"answered", PACE_ANSWERED, 100, PACE_FIRST_WINDOW + 1},
		{"failed", PACE_FAILED, 100, PACE_FIRST_WINDOW / 2},
		{"late", PACE_ANSWERED, PACE_SLOW_MS + 1, PACE_FIRST_WINDOW / 2},
	};
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct fixture fixture;
		struct pace_item *taken[MANY];
		begin(&fixture, 0, 0);
		put_many(&fixture, 200, "one.org");
		size_t count = take_all(&fixture, 1000, taken);
		for (size_t i = 0; i < count; i++) {
			pace_done(fixture.pace, taken[i], rows[k].outcome, 1000 + rows[k].after_ms);
		}
		assert_row_int(rows[k].row, take_all(&fixture, 9000, taken), rows[k].window);
		end(&fixture);
	}
}

/* However often it fails, it is asked again. */
static void test_never_stops(void **state)
{
	(void)state;
	struct fixture fixture;
	struct pace_item *taken[MANY];
	size_t count = 0;
	begin(&fixture, 0, 0);
	put_many(&fixture, 200, "one.org");
	for (int64_t now_ms = 1000; now_ms < 21000; now_ms += 1000) {
		count = take_all(&fixture, now_ms, taken);
		assert_true(count >= PACE_LEAST_WINDOW);
		for (size_t i = 0; i < count; i++) {
			pace_done(fixture.pace, taken[i], PACE_FAILED, now_ms + 500);
		}
	}
	assert_int_equal(count, PACE_LEAST_WINDOW);
	end(&fixture);
}

/* Never more in one second than the rate and its burst, and not much less. */
static void test_rate(void **state)
{
	(void)state;
	enum { RATE = 100, SECONDS = 10 };
	struct fixture fixture;
	struct pace_item *taken[MANY];
	size_t sent[SECONDS * 100] = {0};
	size_t all = 0;
	begin(&fixture, RATE, 0);
	put_many(&fixture, 2000, "one.org");
	for (size_t at = 0; at < SECONDS * 100; at++) {
		int64_t now_ms = 1000 + (int64_t)at * 10;
		sent[at] = take_all(&fixture, now_ms, taken);
		all += sent[at];
		for (size_t i = 0; i < sent[at]; i++) {
			pace_done(fixture.pace, taken[i], PACE_ANSWERED, now_ms + 1);
		}
	}
	assert_in_range(all, RATE * SECONDS * 95 / 100, RATE * SECONDS + RATE / 5);
	for (size_t at = 0; at + 100 <= SECONDS * 100; at++) {
		size_t second = 0;
		for (size_t i = at; i < at + 100; i++) {
			second += sent[i];
		}
		assert_in_range(second, 0, RATE + RATE * PACE_BURST_MS / 1000 + 1);
	}
	end(&fixture);
}

/* A registry has a rate and no window; and what it was asked for counts with the operator as well.
 */
static void test_registry(void **state)
{
	(void)state;
	enum { RATE = 100 };
	struct fixture fixture;
	struct pace_item *taken[MANY];
	char names[60][32];
	begin(&fixture, RATE, 0);
	for (size_t i = 0; i < 60; i++) {
		snprintf(names[i], sizeof(names[i]), "d%zu.org", i);
		put(&fixture, names[i], RR_NS);
	}
	size_t count = 0;
	for (int64_t now_ms = 1000; now_ms < 3000; now_ms += 10) {
		count += take_all(&fixture, now_ms, taken);
	}
	assert_in_range(count, 2 * RATE / PACE_REGISTRY_COST, 2 * RATE / PACE_REGISTRY_COST + 3);
	for (size_t i = 0; i < 60; i++) {
		learn(&fixture, names[i], dns_hosts, 2, 4000);
	}
	/* 60 questions at 100 a second, but for what was left over before. */
	struct pace_item *last = put(&fixture, "_dmarc.d1.org", RR_TXT);
	int64_t now_ms = 4000;
	bool is_taken = false;
	while (!is_taken && now_ms < 6000) {
		now_ms += 10;
		count = take_all(&fixture, now_ms, taken);
		is_taken = count > 0 && taken[count - 1] == last;
	}
	assert_in_range(now_ms, 4000 + 600 - PACE_BURST_MS, 4700);
	end(&fixture);
}

/* Operators take turns: a long line is no reason to wait for a short one. */
static void test_turns(void **state)
{
	(void)state;
	struct fixture fixture;
	struct pace_item *last;
	begin(&fixture, 0, 0);
	put_many(&fixture, 10, "one.org");
	put_many(&fixture, 10, "two.org");
	last = put(&fixture, "three.org", RR_TXT);
	pace_take(fixture.pace, 1000);
	pace_take(fixture.pace, 1000);
	assert_ptr_equal(pace_take(fixture.pace, 1000), last);
	end(&fixture);
}

/* Names are forgotten from the oldest on, but none that has a question. */
static void test_bounds(void **state)
{
	(void)state;
	struct fixture fixture;
	struct pace_item *taken[MANY];
	char names[500][32];
	begin(&fixture, 0, 20);
	put_many(&fixture, 100, "busy.org");
	for (size_t i = 0; i < 500; i++) {
		snprintf(names[i], sizeof(names[i]), "d%zu.org", i);
		learn(&fixture, names[i], dns_hosts, 2, 1000);
		assert_true(pace_places(fixture.pace) <= 21);
	}
	assert_false(pace_is_known(fixture.pace, key_of(RR_TXT, "d1.org")));
	assert_true(pace_is_known(fixture.pace, key_of(RR_TXT, "d499.org")));
	assert_int_equal(take_all(&fixture, 1000, taken), PACE_FIRST_WINDOW);
	for (size_t i = 0; i < 500; i++) {
		put(&fixture, names[i], RR_TXT);
	}
	/* All that have a question are kept, however many. */
	assert_true(pace_places(fixture.pace) >= 450);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators),   cmocka_unit_test(test_window),
		cmocka_unit_test(test_grows),	    cmocka_unit_test(test_halves),
		cmocka_unit_test(test_never_stops), cmocka_unit_test(test_rate),
		cmocka_unit_test(test_registry),    cmocka_unit_test(test_turns),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
