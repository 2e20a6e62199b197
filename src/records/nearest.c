/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Edit distance between short words. */
#include "records/nearest.h"

#include "base/text.h"

/* From this length on two changes still leave a word recognisable. */
#define LONG_WORD 6

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

struct grid {
	size_t cost[NEAREST_MAX_WORD + 1][NEAREST_MAX_WORD + 1];
};

/* The cost of turning the first i letters of a into the first j of b; all smaller cells are done.
 */
static size_t cell_cost(const struct grid *grid, struct span a, struct span b, size_t i, size_t j)
{
	if (i == 0 || j == 0) {
		return i + j;
	}
	char last_a = text_lower(a.ptr[i - 1]);
	char last_b = text_lower(b.ptr[j - 1]);
	size_t cost = grid->cost[i - 1][j - 1] + (last_a != last_b);
	cost = smaller(cost, grid->cost[i - 1][j] + 1);
	cost = smaller(cost, grid->cost[i][j - 1] + 1);
	bool is_swap = i > 1 && j > 1 && last_a == text_lower(b.ptr[j - 2]) &&
		       last_b == text_lower(a.ptr[i - 2]);
	return is_swap ? smaller(cost, grid->cost[i - 2][j - 2] + 1) : cost;
}

static size_t distance(struct span a, struct span b)
{
	struct grid grid;
	for (size_t i = 0; i <= a.len; i++) {
		for (size_t j = 0; j <= b.len; j++) {
			grid.cost[i][j] = cell_cost(&grid, a, b, i, j);
		}
	}
	return grid.cost[a.len][b.len];
}

struct span nearest_word(struct span word, const struct span *words, size_t word_count)
{
	struct span best = span_of(NULL, 0);
	size_t best_distance = SIZE_MAX;
	for (size_t i = 0; i < word_count && word.len <= NEAREST_MAX_WORD; i++) {
		if (words[i].len < 2 || words[i].len > NEAREST_MAX_WORD) {
			continue;
		}
		size_t changes = distance(word, words[i]);
		size_t allowed = words[i].len < LONG_WORD ? 1 : 2;
		if (changes <= allowed && changes < best_distance) {
			best = words[i];
			best_distance = changes;
		}
	}
	return best;
}
