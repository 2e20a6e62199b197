/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One fetch as libcurl runs it. Inside of policy_fetcher. */
#ifndef MAILSEAL_COLLECT_POLICY_TRANSFER_H
#define MAILSEAL_COLLECT_POLICY_TRANSFER_H

#include <curl/curl.h>

#include "collect/policy_fetcher.h"

/* Why we gave a transfer up ourselves. */
enum policy_stop {
	POLICY_STOP_NONE,
	POLICY_STOP_CERTIFICATE, /* its fault is in fetch.certificate_error */
	POLICY_STOP_STATUS,	 /* not 200: nobody reads the body */
	POLICY_STOP_BODY,	 /* above POLICY_MAX_BODY */
	POLICY_STOP_HEADERS,	 /* headers without end */
};

struct policy_transfer {
	const struct policy_fetcher *fetcher;
	struct policy_job *job;
	CURL *easy;
	struct curl_slist *resolve;
	struct curl_slist *connect_to;
	struct buffer body;
	size_t header_bytes;
	unsigned sockets;  /* that could be opened here */
	bool is_connected; /* one of them was, and TLS began */
	enum policy_stop stop;
	char error[CURL_ERROR_SIZE];
};

/* Sets job->transfer. NULL when memory is out. */
struct policy_transfer *policy_transfer_new(const struct policy_fetcher *fetcher,
					    struct policy_job *job);
/* libcurl has ended it: fills job->fetch and job->state. */
void policy_transfer_conclude(struct policy_transfer *transfer, CURLcode code);
/* It must not be in a multi handle any more. */
void policy_transfer_free(struct policy_transfer *transfer);

#endif
