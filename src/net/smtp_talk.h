/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The client's side of SMTP up to STARTTLS, without I/O: it is fed what the server says and answers
 * what to send. The same machine says EHLO again inside TLS.
 *
 *   smtp_talk_begin()   nothing is sent before the greeting (RFC 5321 4.3.1)
 *   smtp_talk_receive() for each piece that came; until the state is no longer SMTP_TALK_MORE
 *
 * Servers are hostile: a line, a reply's kept part and the number of empty lines have limits, the
 * number of keywords has none. Keywords compare without case.
 */
#ifndef MAILSEAL_NET_SMTP_TALK_H
#define MAILSEAL_NET_SMTP_TALK_H

#include "base/base.h"

/* RFC 5321 4.5.3.1.5 allows 512; some say more. A line above this is not SMTP. */
#define SMTP_MAX_LINE 4096
#define SMTP_MAX_KEYWORDS 64
/* What is kept of a line. */
#define SMTP_MAX_TEXT 512
/* Broken servers send empty lines between replies. */
#define SMTP_MAX_EMPTY_LINES 10

enum smtp_talk_state {
	SMTP_TALK_MORE,	 /* waits for the server */
	SMTP_TALK_TLS,	 /* 220 to STARTTLS: what follows is TLS */
	SMTP_TALK_ENDED, /* nothing more to say: see the replies */
};

enum smtp_talk_stage {
	SMTP_STAGE_GREETING,
	SMTP_STAGE_EHLO,
	SMTP_STAGE_STARTTLS,
	SMTP_STAGE_DONE,
};

struct smtp_reply {
	unsigned code;	  /* 0: none came */
	struct span text; /* of the first line, printable */
};

struct smtp_talk {
	struct arena *arena; /* holds what is kept */
	struct span ehlo_name;
	bool injects;	    /* sends NOOP right behind STARTTLS, in one piece (CVE-2011-0411) */
	bool is_inside_tls; /* starts with EHLO and ends behind its answer */

	enum smtp_talk_stage stage; /* what is waited for */
	struct smtp_reply greeting;
	struct smtp_reply ehlo;
	struct smtp_reply starttls;
	struct span keywords[SMTP_MAX_KEYWORDS];
	size_t keyword_count;
	bool has_keywords_cut;
	bool has_starttls;
	bool is_starttls_masked; /* XXXXXXXX, as some firewalls write over it */
	bool is_malformed; /* what came is not SMTP; the greeting's text shows its beginning */

	char line[SMTP_MAX_LINE];
	size_t line_len;
	unsigned empty_lines;
	bool is_inside_reply;
};

/* Appends what is to be sent first, if anything. */
void smtp_talk_begin(struct smtp_talk *talk, struct buffer *send);
/* *ret_taken: octets used; less than all only with SMTP_TALK_TLS. */
enum smtp_talk_state smtp_talk_receive(struct smtp_talk *talk, struct span octets,
				       struct buffer *send, size_t *ret_taken);
/* The peer's words as printable text of at most max octets; others become "\xNN". */
struct span smtp_printable(struct arena *arena, struct span octets, size_t max);

#endif
