/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Ctrl-C: stops waiting, keeps what is done. The only state of the program that lives outside a
 * function. */
#ifndef MAILSEAL_CLI_INTERRUPT_H
#define MAILSEAL_CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * While the network is used: a peer that closes its connection must not end the program (libunbound
 * and others write to sockets), and from now on SIGINT and SIGTERM are remembered; a second one
 * ends the program as usual.
 */
void interrupt_catch(void);
/* While results are printed: a reader that has seen enough ("| head") ends the program, as it does
 * everywhere. */
void interrupt_let_pipes_end(void);
/* A result could not be written because its reader has seen enough: the same end, at once. */
void interrupt_end_by_pipe(void);
bool interrupt_was_asked(void);

#endif
