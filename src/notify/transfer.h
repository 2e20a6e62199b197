/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What webhooks and mails have in common: one libcurl transfer of octets from memory. */
#ifndef MAILSEAL_NOTIFY_TRANSFER_H
#define MAILSEAL_NOTIFY_TRANSFER_H

#include <curl/curl.h>

#include "notify/channel.h"

struct transfer {
	CURL *curl;
	struct span rest;     /* still to be sent */
	struct buffer answer; /* the beginning of what came back */
	char error[CURL_ERROR_SIZE];
};

/* Time limits, certificates, no signals, no redirects. Free it in any case. */
int transfer_open(struct transfer *transfer, const struct channel_settings *settings,
		  const char *url, struct failure *reterr) MUST_CHECK;
void transfer_free(struct transfer *transfer);
/* Lets the octets be read as the body. They must live until the transfer is over. */
void transfer_upload(struct transfer *transfer, struct span octets);
/* *ret_status: the last HTTP status or SMTP code. */
int transfer_run(struct transfer *transfer, const char *what, long *ret_status,
		 struct failure *reterr) MUST_CHECK;

#endif
