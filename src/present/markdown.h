/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The small Markdown that guidance/ uses: paragraphs, "- " lists, fenced code, `code` and
 * **strong** inside text. Anything else is plain text.
 */
#ifndef MAILSEAL_PRESENT_MARKDOWN_H
#define MAILSEAL_PRESENT_MARKDOWN_H

#include "base/base.h"

enum markdown_block_kind {
	MARKDOWN_PARAGRAPH, /* lines are joined by the one who shows it */
	MARKDOWN_ITEM,	    /* one list item, without its "- " */
	MARKDOWN_CODE,	    /* lines as they stand */
	MARKDOWN_HEADING,   /* without its "#"s */
};

struct markdown_block {
	enum markdown_block_kind kind;
	struct span text;
};

enum markdown_run_kind {
	MARKDOWN_TEXT,
	MARKDOWN_CODE_RUN,
	MARKDOWN_STRONG,
};

struct markdown_run {
	enum markdown_run_kind kind;
	struct span text;
};

/* Takes the next block from *rest; false when there is none. */
bool markdown_next_block(struct span *rest, struct markdown_block *ret_block);
/* Takes the next run of a block's text; false at its end. Unclosed marks are plain text. */
bool markdown_next_run(struct span *rest, struct markdown_run *ret_run);

#endif
