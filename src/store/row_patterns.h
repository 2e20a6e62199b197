/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a row says but for its source and count: found by its texts as they come, so that a row like
 * an earlier one costs one look. Ids are asked for later, for many together.
 */
#ifndef MAILSEAL_STORE_ROW_PATTERNS_H
#define MAILSEAL_STORE_ROW_PATTERNS_H

#include "store/driver.h"
#include "store/store.h"

/* header_from, envelope_from, envelope_to, evidence, reasons */
#define PATTERN_WORDS 5

struct row_pattern {
	int64_t id; /* 0 until the database gave one */
	int64_t flags;
	struct span texts[PATTERN_WORDS]; /* as the database takes them */
};

struct row_patterns {
	struct arena *arena;
	struct map by_text;
	struct vector fresh; /* of struct row_pattern *: without an id */
	struct buffer key;
};

/* False when memory is out. */
bool row_patterns_start(struct row_patterns *patterns);
void row_patterns_free(struct row_patterns *patterns);
/* NULL when it is full: start it again, when nothing points into it any more. */
struct row_pattern *row_patterns_find(struct row_patterns *patterns, const struct store_row *row);
/* Asks for the ids of those that have none. */
int row_patterns_settle(struct store *store, struct failure *reterr) MUST_CHECK;

#endif
