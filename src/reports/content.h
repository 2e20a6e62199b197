/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What bytes are, by their first ones; names and declared types lie too often. */
#ifndef MAILSEAL_REPORTS_CONTENT_H
#define MAILSEAL_REPORTS_CONTENT_H

#include "base/base.h"

enum content_kind {
	CONTENT_EMPTY, /* nothing, or only blanks */
	CONTENT_GZIP,
	CONTENT_ZIP,
	CONTENT_UTF16,
	CONTENT_XML, /* or HTML, or anything else that starts with "<" */
	CONTENT_JSON,
	CONTENT_MBOX,
	CONTENT_MAIL,
	CONTENT_OTHER,
};

/* head: the first octets, as many as there are up to some hundreds. */
enum content_kind content_kind_of(struct span head);
/* A line that starts a message in an mbox: "From someone Thu Jan  1 00:00:00 2026". */
bool content_is_mbox_line(struct span line);
/* "Name: value", the name in RFC 5322's characters. */
bool content_is_header_line(struct span line);

#endif
