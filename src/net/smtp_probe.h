/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One connection to a mail server: greeting, EHLO, STARTTLS, and then either one hello whose answer
 * is read as far as it comes in clear, or a whole TLS session with EHLO inside. A dialogue without
 * I/O; what was seen stands in the struct at any time.
 */
#ifndef MAILSEAL_NET_SMTP_PROBE_H
#define MAILSEAL_NET_SMTP_PROBE_H

#include "net/exchange.h"
#include "net/smtp_talk.h"
#include "net/tls_answer.h"
#include "net/tls_offer.h"
#include "net/tls_session.h"

/* What a client may ask for before a server has to say no. */
#define SMTP_PROBE_MAX_RENEGOTIATIONS 11
/* How long to wait for a renegotiation that may never come. */
#define SMTP_PROBE_RENEGOTIATION_MS 3000
/*
 * Between the two halves of a hello: long enough that the first is read alone (a server that waits
 * for it wakes within a few milliseconds), and on nobody's clock but ours.
 */
#define SMTP_PROBE_SPLIT_MS 25

struct smtp_probe_options {
	struct arena *arena; /* of what is kept */
	struct span ehlo_name;
	unsigned tls_deadline_ms; /* from the 220 to STARTTLS to the server's answer */

	const struct tls_offer *offer; /* the hello, or NULL for a session */
	bool splits;		       /* sends it in two segments */

	struct tls_client *client; /* of a session */
	struct tls_session_options session;
	bool injects;	   /* pipelines a command behind STARTTLS */
	bool renegotiates; /* asks for new handshakes */

	void *context;
	int64_t (*now_ms)(void *context);
};

enum smtp_probe_stage {
	SMTP_PROBE_DIALLED,
	SMTP_PROBE_TALKING,   /* SMTP in clear */
	SMTP_PROBE_OFFERED,   /* a hello was sent */
	SMTP_PROBE_HANDSHAKE, /* of a session */
	SMTP_PROBE_INSIDE,    /* SMTP inside TLS */
	SMTP_PROBE_AGAIN,     /* renegotiating */
};

struct smtp_probe {
	struct smtp_probe_options options;
	enum smtp_probe_stage stage;
	int64_t began_ms;
	int64_t connected_ms; /* after the dial; -1: never */
	int64_t greeted_ms;   /* after connecting; -1: never */
	struct smtp_talk talk;
	bool has_tls_begun; /* 220 to STARTTLS */

	struct tls_answer_reader reader; /* of an offer */
	struct buffer rest;		 /* the second half of a hello */

	struct tls_session *session;
	struct buffer data;    /* decrypted, not read yet */
	bool has_received_tls; /* the first octets of a session came */
	bool is_session_open;
	bool has_session_failed;
	bool is_plain; /* what came instead of TLS is text */
	struct tls_session_view view;
	struct smtp_talk inner;
	bool is_injected; /* the pipelined command was answered inside TLS */
	unsigned renegotiations;
	struct span error; /* of the session */
};

/* The options are copied; what they point to must outlive the probe. NULL when memory is out. */
struct smtp_probe *smtp_probe_new(const struct smtp_probe_options *options);
void smtp_probe_free(struct smtp_probe *probe);
/* An exchange_dialogue's event(); context is the probe. */
struct exchange_next smtp_probe_event(void *context, enum exchange_event event, struct span octets,
				      struct buffer *send);
/* What the answer to an offer says so far. */
static inline const struct tls_answer *smtp_probe_answer(const struct smtp_probe *probe)
{
	return &probe->reader.answer;
}

#endif
