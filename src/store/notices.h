/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * notices: what is worth telling somebody, in one list that only grows, and for each channel (a
 * webhook, a mail address, a command) how far down the list it has been told.
 *
 * A notice is written in the transaction of the result it comes from, so neither is there without
 * the other. A channel's next message is every notice that it has not been told, together; its
 * number and its last notice are fixed before the first attempt, so a message that is sent again,
 * because nobody knows whether it arrived, is the same message with the same number.
 */
#ifndef MAILSEAL_STORE_NOTICES_H
#define MAILSEAL_STORE_NOTICES_H

#include "store/store.h"

#define NOTICE_MAX_KEY 512
#define NOTICE_MAX_BODY 65536
#define NOTICE_MAX_CHANNEL 1024
/* Between the body of a notice and those of its parts, which must not hold it. */
#define NOTICE_PART_SEPARATOR '\x1d'
/* A verdict has so many others. */
#define NOTICE_MAX_UNDOES 2
/* In one message; the rest comes with the next. */
#define NOTICE_MAX_GROUP 200

/* What a notice tells of one thing, to be told or left out by itself. */
struct notice_part {
	struct span key; /* as of a notice; empty: it goes with the others */
	struct span body;
	/* Keys that are no longer true when this is told: the next of them is told, whatever the
	 * window, so that nobody is left with news that was overtaken. May be empty. */
	struct span undoes[NOTICE_MAX_UNDOES];
};

struct notice {
	int64_t id; /* 0 while it is not written */
	int64_t at;
	int64_t domain_id; /* of estate.h; when reading it is not filled */
	struct span domain;
	struct span owner;
	struct span group;
	/* What it is about: the same key is not written again within the repeat window. */
	struct span key;
	/* In the caller's own form. What is read has the parts behind it that were written, a
	 * separator before each. */
	struct span body;
	bool is_once; /* the same key is never written again, whatever the window */
	/*
	 * When any has a key, the parts' keys count instead of the notice's: those that were
	 * written within the window, and not undone since, are left out, and nothing is written
	 * without one that was not. With separators all bodies together are at most
	 * NOTICE_MAX_BODY.
	 */
	const struct notice_part *parts;
	size_t part_count;
};

typedef int notice_fn(void *context, const struct notice *notice);

/* The message that a channel owes. */
struct notice_message {
	int64_t number; /* of the channel's messages, from 1 */
	int64_t epoch;	/* of the lease */
	unsigned attempts;
};

struct notice_claim {
	struct span channel;
	int64_t lease_seconds;
	/* Notices younger than this wait, so that what happens together is told together. */
	int64_t gather_seconds;
};

/* A channel that is new begins with what comes from now on. */
int notices_channel_open(struct store *store, struct span channel,
			 struct failure *reterr) MUST_CHECK;
/*
 * Leases the channel and gives the notices of its next message in order. *ret_is_due false: there
 * is nothing to tell now, or another worker is telling it.
 */
int notices_claim(struct store *store, const struct notice_claim *claim, notice_fn *each,
		  void *context, struct notice_message *ret_message, bool *ret_is_due,
		  struct failure *reterr) MUST_CHECK;
/* The message arrived. */
int notices_told(struct store *store, struct span channel, const struct notice_message *message,
		 struct failure *reterr) MUST_CHECK;
/* It did not, or nobody knows: again at a time, by the database's clock in so many seconds. */
int notices_failed(struct store *store, struct span channel, const struct notice_message *message,
		   int64_t again_in_seconds, struct span error, struct failure *reterr) MUST_CHECK;
/* How many notices a channel has not been told, and the error of its last attempt (empty: none). */
int notices_waiting(struct store *store, struct arena *arena, struct span channel,
		    uint64_t *ret_count, struct span *ret_error, struct failure *reterr) MUST_CHECK;

#endif
