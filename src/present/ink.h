/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Writing on a terminal: colours, wrapped text, our small Markdown. Untrusted text goes through
 * ink_text() or ink_wrap(): controls and characters that deceive the eye become visible escapes,
 * broken UTF-8 becomes "\xNN".
 */
#ifndef MAILSEAL_PRESENT_INK_H
#define MAILSEAL_PRESENT_INK_H

#include "base/base.h"

enum ink_color {
	INK_PLAIN,
	INK_BOLD,
	INK_DIM,
	INK_RED,
	INK_YELLOW,
	INK_GREEN,
	INK_BLUE,
};

struct ink {
	struct buffer *out;
	bool has_color;
	unsigned width;
};

/* Escaped text as it is, in a colour. */
void ink_text(const struct ink *ink, enum ink_color color, struct span text);
/* Escaped text, broken at spaces to fit the width, each line after indent columns. Ends with a
 * newline. first_used: columns already taken on the first line. */
void ink_wrap(const struct ink *ink, enum ink_color color, unsigned indent, unsigned first_used,
	      struct span text);
/* Markdown blocks, wrapped and indented. */
void ink_markdown(const struct ink *ink, unsigned indent, struct span markdown);
/* A line across the width. */
void ink_rule(const struct ink *ink);
/* Columns a text takes after escaping, one a code point. */
size_t ink_columns(struct span text);

#endif
