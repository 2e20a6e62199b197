/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One line for all collectors together. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"

static void clear_line(const struct progress *progress)
{
	if (progress->is_shown) {
		fputs("\r\033[K", stderr);
	}
}

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){.is_shown = isatty(STDERR_FILENO) != 0};
	pthread_mutex_init(&progress->lock, NULL);
	for (size_t i = 0; i < PROGRESS_PARTS; i++) {
		progress->rows[i].progress = progress;
	}
}

/* A round of one collector may end while others go on: its count stays until its next round. */
void progress_show(void *context, size_t done, size_t total)
{
	struct progress_row *row = context;
	struct progress *progress = row->progress;
	size_t all_done = 0;
	size_t all = 0;
	pthread_mutex_lock(&progress->lock);
	row->done = done;
	row->total = total;
	for (size_t i = 0; i < PROGRESS_PARTS; i++) {
		all_done += progress->rows[i].done;
		all += progress->rows[i].total;
	}
	if (progress->is_shown && !progress->has_text) {
		fprintf(stderr, "\r\033[K  looking up %zu of %zu ...", all_done, all);
		fflush(stderr);
	}
	pthread_mutex_unlock(&progress->lock);
}

void progress_text(struct progress *progress, struct span text)
{
	pthread_mutex_lock(&progress->lock);
	progress->has_text = true;
	if (progress->is_shown) {
		fprintf(stderr, "\r\033[K%.*s", SPAN_ARG(text));
		fflush(stderr);
	}
	pthread_mutex_unlock(&progress->lock);
}

void progress_note(void *context, struct span text)
{
	struct progress *progress = ((struct progress_row *)context)->progress;
	pthread_mutex_lock(&progress->lock);
	clear_line(progress);
	complain("note", "%.*s", SPAN_ARG(text));
	pthread_mutex_unlock(&progress->lock);
}

void progress_end(struct progress *progress)
{
	pthread_mutex_lock(&progress->lock);
	clear_line(progress);
	pthread_mutex_unlock(&progress->lock);
}

void progress_free(struct progress *progress)
{
	pthread_mutex_destroy(&progress->lock);
}
