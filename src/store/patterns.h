/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What patterns say, asked for many together and each once. */
#ifndef MAILSEAL_STORE_PATTERNS_H
#define MAILSEAL_STORE_PATTERNS_H

#include "store/internal.h"

struct known_pattern {
	int64_t id;
	int64_t flags;
	int64_t words[PATTERN_WORDS];
	struct span texts[PATTERN_WORDS];
};

struct pattern_table {
	struct arena *arena; /* its failed flag says that something is missing */
	struct map by_id;
	struct map words; /* of all patterns */
};

struct pattern_table pattern_table_new(struct arena *arena);
/* Where it will be; without texts until it was fetched. Never NULL. */
const struct known_pattern *pattern_want(struct pattern_table *table, int64_t id);
int pattern_table_fetch(struct pattern_table *table, struct store *store,
			struct failure *reterr) MUST_CHECK;

#endif
