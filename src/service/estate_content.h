/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Facts and verdicts as the estate's tables keep them, and back. */
#ifndef MAILSEAL_SERVICE_ESTATE_CONTENT_H
#define MAILSEAL_SERVICE_ESTATE_CONTENT_H

#include "estate/change.h"
#include "store/estate.h"

/*
 * The contents of a result: each fact a line of a replay file under the digest of its identity, the
 * standing under the digest of its text. Everything is copied into the arena.
 */
int estate_content_make(struct arena *arena, const struct facts *facts,
			const struct assessment *assessment, struct estate_result *ret_result,
			struct failure *reterr) MUST_CHECK;
/* The standing of an entry, in the arena. */
int estate_content_standing(struct arena *arena, const struct estate_entry *entry,
			    struct standing *ret_standing, struct failure *reterr) MUST_CHECK;
/* The facts of a result, for judging or comparing; the caller frees them. Their times are those of
 * the first time each was seen so. */
int estate_content_facts(struct store *store, int64_t facts, struct facts **ret_facts,
			 struct failure *reterr) MUST_CHECK;

/* The same, added to a set. */
int estate_content_add_facts(struct store *store, int64_t id, struct facts *facts,
			     struct failure *reterr) MUST_CHECK;

#endif
