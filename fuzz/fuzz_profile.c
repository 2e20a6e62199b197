/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Baselines of the user's: reading them with their conditions, and judging by them. */
#include "fuzz.h"

#include "assess/profile.h"

static void judge(const struct profile *profile, struct arena *arena, enum measure_state measured)
{
	const struct assess_options options = {.now = 1800000000};
	struct assessment assessment = {.arena = arena, .options = &options};
	struct measures *measures = arena_alloc(arena, sizeof(*measures));
	FUZZ_CHECK(measures != NULL);
	assessment.measures = measures;
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		measures->values[i] = (struct measure){
			.state = measured, .word = SPAN("none"), .reason = SPAN("because")};
	}
	struct profile_result result = profile_judge(arena, profile, &assessment);
	FUZZ_CHECK(result.row_count == profile->requirement_count);
	size_t counted = result.satisfied_count + result.not_satisfied_count;
	FUZZ_CHECK(counted + result.not_measured_count <= result.row_count);
	FUZZ_CHECK(measured == MEASURE_KNOWN || counted == 0);
	for (size_t i = 0; i < result.row_count; i++) {
		bool is_satisfied = result.rows[i].status == REQUIREMENT_SATISFIED;
		FUZZ_CHECK(is_satisfied == (result.rows[i].reason.len == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile_table *table;
	struct failure failure = {0};
	FUZZ_CHECK(profile_table_load(&table, &failure) == 0);
	size_t count = profile_count(table);
	if (profile_table_add_text(table, SPAN("fuzz.conf"), span_of(data, size), &failure) < 0) {
		FUZZ_CHECK(profile_count(table) == count && failure.detail[0] != '\0');
	} else {
		struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
		const struct profile *profile = profile_at(table, count);
		judge(profile, arena, MEASURE_KNOWN);
		judge(profile, arena, MEASURE_UNKNOWN);
		judge(profile, arena, MEASURE_NOT_APPLICABLE);
		arena_free(arena);
	}
	profile_table_free(table);
	return 0;
}
