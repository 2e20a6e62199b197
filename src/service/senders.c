/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Flows gathered into senders, with everything else the reports of a domain say. */
#include "service/senders.h"

#include <stdlib.h>

#include "records/name.h"

#define DAYS_MAX 4000
#define LIST_MAX 10000

struct gathering {
	struct senders_report *report;
	const struct senders_options *options;
	struct map by_key;    /* class and name -> struct sender */
	struct map selectors; /* selector -> the one provider that uses it, or &ambiguous */
	struct sender *others[MAIL_CLASS_COUNT];
};

static const struct provider ambiguous;

static int take_day(void *context, const struct store_day *day)
{
	struct senders_report *report = context;
	struct store_day *kept =
		VECTOR_PUSH(&report->days, report->arena, struct store_day, DAYS_MAX);
	if (kept != NULL) {
		*kept = *day;
	}
	return 0;
}

static int take_reporter(void *context, const struct store_reporter *reporter)
{
	struct senders_report *report = context;
	struct store_reporter *kept =
		VECTOR_PUSH(&report->reporters, report->arena, struct store_reporter, LIST_MAX);
	if (kept != NULL) {
		*kept = *reporter;
		kept->name = arena_copy(report->arena, reporter->name);
		kept->contact = arena_copy(report->arena, reporter->contact);
	}
	if (reporter->kind == STORE_AGGREGATE && reporter->last_at > report->last_report_at) {
		report->last_report_at = reporter->last_at;
	}
	return 0;
}

static int take_left_out(void *context, const struct store_authenticity_line *line)
{
	struct senders_report *report = context;
	struct store_authenticity_line *kept = VECTOR_PUSH(
		&report->left_out_reports, report->arena, struct store_authenticity_line, LIST_MAX);
	if (kept != NULL) {
		*kept = *line;
		kept->reporter = arena_copy(report->arena, line->reporter);
		kept->mail_from = arena_copy(report->arena, line->mail_from);
	}
	return 0;
}

static int take_repetition(void *context, const struct store_repetition *repetition)
{
	struct senders_report *report = context;
	struct store_repetition *kept =
		VECTOR_PUSH(&report->repetitions, report->arena, struct store_repetition, LIST_MAX);
	if (kept != NULL) {
		*kept = *repetition;
		kept->reporter = arena_copy(report->arena, repetition->reporter);
	}
	return 0;
}

struct origin_totals senders_origin_totals(const struct senders_report *report)
{
	struct origin_totals totals = {.proved_reports = 0};
	for (size_t i = 0; i < report->reporters.len; i++) {
		const struct store_reporter *reporter =
			VECTOR_AT(&report->reporters, const struct store_reporter, i);
		totals.proved_reports += reporter->proved;
		totals.unknown_reports += reporter->reports - reporter->proved;
	}
	for (size_t i = 0; i < report->left_out_reports.len; i++) {
		const struct store_authenticity_line *line = VECTOR_AT(
			&report->left_out_reports, const struct store_authenticity_line, i);
		totals.left_out_reports += line->reports;
		totals.left_out_messages += line->messages;
		bool is_false = line->authenticity == STORE_AUTHENTICITY_IMPOSTOR;
		totals.false_reports += is_false ? line->reports : 0;
		totals.false_messages += is_false ? line->messages : 0;
	}
	return totals;
}

static int take_policy(void *context, const struct store_policy *policy)
{
	struct senders_report *report = context;
	struct published_policy *kept =
		VECTOR_PUSH(&report->policies, report->arena, struct published_policy, LIST_MAX);
	if (kept != NULL) {
		*kept = (struct published_policy){
			.domain = arena_copy(report->arena, policy->domain),
			.text = arena_copy(report->arena, policy->policy),
			.first_at = policy->first_at,
			.last_at = policy->last_at,
			.reports = policy->reports,
			.messages = policy->messages,
		};
	}
	return 0;
}

static int take_tls(void *context, const struct store_tls_stream *stream)
{
	struct senders_report *report = context;
	struct tls_line *kept = VECTOR_PUSH(&report->tls, report->arena, struct tls_line, LIST_MAX);
	if (kept != NULL) {
		const struct span *words = stream->detail.words;
		*kept = (struct tls_line){
			.policy = arena_copy(report->arena, words[STORE_TLS_POLICY]),
			.result = arena_copy(report->arena, words[STORE_TLS_RESULT]),
			.mx = arena_copy(report->arena, words[STORE_TLS_MX]),
			.reason = arena_copy(report->arena, words[STORE_TLS_REASON]),
			.reporter = arena_copy(report->arena, stream->reporter),
			.sessions = stream->detail.count,
			.first_day = stream->first_day,
			.last_day = stream->last_day,
		};
	}
	return 0;
}

static int take_failure(void *context, const struct store_tls_stream *stream)
{
	struct senders_report *report = context;
	struct arena *arena = report->arena;
	struct failure_line *kept =
		VECTOR_PUSH(&report->failures, arena, struct failure_line, LIST_MAX);
	if (kept != NULL) {
		const struct span *words = stream->detail.words;
		*kept = (struct failure_line){
			.checks = arena_copy(arena, words[STORE_FAILURE_CHECKS]),
			.from = arena_copy(arena, words[STORE_FAILURE_FROM]),
			.mail_from = arena_copy(arena, words[STORE_FAILURE_MAIL_FROM]),
			.dkim = arena_copy(arena, words[STORE_FAILURE_DKIM]),
			.source = arena_copy(arena, words[STORE_FAILURE_SOURCE]),
			.delivery = arena_copy(arena, words[STORE_FAILURE_DELIVERY]),
			.reporter = arena_copy(arena, stream->reporter),
			.incidents = stream->detail.count,
			.first_day = stream->first_day,
			.last_day = stream->last_day,
		};
	}
	return 0;
}

struct span senders_reporter_organisation(const struct senders_report *report,
					  const struct store_reporter *reporter)
{
	size_t at = span_find(reporter->contact, '@', 0);
	const struct span candidates[] = {span_from(reporter->contact, at + 1), reporter->name};
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct span name;
		struct span organisation = span_of(NULL, 0);
		if (candidates[i].len > 0 && name_canonical(report->arena, candidates[i], &name) &&
		    name_is_ldh(name, /* is_underscore_ok: */ false)) {
			organisation =
				public_suffix_organisational(report->flow_options.suffixes, name);
		}
		if (organisation.len > 0) {
			return organisation;
		}
	}
	return reporter->name;
}

struct span stored_policy_tag(struct span policy, struct span tag)
{
	struct span part;
	while (policy.len > 0 && span_split(&policy, ';', &part)) {
		part = span_trim(part, " ");
		size_t equals = span_find(part, '=', 0);
		if (span_equal(span_slice(part, 0, equals), tag)) {
			return span_from(part, equals + 1);
		}
	}
	return span_of(NULL, 0);
}

const struct published_policy *senders_newest_policy(const struct senders_report *report)
{
	const struct published_policy *newest = NULL;
	for (size_t i = 0; i < report->policies.len; i++) {
		const struct published_policy *policy =
			VECTOR_AT(&report->policies, const struct published_policy, i);
		if (span_equal(policy->domain, report->scope.domain) &&
		    (newest == NULL || policy->last_at > newest->last_at)) {
			newest = policy;
		}
	}
	return newest;
}

/* A selector that exactly one provider gives its customers names that provider. */
static void index_selectors(struct gathering *gathering)
{
	const struct provider_table *table = gathering->options->providers;
	gathering->selectors = map_new(gathering->report->arena, LIST_MAX, 0);
	for (size_t i = 0; i < provider_count(table); i++) {
		const struct provider *provider = provider_at(table, i);
		for (size_t n = 0; n < provider->dkim_selector_count; n++) {
			struct span selector = provider->dkim_selectors[n];
			bool is_taken = map_get(&gathering->selectors, selector) != NULL;
			const struct provider **item =
				arena_alloc(gathering->report->arena, sizeof(*item));
			if (item == NULL) {
				return;
			}
			*item = is_taken ? &ambiguous : provider;
			if (!map_put(&gathering->selectors, selector, item)) {
				return;
			}
		}
	}
}

static const struct provider *provider_of_key(const struct gathering *gathering, struct span key)
{
	struct span selector = span_slice(key, 0, span_find(key, ' ', 0));
	const struct provider *const *item = map_get(&gathering->selectors, selector);
	return item != NULL && *item != &ambiguous ? *item : NULL;
}

static const struct provider *provider_of(const struct gathering *gathering,
					  const struct flow *flow)
{
	if (flow->provider != NULL || flow->class != MAIL_LEGITIMATE || flow->key.len == 0) {
		return flow->class == MAIL_SPOOFED ? NULL : flow->provider;
	}
	return provider_of_key(gathering, flow->key);
}

/* What people know it by. */
static struct span name_of(const struct gathering *gathering, const struct flow *flow,
			   const struct provider *provider)
{
	if (provider != NULL) {
		return provider->name;
	}
	if (!flow->is_spf_aligned && flow->spf_org.len > 0) {
		return flow->spf_org;
	}
	if (!flow->is_spf_aligned && flow->other_org.len > 0) {
		return flow->other_org;
	}
	if (flow->home.family == 0) {
		return SPAN("unknown source");
	}
	struct network_text text = network_format(flow->home);
	return arena_printf(gathering->report->arena, "%s", text.text);
}

static struct sender *new_sender(struct gathering *gathering, enum mail_class class,
				 struct span name)
{
	struct senders_report *report = gathering->report;
	struct sender *sender = arena_alloc(report->arena, sizeof(*sender));
	if (sender != NULL) {
		sender->class = class;
		sender->name = name;
		sender->first_day = INT64_MAX;
		sender->last_day = INT64_MIN;
		report->senders[report->sender_count++] = sender;
	}
	return sender;
}

static struct sender *sender_of(struct gathering *gathering, const struct flow *flow)
{
	const struct provider *provider = provider_of(gathering, flow);
	struct span name = name_of(gathering, flow, provider);
	struct arena *arena = gathering->report->arena;
	struct span key = arena_printf(arena, "%d %.*s", (int)flow->class, SPAN_ARG(name));
	struct sender *sender = map_get(&gathering->by_key, key);
	if (sender != NULL) {
		return sender;
	}
	if (map_count(&gathering->by_key) >= SENDER_MAX) {
		struct sender **others = &gathering->others[flow->class];
		*others = *others != NULL ? *others
					  : new_sender(gathering, flow->class, SPAN("others"));
		return *others;
	}
	sender = new_sender(gathering, flow->class, name);
	if (sender == NULL || !map_put(&gathering->by_key, key, sender)) {
		return NULL;
	}
	sender->provider = provider;
	return sender;
}

/* The first few kinds, with what is counted for each. True when it is one not seen before. */
static bool add_sample(struct senders_report *report, struct vector *samples, struct span text,
		       uint64_t messages)
{
	for (size_t i = 0; i < samples->len; i++) {
		struct sender_sample *sample = VECTOR_AT(samples, struct sender_sample, i);
		if (span_equal(sample->text, text)) {
			sample->messages += messages;
			return false;
		}
	}
	struct sender_sample *sample =
		VECTOR_PUSH(samples, report->arena, struct sender_sample, SENDER_SAMPLES);
	if (sample != NULL) {
		*sample = (struct sender_sample){.text = text, .messages = messages};
	}
	return true;
}

static void add_samples(struct gathering *gathering, struct sender *sender, const struct flow *flow)
{
	struct senders_report *report = gathering->report;
	uint64_t messages = flow->stream.row.messages;
	if (flow->source.family != 0) {
		struct network_text text = network_format(flow->source);
		struct span address = arena_printf(report->arena, "%s", text.text);
		sender->source_count +=
			add_sample(report, &sender->sources, address, messages) ? 1 : 0;
	}
	if (flow->key.len > 0) {
		add_sample(report, &sender->selectors, flow->key, messages);
	}
	add_sample(report, &sender->froms, flow->stream.row.header_from, messages);
}

static void add_counts(struct sender *sender, const struct flow *flow)
{
	const struct store_row *row = &flow->stream.row;
	bool is_both = flow->is_dkim_aligned && flow->is_spf_aligned;
	sender->messages += row->messages;
	sender->recent_messages += flow->stream.recent_messages;
	sender->both_pass += is_both ? row->messages : 0;
	sender->dkim_pass += flow->is_dkim_aligned && !is_both ? row->messages : 0;
	sender->spf_pass += flow->is_spf_aligned && !is_both ? row->messages : 0;
	sender->failing += flow_passes(flow) ? 0 : row->messages;
	sender->causes[flow->cause] += row->messages;
	sender->evidence_messages[flow->evidence] += row->messages;
	sender->quarantined += row->disposition == STORE_DISPOSITION_QUARANTINE ? row->messages : 0;
	sender->rejected += row->disposition == STORE_DISPOSITION_REJECT ? row->messages : 0;
	if (flow->stream.first_day < sender->first_day) {
		sender->first_day = flow->stream.first_day;
	}
	if (flow->stream.last_day > sender->last_day) {
		sender->last_day = flow->stream.last_day;
	}
}

static void add_to_class(struct senders_report *report, const struct flow *flow)
{
	struct class_total *total = &report->classes[flow->class];
	uint64_t messages = flow->stream.row.messages;
	uint64_t recent = flow->stream.recent_messages;
	report->messages += messages;
	total->messages += messages;
	total->recent_messages += recent;
	total->failing += flow_passes(flow) ? 0 : messages;
	total->recent_failing += flow_passes(flow) ? 0 : recent;
}

static int compare_senders(const void *left, const void *right)
{
	const struct sender *a = *(const struct sender *const *)left;
	const struct sender *b = *(const struct sender *const *)right;
	if (a->class != b->class) {
		return a->class < b->class ? -1 : 1;
	}
	if (a->messages != b->messages) {
		return a->messages > b->messages ? -1 : 1;
	}
	return span_compare(a->name, b->name);
}

static int compare_samples(const void *left, const void *right)
{
	const struct sender_sample *a = left;
	const struct sender_sample *b = right;
	if (a->messages != b->messages) {
		return a->messages > b->messages ? -1 : 1;
	}
	return span_compare(a->text, b->text);
}

static void sort_samples(struct vector *samples)
{
	if (samples->len > 1) {
		qsort(samples->items, samples->len, sizeof(struct sender_sample), compare_samples);
	}
}

static void finish_sender(const struct senders_report *report, struct sender *sender)
{
	for (int i = 0; i < EVIDENCE_COUNT; i++) {
		if (sender->evidence_messages[i] > sender->evidence_messages[sender->evidence]) {
			sender->evidence = (enum mail_evidence)i;
		}
	}
	bool is_history = report->days.len > 0 &&
			  VECTOR_AT(&report->days, struct store_day, 0)->day < report->recent_day;
	sender->is_new = is_history && sender->first_day >= report->recent_day;
	sort_samples(&sender->sources);
	sort_samples(&sender->selectors);
	sort_samples(&sender->froms);
}

static int gather(struct gathering *gathering, struct failure *reterr)
{
	struct senders_report *report = gathering->report;
	const struct flows *flows = &report->flows;
	report->senders = arena_alloc(report->arena,
				      (SENDER_MAX + MAIL_CLASS_COUNT) * sizeof(*report->senders));
	gathering->by_key = map_new(report->arena, SENDER_MAX + 1, 0);
	index_selectors(gathering);
	for (size_t i = 0; i < flows->items.len && !arena_has_failed(report->arena); i++) {
		struct flow *flow = flow_at(flows, i);
		struct sender *sender = sender_of(gathering, flow);
		flow->sender = sender;
		if (sender != NULL) {
			add_counts(sender, flow);
			add_samples(gathering, sender, flow);
			add_to_class(report, flow);
		}
	}
	if (arena_has_failed(report->arena)) {
		return failure_set_memory(reterr, "read the reports");
	}
	for (size_t i = 0; i < report->sender_count; i++) {
		finish_sender(report, report->senders[i]);
	}
	qsort(report->senders, report->sender_count, sizeof(*report->senders), compare_senders);
	return 0;
}

static int read_lists(struct store *store, struct senders_report *report, struct failure *reterr)
{
	int r = store_days(store, &report->scope, take_day, report, reterr);
	if (r == 0) {
		r = store_reporters(store, &report->scope, take_reporter, report, reterr);
	}
	if (r == 0) {
		r = store_left_out(store, &report->scope, take_left_out, report, reterr);
	}
	if (r == 0) {
		r = store_repetitions(store, &report->scope, take_repetition, report, reterr);
	}
	if (r == 0) {
		r = store_policies(store, &report->scope, take_policy, report, reterr);
	}
	if (r == 0) {
		r = store_tls_streams(store, &report->scope, take_tls, report, reterr);
	}
	return r == 0 ? store_failure_streams(store, &report->scope, take_failure, report, reterr)
		      : r;
}

static int find(struct store *store, const struct senders_options *options,
		struct senders_report *report, struct failure *reterr)
{
	int r = read_lists(store, report, reterr);
	if (r < 0) {
		return r;
	}
	const struct published_policy *newest = senders_newest_policy(report);
	struct span policy = newest != NULL ? newest->text : span_of(NULL, 0);
	report->flow_options = (struct flow_options){
		.suffixes = options->suffixes,
		.providers = options->providers,
		.is_dkim_strict =
			options->has_alignment
				? options->is_dkim_strict
				: span_equal(stored_policy_tag(policy, SPAN("adkim")), SPAN("s")),
		.is_spf_strict =
			options->has_alignment
				? options->is_spf_strict
				: span_equal(stored_policy_tag(policy, SPAN("aspf")), SPAN("s")),
		.days_with_data = report->days.len,
	};
	struct flows *flows = &report->flows;
	flows->arena = report->arena;
	r = flows_read(store, &report->scope, report->recent_day, &report->flow_options, flows,
		       reterr);
	if (r == 0) {
		r = flows_classify(flows, &report->flow_options, reterr);
	}
	report->left_out = flows->left_out;
	struct gathering gathering = {.report = report, .options = options};
	return r == 0 ? gather(&gathering, reterr) : r;
}

int senders_find(struct store *store, struct span domain, const struct senders_options *options,
		 struct senders_report *ret_report, struct failure *reterr)
{
	int64_t today = options->now / STORE_DAY_SECONDS;
	struct senders_report report = {
		.arena = arena_new(SENDERS_MAX_BYTES),
		.now = options->now,
		.scope = {domain, today - (int64_t)options->days, today},
		.recent_day = today - (int64_t)options->recent_days,
	};
	if (report.arena == NULL) {
		return failure_set_memory(reterr, "read the reports");
	}
	report.scope.domain = arena_copy(report.arena, domain);
	int r = find(store, options, &report, reterr);
	if (r < 0) {
		senders_report_free(&report);
		return r;
	}
	*ret_report = report;
	return 0;
}

void senders_report_free(struct senders_report *report)
{
	arena_free(report->arena);
	*report = (struct senders_report){0};
}
