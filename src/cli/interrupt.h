/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Ctrl-C: stops waiting, keeps what is done. The only state of the program that lives outside a
 * function. */
#ifndef MAILSEAL_CLI_INTERRUPT_H
#define MAILSEAL_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM are remembered; a second one ends the program as usual. */
void interrupt_catch(void);
bool interrupt_was_asked(void);

#endif
