/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads profiles: strict, so that a baseline never silently asks for less than it says. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "assess/condition.h"
#include "assess/profile.h"
#include "guide/conf.h"

#define TABLE_BYTES ((size_t)64 << 20)
#define EMBEDDED_FOLDER "profiles/"

struct profile_table {
	struct arena *arena;
	struct vector profiles; /* of struct profile * */
};

struct loader {
	struct arena *arena;
	struct span path;
	struct failure *reterr;
};

/* A key whose value is kept as it stands. */
struct text_key {
	const char *name;
	size_t offset; /* of a struct span in the profile or requirement */
	bool is_required;
};

#define KEY(type, member, is_required)                                                             \
	{                                                                                          \
#member, offsetof(struct type, member), is_required                                \
	}

static const struct text_key profile_keys[] = {
	KEY(profile, title, true),     KEY(profile, edition, true),    KEY(profile, source, true),
	KEY(profile, retrieved, true), KEY(profile, effective, false), KEY(profile, note, false),
};

static const struct text_key requirement_keys[] = {
	KEY(requirement, level, true),	KEY(requirement, title, true),
	KEY(requirement, source, true), KEY(requirement, conflict, false),
	KEY(requirement, note, false),
};

#define KEY_COUNT(keys) (sizeof(keys) / sizeof((keys)[0]))

static int complain(const struct loader *loader, size_t line, const char *format, ...)
	PRINTF_LIKE(3, 4);

static int complain(const struct loader *loader, size_t line, const char *format, ...)
{
	char why[200];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	struct span path = arena_copy(loader->arena, loader->path);
	return failure_set(loader->reterr, FAILURE_INPUT, path.len > 0 ? path.ptr : "profile",
			   "line %zu: %s", line, why);
}

/* --- keys --- */

static const struct text_key *find_key(const struct text_key *keys, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(span_of_string(keys[i].name), name)) {
			return &keys[i];
		}
	}
	return NULL;
}

static struct span *key_slot(void *owner, const struct text_key *key)
{
	return (struct span *)(void *)((char *)owner + key->offset);
}

static int set_text(const struct loader *loader, void *owner, const struct text_key *key,
		    const struct conf_entry *entry)
{
	if (entry->value.len == 0) {
		return complain(loader, entry->line, "\"%s\" is empty", key->name);
	}
	*key_slot(owner, key) = entry->value;
	return 0;
}

static bool is_repeatable(struct span key)
{
	return span_equal(key, SPAN("applies")) || span_equal(key, SPAN("require"));
}

static int check_unrepeated(const struct loader *loader, const struct conf_section *section)
{
	for (size_t i = 0; i < section->entries.len; i++) {
		const struct conf_entry *entry = conf_entry_at(section, i);
		for (size_t j = 0; j < i && !is_repeatable(entry->key); j++) {
			if (span_equal(conf_entry_at(section, j)->key, entry->key)) {
				return complain(loader, entry->line, "\"%.*s\" is given twice",
						SPAN_ARG(entry->key));
			}
		}
	}
	return 0;
}

static int check_required(const struct loader *loader, const struct conf_section *section,
			  void *owner, const struct text_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (keys[i].is_required && key_slot(owner, &keys[i])->len == 0) {
			return complain(loader, section->line, "\"%s\" is missing", keys[i].name);
		}
	}
	return 0;
}

/* --- a profile's head --- */

static int read_status(const struct loader *loader, const struct conf_entry *entry,
		       struct profile *profile)
{
	profile->is_draft = span_equal(entry->value, SPAN("draft"));
	if (!profile->is_draft && !span_equal(entry->value, SPAN("final"))) {
		return complain(loader, entry->line, "status is final or draft");
	}
	return 0;
}

static int read_profile_entry(const struct loader *loader, const struct conf_entry *entry,
			      struct profile *profile)
{
	const struct text_key *key = find_key(profile_keys, KEY_COUNT(profile_keys), entry->key);
	if (span_equal(entry->key, SPAN("status"))) {
		return read_status(loader, entry, profile);
	}
	if (key == NULL) {
		return complain(loader, entry->line, "unknown key \"%.*s\"", SPAN_ARG(entry->key));
	}
	bool is_date = span_equal(entry->key, SPAN("retrieved")) ||
		       span_equal(entry->key, SPAN("effective"));
	int64_t seconds;
	if (is_date && !time_parse(entry->value, &seconds)) {
		return complain(loader, entry->line, "\"%.*s\" is not a date",
				SPAN_ARG(entry->value));
	}
	return set_text(loader, profile, key, entry);
}

static int read_profile(const struct loader *loader, const struct conf_section *section,
			struct profile *profile)
{
	if (!span_equal(section->kind, SPAN("profile")) || section->name.len == 0) {
		return complain(loader, section->line, "the first section is [profile NAME]");
	}
	profile->name = section->name;
	int r = check_unrepeated(loader, section);
	for (size_t i = 0; r == 0 && i < section->entries.len; i++) {
		r = read_profile_entry(loader, conf_entry_at(section, i), profile);
	}
	if (r == 0 && conf_get(section, SPAN("status")).len == 0) {
		r = complain(loader, section->line, "\"status\" is missing");
	}
	return r < 0 ? r
		     : check_required(loader, section, profile, profile_keys,
				      KEY_COUNT(profile_keys));
}

/* --- requirements --- */

struct requirement_reader {
	const struct loader *loader;
	struct requirement *requirement;
	struct vector applies; /* of struct condition */
	struct vector requires;
	bool has_control;
};

static int read_condition(struct requirement_reader *reader, const struct conf_entry *entry,
			  struct vector *conditions)
{
	struct condition parsed;
	struct span why;
	if (!condition_parse(reader->loader->arena, entry->value, &parsed, &why)) {
		return complain(reader->loader, entry->line, "%.*s", SPAN_ARG(why));
	}
	struct condition *condition = VECTOR_PUSH(conditions, reader->loader->arena,
						  struct condition, (size_t)PROFILE_MAX_CONDITIONS);
	if (condition == NULL) {
		return complain(reader->loader, entry->line, "too many conditions");
	}
	*condition = parsed;
	return 0;
}

static int read_from(const struct loader *loader, const struct conf_entry *entry,
		     struct requirement *requirement)
{
	requirement->from = entry->value;
	return time_parse(entry->value, &requirement->from_time)
		       ? 0
		       : complain(loader, entry->line, "\"%.*s\" is not a date",
				  SPAN_ARG(entry->value));
}

static int read_requirement_entry(struct requirement_reader *reader, const struct conf_entry *entry)
{
	const struct loader *loader = reader->loader;
	if (span_equal(entry->key, SPAN("applies"))) {
		return read_condition(reader, entry, &reader->applies);
	}
	if (span_equal(entry->key, SPAN("require"))) {
		return read_condition(reader, entry, &reader->requires);
	}
	if (span_equal(entry->key, SPAN("from"))) {
		return read_from(loader, entry, reader->requirement);
	}
	if (span_equal(entry->key, SPAN("control"))) {
		reader->has_control = control_parse(entry->value, &reader->requirement->control);
		return reader->has_control
			       ? 0
			       : complain(loader, entry->line, "there is no control \"%.*s\"",
					  SPAN_ARG(entry->value));
	}
	if (span_equal(entry->key, SPAN("attest"))) {
		reader->requirement->is_attest = span_equal(entry->value, SPAN("yes"));
		return reader->requirement->is_attest
			       ? 0
			       : complain(loader, entry->line, "attest is yes, or left out");
	}
	const struct text_key *key =
		find_key(requirement_keys, KEY_COUNT(requirement_keys), entry->key);
	if (key == NULL) {
		return complain(loader, entry->line, "unknown key \"%.*s\"", SPAN_ARG(entry->key));
	}
	return set_text(loader, reader->requirement, key, entry);
}

static int finish_requirement(struct requirement_reader *reader, const struct conf_section *section)
{
	struct requirement *requirement = reader->requirement;
	requirement->applies = reader->applies.items;
	requirement->applies_count = reader->applies.len;
	requirement->requires = reader->requires.items;
	requirement->requires_count = reader->requires.len;
	if (!reader->has_control) {
		return complain(reader->loader, section->line, "\"control\" is missing");
	}
	if (requirement->is_attest == (requirement->requires_count > 0)) {
		return complain(reader->loader, section->line,
				"a requirement has either \"require\" or \"attest = yes\"");
	}
	return check_required(reader->loader, section, requirement, requirement_keys,
			      KEY_COUNT(requirement_keys));
}

static int read_requirement(const struct loader *loader, const struct conf_section *section,
			    struct requirement *requirement)
{
	if (!span_equal(section->kind, SPAN("requirement")) || section->name.len == 0) {
		return complain(loader, section->line, "expected [requirement ID]");
	}
	requirement->id = section->name;
	struct requirement_reader reader = {.loader = loader, .requirement = requirement};
	int r = check_unrepeated(loader, section);
	for (size_t i = 0; r == 0 && i < section->entries.len; i++) {
		r = read_requirement_entry(&reader, conf_entry_at(section, i));
	}
	return r < 0 ? r : finish_requirement(&reader, section);
}

static bool has_requirement(const struct vector *requirements, struct span id)
{
	for (size_t i = 0; i < requirements->len; i++) {
		if (span_equal(VECTOR_AT(requirements, struct requirement, i)->id, id)) {
			return true;
		}
	}
	return false;
}

static int read_requirements(const struct loader *loader, const struct conf *conf,
			     struct vector *requirements)
{
	int r = 0;
	for (size_t i = 1; r == 0 && i < conf->sections.len; i++) {
		const struct conf_section *section = conf_at(conf, i);
		if (has_requirement(requirements, section->name)) {
			return complain(loader, section->line, "\"%.*s\" is there already",
					SPAN_ARG(section->name));
		}
		struct requirement *requirement =
			VECTOR_PUSH(requirements, loader->arena, struct requirement,
				    (size_t)PROFILE_MAX_REQUIREMENTS);
		if (requirement == NULL) {
			return complain(loader, section->line, "too many requirements");
		}
		r = read_requirement(loader, section, requirement);
	}
	return r;
}

/* --- the table --- */

static int read_conf(const struct loader *loader, const struct conf *conf, struct profile *profile)
{
	if (conf->sections.len < 2) {
		return complain(loader, 1, "a profile and at least one requirement are needed");
	}
	int r = read_profile(loader, conf_at(conf, 0), profile);
	struct vector requirements = {0};
	if (r == 0) {
		r = read_requirements(loader, conf, &requirements);
	}
	profile->requirements = requirements.items;
	profile->requirement_count = requirements.len;
	return r;
}

int profile_table_add_text(struct profile_table *table, struct span path, struct span text,
			   struct failure *reterr)
{
	const struct loader loader = {table->arena, path, reterr};
	struct conf conf;
	int r = conf_parse(table->arena, path, text, &conf, reterr);
	if (r < 0) {
		return r;
	}
	struct profile *profile = arena_alloc(table->arena, sizeof(*profile));
	if (profile == NULL) {
		return failure_set_memory(reterr, "read a profile");
	}
	r = read_conf(&loader, &conf, profile);
	if (r < 0) {
		return r;
	}
	if (profile_find(table, profile->name) != NULL) {
		return complain(&loader, conf_at(&conf, 0)->line,
				"there is a profile of that name already");
	}
	struct profile **slot =
		VECTOR_PUSH(&table->profiles, table->arena, struct profile *, (size_t)PROFILE_MAX);
	if (arena_has_failed(table->arena)) {
		return failure_set_memory(reterr, "read a profile");
	}
	if (slot == NULL) {
		return complain(&loader, 1, "too many profiles");
	}
	*slot = profile;
	return 0;
}

/* The whole file into the table's arena. */
static int read_file(struct profile_table *table, const char *path, struct span *ret_text,
		     struct failure *reterr)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	char *text = arena_alloc(table->arena, PROFILE_MAX_FILE_BYTES + 1);
	size_t len = text != NULL ? fread(text, 1, PROFILE_MAX_FILE_BYTES + 1, file) : 0;
	bool is_read_error = ferror(file) != 0;
	fclose(file);
	if (text == NULL) {
		return failure_set_memory(reterr, "read a profile");
	}
	if (is_read_error || len > PROFILE_MAX_FILE_BYTES) {
		return failure_set(reterr, FAILURE_INPUT, path, "%s",
				   is_read_error ? "cannot be read" : "is too large");
	}
	*ret_text = span_of(text, len);
	return 0;
}

int profile_table_add_file(struct profile_table *table, const char *path, struct failure *reterr)
{
	struct span text;
	int r = read_file(table, path, &text, reterr);
	if (r < 0) {
		return r;
	}
	struct span name = arena_copy(table->arena, span_of_string(path));
	return profile_table_add_text(table, name, text, reterr);
}

static int load_embedded(struct profile_table *table, struct failure *reterr)
{
	for (size_t i = 0; i < conf_embedded_count(); i++) {
		struct span path = conf_embedded_path(i);
		struct span text;
		if (!span_starts_with(path, SPAN(EMBEDDED_FOLDER)) || !conf_embedded(path, &text)) {
			continue;
		}
		int r = profile_table_add_text(table, path, text, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int profile_table_load(struct profile_table **ret_table, struct failure *reterr)
{
	struct profile_table *table = calloc(1, sizeof(*table));
	struct arena *arena = arena_new(TABLE_BYTES);
	if (table == NULL || arena == NULL) {
		free(table);
		arena_free(arena);
		return failure_set_memory(reterr, "read profiles");
	}
	table->arena = arena;
	int r = load_embedded(table, reterr);
	if (arena_has_failed(arena)) {
		r = failure_set_memory(reterr, "read profiles");
	}
	if (r < 0) {
		profile_table_free(table);
		return r;
	}
	*ret_table = table;
	return 0;
}

void profile_table_free(struct profile_table *table)
{
	if (table != NULL) {
		arena_free(table->arena);
		free(table);
	}
}

size_t profile_count(const struct profile_table *table)
{
	return table->profiles.len;
}

const struct profile *profile_at(const struct profile_table *table, size_t i)
{
	return *VECTOR_AT(&table->profiles, struct profile *, i);
}

const struct profile *profile_find(const struct profile_table *table, struct span name)
{
	for (size_t i = 0; i < profile_count(table); i++) {
		if (span_equal(profile_at(table, i)->name, name)) {
			return profile_at(table, i);
		}
	}
	return NULL;
}
