/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports of details (TLS, failure): each is small, and is written and settled by itself. */
#ifndef MAILSEAL_STORE_DETAILS_H
#define MAILSEAL_STORE_DETAILS_H

#include "store/internal.h"

int details_begin(struct store *store, struct failure *reterr) MUST_CHECK;
int details_end(struct store *store, const struct store_report *report,
		enum store_outcome *ret_outcome, struct failure *reterr) MUST_CHECK;
int details_discard(struct store *store, struct failure *reterr) MUST_CHECK;

#endif
