/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The head of an HTTP/1.1 request (RFC 9112), read strictly and for one purpose: to answer GETs
 * that have no body. What RFC 9112 lets a server be lenient about is refused.
 */
#ifndef MAILSEAL_NET_HTTP_REQUEST_H
#define MAILSEAL_NET_HTTP_REQUEST_H

#include "base/base.h"

/* Of the whole head; a Prometheus server sends some 250 octets. */
#define HTTP_REQUEST_MAX_BYTES 4096
#define HTTP_REQUEST_MAX_FIELDS 64

/* The values are those of the status that answers it. */
enum http_request_state {
	HTTP_REQUEST_MORE = 0, /* its end has not come */
	HTTP_REQUEST_READ = 200,
	HTTP_REQUEST_BAD = 400,
	HTTP_REQUEST_LARGE = 431,
	HTTP_REQUEST_VERSION = 505,
};

/* Spans point into the octets. */
struct http_request {
	struct span method;
	struct span target; /* as it came; printable ASCII */
	struct span host;   /* empty: HTTP/1.0 without one */
};

/* Reads what has come so far; *ret_request is filled with HTTP_REQUEST_READ. */
enum http_request_state http_request_read(struct span octets, struct http_request *ret_request);

#endif
