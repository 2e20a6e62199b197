/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Fetched policies: words and copies. */
#include "facts/policy.h"

#include "facts/words.h"

static const char *const outcome_names[POLICY_OUTCOME_COUNT] = {
	[POLICY_ANSWERED] = "answered",	      [POLICY_DNS] = "dns",
	[POLICY_CONNECT] = "connect",	      [POLICY_TLS] = "tls",
	[POLICY_CERTIFICATE] = "certificate", [POLICY_TIMEOUT] = "timeout",
	[POLICY_TOO_LARGE] = "too-large",     [POLICY_HTTP] = "http",
};

WORDS_DEFINE(policy_outcome, outcome_names)

const struct policy_fetch *policy_copy(struct arena *arena, const struct policy_fetch *policy)
{
	struct policy_fetch *copy = arena_alloc(arena, sizeof(*copy));
	struct span *chain = arena_alloc(arena, policy->chain_count * sizeof(*chain));
	if (copy == NULL || chain == NULL) {
		return NULL;
	}
	*copy = *policy;
	copy->chain = chain;
	for (size_t i = 0; i < policy->chain_count; i++) {
		chain[i] = arena_copy(arena, policy->chain[i]);
	}
	copy->content_type = arena_copy(arena, policy->content_type);
	copy->location = arena_copy(arena, policy->location);
	copy->body = arena_copy(arena, policy->body);
	copy->address = arena_copy(arena, policy->address);
	copy->error = arena_copy(arena, policy->error);
	copy->certificate_error = arena_copy(arena, policy->certificate_error);
	return arena_has_failed(arena) ? NULL : copy;
}
