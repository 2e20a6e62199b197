/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A watch's figures in the text form of Prometheus, in a file that is replaced as a whole (for the
 * textfile collector of its node exporter). */
#ifndef MAILSEAL_CLI_WATCH_METRICS_H
#define MAILSEAL_CLI_WATCH_METRICS_H

#include "cli/command.h"
#include "service/scan.h"
#include "store/estate.h"

/* The file is written so often. */
#define WATCH_METRICS_EVERY_S 15

struct watch_metrics;

/* path NULL: nothing is written, and counting costs nothing. */
int watch_metrics_new(const char *path, const struct string_list *channels,
		      struct watch_metrics **ret_metrics, struct failure *reterr) MUST_CHECK;
void watch_metrics_free(struct watch_metrics *metrics);
void watch_metrics_count(struct watch_metrics *metrics, const struct scan_result *result);
/* Called about once a second; writes when it is time. */
int watch_metrics_write(struct watch_metrics *metrics, struct store *store, int64_t run,
			struct failure *reterr) MUST_CHECK;

#endif
