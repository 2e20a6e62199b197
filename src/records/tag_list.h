/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* "tag=value; tag=value" as DKIM (RFC 6376 3.2), DMARC, TLS-RPT, MTA-STS and BIMI use it, each with
 * its own strictness. */
#ifndef MAILSEAL_RECORDS_TAG_LIST_H
#define MAILSEAL_RECORDS_TAG_LIST_H

#include "records/problem.h"

/* More tags than any record has; further ones are a problem, not memory. */
#define TAG_LIST_MAX 64

struct tag {
	struct span name;  /* as written, white space around removed */
	struct span value; /* likewise; white space inside is kept */
	size_t name_offset;
	size_t value_offset;
	bool is_duplicate; /* an earlier tag has the same name */
};

struct tag_list {
	struct tag *tags;
	size_t tag_count;
	bool has_duplicate;  /* RFC 6376 3.2: then the whole list is invalid */
	bool has_empty_part; /* nothing between two ";" */
};

/*
 * Splits at ";" and at the first "=". A part without "=" or without a name is a problem; an empty
 * part after the last
 * ";" is not. Tag names compare exactly (RFC 6376 3.2: case-sensitive).
 */
struct tag_list tag_list_parse(struct arena *arena, struct span text, struct problems *problems);
/* The first tag of that name, or NULL. */
const struct tag *tag_list_find(const struct tag_list *list, struct span name);

#endif
