/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The sender's eye: what becomes of a message to the domain, by what the sending server knows.
 * Today, and if somebody on the way took STARTTLS out of the conversation. Runs after tls_hosts.
 *
 *   plain     encrypts when it can, checks nothing (RFC 3207, 7435)
 *   mta-sts   obeys an MTA-STS policy it has read (RFC 8461)
 *   dane      uses signed TLSA records (RFC 7672)
 */
#ifndef MAILSEAL_ASSESS_SENDER_EYE_H
#define MAILSEAL_ASSESS_SENDER_EYE_H

#include "assess/mx.h"

enum delivery {
	DELIVERY_UNKNOWN,
	DELIVERY_AUTHENTICATED, /* encrypted, to the right server */
	DELIVERY_ENCRYPTED,	/* to whomever */
	DELIVERY_CLEAR,
	DELIVERY_DEFERRED, /* kept, and returned after days */
};

enum sender_kind {
	SENDER_PLAIN,
	SENDER_MTA_STS,
	SENDER_DANE,
	SENDER_KIND_COUNT,
};

struct sender_outcome {
	enum delivery today;
	enum delivery stripped;
};

struct sender_eye_host {
	const struct mx_host *host;
	struct sender_outcome senders[SENDER_KIND_COUNT];
};

struct sender_eye_view {
	const struct sender_eye_host *hosts; /* in the order of mx */
	size_t host_count;
	/*
	 * Today: at the most preferred hosts that take the message. Stripped: the worst of all
	 * hosts, for whoever strips can also make a sender go on to the next.
	 */
	struct sender_outcome senders[SENDER_KIND_COUNT];
};

void sender_eye_assess(struct assessment *a);

/* "authenticated", "encrypted", "clear", "deferred", "unknown". Static. */
const char *delivery_name(enum delivery delivery);
/* "plain", "mta-sts", "dane". Static. */
const char *sender_kind_name(enum sender_kind kind);

#endif
