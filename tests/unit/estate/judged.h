/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* example.org, judged in a small world. */
#ifndef MAILSEAL_TESTS_JUDGED_H
#define MAILSEAL_TESTS_JUDGED_H

#include "estate/standing.h"
#include "guide/providers.h"

struct judged {
	struct facts *facts;
	struct arena *arena;
	struct provider_table *providers;
	struct public_suffix_list *suffixes;
	struct world *world;
	struct assessment *assessment;
	struct standing *standing;
};

/* Lines as of world.h, NULL behind the last. Fails the test when anything goes wrong. */
struct judged judge_world(const char *const *lines);
/* The same when reports are held as well; NULL: none are. */
struct judged judge_world_with(const char *const *lines, const struct reported *reported);
void judged_free(struct judged *judged);

#endif
