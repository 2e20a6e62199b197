/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From lines of a world to a standing. */
#include "unit.h"

#include "judged.h"

#include "assess/assess.h"
#include "world.h"

struct judging {
	struct arena *arena;
	struct assess_options options;
	struct assessment *assessment;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *judging = context;
	return assess_domain(judging->arena, inquiry, SPAN("example.org"), &judging->options,
			     &judging->assessment, reterr);
}

/* As learn_reports() lays it into the facts. */
static void add_reported(struct facts *facts, const struct reported *reported)
{
	struct failure failure;
	struct fact fact = {
		.key = {FACT_REPORTED, 0, SPAN("example.org")},
		.state = FACT_PRESENT,
		.observed_at = WORLD_NOW,
		.source = SPAN("stored reports"),
		.reported = reported,
	};
	assert_int_equal(facts_add(facts, &fact, &failure), 0);
}

struct judged judge_world(const char *const *lines)
{
	return judge_world_with(lines, /* reported: */ NULL);
}

struct judged judge_world_with(const char *const *lines, const struct reported *reported)
{
	struct judged judged = {.world = world_new(), .facts = facts_new(/* seed: */ 0)};
	struct failure failure = {0};
	for (size_t i = 0; lines[i] != NULL; i++) {
		if (!world_add_line(judged.world, span_of_string(lines[i]), &failure)) {
			fail_msg("%s: %s", lines[i], failure.detail);
		}
	}
	if (reported != NULL) {
		add_reported(judged.facts, reported);
	}
	assert_int_equal(provider_table_load(&judged.providers, &failure), 0);
	assert_int_equal(public_suffix_list_load(/* path: */ NULL, &judged.suffixes, &failure), 0);
	judged.arena = arena_new((size_t)32 << 20);
	struct judging judging = {
		.arena = judged.arena,
		.options = {.now = WORLD_NOW,
			    .providers = judged.providers,
			    .suffixes = judged.suffixes},
	};
	assert_int_equal(settle(judged.facts, world_source(judged.world),
				(struct judge){judge, &judging}, &failure),
			 0);
	judged.assessment = judging.assessment;
	judged.standing = standing_of(judged.arena, judging.assessment);
	assert_non_null(judged.standing);
	return judged;
}

void judged_free(struct judged *judged)
{
	arena_free(judged->arena);
	facts_free(judged->facts);
	provider_table_free(judged->providers);
	public_suffix_list_free(judged->suffixes);
	world_free(judged->world);
}
