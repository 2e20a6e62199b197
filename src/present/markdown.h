/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The small Markdown that guidance/ uses: paragraphs, "- " and "1. " lists, fenced or indented
 * code, `code` and
 * **strong** inside text. Anything else is plain text.
 */
#ifndef MAILSEAL_PRESENT_MARKDOWN_H
#define MAILSEAL_PRESENT_MARKDOWN_H

#include "base/base.h"

enum markdown_block_kind {
	MARKDOWN_PARAGRAPH, /* lines are joined by the one who shows it */
	MARKDOWN_ITEM,	    /* one list item, without its "- " or "1. " */
	MARKDOWN_CODE,	    /* lines as they stand; see markdown_next_code_line() */
	MARKDOWN_HEADING,   /* without its "#"s */
};

struct markdown_block {
	enum markdown_block_kind kind;
	struct span text;
	struct span marker; /* of a numbered item: "1."; empty for a bullet */
	size_t indent; /* of indented code: octets at the start of each line that do not belong to
			  it */
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
/* Takes the next line of a code block's text (start with a copy of block->text); false at its end.
 */
bool markdown_next_code_line(const struct markdown_block *block, struct span *rest,
			     struct span *ret_line);
/* Takes the next run of a block's text; false at its end. Unclosed marks are plain text. */
bool markdown_next_run(struct span *rest, struct markdown_run *ret_run);

#endif
