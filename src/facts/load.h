/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* JSON lines -> facts. Strict: a line that cannot be read names its number and the reason; nothing
 * is guessed. */
#ifndef MAILSEAL_FACTS_LOAD_H
#define MAILSEAL_FACTS_LOAD_H

#include "facts/save.h"
#include "facts/settle.h"

/* Reads one fact line into the set. The failure's detail says what is wrong with it. */
int facts_load_line(struct facts *facts, struct span line, struct failure *reterr) MUST_CHECK;
/*
 * Reads a file. The header's domains go into the arena. *reterr names file and line. Lines of an
 * unknown "kind" are refused: a file of a newer version would otherwise be judged on half its
 * facts.
 */
int facts_load(struct facts *facts, struct arena *arena, const char *path,
	       struct facts_header *ret_header, struct failure *reterr) MUST_CHECK;

/* A source that knows nothing more than what is in the set: every want becomes "not recorded". */
struct fact_source facts_replay_source(void);

#endif
