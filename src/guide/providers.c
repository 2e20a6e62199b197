/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Loads providers/ and answers whose a name is. */
#include "guide/providers.h"

#include <stdlib.h>

#include "guide/conf.h"
#include "guide/guidance_tables.h"

#define TABLE_BYTES ((size_t)16 << 20)
#define NAMES_MAX 20000

struct provider_table {
	struct arena *arena;
	struct vector providers; /* of struct provider */
	struct vector retired;	 /* of struct retired_destination */
	struct vector selectors; /* of struct span */
	struct map by_spf;
	struct map by_mx;
	struct map by_dkim_cname;
	struct map by_dkim_domain;
	struct map by_envelope;
	struct map by_ptr;
	struct map by_report_from;
	struct map by_retired;
};

/* All values of a key, in the arena. */
static const struct span *list_of(struct arena *arena, const struct conf_section *section,
				  const char *key, size_t *ret_count)
{
	struct vector list = {0};
	for (size_t i = 0; i < section->entries.len; i++) {
		const struct conf_entry *entry = conf_entry_at(section, i);
		if (span_equal(entry->key, span_of_string(key))) {
			struct span *item =
				VECTOR_PUSH(&list, arena, struct span, CONF_MAX_ENTRIES);
			if (item != NULL) {
				*item = entry->value;
			}
		}
	}
	*ret_count = list.len;
	return list.items;
}

static void add_provider(struct provider_table *table, const struct conf_section *section)
{
	struct provider *p =
		VECTOR_PUSH(&table->providers, table->arena, struct provider, PROVIDER_MAX);
	if (p == NULL) {
		return;
	}
	struct arena *arena = table->arena;
	p->id = section->name;
	p->name = conf_get(section, SPAN("name"));
	p->kind = conf_get(section, SPAN("kind"));
	p->is_shared = span_equal(conf_get(section, SPAN("shared")), SPAN("yes"));
	p->spf_fix = conf_get(section, SPAN("spf-fix"));
	p->dkim_fix = conf_get(section, SPAN("dkim-fix"));
	p->note = conf_get(section, SPAN("note"));
	p->spf = list_of(arena, section, "spf", &p->spf_count);
	p->mx = list_of(arena, section, "mx", &p->mx_count);
	p->dkim_selectors = list_of(arena, section, "dkim-selector", &p->dkim_selector_count);
	p->dkim_cnames = list_of(arena, section, "dkim-cname", &p->dkim_cname_count);
	p->dkim_domains = list_of(arena, section, "dkim-domain", &p->dkim_domain_count);
	p->ptr = list_of(arena, section, "ptr", &p->ptr_count);
	p->networks = list_of(arena, section, "network", &p->network_count);
	p->envelopes = list_of(arena, section, "envelope", &p->envelope_count);
	p->report_from = list_of(arena, section, "report-from", &p->report_from_count);
}

static void add_retired(struct provider_table *table, const struct conf_section *section)
{
	struct retired_destination *r = VECTOR_PUSH(&table->retired, table->arena,
						    struct retired_destination, PROVIDER_MAX);
	if (r != NULL) {
		r->id = section->name;
		r->name = conf_get(section, SPAN("name"));
		r->kind = conf_get(section, SPAN("kind"));
		r->retired = conf_get(section, SPAN("retired"));
		r->what = conf_get(section, SPAN("what"));
		r->instead = conf_get(section, SPAN("instead"));
		r->matches = list_of(table->arena, section, "match", &r->match_count);
	}
}

static void add_selectors(struct provider_table *table, const struct conf_section *section)
{
	for (size_t i = 0; i < section->entries.len; i++) {
		const struct conf_entry *entry = conf_entry_at(section, i);
		if (!span_equal(entry->key, SPAN("selector"))) {
			continue;
		}
		struct span *item =
			VECTOR_PUSH(&table->selectors, table->arena, struct span, CONF_MAX_ENTRIES);
		if (item != NULL) {
			*item = entry->value;
		}
	}
}

static int load_file(struct provider_table *table, const struct embedded_file *file,
		     struct failure *reterr)
{
	struct conf conf;
	int r = conf_parse(table->arena, file->path, file->text, &conf, reterr);
	for (size_t i = 0; r == 0 && i < conf.sections.len; i++) {
		const struct conf_section *section = conf_at(&conf, i);
		if (span_equal(section->kind, SPAN("provider"))) {
			add_provider(table, section);
		} else if (span_equal(section->kind, SPAN("destination"))) {
			add_retired(table, section);
		} else if (span_equal(section->kind, SPAN("selectors"))) {
			add_selectors(table, section);
		} else {
			r = failure_set(reterr, FAILURE_INPUT, "providers",
					"line %zu: unknown section", section->line);
		}
	}
	return r;
}

/* The first to claim a name keeps it; a test of the data sees to it that no two do. */
static void index_names(struct map *map, const struct span *names, size_t count, void *owner)
{
	for (size_t i = 0; i < count; i++) {
		if (map_get(map, names[i]) == NULL && !map_put(map, names[i], owner)) {
			return; /* the arena remembers */
		}
	}
}

static void build_indexes(struct provider_table *table)
{
	struct map *maps[] = {&table->by_spf,	      &table->by_mx,	     &table->by_dkim_cname,
			      &table->by_dkim_domain, &table->by_envelope,   &table->by_ptr,
			      &table->by_retired,     &table->by_report_from};
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		*maps[i] = map_new(table->arena, NAMES_MAX, 0);
	}
	for (size_t i = 0; i < table->providers.len; i++) {
		struct provider *p = VECTOR_AT(&table->providers, struct provider, i);
		index_names(&table->by_spf, p->spf, p->spf_count, p);
		index_names(&table->by_mx, p->mx, p->mx_count, p);
		index_names(&table->by_dkim_cname, p->dkim_cnames, p->dkim_cname_count, p);
		index_names(&table->by_dkim_domain, p->dkim_domains, p->dkim_domain_count, p);
		index_names(&table->by_envelope, p->envelopes, p->envelope_count, p);
		index_names(&table->by_ptr, p->ptr, p->ptr_count, p);
		index_names(&table->by_report_from, p->report_from, p->report_from_count, p);
	}
	for (size_t i = 0; i < table->retired.len; i++) {
		struct retired_destination *r =
			VECTOR_AT(&table->retired, struct retired_destination, i);
		index_names(&table->by_retired, r->matches, r->match_count, r);
	}
}

int provider_table_load(struct provider_table **ret_table, struct failure *reterr)
{
	struct provider_table *table = calloc(1, sizeof(*table));
	if (table != NULL) {
		table->arena = arena_new(TABLE_BYTES);
	}
	if (table == NULL || table->arena == NULL) {
		provider_table_free(table);
		return failure_set_memory(reterr, "load providers");
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < embedded_file_count; i++) {
		if (span_starts_with(embedded_files[i].path, SPAN("providers/"))) {
			r = load_file(table, &embedded_files[i], reterr);
		}
	}
	if (r == 0) {
		build_indexes(table);
	}
	if (arena_has_failed(table->arena)) {
		r = failure_set_memory(reterr, "load providers");
	}
	if (r < 0) {
		provider_table_free(table);
		return r;
	}
	*ret_table = table;
	return 0;
}

void provider_table_free(struct provider_table *table)
{
	if (table != NULL) {
		arena_free(table->arena);
		free(table);
	}
}

size_t provider_count(const struct provider_table *table)
{
	return table->providers.len;
}

const struct provider *provider_at(const struct provider_table *table, size_t i)
{
	return VECTOR_AT(&table->providers, const struct provider, i);
}

/* The entry of the name or its closest ancestor that has one. */
static void *find_at_or_above(const struct map *map, struct span name)
{
	while (name.len > 0) {
		void *owner = map_get(map, name);
		if (owner != NULL) {
			return owner;
		}
		size_t dot = span_find(name, '.', 0);
		name = span_from(name, dot + 1);
	}
	return NULL;
}

const struct provider *provider_by_spf(const struct provider_table *table, struct span name)
{
	return find_at_or_above(&table->by_spf, name);
}

const struct provider *provider_by_mx(const struct provider_table *table, struct span host)
{
	return find_at_or_above(&table->by_mx, host);
}

const struct provider *provider_by_dkim_cname(const struct provider_table *table,
					      struct span target)
{
	return find_at_or_above(&table->by_dkim_cname, target);
}

const struct provider *provider_by_dkim_domain(const struct provider_table *table,
					       struct span domain)
{
	return find_at_or_above(&table->by_dkim_domain, domain);
}

const struct provider *provider_by_envelope(const struct provider_table *table, struct span domain)
{
	return find_at_or_above(&table->by_envelope, domain);
}

const struct provider *provider_by_report_from(const struct provider_table *table,
					       struct span domain)
{
	return find_at_or_above(&table->by_report_from, domain);
}

const struct provider *provider_by_ptr(const struct provider_table *table, struct span host)
{
	return find_at_or_above(&table->by_ptr, host);
}

const struct retired_destination *retired_destination_find(const struct provider_table *table,
							   struct span host)
{
	return find_at_or_above(&table->by_retired, host);
}

const struct span *provider_common_selectors(const struct provider_table *table, size_t *ret_count)
{
	*ret_count = table->selectors.len;
	return table->selectors.items;
}
