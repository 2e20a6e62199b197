/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Runs pure discovery code over a world of text until nothing is wanted. */
#ifndef MAILSEAL_TESTS_UNIT_DISCOVERY_JUDGED_H
#define MAILSEAL_TESTS_UNIT_DISCOVERY_JUDGED_H

#include "unit.h"

#include "world.h"

#define JUDGED_MAX_BYTES ((size_t)16 << 20)

struct judged {
	struct arena *arena;
	struct world *world;
	struct facts *facts;
};

/* lines: as world.h has them, separated by "|". */
static inline struct judged judged_new(const char *lines)
{
	struct judged judged = {
		.arena = arena_new(JUDGED_MAX_BYTES),
		.world = world_new(),
		.facts = facts_new(1),
	};
	struct span rest = span_of_string(lines);
	struct span line;
	while (span_split(&rest, '|', &line)) {
		struct failure failure;
		if (!world_add_line(judged.world, line, &failure)) {
			fail_msg("%s: %.*s", failure.detail, SPAN_ARG(line));
		}
	}
	return judged;
}

static inline void judged_run(struct judged *judged, struct judge judge)
{
	struct failure failure = {0};
	if (settle(judged->facts, world_source(judged->world), judge, &failure) < 0) {
		fail_msg("%s: %s", failure.what, failure.detail);
	}
}

static inline void judged_free(struct judged *judged)
{
	facts_free(judged->facts);
	world_free(judged->world);
	arena_free(judged->arena);
}

#endif
