/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Adds the newest looks of all domains up. */
#include "service/sector.h"

#include <stdlib.h>

#include "service/sector_parts.h"

#define LOOK_BYTES ((size_t)32 << 20)

/* Names to things, while adding up. */
struct adding {
	struct store *store;
	struct sector *sector;
	struct arena *look; /* of one domain */
	struct map groups;
	struct map findings;
	struct map shared;
	struct map senders;
	struct map keys;
	struct failure *failure;
};

static struct sector_group *group_of(struct adding *adding, struct span name)
{
	struct sector_group *group = map_get(&adding->groups, name);
	if (group == NULL) {
		group = arena_alloc(adding->sector->arena, sizeof(*group));
		struct span key = arena_copy(adding->sector->arena, name);
		if (group == NULL || !map_put(&adding->groups, key, group)) {
			adding->sector->is_cut = true;
			return NULL;
		}
		group->name = key;
	}
	return group;
}

/* ---- items ---- */

static bool is_listed(const struct vector *list, struct span name)
{
	for (size_t i = 0; i < list->len; i++) {
		if (span_equal(*VECTOR_AT(list, struct span, i), name)) {
			return true;
		}
	}
	return false;
}

static void list_once(struct arena *arena, struct vector *list, struct span name)
{
	if (list->len >= SECTOR_LISTED_DOMAINS || is_listed(list, name)) {
		return;
	}
	struct span *added = VECTOR_PUSH(list, arena, struct span, SECTOR_LISTED_DOMAINS);
	if (added != NULL) {
		*added = name;
	}
}

/* Whoever answers for a domain: the owner the list names, else its organisation. */
static struct span owner_of(const struct estate_domain *domain, const struct standing *standing)
{
	return domain->owner.len > 0		? domain->owner
	       : standing->organisation.len > 0 ? standing->organisation
						: domain->name;
}

/* One more domain has it. A domain that has it twice (two hosts, two findings) counts once. */
static struct sector_item *add_item(struct adding *adding, struct map *items, struct span name,
				    const struct estate_domain *domain, struct span owner)
{
	struct arena *arena = adding->sector->arena;
	struct sector_item *item = map_get(items, name);
	if (item == NULL) {
		item = arena_alloc(arena, sizeof(*item));
		struct span key = arena_copy(arena, name);
		if (item == NULL || !map_put(items, key, item)) {
			adding->sector->is_cut = true;
			return NULL;
		}
		item->name = key;
	}
	bool is_again = item->domains.len > 0 &&
			span_equal(*VECTOR_AT(&item->domains, struct span, item->domains.len - 1),
				   domain->name);
	if (!is_again) {
		item->domain_count++;
		list_once(arena, &item->domains, arena_copy(arena, domain->name));
		list_once(arena, &item->owners, arena_copy(arena, owner));
	}
	return item;
}

static void describe(struct adding *adding, struct sector_item *item, struct span about)
{
	if (item->about.len == 0 && about.len > 0) {
		item->about = arena_copy(adding->sector->arena, about);
	}
}

static void describe_finding(struct adding *adding, struct sector_item *item,
			     const struct standing_finding *finding)
{
	if (item == NULL) {
		return;
	}
	if (item->finding.len == 0) {
		item->finding = arena_copy(adding->sector->arena, finding->id);
	}
	item->severity = finding->severity > item->severity ? finding->severity : item->severity;
	item->control = finding->control;
	describe(adding, item, finding->title);
}

static void add_findings(struct adding *adding, const struct estate_domain *domain,
			 const struct standing *standing)
{
	struct span owner = owner_of(domain, standing);
	for (size_t i = 0; i < standing->findings.len; i++) {
		const struct standing_finding *finding = standing_finding_at(standing, i);
		if (finding->severity < SEVERITY_LOW) {
			continue;
		}
		struct sector_exception *exception =
			sector_exception_find(adding->sector, domain->name, finding->id);
		if (exception != NULL) {
			exception->used++;
			continue;
		}
		struct span place = arena_printf(adding->look, "%.*s %.*s", SPAN_ARG(finding->id),
						 SPAN_ARG(finding->subject));
		describe_finding(adding,
				 add_item(adding, &adding->findings, finding->id, domain, owner),
				 finding);
		struct sector_item *one = add_item(adding, &adding->shared, place, domain, owner);
		describe_finding(adding, one, finding);
		if (one != NULL && one->subject.len == 0) {
			one->subject = arena_copy(adding->sector->arena, finding->subject);
		}
	}
}

static void add_key(struct adding *adding, const struct estate_domain *domain,
		    const struct standing *standing, const struct trait *trait)
{
	struct sector_item *item =
		add_item(adding, &adding->keys, trait->value, domain, owner_of(domain, standing));
	if (item != NULL) {
		item->is_key = true;
		item->number = trait->number;
		item->control = trait->kind == TRAIT_DKIM_KEY ? CONTROL_DKIM : CONTROL_TLS;
		describe(adding, item, trait->name);
	}
}

static void add_traits(struct adding *adding, const struct estate_domain *domain,
		       const struct standing *standing)
{
	struct span owner = owner_of(domain, standing);
	for (size_t i = 0; i < standing->traits.len; i++) {
		const struct trait *trait = standing_trait_at(standing, i);
		if (trait->kind == TRAIT_SENDER) {
			struct sector_item *item =
				add_item(adding, &adding->senders, trait->name, domain, owner);
			if (item != NULL) {
				describe(adding, item, trait->value);
			}
		} else if ((trait->kind == TRAIT_DKIM_KEY ||
			    trait->kind == TRAIT_CERTIFICATE_KEY) &&
			   trait->value.len > 0) {
			add_key(adding, domain, standing, trait);
		}
	}
}

static int add_domain(void *context, const struct estate_entry *entry)
{
	struct adding *adding = context;
	struct known_standing known;
	arena_reset(adding->look);
	int r = history_known(adding->store, adding->look, entry, &known, adding->failure);
	if (r < 0) {
		return r;
	}
	struct sector_group *group = group_of(adding, entry->domain.group);
	sector_count(&adding->sector->all, &known);
	if (group != NULL) {
		sector_count(&group->counts, &known);
	}
	if (known.standing.kind != DOMAIN_NONEXISTENT) {
		add_findings(adding, &entry->domain, &known.standing);
		add_traits(adding, &entry->domain, &known.standing);
	}
	return 0;
}

/* ---- lists in order ---- */

static int compare_groups(const void *a, const void *b)
{
	return span_compare(((const struct sector_group *)a)->name,
			    ((const struct sector_group *)b)->name);
}

/* What helps most domains first; of equals, the worse. */
static int compare_items(const void *a, const void *b)
{
	const struct sector_item *left = a;
	const struct sector_item *right = b;
	if (left->domain_count != right->domain_count) {
		return left->domain_count < right->domain_count ? 1 : -1;
	}
	if (left->severity != right->severity) {
		return left->severity < right->severity ? 1 : -1;
	}
	return span_compare(left->name, right->name);
}

/* Urgent findings of few domains come before untidiness of many. */
static int compare_urgency(const void *a, const void *b)
{
	enum severity left = ((const struct sector_item *)a)->severity;
	enum severity right = ((const struct sector_item *)b)->severity;
	return left != right ? (left < right ? 1 : -1) : compare_items(a, b);
}

static void list_items(struct sector *sector, const struct map *items, struct vector *list,
		       bool (*is_wanted)(const struct sector_item *item),
		       int (*compare)(const void *, const void *))
{
	for (size_t i = 0; i < map_count(items); i++) {
		const struct sector_item *item = map_at(items, i)->value;
		struct sector_item *added =
			is_wanted(item) ? VECTOR_PUSH(list, sector->arena, struct sector_item,
						      SECTOR_MAX_ITEMS)
					: NULL;
		if (added != NULL) {
			*added = *item;
		}
	}
	if (list->len > 0) {
		qsort(list->items, list->len, sizeof(struct sector_item), compare);
	}
}

static bool is_any(const struct sector_item *item)
{
	(void)item;
	return true;
}

static bool is_of_several(const struct sector_item *item)
{
	return item->domain_count > 1;
}

static bool is_weak(const struct sector_item *item)
{
	/* Elliptic keys have fewer bits and are not weak: those of RSA start at 512. */
	return item->number >= 512 && item->number < SECTOR_WEAK_RSA_BITS;
}

static bool is_of_several_owners(const struct sector_item *item)
{
	return item->owners.len > 1;
}

static void list_groups(struct adding *adding)
{
	struct sector *sector = adding->sector;
	for (size_t i = 0; i < map_count(&adding->groups); i++) {
		struct sector_group *added = VECTOR_PUSH(&sector->groups, sector->arena,
							 struct sector_group, SECTOR_MAX_ITEMS);
		if (added != NULL) {
			*added = *(const struct sector_group *)map_at(&adding->groups, i)->value;
		}
	}
	if (sector->groups.len > 0) {
		qsort(sector->groups.items, sector->groups.len, sizeof(struct sector_group),
		      compare_groups);
	}
}

/* ---- all of it ---- */

static int fill(struct adding *adding, const struct sector_options *options)
{
	struct sector *sector = adding->sector;
	int r = sector_exceptions_read(sector, options->exceptions, adding->failure);
	if (r == 0) {
		r = options->rejudged != 0 ? estate_results(adding->store, options->rejudged,
							    add_domain, adding, adding->failure)
					   : estate_latest(adding->store, options->at, add_domain,
							   adding, adding->failure);
	}
	/* The days were judged as they were. */
	if (r == 0 && options->rejudged == 0) {
		r = sector_days_read(sector, adding->store, adding->look, options, adding->failure);
	}
	if (r < 0) {
		return r;
	}
	list_groups(adding);
	list_items(sector, &adding->findings, &sector->findings, is_any, compare_urgency);
	list_items(sector, &adding->shared, &sector->shared, is_of_several, compare_items);
	list_items(sector, &adding->senders, &sector->senders, is_any, compare_items);
	list_items(sector, &adding->keys, &sector->weak_keys, is_weak, compare_items);
	list_items(sector, &adding->keys, &sector->reused_keys, is_of_several_owners,
		   compare_items);
	return arena_has_failed(sector->arena) ? failure_set_memory(adding->failure, "report") : 0;
}

int sector_read(struct store *store, const struct sector_options *options,
		struct sector *ret_sector, struct failure *reterr)
{
	struct sector sector = {.arena = arena_new(SECTOR_BYTES), .at = options->at};
	struct arena *look = arena_new(LOOK_BYTES);
	int r = -1;
	if (sector.arena == NULL || look == NULL) {
		r = failure_set_memory(reterr, "report");
	} else {
		struct adding adding = {
			.store = store,
			.sector = &sector,
			.look = look,
			.groups = map_new(sector.arena, SECTOR_MAX_ITEMS, /* seed: */ 0),
			.findings = map_new(sector.arena, SECTOR_MAX_ITEMS, 0),
			.shared = map_new(sector.arena, SECTOR_MAX_ITEMS, 0),
			.senders = map_new(sector.arena, SECTOR_MAX_ITEMS, 0),
			.keys = map_new(sector.arena, SECTOR_MAX_ITEMS, 0),
			.failure = reterr,
		};
		r = fill(&adding, options);
	}
	arena_free(look);
	if (r < 0) {
		sector_free(&sector);
		return r;
	}
	*ret_sector = sector;
	return 0;
}

void sector_free(struct sector *sector)
{
	arena_free(sector->arena);
	*sector = (struct sector){0};
}
