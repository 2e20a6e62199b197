/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lists of report addresses: DMARC's rua and ruf (RFC 9989 4.7), TLS-RPT's rua (RFC 8460 3). */
#ifndef MAILSEAL_RECORDS_DMARC_URI_H
#define MAILSEAL_RECORDS_DMARC_URI_H

#include "base/buffer.h"
#include "records/problem.h"
#include "records/tag_list.h"

/* Report addresses kept per tag; RFC 9989 lets receivers stop at two or more. */
#define DMARC_MAX_URIS 32

struct dmarc_uri {
	struct span text; /* as written */
	size_t offset;
	bool is_mailto;
	bool is_https;
	bool is_valid;	     /* RFC 3986 shape; for mailto an address with a domain */
	struct span address; /* mailto: percent-decoded, without size suffix and header fields */
	struct span
		host; /* canonical domain of the address, or of the URI's authority; may be empty */
	bool has_size_suffix; /* "!10m": obsolete (RFC 9989), ignored */
};

struct dmarc_uri_list {
	struct dmarc_uri *uris;
	size_t count;
};

/* Splits the tag's value at commas. Every URI is kept, also the invalid ones, up to the maximum. */
struct dmarc_uri_list dmarc_uri_list_parse(struct arena *arena, const struct tag *tag,
					   struct problems *problems);
/* Appends the URIs as written, with commas. */
void dmarc_uri_list_write(const struct dmarc_uri *uris, size_t count, struct buffer *text);
/* True for one https URI with a host name. Says nothing to the user. */
bool dmarc_uri_is_https(struct arena *arena, struct span text);
bool dmarc_uri_list_has_valid(const struct dmarc_uri *uris, size_t count);

#endif
