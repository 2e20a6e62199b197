/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One transfer by libcurl. */
#include "notify/transfer.h"

#define CONNECT_TIMEOUT_S 15L

static size_t take_answer(char *octets, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t room = CHANNEL_MAX_WORDS - transfer->answer.len;
	size_t len = size * count;
	buffer_append(&transfer->answer, span_of(octets, len < room ? len : room));
	return len;
}

static size_t give_octets(char *octets, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count < transfer->rest.len ? size * count : transfer->rest.len;
	if (len > 0) {
		memcpy(octets, transfer->rest.ptr, len);
		transfer->rest = span_from(transfer->rest, len);
	}
	return len;
}

int transfer_open(struct transfer *transfer, const struct channel_settings *settings,
		  const char *url, struct failure *reterr)
{
	*transfer = (struct transfer){.curl = curl_easy_init(),
				      .answer = buffer_new(CHANNEL_MAX_WORDS + 1)};
	CURL *curl = transfer->curl;
	if (curl == NULL) {
		return failure_set_memory(reterr, url);
	}
	long timeout_s =
		settings->timeout_s > 0 ? (long)settings->timeout_s : (long)CHANNEL_TIMEOUT_S;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http,smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout_s);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	if (settings->ca_file != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
	}
	return 0;
}

void transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->curl);
	buffer_free(&transfer->answer);
}

void transfer_upload(struct transfer *transfer, struct span octets)
{
	transfer->rest = octets;
	curl_easy_setopt(transfer->curl, CURLOPT_READFUNCTION, give_octets);
	curl_easy_setopt(transfer->curl, CURLOPT_READDATA, transfer);
}

int transfer_run(struct transfer *transfer, const char *what, long *ret_status,
		 struct failure *reterr)
{
	CURLcode code = curl_easy_perform(transfer->curl);
	long status = 0;
	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK) {
		return failure_set(reterr, FAILURE_IO, what, "%s",
				   transfer->error[0] != '\0' ? transfer->error
							      : curl_easy_strerror(code));
	}
	*ret_status = status;
	return 0;
}
