/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Asks endpoints and prints the facts:
 *   probe [--plan quick|normal|full] [--deadline MS] [--trust FILE] [--public] [--jobs N]
 *         [--in-flight N] 'ADDR PORT NAME'...
 *
 * --in-flight N: connections to all endpoints together.
 * --jobs N: N connections at a time to an endpoint and no pause between them, for measuring.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/smtp.h"
#include "facts/facts.h"

static int64_t wall_clock(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

static void complain(void *context, struct span text)
{
	(void)context;
	fprintf(stderr, "probe: %.*s\n", SPAN_ARG(text));
}

static bool read_option(const char *name, const char *value, struct smtp_collector_options *options)
{
	uint64_t number = 0;
	if (strcmp(name, "--plan") == 0) {
		return endpoint_plan_parse(span_of_string(value), &options->plan);
	}
	if (strcmp(name, "--trust") == 0) {
		options->trust_file = value;
		return true;
	}
	if (strcmp(name, "--jobs") == 0 &&
	    number_parse_decimal(span_of_string(value), 100, &number)) {
		options->max_per_endpoint = (unsigned)number;
		options->gap_ms = 0;
		return true;
	}
	if (strcmp(name, "--in-flight") == 0 &&
	    number_parse_decimal(span_of_string(value), 100000, &number)) {
		options->max_in_flight = (unsigned)number;
		return true;
	}
	if (strcmp(name, "--deadline") == 0 &&
	    number_parse_decimal(span_of_string(value), 100000, &number)) {
		options->deadline_ms = (unsigned)number;
		return true;
	}
	return false;
}

static int run(const struct smtp_collector_options *options, char **subjects, int count,
	       struct facts *facts, struct failure *reterr)
{
	struct smtp_collector *smtp = NULL;
	int r = smtp_collector_new(options, &smtp, reterr);
	if (r < 0) {
		return r;
	}
	struct arena *arena = arena_new((size_t)64 << 20);
	struct wants wants = wants_new(arena);
	for (int i = 0; i < count; i++) {
		wants_add(&wants, (struct fact_key){FACT_ENDPOINT, 0, span_of_string(subjects[i])});
	}
	struct fact_source *source = smtp_collector_source(smtp);
	r = source->answer(source, &wants, facts, reterr);
	arena_free(arena);
	smtp_collector_free(smtp);
	return r;
}

static void print_facts(const struct facts *facts)
{
	struct buffer line = buffer_new(FACTS_LINE_MAX);
	for (size_t i = 0; i < facts_count(facts); i++) {
		buffer_clear(&line);
		facts_write_fact(facts_at(facts, i), &line);
		fwrite(line.data, 1, line.len, stdout);
	}
	buffer_free(&line);
}

int main(int argc, char **argv)
{
	struct smtp_collector_options options = smtp_collector_defaults();
	options.now = wall_clock;
	options.notice = complain;
	options.allows_private = true;
	int at = 1;
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--public") == 0) {
			options.allows_private = false;
		} else if (at + 1 == argc || !read_option(argv[at], argv[at + 1], &options)) {
			fprintf(stderr, "probe: what is %s?\n", argv[at]);
			return 2;
		} else {
			at++;
		}
	}
	struct facts *facts = facts_new(1);
	struct failure failure = {0};
	int r = run(&options, argv + at, argc - at, facts, &failure);
	if (r < 0) {
		fprintf(stderr, "probe: %s: %s\n", failure.what, failure.detail);
	} else {
		print_facts(facts);
	}
	facts_free(facts);
	return r < 0 ? 1 : 0;
}
