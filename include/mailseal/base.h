/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What every header of libmailseal uses. */
#ifndef MAILSEAL_BASE_H
#define MAILSEAL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Octets that somebody else owns. NUL is data; what the library hands out has one more NUL behind
 * it that is not counted. */
struct mailseal_bytes {
	const char *ptr;
	size_t len;
};

/* Below 0 something could not be done. */
enum mailseal_status {
	MAILSEAL_DONE = 0,
	MAILSEAL_ASKS = 1,	 /* there are questions; answer them and call again */
	MAILSEAL_NO_MEMORY = -1, /* or above the object's memory limit */
	MAILSEAL_BAD_INPUT = -2, /* an argument cannot be used */
	MAILSEAL_BAD_ORDER = -3, /* not now: the object is not so far yet, or further */
	MAILSEAL_INTERNAL = -4,	 /* another library failed, or this one broke its promise */
};

/* Half a sentence for people. Static. */
const char *mailseal_status_text(int status);
/* "0.1.0": of the library that is running. Static. */
const char *mailseal_version(void);

#ifdef __cplusplus
}
#endif

#endif
