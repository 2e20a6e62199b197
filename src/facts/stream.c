/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fact in memory of its own. */
#include "facts/stream.h"

#include <stdlib.h>

/* An endpoint with all its certificates is below this. */
#define BOX_MAX_BYTES ((size_t)4 << 20)
/* Most facts are a name and little else. */
#define BOX_BLOCK_BYTES 448

static const struct dns_answer *copy_answer(struct arena *arena, const struct dns_answer *answer)
{
	struct dns_answer *copy = arena_alloc(arena, sizeof(*copy));
	struct dns_record *records =
		arena_alloc(arena, answer->record_count * sizeof(*answer->records));
	struct span *cnames = arena_alloc(arena, answer->cname_count * sizeof(*answer->cnames));
	if (copy == NULL || records == NULL || cnames == NULL) {
		return NULL;
	}
	*copy = *answer;
	copy->records = records;
	copy->cnames = cnames;
	for (size_t i = 0; i < answer->record_count; i++) {
		records[i].ttl = answer->records[i].ttl;
		records[i].rdata = arena_copy(arena, answer->records[i].rdata);
	}
	for (size_t i = 0; i < answer->cname_count; i++) {
		cnames[i] = arena_copy(arena, answer->cnames[i]);
	}
	copy->why_bogus = arena_copy(arena, answer->why_bogus);
	copy->packet = arena_copy(arena, answer->packet);
	return copy;
}

struct fact *fact_copy(struct arena *arena, const struct fact *fact)
{
	struct fact *copy = arena_alloc(arena, sizeof(*copy));
	if (copy == NULL) {
		return NULL;
	}
	*copy = *fact;
	copy->key.subject = arena_copy(arena, fact->key.subject);
	copy->detail = arena_copy(arena, fact->detail);
	copy->source = arena_copy(arena, fact->source);
	if (fact->dns != NULL) {
		copy->dns = copy_answer(arena, fact->dns);
	}
	if (fact->endpoint != NULL) {
		copy->endpoint = endpoint_copy(arena, fact->endpoint);
	}
	if (fact->policy != NULL) {
		copy->policy = policy_copy(arena, fact->policy);
	}
	if (fact->reported != NULL) {
		copy->reported = reported_copy(arena, fact->reported);
	}
	return copy;
}

struct fact_box *fact_box_new(const struct fact *fact)
{
	struct fact_box *box = calloc(1, sizeof(*box));
	struct arena *arena = arena_new_small(BOX_MAX_BYTES, BOX_BLOCK_BYTES);
	struct fact *copy = box != NULL && arena != NULL ? fact_copy(arena, fact) : NULL;
	if (copy == NULL || arena_has_failed(arena)) {
		arena_free(arena);
		free(box);
		return NULL;
	}
	*box = (struct fact_box){.arena = arena, .fact = copy};
	return box;
}

void fact_box_free(struct fact_box *box)
{
	if (box != NULL) {
		arena_free(box->arena);
		free(box);
	}
}

size_t fact_box_bytes(const struct fact_box *box)
{
	/* What the allocator adds, and the last block's empty part. */
	return arena_used_bytes(box->arena) + BOX_BLOCK_BYTES;
}
