/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The public suffix list, for RFC 7489's organisational domain and for advice. The RFC 9989 tree
 * walk is primary. */
#ifndef MAILSEAL_RECORDS_PUBLIC_SUFFIX_H
#define MAILSEAL_RECORDS_PUBLIC_SUFFIX_H

#include "records/name.h"

struct public_suffix_list;

/* path NULL: the list libpsl was built with, or the newer of Debian's publicsuffix package. */
int public_suffix_list_load(const char *path, struct public_suffix_list **ret_list,
			    struct failure *reterr) MUST_CHECK;
void public_suffix_list_free(struct public_suffix_list *list);
/* RFC 7489 3.2: the public suffix plus one label; an empty span when name is itself a public
 * suffix. */
struct span public_suffix_organisational(const struct public_suffix_list *list, struct span name);
bool public_suffix_is(const struct public_suffix_list *list, struct span name);

#endif
