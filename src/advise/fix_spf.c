/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF: publish, repair, tighten. */
#include "advise/builder.h"
#include "advise/record.h"
#include "advise/spf_words.h"
#include "assess/mx.h"
#include "assess/spf.h"
#include "guide/providers.h"

/* --- publish --- */

/* The first known provider among the mail hosts: it most likely sends the mail, too. */
static const struct provider *mail_provider(const struct assessment *a)
{
	for (size_t i = 0; a->mx != NULL && i < a->mx->host_count; i++) {
		const struct provider *provider = a->mx->hosts[i].provider;
		if (provider != NULL && provider->spf_count > 0) {
			return provider;
		}
	}
	return NULL;
}

/* Whoever receives mail mostly sends some: a start that only the owner can complete. */
static struct span record_to_complete(struct builder *builder)
{
	const struct provider *provider = mail_provider(builder->a);
	if (provider != NULL) {
		return arena_printf(builder->arena, "v=spf1 include:%.*s <YOUR-OTHER-SENDERS> ~all",
				    SPAN_ARG(provider->spf[0]));
	}
	return SPAN("v=spf1 mx <YOUR-OTHER-SENDERS> ~all");
}

bool fix_publish_spf(struct builder *builder)
{
	const struct assessment *a = builder->a;
	bool is_sender = a->kind == DOMAIN_RECEIVING || a->kind == DOMAIN_UNKNOWN;
	builder_put(builder, a->domain, RR_TXT, SPAN(""),
		    is_sender ? record_to_complete(builder) : SPAN("v=spf1 -all"));
	return assessment_is_publishable(a);
}

/* --- repair --- */

/* The node with that domain whose record is the organisation's own to change; NULL when none. */
static const struct spf_node *find_own_node(const struct assessment *a, struct span domain)
{
	for (size_t i = 0; a->spf != NULL && i < a->spf->node_count; i++) {
		const struct spf_node *node = a->spf->nodes[i];
		if (node->is_own && node->record != NULL && span_equal(node->domain, domain)) {
			/* behind a CNAME the record is another name's */
			bool is_alias = a->alias.len > 0 && span_equal(domain, a->domain);
			return is_alias ? NULL : node;
		}
	}
	return NULL;
}

/* A network term of which nothing can send mail over the internet. An "a" or "mx" is meant for
 * whatever its names lead to. */
static bool is_all_unroutable(const struct assessment *a, const struct finding *finding)
{
	const struct spf_node *node = find_own_node(a, finding->subject);
	struct span term = finding_value(finding, SPAN("term"));
	for (size_t i = 0; node != NULL && i < node->term_count; i++) {
		const struct spf_tree_term *entry = &node->terms[i];
		bool is_network =
			entry->term->mechanism == SPF_IP4 || entry->term->mechanism == SPF_IP6;
		bool is_it = is_network && span_equal(entry->term->text, term);
		for (size_t k = 0; is_it && k < entry->network_count; k++) {
			is_it = network_scope_of(entry->networks[k]) != NETWORK_GLOBAL;
		}
		if (is_it && !entry->is_unknown) {
			return true;
		}
	}
	return false;
}

/* Findings whose term lets nobody in, or somebody twice, or a stranger: it goes. */
static bool is_removal(const struct assessment *a, const struct finding *finding)
{
	static const enum finding_id ids[] = {
		FINDING_SPF_TAKEOVER,	FINDING_SPF_TARGET_NXDOMAIN, FINDING_SPF_TARGET_NO_RECORD,
		FINDING_SPF_LOOP,	FINDING_SPF_DUPLICATE,	     FINDING_SPF_REDUNDANT,
		FINDING_SPF_TERM_EMPTY,
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (finding->id == ids[i]) {
			return true;
		}
	}
	return finding->id == FINDING_SPF_UNROUTABLE_ADDRESS && finding->severity >= SEVERITY_LOW &&
	       is_all_unroutable(a, finding);
}

static void drop_term(struct spf_words *words, struct span term, unsigned count)
{
	for (; count > 0; count--) {
		(void)spf_words_drop(words, term);
	}
}

/* Without what any finding of the assessment about this record wants out of it. */
static void drop_unwanted(const struct assessment *a, struct span domain, struct spf_words *words)
{
	struct span dropped = SPAN("");
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		struct span term = finding_value(finding, SPAN("term"));
		/* two findings about one term remove it once */
		bool is_again = span_equal(term, dropped) && finding->id != FINDING_SPF_DUPLICATE;
		if (is_removal(a, finding) && span_equal(finding->subject, domain) && !is_again) {
			drop_term(words, term,
				  finding->id == FINDING_SPF_DUPLICATE ? finding->count : 1);
			dropped = term;
		}
	}
}

/* The record as it should be after the repair; empty when it is not certain what was meant. */
static struct span repaired_record(struct arena *arena, const struct assessment *a,
				   const struct spf_node *node)
{
	struct spf_words words = spf_words_of(arena, node->record->text);
	drop_unwanted(a, node->domain, &words);
	if (!spf_words_repair(&words)) {
		return SPAN("");
	}
	if (words.items.len == 0) {
		spf_words_end_in(&words, SPAN("~all"));
	}
	return spf_words_write(&words);
}

/* Several records are joined when each of them is sound and they agree about everyone else. */
static struct span joined_record(struct arena *arena, const struct spf_view *view)
{
	struct spf_words joined = {.arena = arena};
	struct span all = SPAN("");
	for (size_t i = 0; i < view->record_count; i++) {
		const struct spf_record *record = spf_record_parse(arena, view->records[i]);
		if (record == NULL || record->problems.error_count > 0 ||
		    spf_record_redirect(record) != NULL) {
			return SPAN("");
		}
		const struct spf_term *last = spf_record_all(record);
		if (last != NULL && all.len > 0 && !span_equal_nocase(all, last->text)) {
			return SPAN("");
		}
		all = last != NULL ? last->text : all;
		for (size_t k = 0; k < record->term_count; k++) {
			if (&record->terms[k] != last) {
				spf_words_add(&joined, record->terms[k].text);
			}
		}
	}
	if (all.len > 0) {
		spf_words_end_in(&joined, all);
	}
	return spf_words_write(&joined);
}

static void join_records(struct builder *builder)
{
	const struct spf_view *view = builder->a->spf;
	struct span value = joined_record(builder->arena, view);
	if (value.len == 0 || builder->a->alias.len > 0) {
		return;
	}
	builder_add(builder, (struct record_change){.action = RECORD_REPLACE,
						    .name = builder->a->domain,
						    .type = RR_TXT,
						    .value = value,
						    .old_value = view->records[0]});
	for (size_t i = 1; i < view->record_count; i++) {
		builder_remove(builder, builder->a->domain, RR_TXT, view->records[i]);
	}
}

static void repair_near_miss(struct builder *builder, const struct finding *finding)
{
	struct spf_words words;
	struct span text = finding_seen(finding, SPAN(""));
	if (text.len == 0 || builder->a->alias.len > 0) {
		return;
	}
	if (builder->a->spf->record_count > 0) {
		builder_remove(builder, finding->subject, RR_TXT, text);
	} else if (spf_words_of_near_miss(builder->arena, text, &words)) {
		builder_put(builder, finding->subject, RR_TXT, text, spf_words_write(&words));
	}
}

static bool is_about_terms(const struct finding *finding)
{
	return finding->id != FINDING_SPF_SEVERAL_RECORDS && finding->id != FINDING_SPF_NEAR_MISS;
}

/* One repair of a record answers all findings about its terms, be they hundreds. */
static bool is_repaired_already(const struct builder *builder, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (is_about_terms(builder->findings[i]) &&
		    span_equal(builder->findings[i]->subject, builder->findings[at]->subject)) {
			return true;
		}
	}
	return false;
}

bool fix_repair_spf(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct finding *finding = builder->findings[i];
		const struct spf_node *node = find_own_node(builder->a, finding->subject);
		if (finding->id == FINDING_SPF_SEVERAL_RECORDS) {
			join_records(builder);
		} else if (finding->id == FINDING_SPF_NEAR_MISS) {
			repair_near_miss(builder, finding);
		} else if (node != NULL && !is_repaired_already(builder, i)) {
			builder_put(builder, node->domain, RR_TXT, node->record->text,
				    repaired_record(builder->arena, builder->a, node));
		}
	}
	return true;
}

/* --- tighten --- */

/* What stands at the node once an earlier fix is done. */
static struct span record_before(struct builder *builder, const struct spf_node *node)
{
	bool is_repaired = assessment_leads_to(builder->a, FIX_REPAIR_SPF) ||
			   assessment_leads_to(builder->a, FIX_REMOVE_TAKEOVER_INCLUDE);
	struct span repaired =
		is_repaired ? repaired_record(builder->arena, builder->a, node) : SPAN("");
	return repaired.len > 0 ? repaired : node->record->text;
}

/* Our own record nearest to a node, and in ret_term the term in it that leads there. */
static const struct spf_node *own_ancestor(const struct spf_node *node, struct span *ret_term)
{
	while (node != NULL && !node->is_own) {
		*ret_term = node->via != NULL ? node->via->term->text : SPAN("");
		node = node->parent;
	}
	return node;
}

static const struct spf_node *find_node(const struct assessment *a, struct span domain)
{
	for (size_t i = 0; i < a->spf->node_count; i++) {
		if (span_equal(a->spf->nodes[i]->domain, domain)) {
			return a->spf->nodes[i];
		}
	}
	return NULL;
}

/* The term in front of "all" that says "?" to everybody; NULL when it is "all" that says so. */
static const struct spf_tree_term *neutral_term(const struct finding *finding,
						const struct spf_node *node)
{
	const struct spf_tree_term *entry = node->decided_by;
	bool is_in_front = finding->id == FINDING_SPF_NEUTRAL && entry != NULL &&
			   entry->term->kind == SPF_TERM_MECHANISM &&
			   entry->term->mechanism != SPF_ALL;
	return is_in_front ? entry : NULL;
}

/* Takes the term out that lets everybody in, and refuses everyone who is not named. */
static void tighten(struct builder *builder, const struct finding *finding)
{
	struct span term = finding_value(finding, SPAN("term"));
	const struct spf_node *node = own_ancestor(find_node(builder->a, finding->subject), &term);
	if (node == NULL || find_own_node(builder->a, node->domain) == NULL ||
	    spf_record_redirect(node->record) != NULL) {
		return;
	}
	struct span before = record_before(builder, node);
	struct spf_words words = spf_words_of(builder->arena, before);
	if (finding->id == FINDING_SPF_PASS_ALL && !spf_words_drop(&words, term)) {
		return; /* several terms together: it takes its owner to say which is wrong */
	}
	const struct spf_tree_term *neutral = neutral_term(finding, node);
	if (neutral != NULL) {
		(void)spf_words_drop(&words, neutral->term->text);
	} else {
		/* softly, for wanted senders may be missing from the list */
		spf_words_end_in(&words, SPAN("~all"));
	}
	builder_put(builder, node->domain, RR_TXT, before, spf_words_write(&words));
}

bool fix_tighten_spf_all(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		tighten(builder, builder->findings[i]);
	}
	return true;
}

bool fix_remove_spf_type99(struct builder *builder)
{
	for (size_t i = 0; i < builder->finding_count; i++) {
		const struct finding *finding = builder->findings[i];
		struct span text = finding_seen(finding, SPAN("type SPF: "));
		if (text.len > 0) {
			builder_remove(builder, finding->subject, RR_SPF, text);
		}
	}
	return true;
}
