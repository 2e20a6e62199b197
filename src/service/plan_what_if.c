/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which sources and keys to try, trying them twice, and adding up the difference. */
#include "service/plan_what_if.h"

#include <stdlib.h>

#include "authenticate/spf_check.h"
#include "records/dkim_key.h"
#include "records/name.h"
#include "records/txt.h"
#include "service/evidence.h"

#define TRIAL_ARENA_BYTES ((size_t)64 << 20)

enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_PASS,
	OUTCOME_FAIL,
};

/* A source with an envelope domain. */
struct spf_trial {
	struct network client;
	struct span domain;
	uint64_t messages;
	enum outcome outcomes[2]; /* as it is, as it is assumed to be */
};

enum key_state {
	KEY_UNKNOWN,
	KEY_USABLE,
	KEY_GONE, /* absent, revoked or broken */
};

struct key_trial {
	struct span name; /* "s1._domainkey.example.org" */
	enum key_state states[2];
	struct span public_keys[2];
};

struct trying {
	struct senders_report *report;
	const struct what_if_options *options;
	struct map spf;	     /* "address domain" -> struct spf_trial */
	struct map keys;     /* name -> struct key_trial */
	struct vector order; /* of struct spf_trial *, the most mail first */
	struct arena *arena; /* of one evaluation */
	int pass;	     /* 0: as it is */
	bool is_wanting;     /* what the assumptions will be laid over */
	bool touches_spf;    /* some assumption may change what SPF gives */
	bool touches_keys;
};

static struct span spf_key(struct trying *trying, const struct flow *flow, struct span domain)
{
	struct network_text address = network_format(flow->source);
	return arena_printf(trying->report->arena, "%s %.*s", address.text, SPAN_ARG(domain));
}

static bool is_aligned(const struct trying *trying, const struct flow *flow,
		       const struct evidence_item *item)
{
	const struct flow_options *options = &trying->report->flow_options;
	return flow_aligns(options, flow->stream.row.header_from, item->domain,
			   item->is_dkim ? options->is_dkim_strict : options->is_spf_strict);
}

/* RFC 9989 4.4.1: only MAIL FROM counts. */
static bool counts(const struct trying *trying, const struct flow *flow,
		   const struct evidence_item *item)
{
	bool is_helo = !item->is_dkim && span_equal(item->detail, SPAN("helo"));
	return !is_helo && is_aligned(trying, flow, item);
}

/* ---- what to try ---- */

/* What no assumption can have changed is as reported, and need not be looked up. */
static void find_touched(struct trying *trying)
{
	const struct assumptions *assumptions = trying->options->assumptions;
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a =
			VECTOR_AT(&assumptions->items, const struct assumption, i);
		bool is_key = span_search(a->name, SPAN("_domainkey.")) < a->name.len;
		bool is_policy = span_starts_with(a->name, SPAN("_dmarc."));
		bool is_wide = span_starts_with(a->name, SPAN("*.")) && !is_key;
		trying->touches_keys |= is_key || is_wide;
		trying->touches_spf |= !is_key && !is_policy;
	}
}

static void add_spf(struct trying *trying, const struct flow *flow, struct span domain)
{
	struct arena *arena = trying->report->arena;
	struct span key = spf_key(trying, flow, domain);
	struct spf_trial *trial = map_get(&trying->spf, key);
	if (trial == NULL) {
		struct span name;
		trial = arena_alloc(arena, sizeof(*trial));
		if (trial == NULL || !name_canonical(arena, domain, &name) ||
		    !map_put(&trying->spf, key, trial)) {
			return;
		}
		trial->client = flow->source;
		trial->domain = name;
	}
	trial->messages += flow->stream.recent_messages;
}

static struct span key_name(struct trying *trying, const struct evidence_item *item)
{
	struct arena *arena = trying->report->arena;
	struct span tree = name_join(arena, SPAN("_domainkey"), item->domain);
	return tree.len > 0 && item->detail.len > 0 ? name_join(arena, item->detail, tree)
						    : span_of(NULL, 0);
}

static void add_key(struct trying *trying, const struct evidence_item *item)
{
	struct span name = key_name(trying, item);
	if (name.len == 0 || map_get(&trying->keys, name) != NULL) {
		return;
	}
	struct key_trial *trial = arena_alloc(trying->report->arena, sizeof(*trial));
	if (trial != NULL) {
		trial->name = name;
		bool is_kept = map_put(&trying->keys, name, trial);
		(void)is_kept; /* above the limit it stays undecided */
	}
}

static void gather(struct trying *trying)
{
	const struct flows *flows = &trying->report->flows;
	for (size_t i = 0; i < flows->items.len; i++) {
		const struct flow *flow = flow_at(flows, i);
		struct span rest = flow->stream.row.evidence;
		struct evidence_item item;
		while (flow->stream.recent_messages > 0 && evidence_next(&rest, &item)) {
			if (!counts(trying, flow, &item)) {
				continue;
			}
			if (item.is_dkim && trying->touches_keys) {
				add_key(trying, &item);
			} else if (!item.is_dkim && trying->touches_spf &&
				   flow->source.family != 0) {
				add_spf(trying, flow, item.domain);
			}
		}
	}
}

static int compare_trials(const void *left, const void *right)
{
	const struct spf_trial *a = *(const struct spf_trial *const *)left;
	const struct spf_trial *b = *(const struct spf_trial *const *)right;
	return a->messages != b->messages ? (a->messages > b->messages ? -1 : 1)
					  : span_compare(a->domain, b->domain);
}

static void put_in_order(struct trying *trying)
{
	for (size_t i = 0; i < map_count(&trying->spf); i++) {
		struct spf_trial **slot = VECTOR_PUSH(&trying->order, trying->report->arena,
						      struct spf_trial *, (size_t)FLOW_MAX);
		if (slot != NULL) {
			*slot = map_at(&trying->spf, i)->value;
		}
	}
	if (trying->order.len > 1) {
		qsort(trying->order.items, trying->order.len, sizeof(struct spf_trial *),
		      compare_trials);
	}
}

/* ---- trying ---- */

static enum outcome try_spf(struct trying *trying, struct inquiry *inquiry,
			    const struct spf_trial *trial)
{
	const struct spf_request request = {
		.identity = SPF_MAIL_FROM,
		.client = trial->client,
		.helo = trial->domain,
		.mail_from =
			arena_printf(trying->arena, "postmaster@%.*s", SPAN_ARG(trial->domain)),
		.now = trying->options->now,
	};
	const struct spf_limits limits = SPF_LIMITS_DEFAULT;
	const struct spf_check *check = spf_check(trying->arena, inquiry, &request, &limits);
	if (check == NULL || check->result == SPF_RESULT_TEMPERROR) {
		return OUTCOME_UNKNOWN;
	}
	return check->result == SPF_RESULT_PASS ? OUTCOME_PASS : OUTCOME_FAIL;
}

static void read_key(struct trying *trying, struct inquiry *inquiry, struct key_trial *trial)
{
	const struct fact *fact = inquire_dns(inquiry, trial->name, RR_TXT);
	enum key_state *state = &trial->states[trying->pass];
	*state = fact_is_unknown(fact) ? KEY_UNKNOWN : KEY_GONE;
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct txt txt;
		const struct dkim_key *key = NULL;
		if (txt_parse(trying->arena, fact->dns->records[i].rdata, &txt) &&
		    dkim_key_is_key(txt.text)) {
			key = dkim_key_parse(trying->arena, txt.text);
		}
		if (key != NULL && key->public_key.len > 0) {
			*state = KEY_USABLE;
			trial->public_keys[trying->pass] =
				arena_copy(trying->report->arena, key->public_key);
			return;
		}
	}
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct trying *trying = context;
	if (trying->is_wanting) {
		assumptions_want(trying->options->assumptions, inquiry);
	}
	for (size_t i = 0; i < trying->order.len && i < WHAT_IF_TRIALS; i++) {
		struct spf_trial *trial = *VECTOR_AT(&trying->order, struct spf_trial *, i);
		arena_reset(trying->arena);
		trial->outcomes[trying->pass] = try_spf(trying, inquiry, trial);
	}
	for (size_t i = 0; i < map_count(&trying->keys); i++) {
		arena_reset(trying->arena);
		read_key(trying, inquiry, map_at(&trying->keys, i)->value);
	}
	return arena_has_failed(trying->report->arena) ? failure_set_memory(reterr, "plan") : 0;
}

static int try_assumed(struct trying *trying, struct facts *overlay, struct failure *reterr)
{
	const struct what_if_options *o = trying->options;
	struct assumed_source assumed = assumed_source_new(o->source, o->assumptions, o->facts);
	int r = assumptions_apply(o->assumptions, overlay, trying->report->arena, reterr);
	if (r == 0) {
		r = assumptions_cover(o->assumptions, o->facts, 0, overlay, reterr);
	}
	trying->pass = 1;
	trying->is_wanting = false;
	return r == 0 ? settle(overlay, &assumed.source, (struct judge){judge, trying}, reterr) : r;
}

static int try_both(struct trying *trying, struct failure *reterr)
{
	const struct what_if_options *o = trying->options;
	trying->is_wanting = true;
	int r = settle(o->facts, o->source, (struct judge){judge, trying}, reterr);
	if (r < 0) {
		return r;
	}
	struct facts *overlay = facts_overlay_new(o->facts);
	r = overlay != NULL ? try_assumed(trying, overlay, reterr)
			    : failure_set_memory(reterr, "plan");
	facts_free(overlay);
	return r;
}

/* ---- what comes of it ---- */

static enum outcome reported_outcome(const struct evidence_item *item)
{
	return span_equal(item->result, SPAN("pass")) ? OUTCOME_PASS : OUTCOME_FAIL;
}

static enum outcome spf_after(struct trying *trying, const struct flow *flow,
			      const struct evidence_item *item)
{
	const struct spf_trial *trial = map_get(&trying->spf, spf_key(trying, flow, item->domain));
	if (trial == NULL || trial->outcomes[1] == OUTCOME_UNKNOWN) {
		return OUTCOME_UNKNOWN;
	}
	return trial->outcomes[0] == trial->outcomes[1] ? reported_outcome(item)
							: trial->outcomes[1];
}

static enum outcome dkim_after(struct trying *trying, const struct evidence_item *item)
{
	struct span name = key_name(trying, item);
	const struct key_trial *trial = name.len > 0 ? map_get(&trying->keys, name) : NULL;
	enum outcome reported = reported_outcome(item);
	if (trial == NULL || trial->states[1] == KEY_UNKNOWN) {
		return OUTCOME_UNKNOWN;
	}
	if (trial->states[1] == KEY_GONE) {
		/* Gone today as well: the report is of a time when it was not, or was forged. */
		return trial->states[0] == KEY_GONE ? reported : OUTCOME_FAIL;
	}
	bool is_same = trial->states[0] == KEY_USABLE &&
		       span_equal(trial->public_keys[0], trial->public_keys[1]);
	/* Nobody can tell what the signer does with another key. */
	return is_same ? reported : OUTCOME_UNKNOWN;
}

/* One identity that passes is enough; an undecided one may be it. */
static enum outcome flow_after(struct trying *trying, const struct flow *flow)
{
	struct span rest = flow->stream.row.evidence;
	struct evidence_item item;
	bool has_dkim = false;
	bool has_spf = false;
	enum outcome after = OUTCOME_FAIL;
	while (after != OUTCOME_PASS && evidence_next(&rest, &item)) {
		has_dkim |= item.is_dkim && item.domain.len > 0;
		has_spf |= !item.is_dkim && item.domain.len > 0;
		if (counts(trying, flow, &item)) {
			bool is_touched = item.is_dkim ? trying->touches_keys : trying->touches_spf;
			enum outcome one = !is_touched	  ? reported_outcome(&item)
					   : item.is_dkim ? dkim_after(trying, &item)
							  : spf_after(trying, flow, &item);
			after = one == OUTCOME_FAIL ? after : one;
		}
	}
	/* A verdict without the results it rests on cannot be tried again. */
	bool is_bare_dkim = !has_dkim && flow->is_dkim_aligned;
	bool is_bare_spf = !has_spf && flow->is_spf_aligned;
	if ((is_bare_dkim && !trying->touches_keys) || (is_bare_spf && !trying->touches_spf)) {
		return OUTCOME_PASS;
	}
	return after == OUTCOME_FAIL && (is_bare_dkim || is_bare_spf) ? OUTCOME_UNKNOWN : after;
}

static void add(struct what_if_total *total, const struct flow *flow, enum outcome after)
{
	uint64_t messages = flow->stream.recent_messages;
	total->messages += messages;
	total->failing_before += flow_passes(flow) ? 0 : messages;
	total->failing_after += after == OUTCOME_FAIL ? messages : 0;
	total->undecided += after == OUTCOME_UNKNOWN ? messages : 0;
}

static struct what_if_total *total_of(struct trying *trying, struct map *senders,
				      const struct sender *sender)
{
	struct arena *arena = trying->report->arena;
	struct span key = arena_printf(arena, "%p", (const void *)sender);
	struct what_if_sender *item = map_get(senders, key);
	if (item == NULL) {
		item = arena_alloc(arena, sizeof(*item));
		if (item == NULL || !map_put(senders, key, item)) {
			return NULL;
		}
		item->sender = sender;
	}
	return &item->total;
}

static int compare_senders(const void *left, const void *right)
{
	const struct what_if_sender *a = left;
	const struct what_if_sender *b = right;
	if (a->sender->class != b->sender->class) {
		return a->sender->class < b->sender->class ? -1 : 1;
	}
	return a->total.messages != b->total.messages
		       ? (a->total.messages > b->total.messages ? -1 : 1)
		       : span_compare(a->sender->name, b->sender->name);
}

static void keep_changed(struct trying *trying, const struct map *senders,
			 struct plan_what_if *what_if)
{
	what_if->senders = arena_alloc(trying->report->arena,
				       (map_count(senders) + 1) * sizeof(*what_if->senders));
	for (size_t i = 0; i < map_count(senders) && what_if->senders != NULL; i++) {
		const struct what_if_sender *item = map_at(senders, i)->value;
		if (item->total.undecided > 0 ||
		    item->total.failing_before != item->total.failing_after) {
			what_if->senders[what_if->sender_count++] = *item;
		}
	}
	if (what_if->senders != NULL && what_if->sender_count > 1) {
		qsort(what_if->senders, what_if->sender_count, sizeof(*what_if->senders),
		      compare_senders);
	}
}

static void add_up(struct trying *trying, struct plan_what_if *what_if)
{
	const struct flows *flows = &trying->report->flows;
	struct map senders = map_new(trying->report->arena, SENDER_MAX + MAIL_CLASS_COUNT, 0);
	for (size_t i = 0; i < flows->items.len; i++) {
		const struct flow *flow = flow_at(flows, i);
		if (flow->stream.recent_messages == 0) {
			continue;
		}
		enum outcome after = flow_after(trying, flow);
		struct what_if_total *total =
			flow->sender != NULL ? total_of(trying, &senders, flow->sender) : NULL;
		add(&what_if->classes[flow->class], flow, after);
		if (total != NULL) {
			add(total, flow, after);
		}
	}
	keep_changed(trying, &senders, what_if);
}

int plan_what_if_make(struct senders_report *report, const struct what_if_options *options,
		      const struct plan_what_if **ret_what_if, struct failure *reterr)
{
	struct plan_what_if *what_if = arena_alloc(report->arena, sizeof(*what_if));
	struct trying trying = {
		.report = report,
		.options = options,
		.spf = map_new(report->arena, FLOW_MAX, 0),
		.keys = map_new(report->arena, WHAT_IF_KEYS, 0),
		.arena = arena_new(TRIAL_ARENA_BYTES),
	};
	if (what_if == NULL || trying.arena == NULL) {
		arena_free(trying.arena);
		return failure_set_memory(reterr, "plan");
	}
	find_touched(&trying);
	gather(&trying);
	put_in_order(&trying);
	int r = try_both(&trying, reterr);
	if (r == 0) {
		add_up(&trying, what_if);
		*ret_what_if = what_if;
	}
	arena_free(trying.arena);
	return r == 0 && arena_has_failed(report->arena) ? failure_set_memory(reterr, "plan") : r;
}
