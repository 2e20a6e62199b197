/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The bare loop: the same questions in the same order through libunbound with the same settings,
 * and nothing done with the answers. What a scan costs beyond this is its own.
 *
 * usage: bench_scan_bare QUESTIONS ROOT-HINTS TRUST-ANCHOR
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unbound-event.h>
#include <unbound.h>

#include "base/base.h"
#include "collect/dns_context.h"

#define WINDOW 1500
#define CLASS_IN 1

struct bare {
	FILE *file;
	unsigned open;
	unsigned long asked;
	unsigned long answered; /* rcode 0 or 3 */
};

static void on_answer(void *context, int rcode, void *packet, int len, int security, char *why,
		      int was_ratelimited)
{
	struct bare *bare = context;
	(void)security;
	(void)why;
	(void)was_ratelimited;
	bare->open--;
	if (rcode == 0 && packet != NULL && len >= 12) {
		int header = ((unsigned char *)packet)[3] & 15;
		bare->answered += header == 0 || header == 3 ? 1 : 0;
	}
}

/* False when there are no more questions. */
static bool ask_next(struct bare *bare, struct ub_ctx *unbound)
{
	char name[LIMIT_NAME_ESCAPED + 1];
	unsigned type;
	int id;
	if (fscanf(bare->file, "%1020s %u", name, &type) != 2) {
		return false;
	}
	bare->asked++;
	bare->open++;
	if (ub_resolve_event(unbound, name, (int)type, CLASS_IN, bare, on_answer, &id) != 0) {
		bare->open--;
	}
	return true;
}

static double cpu_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	struct failure failure;
	struct ub_ctx *unbound = NULL;
	struct event_base *base = event_base_new();
	struct bare bare = {.file = argc == 4 ? fopen(argv[1], "r") : NULL};
	const struct dns_engine_config config = {
		.root_hints = argc == 4 ? argv[2] : NULL,
		.trust_anchor = argc == 4 ? argv[3] : NULL,
		.is_validating = true,
		.max_sockets = 4096,
	};
	signal(SIGPIPE, SIG_IGN);
	if (bare.file == NULL || base == NULL) {
		fprintf(stderr, "usage: bench_scan_bare QUESTIONS ROOT-HINTS TRUST-ANCHOR\n");
		return 2;
	}
	if (dns_context_new(&config, base, &unbound, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	bool has_more = true;
	while (has_more || bare.open > 0) {
		/* It begins as slowly as a scan does, or all would start at the root. */
		while (has_more && bare.open < WINDOW && bare.open < 32 + bare.answered) {
			has_more = ask_next(&bare, unbound);
		}
		if (bare.open > 0) {
			event_base_loop(base, EVLOOP_ONCE);
		}
	}
	double seconds = cpu_seconds();
	printf("bare: %lu questions, %lu answered, %.2f CPU s, %.0f a CPU second\n", bare.asked,
	       bare.answered, seconds, (double)bare.asked / seconds);
	ub_ctx_delete(unbound);
	event_base_free(base);
	fclose(bare.file);
	return 0;
}
