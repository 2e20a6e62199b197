/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* watch --metrics-listen: the figures on a port, served by a thread that knows nothing else. */
#ifndef MAILSEAL_CLI_WATCH_PORT_H
#define MAILSEAL_CLI_WATCH_PORT_H

#include "base/base.h"

#define WATCH_PORT_PATH "/metrics"

struct watch_port;

/*
 * Listens and starts the thread. "127.0.0.1:9225", "[::1]:9225"; without an address, ":9225" or
 * "9225", on 127.0.0.1. NULL in *ret_port when text is NULL.
 */
int watch_port_open(const char *text, struct watch_port **ret_port,
		    struct failure *reterr) MUST_CHECK;
/* What is served from now on. */
int watch_port_set(struct watch_port *port, struct span page, struct failure *reterr) MUST_CHECK;
/* Ends the thread. NULL is allowed. */
void watch_port_close(struct watch_port *port);

#endif
