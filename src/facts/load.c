/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* JSON lines -> facts, with jansson. */
#include "facts/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "facts/endpoint_json.h"
#include "facts/reader.h"
#include "facts/reported_json.h"
#include "records/name.h"

#define HEADER_MAX_DOMAINS 100000
/* One line's text, data and names, several times over. */
#define LINE_ARENA_BYTES ((size_t)16 << 20)

static struct span read_name(struct reader *reader, const char *key, struct span text)
{
	struct span name = {NULL, 0};
	if (!reader->is_broken && !name_canonical(reader->arena, text, &name)) {
		reader_complain(reader, key, "is not a domain name");
	}
	return name;
}

static void read_records(struct reader *reader, uint16_t type, uint32_t ttl,
			 struct dns_answer *answer)
{
	const json_t *array = reader_array(reader, "records", LIMIT_DNS_MESSAGE);
	size_t count = json_array_size(array);
	answer->records = arena_alloc(reader->arena, count * sizeof(*answer->records));
	for (size_t i = 0; i < count && answer->records != NULL && !reader->is_broken; i++) {
		const json_t *item = json_array_get(array, i);
		struct span text = span_of(json_string_value(item), json_string_length(item));
		struct problem problem;
		if (!json_is_string(item) || !rr_parse_text(reader->arena, type, text,
							    &answer->records[i].rdata, &problem)) {
			reader_complain(reader, "records", "holds a record that cannot be read");
			return;
		}
		answer->records[i].ttl = ttl;
		answer->record_count = i + 1;
	}
}

static void read_cnames(struct reader *reader, struct dns_answer *answer)
{
	const json_t *array = reader_array(reader, "cnames", LIMIT_DNS_MESSAGE);
	size_t count = json_array_size(array);
	answer->cnames = arena_alloc(reader->arena, count * sizeof(*answer->cnames));
	for (size_t i = 0; i < count && answer->cnames != NULL && !reader->is_broken; i++) {
		const json_t *item = json_array_get(array, i);
		struct span text = span_of(json_string_value(item), json_string_length(item));
		answer->cnames[i] = read_name(reader, "cnames", text);
		answer->cname_count = i + 1;
	}
}

static const struct dns_answer *read_answer(struct reader *reader, uint16_t type)
{
	struct dns_answer *answer = arena_alloc(reader->arena, sizeof(*answer));
	if (answer == NULL) {
		return NULL;
	}
	answer->rcode = (uint16_t)reader_number(reader, "rcode", UINT16_MAX);
	answer->ttl = (uint32_t)reader_number(reader, "ttl", UINT32_MAX);
	answer->answer_bytes = reader_number(reader, "bytes", LIMIT_DNS_MESSAGE);
	answer->is_nxdomain = json_is_true(json_object_get(reader->object, "nxdomain"));
	if (!dnssec_status_parse(reader_string(reader, "dnssec", false), &answer->dnssec)) {
		reader_complain(reader, "dnssec", "is not a word we know");
	}
	answer->why_bogus = reader_string(reader, "why_bogus", true);
	read_records(reader, type, answer->ttl, answer);
	read_cnames(reader, answer);
	answer->packet = reader_octets(reader, "packet", LIMIT_DNS_MESSAGE);
	return answer;
}

static void read_state(struct reader *reader, struct fact *fact)
{
	struct span failure = reader_string(reader, "failure", true);
	if (!fact_state_parse(reader_string(reader, "state", false), &fact->state) ||
	    fact->state == FACT_WANTED) {
		reader_complain(reader, "state", "is not a word we know");
	}
	if (failure.len > 0 && !fact_failure_parse(failure, &fact->failure)) {
		reader_complain(reader, "failure", "is not a word we know");
	}
}

static void read_origin(struct reader *reader, struct fact *fact)
{
	fact->observed_at = reader_time(reader, "time");
	fact->detail = reader_string(reader, "detail", true);
	fact->source = reader_string(reader, "source", true);
	fact->is_assumed = reader_bool(reader, "assumed");
}

static void read_dns(struct reader *reader, struct fact *fact)
{
	if (!rr_type_parse(reader_string(reader, "type", false), &fact->key.type)) {
		reader_complain(reader, "type", "is not a record type");
	}
	fact->key.subject = read_name(reader, "name", reader_string(reader, "name", false));
	if (json_object_get(reader->object, "dnssec") != NULL) {
		fact->dns = read_answer(reader, fact->key.type);
	}
	bool needs_answer = fact->state == FACT_PRESENT || fact->state == FACT_ABSENT;
	if (needs_answer && fact->dns == NULL) {
		reader_complain(reader, "dnssec", "is missing");
	}
}

/* The payload's own name, address and port are those of the key. */
static void read_endpoint(struct reader *reader, struct fact *fact)
{
	struct span address = reader_string(reader, "address", false);
	struct span name = read_name(reader, "name", reader_string(reader, "name", false));
	uint16_t port = (uint16_t)reader_number(reader, "port", UINT16_MAX);
	struct network network;
	if (!network_parse_address(address, &network)) {
		reader_complain(reader, "address", "is not an address");
		return;
	}
	fact->key.subject = endpoint_subject(reader->arena, network, port, name);
	struct reader inner = reader_enter(reader, "endpoint");
	struct smtp_endpoint *endpoint = inner.object != NULL ? endpoint_read(&inner) : NULL;
	reader_leave(reader, &inner);
	if (endpoint != NULL) {
		endpoint->address = arena_printf(reader->arena, "%s", network_format(network).text);
		endpoint->name = name;
		endpoint->port = port;
	}
	fact->endpoint = endpoint;
	if (endpoint == NULL && fact->state != FACT_NOT_OBSERVED) {
		reader_complain(reader, "endpoint", "is missing");
	}
}

static void read_policy(struct reader *reader, struct fact *fact)
{
	fact->key.subject = read_name(reader, "name", reader_string(reader, "name", false));
	struct reader inner = reader_enter(reader, "policy");
	fact->policy = inner.object != NULL ? policy_read(&inner) : NULL;
	reader_leave(reader, &inner);
	if (fact->policy == NULL && fact->state == FACT_PRESENT) {
		reader_complain(reader, "policy", "is missing");
	}
}

static void read_reported(struct reader *reader, struct fact *fact)
{
	fact->key.subject = read_name(reader, "name", reader_string(reader, "name", false));
	struct reader inner = reader_enter(reader, "reports");
	fact->reported = inner.object != NULL ? reported_read(&inner) : NULL;
	reader_leave(reader, &inner);
	if (fact->reported == NULL && fact->state == FACT_PRESENT) {
		reader_complain(reader, "reports", "is missing");
	}
}

static void read_payload(struct reader *reader, struct fact *fact)
{
	struct span kind = reader_string(reader, "kind", false);
	if (!fact_kind_parse(kind, &fact->key.kind)) {
		reader_complain(reader, "kind", "is not a kind this version knows");
		return;
	}
	switch (fact->key.kind) {
	case FACT_DNS:
		read_dns(reader, fact);
		break;
	case FACT_ENDPOINT:
		read_endpoint(reader, fact);
		break;
	case FACT_POLICY:
		read_policy(reader, fact);
		break;
	case FACT_REPORTED:
		read_reported(reader, fact);
		break;
	}
}

static int read_fact(struct reader *reader, struct facts *facts)
{
	struct fact fact = {0};
	read_state(reader, &fact);
	read_origin(reader, &fact);
	read_payload(reader, &fact);
	if (reader->is_broken) {
		return FAILURE_INPUT;
	}
	if (arena_has_failed(reader->arena)) {
		return failure_set_memory(reader->reterr, "read a fact");
	}
	return facts_add(facts, &fact, reader->reterr);
}

/* Parses one line as a JSON object; NULL and *reterr when it is none. */
static json_t *parse_line(struct span line, struct failure *reterr)
{
	json_error_t error;
	json_t *root = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(root)) {
		json_decref(root);
		failure_set(reterr, FAILURE_INPUT, "read a fact", "not a JSON object: %s",
			    root == NULL ? error.text : "another kind of value");
		return NULL;
	}
	return root;
}

int facts_load_line(struct facts *facts, struct span line, struct failure *reterr)
{
	json_t *root = parse_line(line, reterr);
	if (root == NULL) {
		return FAILURE_INPUT;
	}
	struct arena *arena = arena_new(LINE_ARENA_BYTES);
	struct reader reader = {.object = root, .arena = arena, .reterr = reterr};
	int r = arena == NULL ? failure_set_memory(reterr, "read a fact")
			      : read_fact(&reader, facts);
	arena_free(arena);
	json_decref(root);
	return r;
}

static int read_header(struct arena *arena, struct span line, struct facts_header *ret_header,
		       struct failure *reterr)
{
	json_t *root = parse_line(line, reterr);
	if (root == NULL) {
		return FAILURE_INPUT;
	}
	struct reader reader = {.object = root, .arena = arena, .reterr = reterr};
	struct facts_header header = {0};
	if (json_integer_value(json_object_get(root, "mailseal_facts")) != 1) {
		reader_complain(&reader, "mailseal_facts",
				"is not 1: not a file of facts we can read");
	}
	if (!time_parse(reader_string(&reader, "created", false), &header.created_at)) {
		reader_complain(&reader, "created", "is not an RFC 3339 time");
	}
	const json_t *domains = reader_array(&reader, "domains", HEADER_MAX_DOMAINS);
	size_t count = json_array_size(domains);
	header.domains = arena_alloc(arena, count * sizeof(*header.domains));
	for (size_t i = 0; i < count && header.domains != NULL; i++) {
		const json_t *item = json_array_get(domains, i);
		struct span text = span_of(json_string_value(item), json_string_length(item));
		header.domains[i] = read_name(&reader, "domains", text);
		header.domain_count = i + 1;
	}
	json_decref(root);
	if (reader.is_broken) {
		return FAILURE_INPUT;
	}
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "read facts");
	}
	*ret_header = header;
	return 0;
}

/* Reads lines until the end or the first that fails; *line_number says which. */
static int load_lines(struct facts *facts, struct arena *arena, FILE *file,
		      struct facts_header *ret_header, size_t *line_number, struct failure *reterr)
{
	char *text = NULL;
	size_t cap = 0;
	int r = 0;
	ssize_t len;
	while (r == 0 && (len = getline(&text, &cap, file)) >= 0) {
		(*line_number)++;
		struct span line = span_trim(span_of(text, (size_t)len), "\r\n");
		if ((size_t)len > FACTS_LINE_MAX) {
			r = failure_set(reterr, FAILURE_INPUT, "read a fact",
					"the line is too long");
		} else if (*line_number == 1) {
			r = read_header(arena, line, ret_header, reterr);
		} else if (line.len > 0) {
			r = facts_load_line(facts, line, reterr);
		}
	}
	free(text);
	return r;
}

int facts_load(struct facts *facts, struct arena *arena, const char *path,
	       struct facts_header *ret_header, struct failure *reterr)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	size_t line_number = 0;
	struct failure failure = {0};
	struct facts_header header = {0};
	int r = load_lines(facts, arena, file, &header, &line_number, &failure);
	bool is_read_error = ferror(file) != 0;
	fclose(file);
	if (r < 0) {
		return failure_set(reterr, failure.code, path, "line %zu: %s", line_number,
				   failure.detail);
	}
	if (is_read_error || line_number == 0) {
		return failure_set(reterr, FAILURE_INPUT, path, "%s",
				   is_read_error ? "cannot be read" : "is empty");
	}
	*ret_header = header;
	return 0;
}

static int answer_nothing(struct fact_source *source, const struct wants *wants,
			  struct facts *facts, struct failure *reterr)
{
	(void)source;
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct fact fact = {
			.key = wants_at(wants, i),
			.state = FACT_NOT_OBSERVED,
			.failure = FACT_FAILURE_NOT_RECORDED,
		};
		int r = facts_add(facts, &fact, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

struct fact_source facts_replay_source(void)
{
	return (struct fact_source){.answer = answer_nothing};
}
