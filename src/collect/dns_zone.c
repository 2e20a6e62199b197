/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From a name to the servers of its zone, past what libunbound is willing to say. */
#include "collect/dns_zone.h"

#include "collect/dns_answer.h"
#include "records/name.h"

/* A name and the zones above it, up to the root. */
#define MAX_ANCESTORS 8
/* Questions about the zones above one name, or about the addresses of its servers. */
#define MAX_ASKS ((size_t)DNS_DIAGNOSE_BATCH * MAX_ANCESTORS)

struct names {
	struct span names[DNS_DIAGNOSE_MAX_SERVERS];
	size_t count;
};

static void conclude(struct dns_case *one, enum fact_failure failure, struct span detail)
{
	one->is_done = true;
	one->failure = failure;
	one->detail = detail;
}

/* name, its parents, and the root; of deep names only the upper ones. */
static size_t list_ancestors(struct span name, struct dns_ask *asks)
{
	struct span at = name_last_labels(name, MAX_ANCESTORS - 1);
	size_t count = 0;
	while (count < MAX_ANCESTORS) {
		asks[count++] = (struct dns_ask){.key = {FACT_DNS, RR_NS, at}};
		if (name_label_count(at) == 0) {
			break;
		}
		at = name_parent(at);
	}
	return count;
}

static void add_server_name(struct names *names, struct arena *arena, struct span rdata)
{
	struct cursor cursor = cursor_of(rdata);
	if (names->count < DNS_DIAGNOSE_MAX_SERVERS &&
	    name_from_wire(&cursor, arena, &names->names[names->count])) {
		names->count++;
	}
}

/* The server names of the first ask that has an answer of its own (no CNAME): the closest zone. */
static struct names closest_zone(struct arena *arena, const struct dns_ask *asks, size_t count,
				 struct span *ret_zone)
{
	struct names names = {0};
	for (size_t i = 0; i < count && names.count == 0; i++) {
		struct dns_answer answer;
		if (asks[i].state != DNS_ASK_ANSWERED ||
		    dns_answer_read(arena, asks[i].key, asks[i].packet, &answer) !=
			    DNS_ANSWER_PRESENT ||
		    answer.cname_count > 0) {
			continue;
		}
		*ret_zone = asks[i].key.subject;
		for (size_t k = 0; k < answer.record_count; k++) {
			add_server_name(&names, arena, answer.records[k].rdata);
		}
	}
	return names;
}

static void add_server(struct dns_case *one, struct arena *arena, struct span rdata)
{
	if (one->server_count < DNS_DIAGNOSE_MAX_SERVERS &&
	    dns_server_from_rdata(arena, rdata, &one->servers[one->server_count])) {
		one->server_count++;
	}
}

static void add_addresses(struct dns_case *one, struct arena *arena, const struct dns_ask *ask)
{
	struct dns_answer answer;
	if (ask->state == DNS_ASK_ANSWERED &&
	    dns_answer_read(arena, ask->key, ask->packet, &answer) == DNS_ANSWER_PRESENT) {
		for (size_t i = 0; i < answer.record_count; i++) {
			add_server(one, arena, answer.records[i].rdata);
		}
	}
}

/* Looks the addresses up: all A first, so that a machine without IPv6 has some it can use. */
static int look_up_servers(const struct dns_doctor *doctor, struct arena *arena,
			   struct dns_case *one, const struct names *names, struct failure *reterr)
{
	const uint16_t types[] = {RR_A, RR_AAAA};
	struct dns_ask asks[2 * DNS_DIAGNOSE_MAX_SERVERS];
	size_t count = 0;
	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < names->count; i++) {
			asks[count++] =
				(struct dns_ask){.key = {FACT_DNS, types[t], names->names[i]}};
		}
	}
	int r = dns_engine_ask(doctor->engine, arena, asks, count, doctor->wait, reterr);
	for (size_t i = 0; r == 0 && i < count; i++) {
		add_addresses(one, arena, &asks[i]);
	}
	if (r == 0 && one->server_count == 0) {
		conclude(one, FACT_FAILURE_SERVFAIL,
			 arena_printf(arena, "the name servers of %.*s have no address",
				      SPAN_ARG(one->zone)));
	}
	return r;
}

static int start_case(const struct dns_doctor *doctor, struct arena *arena, struct dns_case *one,
		      const struct dns_ask *asks, size_t count, struct failure *reterr)
{
	struct names names = closest_zone(arena, asks, count, &one->zone);
	if (names.count == 0) {
		conclude(one, FACT_FAILURE_NETWORK,
			 SPAN("not even the root's name servers could be reached"));
		return 0;
	}
	return look_up_servers(doctor, arena, one, &names, reterr);
}

int dns_zone_find(const struct dns_doctor *doctor, struct arena *arena, struct dns_case **cases,
		  size_t count, struct failure *reterr)
{
	struct dns_ask *asks = arena_alloc(arena, MAX_ASKS * sizeof(*asks));
	size_t starts[DNS_DIAGNOSE_BATCH + 1] = {0};
	if (asks == NULL) {
		return failure_set_memory(reterr, "look into failed look-ups");
	}
	for (size_t i = 0; i < count; i++) {
		starts[i + 1] = starts[i] + list_ancestors(cases[i]->key.subject, asks + starts[i]);
	}
	int r = dns_engine_ask(doctor->engine, arena, asks, starts[count], doctor->wait, reterr);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = start_case(doctor, arena, cases[i], asks + starts[i], starts[i + 1] - starts[i],
			       reterr);
	}
	return r;
}

static bool is_lower_ns(const struct dns_case *one, const struct dns_packet_record *record)
{
	return record->section == DNS_SECTION_AUTHORITY && record->type == RR_NS &&
	       !span_equal(record->owner, one->zone) &&
	       name_is_at_or_under(record->owner, one->zone) &&
	       name_is_at_or_under(one->key.subject, record->owner);
}

bool dns_zone_is_referral(const struct dns_case *one, const struct dns_packet *packet)
{
	/* RFC 1034 4.3.2: not authoritative, no answer, NS records of a zone further down. */
	bool has_ns = false;
	for (size_t i = 0; i < packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(packet, i);
		if (record->section == DNS_SECTION_ANSWER) {
			return false;
		}
		has_ns |= is_lower_ns(one, record);
	}
	return has_ns && packet->rcode == DNS_RCODE_NOERROR && !packet->is_authoritative;
}

static void take_glue(struct dns_case *one, struct arena *arena, const struct dns_packet *packet,
		      const struct names *names)
{
	for (size_t i = 0; i < packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(packet, i);
		bool is_address = record->type == RR_A || record->type == RR_AAAA;
		for (size_t k = 0; is_address && k < names->count; k++) {
			if (record->section == DNS_SECTION_ADDITIONAL &&
			    span_equal(record->owner, names->names[k])) {
				add_server(one, arena, record->rdata);
			}
		}
	}
}

int dns_zone_follow(const struct dns_doctor *doctor, struct arena *arena, struct dns_case *one,
		    const struct dns_packet *packet, struct failure *reterr)
{
	struct names names = {0};
	struct span zone = one->zone;
	for (size_t i = 0; i < packet->records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(packet, i);
		if (is_lower_ns(one, record)) {
			zone = record->owner;
			add_server_name(&names, arena, record->rdata);
		}
	}
	one->zone = zone;
	one->server_count = 0;
	take_glue(one, arena, packet, &names);
	return one->server_count > 0 ? 0 : look_up_servers(doctor, arena, one, &names, reterr);
}
