/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The verdict about a message in one sentence. */
#include "present/message_row_maker.h"

static struct span policy_words(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return SPAN("asks receivers to reject it");
	case DMARC_POLICY_QUARANTINE:
		return SPAN("asks receivers to treat it with suspicion");
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		break;
	}
	return SPAN("asks for nothing to be done about it");
}

struct span message_sentence(struct arena *arena, const struct message_check *check)
{
	struct span author = check->author_count > 0 ? check->authors[0].domain : SPAN("");
	const char *warning = check->is_blurred ? " Mail programs may show another author." : "";
	switch (check->result) {
	case DMARC_RESULT_PASS:
		return arena_printf(arena, "The message is authenticated as %.*s.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_FAIL:
		return arena_printf(
			arena, "The message is not authenticated as %.*s; the domain %.*s.%s",
			SPAN_ARG(author), SPAN_ARG(policy_words(check->disposition)), warning);
	case DMARC_RESULT_NONE:
		return arena_printf(arena, "%.*s has no DMARC policy: anybody can use its name.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_TEMPERROR:
		return arena_printf(arena,
				    "It could not be determined whether the message is from "
				    "%.*s: an answer is missing.%s",
				    SPAN_ARG(author), warning);
	case DMARC_RESULT_PERMERROR:
		break;
	}
	return arena_printf(arena, "The message cannot be trusted: %s.",
			    message_cause_explain(check->cause));
}

enum message_mark message_mark_of(const struct message_check *check)
{
	return check->is_blurred && check->result == DMARC_RESULT_PASS
		       ? MARK_WARN
		       : row_dmarc_mark(check->result);
}
