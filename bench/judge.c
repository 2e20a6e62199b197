/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * CPU time of the judging alone: `judge FACTS [ROUNDS]` loads recorded facts and judges every
 * domain of the file again and again, from facts to findings, measures, the two answers, and
 * advice. No network, no output.
 */
#include <stdio.h>
#include <stdlib.h>

#include "guide/providers.h"
#include "measure.h"
#include "service/service.h"

#define FILE_ARENA_BYTES ((size_t)64 << 20)

struct bench {
	struct arena *arena;
	struct facts *facts;
	struct facts_header header;
	struct fact_source source;
	struct check_options options;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
};

static int load(struct bench *bench, const char *path, struct failure *reterr)
{
	bench->arena = arena_new(FILE_ARENA_BYTES);
	bench->facts = facts_new(1);
	bench->source = facts_replay_source();
	int r = facts_load(bench->facts, bench->arena, path, &bench->header, reterr);
	if (r == 0) {
		r = public_suffix_list_load(/* path: */ NULL, &bench->suffixes, reterr);
	}
	if (r == 0) {
		r = provider_table_load(&bench->providers, reterr);
	}
	bench->options = (struct check_options){
		.assess = {.now = bench->header.created_at,
			   .suffixes = bench->suffixes,
			   .providers = bench->providers},
		.source = &bench->source,
	};
	return r;
}

/* Judges each domain by itself, as a scan would. */
static int judge_all(struct bench *bench, struct failure *reterr)
{
	for (size_t i = 0; i < bench->header.domain_count; i++) {
		struct check_report report;
		int r = check_domains(bench->facts, &bench->header.domains[i], 1, &bench->options,
				      &report, reterr);
		if (r < 0) {
			return r;
		}
		check_report_free(&report);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	struct failure failure;
	uint64_t rounds = 20;
	if (argc < 2 ||
	    (argc > 2 && !number_parse_decimal(span_of_string(argv[2]), 100000, &rounds))) {
		fprintf(stderr, "usage: judge FACTS [ROUNDS]\n");
		return 2;
	}
	if (load(&bench, argv[1], &failure) < 0 || judge_all(&bench, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	double started = cpu_seconds();
	for (uint64_t i = 0; i < rounds; i++) {
		if (judge_all(&bench, &failure) < 0) {
			return 1;
		}
	}
	double us = (cpu_seconds() - started) * 1e6 / (double)(rounds * bench.header.domain_count);
	printf("%zu domains, %zu facts, %llu rounds\n", bench.header.domain_count,
	       facts_count(bench.facts), (unsigned long long)rounds);
	printf("judge: %.1f us per domain\n", us);
	provider_table_free(bench.providers);
	public_suffix_list_free(bench.suffixes);
	facts_free(bench.facts);
	arena_free(bench.arena);
	return 0;
}
