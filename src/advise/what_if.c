/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Compares two assessments by the ids and subjects of their findings. */
#include "advise/what_if.h"

static bool has_finding(const struct assessment *a, const struct finding *wanted)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		if (finding->id == wanted->id && span_equal(finding->subject, wanted->subject)) {
			return true;
		}
	}
	return false;
}

/* The findings of one assessment that the other lacks. */
static const struct finding **difference(struct arena *arena, const struct assessment *from,
					 const struct assessment *without, size_t *ret_count)
{
	struct vector list = {0};
	for (size_t i = 0; i < finding_count(from); i++) {
		const struct finding **slot = NULL;
		if (!has_finding(without, finding_at(from, i))) {
			slot = VECTOR_PUSH(&list, arena, const struct finding *,
					   (size_t)FINDING_MAX);
		}
		if (slot != NULL) {
			*slot = finding_at(from, i);
		}
	}
	*ret_count = list.len;
	return list.items;
}

struct what_if *what_if_compare(struct arena *arena, const struct assessment *before,
				const struct assessment *after)
{
	struct what_if *what_if = arena_alloc(arena, sizeof(*what_if));
	if (what_if == NULL) {
		return NULL;
	}
	what_if->before = before;
	what_if->after = after;
	what_if->gone = difference(arena, before, after, &what_if->gone_count);
	what_if->new_findings = difference(arena, after, before, &what_if->new_count);
	return arena_has_failed(arena) ? NULL : what_if;
}
