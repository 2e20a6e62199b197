/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Forwarders, lists and own mistakes told from spoofers. Three things are learnt from the mail that
 * passes, and then used on the mail that does not:
 *
 *   keys       where each DKIM key of the domain is at home: the servers for which SPF passes too,
 *              or the envelope organisation that uses it most
 *   places     networks that send mail which passes, and so are the owner's or its provider's
 *   relays     organisations and networks through which signed mail of others came unharmed
 */
#include "records/name.h"
#include "service/flow.h"

/* A relay has passed on this many, a place has sent this many: one message proves little. */
#define RELAY_MESSAGES 3
#define PLACE_MESSAGES 3
/* Steady: on this many days, and on this share of the days for which there are reports. */
#define STEADY_DAYS 5
#define STEADY_SHARE_PERCENT 30
#define PROVIDER_DAYS 3

struct key_use {
	uint64_t at_home;    /* messages that pass SPF too */
	struct map by_org;   /* SPF organisation -> uint64_t messages */
	struct span top_org; /* that uses it most, when nobody passes SPF as the domain */
	uint64_t top_messages;
};

struct place {
	uint64_t passes_spf; /* messages that pass SPF as the domain */
	uint64_t signs;	     /* messages signed by a key that is at home here */
	uint64_t relayed;    /* messages of known keys that came through it */
	uint64_t days;	     /* most days on which one kind of mail came from it */
};

struct learning {
	struct flows *flows;
	const struct flow_options *options;
	struct map keys;   /* key -> struct key_use */
	struct map places; /* network text -> struct place */
	struct map relays; /* organisation -> struct place */
};

static void *get_or_make(struct learning *learning, struct map *map, struct span key, size_t size)
{
	void *item = map_get(map, key);
	if (item == NULL && key.len > 0) {
		item = arena_alloc(learning->flows->arena, size);
		if (item == NULL || !map_put(map, key, item)) {
			return NULL;
		}
	}
	return item;
}

/* Octets of the network as a key. */
static struct span place_key(const struct flow *flow)
{
	return flow->home.family == 0 ? span_of(NULL, 0)
				      : span_of(flow->home_key, sizeof(flow->home_key));
}

static struct place *place_of(struct learning *learning, const struct flow *flow)
{
	return get_or_make(learning, &learning->places, place_key(flow), sizeof(struct place));
}

static void learn_key(struct learning *learning, const struct flow *flow)
{
	struct key_use *use =
		get_or_make(learning, &learning->keys, flow->key, sizeof(struct key_use));
	if (use == NULL) {
		return;
	}
	uint64_t messages = flow->stream.row.messages;
	if (flow->is_spf_aligned) {
		use->at_home += messages;
	} else if (flow->spf_org.len > 0) {
		if (use->by_org.arena == NULL) {
			use->by_org = map_new(learning->flows->arena, FLOW_MAX, 0);
		}
		uint64_t *sum = get_or_make(learning, &use->by_org, flow->spf_org, sizeof(*sum));
		if (sum != NULL) {
			*sum += messages;
			bool is_top = *sum > use->top_messages;
			use->top_messages = is_top ? *sum : use->top_messages;
			use->top_org = is_top ? flow->spf_org : use->top_org;
		}
	}
}

static void learn_from_passes(struct learning *learning)
{
	for (size_t i = 0; i < learning->flows->items.len; i++) {
		struct flow *flow = flow_at(learning->flows, i);
		if (flow->key.len > 0) {
			learn_key(learning, flow);
		}
		struct place *place = place_of(learning, flow);
		if (place == NULL) {
			continue;
		}
		place->passes_spf += flow->is_spf_aligned ? flow->stream.row.messages : 0;
		place->days = flow->stream.active_days > place->days ? flow->stream.active_days
								     : place->days;
	}
}

static bool passes_spf_here(const struct learning *learning, const struct flow *flow)
{
	const struct place *place = map_get(&learning->places, place_key(flow));
	return place != NULL && place->passes_spf >= PLACE_MESSAGES;
}

static bool is_own_place(const struct learning *learning, const struct flow *flow)
{
	const struct place *place = map_get(&learning->places, place_key(flow));
	return place != NULL && place->passes_spf + place->signs >= PLACE_MESSAGES;
}

static bool is_passing_on(const struct provider *provider)
{
	return provider != NULL && (span_equal(provider->kind, SPAN("forwarder")) ||
				    span_equal(provider->kind, SPAN("list")));
}

/* A key of the domain passes, SPF does not: at home, or on the way through somebody else? */
static bool is_key_at_home(const struct learning *learning, const struct flow *flow)
{
	const struct key_use *use = map_get(&learning->keys, flow->key);
	if (use == NULL || passes_spf_here(learning, flow)) {
		return true;
	}
	if (is_passing_on(flow->provider)) {
		return false;
	}
	if (use->at_home >= PLACE_MESSAGES) {
		return false;
	}
	return use->top_org.len == 0 || span_equal(use->top_org, flow->spf_org);
}

static void conclude(struct flow *flow, enum mail_class class, enum mail_evidence evidence)
{
	flow->class = class;
	flow->evidence = evidence;
}

static void learn_relay(struct learning *learning, const struct flow *flow)
{
	uint64_t messages = flow->stream.row.messages;
	struct place *place = place_of(learning, flow);
	if (place != NULL) {
		place->relayed += messages;
	}
	if (flow->spf_org.len > 0) {
		struct place *relay =
			get_or_make(learning, &learning->relays, flow->spf_org, sizeof(*relay));
		if (relay != NULL) {
			relay->relayed += messages;
		}
	}
}

static void classify_pass(struct learning *learning, struct flow *flow)
{
	if (flow->is_spf_aligned) {
		conclude(flow, MAIL_LEGITIMATE, EVIDENCE_SPF_ALIGNED);
	} else if (flow->is_overridden) {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_OVERRIDE);
		learn_relay(learning, flow);
	} else if (is_key_at_home(learning, flow)) {
		conclude(flow, MAIL_LEGITIMATE, EVIDENCE_KEY_AT_HOME);
		struct place *place = place_of(learning, flow);
		if (place != NULL) {
			place->signs += flow->stream.row.messages;
		}
	} else {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_KEY_ELSEWHERE);
		learn_relay(learning, flow);
	}
}

static bool is_relay(const struct learning *learning, const struct flow *flow)
{
	const struct place *relay = map_get(&learning->relays, flow->spf_org);
	const struct place *place = map_get(&learning->places, place_key(flow));
	return (relay != NULL && relay->relayed >= RELAY_MESSAGES) ||
	       (place != NULL && place->relayed >= RELAY_MESSAGES &&
		place->relayed > place->passes_spf + place->signs);
}

static bool is_steady(const struct learning *learning, const struct flow *flow)
{
	const struct place *place = map_get(&learning->places, place_key(flow));
	uint64_t days = place != NULL ? place->days : flow->stream.active_days;
	return days >= STEADY_DAYS &&
	       days * 100 >= STEADY_SHARE_PERCENT * learning->options->days_with_data;
}

/*
 * A tenant's own name below the provider's ("example.onmicrosoft.com"): somebody else's tenant
 * proves nothing about ours.
 */
static bool is_other_tenant(const struct learning *learning, const struct flow *flow)
{
	struct span from = public_suffix_organisational(learning->options->suffixes,
							flow->stream.row.header_from);
	struct span tenant = name_first_label(flow->other_domain.len > 0 ? flow->other_domain
									 : flow->spf_domain);
	bool is_shared_mailbox = span_equal(flow->provider->kind, SPAN("mailbox")) ||
				 span_equal(flow->provider->kind, SPAN("webmail"));
	return is_shared_mailbox && span_search(tenant, name_first_label(from)) == tenant.len;
}

static bool is_stranger(const struct flow *flow)
{
	return (flow->spf_domain.len > 0 || flow->other_domain.len > 0) &&
	       !flow->is_provider_proven;
}

static void classify_unproven(struct learning *learning, struct flow *flow)
{
	if (is_steady(learning, flow)) {
		conclude(flow, MAIL_UNKNOWN,
			 is_stranger(flow) ? EVIDENCE_OTHER_STEADY : EVIDENCE_STEADY);
	} else {
		conclude(flow, MAIL_SPOOFED, EVIDENCE_NOTHING);
	}
}

static void classify_failed_provider(struct learning *learning, struct flow *flow)
{
	if (is_other_tenant(learning, flow)) {
		classify_unproven(learning, flow);
	} else if (flow->stream.active_days >= PROVIDER_DAYS || is_steady(learning, flow)) {
		conclude(flow, MAIL_LEGITIMATE, EVIDENCE_PROVIDER);
	} else {
		conclude(flow, MAIL_UNKNOWN, EVIDENCE_PROVIDER_BRIEFLY);
	}
}

static void classify_failure(struct learning *learning, struct flow *flow)
{
	bool is_shared = flow->provider != NULL && flow->provider->is_shared;
	if (flow->is_overridden) {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_OVERRIDE);
	} else if (is_passing_on(flow->provider)) {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_FORWARDER);
	} else if (flow->is_relaxed_only) {
		conclude(flow, MAIL_LEGITIMATE, EVIDENCE_STRICT_ONLY);
	} else if (is_own_place(learning, flow) && !(is_shared && is_stranger(flow))) {
		conclude(flow, MAIL_LEGITIMATE, EVIDENCE_OWN_NETWORK);
	} else if (flow->broken_key.len > 0 && map_get(&learning->keys, flow->broken_key) != NULL) {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_SIGNATURE_BROKEN);
	} else if (is_relay(learning, flow)) {
		conclude(flow, MAIL_FORWARDED, EVIDENCE_PASSES_ON_OTHERS);
	} else if (flow->is_provider_proven) {
		classify_failed_provider(learning, flow);
	} else {
		classify_unproven(learning, flow);
	}
}

static enum fail_cause cause_of(const struct flow *flow)
{
	if (flow_passes(flow)) {
		return CAUSE_NONE;
	}
	return flow->is_relaxed_only	    ? CAUSE_STRICT
	       : flow->broken_key.len > 0   ? CAUSE_SIGNATURE_BROKEN
	       : flow->has_missing_key	    ? CAUSE_KEY_MISSING
	       : flow->other_domain.len > 0 ? CAUSE_SIGNED_AS_OTHER
					    : CAUSE_NOT_SIGNED;
}

int flows_classify(struct flows *flows, const struct flow_options *options, struct failure *reterr)
{
	struct learning learning = {
		.flows = flows,
		.options = options,
		.keys = map_new(flows->arena, FLOW_MAX, 0),
		.places = map_new(flows->arena, FLOW_MAX, 0),
		.relays = map_new(flows->arena, FLOW_MAX, 0),
	};
	learn_from_passes(&learning);
	for (size_t i = 0; i < flows->items.len; i++) {
		struct flow *flow = flow_at(flows, i);
		flow->cause = cause_of(flow);
		if (flow_passes(flow)) {
			classify_pass(&learning, flow);
		}
	}
	for (size_t i = 0; i < flows->items.len; i++) {
		if (!flow_passes(flow_at(flows, i))) {
			classify_failure(&learning, flow_at(flows, i));
		}
	}
	return arena_has_failed(flows->arena) ? failure_set_memory(reterr, "read the reports") : 0;
}

const char *mail_class_name(enum mail_class class)
{
	static const char *const names[] = {
		[MAIL_LEGITIMATE] = "legitimate",
		[MAIL_FORWARDED] = "forwarded",
		[MAIL_UNKNOWN] = "unknown",
		[MAIL_SPOOFED] = "spoofed",
	};
	return names[class];
}

const char *mail_evidence_name(enum mail_evidence evidence)
{
	static const char *const names[] = {
		[EVIDENCE_SPF_ALIGNED] = "spf-aligned",
		[EVIDENCE_KEY_AT_HOME] = "key-at-home",
		[EVIDENCE_KEY_ELSEWHERE] = "key-elsewhere",
		[EVIDENCE_OVERRIDE] = "override",
		[EVIDENCE_FORWARDER] = "forwarder",
		[EVIDENCE_SIGNATURE_BROKEN] = "signature-broken",
		[EVIDENCE_PASSES_ON_OTHERS] = "passes-on-others",
		[EVIDENCE_OWN_NETWORK] = "own-network",
		[EVIDENCE_STRICT_ONLY] = "strict-only",
		[EVIDENCE_PROVIDER] = "provider",
		[EVIDENCE_PROVIDER_BRIEFLY] = "provider-briefly",
		[EVIDENCE_STEADY] = "steady",
		[EVIDENCE_OTHER_STEADY] = "other-steady",
		[EVIDENCE_NOTHING] = "nothing",
	};
	return names[evidence];
}

const char *fail_cause_name(enum fail_cause cause)
{
	static const char *const names[] = {
		[CAUSE_NONE] = "none",
		[CAUSE_NOT_SIGNED] = "not-signed",
		[CAUSE_SIGNED_AS_OTHER] = "signed-as-other",
		[CAUSE_SIGNATURE_BROKEN] = "signature-broken",
		[CAUSE_KEY_MISSING] = "key-missing",
		[CAUSE_STRICT] = "strict-alignment",
	};
	return names[cause];
}
