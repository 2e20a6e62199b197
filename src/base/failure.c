/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Real failures, told apart from results. */
#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>

int failure_set(struct failure *failure, enum failure_code code, const char *what,
		const char *format, ...)
{
	if (failure != NULL) {
		failure->code = code;
		snprintf(failure->what, sizeof(failure->what), "%s", what);
		va_list args;
		va_start(args, format);
		vsnprintf(failure->detail, sizeof(failure->detail), format, args);
		va_end(args);
	}
	return code;
}

int failure_set_memory(struct failure *failure, const char *what)
{
	return failure_set(failure, FAILURE_MEMORY, what, "out of memory");
}
