/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Figures of a watch. */
#include "cli/watch_metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/moment.h"
#include "cli/scan_progress.h"
#include "cli/watch_port.h"
#include "estate/standing.h"
#include "service/estate_content.h"
#include "store/notices.h"

#define METRICS_MAX_BYTES ((size_t)1 << 20)
/* Counting rests for so many times as long as it took. */
#define COUNTS_SHARE 19
#define STANDING_BYTES (2 * STANDING_MAX_TEXT)

struct standing_counts {
	uint64_t spoofable[ANSWER_UNKNOWN + 1];
	uint64_t interceptable[ANSWER_UNKNOWN + 1];
	uint64_t controls[CONTROL_COUNT][CONTROL_UNKNOWN + 1];
};

struct watch_metrics {
	const char *path;
	struct watch_port *port; /* NULL: none */
	const struct string_list *channels;
	struct arena *arena;
	uint64_t checks;
	uint64_t unknown;
	int64_t last_check_at;
	int64_t written_at;
	int64_t counts_at_ms; /* when they are due again */
	struct standing_counts counts;
};

int watch_metrics_new(const struct watch_metrics_options *options,
		      const struct string_list *channels, struct watch_metrics **ret_metrics,
		      struct failure *reterr)
{
	struct watch_metrics *metrics = calloc(1, sizeof(*metrics));
	if (metrics == NULL) {
		return failure_set_memory(reterr, "metrics");
	}
	*metrics = (struct watch_metrics){
		.path = options->path, .channels = channels, .arena = arena_new(STANDING_BYTES)};
	int r = metrics->arena != NULL ? watch_port_open(options->listen, &metrics->port, reterr)
				       : failure_set_memory(reterr, "metrics");
	if (r < 0) {
		watch_metrics_free(metrics);
		return r;
	}
	*ret_metrics = metrics;
	return 0;
}

void watch_metrics_free(struct watch_metrics *metrics)
{
	if (metrics != NULL) {
		watch_port_close(metrics->port);
		arena_free(metrics->arena);
		free(metrics);
	}
}

void watch_metrics_count(struct watch_metrics *metrics, const struct scan_result *result)
{
	metrics->checks++;
	metrics->unknown += result->is_unknown ? 1 : 0;
	metrics->last_check_at = result->report->checked_at;
}

/* ---- the counts ---- */

static int count_standing(void *context, const struct estate_entry *entry)
{
	struct watch_metrics *metrics = context;
	struct standing standing;
	struct failure ignored;
	arena_reset(metrics->arena);
	if (estate_content_standing(metrics->arena, entry, &standing, &ignored) < 0) {
		return 0;
	}
	metrics->counts.spoofable[standing.spoofable.answer]++;
	metrics->counts.interceptable[standing.interceptable.answer]++;
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		metrics->counts.controls[i][standing.controls[i]]++;
	}
	return 0;
}

/* The whole estate is read for it: at most a twentieth of the time, so seldom when it is large. */
static int count_standings(struct watch_metrics *metrics, struct store *store, int64_t run,
			   struct failure *reterr)
{
	int64_t began_ms = scan_clock_ms();
	if (began_ms < metrics->counts_at_ms) {
		return 0;
	}
	metrics->counts = (struct standing_counts){0};
	int r = estate_results(store, run, count_standing, metrics, reterr);
	int64_t ended_ms = scan_clock_ms();
	metrics->counts_at_ms = ended_ms + COUNTS_SHARE * (ended_ms - began_ms);
	return r;
}

/* ---- the text ---- */

static void write_head(struct buffer *text, const char *name, const char *type, const char *help)
{
	buffer_printf(text, "# HELP mailseal_%s %s\n# TYPE mailseal_%s %s\n", name, help, name,
		      type);
}

static void write_one(struct buffer *text, const char *name, const char *type, const char *help,
		      uint64_t value)
{
	write_head(text, name, type, help);
	buffer_printf(text, "mailseal_%s %llu\n", name, (unsigned long long)value);
}

static void write_answers(struct buffer *text, const char *name, const char *help,
			  const uint64_t counts[ANSWER_UNKNOWN + 1])
{
	write_head(text, name, "gauge", help);
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		buffer_printf(text, "mailseal_%s{answer=\"%s\"} %llu\n", name,
			      answer_name((enum answer)i), (unsigned long long)counts[i]);
	}
}

static void write_controls(struct buffer *text, const struct standing_counts *counts)
{
	write_head(text, "control_domains", "gauge", "Domains by control and its status.");
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		for (size_t k = 0; k <= CONTROL_UNKNOWN; k++) {
			buffer_printf(text,
				      "mailseal_control_domains{control=\"%s\",status=\"%s\"} "
				      "%llu\n",
				      control_name((enum control)i),
				      control_status_name((enum control_status)k),
				      (unsigned long long)counts->controls[i][k]);
		}
	}
}

/*
 * Which channel it is, without what may be secret: of a webhook no more than the host (behind it
 * stand keys), of a command nothing. The number, by the order of --notify, tells them apart.
 */
static struct span public_name(const char *channel)
{
	struct span name = span_of_string(channel);
	size_t scheme = span_find(name, ':', 0);
	struct span host = span_from(name, scheme + 3);
	if (span_equal(span_slice(name, 0, scheme), SPAN("mailto"))) {
		return name;
	}
	if (!span_starts_with(name, SPAN("http"))) {
		return span_slice(name, 0, scheme);
	}
	host = span_slice(host, 0, span_find(host, '/', 0));
	host = span_slice(host, 0, span_find(host, '?', 0));
	size_t user = span_find(host, '@', 0);
	return user < host.len ? span_from(host, user + 1) : host;
}

/* A label's value: backslash, quote and line end are escaped. */
static void write_label(struct buffer *text, struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '\\' || c == '"') {
			buffer_putc(text, '\\');
		}
		if (c == '\n') {
			buffer_puts(text, "\\n");
		} else {
			buffer_putc(text, c);
		}
	}
}

static int write_channels(struct watch_metrics *metrics, struct store *store, struct buffer *text,
			  struct failure *reterr)
{
	int r = 0;
	write_head(text, "notices_waiting", "gauge", "Notices a channel has not been told.");
	for (size_t i = 0; r == 0 && i < metrics->channels->count; i++) {
		const char *name = metrics->channels->items[i];
		uint64_t waiting = 0;
		struct span error;
		arena_reset(metrics->arena);
		r = notices_waiting(store, metrics->arena, span_of_string(name), &waiting, &error,
				    reterr);
		buffer_puts(text, "mailseal_notices_waiting{channel=\"");
		write_label(text, public_name(name));
		buffer_printf(text, "\",number=\"%zu\"} %llu\n", i + 1,
			      (unsigned long long)waiting);
	}
	return r;
}

static int write_text(struct watch_metrics *metrics, struct store *store, int64_t run,
		      struct buffer *text, struct failure *reterr)
{
	struct estate_progress progress;
	int r = estate_run_progress(store, run, &progress, reterr);
	if (r < 0) {
		return r;
	}
	write_head(text, "build_info", "gauge", "The version of mailseal that watches.");
	buffer_puts(text, "mailseal_build_info{version=\"" MAILSEAL_VERSION "\"} 1\n");
	write_one(text, "figures_timestamp_seconds", "gauge", "When these figures were made.",
		  (uint64_t)metrics->written_at);
	write_one(text, "domains", "gauge", "Domains that are watched.", progress.domains);
	write_one(text, "domains_checked", "gauge", "Domains checked at least once.",
		  progress.finished);
	write_one(text, "domains_leased", "gauge", "Domains a worker is checking now.",
		  progress.leased);
	write_one(text, "checks_total", "counter", "Checks made by this process.", metrics->checks);
	write_one(text, "checks_unknown_total", "counter",
		  "Checks of this process in which something could not be determined.",
		  metrics->unknown);
	write_one(text, "last_check_timestamp_seconds", "gauge",
		  "When this process last finished a check.", (uint64_t)metrics->last_check_at);
	write_answers(text, "spoofable_domains", "Domains by whether strangers can send as them.",
		      metrics->counts.spoofable);
	write_answers(text, "interceptable_domains",
		      "Domains by whether mail to them can be read on its way.",
		      metrics->counts.interceptable);
	write_controls(text, &metrics->counts);
	return write_channels(metrics, store, text, reterr);
}

/* A reader never sees half a file. */
static int replace_file(const char *path, struct span text, struct failure *reterr)
{
	char next[4096];
	if (snprintf(next, sizeof(next), "%s.next", path) >= (int)sizeof(next)) {
		return failure_set(reterr, FAILURE_INPUT, "--metrics", "too long a path");
	}
	FILE *file = fopen(next, "we");
	bool is_ok = file != NULL && fwrite(text.ptr, 1, text.len, file) == text.len;
	is_ok = (file == NULL || fclose(file) == 0) && is_ok;
	return is_ok && rename(next, path) == 0
		       ? 0
		       : failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
}

static int write_all(struct watch_metrics *metrics, struct store *store, int64_t run,
		     struct failure *reterr)
{
	struct buffer text = buffer_new(METRICS_MAX_BYTES);
	int r = count_standings(metrics, store, run, reterr);
	r = r == 0 ? write_text(metrics, store, run, &text, reterr) : r;
	if (r == 0 && text.is_failed) {
		r = failure_set_memory(reterr, "metrics");
	}
	if (r == 0 && metrics->path != NULL) {
		r = replace_file(metrics->path, buffer_span(&text), reterr);
	}
	if (r == 0 && metrics->port != NULL) {
		r = watch_port_set(metrics->port, buffer_span(&text), reterr);
	}
	buffer_free(&text);
	return r;
}

int watch_metrics_write(struct watch_metrics *metrics, struct store *store, int64_t run,
			struct failure *reterr)
{
	int64_t now = wall_clock(NULL);
	bool is_wanted = metrics->path != NULL || metrics->port != NULL;
	if (!is_wanted || (now - metrics->written_at < WATCH_METRICS_EVERY_S)) {
		return 0;
	}
	metrics->written_at = now;
	return write_all(metrics, store, run, reterr);
}

int watch_metrics_finish(struct watch_metrics *metrics, struct store *store, int64_t run,
			 struct failure *reterr)
{
	metrics->written_at = 0;
	metrics->counts_at_ms = 0;
	return watch_metrics_write(metrics, store, run, reterr);
}
