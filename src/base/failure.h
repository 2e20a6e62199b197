/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A real failure: memory, a file, a socket, a library. Findings about a domain are data and never
 * come this way. Functions that can fail so return a negative enum failure_code and fill *reterr.
 */
#ifndef MAILSEAL_BASE_FAILURE_H
#define MAILSEAL_BASE_FAILURE_H

#include "base/attributes.h"
#include "base/span.h"

enum failure_code {
	FAILURE_NONE = 0,
	FAILURE_MEMORY = -1,   /* out of memory or above a memory limit */
	FAILURE_IO = -2,       /* a file, a socket, a terminal */
	FAILURE_INPUT = -3,    /* what we were given cannot be used */
	FAILURE_LIBRARY = -4,  /* a library refused */
	FAILURE_INTERNAL = -5, /* we broke our own promise */
};

struct failure {
	enum failure_code code;
	char what[96];	  /* the thing that could not be done: "open facts.jsonl" */
	char detail[256]; /* why: "No such file or directory" */
};

/* Fills *failure (may be NULL) and gives code back: `return failure_set(reterr, FAILURE_IO, ...)`.
 */
int failure_set(struct failure *failure, enum failure_code code, const char *what,
		const char *format, ...) PRINTF_LIKE(4, 5);
int failure_set_memory(struct failure *failure, const char *what);

#endif
