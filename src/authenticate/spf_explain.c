/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The explanation a domain offers for a fail (RFC 7208 6.2). */
#include "authenticate/spf_evaluation.h"
#include "records/rr.h"
#include "records/txt.h"

static const struct spf_term *find_exp(const struct spf_record *record)
{
	for (size_t i = 0; i < record->term_count; i++) {
		if (record->terms[i].kind == SPF_TERM_EXP) {
			return &record->terms[i];
		}
	}
	return NULL;
}

/* RFC 7208 6.2: one TXT record, its strings joined; anything else is as if there were no exp. */
static struct span read_text(struct spf_evaluation *e, const struct fact *fact)
{
	struct txt txt;
	if (!fact_is_present(fact) || fact->dns->record_count != 1 ||
	    !txt_parse(e->arena, fact->dns->records[0].rdata, &txt)) {
		return span_of(NULL, 0);
	}
	return txt.text;
}

void spf_explain(struct spf_evaluation *e)
{
	const struct spf_term *exp = find_exp(spf_top(e)->record);
	struct span text;
	struct span name;
	size_t bad;
	if (exp == NULL || !spf_expand_target(e, exp->domain_spec, &text, &name)) {
		return;
	}
	struct span spec = read_text(e, spf_ask(e, name, RR_TXT));
	if (spec.len == 0 || !spf_macro_is_valid(spec, true /* is_exp */, &bad)) {
		return;
	}
	if (spf_macro_needs_validated(spec) && !spf_read_names(e)) {
		return;
	}
	struct spf_expansion expansion;
	e->values.domain = spf_top(e)->domain_text;
	spf_macro_expand(spec, &e->values, &expansion);
	/* RFC 7208 6.2: US-ASCII only; a sender's odd octets must not reach a person's screen */
	if (text_is_printable(spf_expansion_span(&expansion))) {
		e->check->explanation = arena_copy(e->arena, spf_expansion_span(&expansion));
	}
}
