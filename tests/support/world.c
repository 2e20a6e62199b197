/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fact source made of text. */
#include "world.h"

#include <stdlib.h>

#include "world_transit.h"

#define WORLD_MAX_LINES 200000
#define WORLD_MAX_CNAMES 8
#define ANY_TYPE 0

struct world_record {
	struct span name;
	uint16_t type; /* ANY_TYPE for a failure of the whole name */
	struct span rdata;
	enum fact_failure failure; /* FACT_FAILURE_NONE for a record */
	bool is_denial;		   /* NXDOMAIN, whatever else is listed */
};

struct world_zone {
	struct span name;
	enum dnssec_status status;
};

struct world {
	struct fact_source source; /* first: answer() casts back */
	struct arena *arena;
	struct vector records; /* of struct world_record */
	struct vector zones;   /* of struct world_zone */
	struct vector asked;   /* of struct fact_key */
	struct map asked_keys;
	struct world_transit *transit;
	struct fact_key failing_key;
	enum fact_failure failing_with;
};

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr);

struct world *world_new(void)
{
	struct world *world = calloc(1, sizeof(*world));
	if (world != NULL) {
		world->source.answer = answer;
		world->arena = arena_new((size_t)256 << 20);
		world->asked_keys = map_new(world->arena, WORLD_MAX_LINES, 0);
		world->transit = world_transit_new(world->arena);
	}
	return world;
}

void world_free(struct world *world)
{
	if (world != NULL) {
		arena_free(world->arena);
		free(world);
	}
}

struct fact_source *world_source(struct world *world)
{
	return &world->source;
}

static bool bad_line(struct failure *reterr, struct span line, const char *why)
{
	failure_set(reterr, FAILURE_INPUT, "world", "%s: %.*s", why, SPAN_ARG(line));
	return false;
}

static bool add_zone(struct world *world, struct span line, struct failure *reterr)
{
	struct span rest = span_from(line, 1);
	struct span name = text_take_word(&rest);
	struct world_zone *zone =
		VECTOR_PUSH(&world->zones, world->arena, struct world_zone, 10000);
	if (zone == NULL || !name_canonical(world->arena, name, &zone->name) ||
	    !dnssec_status_parse(rest, &zone->status)) {
		return bad_line(reterr, line, "not a DNSSEC line");
	}
	return true;
}

/* A line about a mail host or a policy host; *ret_is_one false for any other. */
static bool add_transit(struct world *world, struct span line, bool *ret_is_one,
			struct failure *reterr)
{
	struct span rest = line;
	struct span name = text_take_word(&rest);
	struct span type = text_take_word(&rest);
	struct span why = SPAN("not a name");
	struct span domain;
	bool is_smtp = span_equal(type, SPAN("SMTP"));
	*ret_is_one = is_smtp || span_equal(type, SPAN("POLICY"));
	if (!*ret_is_one || (is_smtp && world_transit_add_smtp(world->transit, name, rest, &why))) {
		return true;
	}
	if (!is_smtp && name_canonical(world->arena, name, &domain) &&
	    world_transit_add_policy(world->transit, domain, rest, &why)) {
		return true;
	}
	return bad_line(reterr, why, "not a line about a host");
}

bool world_add_line(struct world *world, struct span line, struct failure *reterr)
{
	line = arena_copy(world->arena, span_trim(line, TEXT_SPACE));
	if (line.len == 0 || line.ptr[0] == ';') {
		return true;
	}
	if (line.ptr[0] == '~') {
		return add_zone(world, line, reterr);
	}
	bool is_transit;
	bool is_ok = add_transit(world, line, &is_transit, reterr);
	if (is_transit) {
		return is_ok;
	}
	struct span rest = line;
	struct span name = text_take_word(&rest);
	struct span type = text_take_word(&rest);
	struct world_record record = {0};
	if (!name_canonical(world->arena, name, &record.name)) {
		return bad_line(reterr, line, "not a name");
	}
	if (!span_equal(type, SPAN("*")) && !rr_type_parse(type, &record.type)) {
		return bad_line(reterr, line, "not a type");
	}
	struct problem problem;
	if (record.type == RR_TLSA) {
		rest = world_transit_tlsa(world->transit, rest);
	}
	if (span_equal(rest, SPAN("!nxdomain"))) {
		record.is_denial = true;
	} else if (rest.len > 0 && rest.ptr[0] == '!') {
		if (!fact_failure_parse(span_from(rest, 1), &record.failure)) {
			return bad_line(reterr, line, "not a failure");
		}
	} else if (!rr_parse_text(world->arena, record.type, rest, &record.rdata, &problem)) {
		return bad_line(reterr, line, "not record data");
	}
	struct world_record *kept =
		VECTOR_PUSH(&world->records, world->arena, struct world_record, WORLD_MAX_LINES);
	if (kept == NULL) {
		return bad_line(reterr, line, "out of room");
	}
	*kept = record;
	return true;
}

void world_fail_key(struct world *world, struct fact_key key, enum fact_failure failure)
{
	world->failing_key = key;
	world->failing_with = failure;
}

size_t world_asked_count(const struct world *world)
{
	return world->asked.len;
}

struct fact_key world_asked(const struct world *world, size_t i)
{
	return *VECTOR_AT(&world->asked, struct fact_key, i);
}

static void note_asked(struct world *world, struct fact_key key)
{
	struct span text = fact_key_text(world->arena, key);
	if (map_get(&world->asked_keys, text) == NULL && map_put(&world->asked_keys, text, world)) {
		struct fact_key *kept =
			VECTOR_PUSH(&world->asked, world->arena, struct fact_key, WORLD_MAX_LINES);
		*kept = key;
		kept->subject = arena_copy(world->arena, key.subject);
	}
}

static const struct world_record *record_at(const struct world *world, size_t i)
{
	return VECTOR_AT(&world->records, const struct world_record, i);
}

/* The name exists when it or something below it is listed. */
static bool exists(const struct world *world, struct span name)
{
	for (size_t i = 0; i < world->records.len; i++) {
		if (name_is_at_or_under(record_at(world, i)->name, name)) {
			return true;
		}
	}
	return false;
}

/* RFC 4592: the owner whose records answer for name: itself, or the wildcard at its closest
 * encloser. */
static struct span find_owner(struct world *world, struct span name)
{
	if (exists(world, name)) {
		return name;
	}
	struct span encloser = name_parent(name);
	while (!span_equal(encloser, SPAN(".")) && !exists(world, encloser)) {
		encloser = name_parent(encloser);
	}
	struct span wildcard = name_join(world->arena, SPAN("*"), encloser);
	return exists(world, wildcard) ? wildcard : name;
}

static enum dnssec_status status_of(const struct world *world, struct span name)
{
	size_t best = 0;
	enum dnssec_status status = DNSSEC_INSECURE;
	for (size_t i = 0; i < world->zones.len; i++) {
		const struct world_zone *zone = VECTOR_AT(&world->zones, struct world_zone, i);
		if (name_is_at_or_under(name, zone->name) && name_label_count(zone->name) >= best) {
			best = name_label_count(zone->name);
			status = zone->status;
		}
	}
	return status;
}

static enum fact_failure failure_of(const struct world *world, struct span name, uint16_t type)
{
	for (size_t i = 0; i < world->records.len; i++) {
		const struct world_record *record = record_at(world, i);
		if (record->failure != FACT_FAILURE_NONE && span_equal(record->name, name) &&
		    (record->type == type || record->type == ANY_TYPE)) {
			return record->failure;
		}
	}
	return FACT_FAILURE_NONE;
}

static bool is_denied(const struct world *world, struct span name, uint16_t type)
{
	for (size_t i = 0; i < world->records.len; i++) {
		const struct world_record *record = record_at(world, i);
		if (record->is_denial && span_equal(record->name, name) &&
		    (record->type == type || record->type == ANY_TYPE)) {
			return true;
		}
	}
	return false;
}

static void collect_records(struct world *world, struct span owner, uint16_t type,
			    struct dns_answer *answer)
{
	struct vector records = {0};
	for (size_t i = 0; i < world->records.len; i++) {
		const struct world_record *record = record_at(world, i);
		if (record->failure == FACT_FAILURE_NONE && !record->is_denial &&
		    record->type == type && span_equal(record->name, owner)) {
			struct dns_record *kept = VECTOR_PUSH(&records, world->arena,
							      struct dns_record, WORLD_MAX_LINES);
			*kept = (struct dns_record){3600, record->rdata};
		}
	}
	answer->records = records.items;
	answer->record_count = records.len;
}

/* The target of a CNAME at owner, or an empty span. */
static struct span cname_target(struct world *world, struct span owner)
{
	for (size_t i = 0; i < world->records.len; i++) {
		const struct world_record *record = record_at(world, i);
		if (record->type == RR_CNAME && record->failure == FACT_FAILURE_NONE &&
		    !record->is_denial && span_equal(record->name, owner)) {
			struct cursor cursor = cursor_of(record->rdata);
			struct span target = {NULL, 0};
			return name_from_wire(&cursor, world->arena, &target) ? target
									      : span_of(NULL, 0);
		}
	}
	return span_of(NULL, 0);
}

static void set_failed(struct fact *fact, enum fact_failure failure)
{
	fact->state = FACT_FAILED;
	fact->failure = failure;
	fact->dns = NULL;
}

static void resolve(struct world *world, struct fact *fact, struct dns_answer *answer)
{
	struct span name = fact->key.subject;
	struct vector cnames = {0};
	answer->dnssec = DNSSEC_SECURE;
	for (unsigned hops = 0; hops <= WORLD_MAX_CNAMES; hops++) {
		enum dnssec_status status = status_of(world, name);
		enum fact_failure failure = failure_of(world, name, fact->key.type);
		if (failure != FACT_FAILURE_NONE && failure != FACT_FAILURE_BOGUS) {
			set_failed(fact, failure);
			return;
		}
		if (status == DNSSEC_BOGUS || failure == FACT_FAILURE_BOGUS) {
			answer->dnssec = DNSSEC_BOGUS;
		} else if (answer->dnssec == DNSSEC_SECURE) {
			answer->dnssec = status;
		}
		if (is_denied(world, name, fact->key.type)) {
			answer->is_nxdomain = true;
			break;
		}
		struct span owner = find_owner(world, name);
		struct span target =
			fact->key.type == RR_CNAME ? span_of(NULL, 0) : cname_target(world, owner);
		if (target.len == 0) {
			collect_records(world, owner, fact->key.type, answer);
			answer->is_nxdomain = !exists(world, owner);
			break;
		}
		*VECTOR_PUSH(&cnames, world->arena, struct span, WORLD_MAX_CNAMES + 1) = target;
		name = target;
		if (hops == WORLD_MAX_CNAMES) {
			set_failed(fact, FACT_FAILURE_SERVFAIL);
			return;
		}
	}
	answer->cnames = cnames.items;
	answer->cname_count = cnames.len;
	answer->rcode = answer->is_nxdomain ? 3 : 0;
	answer->ttl = 3600;
	fact->state = answer->record_count > 0 ? FACT_PRESENT : FACT_ABSENT;
	fact->dns = answer;
	if (answer->dnssec == DNSSEC_BOGUS) {
		answer->why_bogus = SPAN("signature expired");
		fact->state = FACT_FAILED;
		fact->failure = FACT_FAILURE_BOGUS;
	}
}

static bool is_failing_key(const struct world *world, struct fact_key key)
{
	return world->failing_with != FACT_FAILURE_NONE && world->failing_key.type == key.type &&
	       world->failing_key.kind == key.kind &&
	       span_equal(world->failing_key.subject, key.subject);
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct world *world = (struct world *)source;
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct dns_answer dns = {0};
		struct fact fact = {
			.key = wants_at(wants, i),
			.observed_at = WORLD_NOW,
			.source = SPAN("world"),
		};
		note_asked(world, fact.key);
		if (is_failing_key(world, fact.key)) {
			set_failed(&fact, world->failing_with);
		} else if (fact.key.kind != FACT_DNS) {
			if (!world_transit_answer(world->transit, &fact)) {
				continue;
			}
		} else {
			resolve(world, &fact, &dns);
		}
		int r = facts_add(facts, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}
