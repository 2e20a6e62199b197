/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Copies of what reports say. */
#include "facts/reported.h"

static void copy_keys(struct arena *arena, struct reported *copy)
{
	const struct reported_key *from = copy->keys;
	copy->keys = arena_alloc(arena, copy->key_count * sizeof(*copy->keys));
	for (size_t i = 0; i < copy->key_count && copy->keys != NULL; i++) {
		copy->keys[i] = from[i];
		copy->keys[i].selector = arena_copy(arena, from[i].selector);
		copy->keys[i].domain = arena_copy(arena, from[i].domain);
	}
}

static void copy_names(struct arena *arena, struct reported *copy)
{
	const struct reported_name *from = copy->names;
	copy->names = arena_alloc(arena, copy->name_count * sizeof(*copy->names));
	for (size_t i = 0; i < copy->name_count && copy->names != NULL; i++) {
		copy->names[i] = from[i];
		copy->names[i].name = arena_copy(arena, from[i].name);
	}
}

static void copy_sender(struct arena *arena, struct reported_sender *to,
			const struct reported_sender *from)
{
	*to = *from;
	to->name = arena_copy(arena, from->name);
	to->class = arena_copy(arena, from->class);
	to->addresses = arena_alloc(arena, from->address_count * sizeof(*to->addresses));
	for (size_t i = 0; i < from->address_count && to->addresses != NULL; i++) {
		to->addresses[i] = arena_copy(arena, from->addresses[i]);
	}
}

static void copy_senders(struct arena *arena, struct reported *copy)
{
	const struct reported_sender *from = copy->senders;
	copy->senders = arena_alloc(arena, copy->sender_count * sizeof(*copy->senders));
	for (size_t i = 0; i < copy->sender_count && copy->senders != NULL; i++) {
		copy_sender(arena, &copy->senders[i], &from[i]);
	}
}

static void copy_tls(struct arena *arena, struct reported *copy)
{
	const struct reported_tls *from = copy->tls;
	copy->tls = arena_alloc(arena, copy->tls_count * sizeof(*copy->tls));
	for (size_t i = 0; i < copy->tls_count && copy->tls != NULL; i++) {
		copy->tls[i] = from[i];
		copy->tls[i].result = arena_copy(arena, from[i].result);
		copy->tls[i].policy = arena_copy(arena, from[i].policy);
		copy->tls[i].mx = arena_copy(arena, from[i].mx);
		copy->tls[i].reporter = arena_copy(arena, from[i].reporter);
	}
}

static void copy_sources(struct arena *arena, struct reported *copy)
{
	const struct span *from = copy->spf_sources;
	copy->spf_sources = arena_alloc(arena, copy->spf_source_count * sizeof(*copy->spf_sources));
	for (size_t i = 0; i < copy->spf_source_count && copy->spf_sources != NULL; i++) {
		copy->spf_sources[i] = arena_copy(arena, from[i]);
	}
}

const struct reported *reported_copy(struct arena *arena, const struct reported *reported)
{
	struct reported *copy = arena_alloc(arena, sizeof(*copy));
	if (copy == NULL) {
		return NULL;
	}
	*copy = *reported;
	copy_keys(arena, copy);
	copy_names(arena, copy);
	copy_senders(arena, copy);
	copy_tls(arena, copy);
	copy_sources(arena, copy);
	return arena_has_failed(arena) ? NULL : copy;
}
