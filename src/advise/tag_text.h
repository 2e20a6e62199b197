/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Slips of writing in the text of a "tag=value" record, put right where they are certain. */
#ifndef MAILSEAL_ADVISE_TAG_TEXT_H
#define MAILSEAL_ADVISE_TAG_TEXT_H

#include "base/base.h"

struct tag_grammar {
	struct span word;	  /* of the version, lower case and without its number: "dmarc" */
	struct span version;	  /* "DMARC1" */
	const struct span *names; /* all tags but v */
	size_t name_count;
};

bool tag_grammar_knows(const struct tag_grammar *grammar, struct span name);
/*
 * Puts the version right when it was surely meant ("v=dmarc1", "DMARC1;", quotes in front), adds
 * the ";" that is missing in front of a known tag, and writes "," for ";" between addresses. In
 * the arena; it may still be no such record.
 */
struct span tag_text_mend(struct arena *arena, struct span text, const struct tag_grammar *grammar);

#endif
