/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Help texts. */
#include "cli/help.h"

#define OPTION_COLUMN 30

void help_write_program(FILE *out)
{
	fputs("mailseal: can strangers send as your domain, and is mail to it safe on its way?\n\n"
	      "usage: mailseal COMMAND [OPTION...] [ARGUMENT...]\n\n",
	      out);
	for (size_t i = 0; i < command_count(); i++) {
		fprintf(out, "  %-12s %s\n", command_at(i)->name, command_at(i)->summary);
	}
	fputs("\nexample: mailseal check example.org\n"
	      "mailseal COMMAND --help tells more; mailseal --version tells the version.\n"
	      "exit: 0 nothing to mend, 1 findings, 2 usage, 3 could not be determined, 4 "
	      "internal\n",
	      out);
}

static void write_option(const struct option *option, FILE *out)
{
	char left[80];
	snprintf(left, sizeof(left), "%s%c%s--%s%s%s", option->letter != 0 ? "-" : "  ",
		 option->letter != 0 ? option->letter : ' ', option->letter != 0 ? ", " : " ",
		 option->name, option->value != NULL ? " " : "",
		 option->value != NULL ? option->value : "");
	if (strlen(left) >= OPTION_COLUMN - 2) {
		fprintf(out, "  %s\n  %*s%s\n", left, OPTION_COLUMN, "", option->help);
	} else {
		fprintf(out, "  %-*s%s\n", OPTION_COLUMN, left, option->help);
	}
}

void help_write_command(const struct command *command, FILE *out)
{
	fprintf(out, "mailseal %s: %s\n\nusage: mailseal %s [OPTION...]%s%s\n\nexample: %s\n",
		command->name, command->summary, command->name,
		command->operands[0] != '\0' ? " " : "", command->operands, command->example);
	for (const struct option_group *const *group = command->groups; *group != NULL; group++) {
		fprintf(out, "\n%s:\n", (*group)->title);
		for (size_t i = 0; i < (*group)->count; i++) {
			write_option(&(*group)->options[i], out);
		}
	}
}
