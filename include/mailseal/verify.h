/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One message: make, say how it came, feed it, run until nothing is asked, read the verdict.
 *
 * The message passes by and is not kept: its header (up to 256 kB), the hashes of its body and the
 * judgement are, in at most MAILSEAL_VERIFY_MAX_BYTES. Signatures, author domains, DNS questions
 * and the rest have limits of their own; what is above one is left out, and the trace says so.
 */
#ifndef MAILSEAL_VERIFY_H
#define MAILSEAL_VERIFY_H

#include <mailseal/facts.h>
#include <mailseal/tables.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MAILSEAL_VERIFY_MAX_BYTES ((size_t)64 << 20)
/* HELO names and addresses; RFC 5321 4.5.3.1 allows 255 and 256 octets. */
#define MAILSEAL_ENVELOPE_MAX 1000

struct mailseal_verify;

/* RFC 8601 2.7: the DMARC result of the message as a whole. */
enum mailseal_result {
	MAILSEAL_RESULT_NONE, /* the author's domain has no policy */
	MAILSEAL_RESULT_PASS,
	MAILSEAL_RESULT_FAIL,
	MAILSEAL_RESULT_TEMPERROR, /* an answer it depends on is missing */
	MAILSEAL_RESULT_PERMERROR, /* there is no one author to judge */
};

/* What the author's domain asks receivers to do with the message. */
enum mailseal_disposition {
	MAILSEAL_DISPOSITION_NONE,
	MAILSEAL_DISPOSITION_QUARANTINE,
	MAILSEAL_DISPOSITION_REJECT,
};

/* A field of the message's header. */
struct mailseal_field {
	size_t index;  /* 0 for the first of that name */
	size_t offset; /* of its first octet; line feeds alone count as CRLF */
	size_t len;    /* with its last CRLF */
};

/*
 * tables may be NULL; then there is no second opinion of RFC 7489 beside RFC 9989. now: seconds
 * since 1970. NULL when memory is out.
 */
struct mailseal_verify *mailseal_verify_new(const struct mailseal_tables *tables, int64_t now);
/* NULL is allowed. */
void mailseal_verify_free(struct mailseal_verify *verify);

/*
 * How the message came; all may be left unsaid, and then that part is not checked. Texts are
 * copied.
 */
/* "192.0.2.1" or "2001:db8::1". */
int mailseal_verify_set_client(struct mailseal_verify *verify, const char *address);
int mailseal_verify_set_helo(struct mailseal_verify *verify, const char *name, size_t len);
/* Without angle brackets; empty for the null sender. */
int mailseal_verify_set_mail_from(struct mailseal_verify *verify, const char *address, size_t len);
/* Your host, as trace fields and SPF explanations name it (the authserv-id). */
int mailseal_verify_set_receiver(struct mailseal_verify *verify, const char *host);
/* Let a signature pass that leaves octets of the body unsigned (l=). */
int mailseal_verify_allow_partial_body(struct mailseal_verify *verify);

/* The next octets of the message, in pieces of any size. */
int mailseal_verify_feed(struct mailseal_verify *verify, const void *octets, size_t len);

/*
 * Judges. MAILSEAL_ASKS: *ret_questions, valid until the next run, are open. MAILSEAL_DONE: the
 * verdict stands. The first run ends the message. Use the same facts in every run of a message;
 * they must outlive it.
 */
int mailseal_verify_run(struct mailseal_verify *verify, struct mailseal_facts *facts,
			const struct mailseal_question **ret_questions, size_t *ret_count);

/* MAILSEAL_RESULT_TEMPERROR until the verdict stands. */
enum mailseal_result mailseal_verify_result(const struct mailseal_verify *verify);
enum mailseal_disposition mailseal_verify_disposition(const struct mailseal_verify *verify);
/* The domain that was judged; empty when there is none. */
struct mailseal_bytes mailseal_verify_author(const struct mailseal_verify *verify);
/* A mail program may show another author than the one that was judged: do not trust a pass. */
bool mailseal_verify_is_author_blurred(const struct mailseal_verify *verify);
/* "pass", "quarantine". Static. */
const char *mailseal_result_name(enum mailseal_result result);
const char *mailseal_disposition_name(enum mailseal_disposition disposition);

/*
 * The trace, in three forms; MAILSEAL_BAD_ORDER until the verdict stands. Each text is valid until
 * the same function is called again. Fields end with CRLF.
 */
/* The object of "mailseal verify --json" for one message: every step, the octets it rests on and
 * the paragraph that says so. */
int mailseal_verify_json(struct mailseal_verify *verify, struct mailseal_bytes *ret_text);
/* Authentication-Results (RFC 8601); bimi= says which record counts, and no logo is fetched. */
int mailseal_verify_results_field(struct mailseal_verify *verify, struct mailseal_bytes *ret_text);
/* Received-SPF (RFC 7208 9.1), one field an identity that was checked; may be empty. */
int mailseal_verify_spf_fields(struct mailseal_verify *verify, struct mailseal_bytes *ret_text);
/*
 * Authentication-Results fields of the message that claim to be the receiver's own: delete them
 * before you add yours. Last first, so that each can be cut out in turn. MAILSEAL_BAD_ORDER until
 * the first run, and without mailseal_verify_set_receiver(). Valid until it is called again.
 */
int mailseal_verify_forged_fields(struct mailseal_verify *verify,
				  const struct mailseal_field **ret_fields, size_t *ret_count);

#ifdef __cplusplus
}
#endif

#endif
