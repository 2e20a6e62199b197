/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sector as JSON. */
#include "base/json.h"
#include "present/sector.h"

static void put_answers(struct json_writer *json, const char *key, const uint64_t *counts)
{
	json_key(json, key);
	json_object_begin(json);
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		json_key_number(json, answer_name((enum answer)i), (int64_t)counts[i]);
	}
	json_object_end(json);
}

static void put_controls(struct json_writer *json, const struct sector_counts *counts)
{
	json_key(json, "controls");
	json_object_begin(json);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		json_key(json, control_name((enum control)i));
		json_object_begin(json);
		for (size_t k = 0; k <= CONTROL_UNKNOWN; k++) {
			json_key_number(json, control_status_name((enum control_status)k),
					(int64_t)counts->controls[i][k]);
		}
		json_key_number(json, "not-needed", (int64_t)counts->not_needed[i]);
		json_object_end(json);
	}
	json_object_end(json);
}

static void put_counts(struct json_writer *json, const struct sector_counts *counts)
{
	json_key_number(json, "domains", (int64_t)counts->domains);
	json_key_number(json, "nonexistent", (int64_t)counts->nonexistent);
	json_key_number(json, "carried", (int64_t)counts->carried);
	put_answers(json, "spoofable", counts->spoofable);
	put_answers(json, "interceptable", counts->interceptable);
	json_key(json, "dmarc");
	json_object_begin(json);
	for (size_t i = 0; i < SECTOR_POLICY_COUNT; i++) {
		json_key_number(json, sector_policy_name((enum sector_policy)i),
				(int64_t)counts->policies[i]);
	}
	json_object_end(json);
	put_controls(json, counts);
}

static void put_items(struct json_writer *json, const char *key, const struct vector *items)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < items->len; i++) {
		const struct sector_item *item = VECTOR_AT(items, const struct sector_item, i);
		json_object_begin(json);
		json_key_string(json, "name", item->name);
		json_key_string(json, "about", item->about);
		if (item->finding.len > 0) {
			json_key_string(json, "finding", item->finding);
			json_key_string(json, "subject", item->subject);
			json_key_string(json, "severity",
					span_of_string(severity_name(item->severity)));
			json_key_string(json, "control",
					span_of_string(control_name(item->control)));
		}
		if (item->number != 0) {
			json_key_number(json, "bits", item->number);
		}
		json_key_number(json, "domain_count", (int64_t)item->domain_count);
		json_key_strings(json, "domains", item->domains.items, item->domains.len);
		json_key_strings(json, "owners", item->owners.items, item->owners.len);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_groups(struct json_writer *json, const struct sector *sector)
{
	json_key(json, "groups");
	json_array_begin(json);
	for (size_t i = 0; i < sector->groups.len; i++) {
		const struct sector_group *group =
			VECTOR_AT(&sector->groups, const struct sector_group, i);
		json_object_begin(json);
		json_key_string(json, "group", group->name);
		put_counts(json, &group->counts);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_days(struct json_writer *json, const struct sector *sector)
{
	json_key(json, "days");
	json_array_begin(json);
	for (size_t i = 0; i < sector->days.len; i++) {
		const struct sector_day *day = VECTOR_AT(&sector->days, const struct sector_day, i);
		char text[TIME_TEXT_SIZE];
		memcpy(text, time_format(day->day * STORE_DAY_SECONDS).text, TIME_TEXT_SIZE);
		json_object_begin(json);
		json_key_string(json, "day", span_of(text, 10));
		json_key_number(json, "domains", (int64_t)day->domains);
		json_key_number(json, "reject", (int64_t)day->reject);
		json_key_number(json, "spoofable", (int64_t)day->spoofable);
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_exceptions(struct json_writer *json, const struct sector *sector)
{
	json_key(json, "exceptions");
	json_array_begin(json);
	for (size_t i = 0; i < sector->exceptions.len; i++) {
		const struct sector_exception *exception =
			VECTOR_AT(&sector->exceptions, const struct sector_exception, i);
		json_object_begin(json);
		json_key_string(json, "domain", exception->domain);
		json_key_string(json, "finding", exception->finding);
		json_key_string(json, "owner", exception->owner);
		json_key_string(json, "reason", exception->reason);
		json_key_string(json, "expires",
				span_of_string(time_format(exception->expires_at).text));
		json_key_bool(json, "expired", exception->is_expired);
		json_key_number(json, "used", (int64_t)exception->used);
		json_object_end(json);
	}
	json_array_end(json);
}

void present_json_sector(const struct sector *sector, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-report-1"));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	json_key_string(&json, "at", span_of_string(time_format(sector->at).text));
	json_key_bool(&json, "complete", !sector->is_cut);
	put_counts(&json, &sector->all);
	put_groups(&json, sector);
	put_items(&json, "findings", &sector->findings);
	put_items(&json, "shared", &sector->shared);
	put_items(&json, "senders", &sector->senders);
	put_items(&json, "weak_keys", &sector->weak_keys);
	put_items(&json, "reused_keys", &sector->reused_keys);
	put_days(&json, sector);
	put_exceptions(&json, sector);
	json_object_end(&json);
	buffer_putc(text, '\n');
}
