/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MTA-STS policies; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/mta_sts_policy.h"
#include "records/name.h"

static void check_mx(struct arena *arena, const struct mta_sts_policy *policy)
{
	for (size_t i = 0; i < policy->mx_count; i++) {
		const struct mta_sts_mx *mx = &policy->mx[i];
		FUZZ_CHECK(mx->is_valid == (mx->name.len > 0));
		FUZZ_CHECK(
			span_equal(mx->text, span_slice(policy->text, mx->offset, mx->text.len)));
		if (!mx->is_valid) {
			continue;
		}
		struct span host =
			mx->is_wildcard ? name_join(arena, SPAN("a"), mx->name) : mx->name;
		FUZZ_CHECK(host.len == 0 || mta_sts_policy_allows_mx(policy, host));
	}
}

static void check_same(const struct mta_sts_policy *a, const struct mta_sts_policy *b)
{
	FUZZ_CHECK(a->has_version == b->has_version && a->mode == b->mode);
	FUZZ_CHECK(span_equal(a->mode_text, b->mode_text) || a->mode != MTA_STS_MODE_INVALID);
	FUZZ_CHECK(a->has_max_age == b->has_max_age && a->max_age_s == b->max_age_s);
	FUZZ_CHECK(a->mx_count == b->mx_count);
	for (size_t i = 0; i < a->mx_count; i++) {
		FUZZ_CHECK(span_equal(a->mx[i].text, b->mx[i].text));
		FUZZ_CHECK(span_equal(a->mx[i].name, b->mx[i].name));
	}
	FUZZ_CHECK(mta_sts_policy_is_usable(a) == mta_sts_policy_is_usable(b));
	FUZZ_CHECK(!mta_sts_policy_is_strict(a) || mta_sts_policy_is_strict(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct mta_sts_policy *policy = mta_sts_policy_parse(arena, text);
	FUZZ_CHECK(policy != NULL);
	fuzz_check_problems(&policy->problems, text);
	FUZZ_CHECK(policy->max_age_s <= MTA_STS_POLICY_MAX_AGE_S);
	check_mx(arena, policy);
	mta_sts_policy_write(policy, &written);
	struct mta_sts_policy *again = mta_sts_policy_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL);
	if (written.len <= MTA_STS_POLICY_MAX_BYTES) {
		check_same(policy, again);
	}
	buffer_free(&written);
	arena_free(arena);
	return 0;
}
