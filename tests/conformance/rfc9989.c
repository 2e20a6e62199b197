/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The RFC 9989 cases: discovery, policy, alignment and verdict, from lines on standard input:
 *
 *   case ID
 *   author DOMAIN
 *   spf DOMAIN / dkim DOMAIN         what passed
 *   world <a line of tests/support/world.h>
 *   expect dmarc WORD                 expect policy WORD       expect policy_domain NAME
 *   expect org_domain NAME            expect spf_aligned true|false
 *   expect query NAME                 (all of them, in order)
 *   end
 */
#include <stdio.h>
#include <stdlib.h>

#include "authenticate/dmarc_evaluate.h"
#include "facts/facts.h"
#include "world.h"

#define CASE_MAX_BYTES ((size_t)16 << 20)
#define INPUT_MAX_BYTES ((size_t)4 << 20)
#define EXPECTATIONS_MAX 100

struct test_case {
	struct arena *arena;
	struct world *world;
	struct span id;
	struct span author;
	struct vector expectations; /* of struct span */
	struct dmarc_identifier identifiers[DMARC_MAX_IDENTIFIERS];
	size_t identifier_count;
	const struct dmarc_evaluation *evaluation;
	size_t queries; /* expectations about queries so far */
	bool is_failed;
};

static void complain(struct test_case *c, const char *what, struct span actual)
{
	fprintf(stderr, "%.*s: %s: %.*s\n", SPAN_ARG(c->id), what, SPAN_ARG(actual));
	c->is_failed = true;
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
	struct test_case *c = context;
	struct dmarc_request request = {
		.author = c->author,
		.identifiers = c->identifiers,
		.identifier_count = c->identifier_count,
		.max_walks = DMARC_WALKS_DEFAULT,
	};
	c->evaluation = dmarc_evaluate(c->arena, inquiry, &request);
	if (c->evaluation == NULL) {
		return failure_set_memory(reterr, "evaluate");
	}
	return 0;
}

static void expect_equal(struct test_case *c, struct span what, struct span actual,
			 struct span wanted)
{
	if (!span_equal(actual, wanted)) {
		fprintf(stderr, "%.*s: %.*s is %.*s, expected %.*s\n", SPAN_ARG(c->id),
			SPAN_ARG(what), SPAN_ARG(actual), SPAN_ARG(wanted));
		c->is_failed = true;
	}
}

static struct span truth(bool value)
{
	return value ? SPAN("true") : SPAN("false");
}

static struct span actual_value(struct test_case *c, struct span what)
{
	const struct dmarc_walk *walk = c->evaluation->walk;
	const struct dmarc_verdict *view = &c->evaluation->rfc9989;
	if (span_equal(what, SPAN("dmarc"))) {
		return span_of_string(dmarc_result_name(view->result));
	}
	if (span_equal(what, SPAN("spf_aligned"))) {
		return truth(dmarc_verdict_is_aligned(view, DMARC_BY_SPF));
	}
	if (span_equal(what, SPAN("dkim_aligned"))) {
		return truth(dmarc_verdict_is_aligned(view, DMARC_BY_DKIM));
	}
	if (span_equal(what, SPAN("policy"))) {
		return span_of_string(dmarc_policy_name(view->applied.policy));
	}
	if (span_equal(what, SPAN("policy_domain"))) {
		return view->applied.holder != NULL ? view->applied.holder->domain
						    : SPAN("nothing");
	}
	if (span_equal(what, SPAN("org_domain"))) {
		return view->organisation;
	}
	size_t i = c->queries++;
	return i < walk->step_count ? walk->steps[i].name : SPAN("nothing");
}

static void check(struct test_case *c)
{
	for (size_t i = 0; i < c->expectations.len; i++) {
		struct span rest = *VECTOR_AT(&c->expectations, struct span, i);
		struct span what = take_word(&rest);
		expect_equal(c, what, actual_value(c, what), rest);
	}
	if (c->queries > 0 && c->queries != c->evaluation->walk->step_count) {
		complain(c, "more queries than expected", SPAN(""));
	}
}

static bool run(struct test_case *c)
{
	struct facts *facts = facts_new(1);
	struct failure failure;
	if (!c->is_failed &&
	    settle(facts, world_source(c->world), (struct judge){judge, c}, &failure) < 0) {
		complain(c, failure.what, span_of_string(failure.detail));
	}
	if (!c->is_failed) {
		check(c);
	}
	facts_free(facts);
	world_free(c->world);
	arena_free(c->arena);
	return !c->is_failed;
}

static void add_identifier(struct test_case *c, enum dmarc_method method, struct span text)
{
	struct dmarc_identifier *identifier = &c->identifiers[c->identifier_count++];
	identifier->method = method;
	if (!name_canonical(c->arena, text, &identifier->domain)) {
		complain(c, "not a name", text);
	}
}

static void read_line(struct test_case *c, struct span line)
{
	struct failure failure;
	struct span rest = line;
	struct span key = take_word(&rest);
	if (span_equal(key, SPAN("case"))) {
		*c = (struct test_case){.arena = arena_new(CASE_MAX_BYTES), .id = rest};
		c->world = world_new();
	} else if (span_equal(key, SPAN("author"))) {
		if (!name_canonical(c->arena, rest, &c->author)) {
			complain(c, "not a name", rest);
		}
	} else if (span_equal(key, SPAN("spf")) || span_equal(key, SPAN("dkim"))) {
		add_identifier(c, key.len == 3 ? DMARC_BY_SPF : DMARC_BY_DKIM, rest);
	} else if (span_equal(key, SPAN("expect"))) {
		*VECTOR_PUSH(&c->expectations, c->arena, struct span, EXPECTATIONS_MAX) = rest;
	} else if (!span_equal(key, SPAN("world")) || !world_add_line(c->world, rest, &failure)) {
		complain(c, "cannot use", line);
	}
}

int main(void)
{
	char *text = malloc(INPUT_MAX_BYTES);
	if (text == NULL) {
		return 1;
	}
	struct span rest = span_of(text, fread(text, 1, INPUT_MAX_BYTES, stdin));
	struct span line;
	struct test_case c = {0};
	int passed = 0;
	int failed = 0;
	while (span_split(&rest, '\n', &line)) {
		if (span_equal(line, SPAN("end"))) {
			bool is_passed = run(&c);
			passed += is_passed;
			failed += !is_passed;
		} else if (line.len > 0) {
			read_line(&c, line);
		}
	}
	free(text);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0 || passed == 0;
}
