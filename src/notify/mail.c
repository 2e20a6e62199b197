/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Notices by mail (RFC 5322, RFC 2045), through a server that is told. */
#include <stdio.h>

#include "notify/transfer.h"

#define BODY_LINE 76
#define MAIL_EXTRA 4096

/* RFC 5322 3.3, always in UTC. */
static void write_date(struct buffer *mail, int64_t at)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct time_date date = time_to_date(at);
	int64_t second = at % 86400;
	buffer_printf(mail, "Date: %.3s, %u %.3s %lld %02lld:%02lld:%02lld +0000\r\n",
		      days + 3 * (size_t)(at / 86400 % 7), date.day,
		      months + 3 * (size_t)(date.month - 1), (long long)date.year,
		      (long long)(second / 3600), (long long)(second / 60 % 60),
		      (long long)(second % 60));
}

/* RFC 2047: a subject may hold what a domain's record says, in any script. */
static void write_subject(struct buffer *mail, struct span subject)
{
	buffer_puts(mail, "Subject: =?UTF-8?B?");
	base64_encode(mail, span_slice(subject, 0, 42));
	for (size_t at = 42; at < subject.len; at += 42) {
		buffer_puts(mail, "?=\r\n =?UTF-8?B?");
		base64_encode(mail, span_slice(subject, at, 42));
	}
	buffer_puts(mail, "?=\r\n");
}

/* RFC 2045 6.8: lines of at most 76 characters; no line of ours can be taken for SMTP. */
static void write_body(struct buffer *mail, struct span text)
{
	const size_t octets = (size_t)BODY_LINE / 4 * 3;
	for (size_t at = 0; at < text.len; at += octets) {
		base64_encode(mail, span_slice(text, at, octets));
		buffer_puts(mail, "\r\n");
	}
}

static void write_mail(struct buffer *mail, const struct channel *channel, const char *from,
		       const struct channel_message *message)
{
	struct span host = span_of_string(from);
	host = span_from(host, span_find(host, '@', 0) + 1);
	write_date(mail, message->at);
	buffer_printf(mail, "From: mailseal <%s>\r\nTo: <%s>\r\n", from, channel->target);
	write_subject(mail, message->subject);
	buffer_printf(mail, "Message-ID: <%.*s@%.*s>\r\n", SPAN_ARG(message->id), SPAN_ARG(host));
	/* RFC 3834 5: no automatic answers, please. */
	buffer_puts(mail, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
			  "Content-Type: text/plain; charset=utf-8\r\n"
			  "Content-Transfer-Encoding: base64\r\n\r\n");
	write_body(mail, message->text);
}

static int submit(struct transfer *transfer, const struct channel *channel, const char *from,
		  struct span mail, struct failure *reterr)
{
	char sender[MAIL_EXTRA];
	char recipient[MAIL_EXTRA];
	long code = 0;
	snprintf(sender, sizeof(sender), "<%s>", from);
	snprintf(recipient, sizeof(recipient), "<%s>", channel->target);
	struct curl_slist *recipients = curl_slist_append(NULL, recipient);
	if (recipients == NULL) {
		return failure_set_memory(reterr, channel->target);
	}
	curl_easy_setopt(transfer->curl, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(transfer->curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(transfer->curl, CURLOPT_UPLOAD, 1L);
	/* Encrypted where the server can, verified when it is: never silently in clear after a
	 * certificate that is wrong. */
	curl_easy_setopt(transfer->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	transfer_upload(transfer, mail);
	int r = transfer_run(transfer, channel->target, &code, reterr);
	curl_slist_free_all(recipients);
	return r;
}

int mail_send(const struct channel *channel, const struct channel_settings *settings,
	      const struct channel_message *message, struct failure *reterr)
{
	if (settings->smtp_url == NULL || settings->mail_from == NULL) {
		return failure_set(reterr, FAILURE_INPUT, channel->target,
				   "notices by mail need --smtp and --mail-from");
	}
	struct transfer transfer;
	struct buffer mail =
		buffer_new(message->text.len * 2 + message->subject.len * 4 + MAIL_EXTRA);
	write_mail(&mail, channel, settings->mail_from, message);
	int r = transfer_open(&transfer, settings, settings->smtp_url, reterr);
	if (r == 0 && mail.is_failed) {
		r = failure_set_memory(reterr, channel->target);
	}
	if (r == 0) {
		r = submit(&transfer, channel, settings->mail_from, buffer_span(&mail), reterr);
	}
	transfer_free(&transfer);
	buffer_free(&mail);
	return r;
}
