/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Authenticate one message: feed it, say how it came, settle what must be asked. */
#ifndef MAILSEAL_SERVICE_VERIFY_H
#define MAILSEAL_SERVICE_VERIFY_H

#include "authenticate/message_check.h"
#include "facts/settle.h"

/* Header, signatures and the judgement of one message. */
#define VERIFY_MAIL_BYTES ((size_t)16 << 20)
#define VERIFY_JUDGE_BYTES ((size_t)16 << 20)

struct verification;

/* NULL when memory is out. */
struct verification *verification_new(enum line_ends line_ends);
/* The same for a message of a file that is to be signed or sealed: its mail can be handed to
 * sign_dkim() and sign_arc(). */
struct verification *verification_new_for_signing(void);
void verification_free(struct verification *verification);
void verification_feed(struct verification *verification, struct span chunk);
/* Nothing follows: the header can be read. */
int verification_end(struct verification *verification, const struct message **ret_message,
		     struct failure *reterr) MUST_CHECK;
/* After verification_end(). */
const struct mail *verification_mail(const struct verification *verification);
/*
 * Judges. envelope is copied; its spans must outlive the result, which lives as long as the
 * verification and the facts.
 */
int verification_run(struct verification *verification, const struct envelope *envelope,
		     const struct message_check_options *options, struct facts *facts,
		     struct fact_source *source, const struct message_check **ret_check,
		     struct failure *reterr) MUST_CHECK;

#endif
