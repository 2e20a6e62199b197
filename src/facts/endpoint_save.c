/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* An endpoint -> JSON. */
#include "facts/endpoint_json.h"

#include "facts/save.h"

#define FIELD(field)                                                                               \
	{                                                                                          \
#field, offsetof(struct smtp_endpoint, field)                                      \
	}

const struct endpoint_field endpoint_probe_fields[] = {
	FIELD(injection),
	FIELD(clear_auth),
	FIELD(prefers_own_suites),
	FIELD(signs_sha1),
	FIELD(signs_sha224),
	FIELD(extended_master_secret),
	FIELD(secure_renegotiation),
	FIELD(encrypt_then_mac),
	FIELD(compression),
	FIELD(heartbeat),
	FIELD(tickets),
	FIELD(client_renegotiation),
	FIELD(takes_large_hello),
	FIELD(takes_huge_hello),
	FIELD(takes_split_hello),
	FIELD(takes_unknown_version),
	FIELD(sends_internal_error),
};
const size_t endpoint_probe_field_count =
	sizeof(endpoint_probe_fields) / sizeof(endpoint_probe_fields[0]);

static void put_string(struct json_writer *json, const char *key, struct span text)
{
	if (text.len > 0) {
		json_key_string(json, key, text);
	}
}

static void put_number(struct json_writer *json, const char *key, int64_t number)
{
	if (number != 0) {
		json_key_number(json, key, number);
	}
}

static void put_flag(struct json_writer *json, const char *key, bool is_set)
{
	if (is_set) {
		json_key_bool(json, key, true);
	}
}

static void put_probe(struct json_writer *json, const char *key, struct probe probe)
{
	if (probe.answer != PROBE_UNKNOWN || probe.reason != PROBE_NOT_ASKED) {
		json_key_string(json, key, span_of_string(probe_name(probe)));
	}
}

static void put_time(struct json_writer *json, const char *key, int64_t time)
{
	if (time != 0) {
		json_key_string(json, key, span_of_string(time_format(time).text));
	}
}

void facts_put_octets(struct json_writer *json, struct span octets)
{
	struct buffer text = buffer_new(FACTS_LINE_MAX);
	base64_encode(&text, octets);
	json_put_string(json, buffer_span(&text));
	json->buffer->is_failed |= text.is_failed;
	buffer_free(&text);
}

static void put_octets_list(struct json_writer *json, const char *key, const struct span *list,
			    size_t count)
{
	if (count == 0) {
		return;
	}
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		facts_put_octets(json, list[i]);
	}
	json_array_end(json);
}

static void put_numbers(struct json_writer *json, const char *key, struct buffer *text)
{
	if (text->len > 0) {
		json_key_string(json, key, buffer_span(text));
	}
	json->buffer->is_failed |= text->is_failed;
	buffer_free(text);
}

static void put_suites(struct json_writer *json, const char *key, const uint32_t *suites,
		       size_t count)
{
	struct buffer text = buffer_new(FACTS_LINE_MAX);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(&text, "%s%04x", i > 0 ? " " : "", (unsigned)suites[i]);
	}
	put_numbers(json, key, &text);
}

static void put_groups_list(struct json_writer *json, const char *key, const uint16_t *groups,
			    size_t count)
{
	struct buffer text = buffer_new(FACTS_LINE_MAX);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(&text, "%s%04x", i > 0 ? " " : "", groups[i]);
	}
	put_numbers(json, key, &text);
}

static void put_reply(struct json_writer *json, const char *key, const struct endpoint_reply *reply)
{
	if (reply->code == 0 && reply->text.len == 0) {
		return;
	}
	json_key(json, key);
	json_object_begin(json);
	put_number(json, "code", reply->code);
	put_string(json, "text", reply->text);
	json_object_end(json);
}

static void put_ehlo(struct json_writer *json, const char *key, const struct endpoint_ehlo *ehlo)
{
	if (ehlo->reply.code == 0) {
		return;
	}
	json_key(json, key);
	json_object_begin(json);
	json_key_number(json, "code", ehlo->reply.code);
	put_string(json, "text", ehlo->reply.text);
	json_key_strings(json, "keywords", ehlo->keywords, ehlo->keyword_count);
	put_flag(json, "cut", ehlo->is_cut);
	json_object_end(json);
}

static void put_version(struct json_writer *json, const struct endpoint_version *version)
{
	json_object_begin(json);
	json_key_number(json, "version", version->version);
	put_probe(json, "accepted", version->is_accepted);
	put_suites(json, "suites", version->suites.accepted, version->suites.accepted_count);
	put_suites(json, "refused", version->suites.refused, version->suites.refused_count);
	put_flag(json, "complete", version->is_complete);
	put_number(json, "best_first", version->best_first);
	put_number(json, "worst_first", version->worst_first);
	json_object_end(json);
}

static void put_groups(struct json_writer *json, const char *key,
		       const struct endpoint_groups *groups)
{
	json_key(json, key);
	json_object_begin(json);
	put_groups_list(json, "groups", groups->accepted, groups->accepted_count);
	put_groups_list(json, "refused", groups->refused, groups->refused_count);
	put_number(json, "chosen", groups->chosen);
	put_flag(json, "complete", groups->is_complete);
	put_probe(json, "prefers_own", groups->prefers_own);
	json_object_end(json);
}

static void put_dh(struct json_writer *json, const struct endpoint_dh *dh)
{
	json_object_begin(json);
	json_key_number(json, "version", dh->version);
	json_key_number(json, "suite", dh->suite);
	json_key_number(json, "bits", dh->prime_bits);
	put_number(json, "group", dh->group);
	json_object_end(json);
}

static void put_presentation(struct json_writer *json,
			     const struct endpoint_presentation *presentation)
{
	json_object_begin(json);
	put_string(json, "asked", presentation->asked);
	put_flag(json, "sni", presentation->has_sni);
	put_flag(json, "raw", presentation->is_raw);
	put_number(json, "version", presentation->version);
	put_number(json, "suite", presentation->suite);
	put_number(json, "group", presentation->group);
	put_string(json, "signature", presentation->signature);
	put_octets_list(json, "chain", presentation->chain, presentation->chain_count);
	put_flag(json, "chain_cut", presentation->is_chain_cut);
	put_probe(json, "trusted", presentation->is_trusted);
	put_string(json, "trust_error", presentation->trust_error);
	put_time(json, "trusted_from", presentation->trusted_from);
	put_time(json, "trusted_until", presentation->trusted_until);
	if (presentation->ocsp.len > 0) {
		json_key(json, "ocsp");
		facts_put_octets(json, presentation->ocsp);
	}
	put_probe(json, "asks_certificate", presentation->asks_certificate);
	put_number(json, "early_data", presentation->early_data_bytes);
	put_ehlo(json, "ehlo", &presentation->ehlo);
	put_string(json, "outer_name", presentation->outer_name);
	json_object_end(json);
}

static void put_smtp(struct json_writer *json, const struct smtp_endpoint *endpoint)
{
	json_key_string(json, "greeting",
			span_of_string(endpoint_greeting_name(endpoint->greeting)));
	put_reply(json, "banner", &endpoint->banner);
	put_ehlo(json, "ehlo", &endpoint->ehlo);
	json_key_string(json, "starttls",
			span_of_string(endpoint_starttls_name(endpoint->starttls)));
	put_probe(json, "starttls_reason", probe_unknown(endpoint->starttls_reason));
	put_reply(json, "starttls_reply", &endpoint->starttls_reply);
	put_number(json, "starttls_offered", endpoint->starttls_offered);
	put_number(json, "starttls_missing", endpoint->starttls_missing);
}

static void put_tls(struct json_writer *json, const struct smtp_endpoint *endpoint)
{
	json_key(json, "versions");
	json_array_begin(json);
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		put_version(json, &endpoint->versions[i]);
	}
	json_array_end(json);
	put_groups(json, "groups12", &endpoint->groups12);
	put_groups(json, "groups13", &endpoint->groups13);
	json_key(json, "dh");
	json_array_begin(json);
	for (size_t i = 0; i < endpoint->dh_count; i++) {
		put_dh(json, &endpoint->dh[i]);
	}
	json_array_end(json);
	put_number(json, "renegotiations", endpoint->renegotiations);
	json_key(json, "presentations");
	json_array_begin(json);
	for (size_t i = 0; i < endpoint->presentation_count; i++) {
		put_presentation(json, &endpoint->presentations[i]);
	}
	json_array_end(json);
	put_string(json, "handshake_error", endpoint->handshake_error);
}

static void put_probes(struct json_writer *json, const struct smtp_endpoint *endpoint)
{
	json_key(json, "probes");
	json_object_begin(json);
	for (size_t i = 0; i < endpoint_probe_field_count; i++) {
		const struct endpoint_field *field = &endpoint_probe_fields[i];
		struct probe probe;
		memcpy(&probe, (const char *)endpoint + field->offset, sizeof(probe));
		put_probe(json, field->name, probe);
	}
	json_object_end(json);
}

void endpoint_write(struct json_writer *json, const struct smtp_endpoint *endpoint)
{
	json_object_begin(json);
	json_key_string(json, "plan", span_of_string(endpoint_plan_name(endpoint->plan)));
	json_key_string(json, "reach", span_of_string(endpoint_reach_name(endpoint->reach)));
	json_key_number(json, "connections", endpoint->connections);
	put_number(json, "throttles", endpoint->throttles);
	/* -1 (never) is left out and 0 is not. */
	if (endpoint->connect_ms >= 0) {
		json_key_number(json, "connect_ms", endpoint->connect_ms);
	}
	if (endpoint->greeting_ms >= 0) {
		json_key_number(json, "greeting_ms", endpoint->greeting_ms);
	}
	put_smtp(json, endpoint);
	put_probes(json, endpoint);
	put_tls(json, endpoint);
	json_object_end(json);
}
