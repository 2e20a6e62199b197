/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One command of the program: its options, its help, its work. A new command is one file cmd_<x>.c
 * and one row in commands.c; parsing, --help, the completion script and the test that compares the
 * manual page all read these tables.
 */
#ifndef MAILSEAL_CLI_COMMAND_H
#define MAILSEAL_CLI_COMMAND_H

#include "base/base.h"

/* The contract of exit codes. */
enum exit_code {
	EXIT_CLEAN = 0, /* nothing at or above the threshold */
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_UNDETERMINED = 3, /* could not be determined */
	EXIT_INTERNAL = 4,
};

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_STRING, /* const char *; the last one given counts */
	OPTION_LIST,   /* struct string_list; may be given again */
	OPTION_NUMBER, /* uint64_t */
};

#define STRING_LIST_MAX 256

struct string_list {
	const char *items[STRING_LIST_MAX];
	size_t count;
};

struct option {
	const char *name; /* "resolver", without dashes */
	char letter;	  /* 'q', or 0 */
	enum option_kind kind;
	const char *value; /* what its value is called in help: "ADDR[@PORT]"; NULL for a flag */
	const char *help;  /* one line */
	size_t offset;	   /* of the field in the command's options struct */
};

struct option_group {
	const char *title; /* "DNS" */
	const struct option *options;
	size_t count;
};

/* A group of all rows of a table: static const struct option_group dns_group = OPTION_GROUP("DNS",
 * dns_options); */
#define OPTION_GROUP(title, table)                                                                 \
	{                                                                                          \
		title, table, sizeof(table) / sizeof((table)[0])                                   \
	}

/* What a command was called with. */
struct invocation {
	const struct command *command;
	void *options; /* the command's own struct, filled */
	struct string_list operands;
};

struct command {
	const char *name;
	const char *operands;			  /* "DOMAIN..." */
	const char *summary;			  /* one line */
	const char *example;			  /* one command line */
	const struct option_group *const *groups; /* NULL-terminated */
	size_t options_size;
	const void *defaults; /* of options_size octets; NULL for all zero */
	size_t min_operands;
	size_t max_operands;
	enum exit_code (*run)(const struct invocation *invocation);
};

const struct command *command_find(const char *name);
size_t command_count(void);
const struct command *command_at(size_t i);
/* "mailseal: WHAT: WHY" on standard error. */
void complain(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);
enum exit_code complain_failure(const struct failure *failure);

#endif
