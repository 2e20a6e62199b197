/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The engine over a world made of text: what is asked, how often, and what comes of it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "facts/settle.h"
#include "guide/providers.h"
#include "service/scan.h"
#include "world.h"

#define MAX_ASKED 20000
#define ARENA_BYTES ((size_t)64 << 20)

/* A world as a stream: answers everything that was asked when it is taken from. */
struct world_stream {
	struct fact_stream stream; /* first: ask() and take() cast back */
	struct world *world;
	struct arena *arena;
	struct fact_key open[MAX_ASKED];
	size_t open_count;
	struct fact_key asked[MAX_ASKED];
	size_t asked_count;
	size_t most_open;
	size_t first_batch; /* questions that went together at first */
};

static int ask(struct fact_stream *stream, struct fact_key key, const struct facts *known,
	       struct failure *reterr)
{
	struct world_stream *world = (struct world_stream *)stream;
	(void)known;
	(void)reterr;
	assert_true(world->asked_count < MAX_ASKED);
	key.subject = arena_copy(world->arena, key.subject);
	world->open[world->open_count++] = key;
	world->asked[world->asked_count++] = key;
	world->most_open =
		world->open_count > world->most_open ? world->open_count : world->most_open;
	return 0;
}

static struct fact_box *answer(struct world_stream *world, struct fact_key key)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct facts *facts = facts_new(0);
	struct wants wants = wants_new(arena);
	struct failure failure;
	const struct fact unasked = {
		.key = key, .state = FACT_NOT_OBSERVED, .failure = FACT_FAILURE_NOT_ASKED};
	assert_true(wants_add(&wants, key));
	struct fact_source *source = world_source(world->world);
	assert_int_equal(source->answer(source, &wants, facts, &failure), 0);
	const struct fact *fact = facts_get(facts, key);
	struct fact_box *box = fact_box_new(fact != NULL ? fact : &unasked);
	facts_free(facts);
	arena_free(arena);
	return box;
}

static int take(struct fact_stream *stream, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr)
{
	struct world_stream *world = (struct world_stream *)stream;
	(void)timeout_ms;
	(void)reterr;
	*ret_boxes = NULL;
	world->first_batch = world->first_batch == 0 ? world->open_count : world->first_batch;
	for (size_t i = 0; i < world->open_count; i++) {
		struct fact_box *box = answer(world, world->open[i]);
		box->next = *ret_boxes;
		*ret_boxes = box;
	}
	world->open_count = 0;
	return 0;
}

/* Domains from a text, one a line. */
struct text_input {
	struct scan_input input; /* first: next() casts back */
	struct span rest;
	uint64_t count;
	unsigned waits; /* so often there is nothing now */
};

static int next_line(struct scan_input *input, struct scan_item *ret_item, enum scan_next *ret_next,
		     struct failure *reterr)
{
	struct text_input *text = (struct text_input *)input;
	struct span line;
	(void)reterr;
	if (text->waits > 0) {
		text->waits--;
		*ret_next = SCAN_NEXT_WAIT;
		return 0;
	}
	*ret_next = span_split(&text->rest, '\n', &line) && line.len > 0 ? SCAN_NEXT_ITEM
									 : SCAN_NEXT_END;
	*ret_item =
		(struct scan_item){.domain = line, .owner = SPAN("IT"), .ticket = ++text->count};
	return 0;
}

/* "domain=spoofable" of each result. */
struct text_sink {
	struct scan_sink sink; /* first: take() casts back */
	struct buffer text;
	size_t results;
	size_t unknown;
	unsigned ticks;
	bool has_servers; /* NS records came with a result */
	int fails_at;	  /* this one cannot be taken; 0: all can */
};

static int take_result(struct scan_sink *sink, const struct scan_result *result,
		       struct failure *reterr)
{
	struct text_sink *text = (struct text_sink *)sink;
	const struct assessment *a = result->report->results[0].assessment;
	assert_row_span("owner", result->item->owner, SPAN("IT"));
	assert_row_span("domain", a->domain, result->item->domain);
	assert_true(result->item->ticket > 0);
	if (text->fails_at > 0 && (int)text->results + 1 == text->fails_at) {
		return failure_set(reterr, FAILURE_IO, "take", "the disk is full");
	}
	text->results++;
	text->unknown += result->is_unknown ? 1 : 0;
	text->has_servers |=
		facts_get(result->facts,
			  (struct fact_key){FACT_DNS, RR_NS, result->item->domain}) != NULL;
	buffer_printf(&text->text, "%.*s=%s|", SPAN_ARG(a->domain),
		      answer_name(a->spoofable.answer));
	return 0;
}

static int count_tick(struct scan_sink *sink, struct failure *reterr)
{
	(void)reterr;
	((struct text_sink *)sink)->ticks++;
	return 0;
}

struct fixture {
	struct world_stream world;
	struct text_input input;
	struct text_sink sink;
	struct scan_options options;
	struct scan_progress progress;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	int64_t clock_ms;
	uint64_t stops_after; /* results; 0: never */
	uint64_t most_in_flight;
};

static int64_t now(void *context)
{
	(void)context;
	return WORLD_NOW;
}

static int64_t now_ms(void *context)
{
	struct fixture *fixture = context;
	return fixture->clock_ms += 300;
}

static bool is_stopped(void *context)
{
	const struct fixture *fixture = context;
	return fixture->stops_after > 0 && fixture->sink.results >= fixture->stops_after;
}

static void note_progress(void *context, const struct scan_progress *progress)
{
	struct fixture *fixture = context;
	if (progress->in_flight > fixture->most_in_flight) {
		fixture->most_in_flight = progress->in_flight;
	}
}

static void begin(struct fixture *fixture, const char *world, const char *domains)
{
	struct span rest = span_of_string(world);
	struct span line;
	struct failure failure;
	*fixture = (struct fixture){
		.world = {.stream = {ask, take},
			  .world = world_new(),
			  .arena = arena_new(ARENA_BYTES)},
		.input = {.input = {.next = next_line}, .rest = span_of_string(domains)},
		.sink = {.sink = {take_result, count_tick}, .text = buffer_new(1 << 20)},
	};
	while (span_split(&rest, '|', &line)) {
		if (!world_add_line(fixture->world.world, line, &failure)) {
			fail_msg("%.*s: %s", SPAN_ARG(line), failure.detail);
		}
	}
	assert_int_equal(public_suffix_list_load(NULL, &fixture->suffixes, &failure), 0);
	assert_int_equal(provider_table_load(&fixture->providers, &failure), 0);
	fixture->options = (struct scan_options){
		.assess = {.suffixes = fixture->suffixes, .providers = fixture->providers},
		.stream = &fixture->world.stream,
		.max_in_flight = 100,
		.context = fixture,
		.now = now,
		.now_ms = now_ms,
		.is_stopped = is_stopped,
		.progress = note_progress,
	};
}

static int run(struct fixture *fixture, struct failure *reterr)
{
	return scan_run(&fixture->input.input, &fixture->sink.sink, &fixture->options,
			&fixture->progress, reterr);
}

static void end(struct fixture *fixture)
{
	provider_table_free(fixture->providers);
	public_suffix_list_free(fixture->suffixes);
	world_free(fixture->world.world);
	arena_free(fixture->world.arena);
	buffer_free(&fixture->sink.text);
}

static size_t times_asked(const struct fixture *fixture, const char *name, uint16_t type)
{
	size_t count = 0;
	for (size_t i = 0; i < fixture->world.asked_count; i++) {
		const struct fact_key *key = &fixture->world.asked[i];
		count += key->kind == FACT_DNS && key->type == type &&
					 span_equal(key->subject, span_of_string(name))
				 ? 1
				 : 0;
	}
	return count;
}

#define CLOSED(d)                                                                                  \
	d ". A 192.0.2.1|" d ". TXT \"v=spf1 include:spf.example.net -all\"|_dmarc." d             \
	  ". TXT \"v=DMARC1; p=reject; rua=mailto:r@example.net\"|"
#define SHARED                                                                                     \
	"spf.example.net. TXT \"v=spf1 include:a.example.net include:b.example.net ~all\"|"        \
	"a.example.net. TXT \"v=spf1 ip4:192.0.2.0/28 ~all\"|"                                     \
	"b.example.net. TXT \"v=spf1 ip4:192.0.2.16/28 ~all\"|"                                    \
	"*._report._dmarc.example.net. TXT \"v=DMARC1\""

/* Three domains in flight together, and a fourth after them: the include tree is asked once. */
static void test_shares(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, CLOSED("one.example") CLOSED("two.example") CLOSED("three.example") SHARED,
	      "one.example\ntwo.example\nthree.example");
	fixture.options.max_in_flight = 2;
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(fixture.sink.results, 3);
	assert_int_equal(fixture.progress.done, 3);
	assert_int_equal(times_asked(&fixture, "spf.example.net", RR_TXT), 1);
	assert_int_equal(times_asked(&fixture, "a.example.net", RR_TXT), 1);
	assert_int_equal(times_asked(&fixture, "one.example", RR_TXT), 1);
	assert_true(fixture.progress.shared >= 6);
	assert_int_equal(fixture.progress.asked, fixture.world.asked_count);
	assert_true(fixture.sink.ticks > 0);
	end(&fixture);
}

/* The same as a check says. */
static void test_judges_as_check(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	const char *world =
		CLOSED("one.example") "open.example. A 192.0.2.1|open.example. TXT \"v=spf1 "
				      "?all\"|" SHARED;
	begin(&fixture, world, "one.example\nopen.example");
	assert_int_equal(run(&fixture, &failure), 0);
	const struct span domains[] = {SPAN_INIT("one.example"), SPAN_INIT("open.example")};
	struct check_options check = {.assess = fixture.options.assess,
				      .source = world_source(fixture.world.world)};
	check.assess.now = WORLD_NOW;
	struct facts *facts = facts_new(0);
	struct check_report report;
	assert_int_equal(check_domains(facts, domains, 2, &check, &report, &failure), 0);
	for (size_t i = 0; i < 2; i++) {
		char expected[100];
		const struct assessment *a = report.results[i].assessment;
		snprintf(expected, sizeof(expected), "%.*s=%s|", SPAN_ARG(a->domain),
			 answer_name(a->spoofable.answer));
		struct span text = buffer_span(&fixture.sink.text);
		assert_true(span_search(text, span_of_string(expected)) < text.len);
	}
	check_report_free(&report);
	facts_free(facts);
	end(&fixture);
}

/* The first question goes alone, and is about the domain's servers. Nobody judges by it. */
static void test_primes(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, "one.example. A 192.0.2.1", "one.example");
	assert_int_equal(run(&fixture, &failure), 0);
	assert_row_span("first", fixture.world.asked[0].subject, SPAN("one.example"));
	assert_int_equal(fixture.world.asked[0].type, RR_NS);
	assert_int_equal(fixture.world.first_batch, 1);
	assert_int_equal(times_asked(&fixture, "one.example", RR_NS), 1);
	assert_false(fixture.sink.has_servers);
	end(&fixture);
}

/* When the servers of a domain answer neither of two questions, its names are not tried one by one,
 * and all are unknown. */
static void test_gives_dead_domains_up(void **state)
{
	(void)state;
	static const enum fact_failure failures[] = {FACT_FAILURE_TIMEOUT, FACT_FAILURE_REFUSED,
						     FACT_FAILURE_SERVFAIL};
	const uint16_t types[] = {RR_A,	   RR_NS,     RR_SOA, RR_MX,  RR_TXT,
				  RR_AAAA, RR_DNSKEY, RR_DS,  RR_CAA, RR_TLSA};
	for (size_t f = 0; f < sizeof(failures) / sizeof(failures[0]); f++) {
		struct fixture fixture;
		struct failure failure;
		begin(&fixture, "dead.example. * !timeout", "dead.example");
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			world_fail_key(fixture.world.world,
				       (struct fact_key){FACT_DNS, types[i], SPAN("dead.example")},
				       failures[f]);
		}
		assert_int_equal(run(&fixture, &failure), 0);
		assert_int_equal(fixture.sink.results, 1);
		assert_int_equal(fixture.sink.unknown, 1);
		assert_int_equal(fixture.progress.unknown, 1);
		assert_row_span("unknown", buffer_span(&fixture.sink.text),
				SPAN("dead.example=unknown|"));
		for (size_t i = 2; i < fixture.world.asked_count; i++) {
			struct span name = fixture.world.asked[i].subject;
			if (name_is_at_or_under(name, SPAN("dead.example"))) {
				fail_msg("asked again: %.*s", SPAN_ARG(name));
			}
		}
		end(&fixture);
	}
}

/* Servers that do not say who they are, and answer everything else. */
static void test_silent_about_servers(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, CLOSED("one.example") SHARED "|one.example. NS !timeout", "one.example");
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(times_asked(&fixture, "_dmarc.one.example", RR_TXT), 1);
	assert_int_equal(fixture.sink.unknown, 0);
	end(&fixture);
}

/* Silence about one type is not silence about all. */
static void test_one_silent_type(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture,
	      "one.example. A 192.0.2.1|one.example. MX 10 mx.one.example.|one.example. TXT "
	      "!timeout|mx.one.example. A 192.0.2.2|_dmarc.one.example. TXT \"v=DMARC1; "
	      "p=reject\"",
	      "one.example");
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(times_asked(&fixture, "mx.one.example", RR_A), 1);
	assert_int_equal(times_asked(&fixture, "one.example", RR_TXT), 1);
	assert_int_equal(fixture.sink.unknown, 1);
	end(&fixture);
}

static void test_bounds(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	struct buffer list = buffer_new(100000);
	for (unsigned i = 0; i < 300; i++) {
		buffer_printf(&list, "d%u.example\n", i);
	}
	begin(&fixture, "example. A 192.0.2.1", list.data);
	fixture.options.max_in_flight = 7;
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(fixture.sink.results, 300);
	assert_true(fixture.most_in_flight <= 7);
	assert_true(fixture.world.most_open <= 7 * 100);
	buffer_free(&list);
	end(&fixture);
}

static void test_stops(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, "example. A 192.0.2.1", "a.example\nb.example\nc.example\nd.example");
	fixture.options.max_in_flight = 1;
	fixture.stops_after = 2;
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(fixture.sink.results, 2);
	end(&fixture);
}

static void test_sink_failure(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, "example. A 192.0.2.1", "a.example\nb.example\nc.example");
	fixture.sink.fails_at = 2;
	assert_int_equal(run(&fixture, &failure), FAILURE_IO);
	assert_int_equal(fixture.sink.results, 1);
	end(&fixture);
}

/* An input that has nothing now is asked again, and the scan does not end. */
static void test_waits_for_input(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, "example. A 192.0.2.1", "a.example\nb.example");
	fixture.input.waits = 3;
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(fixture.sink.results, 2);
	end(&fixture);
}

/* With next to no cache results are the same; only more is asked. */
static void test_small_cache(void **state)
{
	(void)state;
	struct fixture fixture;
	struct failure failure;
	begin(&fixture, CLOSED("one.example") CLOSED("two.example") SHARED,
	      "one.example\ntwo.example");
	fixture.options.max_in_flight = 1;
	fixture.options.cache_bytes = 1;
	assert_int_equal(run(&fixture, &failure), 0);
	assert_int_equal(fixture.sink.results, 2);
	assert_int_equal(times_asked(&fixture, "spf.example.net", RR_TXT), 2);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_judges_as_check),
		cmocka_unit_test(test_primes),
		cmocka_unit_test(test_gives_dead_domains_up),
		cmocka_unit_test(test_silent_about_servers),
		cmocka_unit_test(test_one_silent_type),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_sink_failure),
		cmocka_unit_test(test_waits_for_input),
		cmocka_unit_test(test_small_cache),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
