/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Sorting findings for people. */
#include "present/order.h"

static bool comes_before(const struct finding *a, const struct finding *b)
{
	if (a->severity != b->severity) {
		return a->severity > b->severity;
	}
	return a->guidance->control < b->guidance->control;
}

const struct finding *const *order_findings(const struct assessment *a, size_t *ret_count)
{
	*ret_count = 0;
	const struct finding **ordered =
		arena_alloc(a->arena, finding_count(a) * sizeof(struct finding *));
	if (ordered == NULL) {
		return NULL;
	}
	/* Insertion keeps equals in the order they were found; there are at most FINDING_MAX. */
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		size_t at = i;
		while (at > 0 && comes_before(finding, ordered[at - 1])) {
			ordered[at] = ordered[at - 1];
			at--;
		}
		ordered[at] = finding;
	}
	*ret_count = finding_count(a);
	return ordered;
}
