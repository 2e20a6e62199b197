/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Walks an SPF tree in the order of RFC 7208 4.6.2, without recursion: frames hold the chain. */
#include "assess/spf_walk.h"

#include <stdlib.h>

#include "records/txt.h"

/* RFC 1035 4.1: header, question's type and class, a record's fixed part with its name
 * compressed; RFC 6891 6.1.1: the OPT record. */
#define DNS_HEADER_BYTES 12
#define DNS_QUESTION_BYTES 4
#define DNS_RECORD_BYTES 12
#define DNS_OPT_BYTES 11
#define DNS_NAME_EXTRA_BYTES 2
/* TXT records looked at in one answer; 64 kB hold no more honest ones. */
#define ANSWER_MAX_RECORDS 1000

static void push_span(struct arena *arena, struct vector *spans, struct span span)
{
	struct span *slot = VECTOR_PUSH(spans, arena, struct span, ANSWER_MAX_RECORDS);
	if (slot != NULL) {
		*slot = span;
	}
}

struct spf_answer spf_answer_read(struct arena *arena, const struct fact *fact)
{
	const struct dns_answer *dns = fact->dns;
	struct spf_answer answer = {0};
	answer.bytes = DNS_HEADER_BYTES + fact->key.subject.len + DNS_NAME_EXTRA_BYTES +
		       DNS_QUESTION_BYTES + DNS_OPT_BYTES;
	for (size_t i = 0; i < dns->record_count; i++) {
		struct txt txt;
		answer.bytes += DNS_RECORD_BYTES + dns->records[i].rdata.len;
		if (!txt_parse(arena, dns->records[i].rdata, &txt)) {
			continue;
		}
		/* RFC 7208 4.5: "v=spf1" and then a space or the end, or it is no SPF record */
		if (spf_record_is_spf(txt.text)) {
			push_span(arena, &answer.records, txt.text);
		} else if (spf_record_is_near_miss(txt.text)) {
			push_span(arena, &answer.near_misses, txt.text);
		}
	}
	return answer;
}

void spf_walk_decide(struct spf_frame *frame, enum spf_outcome outcome)
{
	if (!frame->is_decided) {
		frame->is_decided = true;
		frame->node->outcome = outcome;
	}
}

static enum spf_outcome outcome_of_qualifier(enum spf_qualifier qualifier)
{
	switch (qualifier) {
	case SPF_PASS:
		return SPF_OUTCOME_PASS;
	case SPF_FAIL:
		return SPF_OUTCOME_FAIL;
	case SPF_SOFTFAIL:
		return SPF_OUTCOME_SOFTFAIL;
	case SPF_NEUTRAL:
		return SPF_OUTCOME_NEUTRAL;
	}
	return SPF_OUTCOME_NEUTRAL;
}

void spf_walk_match(struct spf_frame *frame, const struct spf_tree_term *entry)
{
	frame->is_matched = true;
	frame->node->decided_by = entry;
	spf_walk_decide(frame, outcome_of_qualifier(entry->term->qualifier));
}

/* --- nodes --- */

static struct spf_node *node_new(struct spf_walk *walk, struct span domain)
{
	struct spf_node *node = arena_alloc(walk->a->arena, sizeof(*node));
	if (node == NULL) {
		return NULL; /* before there is a slot for it */
	}
	struct spf_node **slot = VECTOR_PUSH(&walk->nodes, walk->a->arena, struct spf_node *,
					     SPF_FOLLOWED_LOOKUPS + 1);
	if (slot == NULL) {
		return NULL;
	}
	*slot = node;
	node->domain = domain;
	node->is_own = name_is_at_or_under(domain, walk->organisation);
	return node;
}

static void node_read(struct spf_walk *walk, struct spf_node *node)
{
	struct arena *arena = walk->a->arena;
	const struct fact *fact = assessment_dns(walk->a, node->domain, RR_TXT);
	if (fact_is_unknown(fact)) {
		unknown_add(walk->a, CONTROL_SPF, fact);
		node->state = SPF_NODE_UNKNOWN;
		return;
	}
	if (fact_is_absent(fact)) {
		node->state = fact_is_nxdomain(fact) ? SPF_NODE_NXDOMAIN : SPF_NODE_NO_RECORD;
		return;
	}
	struct spf_answer answer = spf_answer_read(arena, fact);
	node->record_count = answer.records.len;
	node->state = answer.records.len > 1 ? SPF_NODE_SEVERAL : SPF_NODE_NO_RECORD;
	if (answer.records.len != 1) {
		return;
	}
	struct spf_record *record =
		spf_record_parse(arena, *VECTOR_AT(&answer.records, struct span, 0));
	if (record == NULL) {
		return;
	}
	node->terms = arena_alloc(arena, record->term_count * sizeof(*node->terms));
	if (record->term_count > 0 && node->terms == NULL) {
		return;
	}
	node->state = SPF_NODE_RECORD;
	node->record = record;
	node->term_count = record->term_count;
	for (size_t i = 0; i < record->term_count; i++) {
		node->terms[i].term = &record->terms[i];
	}
}

/* What an include or redirect gets from a name where there is nothing to walk. */
static enum spf_outcome outcome_of_state(enum spf_node_state state)
{
	switch (state) {
	case SPF_NODE_NXDOMAIN:
	case SPF_NODE_NO_RECORD:
	case SPF_NODE_RECORD: /* settled by walking it */
		return SPF_OUTCOME_NONE;
	case SPF_NODE_SEVERAL:
	case SPF_NODE_LOOP: /* goes round until the look-ups are used up */
		return SPF_OUTCOME_PERMERROR;
	case SPF_NODE_UNKNOWN:
		return SPF_OUTCOME_UNKNOWN;
	}
	return SPF_OUTCOME_UNKNOWN;
}

/* --- frames --- */

static void frame_push(struct spf_walk *walk, struct spf_node *node, struct spf_tree_term *via)
{
	struct spf_frame *frame = &walk->frames[walk->depth++];
	*frame = (struct spf_frame){.node = node, .via = via};
	/* the term that leads here has been counted already and belongs to its own subtree */
	frame->lookups_before = walk->view->lookups - (via != NULL);
	/* RFC 7208 4.6: syntax errors anywhere in the record come before any evaluation */
	if (node->record->problems.error_count > 0) {
		spf_walk_decide(frame, SPF_OUTCOME_PERMERROR);
	}
}

/* RFC 7208 5.2 and 6.1: what the parent makes of the child's result. */
static void frame_return(struct spf_frame *parent, const struct spf_tree_term *via)
{
	const struct spf_node *child = via->child;
	bool is_redirect = via->term->kind == SPF_TERM_REDIRECT;
	if (is_redirect && child->decided_by != NULL) {
		parent->node->decided_by = via;
	}
	switch (child->outcome) {
	case SPF_OUTCOME_PASS:
		if (!is_redirect) {
			spf_walk_match(parent, via);
			return;
		}
		spf_walk_decide(parent, SPF_OUTCOME_PASS);
		return;
	case SPF_OUTCOME_NONE:
	case SPF_OUTCOME_PERMERROR:
		spf_walk_decide(parent, SPF_OUTCOME_PERMERROR);
		return;
	case SPF_OUTCOME_UNKNOWN:
		spf_walk_decide(parent, SPF_OUTCOME_UNKNOWN);
		return;
	case SPF_OUTCOME_FAIL:
	case SPF_OUTCOME_SOFTFAIL:
	case SPF_OUTCOME_NEUTRAL:
		if (is_redirect) {
			spf_walk_decide(parent, child->outcome);
		}
		return;
	}
}

static void frame_pop(struct spf_walk *walk)
{
	struct spf_frame *frame = &walk->frames[--walk->depth];
	/* RFC 7208 4.7: nothing matched and no redirect: neutral */
	spf_walk_decide(frame, SPF_OUTCOME_NEUTRAL);
	if (walk->depth == 0) {
		return;
	}
	struct spf_tree_term *via = frame->via;
	via->lookups = walk->view->lookups - frame->lookups_before;
	for (size_t i = 0; i < frame->node->term_count; i++) {
		uint64_t more = frame->node->terms[i].ipv4_addresses;
		via->ipv4_addresses = more > UINT64_MAX - via->ipv4_addresses
					      ? UINT64_MAX
					      : via->ipv4_addresses + more;
	}
	frame_return(&walk->frames[walk->depth - 1], via);
}

static bool is_in_chain(const struct spf_walk *walk, struct span domain)
{
	for (size_t i = 0; i < walk->depth; i++) {
		if (span_equal(walk->frames[i].node->domain, domain)) {
			return true;
		}
	}
	return false;
}

void spf_walk_descend(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry)
{
	struct spf_node *node = node_new(walk, entry->target);
	if (node == NULL) {
		return;
	}
	entry->child = node;
	node->via = entry;
	node->parent = frame->node;
	node->is_authorising = frame->node->is_authorising && entry->term->qualifier == SPF_PASS;
	if (is_in_chain(walk, entry->target)) {
		node->state = SPF_NODE_LOOP;
		walk->view->has_loop = true;
	} else {
		node_read(walk, node);
	}
	node->outcome = outcome_of_state(node->state);
	entry->is_unknown = node->state == SPF_NODE_UNKNOWN;
	entry->is_nxdomain = node->state == SPF_NODE_NXDOMAIN;
	if (node->state == SPF_NODE_RECORD && walk->depth < SPF_WALK_DEPTH) {
		frame_push(walk, node, entry);
	} else {
		frame_return(frame, entry);
	}
}

/* The next term to evaluate: mechanisms in their order, then the redirect (RFC 7208 6.1). */
static struct spf_tree_term *frame_next(struct spf_frame *frame)
{
	const struct spf_node *node = frame->node;
	while (!frame->is_matched && frame->next < node->term_count) {
		struct spf_tree_term *entry = &node->terms[frame->next++];
		if (entry->term->kind == SPF_TERM_MECHANISM) {
			return entry;
		}
	}
	if (frame->is_matched || frame->next > node->term_count) {
		return NULL;
	}
	frame->next = node->term_count + 1;
	const struct spf_term *redirect = spf_record_redirect(node->record);
	/* a record that is a permerror may have "all" after a broken term: it is matched above */
	return redirect != NULL ? &node->terms[redirect - node->record->terms] : NULL;
}

static void walk_all(struct spf_walk *walk)
{
	while (walk->depth > 0) {
		struct spf_frame *frame = &walk->frames[walk->depth - 1];
		struct spf_tree_term *entry = frame_next(frame);
		if (entry != NULL) {
			spf_term_evaluate(walk, frame, entry);
		} else {
			frame_pop(walk);
		}
	}
}

/* --- afterwards --- */

static int compare_ranges(const void *a, const void *b)
{
	const struct spf_range *left = a;
	const struct spf_range *right = b;
	return (left->first > right->first) - (left->first < right->first);
}

uint64_t spf_ranges_count(struct spf_range *ranges, size_t count)
{
	uint64_t total = 0;
	uint64_t next = 0; /* first address not counted yet */
	if (count > 0) {
		qsort(ranges, count, sizeof(*ranges), compare_ranges);
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t first = ranges[i].first > next ? ranges[i].first : next;
		uint64_t end = (uint64_t)ranges[i].last + 1;
		if (end > first) {
			total += end - first;
			next = end;
		}
	}
	return total;
}

/* The record that decides about everyone else: the own one, or where redirects lead. */
static const struct spf_node *find_last(const struct spf_node *node)
{
	while (node->record != NULL && spf_record_all(node->record) == NULL) {
		const struct spf_term *redirect = spf_record_redirect(node->record);
		if (redirect == NULL) {
			return node;
		}
		const struct spf_node *child = node->terms[redirect - node->record->terms].child;
		if (child == NULL) {
			return NULL;
		}
		node = child;
	}
	return node->record != NULL ? node : NULL;
}

static bool is_only_all(const struct spf_record *record)
{
	size_t mechanisms = 0;
	const struct spf_term *all = spf_record_all(record);
	for (size_t i = 0; i < record->term_count; i++) {
		mechanisms += record->terms[i].kind == SPF_TERM_MECHANISM;
	}
	return record->problems.error_count == 0 && mechanisms == 1 && all != NULL &&
	       all->qualifier == SPF_FAIL;
}

static bool needs_record(const struct spf_tree_term *entry)
{
	return entry->term->kind == SPF_TERM_REDIRECT || entry->term->mechanism == SPF_INCLUDE;
}

static void conclude_node(struct spf_view *view, const struct spf_node *node)
{
	for (size_t i = 0; i < node->term_count; i++) {
		const struct spf_tree_term *entry = &node->terms[i];
		bool is_open_ended = entry->depends_on_message && needs_record(entry);
		view->has_unknown |= entry->is_unknown;
		view->is_lookups_at_least |= entry->is_unknown || is_open_ended ||
					     entry->reach == SPF_REACH_NOT_FOLLOWED;
	}
}

static void conclude(struct spf_walk *walk, const struct spf_node *root)
{
	struct spf_view *view = walk->view;
	view->nodes = walk->nodes.items;
	view->node_count = walk->nodes.len;
	view->providers = walk->providers.items;
	view->provider_count = walk->providers.len;
	view->outcome = root->outcome;
	view->only_all = is_only_all(root->record);
	view->last = find_last(root);
	view->ipv4_addresses = spf_ranges_count(walk->ranges.items, walk->ranges.len);
	for (size_t i = 0; i < view->node_count; i++) {
		conclude_node(view, view->nodes[i]);
	}
	view->is_addresses_at_least = view->is_lookups_at_least || view->depends_on_message ||
				      walk->ranges.len == SPF_WALK_RANGES;
	/* every IPv4 address is in the ranges: nobody is a stranger */
	bool is_settled =
		view->outcome != SPF_OUTCOME_PERMERROR && view->outcome != SPF_OUTCOME_UNKNOWN;
	if (is_settled && view->ipv4_addresses > UINT32_MAX) {
		view->outcome = SPF_OUTCOME_PASS;
	}
}

void spf_walk_run(struct assessment *a, struct spf_view *view)
{
	struct spf_walk *walk = arena_alloc(a->arena, sizeof(*walk));
	if (walk == NULL) {
		return;
	}
	walk->a = a;
	walk->view = view;
	walk->organisation = public_suffix_organisational(a->options->suffixes, a->domain);
	if (walk->organisation.len == 0) {
		walk->organisation = a->domain;
	}
	struct spf_node *root = node_new(walk, a->domain);
	if (root == NULL) {
		return;
	}
	root->is_authorising = true;
	node_read(walk, root);
	if (root->state != SPF_NODE_RECORD) {
		return; /* only when memory is out: the caller has seen one record */
	}
	frame_push(walk, root, /* via: */ NULL);
	walk_all(walk);
	conclude(walk, root);
}
