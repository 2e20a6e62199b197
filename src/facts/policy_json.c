/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fetched policy <-> JSON. A body that is not plain text is base64 under another key. */
#include "facts/endpoint_json.h"

#include "facts/save.h"

static void put_string(struct json_writer *json, const char *key, struct span text)
{
	if (text.len > 0) {
		json_key_string(json, key, text);
	}
}

static void put_body(struct json_writer *json, struct span body)
{
	if (body.len == 0) {
		return;
	}
	if (text_is_utf8(body) && memchr(body.ptr, '\0', body.len) == NULL) {
		json_key_string(json, "body", body);
		return;
	}
	json_key(json, "body_base64");
	facts_put_octets(json, body);
}

void policy_write(struct json_writer *json, const struct policy_fetch *policy)
{
	json_object_begin(json);
	json_key_string(json, "outcome", span_of_string(policy_outcome_name(policy->outcome)));
	json_key_number(json, "status", policy->http_status);
	put_string(json, "content_type", policy->content_type);
	put_string(json, "location", policy->location);
	put_string(json, "address", policy->address);
	put_string(json, "error", policy->error);
	put_string(json, "certificate_error", policy->certificate_error);
	json_key_number(json, "tls", policy->tls_version);
	json_key_number(json, "elapsed_ms", policy->elapsed_ms);
	json_key(json, "chain");
	json_array_begin(json);
	for (size_t i = 0; i < policy->chain_count; i++) {
		facts_put_octets(json, policy->chain[i]);
	}
	json_array_end(json);
	put_body(json, policy->body);
	json_object_end(json);
}

static struct span read_body(struct reader *reader)
{
	struct span body = reader_string(reader, "body", /* is_optional */ true);
	if (body.len == 0) {
		return reader_octets(reader, "body_base64", POLICY_MAX_BODY);
	}
	if (body.len > POLICY_MAX_BODY) {
		reader_complain(reader, "body", "is too long");
	}
	return body;
}

const struct policy_fetch *policy_read(struct reader *reader)
{
	struct policy_fetch *policy = arena_alloc(reader->arena, sizeof(*policy));
	if (policy == NULL) {
		return NULL;
	}
	if (!policy_outcome_parse(reader_string(reader, "outcome", false), &policy->outcome)) {
		reader_complain(reader, "outcome", "is not a word we know");
	}
	policy->http_status = (unsigned)reader_number(reader, "status", 999);
	policy->content_type = reader_string(reader, "content_type", /* is_optional */ true);
	policy->location = reader_string(reader, "location", /* is_optional */ true);
	policy->address = reader_string(reader, "address", /* is_optional */ true);
	policy->error = reader_string(reader, "error", /* is_optional */ true);
	policy->certificate_error = reader_string(reader, "certificate_error", true);
	policy->tls_version = (uint16_t)reader_number(reader, "tls", UINT16_MAX);
	policy->elapsed_ms = (int64_t)reader_number(reader, "elapsed_ms", (uint64_t)1 << 40);
	policy->chain = reader_octets_list(reader, "chain", POLICY_MAX_CHAIN,
					   POLICY_MAX_CHAIN_BYTES, &policy->chain_count);
	policy->body = read_body(reader);
	return policy;
}
