/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Answers become facts. */
#include <stdlib.h>

#include "collect/dns_answer.h"
#include "facts/load.h"
#include "library/internal.h"
#include "records/name.h"

/* One answer: 64 kB of packet, read and copied, or as much text. */
#define ANSWER_BYTES (DNS_PACKET_ARENA_BYTES + ((size_t)8 << 20))
#define RECORDS_MAX DNS_PACKET_MAX_RECORDS

struct mailseal_facts *mailseal_facts_new(uint64_t seed)
{
	struct mailseal_facts *facts = calloc(1, sizeof(*facts));
	if (facts == NULL) {
		return NULL;
	}
	facts->facts = facts_new(seed);
	facts->keys = key_cache_new(seed);
	if (facts->facts == NULL || facts->keys == NULL) {
		mailseal_facts_free(facts);
		return NULL;
	}
	return facts;
}

void mailseal_facts_free(struct mailseal_facts *facts)
{
	if (facts != NULL) {
		facts_free(facts->facts);
		key_cache_free(facts->keys);
		free(facts);
	}
}

static int complain(struct mailseal_facts *facts, const char *what, const char *why)
{
	return library_status(failure_set(&facts->failure, FAILURE_INPUT, what, "%s", why));
}

const char *mailseal_facts_complaint(const struct mailseal_facts *facts)
{
	return facts->failure.detail;
}

int mailseal_facts_set_origin(struct mailseal_facts *facts, int64_t observed_at, const char *source)
{
	size_t len = strlen(source);
	if (len > SOURCE_MAX) {
		return complain(facts, "set the origin", "the source is too long");
	}
	memcpy(facts->source, source, len + 1);
	facts->observed_at = observed_at;
	return MAILSEAL_DONE;
}

/* One answer on its way into the set. */
struct answering {
	struct mailseal_facts *facts;
	struct arena *arena;
	struct fact fact;
	struct dns_answer answer;
};

/* The name, canonical; only DNS questions can be answered with DNS data. */
static int begin(struct mailseal_facts *facts, const struct mailseal_question *question,
		 struct answering *a)
{
	*a = (struct answering){.facts = facts};
	if (question->kind != MAILSEAL_DNS) {
		return complain(facts, "answer", "the question is not about DNS");
	}
	a->arena = arena_new(ANSWER_BYTES);
	if (a->arena == NULL) {
		return MAILSEAL_NO_MEMORY;
	}
	a->fact = (struct fact){
		.key = {FACT_DNS, question->type, {NULL, 0}},
		.observed_at = facts->observed_at,
		.source = span_of_string(facts->source),
	};
	bool is_name =
		name_canonical(a->arena, span_of_string(question->name), &a->fact.key.subject);
	if (arena_has_failed(a->arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	return is_name ? MAILSEAL_DONE : complain(facts, "answer", "the name is not a domain name");
}

static void set_failed(struct answering *a, enum fact_failure failure)
{
	a->fact.state = FACT_FAILED;
	a->fact.failure = failure;
	a->fact.dns = NULL;
}

/* The records or their absence, once they are in a->answer. */
static void set_answer(struct answering *a, enum mailseal_dnssec dnssec)
{
	static const enum dnssec_status statuses[] = {
		[MAILSEAL_UNCHECKED] = DNSSEC_UNCHECKED,
		[MAILSEAL_INSECURE] = DNSSEC_INSECURE,
		[MAILSEAL_SECURE] = DNSSEC_SECURE,
	};
	a->fact.state = a->answer.record_count > 0 ? FACT_PRESENT : FACT_ABSENT;
	a->answer.dnssec = statuses[dnssec];
	a->fact.dns = &a->answer;
}

/* Puts the fact into the set, unless something failed on the way. */
static int finish(struct answering *a, int status)
{
	if (a->arena != NULL && arena_has_failed(a->arena)) {
		status = MAILSEAL_NO_MEMORY;
	}
	if (status == MAILSEAL_DONE) {
		status = library_status(facts_add(a->facts->facts, &a->fact, NULL));
	}
	arena_free(a->arena);
	return status;
}

static void take_packet(struct answering *a, struct span packet, enum mailseal_dnssec dnssec)
{
	switch (dns_answer_read(a->arena, a->fact.key, packet, &a->answer)) {
	case DNS_ANSWER_PRESENT:
	case DNS_ANSWER_NODATA:
	case DNS_ANSWER_NXDOMAIN:
		set_answer(a, dnssec);
		break;
	case DNS_ANSWER_ERROR:
		set_failed(a, a->answer.rcode == DNS_RCODE_SERVFAIL  ? FACT_FAILURE_SERVFAIL
			      : a->answer.rcode == DNS_RCODE_REFUSED ? FACT_FAILURE_REFUSED
								     : FACT_FAILURE_MALFORMED);
		break;
	case DNS_ANSWER_LOOP:
	case DNS_ANSWER_MALFORMED:
		set_failed(a, FACT_FAILURE_MALFORMED);
		break;
	}
}

int mailseal_facts_add_packet(struct mailseal_facts *facts,
			      const struct mailseal_question *question, const void *packet,
			      size_t len, enum mailseal_dnssec dnssec)
{
	struct answering a;
	int status = begin(facts, question, &a);
	if (status == MAILSEAL_DONE) {
		take_packet(&a, span_of(packet, len), dnssec);
	}
	return finish(&a, status);
}

/* Room for count records; false when that is too many. */
static bool reserve(struct answering *a, size_t count)
{
	if (count > RECORDS_MAX) {
		return false;
	}
	a->answer.ttl = count > 0 ? UINT32_MAX : 0;
	a->answer.records = arena_alloc(a->arena, count * sizeof(*a->answer.records));
	return a->answer.records != NULL;
}

static void put_record(struct answering *a, struct span rdata, uint32_t ttl)
{
	a->answer.records[a->answer.record_count++] = (struct dns_record){ttl, rdata};
	a->answer.ttl = ttl < a->answer.ttl ? ttl : a->answer.ttl;
}

static bool take_records(struct answering *a, const struct mailseal_record *records, size_t count)
{
	if (!reserve(a, count)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct cursor cursor = cursor_of(span_of(records[i].rdata, records[i].len));
		struct span rdata;
		if (records[i].len > RR_RDATA_MAX || !rr_expand(&cursor, a->arena, a->fact.key.type,
								(uint16_t)records[i].len, &rdata)) {
			return false;
		}
		put_record(a, rdata, records[i].ttl);
	}
	return true;
}

int mailseal_facts_add_records(struct mailseal_facts *facts,
			       const struct mailseal_question *question,
			       const struct mailseal_record *records, size_t count,
			       enum mailseal_dnssec dnssec)
{
	struct answering a;
	int status = begin(facts, question, &a);
	if (status == MAILSEAL_DONE && take_records(&a, records, count)) {
		set_answer(&a, dnssec);
	} else if (status == MAILSEAL_DONE) {
		set_failed(&a, FACT_FAILURE_MALFORMED);
	}
	return finish(&a, status);
}

static size_t count_lines(struct span text)
{
	size_t count = 0;
	for (size_t at = 0; at < text.len; at = span_find(text, '\n', at) + 1) {
		count++;
	}
	return count;
}

static int take_text(struct answering *a, struct span rest)
{
	struct span line;
	struct problem problem;
	if (!reserve(a, count_lines(rest))) {
		return complain(a->facts, "read records", "there are too many");
	}
	while (span_split(&rest, '\n', &line)) {
		struct span rdata;
		if (line.len > 0 &&
		    !rr_parse_text(a->arena, a->fact.key.type, line, &rdata, &problem)) {
			return complain(a->facts, "read records", "one cannot be read");
		}
		if (line.len > 0) {
			put_record(a, rdata, 0 /* ttl */);
		}
	}
	return MAILSEAL_DONE;
}

int mailseal_facts_add_text(struct mailseal_facts *facts, const struct mailseal_question *question,
			    const char *records, enum mailseal_dnssec dnssec)
{
	struct answering a;
	int status = begin(facts, question, &a);
	if (status == MAILSEAL_DONE) {
		status = take_text(&a, span_of_string(records));
		set_answer(&a, dnssec);
	}
	return finish(&a, status);
}

static void take_outcome(struct answering *a, enum mailseal_outcome outcome)
{
	static const enum fact_failure failures[] = {
		[MAILSEAL_SERVFAIL] = FACT_FAILURE_SERVFAIL,
		[MAILSEAL_REFUSED] = FACT_FAILURE_REFUSED,
		[MAILSEAL_TIMEOUT] = FACT_FAILURE_TIMEOUT,
		[MAILSEAL_BOGUS] = FACT_FAILURE_BOGUS,
		[MAILSEAL_MALFORMED] = FACT_FAILURE_MALFORMED,
		[MAILSEAL_NETWORK] = FACT_FAILURE_NETWORK,
		[MAILSEAL_NOT_ASKED] = FACT_FAILURE_NOT_ASKED,
	};
	if (outcome == MAILSEAL_NODATA || outcome == MAILSEAL_NXDOMAIN) {
		a->answer.is_nxdomain = outcome == MAILSEAL_NXDOMAIN;
		a->answer.rcode = a->answer.is_nxdomain ? DNS_RCODE_NXDOMAIN : DNS_RCODE_NOERROR;
		set_answer(a, MAILSEAL_UNCHECKED);
		return;
	}
	set_failed(a, failures[outcome]);
	if (outcome == MAILSEAL_NOT_ASKED) {
		a->fact.state = FACT_NOT_OBSERVED;
		a->fact.observed_at = 0;
	}
}

int mailseal_facts_add_outcome(struct mailseal_facts *facts,
			       const struct mailseal_question *question,
			       enum mailseal_outcome outcome)
{
	struct answering a;
	int status = begin(facts, question, &a);
	if (status == MAILSEAL_DONE) {
		take_outcome(&a, outcome);
	}
	return finish(&a, status);
}

static int load_line(struct mailseal_facts *facts, struct span line, size_t number)
{
	struct failure failure;
	if (line.len == 0 || span_starts_with(line, SPAN("{\"mailseal_facts\""))) {
		return 0;
	}
	int r = line.len > MAILSEAL_MAX_LINE
			? failure_set(&failure, FAILURE_INPUT, "load facts", "it is too long")
			: facts_load_line(facts->facts, line, &failure);
	if (r == FAILURE_INPUT) {
		failure_set(&facts->failure, FAILURE_INPUT, "load facts", "line %zu: %s", number,
			    failure.detail);
	}
	return r;
}

int mailseal_facts_load(struct mailseal_facts *facts, const char *lines, size_t len)
{
	struct span rest = span_of(lines, len);
	struct span line;
	int r = 0;
	for (size_t number = 1; r == 0 && rest.len > 0 && span_split(&rest, '\n', &line);
	     number++) {
		r = load_line(facts, span_trim(line, "\r"), number);
	}
	return library_status(r);
}

int mailseal_facts_save(const struct mailseal_facts *facts,
			int (*write)(void *context, const char *line, size_t len), void *context)
{
	struct buffer line = buffer_new(FACTS_LINE_MAX);
	int r = 0;
	for (size_t i = 0; r == 0 && i < facts_count(facts->facts); i++) {
		buffer_clear(&line);
		facts_write_fact(facts_at(facts->facts, i), &line);
		r = line.is_failed ? MAILSEAL_NO_MEMORY : write(context, line.data, line.len);
	}
	buffer_free(&line);
	return r;
}
