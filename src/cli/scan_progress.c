/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How far, how fast, how long. */
#include "cli/scan_progress.h"

#include <time.h>

#define BAR_WIDTH 24
#define LINE_MAX_BYTES 400

int64_t scan_clock_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void scan_bar_begin(struct scan_bar *bar, struct progress *progress, bool is_quiet)
{
	*bar = (struct scan_bar){progress, scan_clock_ms(), is_quiet};
	progress->has_text = true;
}

static void write_duration(struct buffer *text, uint64_t seconds)
{
	const uint64_t hour = 3600;
	if (seconds >= hour) {
		buffer_printf(text, "%llu:%02llu:", (unsigned long long)(seconds / hour),
			      (unsigned long long)(seconds % hour / 60));
	} else {
		buffer_printf(text, "%llu:", (unsigned long long)(seconds / 60));
	}
	buffer_printf(text, "%02llu left", (unsigned long long)(seconds % 60));
}

static void write_bar(struct buffer *text, uint64_t done, uint64_t all)
{
	uint64_t filled = all > 0 ? done * BAR_WIDTH / all : 0;
	buffer_putc(text, '[');
	for (uint64_t i = 0; i < BAR_WIDTH; i++) {
		buffer_putc(text, i < filled ? '#' : ' ');
	}
	buffer_printf(text, "] %llu/%llu", (unsigned long long)done, (unsigned long long)all);
}

void scan_bar_write(const struct scan_progress *progress, int64_t elapsed_ms, struct buffer *text)
{
	uint64_t left = progress->in_flight + progress->remaining;
	double rate = elapsed_ms > 0 ? (double)progress->done * 1000.0 / (double)elapsed_ms : 0.0;
	if (progress->remaining > 0 || progress->in_flight > 0) {
		write_bar(text, progress->done, progress->done + left);
	} else {
		buffer_printf(text, "%llu done", (unsigned long long)progress->done);
	}
	buffer_printf(text, "  %.0f/s  ", rate);
	if (rate > 0 && left > 0) {
		write_duration(text, (uint64_t)((double)left / rate));
		buffer_puts(text, "  ");
	}
	buffer_printf(text, "%llu incomplete", (unsigned long long)progress->unknown);
}

void scan_bar_show(struct scan_bar *bar, const struct scan_progress *progress, int64_t now_ms)
{
	if (bar->is_quiet) {
		return;
	}
	struct buffer text = buffer_new(LINE_MAX_BYTES);
	scan_bar_write(progress, now_ms - bar->began_ms, &text);
	progress_text(bar->progress, buffer_span(&text));
	buffer_free(&text);
}
