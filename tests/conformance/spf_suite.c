/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The OpenSPF suite from lines on standard input:
 *
 *   scenario TITLE                   a new world
 *   world <a line of tests/support/world.h>
 *   test NAME
 *   client ADDRESS / helo TEXT / from TEXT / results WORD... / explanation TEXT
 *   end
 *
 * Arguments: how many results and explanations must be right, and what to do with each test: no
 * word compares it; "faults" lets every allocation and every DNS answer of it fail in turn.
 */
#include <stdio.h>
#include <stdlib.h>

#include "authenticate/spf_check.h"
#include "facts/facts.h"
#include "world.h"

#define TEST_MAX_BYTES ((size_t)4 << 20)
#define INPUT_MAX_BYTES ((size_t)4 << 20)

struct suite {
	struct world *world;
	struct span name;
	struct spf_request request;
	struct span results;
	struct span explanation;
	bool has_explanation;
	bool is_injecting;
	int results_right;
	int explanations_right;
	int failed;
};

struct run {
	struct arena *arena;
	const struct spf_request *request;
	const struct spf_check *check;
	size_t allocations; /* that succeed */
};

static void complain(struct suite *suite, const char *what, struct span actual, struct span wanted)
{
	fprintf(stderr, "%.*s: %s is \"%.*s\", expected \"%.*s\"\n", SPAN_ARG(suite->name), what,
		SPAN_ARG(actual), SPAN_ARG(wanted));
	suite->failed++;
}

static struct span take_word(struct span *rest)
{
	size_t len = span_find(*rest, ' ', 0);
	struct span word = span_slice(*rest, 0, len);
	*rest = span_from(*rest, len < rest->len ? len + 1 : len);
	return word;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct spf_limits limits = SPF_LIMITS_DEFAULT;
	arena_reset(run->arena);
	arena_fail_after(run->arena, run->allocations);
	run->check = spf_check(run->arena, inquiry, run->request, &limits);
	return run->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

/* One evaluation in a fresh set of facts; NULL when it ran out of memory. Frees nothing of run. */
static const struct spf_check *evaluate(struct suite *suite, struct run *run, struct facts *facts)
{
	struct failure failure;
	run->request = &suite->request;
	int r = settle(facts, world_source(suite->world), (struct judge){judge, run}, &failure);
	return r == 0 ? run->check : NULL;
}

static bool is_expected(const struct suite *suite, struct span result)
{
	struct span rest = suite->results;
	while (rest.len > 0) {
		if (span_equal(take_word(&rest), result)) {
			return true;
		}
	}
	return false;
}

static void compare(struct suite *suite, const struct spf_check *check)
{
	struct span result = span_of_string(spf_result_name(check->result));
	if (is_expected(suite, result)) {
		suite->results_right++;
	} else {
		complain(suite, "result", result, suite->results);
	}
	if (check->questions > SPF_CHECK_MAX_QUESTIONS ||
	    world_asked_count(suite->world) > SPF_CHECK_MAX_QUESTIONS * 40) {
		complain(suite, "number of questions", SPAN("too high"), SPAN("bounded"));
	}
	if (!suite->has_explanation) {
		return;
	}
	if (span_equal(check->explanation, suite->explanation)) {
		suite->explanations_right++;
	} else {
		complain(suite, "explanation", check->explanation, suite->explanation);
	}
}

/* With fewer and fewer failing allocations: either it says so, or the result is right. */
static void fail_allocations(struct suite *suite)
{
	struct arena *arena = arena_new(TEST_MAX_BYTES);
	const struct spf_check *check = NULL;
	for (size_t n = 0; check == NULL; n++) {
		struct facts *facts = facts_new(1);
		struct run run = {.arena = arena, .allocations = n};
		check = evaluate(suite, &run, facts);
		if (check != NULL) {
			compare(suite, check);
		}
		facts_free(facts);
	}
	arena_free(arena);
}

static bool asks_for_names(const struct facts *facts)
{
	for (size_t i = 0; i < facts_count(facts); i++) {
		if (facts_at(facts, i)->key.type == RR_PTR) {
			return true;
		}
	}
	return false;
}

/*
 * A missing answer may make the result temperror, or not matter; it never becomes another verdict.
 * Only the client's own names are skipped when they do not answer (RFC 7208 5.5).
 */
static void fail_answer(struct suite *suite, struct fact_key key, enum spf_result before,
			bool has_names)
{
	struct arena *arena = arena_new(TEST_MAX_BYTES);
	struct facts *facts = facts_new(1);
	struct run run = {.arena = arena, .allocations = SIZE_MAX};
	world_fail_key(suite->world, key, FACT_FAILURE_SERVFAIL);
	const struct spf_check *check = evaluate(suite, &run, facts);
	world_fail_key(suite->world, key, FACT_FAILURE_NONE);
	if (check == NULL ||
	    (check->result != before && check->result != SPF_RESULT_TEMPERROR && !has_names)) {
		complain(suite, "result after SERVFAIL",
			 span_of_string(check != NULL ? spf_result_name(check->result) : "none"),
			 key.subject);
	}
	facts_free(facts);
	arena_free(arena);
}

static void fail_answers(struct suite *suite)
{
	struct arena *arena = arena_new(TEST_MAX_BYTES);
	struct facts *facts = facts_new(1);
	struct run run = {.arena = arena, .allocations = SIZE_MAX};
	const struct spf_check *check = evaluate(suite, &run, facts);
	bool has_names = asks_for_names(facts);
	for (size_t i = 0; check != NULL && i < facts_count(facts); i++) {
		fail_answer(suite, facts_at(facts, i)->key, check->result, has_names);
	}
	facts_free(facts);
	arena_free(arena);
}

static void run_test(struct suite *suite)
{
	if (suite->is_injecting) {
		fail_allocations(suite);
		fail_answers(suite);
		return;
	}
	struct arena *arena = arena_new(TEST_MAX_BYTES);
	struct facts *facts = facts_new(1);
	struct run run = {.arena = arena, .allocations = SIZE_MAX};
	const struct spf_check *check = evaluate(suite, &run, facts);
	if (check != NULL) {
		compare(suite, check);
	} else {
		complain(suite, "memory", SPAN("out"), SPAN("enough"));
	}
	facts_free(facts);
	arena_free(arena);
}

static void start_test(struct suite *suite, struct span name)
{
	suite->name = name;
	suite->request = (struct spf_request){.now = WORLD_NOW, .is_explained = true};
	suite->has_explanation = false;
}

static void read_line(struct suite *suite, struct span line)
{
	struct failure failure = {.code = FAILURE_NONE};
	struct span rest = line;
	struct span key = take_word(&rest);
	if (span_equal(key, SPAN("scenario"))) {
		world_free(suite->world);
		suite->world = world_new();
	} else if (span_equal(key, SPAN("test"))) {
		start_test(suite, rest);
	} else if (span_equal(key, SPAN("helo"))) {
		suite->request.helo = rest;
	} else if (span_equal(key, SPAN("from"))) {
		suite->request.mail_from = rest;
	} else if (span_equal(key, SPAN("results"))) {
		suite->results = rest;
	} else if (span_equal(key, SPAN("explanation"))) {
		suite->explanation = rest;
		suite->has_explanation = true;
	} else if (span_equal(key, SPAN("end"))) {
		run_test(suite);
	} else if (span_equal(key, SPAN("client"))
			   ? !network_parse_address(rest, &suite->request.client)
			   : !span_equal(key, SPAN("world")) ||
				     !world_add_line(suite->world, rest, &failure)) {
		fprintf(stderr, "cannot use %.*s: %s\n", SPAN_ARG(line), failure.detail);
		suite->failed++;
	}
}

int main(int argc, char **argv)
{
	uint64_t results;
	uint64_t explanations;
	char *text = malloc(INPUT_MAX_BYTES);
	if (text == NULL || argc < 3 ||
	    !number_parse_decimal(span_of_string(argv[1]), 1000, &results) ||
	    !number_parse_decimal(span_of_string(argv[2]), 1000, &explanations)) {
		return EXIT_FAILURE;
	}
	struct suite suite = {.is_injecting = argc > 3};
	struct span rest = span_of(text, fread(text, 1, INPUT_MAX_BYTES, stdin));
	struct span line;
	while (span_split(&rest, '\n', &line)) {
		if (line.len > 0) {
			read_line(&suite, line);
		}
	}
	world_free(suite.world);
	free(text);
	printf("%d of %s results, %d of %s explanations\n", suite.results_right, argv[1],
	       suite.explanations_right, argv[2]);
	return suite.failed == 0 && suite.results_right >= (int)results &&
			       suite.explanations_right >= (int)explanations
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}
