/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What hostile reports left in the store, through evidence, senders, plan and everything they are
 * shown as. The store's reading functions are ours: each line of the input is one thing that they
 * give, its fields between tabs. The first is a letter: S(tream) D(ay) P(olicy) R(eporter) T(LS)
 * F(ailure) A(uthenticity) O(verlap). Numbers are decimal, "|" in a text stands for a line end.
 */
#include "fuzz.h"

#include <jansson.h>

#include "facts/facts.h"
#include "present/senders_text.h"
#include "service/evidence.h"
#include "service/learn.h"

#define NOW INT64_C(1795608000)
#define TODAY (NOW / STORE_DAY_SECONDS)
#define FIELDS 12
/* As the store keeps them. */
#define COUNT_MAX UINT64_C(1000000000000)

struct store {
	struct span lines;
};

struct line {
	struct span fields[FIELDS];
	char text[4096]; /* of one field, with line ends */
};

static uint64_t number(struct span text, uint64_t max)
{
	uint64_t value = 0;
	return number_parse_decimal(text, UINT64_MAX, &value) && value <= max ? value
	       : text.len > 0						      ? max
									      : 0;
}

/* Days of the last hundred, and a few outside of the calendar. */
static int64_t day(struct span text)
{
	return TODAY - (int64_t)number(text, 200);
}

static bool next_line(struct span *rest, char kind, struct line *ret_line)
{
	struct span all;
	while (rest->len > 0 && span_split(rest, '\n', &all)) {
		struct span letter;
		bool is_wanted =
			span_split(&all, '\t', &letter) && letter.len == 1 && letter.ptr[0] == kind;
		for (size_t i = 0; is_wanted && i < FIELDS; i++) {
			ret_line->fields[i] = span_of(NULL, 0);
			if (all.len > 0) {
				(void)span_split(&all, '\t', &ret_line->fields[i]);
			}
		}
		if (is_wanted) {
			return true;
		}
	}
	return false;
}

static struct span with_line_ends(struct line *line, size_t field)
{
	struct span from = span_slice(line->fields[field], 0, sizeof(line->text));
	for (size_t i = 0; i < from.len; i++) {
		line->text[i] = from.ptr[i] == '|' ? '\n' : from.ptr[i];
	}
	return span_of(line->text, from.len);
}

int store_streams(struct store *store, const struct store_scope *scope, int64_t recent_day,
		  store_stream_fn *each, void *context, struct failure *reterr)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	for (int64_t id = 1; r == 0 && next_line(&rest, 'S', &line); id++) {
		size_t len = line.fields[0].len >= 16 ? 16 : line.fields[0].len >= 4 ? 4 : 0;
		struct store_stream stream = {
			.row = {.source = span_slice(line.fields[0], 0, len),
				.messages = number(line.fields[1], COUNT_MAX),
				.disposition = (enum store_disposition)number(line.fields[2], 3),
				.dkim = (enum store_result)number(line.fields[3], 2),
				.spf = (enum store_result)number(line.fields[4], 2),
				.header_from = line.fields[5],
				.envelope_from = line.fields[6],
				.evidence = with_line_ends(&line, 7),
				.reasons = line.fields[8]},
			.pattern = id,
			.active_days = number(line.fields[9], 100) + 1,
			.first_day = day(line.fields[10]),
			.last_day = TODAY,
		};
		stream.recent_messages = stream.first_day >= recent_day ? stream.row.messages : 0;
		r = each(context, &stream);
	}
	return r;
}

int store_days(struct store *store, const struct store_scope *scope, store_day_fn *each,
	       void *context, struct failure *reterr)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	/* In order, each once: as the store gives them. */
	for (int64_t at = 60; r == 0 && at > 0 && next_line(&rest, 'D', &line); at--) {
		struct store_day one = {
			.day = TODAY - at,
			.reports = number(line.fields[0], COUNT_MAX),
			.messages = number(line.fields[1], COUNT_MAX),
			.both_pass = number(line.fields[2], COUNT_MAX),
		};
		r = each(context, &one);
	}
	return r;
}

int store_policies(struct store *store, const struct store_scope *scope, store_policy_fn *each,
		   void *context, struct failure *reterr)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	while (r == 0 && next_line(&rest, 'P', &line)) {
		struct store_policy policy = {line.fields[0],
					      line.fields[1],
					      day(line.fields[2]) * STORE_DAY_SECONDS,
					      day(line.fields[3]) * STORE_DAY_SECONDS,
					      number(line.fields[4], COUNT_MAX),
					      number(line.fields[5], COUNT_MAX)};
		r = each(context, &policy);
	}
	return r;
}

int store_reporters(struct store *store, const struct store_scope *scope, store_reporter_fn *each,
		    void *context, struct failure *reterr)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	while (r == 0 && next_line(&rest, 'R', &line)) {
		struct store_reporter reporter = {
			.name = line.fields[0],
			.contact = line.fields[1],
			.kind = (enum store_kind)(1 + number(line.fields[2], 2)),
			.reports = number(line.fields[3], COUNT_MAX),
			.messages = number(line.fields[4], COUNT_MAX),
			.last_at = day(line.fields[5]) * STORE_DAY_SECONDS,
		};
		r = each(context, &reporter);
	}
	return r;
}

static int give_details(struct store *store, char kind, store_tls_fn *each, void *context)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	while (r == 0 && next_line(&rest, kind, &line)) {
		struct store_tls_stream stream = {
			.detail.count = number(line.fields[6], COUNT_MAX),
			.reporter = line.fields[7],
			.first_day = day(line.fields[8]),
			.last_day = TODAY,
		};
		memcpy(stream.detail.words, line.fields, sizeof(stream.detail.words));
		r = each(context, &stream);
	}
	return r;
}

int store_tls_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
		      void *context, struct failure *reterr)
{
	return give_details(store, 'T', each, context);
}

int store_failure_streams(struct store *store, const struct store_scope *scope, store_tls_fn *each,
			  void *context, struct failure *reterr)
{
	return give_details(store, 'F', each, context);
}

int store_left_out(struct store *store, const struct store_scope *scope,
		   store_authenticity_fn *each, void *context, struct failure *reterr)
{
	static const enum store_authenticity kinds[] = {STORE_AUTHENTICITY_UNALIGNED,
							STORE_AUTHENTICITY_IMPOSTOR};
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	while (r == 0 && next_line(&rest, 'A', &line)) {
		struct store_authenticity_line one = {
			.reporter = line.fields[0],
			.mail_from = line.fields[1],
			.kind = (enum store_kind)(1 + number(line.fields[2], 2)),
			.authenticity = kinds[number(line.fields[3], 1)],
			.reports = number(line.fields[4], COUNT_MAX),
			.messages = number(line.fields[5], COUNT_MAX),
			.last_at = NOW,
		};
		r = each(context, &one);
	}
	return r;
}

int store_repetitions(struct store *store, const struct store_scope *scope,
		      store_repetition_fn *each, void *context, struct failure *reterr)
{
	struct span rest = store->lines;
	struct line line;
	int r = 0;
	while (r == 0 && next_line(&rest, 'O', &line)) {
		struct store_repetition one = {line.fields[0], number(line.fields[1], COUNT_MAX),
					       number(line.fields[2], COUNT_MAX),
					       number(line.fields[3], COUNT_MAX)};
		r = each(context, &one);
	}
	return r;
}

/* ---- what must hold ---- */

static void check_json(const struct buffer *text)
{
	json_error_t error;
	json_t *json =
		json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	FUZZ_CHECK(json != NULL);
	json_decref(json);
}

/* Nothing of a report moves a terminal. */
static void check_terminal(const struct buffer *text)
{
	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->data[i];
		FUZZ_CHECK((c >= ' ' || c == '\n') && c != 0x7f);
	}
}

static void check_page(const struct buffer *text)
{
	struct span page = buffer_span(text);
	FUZZ_CHECK(span_search(page, SPAN("<script")) == page.len);
	FUZZ_CHECK(span_search(page, SPAN("<img")) == page.len);
	FUZZ_CHECK(span_ends_with_nocase(page, SPAN("</html>\n")));
}

static void show(struct senders_report *report, const struct plan *plan)
{
	const struct terminal_style style = {.width = 80, .is_verbose = true};
	struct buffer text = buffer_new(4 * FUZZ_ARENA_BYTES);
	present_senders_json(report, &text);
	check_json(&text);
	buffer_clear(&text);
	present_plan_json(plan, &text);
	check_json(&text);
	buffer_clear(&text);
	present_senders_terminal(report, &style, &text);
	present_plan_terminal(plan, &style, &text);
	check_terminal(&text);
	buffer_clear(&text);
	present_senders_html(report, plan, &text);
	check_page(&text);
	buffer_clear(&text);
	present_senders_csv(report, &text);
	FUZZ_CHECK(!text.is_failed);
	buffer_free(&text);
}

static void check_sums(const struct senders_report *report)
{
	uint64_t messages = 0;
	for (int i = 0; i < MAIL_CLASS_COUNT; i++) {
		const struct class_total *total = &report->classes[i];
		FUZZ_CHECK(total->failing <= total->messages);
		FUZZ_CHECK(total->recent_failing <= total->recent_messages);
		messages += total->messages;
	}
	FUZZ_CHECK(messages + report->left_out == report->messages || report->left_out > 0);
}

/* One text of a row: what is read is written and read the same. */
static void check_evidence(struct span text)
{
	struct evidence_item item;
	struct span rest = text;
	while (evidence_next(&rest, &item)) {
		struct buffer once = buffer_new(2 * text.len + 100);
		struct evidence_item again;
		evidence_write(&once, &item);
		struct span written = buffer_span(&once);
		FUZZ_CHECK(evidence_next(&written, &again));
		FUZZ_CHECK(again.is_dkim == item.is_dkim && written.len == 0);
		FUZZ_CHECK(again.domain.len == item.domain.len &&
			   again.detail.len == item.detail.len);
		buffer_free(&once);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct public_suffix_list *suffixes;
	static struct provider_table *providers;
	struct failure failure;
	if (suffixes == NULL) {
		FUZZ_CHECK(public_suffix_list_load(NULL, &suffixes, &failure) == 0);
		FUZZ_CHECK(provider_table_load(&providers, &failure) == 0);
	}
	struct store store = {span_of(data, size)};
	const struct senders_options options = {.suffixes = suffixes,
						.providers = providers,
						.now = NOW,
						.days = 90,
						.recent_days = 30};
	struct senders_report report;
	struct plan plan;
	check_evidence(store.lines);
	FUZZ_CHECK(senders_find(&store, SPAN("example.org"), &options, &report, &failure) == 0);
	check_sums(&report);
	FUZZ_CHECK(plan_make(&report, &(struct plan_options){0}, &plan, &failure) == 0);
	FUZZ_CHECK(plan.advice != PLAN_STEP || plan.blocker_count == 0);
	show(&report, &plan);
	senders_report_free(&report);
	struct facts *facts = facts_new(1);
	FUZZ_CHECK(learn_reports(facts, &store, SPAN("example.org"), &options, &failure) == 0);
	facts_free(facts);
	return 0;
}
