/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Assumed wildcards and CNAMEs: what they do to names that no assumption names. */
#include "facts/assume_records.h"
#include "records/name.h"

#define COVER_ARENA_BYTES ((size_t)16 << 20)
/* A CNAME to a CNAME to a CNAME: resolvers give up about here too. */
#define CHAIN_MAX 8

struct covering {
	const struct assumptions *assumptions;
	const struct facts *observed;
	struct facts *overlay;
	struct arena *arena;
};

static const struct assumption *assumption_at(const struct assumptions *assumptions, size_t i)
{
	return VECTOR_AT(&assumptions->items, const struct assumption, i);
}

static bool is_wildcard(const struct assumption *a)
{
	return span_starts_with(a->name, SPAN("*."));
}

/* The names it answers for, existing or not. */
static bool is_below(const struct assumption *wildcard, struct span name)
{
	struct span parent = span_from(wildcard->name, 2);
	return name_is_at_or_under(name, parent) && !span_equal(name, parent) &&
	       !span_equal(name, wildcard->name);
}

static struct fact_key dns_key(struct span name, uint16_t type)
{
	return (struct fact_key){FACT_DNS, type, name};
}

/* ---- does the wildcard answer? ---- */

static bool is_denied(const struct fact *fact)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): nobody denies without an answer */
	return fact_is_nxdomain(fact) && fact->dns->cname_count == 0;
}

static bool has_same_records(const struct fact *one, const struct fact *other)
{
	if (!fact_is_present(one) || !fact_is_present(other) || one->dns->cname_count > 0 ||
	    one->dns->record_count != other->dns->record_count) {
		return false;
	}
	for (size_t i = 0; i < one->dns->record_count; i++) {
		if (!span_equal(one->dns->records[i].rdata, other->dns->records[i].rdata)) {
			return false;
		}
	}
	return true;
}

/* RFC 4592 2.2.1: the answer that any name gets comes from the wildcard that was there before. */
static bool is_from_wildcard(const struct covering *c, const struct assumption *wildcard,
			     const struct fact *fact)
{
	const struct fact *before = facts_get(c->observed, dns_key(wildcard->name, fact->key.type));
	return before != NULL && has_same_records(before, fact);
}

static bool is_seen_existing(const struct facts *facts, struct span name)
{
	static const uint16_t types[] = {RR_TXT, RR_A, RR_AAAA, RR_MX, RR_SOA};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct fact *fact = facts_get(facts, dns_key(name, types[i]));
		if (fact != NULL && !fact_is_unknown(fact)) {
			return !fact_is_nxdomain(fact);
		}
	}
	return false;
}

/* Assumed itself, or there because of an assumption below it. */
static bool is_made_to_exist(const struct assumptions *assumptions, struct span name)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = assumption_at(assumptions, i);
		struct span own = is_wildcard(a) ? span_from(a->name, 2) : a->name;
		if (!a->is_removal && name_is_at_or_under(own, name)) {
			return true;
		}
	}
	return false;
}

/* RFC 4592 3.3.1: a name between the two that exists is the closer encloser. */
static bool is_shielded(const struct covering *c, const struct assumption *wildcard,
			struct span name)
{
	struct span parent = span_from(wildcard->name, 2);
	for (name = name_parent(name); name.len > parent.len; name = name_parent(name)) {
		if (is_seen_existing(c->observed, name) || is_made_to_exist(c->assumptions, name)) {
			return true;
		}
	}
	return false;
}

/* The wildcard that answers this question; NULL when none does. */
static const struct assumption *wildcard_for(const struct covering *c, const struct fact *fact)
{
	const struct assumption *best = NULL;
	for (size_t i = 0; i < c->assumptions->items.len; i++) {
		const struct assumption *a = assumption_at(c->assumptions, i);
		bool is_closer = best == NULL || a->name.len > best->name.len;
		if (is_wildcard(a) && is_closer && is_below(a, fact->key.subject) &&
		    (is_denied(fact) || is_from_wildcard(c, a, fact)) &&
		    !is_shielded(c, a, fact->key.subject)) {
			best = a;
		}
	}
	return best;
}

/* ---- CNAMEs ---- */

static const struct assumption *cname_at(const struct covering *c, struct span name)
{
	for (size_t i = 0; i < c->assumptions->items.len; i++) {
		const struct assumption *a = assumption_at(c->assumptions, i);
		if (a->type == RR_CNAME && span_equal(a->name, name)) {
			return a;
		}
	}
	return NULL;
}

static bool read_target(struct arena *arena, const struct assumption *cname, struct span *ret_name)
{
	struct cursor cursor = cursor_of(cname->rdata);
	return !cname->is_removal && name_from_wire(&cursor, arena, ret_name);
}

static int put(const struct covering *c, struct fact *fact, struct failure *reterr)
{
	fact->source = SPAN("assumed");
	fact->is_assumed = true;
	return facts_add(c->overlay, fact, reterr);
}

/* The answer at the end of a chain that begins with this target. */
static int put_followed(const struct covering *c, struct fact_key key, struct span target,
			struct failure *reterr)
{
	struct span *cnames = arena_alloc(c->arena, (CHAIN_MAX + 1) * sizeof(*cnames));
	size_t count = 0;
	const struct assumption *next;
	if (cnames == NULL) {
		return failure_set_memory(reterr, "assume records");
	}
	cnames[count++] = target;
	while (count < CHAIN_MAX && (next = cname_at(c, target)) != NULL &&
	       read_target(c->arena, next, &target)) {
		cnames[count++] = target;
	}
	const struct fact *end = facts_get(c->overlay, dns_key(target, key.type));
	struct fact fact = {
		.key = key, .state = FACT_NOT_OBSERVED, .failure = FACT_FAILURE_NOT_ASKED};
	struct dns_answer answer;
	if (end != NULL) {
		fact.state = end->state;
		fact.failure = end->failure;
		fact.detail = end->detail;
		fact.observed_at = end->observed_at;
	}
	if (end != NULL && end->dns != NULL) {
		size_t more = end->dns->cname_count;
		struct span *all = arena_alloc(c->arena, (count + more) * sizeof(*all));
		if (all == NULL) {
			return failure_set_memory(reterr, "assume records");
		}
		memcpy(all, cnames, count * sizeof(*all));
		for (size_t i = 0; i < more; i++) {
			all[count + i] = end->dns->cnames[i];
		}
		answer = *end->dns;
		answer.cnames = all;
		answer.cname_count = count + more;
		answer.packet = span_of(NULL, 0);
		fact.dns = &answer;
	}
	return put(c, &fact, reterr);
}

/* The name had nothing but the CNAME that is taken away. */
static int put_missing(const struct covering *c, const struct fact *fact, struct failure *reterr)
{
	struct dns_answer answer = {.is_nxdomain = true, .rcode = 3, .dnssec = fact->dns->dnssec};
	struct fact gone = {.key = fact->key,
			    .state = FACT_ABSENT,
			    .observed_at = fact->observed_at,
			    .dns = &answer};
	return put(c, &gone, reterr);
}

static int put_wildcard(const struct covering *c, const struct assumption *wildcard,
			const struct fact *fact, struct failure *reterr)
{
	struct fact_key own = dns_key(wildcard->name, fact->key.type);
	const struct fact *before = facts_get(c->observed, own);
	struct vector records = {0};
	assumptions_records(c->assumptions, own, before, c->arena, &records);
	struct dns_answer answer = {
		.records = records.items,
		.record_count = records.len,
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a known fact has one */
		.dnssec = fact->dns->dnssec,
	};
	struct fact now = {.key = fact->key,
			   .state = records.len > 0 ? FACT_PRESENT : FACT_ABSENT,
			   .observed_at = fact->observed_at,
			   .dns = &answer};
	if (wildcard->is_removal && records.len == 0) {
		answer.is_nxdomain = true;
		answer.rcode = 3;
	}
	return arena_has_failed(c->arena) ? failure_set_memory(reterr, "assume records")
					  : put(c, &now, reterr);
}

/* ---- all facts ---- */

static int cover(const struct covering *c, const struct fact *fact, struct failure *reterr)
{
	if (fact->key.kind != FACT_DNS || fact->key.type == RR_CNAME) {
		return 0;
	}
	const struct fact *seen = facts_get(c->overlay, fact->key);
	const struct assumption *cname = cname_at(c, fact->key.subject);
	struct span target;
	if (seen != NULL && seen->is_assumed) {
		return 0;
	}
	if (cname != NULL && read_target(c->arena, cname, &target)) {
		return put_followed(c, fact->key, target, reterr);
	}
	if (cname != NULL && fact->dns != NULL && fact->dns->cname_count > 0) {
		return put_missing(c, fact, reterr);
	}
	const struct assumption *wildcard = wildcard_for(c, fact);
	if (wildcard == NULL) {
		return 0;
	}
	cname = cname_at(c, wildcard->name);
	return cname != NULL && read_target(c->arena, cname, &target)
		       ? put_followed(c, fact->key, target, reterr)
		       : put_wildcard(c, wildcard, fact, reterr);
}

int assumptions_cover(const struct assumptions *assumptions, const struct facts *observed,
		      size_t first, struct facts *overlay, struct failure *reterr)
{
	struct covering covering = {assumptions, observed, overlay, arena_new(COVER_ARENA_BYTES)};
	int r = covering.arena != NULL ? 0 : failure_set_memory(reterr, "assume records");
	for (size_t i = first; r == 0 && i < facts_count(observed); i++) {
		r = cover(&covering, facts_at(observed, i), reterr);
	}
	arena_free(covering.arena);
	return r;
}

/* ---- what to ask ---- */

/* Everything that was asked at a name an assumed CNAME answers for is wanted at its target. */
static void want_targets(const struct assumption *cname, const struct facts *facts,
			 struct wants *wants)
{
	struct inquiry inquiry = {facts, wants};
	struct span target;
	if (!read_target(wants->arena, cname, &target)) {
		return;
	}
	for (size_t i = 0; i < facts_count(facts); i++) {
		struct fact_key key = facts_at(facts, i)->key;
		bool is_covered = is_wildcard(cname) ? is_below(cname, key.subject)
						     : span_equal(key.subject, cname->name);
		if (key.kind == FACT_DNS && key.type != RR_CNAME && is_covered) {
			(void)inquire_dns(&inquiry, target, key.type);
		}
	}
}

static void want_all_targets(const struct assumptions *assumptions, const struct facts *facts,
			     struct wants *wants)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = assumption_at(assumptions, i);
		if (a->type == RR_CNAME) {
			want_targets(a, facts, wants);
		}
	}
}

void assumptions_want(const struct assumptions *assumptions, struct inquiry *inquiry)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = assumption_at(assumptions, i);
		(void)inquire_dns(inquiry, a->name, a->type);
	}
	want_all_targets(assumptions, inquiry->facts, inquiry->wants);
}

/* Targets may be aliases of other assumptions, hence a few rounds. */
static int ask_targets(struct assumed_source *assumed, struct failure *reterr)
{
	int r = 0;
	for (int round = 0; r == 0 && round < CHAIN_MAX; round++) {
		struct arena *arena __attribute__((cleanup(arena_free_at))) =
			arena_new(COVER_ARENA_BYTES);
		if (arena == NULL) {
			return failure_set_memory(reterr, "assume records");
		}
		struct wants wants = wants_new(arena);
		want_all_targets(assumed->assumptions, assumed->observed, &wants);
		if (wants_count(&wants) == 0) {
			break;
		}
		r = assumed->inner->answer(assumed->inner, &wants, assumed->observed, reterr);
	}
	return r;
}

/* What is not covered is as observed; in the overlay too, where the want was. */
static int hand_through(const struct assumed_source *assumed, const struct wants *wants,
			struct facts *overlay, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < wants_count(wants); i++) {
		const struct fact *fact = facts_get(assumed->observed, wants_at(wants, i));
		r = fact != NULL ? facts_add(overlay, fact, reterr) : 0;
	}
	return r;
}

static int answer_assumed(struct fact_source *source, const struct wants *wants,
			  struct facts *overlay, struct failure *reterr)
{
	struct assumed_source *assumed = (struct assumed_source *)source;
	size_t first = facts_count(assumed->observed);
	int r = assumed->inner->answer(assumed->inner, wants, assumed->observed, reterr);
	if (r == 0) {
		r = ask_targets(assumed, reterr);
	}
	if (r == 0) {
		r = assumptions_cover(assumed->assumptions, assumed->observed, first, overlay,
				      reterr);
	}
	return r == 0 ? hand_through(assumed, wants, overlay, reterr) : r;
}

struct assumed_source assumed_source_new(struct fact_source *inner,
					 const struct assumptions *assumptions,
					 struct facts *observed)
{
	return (struct assumed_source){
		.source.answer = answer_assumed,
		.inner = inner,
		.assumptions = assumptions,
		.observed = observed,
	};
}
