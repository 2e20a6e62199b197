/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Assumed records laid over observed facts. */
#include "facts/assume.h"

#include "facts/assume_records.h"
#include "records/name.h"
#include "records/txt.h"

/* The value of a TXT record may be given bare, as people write it: v=spf1 -all. */
static struct span bare_txt_rdata(struct arena *arena, struct span text)
{
	struct buffer rdata = buffer_new_for(arena, LIMIT_DNS_MESSAGE);
	txt_to_rdata(text, &rdata);
	struct span copy = arena_copy(arena, buffer_span(&rdata));
	buffer_free(&rdata);
	return copy;
}

static int parse_value(struct arena *arena, struct assumption *assumption, struct failure *reterr)
{
	bool is_txt = assumption->type == RR_TXT || assumption->type == RR_SPF;
	if (is_txt && assumption->text.ptr[0] != '"') {
		assumption->rdata = bare_txt_rdata(arena, assumption->text);
		return 0;
	}
	struct problem problem = {0};
	if (!rr_parse_text(arena, assumption->type, assumption->text, &assumption->rdata,
			   &problem)) {
		return failure_set(reterr, FAILURE_INPUT, "read the record",
				   "column %zu of the value: %.*s", problem.offset + 1,
				   SPAN_ARG(problem.what));
	}
	return 0;
}

static int add(struct assumptions *assumptions, struct arena *arena, struct span text,
	       bool is_removal, struct failure *reterr)
{
	struct span rest = span_trim(text, TEXT_SPACE);
	struct assumption assumption = {.is_removal = is_removal};
	struct span name = text_take_word(&rest);
	struct span type = text_take_word(&rest);
	if (!name_canonical(arena, name, &assumption.name)) {
		return failure_set(reterr, FAILURE_INPUT, "read the record",
				   "\"%.*s\" is not a domain name", SPAN_ARG(name));
	}
	if (type.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, is_removal ? "--without" : "--with",
				   "expected NAME TYPE%s", is_removal ? "" : " VALUE");
	}
	if (!rr_type_parse(type, &assumption.type)) {
		return failure_set(reterr, FAILURE_INPUT, "read the record",
				   "\"%.*s\" is not a record type", SPAN_ARG(type));
	}
	if ((rest.len == 0) != is_removal) {
		return failure_set(reterr, FAILURE_INPUT, "read the record", "%s",
				   is_removal ? "NAME TYPE is all that --without takes"
					      : "the value is missing after NAME TYPE");
	}
	assumption.text = arena_copy(arena, rest);
	bool has_value = assumption.text.len > 0;
	int r = has_value ? parse_value(arena, &assumption, reterr) : 0;
	if (r < 0) {
		return r;
	}
	struct assumption *kept =
		VECTOR_PUSH(&assumptions->items, arena, struct assumption, ASSUME_MAX);
	if (kept == NULL) {
		return failure_set_memory(reterr, "read the record");
	}
	*kept = assumption;
	return 0;
}

int assumption_add(struct assumptions *assumptions, struct arena *arena, struct span text,
		   bool is_removal, struct failure *reterr)
{
	int r = add(assumptions, arena, text, is_removal, reterr);
	return arena_has_failed(arena) ? failure_set_memory(reterr, "read the record") : r;
}

/* "v=spf1" of "v=spf1 -all": up to the first space or semicolon; empty when the text has no version
 * word. */
static struct span version_word(struct arena *arena, struct span rdata)
{
	struct txt txt;
	if (!txt_parse(arena, rdata, &txt) || !span_starts_with_nocase(txt.text, SPAN("v="))) {
		return span_of(NULL, 0);
	}
	size_t len = 0;
	while (len < txt.text.len && !text_is_space(txt.text.ptr[len]) &&
	       txt.text.ptr[len] != ';') {
		len++;
	}
	return span_slice(txt.text, 0, len);
}

static bool is_about(const struct assumption *a, struct fact_key key)
{
	return a->type == key.type && span_equal(a->name, key.subject);
}

/* True when an assumption about the same name and type pushes this observed record out. */
static bool is_replaced(const struct assumptions *assumptions, struct fact_key key,
			struct arena *arena, struct span rdata)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = VECTOR_AT(&assumptions->items, struct assumption, i);
		if (!is_about(a, key)) {
			continue;
		}
		struct span version = version_word(arena, rdata);
		if (a->is_removal || a->type != RR_TXT ||
		    (version.len > 0 &&
		     span_equal_nocase(version, version_word(arena, a->rdata)))) {
			return true;
		}
	}
	return false;
}

static void push_record(struct vector *records, struct arena *arena, uint32_t ttl,
			struct span rdata)
{
	struct dns_record *record =
		VECTOR_PUSH(records, arena, struct dns_record, (size_t)ASSUME_MAX * 4);
	if (record != NULL) {
		*record = (struct dns_record){ttl, rdata};
	}
}

void assumptions_records(const struct assumptions *assumptions, struct fact_key key,
			 const struct fact *observed, struct arena *arena, struct vector *records)
{
	const uint32_t assumed_ttl = 3600;
	if (observed != NULL && fact_is_present(observed)) {
		for (size_t i = 0; i < observed->dns->record_count; i++) {
			const struct dns_record *record = &observed->dns->records[i];
			if (!is_replaced(assumptions, key, arena, record->rdata)) {
				push_record(records, arena, record->ttl, record->rdata);
			}
		}
	}
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = VECTOR_AT(&assumptions->items, struct assumption, i);
		if (is_about(a, key) && !a->is_removal) {
			push_record(records, arena, assumed_ttl, a->rdata);
		}
	}
}

/* The types that tell whether a name exists. */
static const uint16_t existence_types[] = {RR_SOA, RR_MX, RR_TXT, RR_A, RR_AAAA};

#define EXISTENCE_TYPE_COUNT (sizeof(existence_types) / sizeof(existence_types[0]))

static bool is_observed_missing(const struct facts *overlay, struct span name)
{
	for (size_t i = 0; i < EXISTENCE_TYPE_COUNT; i++) {
		const struct fact *fact =
			facts_get(overlay, (struct fact_key){FACT_DNS, existence_types[i], name});
		if (fact != NULL && fact_is_nxdomain(fact) && fact->dns->cname_count == 0) {
			return true;
		}
	}
	return false;
}

/* The name did not exist: now it has no records of the other types. */
static int let_exist(struct facts *overlay, struct span name, struct failure *reterr)
{
	static const struct dns_answer nothing = {.dnssec = DNSSEC_UNCHECKED};
	for (size_t i = 0; i < EXISTENCE_TYPE_COUNT; i++) {
		struct fact fact = {
			.key = {FACT_DNS, existence_types[i], name},
			.state = FACT_ABSENT,
			.source = SPAN("assumed"),
			.is_assumed = true,
			.dns = &nothing,
		};
		int r = facts_add(overlay, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* RFC 8020: a name exists when it has a record, or when one below it does. */
static int let_names_exist(const struct assumptions *assumptions, struct facts *overlay,
			   struct failure *reterr)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *a = VECTOR_AT(&assumptions->items, struct assumption, i);
		/* Under a CNAME the name has what its target has: see assume_cover.c. */
		bool is_parent_only = a->type == RR_CNAME || span_starts_with(a->name, SPAN("*."));
		struct span name = a->is_removal    ? SPAN("")
				   : is_parent_only ? name_parent(a->name)
						    : a->name;
		for (; name.len > 0; name = span_from(name, span_find(name, '.', 0) + 1)) {
			int r = is_observed_missing(overlay, name)
					? let_exist(overlay, name, reterr)
					: 0;
			if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

int assumptions_apply(const struct assumptions *assumptions, struct facts *overlay,
		      struct arena *arena, struct failure *reterr)
{
	for (size_t i = 0; i < assumptions->items.len; i++) {
		const struct assumption *about =
			VECTOR_AT(&assumptions->items, struct assumption, i);
		struct fact_key key = {FACT_DNS, about->type, about->name};
		const struct fact *observed = facts_get(overlay, key);
		if (observed != NULL && observed->is_assumed) {
			continue; /* all assumptions of a name and type go in together */
		}
		struct vector records = {0};
		assumptions_records(assumptions, key, observed, arena, &records);
		struct dns_answer answer = {
			.records = records.items,
			.record_count = records.len,
			.dnssec = observed != NULL && observed->dns != NULL ? observed->dns->dnssec
									    : DNSSEC_UNCHECKED,
		};
		struct fact fact = {
			.key = key,
			.state = records.len > 0 ? FACT_PRESENT : FACT_ABSENT,
			.source = SPAN("assumed"),
			.is_assumed = true,
			.observed_at = observed != NULL ? observed->observed_at : 0,
			.dns = &answer,
		};
		int r = facts_add(overlay, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "assume records");
	}
	return let_names_exist(assumptions, overlay, reterr);
}
