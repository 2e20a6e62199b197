/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Scans a list, DNS only, and writes each question it puts to the world to a file, in order: what
 * the bare loop is then given.
 *
 * usage: bench_scan_questions LIST ROOT-HINTS TRUST-ANCHOR QUESTIONS
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "collect/crew.h"
#include "guide/providers.h"
#include "service/scan_list.h"

struct recording {
	struct fact_stream stream; /* first: ask() casts back */
	struct fact_stream *below;
	FILE *file;
};

static int ask(struct fact_stream *stream, struct fact_key key, const struct facts *known,
	       struct failure *reterr)
{
	struct recording *recording = (struct recording *)stream;
	if (key.kind == FACT_DNS) {
		fprintf(recording->file, "%.*s %u\n", SPAN_ARG(key.subject), key.type);
	}
	return recording->below->ask(recording->below, key, known, reterr);
}

static int take(struct fact_stream *stream, unsigned timeout_ms, struct fact_box **ret_boxes,
		struct failure *reterr)
{
	struct recording *recording = (struct recording *)stream;
	return recording->below->take(recording->below, timeout_ms, ret_boxes, reterr);
}

static int drop(struct scan_sink *sink, const struct scan_result *result, struct failure *reterr)
{
	(void)sink;
	(void)result;
	(void)reterr;
	return 0;
}

static int64_t now(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

static int64_t now_ms(void *context)
{
	struct timespec at = {0};
	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int fail(const struct failure *failure)
{
	fprintf(stderr, "%s: %s\n", failure->what, failure->detail);
	return 1;
}

static int scan(struct crew *crew, struct scan_list *list, struct assess_options assess, FILE *file)
{
	struct recording recording = {{ask, take}, crew_stream(crew), file};
	struct scan_sink sink = {.take = drop};
	const struct scan_options options = {
		.assess = assess,
		.stream = &recording.stream,
		.max_in_flight = SCAN_IN_FLIGHT,
		.now = now,
		.now_ms = now_ms,
	};
	struct scan_progress progress;
	struct failure failure;
	if (scan_run(scan_list_input(list), &sink, &options, &progress, &failure) < 0) {
		return fail(&failure);
	}
	printf("questions: %llu for %llu domains, %llu answers shared\n",
	       (unsigned long long)progress.asked, (unsigned long long)progress.done,
	       (unsigned long long)progress.shared);
	return 0;
}

int main(int argc, char **argv)
{
	struct failure failure;
	struct public_suffix_list *suffixes = NULL;
	struct provider_table *providers = NULL;
	struct crew *crew = NULL;
	const struct scan_list_options list_options = {0};
	FILE *input = argc == 5 ? fopen(argv[1], "r") : NULL;
	FILE *output = argc == 5 ? fopen(argv[4], "w") : NULL;
	signal(SIGPIPE, SIG_IGN);
	if (input == NULL || output == NULL) {
		fprintf(stderr,
			"usage: bench_scan_questions LIST ROOT-HINTS TRUST-ANCHOR QUESTIONS\n");
		return 2;
	}
	struct crew_options options = {.dns = dns_collector_defaults(), .dns_threads = 1};
	options.dns.root_hints = argv[2];
	options.dns.trust_anchor = argv[3];
	options.dns.max_in_flight = 1500;
	options.dns.max_sockets = 4096;
	options.dns.now = now;
	struct scan_list *list = scan_list_new(input, &list_options);
	if (list == NULL || public_suffix_list_load(NULL, &suffixes, &failure) < 0 ||
	    provider_table_load(&providers, &failure) < 0 ||
	    crew_new(&options, &crew, &failure) < 0) {
		return fail(&failure);
	}
	int status =
		scan(crew, list,
		     (struct assess_options){.suffixes = suffixes, .providers = providers}, output);
	crew_free(crew);
	scan_list_free(list);
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
	fclose(input);
	return fclose(output) == 0 ? status : 1;
}
