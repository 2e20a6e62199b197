/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One page over HTTP/1.1, for anybody who can reach the port: few connections, each for a few
 * seconds, nothing kept of any. A client that finds all places taken gets that of the oldest, so
 * those who only sit there keep nobody out. Each answer ends its connection.
 *
 * On a loopback address the Host field must be an address or "localhost": a browser that a stranger
 * sends there by a name of his own (DNS rebinding) is refused.
 */
#ifndef MAILSEAL_NET_PAGE_SERVER_H
#define MAILSEAL_NET_PAGE_SERVER_H

#include <sys/socket.h>

#include "base/base.h"

#define PAGE_SERVER_CLIENTS 32
/* From the first octet we could read to the last that could be sent. */
#define PAGE_SERVER_CLIENT_MS 5000
#define PAGE_SERVER_MAX_PAGE ((size_t)1 << 20)

struct page_server;

struct page_server_options {
	struct sockaddr_storage address; /* port 0: the system's choice */
	const char *path;		 /* "/metrics"; both live as long as the server */
	const char *type;		 /* of the page: "text/plain" */
};

/* Listens at once; answers 503 until there is a page. */
int page_server_new(const struct page_server_options *options, struct page_server **ret_server,
		    struct failure *reterr) MUST_CHECK;
/* Nobody may be in page_server_run(). NULL is allowed. */
void page_server_free(struct page_server *server);
uint16_t page_server_port(const struct page_server *server);
/* From any thread: what is answered from now on. False when memory is out: the page stays. */
bool page_server_set(struct page_server *server, struct span page) MUST_CHECK;
/* Serves until is_stopped says so: asked at least five times a second. */
void page_server_run(struct page_server *server, bool (*is_stopped)(void *context), void *context);

#endif
