/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What is said to an IMAP server (RFC 9051, and RFC 3501 before it) after the login, over a
 * transport of the caller's. Messages are only ever fetched with BODY.PEEK, which leaves them
 * unread. A server's words are bounded: lines, responses to a command, octets that are skipped.
 */
#ifndef MAILSEAL_NET_IMAP_TALK_H
#define MAILSEAL_NET_IMAP_TALK_H

#include "base/base.h"

/* A line without its literals: flags and lists of servers are far below. */
#define IMAP_MAX_LINE ((size_t)64 << 10)
/* Untagged lines in answer to one command; a mailbox of a million messages has a million. */
#define IMAP_MAX_RESPONSES 4000000
#define IMAP_MAX_LITERALS 64
/* A message larger than this is never asked for, and no server may make us skip more. */
#define IMAP_MAX_LITERAL ((uint64_t)1 << 30)
#define IMAP_MAX_MAILBOX 1000

struct imap_transport {
	void *context;
	int (*send)(void *context, struct span octets, struct failure *reterr);
	/* At least one octet, or a failure. */
	int (*receive)(void *context, char *into, size_t size, size_t *ret_len,
		       struct failure *reterr);
};

struct imap_capabilities {
	bool has_move;	  /* RFC 6851 */
	bool has_uidplus; /* RFC 4315: UID EXPUNGE */
};

struct imap_message {
	uint32_t uid;
	uint64_t size_bytes;
	bool is_seen;
};

struct imap_talk;

int imap_talk_new(struct imap_transport transport, struct imap_talk **ret_talk,
		  struct failure *reterr) MUST_CHECK;
void imap_talk_free(struct imap_talk *talk);

int imap_talk_capabilities(struct imap_talk *talk, struct imap_capabilities *ret_capabilities,
			   struct failure *reterr) MUST_CHECK;
/* EXAMINE, or SELECT when messages are to be changed. */
int imap_talk_open(struct imap_talk *talk, const char *mailbox, bool is_read_only,
		   uint32_t *ret_uid_validity, struct failure *reterr) MUST_CHECK;
/* Calls each for every message from first_uid on; its negative return ends it. */
int imap_talk_list(struct imap_talk *talk, uint32_t first_uid,
		   int (*each)(void *context, const struct imap_message *message), void *context,
		   struct failure *reterr) MUST_CHECK;

/*
 * One message, in pieces: begin, read until *ret_len is 0, end. *ret_is_there is false when it is
 * no longer there; then there is nothing to read or to end.
 */
int imap_talk_fetch_begin(struct imap_talk *talk, uint32_t uid, bool *ret_is_there,
			  struct failure *reterr) MUST_CHECK;
int imap_talk_fetch_read(struct imap_talk *talk, char *into, size_t size, size_t *ret_len,
			 struct failure *reterr) MUST_CHECK;
int imap_talk_fetch_end(struct imap_talk *talk, struct failure *reterr) MUST_CHECK;

/* Sets of UIDs are written as IMAP has them: "4:7,9". */
int imap_talk_mark_read(struct imap_talk *talk, const char *uids,
			struct failure *reterr) MUST_CHECK;
/* Moves, or copies and removes; needs one of the capabilities. */
int imap_talk_move(struct imap_talk *talk, const char *uids, const char *mailbox,
		   const struct imap_capabilities *capabilities, struct failure *reterr) MUST_CHECK;
/* Makes the mailbox unless it is there. */
int imap_talk_create(struct imap_talk *talk, const char *mailbox,
		     struct failure *reterr) MUST_CHECK;
/* The character between the levels of mailbox names; 0 when there are no levels. */
int imap_talk_delimiter(struct imap_talk *talk, char *ret_delimiter,
			struct failure *reterr) MUST_CHECK;
/* A farewell; whatever comes of it. */
void imap_talk_logout(struct imap_talk *talk);

#endif
