/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Addresses by RFC 5322 3.4, with the obsolete forms of 4.4 read and named. Whatever may be taken
 * for an address is listed, also where the syntax is broken: the question is what programs show.
 */
#ifndef MAILSEAL_MESSAGE_ADDRESS_H
#define MAILSEAL_MESSAGE_ADDRESS_H

#include "message/anomaly.h"

/* Honest messages have one author; what is above this is counted, not kept. */
#define ADDRESS_MAX_MAILBOXES 50

struct mailbox {
	struct span display; /* the name in front of the angle bracket, as written; may be empty */
	struct span local;   /* as written */
	struct span domain;  /* without comments and white space, in the case it has; or "[...]" */
	struct span text;    /* from the first octet of the name to the last of the address */
	bool is_literal;     /* the domain is an IP address in brackets */
	bool is_in_group;
};

struct address_list {
	struct vector mailboxes; /* of struct mailbox */
	size_t total;		 /* also those not kept */
};

/*
 * Appends the addresses of a field's value. offset is where the value lies in the message; oddities
 * are of the ANOMALY_FROM_... kinds.
 */
void address_list_parse(struct arena *arena, struct span value, uint64_t offset,
			struct address_list *list, struct anomalies *anomalies);

static inline const struct mailbox *address_list_at(const struct address_list *list, size_t i)
{
	return VECTOR_AT(&list->mailboxes, const struct mailbox, i);
}

#endif
