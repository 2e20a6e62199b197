/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading facts and leaving questions. */
#include "facts/wants.h"

static const struct fact wanted = {.state = FACT_WANTED};
static const struct fact over_limit = {
	.state = FACT_NOT_OBSERVED,
	.failure = FACT_FAILURE_LIMIT,
};

struct wants wants_new(struct arena *arena)
{
	return (struct wants){.arena = arena, .keys = map_new(arena, WANTS_MAX, 0)};
}

struct fact_key wants_at(const struct wants *wants, size_t i)
{
	return *(const struct fact_key *)map_at(&wants->keys, i)->value;
}

bool wants_add(struct wants *wants, struct fact_key key)
{
	struct span text = arena_printf(wants->arena, "%d %u %.*s", (int)key.kind, key.type,
					SPAN_ARG(key.subject));
	if (text.len == 0 || map_get(&wants->keys, text) != NULL) {
		return text.len > 0;
	}
	struct fact_key *copy = arena_alloc(wants->arena, sizeof(*copy));
	if (copy == NULL) {
		return false;
	}
	*copy = key;
	copy->subject = arena_copy(wants->arena, key.subject);
	return map_put(&wants->keys, text, copy);
}

const struct fact *inquire(struct inquiry *inquiry, struct fact_key key)
{
	const struct fact *fact = facts_get(inquiry->facts, key);
	if (fact != NULL) {
		return fact;
	}
	return wants_add(inquiry->wants, key) ? &wanted : &over_limit;
}

const struct fact *inquire_dns(struct inquiry *inquiry, struct span name, uint16_t type)
{
	return inquire(inquiry, (struct fact_key){FACT_DNS, type, name});
}

const struct fact *inquire_endpoint(struct inquiry *inquiry, struct network address, uint16_t port,
				    struct span name)
{
	struct span subject = endpoint_subject(inquiry->wants->arena, address, port, name);
	if (subject.len == 0) {
		return &over_limit;
	}
	return inquire(inquiry, (struct fact_key){FACT_ENDPOINT, 0, subject});
}

const struct fact *inquire_policy(struct inquiry *inquiry, struct span name)
{
	return inquire(inquiry, (struct fact_key){FACT_POLICY, 0, name});
}
