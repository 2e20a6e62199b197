/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes DMARC records. */
#include "advise/record.h"
#include "advise/record_address.h"
#include "advise/tag_draft.h"
#include "records/name.h"

static void set_policy(struct tag_draft *draft, struct span tag, enum dmarc_policy policy)
{
	if (policy != DMARC_POLICY_ABSENT) {
		tag_draft_set(draft, tag, span_of_string(dmarc_policy_name(policy)));
	}
}

static int set_addresses(struct tag_draft *draft, struct span tag, const struct span *addresses,
			 size_t count, struct failure *reterr)
{
	struct span value;
	int r = record_address_list(draft->arena, addresses, count, /* is_https_ok: */ false,
				    &value, reterr);
	if (r == 0 && count > 0) {
		tag_draft_set(draft, tag, value);
	}
	return r;
}

static int check(struct arena *arena, struct span text, struct failure *reterr)
{
	const struct dmarc_record *record = dmarc_record_parse(arena, text);
	if (record == NULL || arena_has_failed(arena)) {
		return failure_set_memory(reterr, "make the DMARC record");
	}
	if (record->problems.error_count > 0 && !record_value_is_template(text)) {
		const struct problem *problem = problem_at(&record->problems, 0);
		return failure_set(reterr, FAILURE_INPUT, "make the DMARC record", "%.*s",
				   SPAN_ARG(problem->what));
	}
	return 0;
}

int record_dmarc_make(struct arena *arena, const struct record_dmarc_wish *wish,
		      struct record_change *ret_change, struct failure *reterr)
{
	struct tag_draft draft = tag_draft_new(arena);
	tag_draft_set(&draft, SPAN("v"), SPAN("DMARC1"));
	set_policy(&draft, SPAN("p"), wish->policy);
	set_policy(&draft, SPAN("sp"), wish->subdomain_policy);
	set_policy(&draft, SPAN("np"), wish->nonexistent_policy);
	if (wish->is_strict) {
		tag_draft_set(&draft, SPAN("adkim"), SPAN("s"));
		tag_draft_set(&draft, SPAN("aspf"), SPAN("s"));
	}
	int r = set_addresses(&draft, SPAN("rua"), wish->rua, wish->rua_count, reterr);
	if (r == 0) {
		r = set_addresses(&draft, SPAN("ruf"), wish->ruf, wish->ruf_count, reterr);
	}
	struct span name = name_join(arena, SPAN("_dmarc"), wish->domain);
	if (r == 0 && name.len == 0 && !arena_has_failed(arena)) {
		r = failure_set(reterr, FAILURE_INPUT, "make the DMARC record",
				"the name would be too long");
	}
	if (r < 0) {
		return r;
	}
	struct span value = tag_draft_write(&draft);
	r = check(arena, value, reterr);
	if (r == 0) {
		*ret_change = (struct record_change){
			.name = name,
			.type = RR_TXT,
			.value = value,
			.is_template = record_value_is_template(value),
		};
	}
	return r;
}
