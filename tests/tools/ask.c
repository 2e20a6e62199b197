/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Asks the DNS through the collector and prints facts as JSON lines:
 *
 *   ask [OPTION VALUE]... NAME TYPE...     or, with "-", lines of "NAME TYPE" from standard input
 *
 * Notices and the time taken go to standard error. --stop-after MS ends the round as Ctrl-C would,
 * and so frees the collector with look-ups in flight.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "collect/collect.h"
#include "facts/facts.h"
#include "records/name.h"

#define MAX_LIST 64
#define LINE_MAX_BYTES 2048

struct run {
	struct dns_collector_options options;
	struct span resolvers[MAX_LIST];
	struct span stubs[MAX_LIST];
	uint64_t stop_after_ms;
	int64_t started_ms;
	struct arena *arena;
	struct facts *facts;
	struct wants wants;
};

static int64_t monotonic_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t wall_clock(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

static bool is_stopped(void *context)
{
	const struct run *run = context;
	return run->stop_after_ms > 0 &&
	       monotonic_ms() - run->started_ms >= (int64_t)run->stop_after_ms;
}

static void print_notice(void *context, struct span text)
{
	(void)context;
	fprintf(stderr, "notice: %.*s\n", SPAN_ARG(text));
}

static void print_progress(void *context, size_t done, size_t total)
{
	(void)context;
	if (done == total) {
		fprintf(stderr, "progress: %zu of %zu\n", done, total);
	}
}

static bool set_number(unsigned *number, const char *value)
{
	uint64_t parsed = 0;
	if (!number_parse_decimal(span_of_string(value), 1000000, &parsed)) {
		return false;
	}
	*number = (unsigned)parsed;
	return true;
}

static bool set_option(struct run *run, const char *option, const char *value)
{
	struct dns_collector_options *options = &run->options;
	struct span name = span_of_string(option);
	unsigned stop_after_ms = 0;
	if (span_equal(name, SPAN("--resolver")) && options->resolver_count < MAX_LIST) {
		run->resolvers[options->resolver_count++] = span_of_string(value);
	} else if (span_equal(name, SPAN("--stub")) && options->stub_count < MAX_LIST) {
		run->stubs[options->stub_count++] = span_of_string(value);
	} else if (span_equal(name, SPAN("--root-hints"))) {
		options->root_hints = value;
	} else if (span_equal(name, SPAN("--trust-anchor"))) {
		options->trust_anchor = value;
	} else if (span_equal(name, SPAN("--resolv-conf"))) {
		options->resolv_conf = value;
	} else if (span_equal(name, SPAN("--deadline"))) {
		return set_number(&options->deadline_ms, value);
	} else if (span_equal(name, SPAN("--total"))) {
		return set_number(&options->total_ms, value);
	} else if (span_equal(name, SPAN("--retries"))) {
		return set_number(&options->retries, value);
	} else if (span_equal(name, SPAN("--in-flight"))) {
		return set_number(&options->max_in_flight, value);
	} else if (span_equal(name, SPAN("--stop-after"))) {
		bool is_ok = set_number(&stop_after_ms, value);
		run->stop_after_ms = stop_after_ms;
		return is_ok;
	} else {
		return false;
	}
	return true;
}

static bool want(struct run *run, struct span name_text, struct span type_text)
{
	struct span name;
	uint16_t type = 0;
	return name_canonical(run->arena, name_text, &name) && rr_type_parse(type_text, &type) &&
	       wants_add(&run->wants, (struct fact_key){FACT_DNS, type, name});
}

static bool want_lines(struct run *run, FILE *file)
{
	char line[LINE_MAX_BYTES];
	while (fgets(line, sizeof(line), file) != NULL) {
		struct span text = span_trim(span_of_string(line), TEXT_SPACE);
		size_t space = span_find(text, ' ', 0);
		if (!want(run, span_slice(text, 0, space), span_from(text, space + 1))) {
			return false;
		}
	}
	return true;
}

static bool read_arguments(struct run *run, char **arguments)
{
	while (arguments[0] != NULL && arguments[1] != NULL) {
		bool is_option = arguments[0][0] == '-';
		if (is_option ? !set_option(run, arguments[0], arguments[1])
			      : !want(run, span_of_string(arguments[0]),
				      span_of_string(arguments[1]))) {
			fprintf(stderr, "ask: cannot use %s %s\n", arguments[0], arguments[1]);
			return false;
		}
		arguments += 2;
	}
	if (arguments[0] == NULL) {
		return true;
	}
	return span_equal(span_of_string(arguments[0]), SPAN("-")) && want_lines(run, stdin);
}

static bool print_facts(const struct facts *facts)
{
	struct buffer line = buffer_new(FACTS_LINE_MAX);
	bool is_ok = true;
	for (size_t i = 0; is_ok && i < facts_count(facts); i++) {
		buffer_clear(&line);
		facts_write_fact(facts_at(facts, i), &line);
		is_ok = !line.is_failed && fwrite(line.data, 1, line.len, stdout) == line.len;
	}
	buffer_free(&line);
	return is_ok;
}

static int ask(struct run *run, struct failure *reterr)
{
	struct dns_collector *dns = NULL;
	run->options.resolvers = run->resolvers;
	run->options.stubs = run->stubs;
	int r = dns_collector_new(&run->options, &dns, reterr);
	if (r < 0) {
		return r;
	}
	struct fact_source *source = dns_collector_source(dns);
	run->started_ms = monotonic_ms();
	r = source->answer(source, &run->wants, run->facts, reterr);
	fprintf(stderr, "time: %lld ms\n", (long long)(monotonic_ms() - run->started_ms));
	dns_collector_free(dns);
	return r;
}

int main(int argument_count, char **arguments)
{
	(void)argument_count;
	signal(SIGPIPE, SIG_IGN);
	struct run run = {.options = dns_collector_defaults(),
			  .arena = arena_new((size_t)16 << 20),
			  .facts = facts_new((uint64_t)monotonic_ms())};
	struct failure failure = {0};
	if (run.arena == NULL || run.facts == NULL) {
		return EXIT_FAILURE;
	}
	run.options.context = &run;
	run.options.now = wall_clock;
	run.options.is_stopped = is_stopped;
	run.options.notice = print_notice;
	run.options.progress = print_progress;
	run.options.seed = (uint64_t)monotonic_ms();
	run.wants = wants_new(run.arena);
	int r = read_arguments(&run, arguments + 1) ? ask(&run, &failure) : FAILURE_INPUT;
	if (r < 0) {
		fprintf(stderr, "ask: %s: %s\n", failure.what, failure.detail);
	}
	bool is_ok = r == 0 && print_facts(run.facts);
	facts_free(run.facts);
	arena_free(run.arena);
	return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
