/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Answers -> rows, lists and certificates of an endpoint. */
#include "collect/smtp_learn.h"

struct endpoint_version *smtp_learn_version(struct smtp_endpoint *endpoint, uint16_t version)
{
	for (size_t i = 1; i < ENDPOINT_VERSIONS; i++) {
		if (endpoint->versions[i].version == version) {
			return &endpoint->versions[i];
		}
	}
	return &endpoint->versions[0];
}

static bool has_suite(const uint32_t *suites, size_t count, uint32_t suite)
{
	for (size_t i = 0; i < count; i++) {
		if (suites[i] == suite) {
			return true;
		}
	}
	return false;
}

void smtp_learn_suite(struct smtp_endpoint *endpoint, uint16_t version, uint32_t suite,
		      bool is_accepted)
{
	struct endpoint_suites *suites = &smtp_learn_version(endpoint, version)->suites;
	if (has_suite(suites->accepted, suites->accepted_count, suite) ||
	    has_suite(suites->refused, suites->refused_count, suite)) {
		return;
	}
	if (is_accepted && suites->accepted_count < ENDPOINT_MAX_SUITES) {
		suites->accepted[suites->accepted_count++] = suite;
	} else if (!is_accepted && suites->refused_count < ENDPOINT_MAX_SUITES) {
		suites->refused[suites->refused_count++] = suite;
	}
}

static bool has_group(const uint16_t *groups, size_t count, uint16_t group)
{
	for (size_t i = 0; i < count; i++) {
		if (groups[i] == group) {
			return true;
		}
	}
	return false;
}

void smtp_learn_group(struct endpoint_groups *groups, uint16_t group, bool is_accepted)
{
	if (group == 0 || has_group(groups->accepted, groups->accepted_count, group) ||
	    has_group(groups->refused, groups->refused_count, group)) {
		return;
	}
	if (is_accepted && groups->accepted_count < ENDPOINT_MAX_GROUPS) {
		groups->accepted[groups->accepted_count++] = group;
	} else if (!is_accepted && groups->refused_count < ENDPOINT_MAX_GROUPS) {
		groups->refused[groups->refused_count++] = group;
	}
}

void smtp_learn_refused(struct smtp_endpoint *endpoint, uint16_t from, uint16_t to)
{
	for (size_t i = 1; i < ENDPOINT_VERSIONS; i++) {
		struct endpoint_version *row = &endpoint->versions[i];
		if (row->version > from && row->version <= to && !probe_is_yes(row->is_accepted)) {
			row->is_accepted = probe_of(false);
		}
	}
}

static void learn_dh(struct smtp_endpoint *endpoint, const struct tls_answer *answer)
{
	if (answer->dh_bits == 0 || endpoint->dh_count == ENDPOINT_MAX_DH) {
		return;
	}
	for (size_t i = 0; i < endpoint->dh_count; i++) {
		if (endpoint->dh[i].version == answer->version &&
		    endpoint->dh[i].suite == answer->suite) {
			return;
		}
	}
	endpoint->dh[endpoint->dh_count++] = (struct endpoint_dh){
		.version = answer->version,
		.suite = answer->suite,
		.prime_bits = answer->dh_bits,
		.group = answer->dh_group,
	};
}

void smtp_learn_hello(struct smtp_plan *plan, const struct tls_answer *answer)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	smtp_learn_version(endpoint, answer->version)->is_accepted = probe_of(true);
	smtp_learn_suite(endpoint, answer->version, answer->suite, /* is_accepted */ true);
	const struct tls_suite *suite = tls_suite_find(answer->suite);
	if (answer->version == TLS_VERSION_13) {
		smtp_learn_group(&endpoint->groups13, answer->group, /* is_accepted */ true);
		return;
	}
	smtp_learn_group(&endpoint->groups12, answer->group, /* is_accepted */ true);
	learn_dh(endpoint, answer);
	plan->has_weak |= suite == NULL || tls_suite_rank(suite) != TLS_RANK_AEAD;
	if (plan->key == TLS_AUTH_ANY && suite != NULL) {
		plan->key = tls_kx_info(suite->kx)->auth;
	}
}

/* A place for one more certificate; NULL when there are enough. */
static struct endpoint_presentation *add_presentation(struct smtp_endpoint *endpoint)
{
	if (endpoint->presentation_count == ENDPOINT_MAX_PRESENTATIONS) {
		return NULL;
	}
	return &endpoint->presentations[endpoint->presentation_count++];
}

static struct span asked_of(enum tls_auth key)
{
	switch (key) {
	case TLS_AUTH_RSA:
		return SPAN("rsa");
	case TLS_AUTH_ECDSA:
		return SPAN("ecdsa");
	case TLS_AUTH_ANY:
	case TLS_AUTH_NONE:
	case TLS_AUTH_DSS:
		break;
	}
	return SPAN("any");
}

static void copy_chain(struct arena *arena, const struct span *chain, size_t count,
		       struct endpoint_presentation *presentation)
{
	size_t total = 0;
	presentation->chain = arena_alloc(arena, count * sizeof(*chain));
	for (size_t i = 0; i < count && presentation->chain != NULL; i++) {
		total += chain[i].len;
		if (i == ENDPOINT_MAX_CHAIN || total > ENDPOINT_MAX_CHAIN_BYTES) {
			presentation->is_chain_cut = true;
			break;
		}
		presentation->chain[presentation->chain_count++] = arena_copy(arena, chain[i]);
	}
}

struct endpoint_ehlo smtp_learn_ehlo(struct arena *arena, const struct smtp_talk *talk)
{
	struct endpoint_ehlo ehlo = {
		.reply = {talk->ehlo.code, arena_copy(arena, talk->ehlo.text)},
		.is_cut = talk->has_keywords_cut,
	};
	ehlo.keywords = arena_alloc(arena, talk->keyword_count * sizeof(*ehlo.keywords));
	for (size_t i = 0; i < talk->keyword_count && ehlo.keywords != NULL; i++) {
		ehlo.keywords[i] = arena_copy(arena, talk->keywords[i]);
		ehlo.keyword_count = i + 1;
	}
	return ehlo;
}

static void learn_view(struct smtp_plan *plan, const struct tls_session_view *view)
{
	struct smtp_endpoint *endpoint = plan->endpoint;
	smtp_learn_version(endpoint, view->version)->is_accepted = probe_of(true);
	smtp_learn_suite(endpoint, view->version, view->suite, /* is_accepted */ true);
	if (view->version == TLS_VERSION_13) {
		smtp_learn_group(&endpoint->groups13, view->group, /* is_accepted */ true);
	}
	const struct tls_scheme *scheme = tls_scheme_find(view->scheme);
	const struct tls_suite *suite = tls_suite_find(view->suite);
	if (plan->key == TLS_AUTH_ANY && scheme != NULL) {
		plan->key = scheme->auth;
	} else if (plan->key == TLS_AUTH_ANY && suite != NULL) {
		plan->key = tls_kx_info(suite->kx)->auth;
	}
}

void smtp_learn_session(struct smtp_plan *plan, const struct smtp_question *question,
			const struct smtp_probe *probe)
{
	const struct tls_session_view *view = &probe->view;
	learn_view(plan, view);
	struct endpoint_presentation *presentation = add_presentation(plan->endpoint);
	if (presentation == NULL) {
		return;
	}
	const struct tls_scheme *scheme = tls_scheme_find(view->scheme);
	*presentation = (struct endpoint_presentation){
		.asked = asked_of(question->key),
		.has_sni = question->has_sni,
		.version = view->version,
		.suite = view->suite,
		.group = view->group,
		.signature = span_of_string(scheme != NULL ? scheme->name : NULL),
		.is_chain_cut = view->is_chain_cut,
		.ocsp = arena_copy(plan->arena, view->ocsp),
		.asks_certificate = probe_of(view->asks_certificate),
		.early_data_bytes = view->early_data_bytes,
		.ehlo = smtp_learn_ehlo(plan->arena, &probe->inner),
		/* RFC 5321 4.1.1.1: the name stands before the greeting's other words */
		.outer_name = arena_copy(plan->arena, text_first_word(probe->talk.ehlo.text)),
	};
	copy_chain(plan->arena, view->chain, view->chain_count, presentation);
}

void smtp_learn_chain(struct smtp_plan *plan, const struct smtp_question *question,
		      const struct tls_answer *answer)
{
	struct endpoint_presentation *presentation =
		answer->chain_count > 0 ? add_presentation(plan->endpoint) : NULL;
	if (presentation == NULL) {
		return;
	}
	const struct tls_scheme *scheme = tls_scheme_find(answer->scheme);
	*presentation = (struct endpoint_presentation){
		.asked = asked_of(question->key),
		.has_sni = question->has_sni,
		.is_raw = true,
		.version = answer->version,
		.suite = answer->suite,
		.group = answer->group,
		.signature = span_of_string(scheme != NULL ? scheme->name : NULL),
		.is_chain_cut = answer->is_chain_cut,
		.asks_certificate = probe_of(answer->asks_certificate),
	};
	copy_chain(plan->arena, answer->chain, answer->chain_count, presentation);
}
