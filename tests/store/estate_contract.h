/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the parts of the contract of every estate share: runs, their jobs, and results. */
#pragma once
#include <stdio.h>

#include "store/estate.h"
#include "unit.h"

#define NOON INT64_C(1793620800)
#define LONG_LEASE 600
/* In the past at once: as if the worker had been gone for long. */
#define LOST_LEASE (-1)
#define MAX_SEEN 600

struct world {
	const char *location;
	struct store *store;
};

struct seen {
	struct estate_lease leases[ESTATE_MAX_BATCH];
	char names[ESTATE_MAX_BATCH][64];
	char owners[ESTATE_MAX_BATCH][64];
	size_t count;
};

static inline void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

static inline int64_t open_run(struct world *world, enum estate_run_kind kind, const char *name)
{
	struct estate_run wanted = {.kind = kind,
				    .name = span_of_string(name),
				    .options = SPAN("dns-only"),
				    .started_at = NOON};
	struct failure failure;
	int64_t run = 0;
	bool is_new;
	must(estate_run_open(world->store, &wanted, &run, &is_new, &failure), &failure);
	return run;
}

static inline void add_named(struct world *world, int64_t run, const char *const *names,
			     size_t count)
{
	struct failure failure;
	for (size_t i = 0; i < count; i++) {
		struct estate_domain domain = {span_of_string(names[i]), SPAN("Ada"),
					       SPAN("Councils")};
		must(estate_run_add(world->store, run, &domain, 1, &failure), &failure);
	}
}

static inline int note_lease(void *context, const struct estate_lease *lease)
{
	struct seen *seen = context;
	snprintf(seen->names[seen->count], 64, "%.*s", SPAN_ARG(lease->domain));
	snprintf(seen->owners[seen->count], 64, "%.*s", SPAN_ARG(lease->owner));
	seen->leases[seen->count++] = *lease;
	return 0;
}

static inline struct seen claim_as(struct world *world, int64_t run, const char *worker,
				   size_t max_count, int64_t lease_seconds)
{
	struct estate_claim claim = {.run = run,
				     .worker = span_of_string(worker),
				     .lease_seconds = lease_seconds,
				     .max_count = max_count,
				     .max_attempts = 3};
	static struct seen seen;
	seen.count = 0;
	struct failure failure;
	int64_t wait_seconds;
	must(estate_claim(world->store, &claim, note_lease, &seen, &wait_seconds, &failure),
	     &failure);
	return seen;
}

static const struct estate_content fact_a = {SPAN_INIT("AAAAAAAAAAAAAAAA"), SPAN_INIT("fact a")};

static const struct estate_content fact_b = {SPAN_INIT("BBBBBBBBBBBBBBBB"), SPAN_INIT("fact b")};

static inline struct estate_result result_of(const struct estate_lease *lease, int64_t checked_at,
					     const struct estate_content *facts, size_t fact_count,
					     const char *set_digest, const char *verdict)
{
	return (struct estate_result){
		.domain_id = lease->domain_id,
		.epoch = lease->epoch,
		.checked_at = checked_at,
		.facts = facts,
		.fact_count = fact_count,
		.facts_digest = span_of_string(set_digest),
		/* The test's verdicts have 16 octets and are their own digests. */
		.verdict = {span_of_string(verdict), span_of_string(verdict)},
	};
}

static inline enum estate_outcome finish(struct world *world, int64_t run,
					 const struct estate_result *result)
{
	struct failure failure;
	enum estate_outcome outcome = ESTATE_LOST;
	must(estate_finish(world->store, run, result, 1, &outcome, &failure), &failure);
	return outcome;
}

struct entries {
	struct estate_entry rows[MAX_SEEN];
	char verdicts[MAX_SEEN][32];
	char names[MAX_SEEN][64];
	size_t count;
};

static inline int note_entry(void *context, const struct estate_entry *entry)
{
	struct entries *entries = context;
	snprintf(entries->verdicts[entries->count], 32, "%.*s", SPAN_ARG(entry->verdict));
	snprintf(entries->names[entries->count], 64, "%.*s", SPAN_ARG(entry->domain.name));
	entries->rows[entries->count++] = *entry;
	return 0;
}

static inline struct entries *results_of(struct world *world, int64_t run)
{
	static struct entries entries;
	struct failure failure;
	entries.count = 0;
	must(estate_results(world->store, run, note_entry, &entries, &failure), &failure);
	return &entries;
}

static inline struct entries *history_of(struct world *world, const char *domain, int64_t since,
					 int64_t until, bool is_newest_first)
{
	static struct entries entries;
	struct estate_period period = {since, until, is_newest_first};
	struct failure failure;
	entries.count = 0;
	must(estate_history(world->store, span_of_string(domain), &period, note_entry, &entries,
			    &failure),
	     &failure);
	return &entries;
}

static inline struct estate_progress progress_of(struct world *world, int64_t run)
{
	struct failure failure;
	struct estate_progress progress;
	must(estate_run_progress(world->store, run, &progress, &failure), &failure);
	return progress;
}

/* The parts; each gives how many tests failed. */
int estate_contract_jobs(struct world *world);
int estate_contract_results(struct world *world);
int estate_contract_notices(struct world *world);
