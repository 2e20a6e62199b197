/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Webhooks, with the headers of the Standard Webhooks convention:
 *
 *   webhook-id          the message's id: the same when it is sent again
 *   webhook-timestamp   seconds since 1970
 *   webhook-signature   v1,BASE64(HMAC-SHA256(secret, "id.timestamp.body"))
 */
#include <stdio.h>

#include "crypto/hmac.h"
#include "notify/transfer.h"

#define SIGNED_EXTRA 512

static bool sign(struct span secret, const struct channel_message *message,
		 struct buffer *signature)
{
	struct buffer text = buffer_new(message->json.len + message->id.len + SIGNED_EXTRA);
	buffer_printf(&text, "%.*s.%lld.", SPAN_ARG(message->id), (long long)message->at);
	buffer_append(&text, message->json);
	struct digest_value value;
	bool is_ok = !text.is_failed && hmac_of(DIGEST_SHA256, secret, buffer_span(&text), &value);
	buffer_free(&text);
	if (is_ok) {
		base64_encode(signature, digest_value_span(&value));
	}
	return is_ok && !signature->is_failed;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*headers, line);
	if (longer != NULL) {
		*headers = longer;
	}
	return longer != NULL;
}

static bool make_headers(const struct channel_settings *settings,
			 const struct channel_message *message, struct curl_slist **headers)
{
	char line[SIGNED_EXTRA];
	bool is_ok = add_header(headers, "Content-Type: application/json") &&
		     add_header(headers, "User-Agent: mailseal/" MAILSEAL_VERSION) &&
		     /* Without it libcurl waits a second for a "100 Continue". */
		     add_header(headers, "Expect:");
	snprintf(line, sizeof(line), "webhook-id: %.*s", SPAN_ARG(message->id));
	is_ok = is_ok && add_header(headers, line);
	snprintf(line, sizeof(line), "webhook-timestamp: %lld", (long long)message->at);
	is_ok = is_ok && add_header(headers, line);
	if (settings->secret.len > 0 && is_ok) {
		struct buffer signature = buffer_new(SIGNED_EXTRA);
		is_ok = sign(settings->secret, message, &signature);
		snprintf(line, sizeof(line), "webhook-signature: v1,%.*s",
			 SPAN_ARG(buffer_span(&signature)));
		is_ok = is_ok && add_header(headers, line);
		buffer_free(&signature);
	}
	return is_ok;
}

static int post(struct transfer *transfer, const struct channel *channel,
		const struct channel_message *message, struct curl_slist *headers,
		struct failure *reterr)
{
	long status = 0;
	curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(transfer->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(transfer->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)message->json.len);
	transfer_upload(transfer, message->json);
	int r = transfer_run(transfer, channel->target, &status, reterr);
	if (r == 0 && (status < 200 || status > 299)) {
		struct span words = span_trim(buffer_span(&transfer->answer), TEXT_SPACE);
		r = failure_set(reterr, FAILURE_IO, channel->target, "HTTP status %ld%s%.*s",
				status, words.len > 0 ? ": " : "", SPAN_ARG(words));
	}
	return r;
}

int webhook_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr)
{
	struct transfer transfer;
	struct curl_slist *headers = NULL;
	int r = transfer_open(&transfer, settings, channel->target, reterr);
	if (r == 0 && !make_headers(settings, message, &headers)) {
		r = failure_set_memory(reterr, channel->target);
	}
	if (r == 0) {
		r = post(&transfer, channel, message, headers, reterr);
	}
	curl_slist_free_all(headers);
	transfer_free(&transfer);
	return r;
}
