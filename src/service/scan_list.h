/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A list of domains as the input of a scan, read as the scan goes, in flat memory:
 *
 *   list   a domain a line; what follows # is a comment
 *   csv    RFC 4180 without line ends in fields; a first line with a "domain" column names the
 *          columns, otherwise they are domain, owner, group
 *   zone   a zone file: every name with mail records, once
 *
 * A CSV whose first line names columns and none of them "domain" is refused: FAILURE_INPUT.
 * A line that cannot be used is told with its number and left out. What came before, or is in
 * `skip`, is left out silently and counted.
 */
#ifndef MAILSEAL_SERVICE_SCAN_LIST_H
#define MAILSEAL_SERVICE_SCAN_LIST_H

#include <stdio.h>

#include "service/scan.h"
#include "service/seen.h"

/* Longer lines are refused; those of a zone file may be long. */
#define SCAN_LIST_MAX_LINE ((size_t)1 << 20)
#define SCAN_LIST_MAX_COLUMNS 64

enum scan_list_form {
	SCAN_LIST_AUTO, /* by the first line that says something */
	SCAN_LIST_LINES,
	SCAN_LIST_CSV,
	SCAN_LIST_ZONE,
};

struct scan_list_options {
	enum scan_list_form form;
	struct span origin; /* of a zone file without $ORIGIN; empty: none */
	struct seen *skip;  /* what is not to be checked (again); grows. NULL: nothing is skipped */
	void *context;
	/* A line that is left out, and why. May be NULL. */
	void (*complain)(void *context, uint64_t line, struct span what, const char *why);
};

struct scan_list_counts {
	uint64_t lines;
	uint64_t items;
	uint64_t bad;	  /* told */
	uint64_t skipped; /* there before */
};

struct scan_list;

/* The file stays the caller's. NULL when memory is out. */
struct scan_list *scan_list_new(FILE *file, const struct scan_list_options *options);
/* NULL is allowed. */
void scan_list_free(struct scan_list *list);
struct scan_input *scan_list_input(struct scan_list *list);
struct scan_list_counts scan_list_count(const struct scan_list *list);
/* What `form` was found to be. */
enum scan_list_form scan_list_form(const struct scan_list *list);

#endif
