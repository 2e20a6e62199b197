/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Data files: sections of "key = value" lines. */
#include "fuzz.h"

#include "guide/conf.h"

static void check_section(const struct conf_section *section)
{
	FUZZ_CHECK(section->line > 0 && section->kind.len > 0);
	FUZZ_CHECK(section->entries.len <= CONF_MAX_ENTRIES);
	for (size_t i = 0; i < section->entries.len; i++) {
		const struct conf_entry *entry = conf_entry_at(section, i);
		FUZZ_CHECK(entry->line > section->line && entry->key.len > 0);
		FUZZ_CHECK(text_is_utf8(entry->value));
		FUZZ_CHECK(span_find(entry->value, '\n', 0) == entry->value.len);
	}
	if (section->entries.len > 0) {
		const struct conf_entry *first = conf_entry_at(section, 0);
		FUZZ_CHECK(span_equal(conf_get(section, first->key), first->value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct conf conf;
	struct failure failure = {0};
	if (conf_parse(arena, SPAN("fuzz.conf"), span_of(data, size), &conf, &failure) < 0) {
		FUZZ_CHECK(failure.code != FAILURE_NONE && failure.detail[0] != '\0');
	} else {
		FUZZ_CHECK(conf.sections.len <= CONF_MAX_SECTIONS);
		for (size_t i = 0; i < conf.sections.len; i++) {
			check_section(conf_at(&conf, i));
		}
	}
	arena_free(arena);
	return 0;
}
