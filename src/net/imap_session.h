/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A connection to an IMAP server, opened and logged into by libcurl, then handed over as plain
 * octets. libcurl does what is hard to get right: names, TLS with verification, STARTTLS, and the
 * ways to log in. Its own way to fetch messages marks them as read and cannot peek, so what is said
 * after the login is ours (see imap_talk.h). Encryption is never optional.
 */
#ifndef MAILSEAL_NET_IMAP_SESSION_H
#define MAILSEAL_NET_IMAP_SESSION_H

#include "base/base.h"

#define IMAP_CONNECT_TIMEOUT_S 30
/* Servers that pack a mailbox away take their time over a first FETCH. */
#define IMAP_IDLE_TIMEOUT_S 120

/* What imaps://user@host:port/mailbox says. */
struct imap_address {
	const char *server; /* "imaps://host:993/" */
	const char *user;
	const char *mailbox; /* as IMAP has it; "INBOX" when none is named */
	struct span text;    /* the whole, in one form for all spellings: no password */
};

/* A line for people when it cannot be used: another scheme, no user, a password in it. */
int imap_address_parse(struct arena *arena, const char *url, struct imap_address *ret_address,
		       struct failure *reterr) MUST_CHECK;
bool imap_address_is_one(const char *text);

struct imap_session_options {
	const struct imap_address *address;
	const char *password;
	const char *ca_file;		   /* trusted instead of the machine's; NULL for those */
	bool (*is_stopped)(void *context); /* asked while waiting; may be NULL */
	void *context;
};

struct imap_session;

int imap_session_open(const struct imap_session_options *options, struct imap_session **ret_session,
		      struct failure *reterr) MUST_CHECK;
void imap_session_close(struct imap_session *session);
/* All of it, or a failure. */
int imap_session_send(struct imap_session *session, struct span octets,
		      struct failure *reterr) MUST_CHECK;
/* Waits for at least one octet. A closed connection is a failure. */
int imap_session_receive(struct imap_session *session, char *into, size_t size, size_t *ret_len,
			 struct failure *reterr) MUST_CHECK;

#endif
