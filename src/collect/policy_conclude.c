/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How a fetch ended: libcurl's codes and times -> an outcome and words. */
#include <errno.h>

#include "collect/policy_transfer.h"

#define MAX_ERROR_TEXT 200

/* Words of a server or a library, fit to be kept: printable ASCII, and not too long. */
static struct span clean_text(struct arena *arena, const char *text, size_t max)
{
	struct span kept = span_of_string(text);
	kept.len = kept.len > max ? max : kept.len;
	char *copy = arena_alloc(arena, kept.len);
	for (size_t i = 0; copy != NULL && i < kept.len; i++) {
		copy[i] = kept.ptr[i] >= ' ' && kept.ptr[i] <= '~' ? kept.ptr[i] : '?';
	}
	return span_of(copy, copy != NULL ? kept.len : 0);
}

static struct span header_of(const struct policy_transfer *transfer, const char *name)
{
	struct curl_header *header = NULL;
	enum { FIRST = 0, LAST_REQUEST = -1 };
	if (curl_easy_header(transfer->easy, name, FIRST, CURLH_HEADER, LAST_REQUEST, &header) !=
	    CURLHE_OK) {
		return span_of(NULL, 0);
	}
	return clean_text(transfer->job->arena, header->value, POLICY_MAX_TEXT);
}

static struct span address_of(const struct policy_transfer *transfer)
{
	struct network address = transfer->job->host.addresses[0];
	const char *text = NULL;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &text) != CURLE_OK ||
	    text == NULL || !network_parse_address(span_of_string(text), &address)) {
		address = transfer->job->host.addresses[0];
	}
	return arena_printf(transfer->job->arena, "%s", network_format(address).text);
}

static int64_t elapsed_ms(const struct policy_transfer *transfer)
{
	curl_off_t microseconds = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
	return (int64_t)microseconds / 1000;
}

static void end_with(struct policy_fetch *fetch, enum policy_outcome outcome, struct span error)
{
	fetch->outcome = outcome;
	fetch->error = error;
}

static void end_in_silence(struct policy_transfer *transfer)
{
	struct policy_fetch *fetch = &transfer->job->fetch;
	struct span error = SPAN("the answer did not end in time");
	if (!transfer->is_connected) {
		error = SPAN("no connection in time");
	} else if (fetch->tls_version == 0) {
		error = SPAN("the TLS handshake did not end in time");
	} else if (fetch->http_status == 0) {
		error = SPAN("no answer to the request in time");
	}
	end_with(fetch, POLICY_TIMEOUT, error);
}

/* Nothing of this says anything about the host: we have no such route, family or source address. */
static bool is_our_own_fault(int error)
{
	return error == ENETUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT ||
	       error == EACCES || error == EPERM || error == ENETDOWN;
}

static long error_of(const struct policy_transfer *transfer)
{
	long error = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	return error;
}

/* Only a connection that was made can be reset; the news may come before that of its making. */
static bool has_connected(const struct policy_transfer *transfer)
{
	return transfer->is_connected || error_of(transfer) == ECONNRESET;
}

static void end_unconnected(struct policy_transfer *transfer)
{
	struct policy_fetch *fetch = &transfer->job->fetch;
	long error = error_of(transfer);
	if (transfer->sockets == 0 || is_our_own_fault((int)error)) {
		transfer->job->state = POLICY_JOB_UNSENT;
	}
	end_with(fetch, POLICY_CONNECT,
		 error == ECONNREFUSED	 ? SPAN("the connection was refused")
		 : error == EHOSTUNREACH ? SPAN("there is no route to the host")
					 : SPAN("no connection could be made"));
}

static void end_in_handshake(struct policy_transfer *transfer)
{
	struct policy_job *job = transfer->job;
	struct span why = clean_text(job->arena, transfer->error, MAX_ERROR_TEXT);
	end_with(&job->fetch, POLICY_TLS,
		 arena_printf(job->arena, "the TLS handshake failed%s%.*s", why.len > 0 ? ": " : "",
			      SPAN_ARG(why)));
}

static void end_without_http(struct policy_transfer *transfer, CURLcode code)
{
	struct policy_fetch *fetch = &transfer->job->fetch;
	if (code == CURLE_GOT_NOTHING) {
		end_with(fetch, POLICY_HTTP, SPAN("the connection was closed without an answer"));
	} else if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY) {
		end_with(fetch, POLICY_HTTP, SPAN("what came is not HTTP"));
	} else if (fetch->http_status != 0) {
		end_with(fetch, POLICY_HTTP, SPAN("the answer broke off"));
	} else {
		struct span why = clean_text(transfer->job->arena, transfer->error, MAX_ERROR_TEXT);
		end_with(fetch, POLICY_HTTP, why.len > 0 ? why : SPAN("the answer broke off"));
	}
}

/* We have not given it up; libcurl has. */
static void end_by_code(struct policy_transfer *transfer, CURLcode code)
{
	struct policy_fetch *fetch = &transfer->job->fetch;
	if (code == CURLE_OK) {
		end_with(fetch, POLICY_ANSWERED, span_of(NULL, 0));
	} else if (code == CURLE_OPERATION_TIMEDOUT) {
		end_in_silence(transfer);
	} else if (!has_connected(transfer)) {
		end_unconnected(transfer);
	} else if (fetch->tls_version == 0) {
		end_in_handshake(transfer);
	} else {
		end_without_http(transfer, code);
	}
}

static void end_by_stop(struct policy_transfer *transfer, CURLcode code)
{
	struct policy_fetch *fetch = &transfer->job->fetch;
	switch (transfer->stop) {
	case POLICY_STOP_NONE:
		end_by_code(transfer, code);
		break;
	case POLICY_STOP_CERTIFICATE:
		end_with(fetch, POLICY_CERTIFICATE, SPAN("the certificate is not acceptable"));
		break;
	case POLICY_STOP_STATUS:
		end_with(fetch, POLICY_ANSWERED, span_of(NULL, 0));
		break;
	case POLICY_STOP_BODY:
		end_with(fetch, POLICY_TOO_LARGE, SPAN("the policy is above 64 kB"));
		break;
	case POLICY_STOP_HEADERS:
		end_with(fetch, POLICY_HTTP, SPAN("the headers are above 64 kB"));
		break;
	}
}

void policy_transfer_conclude(struct policy_transfer *transfer, CURLcode code)
{
	struct policy_job *job = transfer->job;
	struct policy_fetch *fetch = &job->fetch;
	job->state = POLICY_JOB_DONE;
	long status = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	fetch->http_status = status > 0 && status <= 999 ? (unsigned)status : 0;
	fetch->content_type = header_of(transfer, "Content-Type");
	fetch->location = header_of(transfer, "Location");
	fetch->address = address_of(transfer);
	fetch->body = arena_copy(job->arena, buffer_span(&transfer->body));
	fetch->elapsed_ms = elapsed_ms(transfer);
	end_by_stop(transfer, code);
}
