/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Remembers that somebody wants the program to stop. */
#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>

/* A signal handler can only speak through a variable like this one. */
static volatile sig_atomic_t is_asked;

static void remember(int signal_number)
{
	is_asked = 1;
	signal(signal_number, SIG_DFL);
}

void interrupt_catch(void)
{
	struct sigaction action;
	memset(&action, 0, sizeof(action));
	action.sa_handler = remember;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void interrupt_let_pipes_end(void)
{
	signal(SIGPIPE, SIG_DFL);
}

void interrupt_end_by_pipe(void)
{
	interrupt_let_pipes_end();
	raise(SIGPIPE);
}

bool interrupt_was_asked(void)
{
	return is_asked != 0;
}
