/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Facts -> JSON lines. */
#include "facts/save.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "facts/endpoint_json.h"
#include "facts/reported_json.h"

void facts_write_header(const struct facts_header *header, struct buffer *line)
{
	struct json_writer json = json_writer_new(line, 0);
	json_object_begin(&json);
	json_key_number(&json, "mailseal_facts", 1);
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	json_key_string(&json, "created", span_of_string(time_format(header->created_at).text));
	json_key_strings(&json, "domains", header->domains, header->domain_count);
	json_object_end(&json);
	buffer_putc(line, '\n');
}

static void write_records(struct json_writer *json, const struct fact *fact)
{
	const struct dns_answer *answer = fact->dns;
	json_key(json, "records");
	json_array_begin(json);
	struct buffer text = buffer_new(FACTS_LINE_MAX);
	for (size_t i = 0; i < answer->record_count; i++) {
		buffer_clear(&text);
		rr_write_text(fact->key.type, answer->records[i].rdata, &text);
		json_put_string(json, buffer_span(&text));
		json->buffer->is_failed |= text.is_failed;
	}
	buffer_free(&text);
	json_array_end(json);
}

static void write_answer(struct json_writer *json, const struct fact *fact)
{
	const struct dns_answer *answer = fact->dns;
	json_key_number(json, "rcode", answer->rcode);
	if (fact->state == FACT_ABSENT) {
		json_key_bool(json, "nxdomain", answer->is_nxdomain);
	}
	json_key_number(json, "ttl", answer->ttl);
	if (answer->record_count > 0) {
		write_records(json, fact);
	}
	if (answer->cname_count > 0) {
		json_key_strings(json, "cnames", answer->cnames, answer->cname_count);
	}
	json_key_string(json, "dnssec", span_of_string(dnssec_status_name(answer->dnssec)));
	if (answer->why_bogus.len > 0) {
		json_key_string(json, "why_bogus", answer->why_bogus);
	}
	if (answer->answer_bytes > 0) {
		json_key_number(json, "bytes", (int64_t)answer->answer_bytes);
	}
}

static void write_packet(struct json_writer *json, struct span packet)
{
	struct buffer text = buffer_new(FACTS_LINE_MAX);
	base64_encode(&text, packet);
	json_key_string(json, "packet", buffer_span(&text));
	json->buffer->is_failed |= text.is_failed;
	buffer_free(&text);
}

static void write_type(struct json_writer *json, uint16_t type)
{
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(1024);
	if (arena == NULL) {
		json->buffer->is_failed = true;
		return;
	}
	json_key_string(json, "type", rr_type_name(arena, type));
}

static void write_key(struct json_writer *json, struct fact_key key)
{
	json_key_string(json, "kind", span_of_string(fact_kind_name(key.kind)));
	struct network address;
	uint16_t port = 0;
	struct span name = key.subject;
	bool is_endpoint = key.kind == FACT_ENDPOINT &&
			   endpoint_subject_parse(key.subject, &address, &port, &name);
	json_key_string(json, "name", name);
	if (is_endpoint) {
		json_key_string(json, "address", span_of_string(network_format(address).text));
		json_key_number(json, "port", port);
	}
	if (key.kind == FACT_DNS) {
		write_type(json, key.type);
	}
}

static void write_payload(struct json_writer *json, const struct fact *fact)
{
	if (fact->endpoint != NULL) {
		json_key(json, "endpoint");
		endpoint_write(json, fact->endpoint);
	}
	if (fact->policy != NULL) {
		json_key(json, "policy");
		policy_write(json, fact->policy);
	}
	if (fact->reported != NULL) {
		json_key(json, "reports");
		reported_write(json, fact->reported);
	}
	if (fact->dns != NULL && fact->dns->packet.len > 0) {
		write_packet(json, fact->dns->packet);
	}
}

void facts_write_fact(const struct fact *fact, struct buffer *line)
{
	struct json_writer json = json_writer_new(line, 0);
	json_object_begin(&json);
	write_key(&json, fact->key);
	json_key_string(&json, "state", span_of_string(fact_state_name(fact->state)));
	if (fact->failure != FACT_FAILURE_NONE) {
		json_key_string(&json, "failure", span_of_string(fact_failure_name(fact->failure)));
	}
	if (fact->detail.len > 0) {
		json_key_string(&json, "detail", fact->detail);
	}
	if (fact->dns != NULL) {
		write_answer(&json, fact);
	}
	if (fact->source.len > 0) {
		json_key_string(&json, "source", fact->source);
	}
	if (fact->observed_at != 0) {
		json_key_string(&json, "time", span_of_string(time_format(fact->observed_at).text));
	}
	if (fact->is_assumed) {
		json_key_bool(&json, "assumed", true);
	}
	write_payload(&json, fact);
	json_object_end(&json);
	buffer_putc(line, '\n');
}

/* Writes all lines; false on the first that fails, with errno set. */
static bool write_lines(const struct facts *facts, const struct facts_header *header, FILE *file)
{
	struct buffer line = buffer_new(FACTS_LINE_MAX);
	facts_write_header(header, &line);
	bool is_ok = true;
	for (size_t i = 0; is_ok; i++) {
		is_ok = !line.is_failed && fwrite(line.data, 1, line.len, file) == line.len;
		if (!is_ok || i == facts_count(facts)) {
			break;
		}
		buffer_clear(&line);
		facts_write_fact(facts_at(facts, i), &line);
	}
	buffer_free(&line);
	return is_ok;
}

int facts_save(const struct facts *facts, const struct facts_header *header, const char *path,
	       struct failure *reterr)
{
	char part_path[4096];
	int len = snprintf(part_path, sizeof(part_path), "%s.part", path);
	if (len < 0 || (size_t)len >= sizeof(part_path)) {
		return failure_set(reterr, FAILURE_INPUT, path, "the file name is too long");
	}
	FILE *file = fopen(part_path, "we");
	if (file == NULL) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	bool is_ok = write_lines(facts, header, file);
	is_ok = fflush(file) == 0 && is_ok;
	is_ok = fclose(file) == 0 && is_ok;
	if (!is_ok || rename(part_path, path) != 0) {
		int error = errno;
		unlink(part_path);
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(error));
	}
	return 0;
}
