/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What the server of one page answers: a status for what has come of a request, and the octets of
 * the answer. No sockets.
 */
#ifndef MAILSEAL_NET_PAGE_ANSWER_H
#define MAILSEAL_NET_PAGE_ANSWER_H

#include "net/http_request.h"

struct page_answer_rules {
	const char *path; /* of the page: "/metrics" */
	const char *type; /* of the page: "text/plain" */
	bool is_loopback; /* the Host field must be an address or "localhost" */
};

/* HTTP_REQUEST_MORE while the request's end has not come. */
int page_answer_status(const struct page_answer_rules *rules, struct span octets);
/* The page with 200; the status in words with any other. */
void page_answer_write(const struct page_answer_rules *rules, int status, struct span page,
		       struct buffer *answer);

#endif
