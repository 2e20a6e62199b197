/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MAIL FROM's address (RFC 5321 4.1.2), read strictly: what is ambiguous names no domain. */
#ifndef MAILSEAL_MESSAGE_REVERSE_PATH_H
#define MAILSEAL_MESSAGE_REVERSE_PATH_H

#include "base/base.h"

enum reverse_path_status {
	REVERSE_PATH_OK,
	REVERSE_PATH_NULL,	 /* <>: a notification; SPF then takes postmaster@HELO */
	REVERSE_PATH_ROUTE,	 /* a source route in front */
	REVERSE_PATH_SEVERAL_AT, /* more than one "@" outside quotes */
	REVERSE_PATH_LOCAL,	 /* the local part is neither dot-string nor quoted string */
	REVERSE_PATH_DOMAIN,	 /* the domain has an octet that no domain has, or is missing */
	REVERSE_PATH_LITERAL,	 /* an IP address instead of a domain */
};

struct reverse_path {
	enum reverse_path_status status;
	struct span local;
	struct span domain; /* as written; empty unless OK or a literal */
	size_t offset;	    /* of what is wrong, in the text */
};

/* With or without angle brackets; no white space around. UTF-8 is allowed (RFC 6531). */
struct reverse_path reverse_path_parse(struct span text);
/* Stable word: "ok", "route". Static. */
const char *reverse_path_name(enum reverse_path_status status);

#endif
