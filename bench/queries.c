/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What senders and plan ask of a store that bench_rows filled, in milliseconds:
 *
 *   bench_queries DATABASE
 *
 * Three domains (with most, with a middling number of and with the fewest rows), the usual 90 days
 * and all 400. For each: the queries alone, and senders and plan made of their answers. The first
 * run is told apart, the others give the best of three, by the wall's clock and by this process's
 * CPU time. A server's part is only in the wall's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "service/plan.h"

#define NOW (INT64_C(20780) * STORE_DAY_SECONDS)
#define RECENT_DAYS 7
#define RUNS 3

struct bench {
	struct store *store;
	struct senders_options options;
	uint64_t streams;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fprintf(stderr, "bench_queries: %s: %s\n", failure->what, failure->detail);
		exit(1);
	}
}

struct taken {
	double wall_ms;
	double cpu_ms; /* of this process */
};

static struct taken now(void)
{
	struct timespec wall;
	struct timespec cpu;
	clock_gettime(CLOCK_MONOTONIC, &wall);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	return (struct taken){(double)wall.tv_sec * 1e3 + (double)wall.tv_nsec / 1e6,
			      (double)cpu.tv_sec * 1e3 + (double)cpu.tv_nsec / 1e6};
}

static struct taken since(struct taken start)
{
	struct taken end = now();
	return (struct taken){end.wall_ms - start.wall_ms, end.cpu_ms - start.cpu_ms};
}

static int on_stream(void *context, const struct store_stream *stream)
{
	struct bench *bench = context;
	bench->streams += stream->row.messages > 0 ? 1 : 0;
	return 0;
}

static int on_day(void *context, const struct store_day *day)
{
	return 0;
}

static int on_policy(void *context, const struct store_policy *policy)
{
	return 0;
}

static int on_reporter(void *context, const struct store_reporter *reporter)
{
	return 0;
}

static int on_tls(void *context, const struct store_tls_stream *stream)
{
	return 0;
}

static struct taken run_queries(struct bench *bench, struct span domain)
{
	struct failure failure;
	int64_t today = NOW / STORE_DAY_SECONDS;
	struct store_scope scope = {domain, today - (int64_t)bench->options.days, today};
	struct taken start = now();
	bench->streams = 0;
	must(store_days(bench->store, &scope, on_day, bench, &failure), &failure);
	must(store_reporters(bench->store, &scope, on_reporter, bench, &failure), &failure);
	must(store_policies(bench->store, &scope, on_policy, bench, &failure), &failure);
	must(store_tls_streams(bench->store, &scope, on_tls, bench, &failure), &failure);
	must(store_streams(bench->store, &scope, today - RECENT_DAYS, on_stream, bench, &failure),
	     &failure);
	return since(start);
}

static struct taken run_whole(struct bench *bench, struct span domain)
{
	struct failure failure;
	struct senders_report report;
	struct plan_options options = {.published = NULL};
	struct plan plan;
	struct taken start = now();
	must(senders_find(bench->store, domain, &bench->options, &report, &failure), &failure);
	must(plan_make(&report, &options, &plan, &failure), &failure);
	struct taken taken = since(start);
	senders_report_free(&report);
	return taken;
}

/* Each clock by itself: the machine's other work is in the wall's, and makes both longer. */
static struct taken best_of(struct bench *bench, struct taken (*run)(struct bench *, struct span),
			    struct span domain)
{
	struct taken best = run(bench, domain);
	for (int i = 1; i < RUNS; i++) {
		struct taken taken = run(bench, domain);
		best.wall_ms = taken.wall_ms < best.wall_ms ? taken.wall_ms : best.wall_ms;
		best.cpu_ms = taken.cpu_ms < best.cpu_ms ? taken.cpu_ms : best.cpu_ms;
	}
	return best;
}

static struct taken measure(struct bench *bench, struct span domain, unsigned days)
{
	bench->options.days = days;
	struct taken first = run_queries(bench, domain);
	struct taken queries = best_of(bench, run_queries, domain);
	struct taken whole = best_of(bench, run_whole, domain);
	printf("%.*s, %u days, %llu streams: queries %.0f ms (CPU %.0f; first %.0f), "
	       "senders and plan %.0f ms (CPU %.0f)\n",
	       SPAN_ARG(domain), days, (unsigned long long)bench->streams, queries.wall_ms,
	       queries.cpu_ms, first.wall_ms, whole.wall_ms, whole.cpu_ms);
	return queries;
}

int main(int argc, char **argv)
{
	static const char *const domains[] = {"d00.example", "d10.example", "d49.example"};
	struct bench bench = {.options = {.now = NOW, .recent_days = RECENT_DAYS}};
	struct failure failure;
	struct taken worst = {0, 0};
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	if (argc != 2) {
		fputs("usage: bench_queries DATABASE\n", stderr);
		return 2;
	}
	must(store_open(argv[1], &bench.store, &failure), &failure);
	must(public_suffix_list_load(/* path: */ NULL, &suffixes, &failure), &failure);
	must(provider_table_load(&providers, &failure), &failure);
	bench.options.suffixes = suffixes;
	bench.options.providers = providers;
	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		struct taken taken = measure(&bench, span_of_string(domains[i]), 90);
		worst.wall_ms = taken.wall_ms > worst.wall_ms ? taken.wall_ms : worst.wall_ms;
		worst.cpu_ms = taken.cpu_ms > worst.cpu_ms ? taken.cpu_ms : worst.cpu_ms;
	}
	(void)measure(&bench, span_of_string(domains[0]), 400);
	printf("worst of 90 days: %.0f ms, CPU %.0f ms\n", worst.wall_ms, worst.cpu_ms);
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
	store_close(bench.store);
	return 0;
}
