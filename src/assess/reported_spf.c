/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports say of the SPF record: senders it does not list, and parts that nobody uses. */
#include "assess/finding.h"
#include "assess/reported.h"
#include "assess/spf.h"
#include "guide/providers.h"

typedef unsigned long long count;

/* ---- senders that are not listed ---- */

/* Terms that need the message, or an answer that is missing, could still let an address in. */
static bool is_spf_certain(const struct spf_view *spf)
{
	return spf != NULL && !spf->is_unknown && spf->record_count == 1 && !spf->has_unknown &&
	       !spf->depends_on_message && spf->outcome != SPF_OUTCOME_PASS &&
	       spf->outcome != SPF_OUTCOME_PERMERROR && spf->outcome != SPF_OUTCOME_UNKNOWN;
}

static bool has_network(const struct spf_tree_term *entry, struct network address)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		if (network_contains(entry->networks[i], address)) {
			return true;
		}
	}
	return false;
}

static bool is_listed(const struct spf_view *spf, struct network address)
{
	for (size_t n = 0; n < spf->node_count; n++) {
		const struct spf_node *node = spf->nodes[n];
		for (size_t i = 0; node->is_authorising && i < node->term_count; i++) {
			const struct spf_tree_term *entry = &node->terms[i];
			if (entry->term->qualifier == SPF_PASS && has_network(entry, address)) {
				return true;
			}
		}
	}
	return false;
}

/* The addresses of a sender that the record of today does not let in, as text. */
static struct span unlisted_of(struct assessment *a, const struct reported_sender *sender)
{
	struct span list = span_of(NULL, 0);
	for (size_t i = 0; i < sender->address_count; i++) {
		struct network address;
		if (network_parse_address(sender->addresses[i], &address) &&
		    !is_listed(a->spf, address)) {
			list = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(list),
					    list.len > 0 ? ", " : "",
					    SPAN_ARG(sender->addresses[i]));
		}
	}
	return list;
}

static void report_unlisted(struct assessment *a, const struct reported *reported)
{
	struct finding *finding = NULL;
	for (size_t i = 0; is_spf_certain(a->spf) && i < reported->sender_count; i++) {
		const struct reported_sender *sender = &reported->senders[i];
		if (reported_sender_is(sender, "forwarded") ||
		    sender->spf_failing < REPORTED_FAILING_MESSAGES) {
			continue;
		}
		struct span unlisted = unlisted_of(a, sender);
		if (unlisted.len > 0) {
			finding = finding != NULL
					  ? finding
					  : finding_add(a, FINDING_SPF_SENDERS_UNLISTED, a->domain);
			finding_evidence(a, finding, "%.*s (%.*s, %llu messages): %.*s",
					 SPAN_ARG(sender->name), SPAN_ARG(sender->class),
					 (count)sender->spf_failing, SPAN_ARG(unlisted));
		}
	}
}

/* ---- parts that nobody was seen to use ---- */

/* Newsletters go out by the quarter; less than that says little about who sends seldom. */
#define USE_DAYS 60
#define USE_MESSAGES 1000
#define USE_REPORTERS 2

struct spf_use {
	struct network *sources;
	size_t source_count;
	struct finding *finding; /* NULL until something is found */
	bool has_enough;
};

static bool is_source_in(const struct spf_use *use, struct network network)
{
	for (size_t i = 0; i < use->source_count; i++) {
		if (network_contains(network, use->sources[i]) ||
		    network_contains(use->sources[i], network)) {
			return true;
		}
	}
	return false;
}

/* The term of the domain's own record that leads to a node. */
static const struct spf_tree_term *own_term_above(const struct spf_node *node,
						  const struct spf_node *own)
{
	while (node->parent != NULL && node->parent != own) {
		node = node->parent;
	}
	return node->parent == own ? node->via : NULL;
}

enum term_use {
	TERM_USED,
	TERM_UNSEEN,
	TERM_UNKNOWN, /* it lets in what cannot be listed, or not by everything we know */
};

/* Of this term alone. One without networks that names a further record is judged by that. */
static enum term_use use_of_entry(const struct spf_use *use, const struct spf_tree_term *entry)
{
	const struct spf_term *term = entry->term;
	bool is_plain = term->kind != SPF_TERM_MECHANISM || term->mechanism == SPF_ALL;
	bool is_listable = is_plain || term->mechanism == SPF_INCLUDE ||
			   term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6 ||
			   term->mechanism == SPF_A || term->mechanism == SPF_MX;
	if (entry->depends_on_message || entry->is_unknown || !is_listable ||
	    entry->reach == SPF_REACH_NOT_FOLLOWED) {
		return TERM_UNKNOWN;
	}
	for (size_t i = 0; i < entry->network_count; i++) {
		if (is_source_in(use, entry->networks[i])) {
			return TERM_USED;
		}
	}
	return TERM_UNSEEN;
}

static enum term_use use_of_node(const struct spf_use *use, const struct spf_node *node)
{
	enum term_use worst = node->state == SPF_NODE_RECORD ? TERM_UNSEEN : TERM_UNKNOWN;
	for (size_t i = 0; i < node->term_count; i++) {
		enum term_use one = use_of_entry(use, &node->terms[i]);
		if (one == TERM_USED) {
			return TERM_USED;
		}
		worst = one == TERM_UNKNOWN ? TERM_UNKNOWN : worst;
	}
	return worst;
}

/* With all that it includes. */
static enum term_use use_of_term(const struct spf_use *use, const struct spf_view *spf,
				 const struct spf_tree_term *entry)
{
	enum term_use worst = use_of_entry(use, entry);
	for (size_t n = 1; n < spf->node_count && worst != TERM_USED; n++) {
		if (own_term_above(spf->nodes[n], spf->nodes[0]) == entry) {
			enum term_use one = use_of_node(use, spf->nodes[n]);
			worst = one == TERM_UNSEEN ? worst : one == TERM_USED ? one : TERM_UNKNOWN;
		}
	}
	return worst;
}

/* Addresses of a, mx and ip6 are kept for good reasons that mail does not show. */
static bool is_asked_about(const struct spf_tree_term *entry)
{
	const struct spf_term *term = entry->term;
	return term->kind == SPF_TERM_MECHANISM && term->qualifier == SPF_PASS &&
	       entry->reach == SPF_REACH_EVALUATED &&
	       (term->mechanism == SPF_IP4 ||
		(term->mechanism == SPF_INCLUDE && entry->child != NULL));
}

static void add_unseen(struct assessment *a, const struct reported *reported, struct spf_use *use,
		       const struct spf_tree_term *entry)
{
	if (use->finding == NULL) {
		use->finding = finding_add(a,
					   use->has_enough ? FINDING_SPF_TERMS_UNSEEN
							   : FINDING_SPF_TERMS_UNSEEN_TOO_FEW,
					   a->domain);
		finding_arg(a, use->finding, "messages", "%llu", (count)reported->spf_messages);
		finding_arg(a, use->finding, "days", "%llu", (count)reported->days);
		finding_arg(a, use->finding, "reporters", "%llu", (count)reported->reporters);
		finding_arg(a, use->finding, "from", "%.10s", time_format(reported->from).text);
		finding_arg(a, use->finding, "to", "%.10s", time_format(reported->last_at).text);
	}
	bool is_named = entry->provider != NULL;
	finding_evidence(
		a, use->finding, "%.*s%s%.*s%s", SPAN_ARG(entry->term->text), is_named ? " (" : "",
		SPAN_ARG(is_named ? entry->provider->name : span_of(NULL, 0)), is_named ? ")" : "");
}

static bool has_enough(const struct assessment *a, const struct reported *reported)
{
	return reported->days >= USE_DAYS && reported->spf_messages >= USE_MESSAGES &&
	       reported->reporters >= USE_REPORTERS && !reported_is_silent(a, reported);
}

static void report_unseen(struct assessment *a, const struct reported *reported)
{
	const struct spf_view *spf = a->spf;
	if (spf == NULL || spf->is_unknown || spf->record_count != 1 || spf->node_count == 0 ||
	    reported->is_spf_cut || reported->messages + reported->spf_messages == 0) {
		return;
	}
	struct spf_use use = {
		.sources = arena_alloc(a->arena,
				       (reported->spf_source_count + 1) * sizeof(*use.sources)),
		.has_enough = has_enough(a, reported),
	};
	for (size_t i = 0; i < reported->spf_source_count && use.sources != NULL; i++) {
		use.source_count +=
			network_parse(reported->spf_sources[i], &use.sources[use.source_count]) ? 1
												: 0;
	}
	const struct spf_node *own = spf->nodes[0];
	for (size_t i = 0; i < own->term_count; i++) {
		if (is_asked_about(&own->terms[i]) &&
		    use_of_term(&use, spf, &own->terms[i]) == TERM_UNSEEN) {
			add_unseen(a, reported, &use, &own->terms[i]);
		}
	}
}

void reported_assess_spf(struct assessment *a, const struct reported *reported)
{
	report_unlisted(a, reported);
	report_unseen(a, reported);
}
