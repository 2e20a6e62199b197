/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How the sector stood on each day of its scans. */
#include "service/estate_content.h"
#include "service/sector_parts.h"

struct day_count {
	struct sector_day day;
	struct arena *arena;
	struct failure *failure;
};

static int count_day(void *context, const struct estate_entry *entry)
{
	struct day_count *counting = context;
	struct standing standing;
	arena_reset(counting->arena);
	int r = estate_content_standing(counting->arena, entry, &standing, counting->failure);
	if (r < 0) {
		return r;
	}
	counting->day.domains++;
	counting->day.reject += sector_policy_of(&standing) == SECTOR_POLICY_REJECT ? 1 : 0;
	counting->day.spoofable += standing.spoofable.answer == ANSWER_YES ? 1 : 0;
	return 0;
}

struct run_days {
	int64_t days[SECTOR_MAX_DAYS];
	size_t count;
	int64_t since;
	int64_t until;
};

/* Newest first, each day once. */
static int take_run(void *context, const struct estate_run *run)
{
	struct run_days *days = context;
	int64_t at = run->finished_at;
	int64_t day = at / STORE_DAY_SECONDS;
	bool is_again = days->count > 0 && days->days[days->count - 1] == day;
	if (at == 0 || run->kind != ESTATE_SCAN || at < days->since || at > days->until ||
	    is_again || days->count == SECTOR_MAX_DAYS) {
		return 0;
	}
	days->days[days->count++] = day;
	return 0;
}

int sector_days_read(struct sector *sector, struct store *store, struct arena *look,
		     const struct sector_options *options, struct failure *reterr)
{
	struct run_days days = {.since = options->since, .until = options->at};
	int r = estate_runs(store, take_run, &days, reterr);
	for (size_t i = days.count; r == 0 && i > 0; i--) {
		struct day_count counting = {.arena = look, .failure = reterr};
		counting.day.day = days.days[i - 1];
		int64_t end = (counting.day.day + 1) * STORE_DAY_SECONDS - 1;
		r = estate_latest(store, end < options->at ? end : options->at, count_day,
				  &counting, reterr);
		struct sector_day *added = VECTOR_PUSH(&sector->days, sector->arena,
						       struct sector_day, SECTOR_MAX_DAYS);
		if (added != NULL) {
			*added = counting.day;
		}
	}
	return r;
}
