/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes SPF records. */
#include "advise/record.h"

static int check(const struct spf_record *record, struct failure *reterr)
{
	for (size_t i = 0; i < problem_count(&record->problems); i++) {
		const struct problem *problem = problem_at(&record->problems, i);
		return failure_set(reterr, FAILURE_INPUT, "make the SPF record",
				   "%.*s; expected %.*s", SPAN_ARG(problem->what),
				   SPAN_ARG(problem->expected));
	}
	return 0;
}

/* A term of the wish must be one term, and not the "all" that is added here. */
static int check_term(struct span term, struct failure *reterr)
{
	for (size_t i = 0; i < term.len; i++) {
		if (text_is_space(term.ptr[i])) {
			return failure_set(reterr, FAILURE_INPUT, "make the SPF record",
					   "\"%.*s\" is not one term", SPAN_ARG(term));
		}
	}
	return 0;
}

int record_spf_make(struct arena *arena, const struct record_spf_wish *wish,
		    struct record_change *ret_change, struct failure *reterr)
{
	struct span text = SPAN("v=spf1");
	for (size_t i = 0; i < wish->term_count; i++) {
		int r = check_term(wish->terms[i], reterr);
		if (r < 0) {
			return r;
		}
		text = arena_printf(arena, "%.*s %.*s", SPAN_ARG(text), SPAN_ARG(wish->terms[i]));
	}
	text = arena_printf(arena, "%.*s %call", SPAN_ARG(text), "+-~?"[wish->all]);
	const struct spf_record *record = spf_record_parse(arena, text);
	if (record == NULL || arena_has_failed(arena)) {
		return failure_set_memory(reterr, "make the SPF record");
	}
	int r = check(record, reterr);
	if (r == 0) {
		*ret_change =
			(struct record_change){.name = wish->domain, .type = RR_TXT, .value = text};
	}
	return r;
}
