/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results for a person at a terminal. */
#ifndef MAILSEAL_PRESENT_TERMINAL_H
#define MAILSEAL_PRESENT_TERMINAL_H

#include "advise/check_report.h"

struct terminal_style {
	bool has_color;
	unsigned width; /* columns */
	bool is_quiet;
	bool is_verbose;
};

void present_terminal_check(const struct check_report *report, const struct terminal_style *style,
			    struct buffer *text);

#endif
