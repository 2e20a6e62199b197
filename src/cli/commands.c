/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The table of commands. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/command.h"
#include "present/ink.h"

/* One line; what a person typed is cut before. */
#define COMPLAINT_MAX 1000

static const struct command *const commands[] = {
	&cmd_check,   &cmd_replay, &cmd_scan,	  &cmd_verify,	 &cmd_spoof,	  &cmd_sign,
	&cmd_senders, &cmd_ingest, &cmd_plan,	  &cmd_history,	 &cmd_diff,	  &cmd_watch,
	&cmd_report,  &cmd_record, &cmd_guidance, &cmd_profiles, &cmd_completion,
};

size_t command_count(void)
{
	return sizeof(commands) / sizeof(commands[0]);
}

const struct command *command_at(size_t i)
{
	return commands[i];
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count(); i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

void complain(const char *what, const char *format, ...)
{
	char text[COMPLAINT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	struct buffer line = buffer_new((size_t)16 * COMPLAINT_MAX);
	struct ink ink = {.out = &line};
	ink_text(&ink, INK_PLAIN, span_of_string(what));
	buffer_puts(&line, ": ");
	ink_text(&ink, INK_PLAIN, span_of_string(text));
	fprintf(stderr, "mailseal: %.*s\n", SPAN_ARG(buffer_span(&line)));
	buffer_free(&line);
}

enum exit_code complain_failure(const struct failure *failure)
{
	complain(failure->what, "%s", failure->detail);
	return failure->code == FAILURE_INPUT || failure->code == FAILURE_IO ? EXIT_USAGE
									     : EXIT_INTERNAL;
}
