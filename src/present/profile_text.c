/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Baselines for people and programs. */
#include "present/profile_text.h"

static void write_one(const struct profile *profile, struct buffer *text)
{
	buffer_printf(text, "%.*s%s\n%.*s\nedition %.*s, source: %.*s, read %.*s\n",
		      SPAN_ARG(profile->name), profile->is_draft ? " (draft)" : "",
		      SPAN_ARG(profile->title), SPAN_ARG(profile->edition),
		      SPAN_ARG(profile->source), SPAN_ARG(profile->retrieved));
	if (profile->note.len > 0) {
		buffer_printf(text, "%.*s\n", SPAN_ARG(profile->note));
	}
	for (size_t i = 0; i < profile->requirement_count; i++) {
		const struct requirement *r = &profile->requirements[i];
		buffer_printf(text, "\n%.*s  %.*s  %s%s\n  %.*s\n  source: %.*s\n", SPAN_ARG(r->id),
			      SPAN_ARG(r->level), control_title(r->control),
			      r->is_attest ? "  (to be attested)" : "", SPAN_ARG(r->title),
			      SPAN_ARG(r->source));
		if (r->from.len > 0) {
			buffer_printf(text, "  asked from %.*s on\n", SPAN_ARG(r->from));
		}
		if (r->conflict.len > 0) {
			buffer_printf(text, "  others say: %.*s\n", SPAN_ARG(r->conflict));
		}
	}
}

void present_profiles_text(const struct profile_table *table, const struct profile *one,
			   struct buffer *text)
{
	if (one != NULL) {
		write_one(one, text);
		return;
	}
	for (size_t i = 0; i < profile_count(table); i++) {
		const struct profile *profile = profile_at(table, i);
		buffer_printf(text, "%-25.*s %3zu requirements  %.*s%s\n", SPAN_ARG(profile->name),
			      profile->requirement_count, SPAN_ARG(profile->title),
			      profile->is_draft ? " (draft)" : "");
	}
}

static void write_json_requirement(struct json_writer *json, const struct requirement *r)
{
	json_object_begin(json);
	json_key_string(json, "id", r->id);
	json_key_string(json, "control", span_of_string(control_name(r->control)));
	json_key_string(json, "level", r->level);
	json_key_string(json, "title", r->title);
	json_key_string(json, "source", r->source);
	json_key_string(json, "conflict", r->conflict);
	json_key_bool(json, "attest", r->is_attest);
	if (r->from.len > 0) {
		json_key_string(json, "from", r->from);
	}
	json_object_end(json);
}

static void write_json_one(struct json_writer *json, const struct profile *profile)
{
	json_object_begin(json);
	json_key_string(json, "name", profile->name);
	json_key_string(json, "title", profile->title);
	json_key_string(json, "edition", profile->edition);
	json_key_string(json, "source", profile->source);
	json_key_string(json, "retrieved", profile->retrieved);
	json_key_string(json, "effective", profile->effective);
	json_key_bool(json, "draft", profile->is_draft);
	json_key_string(json, "note", profile->note);
	json_key(json, "requirements");
	json_array_begin(json);
	for (size_t i = 0; i < profile->requirement_count; i++) {
		write_json_requirement(json, &profile->requirements[i]);
	}
	json_array_end(json);
	json_object_end(json);
}

void present_profiles_json(const struct profile_table *table, const struct profile *one,
			   struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-profiles-1"));
	json_key(&json, "profiles");
	json_array_begin(&json);
	for (size_t i = 0; i < profile_count(table); i++) {
		if (one == NULL || one == profile_at(table, i)) {
			write_json_one(&json, profile_at(table, i));
		}
	}
	json_array_end(&json);
	json_object_end(&json);
	buffer_putc(text, '\n');
}
