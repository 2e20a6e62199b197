/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Where the domains of a scan come from: a file, standard input, or a zone transfer. */
#ifndef MAILSEAL_CLI_SCAN_INPUT_H
#define MAILSEAL_CLI_SCAN_INPUT_H

#include "cli/session.h"
#include "service/scan_list.h"

struct scan_input_options {
	const char *form;
	const char *origin;
	const char *axfr; /* ZONE@SERVER */
};

struct scan_source;

/* Names that are in `skip` are left out; it grows. The failure carries the line to print. */
int scan_source_open(const struct scan_input_options *options, const struct string_list *operands,
		     struct seen *skip, struct session *session, struct scan_source **ret_source,
		     struct failure *reterr) MUST_CHECK;
struct scan_input *scan_source_input(struct scan_source *source);
/* At the end: how many were left out, on standard error; nothing when none was. */
void scan_source_tell(const struct scan_source *source);
/* At the end: not one domain was in the list. */
bool scan_source_was_empty(const struct scan_source *source);
/* NULL is allowed. */
void scan_source_close(struct scan_source *source);

#endif
