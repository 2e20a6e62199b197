/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes what was fetched, and the fields that senders read out of it. */
#include "present/policy_json.h"

static void write_fetch(const struct policy_fetch *fetch, struct json_writer *json)
{
	json_key_string(json, "outcome", span_of_string(policy_outcome_name(fetch->outcome)));
	json_key_number(json, "status", fetch->http_status);
	json_key_string(json, "address", fetch->address);
	json_key_string(json, "error", fetch->error);
	json_key_string(json, "certificate_error", fetch->certificate_error);
}

static void write_fields(const struct mta_sts_policy *policy, struct json_writer *json)
{
	json_key_string(json, "mode", span_of_string(mta_sts_mode_name(policy->mode)));
	json_key_number(json, "max_age", (int64_t)policy->max_age_s);
	json_key(json, "mx");
	json_array_begin(json);
	for (size_t i = 0; i < policy->mx_count; i++) {
		json_put_string(json, policy->mx[i].text);
	}
	json_array_end(json);
	json_key_bool(json, "usable", mta_sts_policy_is_usable(policy));
	json_key_bool(json, "strict", mta_sts_policy_is_strict(policy));
}

void policy_json(const struct mta_sts_view *view, struct json_writer *json)
{
	if (view->fetch == NULL) {
		json_put_null(json);
		return;
	}
	json_object_begin(json);
	write_fetch(view->fetch, json);
	if (view->policy != NULL) {
		write_fields(view->policy, json);
	}
	json_object_end(json);
}
