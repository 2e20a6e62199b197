/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Does one mechanism match the client? (RFC 7208 5) */
#include "authenticate/spf_evaluation.h"
#include "records/mx.h"
#include "records/rr.h"

uint16_t spf_address_type(const struct spf_evaluation *e)
{
	return e->values.client.family == NETWORK_IPV4 ? RR_A : RR_AAAA;
}

bool spf_expand_target(struct spf_evaluation *e, struct span spec, struct span *ret_text,
		       struct span *ret_name)
{
	const struct spf_frame *frame = spf_top(e);
	if (spec.len == 0) { /* RFC 7208 4.8: the current domain */
		*ret_text = frame->domain_text;
		*ret_name = frame->domain;
		return true;
	}
	struct span text = spec;
	struct spf_expansion expansion;
	if (span_find(spec, '%', 0) < spec.len) {
		e->values.domain = frame->domain_text;
		if (spf_macro_needs_validated(spec) && !spf_read_names(e)) {
			return false;
		}
		spf_macro_expand(spec, &e->values, &expansion);
		if (expansion.is_cut) {
			return false;
		}
		text = arena_copy(e->arena, spf_expansion_span(&expansion));
	}
	*ret_text = text.len > 0 && text.ptr[text.len - 1] == '.'
			    ? span_slice(text, 0, text.len - 1)
			    : text;
	return spf_name_from_text(e->arena, text, ret_name);
}

/* Is the client among the addresses of the answer, with the term's prefix lengths? */
static bool holds_client(const struct spf_evaluation *e, const struct fact *fact,
			 const struct spf_term *term)
{
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct network network;
		if (!network_from_octets(fact->dns->records[i].rdata, &network)) {
			continue;
		}
		if (term != NULL) { /* RFC 7208 5.6 */
			network.prefix_len = network.family == NETWORK_IPV4 ? term->prefix_len4
									    : term->prefix_len6;
		}
		if (network_contains(network, e->values.client)) {
			return true;
		}
	}
	return false;
}

/* --- the client's names --- */

static struct span reverse_name(struct spf_evaluation *e)
{
	static const struct span spec = SPAN_INIT("%{ir}.%{v}.arpa");
	struct spf_expansion expansion;
	struct span name = {NULL, 0};
	spf_macro_expand(spec, &e->values, &expansion);
	return spf_name_from_text(e->arena, spf_expansion_span(&expansion), &name) ? name
										   : SPAN(".");
}

/* RFC 7208 7.3, p: the domain itself, else a name below it, else any */
static struct span best_name(const struct spf_names *names, struct span domain)
{
	struct span best = SPAN("unknown");
	int best_rank = 0;
	for (size_t i = 0; i < names->count; i++) {
		struct span name = names->items[i];
		int rank = span_equal(name, domain) ? 3 : name_is_at_or_under(name, domain) ? 2 : 1;
		if (rank > best_rank) {
			best_rank = rank;
			best = name;
		}
	}
	return best;
}

/* RFC 7208 5.5: a name counts when its addresses hold the client; errors only skip it. */
static void add_name(struct spf_evaluation *e, struct span rdata)
{
	struct cursor cursor = cursor_of(rdata);
	struct span name;
	if (!name_from_wire(&cursor, e->arena, &name)) {
		return;
	}
	if (holds_client(e, spf_ask(e, name, spf_address_type(e)), NULL)) {
		e->names.items[e->names.count++] = name;
	}
}

bool spf_read_names(struct spf_evaluation *e)
{
	if (!e->names.is_read) {
		e->names.is_read = true;
		const struct fact *fact = spf_ask(e, reverse_name(e), RR_PTR);
		/* RFC 7208 4.6.4: no more than ten names are looked at */
		size_t limit = e->limits.ptr_names < SPF_CHECK_MAX_NAMES ? e->limits.ptr_names
									 : SPF_CHECK_MAX_NAMES;
		for (size_t i = 0;
		     fact_is_present(fact) && i < fact->dns->record_count && i < limit; i++) {
			add_name(e, fact->dns->records[i].rdata);
		}
	}
	e->values.validated = best_name(&e->names, spf_top(e)->domain);
	return !e->is_pending;
}

/* --- mechanisms --- */

static enum spf_match note_match(struct spf_evaluation *e, const struct spf_term *term,
				 struct span target, const struct fact *fact, bool is_match)
{
	static const char *const references[] = {
		[SPF_ALL] = "RFC 7208 5.1", [SPF_INCLUDE] = "RFC 7208 5.2",
		[SPF_A] = "RFC 7208 5.3",   [SPF_MX] = "RFC 7208 5.4",
		[SPF_PTR] = "RFC 7208 5.5", [SPF_IP4] = "RFC 7208 5.6",
		[SPF_IP6] = "RFC 7208 5.6", [SPF_EXISTS] = "RFC 7208 5.7",
	};
	struct spf_step *step = spf_note(e, is_match ? SPF_STEP_MATCH : SPF_STEP_NO_MATCH, term,
					 references[term->mechanism]);
	step->target = target;
	step->fact = fact;
	return is_match ? SPF_MATCH_YES : SPF_MATCH_NO;
}

/* Asks one question of a term and accounts for it. NULL when that ends or suspends the evaluation.
 */
static const struct fact *ask_term(struct spf_evaluation *e, const struct spf_term *term,
				   struct span name, uint16_t type)
{
	bool was_pending = e->is_pending;
	const struct fact *fact = spf_ask(e, name, type);
	if (fact_is_unknown(fact)) {
		spf_stop_unknown(e, term, fact);
		return NULL;
	}
	if (was_pending || !spf_charge_void(e, term, fact)) {
		return NULL;
	}
	return fact;
}

static enum spf_match match_a(struct spf_evaluation *e, const struct spf_term *term,
			      struct span name)
{
	const struct fact *fact = ask_term(e, term, name, spf_address_type(e));
	return fact == NULL ? SPF_MATCH_STOP
			    : note_match(e, term, name, fact, holds_client(e, fact, term));
}

static enum spf_match match_exists(struct spf_evaluation *e, const struct spf_term *term,
				   struct span name)
{
	/* RFC 7208 5.7: always an A query, also for a client with an IPv6 address */
	const struct fact *fact = ask_term(e, term, name, RR_A);
	return fact == NULL ? SPF_MATCH_STOP
			    : note_match(e, term, name, fact, fact_is_present(fact));
}

/* The hosts of an MX answer without null MX and unreadable ones; false above the limit. */
static bool read_hosts(struct spf_evaluation *e, const struct fact *fact, struct vector *hosts)
{
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct mx mx;
		if (!mx_parse(e->arena, fact->dns->records[i].rdata, &mx) || mx.is_null) {
			continue;
		}
		struct span *host = VECTOR_PUSH(hosts, e->arena, struct span, e->limits.mx_hosts);
		if (host == NULL) {
			return false;
		}
		*host = mx.host;
	}
	return true;
}

static enum spf_match match_mx(struct spf_evaluation *e, const struct spf_term *term,
			       struct span name)
{
	const struct fact *fact = ask_term(e, term, name, RR_MX);
	struct vector hosts = {0};
	if (fact == NULL) {
		return SPF_MATCH_STOP;
	}
	/* RFC 7208 4.6.4: more than ten hosts to look up are a permerror */
	if (!read_hosts(e, fact, &hosts)) {
		spf_stop(e, term, SPF_RESULT_PERMERROR, SPF_CAUSE_MX_HOSTS);
		return SPF_MATCH_STOP;
	}
	const struct fact *unknown = NULL;
	bool is_match = false;
	for (size_t i = 0; i < hosts.len; i++) {
		struct span host = *VECTOR_AT(&hosts, struct span, i);
		const struct fact *addresses = spf_ask(e, host, spf_address_type(e));
		unknown = fact_is_unknown(addresses) ? addresses : unknown;
		is_match = is_match || holds_client(e, addresses, term);
	}
	/* hosts have no order here: one that matches settles it, whatever the others do */
	if (!is_match && unknown != NULL) {
		spf_stop_unknown(e, term, unknown);
		return SPF_MATCH_STOP;
	}
	return note_match(e, term, name, fact, is_match);
}

static enum spf_match match_ptr(struct spf_evaluation *e, const struct spf_term *term,
				struct span name)
{
	/* while waiting, only what is certain is asked: the names come after the PTR record */
	if (e->is_pending && !e->names.is_read) {
		(void)spf_ask(e, reverse_name(e), RR_PTR);
		return SPF_MATCH_STOP;
	}
	if (!spf_read_names(e)) {
		return SPF_MATCH_STOP;
	}
	bool is_match = false;
	for (size_t i = 0; i < e->names.count; i++) {
		is_match = is_match || name_is_at_or_under(e->names.items[i], name);
	}
	return note_match(e, term, name, NULL, is_match);
}

/* The mechanisms that name a domain. */
static enum spf_match match_domain(struct spf_evaluation *e, const struct spf_term *term)
{
	struct span text;
	struct span name = {NULL, 0};
	if (!spf_expand_target(e, term->domain_spec, &text, &name)) {
		/* RFC 7208 4.8: what becomes no name does not match */
		return e->is_pending ? SPF_MATCH_STOP
				     : note_match(e, term, name, NULL, false /* is_match */);
	}
	if (term->mechanism == SPF_A) {
		return match_a(e, term, name);
	}
	if (term->mechanism == SPF_MX) {
		return match_mx(e, term, name);
	}
	return term->mechanism == SPF_PTR ? match_ptr(e, term, name) : match_exists(e, term, name);
}

enum spf_match spf_match_term(struct spf_evaluation *e, const struct spf_term *term)
{
	const struct span nothing = {NULL, 0};
	switch (term->mechanism) {
	case SPF_ALL:
		return note_match(e, term, nothing, NULL, true /* is_match */);
	case SPF_IP4:
	case SPF_IP6:
		return note_match(e, term, nothing, NULL,
				  network_contains(term->network, e->values.client));
	case SPF_A:
	case SPF_MX:
	case SPF_PTR:
	case SPF_EXISTS:
		return match_domain(e, term);
	case SPF_INCLUDE:
		break;
	}
	return SPF_MATCH_NO;
}
