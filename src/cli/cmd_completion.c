/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal completion: a bash completion script, made from the tables of commands and options. */
#include <stdio.h>

#include "cli/cmd.h"

static const struct option_group *const groups[] = {NULL};

static void write_options(const struct command *command)
{
	for (const struct option_group *const *group = command->groups; *group != NULL; group++) {
		for (size_t i = 0; i < (*group)->count; i++) {
			printf(" --%s", (*group)->options[i].name);
		}
	}
}

static enum exit_code run(const struct invocation *invocation)
{
	(void)invocation;
	fputs("# bash completion for mailseal; made by: mailseal completion\n"
	      "_mailseal()\n{\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} options=\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W '",
	      stdout);
	for (size_t i = 0; i < command_count(); i++) {
		printf("%s ", command_at(i)->name);
	}
	fputs("--help --version' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n",
	      stdout);
	for (size_t i = 0; i < command_count(); i++) {
		printf("\t%s) options='--help", command_at(i)->name);
		write_options(command_at(i));
		puts("' ;;");
	}
	fputs("\tesac\n"
	      "\tcase $word in\n"
	      "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
	      "\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
	      "\tesac\n}\n"
	      "complete -F _mailseal mailseal\n",
	      stdout);
	return EXIT_CLEAN;
}

const struct command cmd_completion = {
	.name = "completion",
	.operands = "",
	.summary = "print a bash completion script",
	.example = "mailseal completion > /etc/bash_completion.d/mailseal",
	.groups = groups,
	.run = run,
};
