/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Attempts that come from DKIM keys. A key is never broken: where a stranger may hold the private
 * half, a key of ours of the same size stands in.
 */
#include "assess/dkim.h"
#include "assess/registration.h"
#include "crypto/public_key.h"
#include "guide/providers.h"
#include "service/spoof_planning.h"

/* What a stranger who can choose would take. */
#define STRANGER_KEY_BITS 2048
/* No signature holds with it, so its size does not matter. */
#define FORGED_KEY_BITS 1024
/* Labels as short as this are a service's counting, not a customer's name: "k2", "s1". */
#define COMMON_LABEL_LEN 3

static struct spoof_attempt *add(struct planning *p, enum spoof_vector vector,
				 const struct dkim_selector *selector, unsigned bits)
{
	struct spoof_attempt *attempt =
		planning_add(p, vector, p->a->domain, SPAN(SPOOF_STRANGER_DOMAIN));
	if (attempt != NULL) {
		attempt->signature.selector = selector->selector;
		attempt->signature.bits = bits;
	}
	return attempt;
}

/* RFC 8301 3.2: verifiers must refuse keys below 1024 bits; those from before it do not. */
static void add_weak(struct planning *p, const struct dkim_selector *selector)
{
	const struct dkim_key *key = selector->key;
	unsigned bits = key->rsa_bits;
	if (key->type != DKIM_KEY_RSA || !key->is_key_decoded || bits >= PUBLIC_KEY_MIN_BITS) {
		return;
	}
	struct spoof_attempt *attempt =
		add(p, SPOOF_WEAK_KEY, selector,
		    bits < PUBLIC_KEY_LEGACY_MIN_BITS ? PUBLIC_KEY_LEGACY_MIN_BITS : bits);
	if (attempt != NULL) {
		attempt->receivers = SPOOF_BY_SHORT_KEYS;
		attempt->condition = arena_printf(
			p->a->arena,
			"the private half of the key at %.*s, which has %u bits%s (a key of the "
			"same size stands in for it here), and a receiver from before RFC 8301",
			SPAN_ARG(selector->name), bits,
			bits <= PUBLIC_KEY_LEGACY_MIN_BITS ? " and can be factored for a few pounds"
							   : "");
	}
}

/* RFC 6376 3.6.1: mail under a key in test mode must not be treated unlike unsigned mail. */
static void add_testing(struct planning *p, const struct dkim_selector *selector)
{
	struct spoof_attempt *attempt = selector->key->is_testing
						? add(p, SPOOF_TEST_KEY, selector, FORGED_KEY_BITS)
						: NULL;
	if (attempt != NULL) {
		attempt->signature.is_forged = true;
	}
}

/* A label that every customer of a service may have in his target. */
static bool is_common_label(struct span label, struct span selector)
{
	static const struct span words[] = {SPAN_INIT("dkim"), SPAN_INIT("_domainkey"),
					    SPAN_INIT("domainkey"), SPAN_INIT("key")};
	if (label.len <= COMMON_LABEL_LEN || span_equal(label, selector)) {
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (span_starts_with(label, words[i]) && label.len <= words[i].len + 1) {
			return true;
		}
	}
	return false;
}

/* Does the target, in front of the service's own name, hold nothing that is the customer's? */
static bool is_for_all_customers(const struct dkim_selector *selector)
{
	const struct provider *provider = selector->provider;
	for (size_t i = 0; i < provider->dkim_cname_count; i++) {
		struct span own = provider->dkim_cnames[i];
		if (!name_is_at_or_under(selector->target, own)) {
			continue;
		}
		struct span rest = span_slice(selector->target, 0, selector->target.len - own.len);
		struct span label;
		bool is_common = true;
		while (rest.len > 0 && span_split(&rest, '.', &label)) {
			is_common = is_common && is_common_label(label, selector->selector);
		}
		return is_common;
	}
	return false;
}

/*
 * Whose the key is besides: the service that signs for all its customers with it, or the domain
 * whose own selector the CNAME leads to. Empty when nobody's that shows.
 */
static struct span other_owner(const struct planning *p, const struct dkim_selector *selector)
{
	const struct span tree = SPAN("._domainkey.");
	struct span none = span_of(NULL, 0);
	if (selector->target.len == 0) {
		return none;
	}
	if (selector->provider != NULL) {
		return is_for_all_customers(selector) ? selector->provider->name : none;
	}
	size_t at = span_search(selector->target, tree);
	struct span domain =
		at < selector->target.len ? span_from(selector->target, at + tree.len) : none;
	struct span own = public_suffix_organisational(p->a->options->suffixes, p->a->domain);
	bool is_own = domain.len == 0 || own.len == 0 || name_is_at_or_under(domain, own);
	return is_own ? none : domain;
}

static void add_shared(struct planning *p, const struct dkim_selector *selector)
{
	struct span owner = other_owner(p, selector);
	struct spoof_attempt *attempt =
		owner.len > 0 && selector->state == DKIM_SELECTOR_KEY
			? add(p, SPOOF_SHARED_KEY, selector, STRANGER_KEY_BITS)
			: NULL;
	if (attempt != NULL) {
		attempt->is_particular = true;
		attempt->condition = arena_printf(
			p->a->arena,
			"a place where %.*s signs with the key at %.*s and lets any From through "
			"(a key of ours stands in for it here)",
			SPAN_ARG(owner), SPAN_ARG(selector->target));
	}
}

static void add_takeover(struct planning *p, const struct dkim_selector *selector)
{
	if (selector->state != DKIM_SELECTOR_DANGLING || !selector->is_target_nonexistent) {
		return;
	}
	struct span organisation = registration_find_open(p->a, CONTROL_DKIM, selector->target);
	struct spoof_attempt *attempt =
		organisation.len > 0 ? add(p, SPOOF_KEY_TAKEOVER, selector, STRANGER_KEY_BITS)
				     : NULL;
	if (attempt != NULL) {
		attempt->published = selector->target;
		attempt->condition =
			arena_printf(p->a->arena, "registering %.*s", SPAN_ARG(organisation));
	}
}

static void add_from_key(struct planning *p, const struct dkim_selector *selector)
{
	add_takeover(p, selector);
	if (selector->key != NULL && !selector->key->is_revoked) {
		add_weak(p, selector);
		add_testing(p, selector);
		add_shared(p, selector);
	}
}

void planning_add_from_keys(struct planning *p)
{
	const struct dkim_view *view = p->a->dkim;
	for (size_t i = 0; view != NULL && i < view->selector_count; i++) {
		add_from_key(p, &view->selectors[i]);
	}
	if (view != NULL && view->wildcard.state != DKIM_SELECTOR_NONE) {
		struct dkim_selector any = view->wildcard;
		any.selector = SPAN(SPOOF_INVENTED_LABEL);
		any.name = name_join(p->a->arena, SPAN("*._domainkey"), p->a->domain);
		add_from_key(p, &any);
	}
}
