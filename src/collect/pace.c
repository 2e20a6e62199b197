/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines, windows and rates. */
#include "collect/pace.h"

#include <stdlib.h>

#include "collect/pace_places.h"

/* Operators that have had their share wait together: how often to look at them again. */
#define REST_MS 10
/* Levels between a name and the domain that is registered, at which a zone may begin. */
#define MAX_LEVELS 16
/* Name servers that are looked at to tell who they belong to. */
#define MAX_HOSTS 32
#define HOSTS_ARENA_BYTES ((size_t)256 << 10)

/* Places that may have a question to send, in turn. */
struct line {
	struct pace_place *first;
	struct pace_place *last;
};

struct pace {
	struct pace_options options;
	struct pace_places *places;
	struct arena *hosts;
	struct line ready;
	struct line resting; /* by the rate, until resting_until_ms */
	int64_t resting_until_ms;
};

struct pace *pace_new(const struct pace_options *options)
{
	struct pace *pace = calloc(1, sizeof(*pace));
	if (pace == NULL) {
		return NULL;
	}
	pace->options = *options;
	pace->places = pace_places_new(
		options->max_places > 0 ? options->max_places : PACE_MAX_PLACES, options->seed);
	pace->hosts = arena_new(HOSTS_ARENA_BYTES);
	if (pace->places == NULL || pace->hosts == NULL) {
		pace_free(pace);
		return NULL;
	}
	return pace;
}

void pace_free(struct pace *pace)
{
	if (pace != NULL) {
		pace_places_free(pace->places);
		arena_free(pace->hosts);
		free(pace);
	}
}

/* ---- whose question it is ---- */

/* The registered domain; of a public suffix, itself. */
static struct span registered_of(const struct pace *pace, struct span name)
{
	struct span registered =
		pace->options.suffixes != NULL
			? public_suffix_organisational(pace->options.suffixes, name)
			: name_last_labels(name, 2);
	return registered.len > 0 ? registered : name;
}

static bool is_for_registry(const struct pace *pace, struct fact_key key)
{
	return (key.type == RR_NS || key.type == RR_DS) &&
	       span_equal(key.subject, registered_of(pace, key.subject));
}

/* The zone may begin at any level between the name and the domain that is registered. */
static struct pace_place *find_zone(struct pace *pace, struct span name, struct span registered)
{
	struct span at = name;
	for (unsigned i = 0; i < MAX_LEVELS; i++) {
		struct pace_place *place = pace_places_find(pace->places, at);
		if (place != NULL && place->operator_text != NULL) {
			pace_places_touch(pace->places, place);
			return place;
		}
		if (at.len <= registered.len) {
			break;
		}
		at = name_parent(at);
	}
	return NULL;
}

struct span pace_operator(struct pace *pace, struct fact_key key)
{
	if (is_for_registry(pace, key)) {
		return name_parent(key.subject);
	}
	struct span registered = registered_of(pace, key.subject);
	const struct pace_place *zone = find_zone(pace, key.subject, registered);
	return zone != NULL ? span_of_string(zone->operator_text) : registered;
}

bool pace_is_known(struct pace *pace, struct fact_key key)
{
	return !is_for_registry(pace, key) &&
	       find_zone(pace, key.subject, registered_of(pace, key.subject)) != NULL;
}

/* ---- lines ---- */

static void list_place(struct line *line, struct pace_place *place)
{
	place->next_listed = NULL;
	place->is_listed = true;
	if (line->first == NULL) {
		line->first = place;
	} else {
		line->last->next_listed = place;
	}
	line->last = place;
}

static struct pace_place *next_place(struct line *line)
{
	struct pace_place *place = line->first;
	if (place != NULL) {
		line->first = place->next_listed;
		place->is_listed = false;
	}
	return place;
}

/* With more than one line each operator gets its turn. */
static void wake_resting(struct pace *pace, int64_t now_ms)
{
	if (now_ms < pace->resting_until_ms) {
		return;
	}
	pace->resting_until_ms = now_ms + REST_MS;
	for (struct pace_place *place = next_place(&pace->resting); place != NULL;
	     place = next_place(&pace->resting)) {
		list_place(&pace->ready, place);
	}
}

bool pace_put(struct pace *pace, struct pace_item *item, struct fact_key key)
{
	struct pace_place *place = pace_places_get(pace->places, pace_operator(pace, key));
	if (place == NULL) {
		return false;
	}
	if (place->window == 0) {
		place->window = pace->options.first_window;
	}
	place->is_registry |= is_for_registry(pace, key);
	*item = (struct pace_item){.place = place};
	if (place->first == NULL) {
		place->first = item;
	} else {
		place->last->next = item;
	}
	place->last = item;
	place->waiting++;
	if (!place->is_listed) {
		list_place(&pace->ready, place);
	}
	pace_places_touch(pace->places, place);
	return true;
}

static int64_t cost_us(const struct pace *pace)
{
	return pace->options.rate > 0 ? 1000000 / (int64_t)pace->options.rate : 0;
}

static void charge(const struct pace *pace, struct pace_place *place, int64_t questions,
		   int64_t now_ms)
{
	int64_t earliest_us = (now_ms - PACE_BURST_MS) * 1000;
	place->due_us = place->due_us > earliest_us ? place->due_us : earliest_us;
	place->due_us += questions * cost_us(pace);
}

static struct pace_item *take_first(struct pace *pace, struct pace_place *place, int64_t now_ms)
{
	struct pace_item *item = place->first;
	place->first = item->next;
	place->waiting--;
	place->under_way++;
	charge(pace, place, place->is_registry ? PACE_REGISTRY_COST : 1, now_ms);
	item->next = NULL;
	item->sent_ms = now_ms;
	if (place->first != NULL) {
		list_place(&pace->ready, place);
	}
	return item;
}

struct pace_item *pace_take(struct pace *pace, int64_t now_ms)
{
	wake_resting(pace, now_ms);
	for (struct pace_place *place = next_place(&pace->ready); place != NULL;
	     place = next_place(&pace->ready)) {
		bool has_window = place->is_registry || place->under_way < place->window;
		if (has_window && place->due_us <= now_ms * 1000) {
			return take_first(pace, place, now_ms);
		}
		/* With a full window the next answer lists it again. */
		if (has_window) {
			list_place(&pace->resting, place);
		}
	}
	return NULL;
}

/* ---- answers ---- */

static void halve(struct pace_place *place, int64_t now_ms)
{
	size_t half = place->window / 2;
	place->window = half > PACE_LEAST_WINDOW ? half : PACE_LEAST_WINDOW;
	place->halved_ms = now_ms;
	place->answered = 0;
}

/* A window that nobody waits for need not grow. */
static void grow(struct pace_place *place)
{
	if (place->waiting == 0) {
		return;
	}
	place->answered++;
	if (place->answered >= place->window) {
		place->window++;
		place->answered = 0;
	}
}

void pace_done(struct pace *pace, const struct pace_item *item, enum pace_outcome outcome,
	       int64_t now_ms)
{
	struct pace_place *place = item->place;
	bool is_trouble = outcome == PACE_FAILED || now_ms - item->sent_ms > PACE_SLOW_MS;
	place->under_way--;
	if (!is_trouble) {
		grow(place);
	} else if (item->sent_ms > place->halved_ms) {
		halve(place, now_ms);
	}
	if (place->first != NULL && !place->is_listed) {
		list_place(&pace->ready, place);
	}
	pace_places_touch(pace->places, place);
}

/* ---- who answers for what ---- */

static struct span host_of(struct pace *pace, const struct dns_record *record)
{
	struct span host = {0};
	struct cursor cursor = cursor_of(record->rdata);
	return name_from_wire(&cursor, pace->hosts, &host) ? registered_of(pace, host)
							   : span_of(NULL, 0);
}

static struct span operator_of(struct pace *pace, const struct dns_answer *answer)
{
	struct span first = {0};
	arena_reset(pace->hosts);
	for (size_t i = 0; i < answer->record_count && i < MAX_HOSTS; i++) {
		struct span operator= host_of(pace, &answer->records[i]);
		if (operator.len> 0 &&(first.len == 0 || span_compare(operator, first) < 0)) {
			first = operator;
		}
	}
	return first;
}

void pace_learn(struct pace *pace, const struct fact *fact, int64_t now_ms)
{
	if (fact->key.kind != FACT_DNS || fact->key.type != RR_NS || !fact_is_present(fact) ||
	    fact->dns->cname_count > 0) {
		return;
	}
	struct span operator= operator_of(pace, fact->dns);
	struct pace_place *zone = operator.len> 0 ? pace_places_get(pace->places, fact->key.subject)
						  : NULL;
	if (zone == NULL) {
		return;
	}
	free(zone->operator_text);
	zone->operator_text = strndup(operator.ptr, operator.len);
	struct pace_place *place = pace_places_get(pace->places, operator);
	if (place != NULL && is_for_registry(pace, fact->key)) {
		charge(pace, place, 1, now_ms);
	}
}

size_t pace_places(const struct pace *pace)
{
	return pace_places_count(pace->places);
}
