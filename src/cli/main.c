/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The only place that composes: reads the command line, runs one command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/parse.h"

static enum exit_code run_command(const struct command *command, int argc, char *const *argv)
{
	void *options = malloc(command->options_size > 0 ? command->options_size : 1);
	if (options == NULL) {
		complain(command->name, "out of memory");
		return EXIT_INTERNAL;
	}
	struct invocation invocation;
	enum exit_code code = EXIT_USAGE;
	switch (parse_arguments(command, argc, argv, options, &invocation)) {
	case PARSE_OK:
		code = command->run(&invocation);
		break;
	case PARSE_HELP:
		help_write_command(command, stdout);
		code = EXIT_CLEAN;
		break;
	case PARSE_ERROR:
		break;
	}
	free(options);
	return code;
}

/* What was printed must have arrived: a full disk behind a pipe is a failure. */
static enum exit_code finish(enum exit_code code)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("standard output", "could not be written");
		return code < EXIT_USAGE ? EXIT_INTERNAL : code;
	}
	return code;
}

static enum exit_code help_about(const char *name)
{
	const struct command *command = name != NULL ? command_find(name) : NULL;
	if (name != NULL && command == NULL) {
		complain(name, "is not a command; mailseal --help lists them");
		return EXIT_USAGE;
	}
	if (command != NULL) {
		help_write_command(command, stdout);
	} else {
		help_write_program(stdout);
	}
	return EXIT_CLEAN;
}

static enum exit_code dispatch(int argc, char *const *argv)
{
	if (argc < 2) {
		complain("usage", "mailseal COMMAND; try: mailseal check example.org");
		return EXIT_USAGE;
	}
	const char *word = argv[1];
	if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
		puts("mailseal " MAILSEAL_VERSION);
		return EXIT_CLEAN;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		return help_about(argc > 2 ? argv[2] : NULL);
	}
	const struct command *command = command_find(word);
	if (command == NULL) {
		complain(word, "is not a command; mailseal --help lists them");
		return EXIT_USAGE;
	}
	return run_command(command, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
	return (int)finish(dispatch(argc, argv));
}
