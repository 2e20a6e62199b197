/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports say <-> JSON. */
#include "facts/reported_json.h"

#include "records/name.h"

#define MAX_COUNT ((uint64_t)1 << 62)

/* The plain counts: written and read by one table. */
struct count_field {
	const char *name;
	size_t offset;
};

static const struct count_field counts[] = {
	{"reporters", offsetof(struct reported, reporters)},
	{"days", offsetof(struct reported, days)},
	{"messages", offsetof(struct reported, messages)},
	{"legitimate", offsetof(struct reported, legitimate)},
	{"legitimate_failing", offsetof(struct reported, legitimate_failing)},
	{"forwarded", offsetof(struct reported, forwarded)},
	{"forwarded_failing", offsetof(struct reported, forwarded_failing)},
	{"unknown", offsetof(struct reported, unknown)},
	{"spoofed", offsetof(struct reported, spoofed)},
	{"spoofed_delivered", offsetof(struct reported, spoofed_delivered)},
	{"tls_sessions", offsetof(struct reported, tls_sessions)},
	{"spf_messages", offsetof(struct reported, spf_messages)},
};

#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static void put_count(struct json_writer *json, const char *key, uint64_t count)
{
	json_key_number(json, key, (int64_t)(count > MAX_COUNT ? MAX_COUNT : count));
}

static void put_time(struct json_writer *json, const char *key, int64_t time)
{
	if (time != 0) {
		json_key_string(json, key, span_of_string(time_format(time).text));
	}
}

static void write_keys(struct json_writer *json, const struct reported *reported)
{
	json_key(json, "keys");
	json_array_begin(json);
	for (size_t i = 0; i < reported->key_count; i++) {
		const struct reported_key *key = &reported->keys[i];
		json_object_begin(json);
		json_key_string(json, "selector", key->selector);
		json_key_string(json, "domain", key->domain);
		put_count(json, "messages", key->messages);
		put_time(json, "last", key->last_at);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_names(struct json_writer *json, const struct reported *reported)
{
	json_key(json, "names");
	json_array_begin(json);
	for (size_t i = 0; i < reported->name_count; i++) {
		const struct reported_name *name = &reported->names[i];
		json_object_begin(json);
		json_key_string(json, "name", name->name);
		put_count(json, "messages", name->messages);
		put_count(json, "failing", name->failing);
		put_count(json, "spoofed", name->spoofed);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_sender(struct json_writer *json, const struct reported_sender *sender)
{
	json_object_begin(json);
	json_key_string(json, "name", sender->name);
	json_key_string(json, "class", sender->class);
	put_count(json, "messages", sender->messages);
	put_count(json, "failing", sender->failing);
	put_count(json, "spf_failing", sender->spf_failing);
	json_key_strings(json, "addresses", sender->addresses, sender->address_count);
	json_object_end(json);
}

static void write_tls(struct json_writer *json, const struct reported *reported)
{
	json_key(json, "tls");
	json_array_begin(json);
	for (size_t i = 0; i < reported->tls_count; i++) {
		const struct reported_tls *tls = &reported->tls[i];
		json_object_begin(json);
		json_key_string(json, "result", tls->result);
		json_key_string(json, "policy", tls->policy);
		json_key_string(json, "mx", tls->mx);
		json_key_string(json, "reporter", tls->reporter);
		put_count(json, "sessions", tls->sessions);
		put_time(json, "last", tls->last_at);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_sources(struct json_writer *json, const struct reported *reported)
{
	if (reported->is_spf_cut) {
		json_key_bool(json, "spf_sources_cut", true);
	}
	json_key_strings(json, "spf_sources", reported->spf_sources, reported->spf_source_count);
}

void reported_write(struct json_writer *json, const struct reported *reported)
{
	json_object_begin(json);
	put_time(json, "from", reported->from);
	put_time(json, "recent_from", reported->recent_from);
	put_time(json, "last", reported->last_at);
	put_time(json, "tls_last", reported->tls_last_at);
	for (size_t i = 0; i < COUNTS; i++) {
		const char *field = (const char *)reported + counts[i].offset;
		put_count(json, counts[i].name, *(const uint64_t *)(const void *)field);
	}
	write_keys(json, reported);
	write_names(json, reported);
	json_key(json, "senders");
	json_array_begin(json);
	for (size_t i = 0; i < reported->sender_count; i++) {
		write_sender(json, &reported->senders[i]);
	}
	json_array_end(json);
	write_tls(json, reported);
	write_sources(json, reported);
	json_object_end(json);
}

/* ---- and back ---- */

static struct span read_name(struct reader *reader, const char *key, bool is_optional)
{
	struct span text = reader_string(reader, key, is_optional);
	struct span name = span_of(NULL, 0);
	if (text.len > 0 && !name_canonical(reader->arena, text, &name)) {
		reader_complain(reader, key, "is not a domain name");
	}
	return name;
}

static void read_key(struct reader *reader, struct reported_key *key)
{
	key->selector = read_name(reader, "selector", false);
	key->domain = read_name(reader, "domain", false);
	key->messages = reader_number(reader, "messages", MAX_COUNT);
	key->last_at = reader_time(reader, "last");
}

static void read_one_name(struct reader *reader, struct reported_name *name)
{
	name->name = read_name(reader, "name", false);
	name->messages = reader_number(reader, "messages", MAX_COUNT);
	name->failing = reader_number(reader, "failing", MAX_COUNT);
	name->spoofed = reader_number(reader, "spoofed", MAX_COUNT);
}

static void read_sender(struct reader *reader, struct reported_sender *sender)
{
	sender->name = reader_string(reader, "name", false);
	sender->class = reader_string(reader, "class", false);
	sender->messages = reader_number(reader, "messages", MAX_COUNT);
	sender->failing = reader_number(reader, "failing", MAX_COUNT);
	sender->spf_failing = reader_number(reader, "spf_failing", MAX_COUNT);
	sender->addresses =
		reader_strings(reader, "addresses", REPORTED_MAX_ADDRESSES, &sender->address_count);
}

static void read_tls(struct reader *reader, struct reported_tls *tls)
{
	tls->result = reader_string(reader, "result", false);
	tls->policy = reader_string(reader, "policy", true);
	tls->mx = read_name(reader, "mx", true);
	tls->reporter = reader_string(reader, "reporter", true);
	tls->sessions = reader_number(reader, "sessions", MAX_COUNT);
	tls->last_at = reader_time(reader, "last");
}

/* Opens one item of a list; NULL at the end or when something is wrong. */
static bool open_item(struct reader *reader, const char *list, const json_t *array, size_t i,
		      struct reader *ret_inner)
{
	if (reader->is_broken || i >= json_array_size(array)) {
		return false;
	}
	*ret_inner = reader_enter_item(reader, list, json_array_get(array, i));
	return ret_inner->object != NULL;
}

#define READ_LIST(reader, list, field, count_field, max, read_item)                                \
	do {                                                                                       \
		const json_t *array = reader_array(reader, list, max);                             \
		size_t len = json_array_size(array);                                               \
		struct reader inner;                                                               \
		reported->field = arena_alloc((reader)->arena, len * sizeof(*reported->field));    \
		for (size_t i = 0;                                                                 \
		     reported->field != NULL && open_item(reader, list, array, i, &inner); i++) {  \
			read_item(&inner, &reported->field[i]);                                    \
			reader_leave(reader, &inner);                                              \
			reported->count_field = i + 1;                                             \
		}                                                                                  \
	} while (0)

const struct reported *reported_read(struct reader *reader)
{
	struct reported *reported = arena_alloc(reader->arena, sizeof(*reported));
	if (reported == NULL) {
		return NULL;
	}
	reported->from = reader_time(reader, "from");
	reported->recent_from = reader_time(reader, "recent_from");
	reported->last_at = reader_time(reader, "last");
	reported->tls_last_at = reader_time(reader, "tls_last");
	for (size_t i = 0; i < COUNTS; i++) {
		char *field = (char *)reported + counts[i].offset;
		*(uint64_t *)(void *)field = reader_number(reader, counts[i].name, MAX_COUNT);
	}
	READ_LIST(reader, "keys", keys, key_count, REPORTED_MAX_KEYS, read_key);
	READ_LIST(reader, "names", names, name_count, REPORTED_MAX_NAMES, read_one_name);
	READ_LIST(reader, "senders", senders, sender_count, REPORTED_MAX_SENDERS, read_sender);
	READ_LIST(reader, "tls", tls, tls_count, REPORTED_MAX_TLS, read_tls);
	reported->is_spf_cut = reader_bool(reader, "spf_sources_cut");
	reported->spf_sources = reader_strings(reader, "spf_sources", REPORTED_MAX_SPF_SOURCES,
					       &reported->spf_source_count);
	return reported;
}
