/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A domain's history and an estate's differences, for people and for programs. */
#ifndef MAILSEAL_PRESENT_HISTORY_H
#define MAILSEAL_PRESENT_HISTORY_H

#include "present/terminal.h"
#include "service/history.h"

void present_terminal_history(const struct history *history, const struct terminal_style *style,
			      struct buffer *text);
void present_json_history(const struct history *history, struct buffer *text);
void present_terminal_diff(const struct estate_diff *diff, const struct terminal_style *style,
			   struct buffer *text);
void present_json_diff(const struct estate_diff *diff, struct buffer *text);

/* Inside of present: "2026-11-23 14:45". */
struct span moment_text(struct arena *arena, int64_t time);

#endif
