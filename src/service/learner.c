/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Every name that reports are about, and every name above one. */
#include "service/learner.h"

#include <stdlib.h>

/* Names and those above them; with more every domain is asked about. */
#define NAMES_MAX 1000000
#define NAMES_BYTES ((size_t)256 << 20)

struct learner {
	struct store *store;
	struct senders_options options;
	struct arena *arena;
	struct map names;
	int64_t read_at; /* 0: never */
	bool is_cut;
};

struct learner *learner_new(struct store *store, const struct senders_options *options)
{
	struct learner *learner = calloc(1, sizeof(*learner));
	struct arena *arena = arena_new(NAMES_BYTES);
	if (learner == NULL || arena == NULL) {
		arena_free(arena);
		free(learner);
		return NULL;
	}
	*learner = (struct learner){.store = store, .options = *options, .arena = arena};
	return learner;
}

void learner_free(struct learner *learner)
{
	if (learner != NULL) {
		arena_free(learner->arena);
		free(learner);
	}
}

static int take_name(void *context, struct span name)
{
	struct learner *learner = context;
	struct span rest = arena_copy(learner->arena, name);
	/* Where one is known, all above it are. */
	while (rest.len > 0 && map_get(&learner->names, rest) == NULL && !learner->is_cut) {
		learner->is_cut = !map_put(&learner->names, rest, learner);
		rest = span_from(rest, span_find(rest, '.', 0) + 1);
	}
	return 0;
}

static int read_names(struct learner *learner, struct failure *reterr)
{
	arena_reset(learner->arena);
	learner->names = map_new(learner->arena, NAMES_MAX, /* seed: */ 0);
	learner->is_cut = false;
	return store_reported_names(learner->store, take_name, learner, reterr);
}

static bool may_have_reports(const struct learner *learner, struct span domain)
{
	return learner->is_cut || arena_has_failed(learner->arena) ||
	       map_get(&learner->names, domain) != NULL;
}

int learner_add(struct learner *learner, struct span domain, int64_t now, struct facts *facts,
		struct failure *reterr)
{
	int r = 0;
	if (learner->read_at == 0 || now - learner->read_at >= LEARNER_FRESH_S ||
	    now < learner->read_at) {
		r = read_names(learner, reterr);
		learner->read_at = now;
	}
	if (r < 0) {
		return r;
	}
	if (!may_have_reports(learner, domain)) {
		return 0;
	}
	learner->options.now = now;
	return learn_reports(facts, learner->store, domain, &learner->options, reterr);
}
