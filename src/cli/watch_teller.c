/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The teller's thread. */
#include "cli/watch_teller.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/moment.h"
#include "cli/store_options.h"

#define MAX_SECRET 4096
#define LOOK_EVERY_MS 1000
/* A database that is away for longer than its own patience is asked again. */
#define AFTER_FAILURE_MS 5000

struct watch_teller {
	struct teller_options options;
	struct channel channels[WATCH_MAX_CHANNELS];
	char secret[MAX_SECRET];
	struct store *store;
	pthread_t thread;
	bool has_thread;
	atomic_bool is_stopped;
};

static void tell_failure(void *context, const struct channel *channel,
			 const struct failure *failure, int64_t again_in_s)
{
	(void)context;
	complain("note", "notices to %.*s: %s; again in %lld s", SPAN_ARG(channel->name),
		 failure->detail, (long long)again_in_s);
}

/* One line; the secret itself may be any text. */
static int read_secret(struct watch_teller *teller, const char *path, struct failure *reterr)
{
	FILE *file = fopen(path, "re");
	size_t len = file != NULL ? fread(teller->secret, 1, MAX_SECRET, file) : 0;
	bool is_ok = file != NULL && ferror(file) == 0;
	if (file != NULL) {
		fclose(file);
	}
	struct span secret = span_trim(span_of(teller->secret, len), TEXT_SPACE);
	if (!is_ok || secret.len == 0 || len == MAX_SECRET) {
		return failure_set(reterr, FAILURE_IO, path, "holds no secret that can be used");
	}
	teller->options.settings.secret = secret;
	return 0;
}

static int read_channels(struct watch_teller *teller, const struct watch_teller_options *options,
			 struct failure *reterr)
{
	for (size_t i = 0; i < options->channels.count; i++) {
		const char *text = options->channels.items[i];
		if (i == WATCH_MAX_CHANNELS || !channel_parse(text, &teller->channels[i])) {
			return failure_set(reterr, FAILURE_INPUT, "--notify",
					   "\"%s\" is not https://..., mailto:ADDRESS or "
					   "exec:COMMAND",
					   text);
		}
		if (teller->channels[i].kind == CHANNEL_MAIL &&
		    (options->smtp_url == NULL || options->mail_from == NULL)) {
			return failure_set(reterr, FAILURE_INPUT, "--notify",
					   "mailto: needs --smtp and --mail-from");
		}
	}
	return 0;
}

static int fill(struct watch_teller *teller, const struct watch_teller_options *options,
		const char *database, struct failure *reterr)
{
	teller->options = (struct teller_options){
		.channels = teller->channels,
		.channel_count = options->channels.count,
		.settings = {.smtp_url = options->smtp_url,
			     .mail_from = options->mail_from,
			     .ca_file = options->ca_file},
		.gather_s = WATCH_GATHER_S,
		.now = wall_clock,
		.on_failure = tell_failure,
	};
	int r = read_channels(teller, options, reterr);
	if (r == 0 && options->gather != NULL) {
		r = duration_read("--gather", options->gather, &teller->options.gather_s, reterr);
	}
	teller->options.retry_s = teller->options.gather_s;
	if (r == 0 && options->secret_file != NULL) {
		r = read_secret(teller, options->secret_file, reterr);
	}
	if (r == 0) {
		r = store_open_option(database, STORE_MAY_BE_NEW, &teller->store, reterr);
	}
	return r == 0 ? teller_open_channels(teller->store, &teller->options, reterr) : r;
}

int watch_teller_new(const struct watch_teller_options *options, const char *database,
		     struct watch_teller **ret_teller, struct failure *reterr)
{
	*ret_teller = NULL;
	if (options->channels.count == 0) {
		return 0;
	}
	struct watch_teller *teller = calloc(1, sizeof(*teller));
	if (teller == NULL) {
		return failure_set_memory(reterr, "watch");
	}
	int r = fill(teller, options, database, reterr);
	if (r < 0) {
		watch_teller_free(teller);
		return r;
	}
	*ret_teller = teller;
	return 0;
}

static void *run_thread(void *context)
{
	struct watch_teller *teller = context;
	while (!atomic_load(&teller->is_stopped)) {
		struct failure failure;
		uint64_t told;
		int r = teller_round(teller->store, &teller->options, &told, &failure);
		if (r < 0) {
			complain("note", "notices: %s: %s", failure.what, failure.detail);
		}
		for (int waited = 0; waited < (r < 0 ? AFTER_FAILURE_MS : LOOK_EVERY_MS) &&
				     !atomic_load(&teller->is_stopped);
		     waited += 100) {
			poll(NULL, 0, 100);
		}
	}
	return NULL;
}

int watch_teller_start(struct watch_teller *teller, struct failure *reterr)
{
	int error = pthread_create(&teller->thread, NULL, run_thread, teller);
	if (error != 0) {
		return failure_set(reterr, FAILURE_IO, "notices", "no thread for them");
	}
	teller->has_thread = true;
	return 0;
}

int watch_teller_tell(struct watch_teller *teller, struct failure *reterr)
{
	uint64_t told = 1;
	int r = 0;
	teller->options.gather_s = -1; /* also what was written this second */
	while (r == 0 && told > 0) {
		r = teller_round(teller->store, &teller->options, &told, reterr);
	}
	return r;
}

void watch_teller_free(struct watch_teller *teller)
{
	if (teller == NULL) {
		return;
	}
	if (teller->has_thread) {
		atomic_store(&teller->is_stopped, true);
		pthread_join(teller->thread, NULL);
	}
	store_close(teller->store);
	free(teller);
}
