/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Who a mail program may show as the author: every address of every From field, and what blurs it.
 */
#ifndef MAILSEAL_MESSAGE_AUTHOR_H
#define MAILSEAL_MESSAGE_AUTHOR_H

#include "message/address.h"
#include "message/header.h"

struct message;

struct author {
	struct mailbox *mailboxes; /* of all From fields, from the top */
	size_t mailbox_count;
	size_t from_count; /* From fields, with hidden and misspelt ones */
	bool is_limited;   /* there are more mailboxes than these */
	bool is_blurred;   /* some anomaly lets programs show another author */
};

/*
 * Reads the From block of message->header into message->author, and Sender and Resent-From for
 * comparison. Oddities go to message->anomalies.
 */
void author_read(struct arena *arena, struct message *message);

#endif
