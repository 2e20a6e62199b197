/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The line that shows how far the collectors are, and their notes, on a terminal's standard error.
 * Collectors call from threads of their own; what is printed goes through one lock.
 */
#ifndef MAILSEAL_CLI_PROGRESS_H
#define MAILSEAL_CLI_PROGRESS_H

#include <pthread.h>

#include "base/base.h"

enum progress_part {
	PROGRESS_DNS,
	PROGRESS_SMTP,
	PROGRESS_POLICY,
	PROGRESS_PARTS,
};

/* What one collector has done of its present round: the context of its callbacks. */
struct progress_row {
	struct progress *progress;
	size_t done;
	size_t total;
};

struct progress {
	pthread_mutex_t lock;
	bool is_shown; /* standard error is a terminal */
	bool has_text; /* somebody writes the whole line: collectors keep quiet */
	struct progress_row rows[PROGRESS_PARTS];
};

/* Must not be moved afterwards. */
void progress_begin(struct progress *progress);
/* A collector's progress() and notice(); context is its row. */
void progress_show(void *context, size_t done, size_t total);
void progress_note(void *context, struct span text);
/* A line instead of the collectors' count, from now on; nothing where there is no terminal. */
void progress_text(struct progress *progress, struct span text);
/* Takes the line away, before something else is printed. */
void progress_end(struct progress *progress);
/* No collector may be at work. */
void progress_free(struct progress *progress);

#endif
