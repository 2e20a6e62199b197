/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* An assessment in short. */
#include "estate/standing.h"

#include <stdlib.h>

#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/mta_sts.h"
#include "assess/spf.h"
#include "assess/transit.h"
#include "crypto/digest.h"

static void add_trait(struct standing *standing, struct arena *arena, struct trait trait)
{
	struct trait *added =
		VECTOR_PUSH(&standing->traits, arena, struct trait, STANDING_MAX_TRAITS);
	if (added != NULL) {
		*added = trait;
	}
}

static void add_hosts(struct standing *standing, struct arena *arena, const struct mx_view *mx)
{
	for (size_t i = 0; mx != NULL && mx->is_known && i < mx->host_count; i++) {
		const struct mx_host *host = &mx->hosts[i];
		add_trait(standing, arena, (struct trait){TRAIT_MX_HOST, host->name, {0}, 0});
		if (host->provider != NULL) {
			add_trait(standing, arena,
				  (struct trait){TRAIT_MX_PROVIDER, host->provider->name, {0}, 0});
		}
	}
}

/* Outside names whose record authorises addresses: they can send as this domain. */
static void add_senders(struct standing *standing, struct arena *arena, const struct spf_view *spf)
{
	for (size_t i = 1; spf != NULL && !spf->is_unknown && i < spf->node_count; i++) {
		const struct spf_node *node = spf->nodes[i];
		bool is_first_outside = !node->is_own && node->parent->is_own;
		if (!is_first_outside || !node->is_authorising || node->state != SPF_NODE_RECORD) {
			continue;
		}
		const struct provider *provider = node->via->provider;
		struct span whose = provider != NULL ? provider->name : (struct span){0};
		add_trait(standing, arena, (struct trait){TRAIT_SENDER, node->domain, whose, 0});
	}
}

static struct span hex_digest(struct arena *arena, struct span octets)
{
	struct digest_value value;
	if (!digest_of(DIGEST_SHA256, octets, &value)) {
		return (struct span){0};
	}
	struct buffer hex = buffer_new(2 * DIGEST_MAX_LEN + 1);
	number_write_hex(&hex, digest_value_span(&value));
	struct span copy = arena_copy(arena, buffer_span(&hex));
	buffer_free(&hex);
	return copy;
}

static void add_keys(struct standing *standing, struct arena *arena, const struct dkim_view *dkim)
{
	for (size_t i = 0; dkim != NULL && i < dkim->selector_count; i++) {
		const struct dkim_selector *selector = &dkim->selectors[i];
		if (selector->state != DKIM_SELECTOR_KEY || selector->key == NULL) {
			continue;
		}
		add_trait(standing, arena,
			  (struct trait){TRAIT_DKIM_KEY, selector->selector,
					 hex_digest(arena, selector->key->public_key),
					 (int64_t)selector->key->rsa_bits});
	}
}

static void add_certificates(struct standing *standing, struct arena *arena,
			     const struct transit_view *transit)
{
	for (size_t i = 0; transit != NULL && i < transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &transit->endpoints[i];
		for (size_t k = 0; k < endpoint->leaf_count; k++) {
			const struct x509_view *view = &endpoint->leaves[k].view;
			if (!endpoint->leaves[k].is_readable) {
				continue;
			}
			add_trait(standing, arena,
				  (struct trait){TRAIT_CERTIFICATE, endpoint->host->name,
						 view->spki_fingerprint, view->not_after});
			add_trait(standing, arena,
				  (struct trait){TRAIT_CERTIFICATE_KEY, endpoint->host->name,
						 view->spki_fingerprint, (int64_t)view->key_bits});
		}
	}
}

static struct span policy_word(const struct dmarc_view *dmarc)
{
	const struct dmarc_applied *applied = &dmarc->domain;
	switch (applied->status) {
	case DMARC_UNKNOWN:
		return SPAN("unknown");
	case DMARC_APPLIES:
		return span_of_string(dmarc_policy_name(applied->policy));
	case DMARC_NO_RECORD:
	case DMARC_UNUSABLE:
		break;
	}
	return SPAN("absent");
}

static void add_dmarc(struct standing *standing, struct arena *arena,
		      const struct dmarc_view *dmarc)
{
	if (dmarc == NULL) {
		return;
	}
	add_trait(standing, arena, (struct trait){TRAIT_DMARC_POLICY, policy_word(dmarc), {0}, 0});
	for (size_t i = 0; i < dmarc->rua.count; i++) {
		add_trait(
			standing, arena,
			(struct trait){
				TRAIT_REPORTS_TO, destination_text(&dmarc->rua.items[i]), {0}, 0});
	}
}

static void add_mta_sts(struct standing *standing, struct arena *arena,
			const struct mta_sts_view *view)
{
	if (view != NULL && view->record != NULL) {
		struct span mode = span_of_string(mta_sts_mode_name(view->mode));
		add_trait(standing, arena,
			  (struct trait){TRAIT_MTA_STS, mode, view->record->id, 0});
	}
}

static int compare_traits(const void *a, const void *b)
{
	const struct trait *left = a;
	const struct trait *right = b;
	int order = (int)left->kind - (int)right->kind;
	if (order == 0) {
		order = span_compare(left->name, right->name);
	}
	if (order == 0) {
		order = span_compare(left->value, right->value);
	}
	return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

static int compare_findings(const void *a, const void *b)
{
	const struct standing_finding *left = a;
	const struct standing_finding *right = b;
	int order = (int)left->control - (int)right->control;
	if (order == 0) {
		order = span_compare(left->id, right->id);
	}
	if (order == 0) {
		order = span_compare(left->subject, right->subject);
	}
	return order != 0 ? order : span_compare(left->title, right->title);
}

/* A host with several addresses shows its certificate once for each. */
static void sort_traits(struct vector *traits)
{
	if (traits->len == 0) {
		return;
	}
	qsort(traits->items, traits->len, sizeof(struct trait), compare_traits);
	size_t kept = 1;
	for (size_t i = 1; i < traits->len; i++) {
		const struct trait *next = VECTOR_AT(traits, struct trait, i);
		if (compare_traits(VECTOR_AT(traits, struct trait, kept - 1), next) != 0) {
			*VECTOR_AT(traits, struct trait, kept++) = *next;
		}
	}
	traits->len = kept;
}

static void add_findings(struct standing *standing, struct arena *arena, const struct assessment *a)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		struct standing_finding *added = VECTOR_PUSH(&standing->findings, arena,
							     struct standing_finding, FINDING_MAX);
		if (added != NULL) {
			*added = (struct standing_finding){
				.control = finding->guidance->control,
				.severity = finding->severity,
				.id = finding->guidance->id,
				.subject = finding->subject,
				.title = finding_title(arena, finding),
			};
		}
	}
	if (standing->findings.len > 0) {
		qsort(standing->findings.items, standing->findings.len,
		      sizeof(struct standing_finding), compare_findings);
	}
}

struct standing *standing_of(struct arena *arena, const struct assessment *a)
{
	struct standing *standing = arena_alloc(arena, sizeof(*standing));
	if (standing == NULL) {
		return NULL;
	}
	standing->kind = a->kind;
	standing->organisation = a->organisation;
	standing->spoofable = a->spoofable;
	standing->interceptable = a->interceptable;
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		standing->controls[i] = assessment_status(a, (enum control)i);
	}
	add_findings(standing, arena, a);
	add_hosts(standing, arena, a->mx);
	add_senders(standing, arena, a->spf);
	add_keys(standing, arena, a->dkim);
	add_certificates(standing, arena, a->transit);
	add_dmarc(standing, arena, a->dmarc);
	add_mta_sts(standing, arena, a->mta_sts);
	sort_traits(&standing->traits);
	return arena_has_failed(arena) ? NULL : standing;
}

const struct trait *standing_trait(const struct standing *standing, enum trait_kind kind)
{
	for (size_t i = 0; i < standing->traits.len; i++) {
		const struct trait *trait = standing_trait_at(standing, i);
		if (trait->kind == kind) {
			return trait;
		}
	}
	return NULL;
}
