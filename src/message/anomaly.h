/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is odd about a message, at which octet. An oddity is data, never an error. */
#ifndef MAILSEAL_MESSAGE_ANOMALY_H
#define MAILSEAL_MESSAGE_ANOMALY_H

#include "base/base.h"

enum anomaly_kind {
	/* the From block: who is the author? */
	ANOMALY_FROM_MISSING,	    /* no From field at all */
	ANOMALY_FROM_SEVERAL,	    /* several From fields, or what may be read as one */
	ANOMALY_FROM_HIDDEN,	    /* a continuation line that reads as a From field */
	ANOMALY_FROM_LIKE,	    /* a field name that is From but for odd octets */
	ANOMALY_FROM_EMPTY,	    /* no address in it */
	ANOMALY_FROM_MAILBOXES,	    /* several addresses in one field */
	ANOMALY_FROM_GROUP,	    /* "name: addresses;" */
	ANOMALY_FROM_ROUTE,	    /* a source route inside the angle brackets */
	ANOMALY_FROM_QUOTED_PAIR,   /* a backslash outside quotes */
	ANOMALY_FROM_AFTER_ADDRESS, /* text after the closing angle bracket */
	ANOMALY_FROM_ENCODED,	    /* an encoded word that holds an address */
	ANOMALY_FROM_DISPLAY,	    /* a display name or comment that holds an address */
	ANOMALY_FROM_SYNTAX,	    /* not an address of RFC 5322 */
	ANOMALY_FROM_OBSOLETE,	    /* syntax of RFC 5322 4: read, never to be written */
	ANOMALY_FROM_LITERAL,	    /* an IP address instead of a domain */
	ANOMALY_FROM_LIMIT,	    /* more addresses than are read */
	ANOMALY_SENDER_DIFFERS,	    /* Sender or Resent-From is another address than From */
	/* the header */
	ANOMALY_NAME_SPACE,	    /* white space between a field's name and its colon */
	ANOMALY_NAME_FOLDED,	    /* a line end between them */
	ANOMALY_NAME_OCTET,	    /* an octet no field name has */
	ANOMALY_FIELD_MALFORMED,    /* a line that is neither field nor continuation */
	ANOMALY_FIELD_REPEATED,	    /* a field that occurs once at most is there again */
	ANOMALY_LEADING_SPACE,	    /* the header begins with a continuation line */
	ANOMALY_BLANK_CONTINUATION, /* a continuation line of nothing but white space */
	ANOMALY_MBOX_LINE,	    /* "From " of a mailbox file in front of the header */
	ANOMALY_HEADER_NUL,
	ANOMALY_HEADER_NOT_UTF8, /* octets above 127 that are not UTF-8 */
	ANOMALY_HEADER_LIMIT,	 /* more header than is read: nothing in it can be trusted */
	/* anywhere */
	ANOMALY_BARE_CR,
	ANOMALY_BARE_LF,
	ANOMALY_SMUGGLED_END, /* a lone dot beside a bare line end: an end of data to some */
	ANOMALY_LINE_LONG,    /* over 998 octets */
	ANOMALY_BODY_NUL,
	ANOMALY_KIND_COUNT,
};

/* Of each kind so many are kept; all are counted. */
#define ANOMALY_KEPT_PER_KIND 8

struct anomaly {
	enum anomaly_kind kind;
	uint64_t offset; /* first octet concerned, in the message */
	size_t len;	 /* octets concerned */
};

struct anomalies {
	struct vector items; /* of struct anomaly, in the order they were found */
	uint64_t counts[ANOMALY_KIND_COUNT];
};

void anomaly_add(struct anomalies *anomalies, struct arena *arena, struct anomaly anomaly);

static inline size_t anomaly_count(const struct anomalies *anomalies)
{
	return anomalies->items.len;
}

static inline const struct anomaly *anomaly_at(const struct anomalies *anomalies, size_t i)
{
	return VECTOR_AT(&anomalies->items, const struct anomaly, i);
}

/* A stable word for JSON and texts: "from-several". Static. */
const char *anomaly_name(enum anomaly_kind kind);
/* The paragraph that is not kept to: "RFC 5322 3.6". Static. */
const char *anomaly_reference(enum anomaly_kind kind);
/* One sentence for people. Static. */
const char *anomaly_explain(enum anomaly_kind kind);
/*
 * True for a kind by which a mail program may show another author than the one that was judged: no
 * pass may then stand without naming it.
 */
bool anomaly_blurs_author(enum anomaly_kind kind);

#endif
