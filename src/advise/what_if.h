/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a change would bring: the same domain judged on observed and on assumed facts. */
#ifndef MAILSEAL_ADVISE_WHAT_IF_H
#define MAILSEAL_ADVISE_WHAT_IF_H

#include "assess/assess.h"

struct what_if {
	const struct assessment *before;
	const struct assessment *after;
	const struct finding *
		*gone; /* findings of before that after does not have (same id and subject) */
	size_t gone_count;
	const struct finding **new_findings;
	size_t new_count;
};

/* In the arena; NULL only when the arena failed. */
struct what_if *what_if_compare(struct arena *arena, const struct assessment *before,
				const struct assessment *after);

#endif
