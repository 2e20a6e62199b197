/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A session of its own, opened only when reports are judged. */
#include "cli/report_trust.h"

#include <stdlib.h>

#include "cli/session.h"
#include "records/name.h"

#define NAMES_BYTES ((size_t)64 << 10)

struct report_trust {
	struct session *session;
	struct arena *arena; /* of names */
	struct authenticity_options options;
};

static int take_hosts(struct report_trust *trust, const struct string_list *hosts,
		      struct failure *reterr)
{
	if (hosts->count > AUTHENTICITY_MAX_HOSTS) {
		return failure_set(reterr, FAILURE_INPUT, "--authserv-id", "more than %d names",
				   AUTHENTICITY_MAX_HOSTS);
	}
	for (size_t i = 0; i < hosts->count; i++) {
		trust->options.hosts[i] = span_of_string(hosts->items[i]);
	}
	trust->options.host_count = hosts->count;
	return 0;
}

/* "Example Reports=bounces.example.net" */
static int take_accepted(struct report_trust *trust, const struct string_list *pairs,
			 struct failure *reterr)
{
	trust->arena = arena_new(NAMES_BYTES);
	if (trust->arena == NULL) {
		return failure_set_memory(reterr, "start");
	}
	if (pairs->count > AUTHENTICITY_MAX_ACCEPTED) {
		return failure_set(reterr, FAILURE_INPUT, "--accept-reporter",
				   "more than %d reporters", AUTHENTICITY_MAX_ACCEPTED);
	}
	for (size_t i = 0; i < pairs->count; i++) {
		struct span pair = span_of_string(pairs->items[i]);
		struct accepted_reporter *accepted = &trust->options.accepted[i];
		size_t at = span_find(pair, '=', 0);
		accepted->reporter = span_trim(span_slice(pair, 0, at), " ");
		if (accepted->reporter.len == 0 || at == pair.len ||
		    !name_canonical(trust->arena, span_trim(span_from(pair, at + 1), " "),
				    &accepted->sender)) {
			return failure_set(reterr, FAILURE_INPUT, "--accept-reporter",
					   "\"%s\" is not REPORTER=DOMAIN", pairs->items[i]);
		}
	}
	trust->options.accepted_count = pairs->count;
	return 0;
}

static int fill(struct report_trust *trust, const struct trust_options *options,
		struct failure *reterr)
{
	const struct facts_options facts = {.replay_path = options->replay_path};
	int r = take_hosts(trust, &options->hosts, reterr);
	r = r < 0 ? r : take_accepted(trust, &options->accepted, reterr);
	r = r < 0 ? r : session_open(&options->dns, &facts, &trust->session, reterr);
	if (r < 0) {
		return r;
	}
	trust->options.is_verifying = options->is_verifying;
	trust->options.suffixes = trust->session->suffixes;
	trust->options.providers = trust->session->providers;
	trust->options.facts = trust->session->facts;
	trust->options.source = trust->session->source;
	trust->options.now = trust->session->now;
	trust->options.keys = key_cache_new(session_seed());
	return trust->options.keys != NULL ? 0 : failure_set_memory(reterr, "start");
}

int report_trust_open(const struct trust_options *options, struct report_trust **ret_trust,
		      struct failure *reterr)
{
	if (options->hosts.count == 0 && !options->is_verifying) {
		return options->accepted.count == 0
			       ? 0
			       : failure_set(reterr, FAILURE_INPUT, "--accept-reporter",
					     "needs --authserv-id or --verify: a report is accepted"
					     " by what proves who brought it");
	}
	struct report_trust *trust = calloc(1, sizeof(*trust));
	if (trust == NULL) {
		return failure_set_memory(reterr, "start");
	}
	int r = fill(trust, options, reterr);
	if (r < 0) {
		report_trust_close(trust);
		return r;
	}
	*ret_trust = trust;
	return 0;
}

void report_trust_close(struct report_trust *trust)
{
	if (trust != NULL) {
		key_cache_free(trust->options.keys);
		if (trust->session != NULL) {
			session_close(trust->session);
		}
		arena_free(trust->arena);
		free(trust);
	}
}

const struct authenticity_options *report_trust_options(const struct report_trust *trust)
{
	return trust != NULL ? &trust->options : NULL;
}
