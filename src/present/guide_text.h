/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The two-part guide: all of it, or one finding (`one` not NULL). Placeholders stay, as
 * <placeholder>. */
#ifndef MAILSEAL_PRESENT_GUIDE_TEXT_H
#define MAILSEAL_PRESENT_GUIDE_TEXT_H

#include "guide/guide.h"
#include "present/terminal.h"

void present_guide_terminal(const struct guidance *one, const struct terminal_style *style,
			    struct buffer *text);
void present_guide_markdown(const struct guidance *one, struct buffer *text);
void present_guide_json(const struct guidance *one, struct buffer *text);
/* One line a finding: id, severity, title. */
void present_guide_list(struct buffer *text);

#endif
