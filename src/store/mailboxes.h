/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How far mailboxes have been read: remembered with the rows that came from them, in the same
 * commit. */
#ifndef MAILSEAL_STORE_MAILBOXES_H
#define MAILSEAL_STORE_MAILBOXES_H

#include "store/store.h"

/* RFC 9051 2.3.1.1: UIDs grow and are never used again, as long as uid_validity is the same. */
struct store_mailbox {
	struct span name; /* "imaps://user@host:993/INBOX" */
	uint32_t uid_validity;
	uint32_t last_uid; /* everything up to it was read */
};

/* Zeros when nothing is known of it. */
int store_mailbox_get(struct store *store, struct span name, struct store_mailbox *ret_mailbox,
		      struct failure *reterr) MUST_CHECK;
/* Between store_begin() and store_commit(), and not within a report. */
int store_mailbox_put(struct store *store, const struct store_mailbox *mailbox,
		      struct failure *reterr) MUST_CHECK;

#endif
