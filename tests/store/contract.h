/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the parts of the contract of every store share: a store, reports and rows, their sums. */
#pragma once
#include "store/store.h"
#include "unit.h"

#define NOON_2026_11_02 INT64_C(1793620800)
#define DAY_2026_11_02 (NOON_2026_11_02 / STORE_DAY_SECONDS)

struct world {
	const char *location;
	struct store *store;
};

static const char source_a[] = {(char)192, 0, 2, 1};

static const char source_b[16] = {0x20, 0x01, 0x0d, (char)0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};

static inline struct store_report report_of(const char *id, const char *domain, int64_t day_offset,
					    const char *content)
{
	int64_t begin = NOON_2026_11_02 - STORE_DAY_SECONDS / 2 + day_offset * STORE_DAY_SECONDS;
	return (struct store_report){
		.kind = STORE_AGGREGATE,
		.reporter = SPAN("reporter.example"),
		.id = span_of_string(id),
		.domain = span_of_string(domain),
		.begin_at = begin,
		.end_at = begin + STORE_DAY_SECONDS - 1,
		.contact = SPAN("noreply@reporter.example"),
		.policy = SPAN("p=none"),
		.origin = SPAN("a.xml.gz"),
		.content = span_of_string(content),
		.stored_at = NOON_2026_11_02,
	};
}

static inline struct store_row row_of(const char *from, uint64_t messages, enum store_result dkim,
				      enum store_result spf)
{
	return (struct store_row){
		.source = span_of(source_a, sizeof(source_a)),
		.messages = messages,
		.disposition = STORE_DISPOSITION_NONE,
		.dkim = dkim,
		.spf = spf,
		.header_from = span_of_string(from),
		.envelope_from = SPAN("bounce.example.org"),
		.evidence = SPAN("dkim pass example.org s1\n"),
	};
}

static inline void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static inline void begin(struct world *world)
{
	struct failure failure;
	must(store_begin(world->store, &failure), &failure);
}

static inline void commit(struct world *world)
{
	struct failure failure;
	must(store_commit(world->store, &failure), &failure);
}

static inline enum store_outcome add(struct world *world, const struct store_report *report,
				     const struct store_row *rows, size_t count)
{
	struct failure failure;
	enum store_outcome outcome = STORE_NEW;
	must(store_report_begin(world->store, report, &failure), &failure);
	for (size_t i = 0; i < count; i++) {
		must(store_row_add(world->store, &rows[i], &failure), &failure);
	}
	must(store_report_end(world->store, report, &outcome, &failure), &failure);
	return outcome;
}

static inline struct store_total total_of(struct world *world, enum store_kind kind)
{
	struct failure failure;
	struct store_total total;
	must(store_total(world->store, kind, &total, &failure), &failure);
	return total;
}

/* Each test uses domains of its own, since the database is shared. */
static inline struct store_scope scope_of(const char *domain)
{
	return (struct store_scope){span_of_string(domain), DAY_2026_11_02 - 1000,
				    DAY_2026_11_02 + 1000};
}

struct sums {
	uint64_t messages;
	uint64_t recent_messages;
	uint64_t count;
	uint64_t active_days;
	struct store_day last_day;
	uint64_t days;
};

static inline int sum_stream(void *context, const struct store_stream *stream)
{
	struct sums *sums = context;
	sums->messages += stream->row.messages;
	sums->recent_messages += stream->recent_messages;
	sums->active_days += stream->active_days;
	sums->count++;
	return 0;
}

static inline int sum_day(void *context, const struct store_day *day)
{
	struct sums *sums = context;
	sums->days++;
	sums->last_day = *day;
	return 0;
}

static inline struct sums sums_of(struct world *world, const char *domain)
{
	struct failure failure;
	struct sums sums = {0};
	struct store_scope scope = scope_of(domain);
	must(store_streams(world->store, &scope, DAY_2026_11_02 + 1, sum_stream, &sums, &failure),
	     &failure);
	must(store_days(world->store, &scope, sum_day, &sums, &failure), &failure);
	return sums;
}

/* The parts; each gives how many tests failed. */
int contract_reading(struct world *world);
int contract_batches(struct world *world);
int contract_large(struct world *world);
int contract_authenticity(struct world *world);
