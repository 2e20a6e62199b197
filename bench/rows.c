/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Fills a store with synthetic reports, straight through its interface:
 *
 *   bench_rows DATABASE ROWS
 *
 * 50 domains (Zipf: the first has a fifth of all rows), 400 days up to 2026-11-22, 20 reporters
 * (Zipf), a report for each of the three with as many rows as that gives. Nine rows of ten come
 * from the domain's own senders, up to 5,000 addresses (Zipf) of 40 providers, and fare nine times
 * of ten as that address usually does; the tenth is from anywhere. A report has one row for an
 * address and a result. The same call makes the same rows.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/store.h"

#define DOMAINS 50
#define DAYS 400
#define REPORTERS 20
#define LAST_DAY 20779 /* 2026-11-22 */
#define PROVIDERS 40
#define OWN_SOURCES_MAX 5000
#define STRANGERS 2000000
#define SEEN_SLOTS 65536
#define BATCH_ROWS 50000

struct filling {
	struct store *store;
	uint64_t chance;
	double domain_sum;
	double reporter_sum;
	uint64_t rows;
	uint64_t rows_in_batch;
	uint32_t seen[SEEN_SLOTS]; /* the report that last had a row in this slot */
	uint32_t report_number;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fprintf(stderr, "bench_rows: %s: %s\n", failure->what, failure->detail);
		exit(1);
	}
}

/* splitmix64 */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t draw(struct filling *f, uint64_t below)
{
	f->chance += UINT64_C(0x9e3779b97f4a7c15);
	return mix(f->chance) % below;
}

static double draw_unit(struct filling *f)
{
	return (double)draw(f, UINT64_C(1) << 53) / (double)(UINT64_C(1) << 53);
}

/* A rank from 0, about as 1 / (rank + 1). */
static uint64_t draw_rank(struct filling *f, uint64_t count)
{
	uint64_t rank = (uint64_t)(pow((double)count + 1, draw_unit(f)) - 1);
	return rank < count ? rank : count - 1;
}

static double harmonic(int count)
{
	double sum = 0;
	for (int i = 1; i <= count; i++) {
		sum += 1.0 / i;
	}
	return sum;
}

static void put_address(char octets[4], uint64_t number)
{
	uint64_t address = mix(number);
	for (int i = 0; i < 4; i++) {
		octets[i] = (char)(address >> (8 * i) & 0xff);
	}
}

/* False when this report has it already. */
static bool is_new_in_report(struct filling *f, uint64_t what)
{
	uint32_t *slot = &f->seen[mix(what) % SEEN_SLOTS];
	bool is_new = *slot != f->report_number;
	*slot = f->report_number;
	return is_new;
}

struct texts {
	char domain[32];
	char bounce[48];
	char evidence[256];
	char envelope_to[32];
};

/* How a message of this provider, or of a stranger, fared. */
static void set_results(struct store_row *row, struct texts *texts, int provider, unsigned fate)
{
	bool is_dkim = fate < 87;
	bool is_spf = fate < 75 || (fate >= 87 && fate < 92);
	row->dkim = is_dkim ? STORE_RESULT_PASS : STORE_RESULT_FAIL;
	row->spf = is_spf ? STORE_RESULT_PASS : STORE_RESULT_FAIL;
	row->disposition = STORE_DISPOSITION_NONE;
	snprintf(texts->evidence, sizeof(texts->evidence),
		 "dkim %s %s s%d\ndkim pass provider%d.example p1\nspf %s bounce.%s mfrom\n",
		 is_dkim ? "pass" : "fail", texts->domain, provider % 7, provider,
		 is_spf ? "pass" : "fail", texts->domain);
	row->evidence = span_of_string(texts->evidence);
}

static void set_stranger(struct filling *f, struct store_row *row, struct texts *texts)
{
	row->dkim = STORE_RESULT_FAIL;
	row->spf = STORE_RESULT_FAIL;
	row->disposition = STORE_DISPOSITION_QUARANTINE;
	snprintf(texts->evidence, sizeof(texts->evidence), "spf fail %s mfrom\n",
		 draw(f, 4) == 0 ? "stranger.example" : texts->domain);
	row->evidence = span_of_string(texts->evidence);
}

static bool add_row(struct filling *f, int domain, struct texts *texts)
{
	char source[4];
	struct store_row row = {
		.source = span_of(source, 4),
		.messages = draw(f, 5) < 3 ? 1 : 1 + draw_rank(f, 2000),
		.header_from = span_of_string(texts->domain),
		.envelope_from = span_of_string(texts->bounce),
		.envelope_to = span_of_string(texts->envelope_to),
	};
	uint64_t own = OWN_SOURCES_MAX / (uint64_t)(1 + domain / 5);
	bool is_own = draw(f, 10) != 0;
	uint64_t number = is_own ? (uint64_t)domain * 97 + draw_rank(f, own)
				 : UINT64_C(1000000) + draw_rank(f, STRANGERS);
	unsigned fate = (unsigned)(draw(f, 10) == 0 ? draw(f, 100) : mix(number + 7) % 100);
	if (!is_new_in_report(f, number * 4 + (fate < 75   ? 0
					       : fate < 87 ? 1
					       : fate < 92 ? 2
							   : 3))) {
		return false;
	}
	put_address(source, number);
	if (is_own) {
		set_results(&row, texts, (int)(mix(number) % PROVIDERS), fate);
	} else {
		set_stranger(f, &row, texts);
	}
	struct failure failure;
	must(store_row_add(f->store, &row, &failure), &failure);
	f->rows++;
	f->rows_in_batch++;
	return true;
}

static void add_report(struct filling *f, int day, int domain, int reporter, uint64_t rows)
{
	struct failure failure;
	struct texts texts;
	char name[32];
	char id[48];
	char content[17];
	int64_t begin = (int64_t)(LAST_DAY - DAYS + 1 + day) * STORE_DAY_SECONDS;
	f->report_number++;
	snprintf(texts.domain, sizeof(texts.domain), "d%02d.example", domain);
	snprintf(texts.bounce, sizeof(texts.bounce), "bounce.%s", texts.domain);
	snprintf(texts.envelope_to, sizeof(texts.envelope_to),
		 reporter % 2 == 0 ? "" : "r%02d.example", reporter);
	snprintf(name, sizeof(name), "reporter%02d.example", reporter);
	snprintf(id, sizeof(id), "%d.%d.%d", day, domain, reporter);
	snprintf(content, sizeof(content), "%016llx", (unsigned long long)mix(f->report_number));
	struct store_report report = {
		.kind = STORE_AGGREGATE,
		.reporter = span_of_string(name),
		.id = span_of_string(id),
		.domain = span_of_string(texts.domain),
		.begin_at = begin,
		.end_at = begin + STORE_DAY_SECONDS - 1,
		.contact = span_of_string(name),
		.policy = day < DAYS / 2 ? SPAN("p=none") : SPAN("p=quarantine; pct=100"),
		.origin = SPAN("bench"),
		.content = span_of(content, 16),
		.stored_at = begin,
	};
	must(store_report_begin(f->store, &report, &failure), &failure);
	for (uint64_t added = 0, tries = 0; added < rows && tries < 4 * rows; tries++) {
		added += add_row(f, domain, &texts) ? 1 : 0;
	}
	must(store_report_end(f->store, &report, /* ret_outcome */ NULL, &failure), &failure);
}

static void add_day(struct filling *f, int day, uint64_t wanted)
{
	struct failure failure;
	for (int domain = 0; domain < DOMAINS; domain++) {
		for (int reporter = 0; reporter < REPORTERS; reporter++) {
			double share = 1.0 / ((domain + 1) * f->domain_sum) /
				       ((reporter + 1) * f->reporter_sum);
			double rows = share * (double)wanted / DAYS;
			uint64_t count = (uint64_t)(rows + draw_unit(f));
			if (count > 0) {
				add_report(f, day, domain, reporter, count);
			}
			if (f->rows_in_batch >= BATCH_ROWS) {
				must(store_commit(f->store, &failure), &failure);
				must(store_begin(f->store, &failure), &failure);
				f->rows_in_batch = 0;
			}
		}
	}
}

int main(int argc, char **argv)
{
	static struct filling f = {.chance = 20261123};
	struct failure failure;
	uint64_t wanted = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	if (wanted == 0) {
		fputs("usage: bench_rows DATABASE ROWS\n", stderr);
		return 2;
	}
	f.domain_sum = harmonic(DOMAINS);
	f.reporter_sum = harmonic(REPORTERS);
	clock_t start = clock();
	must(store_open(argv[1], &f.store, &failure), &failure);
	must(store_begin(f.store, &failure), &failure);
	for (int day = 0; day < DAYS; day++) {
		add_day(&f, day, wanted);
	}
	must(store_commit(f.store, &failure), &failure);
	store_close(f.store);
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	printf("%llu rows in %u reports, %.0f rows per CPU second of ours\n",
	       (unsigned long long)f.rows, f.report_number, (double)f.rows / seconds);
	return 0;
}
