/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Flows and lists of a senders report -> one fact. */
#include "service/learn.h"

#include <stdlib.h>

#include "records/name.h"

#define LIST_MAX 100000

struct learning {
	struct senders_report *report;
	struct reported reported;
	struct map keys;  /* "selector domain" -> struct reported_key */
	struct map names; /* From domain -> struct reported_name */
	struct map spf_addresses;
	struct map spf_homes; /* the /24 and /48 around them */
	struct map senders;   /* address of a struct sender -> struct reported_sender */
};

static void *get_or_make(struct learning *learning, struct map *map, struct span key, size_t size)
{
	void *item = map_get(map, key);
	if (item == NULL) {
		item = arena_alloc(learning->report->arena, size);
		if (item == NULL || !map_put(map, key, item)) {
			return NULL;
		}
	}
	return item;
}

static int64_t time_of_day(int64_t day)
{
	return day * STORE_DAY_SECONDS;
}

/* Reporters' words become names or are left out. */
static bool read_name(struct learning *learning, struct span text, struct span *ret_name)
{
	return text.len > 0 && name_canonical(learning->report->arena, text, ret_name);
}

static void learn_key(struct learning *learning, const struct flow *flow)
{
	size_t space = span_find(flow->key, ' ', 0);
	struct span selector;
	struct span domain;
	if (!read_name(learning, span_slice(flow->key, 0, space), &selector) ||
	    !read_name(learning, span_from(flow->key, space + 1), &domain) ||
	    !name_is_at_or_under(domain, learning->report->scope.domain)) {
		return;
	}
	struct reported_key *key = get_or_make(learning, &learning->keys, flow->key, sizeof(*key));
	if (key != NULL) {
		int64_t last_at = time_of_day(flow->stream.last_day);
		key->selector = selector;
		key->domain = domain;
		key->messages += flow->stream.recent_messages;
		key->last_at = last_at > key->last_at ? last_at : key->last_at;
	}
}

static void learn_name(struct learning *learning, const struct flow *flow)
{
	struct span from;
	if (!read_name(learning, flow->stream.row.header_from, &from)) {
		return;
	}
	struct reported_name *name = get_or_make(learning, &learning->names, from, sizeof(*name));
	if (name == NULL) {
		return;
	}
	uint64_t messages = flow->stream.recent_messages;
	name->name = from;
	if (flow->class == MAIL_SPOOFED) {
		name->spoofed += messages;
	} else {
		name->messages += messages;
		name->failing += flow_passes(flow) ? 0 : messages;
	}
}

static void add_address(struct learning *learning, struct reported_sender *sender,
			const struct flow *flow)
{
	struct arena *arena = learning->report->arena;
	struct network_text text = network_format(flow->source);
	struct span address = span_of_string(text.text);
	if (sender->addresses == NULL) {
		sender->addresses =
			arena_alloc(arena, REPORTED_MAX_ADDRESSES * sizeof(*sender->addresses));
	}
	for (size_t i = 0; i < sender->address_count; i++) {
		if (span_equal(sender->addresses[i], address)) {
			return;
		}
	}
	if (sender->addresses != NULL && sender->address_count < REPORTED_MAX_ADDRESSES) {
		sender->addresses[sender->address_count++] = arena_copy(arena, address);
	}
}

static void learn_sender(struct learning *learning, const struct flow *flow)
{
	struct span key = arena_printf(learning->report->arena, "%p", (const void *)flow->sender);
	struct reported_sender *sender =
		get_or_make(learning, &learning->senders, key, sizeof(*sender));
	if (sender == NULL) {
		return;
	}
	uint64_t messages = flow->stream.recent_messages;
	bool is_denied = flow->is_spf_denied && !flow->is_spf_aligned;
	sender->name = flow->sender->name;
	sender->class = span_of_string(mail_class_name(flow->class));
	sender->messages += messages;
	sender->failing += flow_passes(flow) ? 0 : messages;
	sender->spf_failing += is_denied ? messages : 0;
	if (is_denied && flow->source.family != 0) {
		add_address(learning, sender, flow);
	}
}

static void add_counts(struct reported *reported, const struct flow *flow)
{
	uint64_t messages = flow->stream.recent_messages;
	uint64_t failing = flow_passes(flow) ? 0 : messages;
	bool is_delivered = flow->stream.row.disposition == STORE_DISPOSITION_NONE;
	reported->messages += messages;
	switch (flow->class) {
	case MAIL_LEGITIMATE:
		reported->legitimate += messages;
		reported->legitimate_failing += failing;
		break;
	case MAIL_FORWARDED:
		reported->forwarded += messages;
		reported->forwarded_failing += failing;
		break;
	case MAIL_UNKNOWN:
		reported->unknown += messages;
		break;
	case MAIL_SPOOFED:
		reported->spoofed += messages;
		reported->spoofed_delivered += is_delivered ? messages : 0;
		break;
	case MAIL_CLASS_COUNT:
		break;
	}
}

static void keep_network(struct learning *learning, struct map *map, struct network network)
{
	struct network_text text = network_format(network);
	struct span key = arena_copy(learning->report->arena, span_of_string(text.text));
	/* One too many says that there are too many; want of memory is found at the end. */
	bool is_wanted = map_count(map) <= REPORTED_MAX_SPF_SOURCES && map_get(map, key) == NULL;
	if (is_wanted && !map_put(map, key, learning)) {
		return;
	}
}

/* Who uses the domain's SPF record: what was ever seen, since a service may send once a year. */
static void learn_spf(struct learning *learning, const struct flow *flow)
{
	learning->reported.spf_messages += flow->stream.row.messages;
	if (flow->source.family != 0) {
		keep_network(learning, &learning->spf_addresses, flow->source);
		keep_network(learning, &learning->spf_homes, flow->home);
	}
}

static void learn_flows(struct learning *learning)
{
	const struct flows *flows = &learning->report->flows;
	for (size_t i = 0; i < flows->items.len; i++) {
		const struct flow *flow = flow_at(flows, i);
		if (flow->key.len > 0) {
			learn_key(learning, flow);
		}
		if (flow->is_spf_aligned) {
			learn_spf(learning, flow);
		}
		if (flow->stream.recent_messages == 0) {
			continue;
		}
		add_counts(&learning->reported, flow);
		learn_name(learning, flow);
		if (flow->sender != NULL && flow->class != MAIL_SPOOFED) {
			learn_sender(learning, flow);
		}
	}
}

/* ---- the largest of each list ---- */

static int by_count(uint64_t a, uint64_t b, struct span name, struct span other)
{
	return a != b ? (a > b ? -1 : 1) : span_compare(name, other);
}

static int compare_keys(const void *left, const void *right)
{
	const struct reported_key *a = left;
	const struct reported_key *b = right;
	int r = by_count(a->messages, b->messages, a->domain, b->domain);
	return r != 0 ? r : span_compare(a->selector, b->selector);
}

static int compare_names(const void *left, const void *right)
{
	const struct reported_name *a = left;
	const struct reported_name *b = right;
	return by_count(a->messages + a->spoofed, b->messages + b->spoofed, a->name, b->name);
}

static int compare_senders(const void *left, const void *right)
{
	const struct reported_sender *a = left;
	const struct reported_sender *b = right;
	int r = by_count(a->messages, b->messages, a->name, b->name);
	return r != 0 ? r : span_compare(a->class, b->class);
}

static int compare_tls(const void *left, const void *right)
{
	const struct reported_tls *a = left;
	const struct reported_tls *b = right;
	int r = by_count(a->sessions, b->sessions, a->result, b->result);
	r = r != 0 ? r : span_compare(a->mx, b->mx);
	return r != 0 ? r : span_compare(a->reporter, b->reporter);
}

/* The map's items one behind the other, sorted. NULL when memory is out. */
static void *list_of(struct learning *learning, const struct map *map, size_t item_size,
		     int (*compare)(const void *, const void *))
{
	size_t count = map_count(map);
	char *list = arena_alloc(learning->report->arena, (count + 1) * item_size);
	for (size_t i = 0; list != NULL && i < count; i++) {
		memcpy(list + i * item_size, map_at(map, i)->value, item_size);
	}
	if (list != NULL && count > 1) {
		qsort(list, count, item_size, compare);
	}
	return list;
}

static size_t at_most(size_t count, size_t max)
{
	return count < max ? count : max;
}

static int compare_texts(const void *left, const void *right)
{
	return span_compare(*(const struct span *)left, *(const struct span *)right);
}

static void fill_spf_sources(struct learning *learning)
{
	struct reported *reported = &learning->reported;
	bool is_exact = map_count(&learning->spf_addresses) <= REPORTED_MAX_SPF_SOURCES;
	const struct map *map = is_exact ? &learning->spf_addresses : &learning->spf_homes;
	size_t count = map_count(map);
	reported->is_spf_cut = count > REPORTED_MAX_SPF_SOURCES;
	reported->spf_source_count = at_most(count, REPORTED_MAX_SPF_SOURCES);
	reported->spf_sources =
		arena_alloc(learning->report->arena, (count + 1) * sizeof(*reported->spf_sources));
	for (size_t i = 0; i < reported->spf_source_count && reported->spf_sources != NULL; i++) {
		reported->spf_sources[i] = map_at(map, i)->key;
	}
	if (reported->spf_sources != NULL && reported->spf_source_count > 1) {
		qsort(reported->spf_sources, reported->spf_source_count,
		      sizeof(*reported->spf_sources), compare_texts);
	}
}

static void fill_lists(struct learning *learning)
{
	struct reported *reported = &learning->reported;
	reported->keys = list_of(learning, &learning->keys, sizeof(*reported->keys), compare_keys);
	reported->key_count = at_most(map_count(&learning->keys), REPORTED_MAX_KEYS);
	reported->names =
		list_of(learning, &learning->names, sizeof(*reported->names), compare_names);
	reported->name_count = at_most(map_count(&learning->names), REPORTED_MAX_NAMES);
	reported->senders =
		list_of(learning, &learning->senders, sizeof(*reported->senders), compare_senders);
	reported->sender_count = at_most(map_count(&learning->senders), REPORTED_MAX_SENDERS);
}

static void learn_tls(struct learning *learning)
{
	const struct senders_report *report = learning->report;
	struct reported *reported = &learning->reported;
	reported->tls = arena_alloc(report->arena, (report->tls.len + 1) * sizeof(*reported->tls));
	size_t count = 0;
	for (size_t i = 0; i < report->tls.len && reported->tls != NULL; i++) {
		const struct tls_line *line = VECTOR_AT(&report->tls, const struct tls_line, i);
		bool is_recent = line->last_day >= report->recent_day;
		struct span mx = span_of(NULL, 0);
		reported->tls_sessions += is_recent ? line->sessions : 0;
		if (!is_recent || line->sessions == 0 ||
		    span_equal(line->result, SPAN("success"))) {
			continue;
		}
		(void)(read_name(learning, line->mx, &mx) || mx.len == 0);
		reported->tls[count++] = (struct reported_tls){
			.result = line->result,
			.policy = line->policy,
			.mx = mx,
			.reporter = line->reporter,
			.sessions = line->sessions,
			.last_at = time_of_day(line->last_day),
		};
	}
	if (count > 1) {
		qsort(reported->tls, count, sizeof(*reported->tls), compare_tls);
	}
	reported->tls_count = at_most(count, REPORTED_MAX_TLS);
}

static void learn_reporters(struct learning *learning)
{
	struct reported *reported = &learning->reported;
	const struct vector *reporters = &learning->report->reporters;
	for (size_t i = 0; i < reporters->len; i++) {
		const struct store_reporter *reporter =
			VECTOR_AT(reporters, const struct store_reporter, i);
		reported->reporters += reporter->kind == STORE_AGGREGATE ? 1 : 0;
		if (reporter->kind == STORE_TLS && reporter->last_at > reported->tls_last_at) {
			reported->tls_last_at = reporter->last_at;
		}
	}
}

static int add_fact(struct facts *facts, const struct learning *learning, struct failure *reterr)
{
	const struct senders_report *report = learning->report;
	bool is_held = report->reporters.len > 0;
	struct fact fact = {
		.key = {FACT_REPORTED, 0, report->scope.domain},
		.state = is_held ? FACT_PRESENT : FACT_ABSENT,
		.observed_at = report->now,
		.source = SPAN("stored reports"),
		.reported = is_held ? &learning->reported : NULL,
	};
	return arena_has_failed(report->arena) ? failure_set_memory(reterr, "read the reports")
					       : facts_add(facts, &fact, reterr);
}

static int learn_from(struct facts *facts, struct senders_report *report, struct failure *reterr)
{
	struct learning learning = {
		.report = report,
		.reported = {.from = time_of_day(report->scope.first_day),
			     .recent_from = time_of_day(report->recent_day),
			     .last_at = report->last_report_at,
			     .days = report->days.len},
		.keys = map_new(report->arena, LIST_MAX, 0),
		.names = map_new(report->arena, LIST_MAX, 0),
		.senders = map_new(report->arena, LIST_MAX, 0),
		.spf_addresses = map_new(report->arena, LIST_MAX, 0),
		.spf_homes = map_new(report->arena, LIST_MAX, 0),
	};
	learn_flows(&learning);
	fill_lists(&learning);
	fill_spf_sources(&learning);
	learn_tls(&learning);
	learn_reporters(&learning);
	return add_fact(facts, &learning, reterr);
}

int learn_reports(struct facts *facts, struct store *store, struct span domain,
		  const struct senders_options *options, struct failure *reterr)
{
	struct senders_report report;
	int r = senders_find(store, domain, options, &report, reterr);
	if (r < 0) {
		return r;
	}
	r = learn_from(facts, &report, reterr);
	senders_report_free(&report);
	return r;
}
