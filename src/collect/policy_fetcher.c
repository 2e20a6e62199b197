/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The queue of fetches, over one libcurl multi handle. */
#include "collect/policy_fetcher.h"

#include "collect/policy_transfer.h"

/* How often is_stopped is asked. */
#define TICK_MS 100

/* One call of policy_fetcher_run(). */
struct batch {
	const struct policy_fetcher *fetcher;
	struct policy_job *jobs;
	size_t count;
	size_t open;
	size_t done;
	CURLM *multi;
};

static bool is_stopped(const struct policy_collector_options *options)
{
	return options->is_stopped != NULL && options->is_stopped(options->context);
}

static bool is_same_place(const struct policy_job *a, const struct policy_job *b)
{
	const struct network *x = &a->host.addresses[0];
	const struct network *y = &b->host.addresses[0];
	return x->family == y->family && memcmp(x->address, y->address, sizeof(x->address)) == 0;
}

/* Hosts that are many domains' own are few: count those who are being asked now. */
static bool is_crowded(const struct batch *batch, const struct policy_job *job)
{
	unsigned there = 0;
	for (size_t i = 0; i < batch->count; i++) {
		const struct policy_job *other = &batch->jobs[i];
		there += other->state == POLICY_JOB_OPEN && is_same_place(other, job) ? 1 : 0;
	}
	return there >= batch->fetcher->options->max_per_address;
}

static int start_job(struct batch *batch, struct policy_job *job, struct failure *reterr)
{
	struct policy_transfer *transfer = policy_transfer_new(batch->fetcher, job);
	if (transfer == NULL) {
		return failure_set_memory(reterr, "fetch a policy");
	}
	if (curl_multi_add_handle(batch->multi, transfer->easy) != CURLM_OK) {
		policy_transfer_free(transfer);
		return failure_set(reterr, FAILURE_LIBRARY, "fetch a policy", "libcurl refuses");
	}
	job->state = POLICY_JOB_OPEN;
	batch->open++;
	return 0;
}

static int start_jobs(struct batch *batch, struct failure *reterr)
{
	int r = 0;
	unsigned max = batch->fetcher->options->max_in_flight;
	for (size_t i = 0; r == 0 && i < batch->count && batch->open < max; i++) {
		struct policy_job *job = &batch->jobs[i];
		if (job->state == POLICY_JOB_WAITING && !is_crowded(batch, job)) {
			r = start_job(batch, job, reterr);
		}
	}
	return r;
}

static void end_job(struct batch *batch, struct policy_job *job)
{
	curl_multi_remove_handle(batch->multi, job->transfer->easy);
	policy_transfer_free(job->transfer);
	job->transfer = NULL;
	batch->open--;
	batch->done++;
}

static void take_results(struct batch *batch)
{
	int left = 0;
	CURLMsg *message;
	while ((message = curl_multi_info_read(batch->multi, &left)) != NULL) {
		if (message->msg != CURLMSG_DONE) {
			continue;
		}
		/* The message is libcurl's and goes with the handle. */
		CURLcode code = message->data.result;
		struct policy_job *job = NULL;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
		policy_transfer_conclude(job->transfer, code);
		end_job(batch, job);
	}
}

static void interrupt(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct policy_job *job = &batch->jobs[i];
		if (job->state == POLICY_JOB_OPEN) {
			end_job(batch, job);
			job->state = POLICY_JOB_INTERRUPTED;
		} else if (job->state == POLICY_JOB_WAITING) {
			job->state = POLICY_JOB_INTERRUPTED;
		}
	}
}

static int run(struct batch *batch, struct failure *reterr)
{
	const struct policy_collector_options *options = batch->fetcher->options;
	while (batch->done < batch->count && !is_stopped(options)) {
		int r = start_jobs(batch, reterr);
		if (r < 0) {
			return r;
		}
		int running = 0;
		if (curl_multi_perform(batch->multi, &running) != CURLM_OK) {
			return failure_set(reterr, FAILURE_LIBRARY, "fetch policies",
					   "libcurl refuses");
		}
		take_results(batch);
		if (options->progress != NULL) {
			options->progress(options->context, batch->done, batch->count);
		}
		if (running > 0) {
			(void)curl_multi_poll(batch->multi, NULL, 0, TICK_MS, NULL);
		}
	}
	return 0;
}

int policy_fetcher_run(const struct policy_fetcher *fetcher, struct policy_job *jobs, size_t count,
		       struct failure *reterr)
{
	struct batch batch = {.fetcher = fetcher, .jobs = jobs, .count = count};
	/* Its own each time: what it was told about addresses ends with it. */
	batch.multi = curl_multi_init();
	if (batch.multi == NULL) {
		return failure_set_memory(reterr, "fetch policies");
	}
	int r = run(&batch, reterr);
	interrupt(&batch);
	curl_multi_cleanup(batch.multi);
	return r;
}

int policy_fetcher_begin(struct failure *reterr)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return failure_set(reterr, FAILURE_LIBRARY, "start libcurl", "it refuses");
	}
	const char *tls = curl_version_info(CURLVERSION_NOW)->ssl_version;
	if (tls == NULL || !span_starts_with_nocase(span_of_string(tls), SPAN("OpenSSL"))) {
		curl_global_cleanup();
		return failure_set(reterr, FAILURE_LIBRARY, "start libcurl",
				   "it is not built with OpenSSL");
	}
	return 0;
}

void policy_fetcher_end(void)
{
	curl_global_cleanup();
}
