/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* JSON -> an endpoint, strictly. */
#include "facts/endpoint_json.h"

#define MAX_VERSION 0x0304
#define MAX_SUITE 0xffffff
#define MAX_MS ((uint64_t)1 << 40)
#define MAX_COUNT 1000000

static const char *const not_a_word = "is not a word we know";

static struct probe read_probe(struct reader *reader, const char *key)
{
	struct span text = reader_string(reader, key, /* is_optional */ true);
	struct probe probe = {PROBE_UNKNOWN, PROBE_NOT_ASKED};
	if (text.len > 0 && !probe_parse(text, &probe)) {
		reader_complain(reader, key, not_a_word);
	}
	return probe;
}

/* "1301 c02f" -> numbers; their count is at most a fifth of the text's length. */
static size_t read_hex_list(struct reader *reader, const char *key, size_t max, uint32_t *numbers)
{
	struct span text = reader_string(reader, key, /* is_optional */ true);
	size_t count = 0;
	size_t digits = 0;
	uint32_t number = 0;
	for (size_t i = 0; i <= text.len && text.len > 0; i++) {
		if (i == text.len || text.ptr[i] == ' ') {
			if (digits < 4 || digits > 6 || count == max) {
				reader_complain(reader, key, "is not a list of numbers");
				return 0;
			}
			numbers[count++] = number;
			digits = 0;
			number = 0;
			continue;
		}
		int value = text_hex_value(text.ptr[i]);
		number = number << 4 | (value >= 0 ? (uint32_t)value : 0);
		digits = value >= 0 && digits < 7 ? digits + 1 : 7;
	}
	return count;
}

static uint32_t *read_suites(struct reader *reader, const char *key, size_t *ret_count)
{
	uint32_t numbers[ENDPOINT_MAX_SUITES];
	size_t count = read_hex_list(reader, key, ENDPOINT_MAX_SUITES, numbers);
	uint32_t *suites = arena_alloc(reader->arena, count * sizeof(*suites));
	for (size_t i = 0; i < count && suites != NULL; i++) {
		suites[i] = numbers[i];
	}
	*ret_count = suites != NULL ? count : 0;
	return suites;
}

static uint16_t *read_group_list(struct reader *reader, const char *key, size_t *ret_count)
{
	uint32_t numbers[ENDPOINT_MAX_GROUPS];
	size_t count = read_hex_list(reader, key, ENDPOINT_MAX_GROUPS, numbers);
	uint16_t *groups = arena_alloc(reader->arena, count * sizeof(*groups));
	for (size_t i = 0; i < count && groups != NULL; i++) {
		if (numbers[i] > UINT16_MAX) {
			reader_complain(reader, key, "holds a number that is no group");
		}
		groups[i] = (uint16_t)numbers[i];
	}
	*ret_count = groups != NULL ? count : 0;
	return groups;
}

static struct endpoint_reply read_reply_here(struct reader *reader)
{
	return (struct endpoint_reply){
		.code = (unsigned)reader_number(reader, "code", 999),
		.text = reader_string(reader, "text", /* is_optional */ true),
	};
}

static struct endpoint_reply read_reply(struct reader *reader, const char *key)
{
	struct reader inner = reader_enter(reader, key);
	struct endpoint_reply reply = {0};
	if (inner.object != NULL) {
		reply = read_reply_here(&inner);
	}
	reader_leave(reader, &inner);
	return reply;
}

static struct endpoint_ehlo read_ehlo(struct reader *reader, const char *key)
{
	struct reader inner = reader_enter(reader, key);
	struct endpoint_ehlo ehlo = {0};
	if (inner.object != NULL) {
		ehlo.reply = read_reply_here(&inner);
		ehlo.keywords = reader_strings(&inner, "keywords", ENDPOINT_MAX_KEYWORDS,
					       &ehlo.keyword_count);
		ehlo.is_cut = reader_bool(&inner, "cut");
	}
	reader_leave(reader, &inner);
	return ehlo;
}

static struct endpoint_version read_version(struct reader *reader)
{
	struct endpoint_version version = {
		.version = (uint16_t)reader_number(reader, "version", MAX_VERSION),
		.is_accepted = read_probe(reader, "accepted"),
		.is_complete = reader_bool(reader, "complete"),
		.best_first = (uint32_t)reader_number(reader, "best_first", MAX_SUITE),
		.worst_first = (uint32_t)reader_number(reader, "worst_first", MAX_SUITE),
	};
	struct endpoint_suites *suites = &version.suites;
	suites->accepted = read_suites(reader, "suites", &suites->accepted_count);
	suites->refused = read_suites(reader, "refused", &suites->refused_count);
	return version;
}

static void read_versions(struct reader *reader, struct smtp_endpoint *endpoint)
{
	const json_t *array = reader_array(reader, "versions", ENDPOINT_VERSIONS);
	if (json_array_size(array) != ENDPOINT_VERSIONS) {
		reader_complain(reader, "versions", "does not hold six versions");
		return;
	}
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		struct reader item =
			reader_enter_item(reader, "versions", json_array_get(array, i));
		endpoint->versions[i] = read_version(&item);
		reader_leave(reader, &item);
	}
}

static struct endpoint_groups read_groups(struct reader *reader, const char *key)
{
	struct reader inner = reader_enter(reader, key);
	struct endpoint_groups groups = {
		.chosen = (uint16_t)reader_number(&inner, "chosen", UINT16_MAX),
		.is_complete = reader_bool(&inner, "complete"),
		.prefers_own = read_probe(&inner, "prefers_own"),
	};
	groups.accepted = read_group_list(&inner, "groups", &groups.accepted_count);
	groups.refused = read_group_list(&inner, "refused", &groups.refused_count);
	reader_leave(reader, &inner);
	return groups;
}

static void read_dh(struct reader *reader, struct smtp_endpoint *endpoint)
{
	const json_t *array = reader_array(reader, "dh", ENDPOINT_MAX_DH);
	size_t count = json_array_size(array);
	endpoint->dh = arena_alloc(reader->arena, count * sizeof(*endpoint->dh));
	for (size_t i = 0; i < count && endpoint->dh != NULL; i++) {
		struct reader item = reader_enter_item(reader, "dh", json_array_get(array, i));
		endpoint->dh[i] = (struct endpoint_dh){
			.version = (uint16_t)reader_number(&item, "version", MAX_VERSION),
			.suite = (uint32_t)reader_number(&item, "suite", MAX_SUITE),
			.prime_bits = (unsigned)reader_number(&item, "bits", MAX_COUNT),
			.group = (uint16_t)reader_number(&item, "group", UINT16_MAX),
		};
		reader_leave(reader, &item);
		endpoint->dh_count = i + 1;
	}
}

static struct endpoint_presentation read_presentation(struct reader *reader)
{
	struct endpoint_presentation presentation = {
		.asked = reader_string(reader, "asked", /* is_optional */ false),
		.has_sni = reader_bool(reader, "sni"),
		.is_raw = reader_bool(reader, "raw"),
		.version = (uint16_t)reader_number(reader, "version", MAX_VERSION),
		.suite = (uint32_t)reader_number(reader, "suite", MAX_SUITE),
		.group = (uint16_t)reader_number(reader, "group", UINT16_MAX),
		.signature = reader_string(reader, "signature", /* is_optional */ true),
		.is_chain_cut = reader_bool(reader, "chain_cut"),
		.is_trusted = read_probe(reader, "trusted"),
		.trust_error = reader_string(reader, "trust_error", /* is_optional */ true),
		.trusted_from = reader_time(reader, "trusted_from"),
		.trusted_until = reader_time(reader, "trusted_until"),
		.ocsp = reader_octets(reader, "ocsp", ENDPOINT_MAX_OCSP_BYTES),
		.asks_certificate = read_probe(reader, "asks_certificate"),
		.early_data_bytes = (uint32_t)reader_number(reader, "early_data", UINT32_MAX),
		.ehlo = read_ehlo(reader, "ehlo"),
		.outer_name = reader_string(reader, "outer_name", /* is_optional */ true),
	};
	presentation.chain =
		reader_octets_list(reader, "chain", ENDPOINT_MAX_CHAIN, ENDPOINT_MAX_CHAIN_BYTES,
				   &presentation.chain_count);
	return presentation;
}

static void read_presentations(struct reader *reader, struct smtp_endpoint *endpoint)
{
	const json_t *array = reader_array(reader, "presentations", ENDPOINT_MAX_PRESENTATIONS);
	size_t count = json_array_size(array);
	struct endpoint_presentation *list = arena_alloc(reader->arena, count * sizeof(*list));
	for (size_t i = 0; i < count && list != NULL; i++) {
		struct reader item =
			reader_enter_item(reader, "presentations", json_array_get(array, i));
		list[i] = read_presentation(&item);
		reader_leave(reader, &item);
		endpoint->presentation_count = i + 1;
	}
	endpoint->presentations = list;
}

static void read_probes(struct reader *reader, struct smtp_endpoint *endpoint)
{
	struct reader inner = reader_enter(reader, "probes");
	for (size_t i = 0; i < endpoint_probe_field_count && inner.object != NULL; i++) {
		const struct endpoint_field *field = &endpoint_probe_fields[i];
		struct probe probe = read_probe(&inner, field->name);
		memcpy((char *)endpoint + field->offset, &probe, sizeof(probe));
	}
	reader_leave(reader, &inner);
}

static int64_t read_ms(struct reader *reader, const char *key)
{
	bool is_there = json_object_get(reader->object, key) != NULL;
	return is_there ? (int64_t)reader_number(reader, key, MAX_MS) : -1;
}

static void read_words(struct reader *reader, struct smtp_endpoint *endpoint)
{
	if (!endpoint_plan_parse(reader_string(reader, "plan", false), &endpoint->plan)) {
		reader_complain(reader, "plan", not_a_word);
	}
	if (!endpoint_reach_parse(reader_string(reader, "reach", false), &endpoint->reach)) {
		reader_complain(reader, "reach", not_a_word);
	}
	if (!endpoint_greeting_parse(reader_string(reader, "greeting", false),
				     &endpoint->greeting)) {
		reader_complain(reader, "greeting", not_a_word);
	}
	if (!endpoint_starttls_parse(reader_string(reader, "starttls", false),
				     &endpoint->starttls)) {
		reader_complain(reader, "starttls", not_a_word);
	}
	endpoint->starttls_reason = read_probe(reader, "starttls_reason").reason;
}

static void read_smtp(struct reader *reader, struct smtp_endpoint *endpoint)
{
	endpoint->connections = (unsigned)reader_number(reader, "connections", MAX_COUNT);
	endpoint->throttles = (unsigned)reader_number(reader, "throttles", MAX_COUNT);
	endpoint->connect_ms = read_ms(reader, "connect_ms");
	endpoint->greeting_ms = read_ms(reader, "greeting_ms");
	endpoint->banner = read_reply(reader, "banner");
	endpoint->ehlo = read_ehlo(reader, "ehlo");
	endpoint->starttls_reply = read_reply(reader, "starttls_reply");
	endpoint->starttls_offered = (unsigned)reader_number(reader, "starttls_offered", MAX_COUNT);
	endpoint->starttls_missing = (unsigned)reader_number(reader, "starttls_missing", MAX_COUNT);
}

struct smtp_endpoint *endpoint_read(struct reader *reader)
{
	struct smtp_endpoint *endpoint = arena_alloc(reader->arena, sizeof(*endpoint));
	if (endpoint == NULL) {
		return NULL;
	}
	read_words(reader, endpoint);
	read_smtp(reader, endpoint);
	read_probes(reader, endpoint);
	read_versions(reader, endpoint);
	endpoint->groups12 = read_groups(reader, "groups12");
	endpoint->groups13 = read_groups(reader, "groups13");
	read_dh(reader, endpoint);
	endpoint->renegotiations = (unsigned)reader_number(reader, "renegotiations", MAX_COUNT);
	read_presentations(reader, endpoint);
	endpoint->handshake_error = reader_string(reader, "handshake_error", true);
	return endpoint;
}
