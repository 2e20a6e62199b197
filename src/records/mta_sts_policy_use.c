/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Questions to an MTA-STS policy, and writing one. */
#include <inttypes.h>

#include "records/mta_sts_policy.h"
#include "records/name.h"

static bool has_valid_mx(const struct mta_sts_policy *policy)
{
	for (size_t i = 0; i < policy->mx_count; i++) {
		if (policy->mx[i].is_valid) {
			return true;
		}
	}
	return false;
}

bool mta_sts_policy_is_usable(const struct mta_sts_policy *policy)
{
	if (!policy->has_version || !policy->has_max_age) {
		return false;
	}
	switch (policy->mode) {
	case MTA_STS_MODE_NONE:
		return true;
	case MTA_STS_MODE_TESTING:
	case MTA_STS_MODE_ENFORCE:
		return has_valid_mx(policy);
	case MTA_STS_MODE_ABSENT:
	case MTA_STS_MODE_INVALID:
		break;
	}
	return false;
}

bool mta_sts_policy_is_strict(const struct mta_sts_policy *policy)
{
	return mta_sts_policy_is_usable(policy) && policy->problems.error_count == 0;
}

bool mta_sts_policy_allows_mx(const struct mta_sts_policy *policy, struct span host)
{
	for (size_t i = 0; i < policy->mx_count; i++) {
		const struct mta_sts_mx *mx = &policy->mx[i];
		/* RFC 6125 6.4.3, by way of RFC 8461 4.1: one label, the leftmost */
		struct span compared = mx->is_wildcard ? name_parent(host) : host;
		if (mx->is_valid && span_equal(compared, mx->name)) {
			return true;
		}
	}
	return false;
}

const char *mta_sts_mode_name(enum mta_sts_mode mode)
{
	static const char *const names[] = {
		[MTA_STS_MODE_ABSENT] = "absent",   [MTA_STS_MODE_NONE] = "none",
		[MTA_STS_MODE_TESTING] = "testing", [MTA_STS_MODE_ENFORCE] = "enforce",
		[MTA_STS_MODE_INVALID] = "invalid",
	};
	return names[mode];
}

static void write_field(const char *name, struct span value, struct buffer *text)
{
	buffer_printf(text, "%s: ", name);
	buffer_append(text, value);
	buffer_puts(text, "\r\n");
}

void mta_sts_policy_write(const struct mta_sts_policy *policy, struct buffer *text)
{
	if (policy->has_version) {
		write_field("version", SPAN("STSv1"), text);
	}
	if (policy->mode == MTA_STS_MODE_INVALID) {
		write_field("mode", policy->mode_text, text);
	} else if (policy->mode != MTA_STS_MODE_ABSENT) {
		write_field("mode", span_of_string(mta_sts_mode_name(policy->mode)), text);
	}
	for (size_t i = 0; i < policy->mx_count; i++) {
		write_field("mx", policy->mx[i].text, text);
	}
	if (policy->has_max_age) {
		buffer_printf(text, "max_age: %" PRIu64 "\r\n", policy->max_age_s);
	}
}
