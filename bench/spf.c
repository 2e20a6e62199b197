/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * SPF evaluations per second of CPU time on the questions in a file (see make_spf.py), all answers
 * known beforehand. The results go to a second file, one a line, for comparison with
 * bench_spf_peer.
 */
#include <stdio.h>
#include <stdlib.h>

#include "authenticate/spf_check.h"
#include "measure.h"
#include "world.h"

#define ARENA_MAX ((size_t)16 << 20)
#define QUESTIONS_MAX 10000
#define FILE_MAX ((size_t)16 << 20)

struct bench {
	struct world *world;
	struct facts *facts;
	struct arena *arena;
	struct spf_request *requests;
	size_t request_count;
	enum spf_result result; /* of the last evaluation */
};

static void add_question(struct bench *bench, struct span line)
{
	struct span words[3];
	for (size_t i = 0; i < 3; i++) {
		check(span_split(&line, ' ', &words[i]), "reading a question");
	}
	check(bench->request_count < QUESTIONS_MAX, "keeping a question");
	struct spf_request *request = &bench->requests[bench->request_count++];
	*request = (struct spf_request){
		.identity = SPF_MAIL_FROM,
		.helo = words[1],
		.mail_from = words[2],
		.receiver = SPAN("bench.example"),
		.now = WORLD_NOW,
		.is_explained = true,
	};
	check(network_parse(words[0], &request->client), "reading an address");
}

static void read_lines(struct bench *bench, struct span text)
{
	struct span line;
	struct failure failure;
	while (span_split(&text, '\n', &line)) {
		if (span_starts_with(line, SPAN("world "))) {
			check(world_add_line(bench->world, span_from(line, 6), &failure),
			      "reading a record");
		} else if (span_starts_with(line, SPAN("test "))) {
			add_question(bench, span_from(line, 5));
		}
	}
}

static int evaluate(struct bench *bench, const struct spf_request *request, struct inquiry *inquiry)
{
	const struct spf_limits limits = SPF_LIMITS_DEFAULT;
	const struct spf_check *found = spf_check(bench->arena, inquiry, request, &limits);
	check(found != NULL, "evaluating");
	bench->result = found->result;
	return 0;
}

struct learning {
	struct bench *bench;
	const struct spf_request *request;
};

static int learn(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct learning *learning = context;
	arena_reset(learning->bench->arena);
	return evaluate(learning->bench, learning->request, inquiry);
}

/* Asks everything once; from then on every answer is known. */
static void prepare(struct bench *bench, const char *results_path)
{
	FILE *results = fopen(results_path, "wb");
	struct failure failure;
	check(results != NULL, results_path);
	for (size_t i = 0; i < bench->request_count; i++) {
		struct learning learning = {bench, &bench->requests[i]};
		check(settle(bench->facts, world_source(bench->world),
			     (struct judge){learn, &learning}, &failure) == 0,
		      "asking");
		fprintf(results, "%s\n", spf_result_name(bench->result));
	}
	fclose(results);
}

static void run(struct bench *bench, unsigned long times)
{
	for (; times > 0; times--) {
		for (size_t i = 0; i < bench->request_count; i++) {
			arena_reset(bench->arena);
			struct wants wants = wants_new(bench->arena);
			struct inquiry inquiry = {bench->facts, &wants};
			(void)evaluate(bench, &bench->requests[i], &inquiry);
		}
	}
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.world = world_new(),
		.facts = facts_new(0 /* seed */),
		.arena = arena_new(ARENA_MAX),
		.requests = calloc(QUESTIONS_MAX, sizeof(*bench.requests)),
	};
	size_t len;
	check(argc == 4 && bench.requests != NULL, "usage: bench_spf QUESTIONS RESULTS TIMES");
	char *text = read_file(argv[1], FILE_MAX, &len);
	read_lines(&bench, span_of(text, len));
	prepare(&bench, argv[2]);
	unsigned long times = strtoul(argv[3], NULL, 10);
	double start = cpu_seconds();
	run(&bench, times);
	double spent = cpu_seconds() - start;
	if (spent > 0) {
		printf("ours %.0f\n", (double)(times * bench.request_count) / spent);
	}
	free(bench.requests);
	free(text);
	arena_free(bench.arena);
	facts_free(bench.facts);
	world_free(bench.world);
	return EXIT_SUCCESS;
}
