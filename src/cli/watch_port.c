/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The thread of the port. */
#include "cli/watch_port.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cli/command.h"
#include "collect/address.h"
#include "net/page_server.h"

/* Of Prometheus' text form. */
#define TYPE "text/plain; version=0.0.4; charset=utf-8"

struct watch_port {
	struct page_server *server;
	pthread_t thread;
	bool has_thread;
	atomic_bool is_stopped;
};

/* The address before the last colon, without brackets; empty when there is none. */
static struct span take_address(struct span *rest)
{
	size_t at = rest->len;
	while (at > 0 && rest->ptr[at - 1] != ':') {
		at--;
	}
	struct span address = span_slice(*rest, 0, at > 0 ? at - 1 : 0);
	*rest = span_from(*rest, at);
	bool has_brackets =
		address.len >= 2 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']';
	return has_brackets ? span_slice(address, 1, address.len - 2) : address;
}

static bool read_place(const char *text, struct sockaddr_storage *ret_place)
{
	struct span rest = span_of_string(text);
	struct span address = take_address(&rest);
	struct network network;
	uint64_t port;
	bool is_ok = number_parse_decimal(rest, UINT16_MAX, &port) &&
		     network_parse_address(address.len > 0 ? address : SPAN("127.0.0.1"), &network);
	if (is_ok) {
		address_to_socket(network, (uint16_t)port, ret_place);
	}
	return is_ok;
}

static bool is_stopped(void *context)
{
	return atomic_load((atomic_bool *)context);
}

static void *run_thread(void *context)
{
	struct watch_port *port = context;
	page_server_run(port->server, is_stopped, &port->is_stopped);
	return NULL;
}

static int start(struct watch_port *port, const char *text, struct failure *reterr)
{
	struct page_server_options options = {.path = WATCH_PORT_PATH, .type = TYPE};
	if (!read_place(text, &options.address)) {
		return failure_set(reterr, FAILURE_INPUT, "--metrics-listen",
				   "\"%s\" is not ADDRESS:PORT", text);
	}
	struct failure why;
	if (page_server_new(&options, &port->server, &why) < 0) {
		return failure_set(reterr, FAILURE_IO, "--metrics-listen", "%s: %s", text,
				   why.detail);
	}
	if (pthread_create(&port->thread, /* attributes: */ NULL, run_thread, port) != 0) {
		return failure_set(reterr, FAILURE_IO, "--metrics-listen", "no thread for it");
	}
	port->has_thread = true;
	complain("note", "figures for Prometheus: port %u, " WATCH_PORT_PATH,
		 (unsigned)page_server_port(port->server));
	return 0;
}

int watch_port_open(const char *text, struct watch_port **ret_port, struct failure *reterr)
{
	*ret_port = NULL;
	if (text == NULL) {
		return 0;
	}
	struct watch_port *port = calloc(1, sizeof(*port));
	if (port == NULL) {
		return failure_set_memory(reterr, "--metrics-listen");
	}
	int r = start(port, text, reterr);
	if (r < 0) {
		watch_port_close(port);
		return r;
	}
	*ret_port = port;
	return 0;
}

int watch_port_set(struct watch_port *port, struct span page, struct failure *reterr)
{
	return page_server_set(port->server, page) ? 0
						   : failure_set_memory(reterr, "--metrics-listen");
}

void watch_port_close(struct watch_port *port)
{
	if (port == NULL) {
		return;
	}
	if (port->has_thread) {
		atomic_store(&port->is_stopped, true);
		pthread_join(port->thread, NULL);
	}
	page_server_free(port->server);
	free(port);
}
