/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A watch's figures in the text form of Prometheus: in a file that is replaced as a whole (for the
 * textfile collector of its node exporter), on a port, or both. */
#ifndef MAILSEAL_CLI_WATCH_METRICS_H
#define MAILSEAL_CLI_WATCH_METRICS_H

#include "cli/command.h"
#include "service/scan.h"
#include "store/estate.h"

/* They are made so often. */
#define WATCH_METRICS_EVERY_S 15

struct watch_metrics;

/* With neither nothing is made, and counting costs nothing. */
struct watch_metrics_options {
	const char *path;
	const char *listen; /* as of watch_port.h */
};

int watch_metrics_new(const struct watch_metrics_options *options,
		      const struct string_list *channels, struct watch_metrics **ret_metrics,
		      struct failure *reterr) MUST_CHECK;
void watch_metrics_free(struct watch_metrics *metrics);
void watch_metrics_count(struct watch_metrics *metrics, const struct scan_result *result);
/* Called about once a second; makes and writes when it is time. */
int watch_metrics_write(struct watch_metrics *metrics, struct store *store, int64_t run,
			struct failure *reterr) MUST_CHECK;
/* At the end: whatever the time. */
int watch_metrics_finish(struct watch_metrics *metrics, struct store *store, int64_t run,
			 struct failure *reterr) MUST_CHECK;

#endif
