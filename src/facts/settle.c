/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judge, answer, judge again. */
#include "facts/settle.h"

/* Questions of one round: a thousand keys of at most a kilobyte, twice. */
#define WANTS_ARENA_BYTES ((size_t)8 << 20)

static int refuse(struct facts *facts, const struct wants *wants, enum fact_failure why,
		  struct failure *reterr)
{
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct fact fact = {
			.key = wants_at(wants, i), .state = FACT_NOT_OBSERVED, .failure = why};
		int r = facts_add(facts, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* One run of the judge; *ret_is_done when it wanted nothing. */
static int run_round(struct facts *facts, struct fact_source *source, struct judge judge,
		     bool is_last_round, bool *ret_is_done, struct failure *reterr)
{
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(WANTS_ARENA_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "judge");
	}
	struct wants wants = wants_new(arena);
	struct inquiry inquiry = {facts, &wants};
	int r = judge.run(judge.context, &inquiry, reterr);
	if (r == 0 && arena_has_failed(arena)) {
		return failure_set_memory(reterr, "ask"); /* a want was lost */
	}
	*ret_is_done = r == 0 && wants_count(&wants) == 0;
	if (r < 0 || *ret_is_done) {
		return r;
	}
	if (is_last_round) {
		return refuse(facts, &wants, FACT_FAILURE_LIMIT, reterr);
	}
	r = source->answer(source, &wants, facts, reterr);
	return r < 0 ? r : refuse(facts, &wants, FACT_FAILURE_NOT_ASKED, reterr);
}

int settle(struct facts *facts, struct fact_source *source, struct judge judge,
	   struct failure *reterr)
{
	/* Past the limit each round refuses what it meets, and what it meets is bounded by
	 * WANTS_MAX. */
	for (unsigned round = 1; round <= 2 * SETTLE_MAX_ROUNDS; round++) {
		bool is_done = false;
		int r = run_round(facts, source, judge, round >= SETTLE_MAX_ROUNDS, &is_done,
				  reterr);
		if (r < 0 || is_done) {
			return r;
		}
	}
	return failure_set(reterr, FAILURE_INTERNAL, "judge", "its questions never end");
}
