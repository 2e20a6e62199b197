/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Fills a store with rows from standard input, without report files around them: for tests of
 * senders and plan, and for measuring.
 *
 *   fill DATABASE
 *
 * A line "R reporter id domain begin end policy" begins a report, "F source count disposition dkim
 * spf header_from envelope_from evidence reasons" is a row of it; fields are separated by tabs, "|"
 * in evidence and reasons stands for a line end.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

#define FIELDS 12
#define BATCH_ROWS 50000

struct filling {
	struct store *store;
	struct store_report report;
	char texts[4][512];
	bool is_open;
	size_t batch_rows;
	uint64_t content;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fprintf(stderr, "fill: %s: %s\n", failure->what, failure->detail);
		exit(1);
	}
}

static void end_report(struct filling *filling)
{
	struct failure failure;
	if (filling->is_open) {
		char content[16] = {0};
		memcpy(content, &filling->content, sizeof(filling->content));
		filling->report.content = span_of(content, sizeof(content));
		must(store_report_end(filling->store, &filling->report, /* ret_outcome */ NULL,
				      &failure),
		     &failure);
	}
	filling->is_open = false;
	if (filling->batch_rows >= BATCH_ROWS) {
		must(store_commit(filling->store, &failure), &failure);
		must(store_begin(filling->store, &failure), &failure);
		filling->batch_rows = 0;
	}
}

static int64_t number(struct span text)
{
	uint64_t value = 0;
	if (!number_parse_decimal(text, INT64_MAX, &value)) {
		fprintf(stderr, "fill: \"%.*s\" is not a number\n", SPAN_ARG(text));
		exit(1);
	}
	return (int64_t)value;
}

static struct span keep(char *place, struct span text)
{
	size_t len = text.len < 511 ? text.len : 511;
	memcpy(place, text.ptr, len);
	return span_of(place, len);
}

static void begin_report(struct filling *filling, const struct span *fields)
{
	struct failure failure;
	end_report(filling);
	filling->report = (struct store_report){
		.kind = STORE_AGGREGATE,
		.reporter = keep(filling->texts[0], fields[1]),
		.id = keep(filling->texts[1], fields[2]),
		.domain = keep(filling->texts[2], fields[3]),
		.begin_at = number(fields[4]),
		.end_at = number(fields[5]),
		.policy = keep(filling->texts[3], fields[6]),
	};
	filling->content = 1469598103934665603u;
	filling->is_open = true;
	must(store_report_begin(filling->store, &filling->report, &failure), &failure);
}

static struct span to_lines(char *place, struct span text)
{
	struct span kept = keep(place, text);
	for (size_t i = 0; i < kept.len; i++) {
		place[i] = place[i] == '|' ? '\n' : place[i];
	}
	return kept;
}

static void add_row(struct filling *filling, const struct span *fields)
{
	struct failure failure;
	char source_text[64];
	char octets[16];
	char evidence[512];
	char reasons[512];
	snprintf(source_text, sizeof(source_text), "%.*s", SPAN_ARG(fields[1]));
	size_t len = inet_pton(AF_INET, source_text, octets) == 1    ? 4
		     : inet_pton(AF_INET6, source_text, octets) == 1 ? 16
								     : 0;
	struct store_row row = {
		.source = span_of(octets, len),
		.messages = (uint64_t)number(fields[2]),
		.disposition = (enum store_disposition)number(fields[3]),
		.dkim = (enum store_result)number(fields[4]),
		.spf = (enum store_result)number(fields[5]),
		.header_from = fields[6],
		.envelope_from = fields[7],
		.evidence = to_lines(evidence, fields[8]),
		.reasons = to_lines(reasons, fields[9]),
	};
	for (size_t i = 1; i < 10; i++) {
		filling->content = fnv_add(filling->content, fields[i]);
	}
	filling->batch_rows++;
	must(store_row_add(filling->store, &row, &failure), &failure);
}

int main(int argc, char **argv)
{
	static char line[8192];
	static struct filling filling;
	struct failure failure;
	if (argc != 2) {
		fputs("usage: fill DATABASE\n", stderr);
		return 2;
	}
	must(store_open(argv[1], &filling.store, &failure), &failure);
	must(store_begin(filling.store, &failure), &failure);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct span rest = span_of(line, strcspn(line, "\n"));
		struct span fields[FIELDS] = {{0}};
		for (size_t i = 0; i < FIELDS && span_split(&rest, '\t', &fields[i]); i++) {
		}
		if (line[0] == 'R') {
			begin_report(&filling, fields);
		} else {
			add_row(&filling, fields);
		}
	}
	end_report(&filling);
	must(store_commit(filling.store, &failure), &failure);
	store_close(filling.store);
	return 0;
}
