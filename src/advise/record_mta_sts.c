/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes MTA-STS records and policies. */
#include "advise/record.h"
#include "records/mta_sts.h"
#include "records/name.h"

static const char what[] = "make the MTA-STS policy";

/* RFC 8461 3.2: fields in the order people expect, lines end in CRLF. */
static struct span write_policy(struct arena *arena, const struct record_mta_sts_wish *wish)
{
	struct buffer text = buffer_new_for(arena, MTA_STS_POLICY_MAX_BYTES);
	buffer_printf(&text, "version: STSv1\r\nmode: %s\r\n", mta_sts_mode_name(wish->mode));
	for (size_t i = 0; i < wish->mx_count; i++) {
		buffer_printf(&text, "mx: %.*s\r\n", SPAN_ARG(wish->mx[i]));
	}
	buffer_printf(&text, "max_age: %llu\r\n", (unsigned long long)wish->max_age_s);
	struct span copy = text.is_failed ? SPAN("") : arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

static int check_policy(struct arena *arena, const struct record_mta_sts_wish *wish,
			struct span text, struct failure *reterr)
{
	const struct mta_sts_policy *policy = mta_sts_policy_parse(arena, text);
	if (policy == NULL || arena_has_failed(arena)) {
		return failure_set_memory(reterr, what);
	}
	if (wish->mx_count == 0 && wish->mode != MTA_STS_MODE_NONE) {
		return failure_set(reterr, FAILURE_INPUT, what, "it must name the mail hosts");
	}
	if (problem_count(&policy->problems) > 0) {
		const struct problem *problem = problem_at(&policy->problems, 0);
		return failure_set(reterr, FAILURE_INPUT, what, "%.*s; expected %.*s",
				   SPAN_ARG(problem->what), SPAN_ARG(problem->expected));
	}
	return mta_sts_policy_is_strict(policy)
		       ? 0
		       : failure_set(reterr, FAILURE_INPUT, what, "the policy would be invalid");
}

/* RFC 8461 3.1: letters and digits; the time is both new and readable: 20261123144500. */
static struct span make_id(struct arena *arena, int64_t now)
{
	struct time_text time = time_format(now);
	char id[TIME_TEXT_SIZE];
	size_t len = 0;
	for (size_t i = 0; time.text[i] != '\0'; i++) {
		if (text_is_digit(time.text[i])) {
			id[len++] = time.text[i];
		}
	}
	return arena_copy(arena, span_of(id, len));
}

int record_mta_sts_make(struct arena *arena, const struct record_mta_sts_wish *wish,
			struct record_change *ret_change, struct span *ret_policy,
			struct failure *reterr)
{
	struct span policy = write_policy(arena, wish);
	int r = check_policy(arena, wish, policy, reterr);
	if (r < 0) {
		return r;
	}
	struct span id = make_id(arena, wish->now);
	struct span name = name_join(arena, SPAN("_mta-sts"), wish->domain);
	struct span value = arena_printf(arena, "v=STSv1; id=%.*s", SPAN_ARG(id));
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, what);
	}
	if (name.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, what, "the name would be too long");
	}
	*ret_change = (struct record_change){.name = name, .type = RR_TXT, .value = value};
	*ret_policy = policy;
	return 0;
}
