/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* check_host(): records, includes and redirects on a stack of frames, without recursion. */
#include "authenticate/spf_check.h"

#include "authenticate/spf_evaluation.h"
#include "records/idna.h"
#include "records/name.h"
#include "records/rr.h"
#include "records/txt.h"

const struct fact *spf_ask(struct spf_evaluation *e, struct span name, uint16_t type)
{
	const struct fact *fact = inquire_dns(e->inquiry, name, type);
	e->check->questions++;
	e->is_pending = e->is_pending || fact->state == FACT_WANTED;
	return fact;
}

struct spf_step *spf_note(struct spf_evaluation *e, enum spf_step_kind kind,
			  const struct spf_term *term, const char *reference)
{
	struct spf_step *step = e->is_pending ? NULL
					      : VECTOR_PUSH(&e->check->steps, e->arena,
							    struct spf_step, SPF_CHECK_MAX_STEPS);
	if (step == NULL) {
		step = &e->unread_step;
		*step = (struct spf_step){0};
	}
	step->kind = kind;
	step->term = term;
	step->reference = reference;
	step->domain = e->check->domain;
	if (e->depth > 0) {
		step->depth = (unsigned)e->depth - 1;
		step->domain = spf_top(e)->domain;
		step->record = spf_top(e)->record->text;
	}
	return step;
}

static void finish(struct spf_evaluation *e, const struct spf_term *term, enum spf_result result,
		   enum spf_cause cause)
{
	struct spf_check *check = e->check;
	check->result = result;
	check->cause = cause;
	check->term = term;
	if (e->depth > 0) {
		check->record = spf_top(e)->record->text;
		check->record_domain = spf_top(e)->domain;
	}
	e->is_done = true;
}

void spf_stop(struct spf_evaluation *e, const struct spf_term *term, enum spf_result result,
	      enum spf_cause cause)
{
	struct spf_step *step = spf_note(e, SPF_STEP_STOP, term, spf_cause_reference(cause));
	step->cause = cause;
	step->result = result;
	finish(e, term, result, cause);
}

void spf_stop_unknown(struct spf_evaluation *e, const struct spf_term *term,
		      const struct fact *fact)
{
	if (fact->state == FACT_WANTED || e->is_pending) {
		return;
	}
	e->check->unknown = fact;
	struct spf_step *step =
		spf_note(e, SPF_STEP_STOP, term, spf_cause_reference(SPF_CAUSE_DNS));
	step->cause = SPF_CAUSE_DNS;
	step->result = SPF_RESULT_TEMPERROR;
	step->fact = fact;
	finish(e, term, SPF_RESULT_TEMPERROR, SPF_CAUSE_DNS);
}

/* --- records --- */

struct spf_selection {
	size_t count;
	struct span text;
};

/* RFC 7208 4.5: only what starts with the version counts */
static struct spf_selection select_record(struct spf_evaluation *e, const struct fact *fact)
{
	struct spf_selection selection = {0};
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct txt txt;
		if (txt_parse(e->arena, fact->dns->records[i].rdata, &txt) &&
		    spf_record_is_spf(txt.text)) {
			selection.text = txt.text;
			selection.count++;
		}
	}
	return selection;
}

static void push(struct spf_evaluation *e, struct spf_frame frame, const struct fact *fact)
{
	e->frames[e->depth++] = frame;
	struct spf_step *step = spf_note(e, SPF_STEP_RECORD, NULL, "RFC 7208 4.5");
	step->fact = fact;
	/* RFC 7208 4.6: syntax errors anywhere in the record are a permerror */
	if (frame.record->problems.error_count > 0) {
		spf_stop(e, NULL, SPF_RESULT_PERMERROR, SPF_CAUSE_SYNTAX);
	}
}

/* The first record. RFC 7208 4.4 and 4.5 */
static void start(struct spf_evaluation *e, struct spf_frame frame)
{
	const struct fact *fact = spf_ask(e, frame.domain, RR_TXT);
	if (fact_is_unknown(fact)) {
		spf_stop_unknown(e, NULL, fact);
		e->is_done = true;
		return;
	}
	struct spf_selection selection = select_record(e, fact);
	if (selection.count == 0) {
		spf_stop(e, NULL, SPF_RESULT_NONE,
			 fact_is_nxdomain(fact) ? SPF_CAUSE_NONEXISTENT : SPF_CAUSE_NO_RECORD);
	} else if (selection.count > 1) {
		spf_stop(e, NULL, SPF_RESULT_PERMERROR, SPF_CAUSE_SEVERAL_RECORDS);
	} else {
		frame.record = spf_record_parse(e->arena, selection.text);
		if (frame.record != NULL) {
			push(e, frame, fact);
		}
	}
}

/* --- terms --- */

static enum spf_result qualifier_result(enum spf_qualifier qualifier)
{
	switch (qualifier) {
	case SPF_PASS:
		return SPF_RESULT_PASS;
	case SPF_FAIL:
		return SPF_RESULT_FAIL;
	case SPF_SOFTFAIL:
		return SPF_RESULT_SOFTFAIL;
	case SPF_NEUTRAL:
		return SPF_RESULT_NEUTRAL;
	}
	return SPF_RESULT_NEUTRAL;
}

/* RFC 7208 4.6.4: at most 10 terms that query DNS. False: that was one more, and ended it. */
static bool charge_lookup(struct spf_evaluation *e, const struct spf_term *term)
{
	if (++e->check->lookups > e->limits.lookups) {
		spf_stop(e, term, SPF_RESULT_PERMERROR, SPF_CAUSE_LOOKUPS);
		return false;
	}
	return true;
}

bool spf_charge_void(struct spf_evaluation *e, const struct spf_term *term, const struct fact *fact)
{
	if (!fact_is_absent(fact) || ++e->check->voids <= e->limits.voids) {
		return true;
	}
	spf_stop(e, term, SPF_RESULT_PERMERROR, SPF_CAUSE_VOIDS);
	return false;
}

/* The record on top gave a result: the include that led to it takes it from there. */
static void conclude(struct spf_evaluation *e, const struct spf_term *term, enum spf_result result,
		     enum spf_cause cause)
{
	while (e->depth > 1) {
		const struct spf_term *via = spf_top(e)->via;
		e->depth--;
		struct spf_step *step = spf_note(e, SPF_STEP_RETURN, via, "RFC 7208 5.2");
		step->result = result;
		/* RFC 7208 5.2: only a pass matches; fail, softfail and neutral do not */
		if (result != SPF_RESULT_PASS) {
			return;
		}
		term = via;
		cause = SPF_CAUSE_TERM;
		result = qualifier_result(via->qualifier);
		spf_note(e, SPF_STEP_MATCH, via, "RFC 7208 5.2")->result = result;
	}
	if (result == SPF_RESULT_FAIL && e->request->is_explained && !e->is_pending) {
		spf_explain(e);
	}
	finish(e, term, result, cause);
}

/* The record an include or redirect leads to. */
static void descend(struct spf_evaluation *e, const struct spf_term *term, bool is_redirect)
{
	struct spf_frame frame = {.via = is_redirect ? spf_top(e)->via : term};
	if (!charge_lookup(e, term)) {
		return;
	}
	if (!spf_expand_target(e, term->domain_spec, &frame.domain_text, &frame.domain)) {
		if (!e->is_pending) {
			spf_stop(e, term, SPF_RESULT_PERMERROR, SPF_CAUSE_TARGET);
		}
		return;
	}
	bool was_pending = e->is_pending;
	const struct fact *fact = spf_ask(e, frame.domain, RR_TXT);
	if (fact_is_unknown(fact) || was_pending) {
		spf_stop_unknown(e, term, fact);
		return;
	}
	if (!spf_charge_void(e, term, fact)) {
		return;
	}
	struct spf_selection selection = select_record(e, fact);
	struct spf_step *step =
		spf_note(e, SPF_STEP_DESCEND, term, is_redirect ? "RFC 7208 6.1" : "RFC 7208 5.2");
	step->target = frame.domain;
	step->fact = fact;
	if (selection.count != 1) {
		/* RFC 7208 5.2 and 6.1: no record there is a permerror here */
		spf_stop(e, term, SPF_RESULT_PERMERROR,
			 selection.count == 0 ? SPF_CAUSE_TARGET : SPF_CAUSE_SEVERAL_RECORDS);
		return;
	}
	frame.record = spf_record_parse(e->arena, selection.text);
	if (frame.record != NULL) {
		e->depth -= is_redirect;
		push(e, frame, fact);
	}
}

static void evaluate_term(struct spf_evaluation *e, const struct spf_term *term)
{
	if (term->kind != SPF_TERM_MECHANISM) {
		return;
	}
	if (term->mechanism == SPF_INCLUDE) {
		descend(e, term, false /* is_redirect */);
		return;
	}
	if (spf_term_queries_dns(term) && !charge_lookup(e, term)) {
		return;
	}
	if (spf_match_term(e, term) == SPF_MATCH_YES) {
		conclude(e, term, qualifier_result(term->qualifier), SPF_CAUSE_TERM);
	}
}

/* No term of the record on top matched. */
static void end_record(struct spf_evaluation *e)
{
	const struct spf_term *redirect = spf_record_redirect(spf_top(e)->record);
	/* RFC 7208 6.1: redirect counts only when there is no "all"; that would have matched */
	if (redirect != NULL) {
		bool was_pending = e->is_pending;
		descend(e, redirect, true /* is_redirect */);
		e->is_done = e->is_done || was_pending || e->is_pending;
		return;
	}
	/* RFC 7208 4.7: as if "?all" stood at the end */
	spf_note(e, SPF_STEP_END, NULL, "RFC 7208 4.7")->result = SPF_RESULT_NEUTRAL;
	conclude(e, NULL, SPF_RESULT_NEUTRAL, SPF_CAUSE_DEFAULT);
}

static void run(struct spf_evaluation *e)
{
	while (!e->is_done && !arena_has_failed(e->arena)) {
		struct spf_frame *frame = spf_top(e);
		if (frame->next < frame->record->term_count) {
			evaluate_term(e, &frame->record->terms[frame->next++]);
		} else {
			end_record(e);
		}
	}
}

/* --- the request --- */

/* RFC 7208 4.3: the sender's parts; without a local part it is "postmaster". */
static void split_sender(struct spf_evaluation *e)
{
	const struct spf_request *request = e->request;
	struct span sender = request->mail_from;
	e->check->is_null_sender = request->identity == SPF_MAIL_FROM && sender.len == 0;
	e->values.local_part = SPAN("postmaster");
	/* RFC 7208 2.4: with the null reverse-path it is postmaster at the HELO name */
	if (request->identity == SPF_HELO || sender.len == 0) {
		e->values.sender_domain = request->helo;
		return;
	}
	size_t at = sender.len;
	while (at > 0 && sender.ptr[at - 1] != '@') {
		at--;
	}
	e->values.sender_domain = span_from(sender, at);
	if (at > 1) {
		e->values.local_part = span_slice(sender, 0, at - 1);
	}
}

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (span_octet(text, i) > 0x7f) {
			return false;
		}
	}
	return true;
}

/*
 * RFC 7208 4.3: a domain of several labels, each of them one DNS can hold. Letters, digits, hyphens
 * and underscores only: what else may stand in a MAIL FROM is there to mislead other programs.
 */
static bool read_domain(struct spf_evaluation *e, struct span *ret_name)
{
	struct span text = e->values.sender_domain;
	struct span ascii = text;
	/* RFC 7208 4.3 with RFC 5890: U-labels become A-labels before any look-up */
	if (!is_ascii(text) && idna_to_ascii(e->arena, text, &ascii) != IDNA_OK) {
		return false;
	}
	if (ascii.len > LIMIT_NAME_TEXT + 1 || !spf_name_from_text(e->arena, ascii, ret_name)) {
		return false;
	}
	e->values.sender_domain = ascii;
	return name_label_count(*ret_name) > 1 &&
	       name_is_ldh(*ret_name, true /* is_underscore_ok */);
}

/* RFC 7208 5: an IPv4 address inside ::ffff:0:0/96 is an IPv4 address */
static struct network plain_client(struct network client)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	struct network plain = client;
	if (client.family == NETWORK_IPV6 && memcmp(client.address, mapped, sizeof(mapped)) == 0) {
		plain = (struct network){.family = NETWORK_IPV4};
		memcpy(plain.address, client.address + sizeof(mapped), 4);
	}
	plain.prefix_len = plain.family == NETWORK_IPV4 ? 32 : 128;
	return plain;
}

static struct span join_sender(struct arena *arena, struct span local_part, struct span domain)
{
	struct span sender = {NULL, local_part.len + 1 + domain.len};
	char *text = arena_alloc(arena, sender.len + 1);
	if (text == NULL) {
		return span_of(NULL, 0);
	}
	sender.ptr = text;
	memcpy(text, local_part.len > 0 ? local_part.ptr : "", local_part.len);
	text[local_part.len] = '@';
	memcpy(text + local_part.len + 1, domain.len > 0 ? domain.ptr : "", domain.len);
	return sender;
}

static void fill_values(struct spf_evaluation *e)
{
	const struct spf_request *request = e->request;
	split_sender(e);
	e->values.client = plain_client(request->client);
	e->values.helo = request->helo;
	e->values.receiver = request->receiver.len > 0 ? request->receiver : SPAN("unknown");
	e->values.validated = SPAN("unknown");
	e->values.now = request->now;
}

const struct spf_check *spf_check(struct arena *arena, struct inquiry *inquiry,
				  const struct spf_request *request,
				  const struct spf_limits *limits)
{
	struct spf_check *check = arena_alloc(arena, sizeof(*check));
	struct spf_evaluation *e = arena_alloc(arena, sizeof(*e));
	if (check == NULL || e == NULL) {
		return NULL;
	}
	e->arena = arena;
	e->inquiry = inquiry;
	e->request = request;
	e->limits = *limits;
	e->check = check;
	check->identity = request->identity;
	if (e->limits.lookups > SPF_CHECK_MAX_DEPTH - 1) {
		e->limits.lookups = SPF_CHECK_MAX_DEPTH - 1;
	}
	fill_values(e);
	struct spf_frame frame = {0};
	if (read_domain(e, &frame.domain)) {
		check->domain = frame.domain;
		frame.domain_text = e->values.sender_domain;
		start(e, frame);
		run(e);
	} else {
		check->domain = e->values.sender_domain;
		spf_stop(e, NULL, SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN);
	}
	check->sender = join_sender(arena, e->values.local_part, e->values.sender_domain);
	return arena_has_failed(arena) ? NULL : check;
}
