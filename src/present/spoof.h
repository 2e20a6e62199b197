/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a stranger can do, for a terminal and as JSON. */
#ifndef MAILSEAL_PRESENT_SPOOF_H
#define MAILSEAL_PRESENT_SPOOF_H

#include "authenticate/spoof_report.h"
#include "present/terminal.h"

/* is_explained: also the steps by which the attempt that came furthest was judged. */
void present_terminal_spoof(const struct spoof_report *report, const struct terminal_style *style,
			    bool is_explained, struct arena *arena, struct buffer *text);
/* One object; json stands where a value may stand. */
void present_json_spoof(const struct spoof_report *report, struct arena *arena,
			struct json_writer *json);

#endif
