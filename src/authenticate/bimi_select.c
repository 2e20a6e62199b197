/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Selector, policy, record: in the order the draft has them. */
#include "authenticate/bimi_select.h"

#include "records/name.h"
#include "records/txt.h"

static const struct span field_name = SPAN_INIT("BIMI-Selector");

struct selecting {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct mail *mail;
	const struct dkim_report *dkim;
	const struct dmarc_evaluation *evaluation;
	struct bimi_selection *selection;
};

/* --- may it have a logo? --- */

static bool is_enforced(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_QUARANTINE || policy == DMARC_POLICY_REJECT;
}

/* BIMI draft, "Authentication requirements": sp=none and pct below 100 count as none */
static bool is_record_enough(const struct dmarc_record *record)
{
	enum dmarc_policy policy = record->is_testing ? dmarc_policy_lowered(record->p) : record->p;
	return is_enforced(policy) && record->sp != DMARC_POLICY_NONE && record->pct >= 100;
}

static bool is_policy_enough(const struct dmarc_evaluation *evaluation)
{
	const struct dmarc_verdict *view = &evaluation->rfc9989;
	const struct dmarc_step *top = dmarc_walk_find(evaluation->walk, view->organisation);
	const struct dmarc_step *holder = view->applied.holder;
	bool is_enough = holder != NULL && holder->record != NULL &&
			 is_enforced(view->applied.policy) && is_record_enough(holder->record);
	return is_enough && (top == NULL || top->record == NULL || is_record_enough(top->record));
}

/* --- the selector --- */

static bool is_aligned(const struct dmarc_verdict *view, struct span domain)
{
	for (size_t i = 0; i < view->identifier_count; i++) {
		const struct dmarc_identifier_check *check = &view->identifiers[i];
		if (check->identifier.method == DMARC_BY_DKIM &&
		    span_equal(check->identifier.domain, domain)) {
			return check->outcome == DMARC_ALIGNED_SAME ||
			       check->outcome == DMARC_ALIGNED_RELAXED;
		}
	}
	return false;
}

/* BIMI draft, "BIMI-Selector": to be ignored unless a signature that counts for DMARC covers it */
static bool is_signed(const struct selecting *s)
{
	for (size_t i = 0; i < s->dkim->verdict_count; i++) {
		const struct dkim_verdict *verdict = &s->dkim->verdicts[i];
		if (verdict->result == DKIM_PASS &&
		    is_aligned(&s->evaluation->rfc9989, verdict->signature->domain) &&
		    dkim_signature_name_count(verdict->signature, field_name) > 0) {
			return true;
		}
	}
	return false;
}

/* "v=BIMI1; s=NAME" */
static bool read_selector(struct arena *arena, struct span value, struct span *ret_selector)
{
	struct problems problems = {0};
	struct span selector;
	struct tag_list tags = tag_list_parse(arena, value, &problems);
	const struct tag *name = tag_list_find(&tags, SPAN("s"));
	bool is_version = tags.tag_count > 0 && span_equal(tags.tags[0].name, SPAN("v")) &&
			  span_equal(tags.tags[0].value, SPAN("BIMI1"));
	if (!is_version || name == NULL || !name_canonical(arena, name->value, &selector) ||
	    !name_is_ldh(selector, /* is_underscore_ok: */ true)) {
		return false;
	}
	*ret_selector = selector;
	return true;
}

static void choose_selector(struct selecting *s)
{
	const struct header *header = &s->mail->message->header;
	const struct header_field *field = header_find(header, field_name, 0);
	struct span selector;
	s->selection->selector = SPAN("default");
	if (field == NULL) {
		s->selection->selector_use = BIMI_SELECTOR_ABSENT;
	} else if (header_find(header, field_name, 1) != NULL) {
		s->selection->selector_use = BIMI_SELECTOR_SEVERAL;
	} else if (!read_selector(s->arena, field->value, &selector)) {
		s->selection->selector_use = BIMI_SELECTOR_INVALID;
	} else if (!is_signed(s)) {
		s->selection->selector_use = BIMI_SELECTOR_UNSIGNED;
	} else {
		s->selection->selector_use = BIMI_SELECTOR_USED;
		s->selection->selector = selector;
	}
}

/* --- the record --- */

/* The texts that are BIMI; *ret_text is the first. */
static size_t count_records(struct arena *arena, const struct fact *fact, struct span *ret_text)
{
	size_t count = 0;
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct txt txt;
		if (txt_parse(arena, fact->dns->records[i].rdata, &txt) &&
		    bimi_record_is_bimi(txt.text) && count++ == 0) {
			*ret_text = txt.text;
		}
	}
	return count;
}

static void judge_record(struct selecting *s, struct span text)
{
	const struct bimi_record *record = bimi_record_parse(s->arena, text);
	if (record == NULL) {
		return;
	}
	bool is_declined = bimi_record_is_declined(record);
	bool is_good = record->problems.error_count == 0 && record->is_location_valid;
	s->selection->record = is_declined || is_good ? record : NULL;
	s->selection->cause = is_declined ? BIMI_DECLINED
			      : is_good	  ? BIMI_FOUND
					  : BIMI_BROKEN_RECORD;
}

/* False when there is no record at that name, so that the next one may be asked. */
static bool try_name(struct selecting *s, struct span selector, struct span domain)
{
	struct span text = {NULL, 0};
	struct span below = name_join(s->arena, SPAN("_bimi"), domain);
	struct span name = below.len > 0 ? name_join(s->arena, selector, below) : span_of(NULL, 0);
	if (name.len == 0) {
		return false;
	}
	const struct fact *fact = inquire_dns(s->inquiry, name, RR_TXT);
	size_t count = count_records(s->arena, fact, &text);
	if (s->selection->fact == NULL || count > 0 || fact_is_unknown(fact)) {
		s->selection->fact = fact;
		s->selection->selector = selector;
		s->selection->domain = domain;
	}
	if (fact_is_unknown(fact)) {
		s->selection->cause = BIMI_NO_ANSWER;
	} else if (count == 1) {
		judge_record(s, text);
	} else if (count > 1) {
		s->selection->cause = BIMI_SEVERAL_RECORDS;
	}
	return count > 0 || fact_is_unknown(fact);
}

/* BIMI draft, "Assertion record discovery": a selector of the message's falls back to the default
 * one of the organisation */
static void find_record(struct selecting *s)
{
	struct span author = s->evaluation->author;
	struct span organisation = s->evaluation->rfc9989.organisation;
	s->selection->cause = BIMI_NO_RECORD;
	if (try_name(s, s->selection->selector, author) || organisation.len == 0) {
		return;
	}
	if (!span_equal(organisation, author) ||
	    !span_equal(s->selection->selector, SPAN("default"))) {
		(void)try_name(s, SPAN("default"), organisation);
	}
}

const struct bimi_selection *bimi_select(struct arena *arena, struct inquiry *inquiry,
					 const struct mail *mail, const struct dkim_report *dkim,
					 const struct dmarc_evaluation *evaluation)
{
	struct bimi_selection *selection = arena_alloc(arena, sizeof(*selection));
	if (selection == NULL) {
		return NULL;
	}
	struct selecting s = {arena, inquiry, mail, dkim, evaluation, selection};
	*selection = (struct bimi_selection){.cause = BIMI_NO_PASS};
	if (evaluation == NULL || evaluation->rfc9989.result != DMARC_RESULT_PASS) {
		return selection;
	}
	choose_selector(&s);
	if (is_policy_enough(evaluation)) {
		find_record(&s);
	} else {
		selection->cause = BIMI_NOT_ENFORCED;
	}
	return arena_has_failed(arena) ? NULL : selection;
}

static const struct {
	const char *result;
	const char *name;
	const char *explain;
} causes[] = {
	[BIMI_FOUND] = {"skipped", "found",
			"there is a record; its logo and certificate were not fetched"},
	[BIMI_NO_PASS] = {"skipped", "no-pass", "the message did not pass DMARC"},
	[BIMI_NOT_ENFORCED] = {"skipped", "not-enforced",
			       "the DMARC policy is not enforced for all mail"},
	[BIMI_NO_RECORD] = {"none", "no-record", "there is no BIMI record"},
	[BIMI_SEVERAL_RECORDS] = {"fail", "several-records", "there are several BIMI records"},
	[BIMI_BROKEN_RECORD] = {"fail", "broken-record", "the BIMI record is broken"},
	[BIMI_DECLINED] = {"declined", "declined", "the domain says that it takes no part"},
	[BIMI_NO_ANSWER] = {"temperror", "no-answer", "the BIMI record could not be looked up"},
};

const char *bimi_result_name(enum bimi_cause cause)
{
	return causes[cause].result;
}

const char *bimi_cause_name(enum bimi_cause cause)
{
	return causes[cause].name;
}

const char *bimi_cause_explain(enum bimi_cause cause)
{
	return causes[cause].explain;
}

static const struct {
	const char *name;
	const char *explain;
} uses[] = {
	[BIMI_SELECTOR_ABSENT] = {"absent", NULL},
	[BIMI_SELECTOR_USED] = {"used", NULL},
	[BIMI_SELECTOR_SEVERAL] = {"several",
				   "there are several BIMI-Selector fields; none counts"},
	[BIMI_SELECTOR_INVALID] = {"invalid", "BIMI-Selector is not \"v=BIMI1; s=NAME\""},
	[BIMI_SELECTOR_UNSIGNED] = {"unsigned",
				    "no signature that counts for DMARC covers BIMI-Selector"},
};

const char *bimi_selector_use_name(enum bimi_selector_use use)
{
	return uses[use].name;
}

const char *bimi_selector_use_explain(enum bimi_selector_use use)
{
	return uses[use].explain;
}
