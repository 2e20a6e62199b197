/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reports from an IMAP mailbox into the store. A message is left as it is until its rows are
 * committed. What was read is remembered by UID, with the rows and in the same commit; where
 * messages are moved away or marked, those that still lie there are read again instead, so that a
 * run that was killed in between is simply repeated. A report counts once in any case.
 */
#ifndef MAILSEAL_SERVICE_INGEST_MAILBOX_H
#define MAILSEAL_SERVICE_INGEST_MAILBOX_H

#include "net/imap_talk.h"
#include "service/ingest.h"

/* Messages between two commits: so many are read again when the connection breaks. */
#define INGEST_MAILBOX_BATCH 100

struct ingest_mailbox {
	struct store *store; /* that the ingest writes to */
	struct imap_talk *talk;
	struct span name;    /* of the mailbox with its server, for people and for the memory */
	const char *mailbox; /* on the server */
	const char *move_to; /* another mailbox there; NULL leaves messages where they are */
	bool is_marking;     /* set \\Seen when done */
	uint64_t max_bytes;  /* larger messages are refused unread */
	bool (*is_stopped)(void *context);
	void *context;
};

int ingest_mailbox(struct ingest *ingest, const struct ingest_mailbox *mailbox,
		   struct failure *reterr) MUST_CHECK;

#endif
