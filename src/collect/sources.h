/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Several collectors as one source: each answers the wants of its own kind, all at the same time.
 * Each may read what was known before; nobody sees what the others learn in the same round.
 */
#ifndef MAILSEAL_COLLECT_SOURCES_H
#define MAILSEAL_COLLECT_SOURCES_H

#include "facts/settle.h"

#define SOURCES_MAX 4

struct sources {
	struct fact_source source; /* first: answer() casts back */
	struct {
		enum fact_kind kind;
		struct fact_source *source;
	} rows[SOURCES_MAX];
	size_t count;
};

/* Empty. Must not be moved once its source is in use. */
struct sources sources_new(void);
/* From now on this one answers that kind. What it calls back may come from another thread. False
 * when there are too many. */
bool sources_add(struct sources *sources, enum fact_kind kind, struct fact_source *source);

#endif
