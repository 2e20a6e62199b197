/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The progress bar of a scan, on a terminal's standard error. */
#ifndef MAILSEAL_CLI_SCAN_PROGRESS_H
#define MAILSEAL_CLI_SCAN_PROGRESS_H

#include "cli/progress.h"
#include "service/scan.h"

struct scan_bar {
	struct progress *progress;
	int64_t began_ms;
	bool is_quiet;
};

/* Milliseconds on a clock that never jumps. */
int64_t scan_clock_ms(void);
void scan_bar_begin(struct scan_bar *bar, struct progress *progress, bool is_quiet);
void scan_bar_show(struct scan_bar *bar, const struct scan_progress *progress, int64_t now_ms);
/* "[####      ] 40/100  12/s  0:05 left  3 incomplete": the line of it. Pure. */
void scan_bar_write(const struct scan_progress *progress, int64_t elapsed_ms, struct buffer *text);

#endif
