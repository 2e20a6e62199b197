/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Validates the ARC chain of a message (RFC 8617 5.2): who handled it, and did the last one find it
 * as the others left it? An experiment that is being retired; a pass here says nothing about the
 * author and never makes a failed DMARC check pass. A restartable judge.
 */
#ifndef MAILSEAL_AUTHENTICATE_ARC_H
#define MAILSEAL_AUTHENTICATE_ARC_H

#include "authenticate/dkim.h"

/*
 * DNS questions of one chain: the newest message signature and every seal. Together with
 * MAIL_MAX_SIGNATURES this bounds the keys asked for by one message.
 */
#define ARC_MAX_QUESTIONS (ARC_MAX_INSTANCE + 1)

enum arc_reason {
	ARC_REASON_NONE,	 /* no chain, or one that holds */
	ARC_REASON_LIMIT,	 /* more ARC fields than 50 sets have, or the header is cut */
	ARC_REASON_INSTANCE,	 /* a field has no valid i= */
	ARC_REASON_DUPLICATE,	 /* a set has two fields of a kind */
	ARC_REASON_MISSING,	 /* a set lacks a field, or there is a gap */
	ARC_REASON_CHAIN_VALUE,	 /* cv= is not none in the first set, or not pass in a later one */
	ARC_REASON_CHAIN_FAILED, /* the newest set says cv=fail */
	ARC_REASON_MESSAGE,	 /* the newest ARC-Message-Signature does not hold */
	ARC_REASON_SEAL,	 /* an ARC-Seal does not hold */
	ARC_REASON_COUNT,
};

struct arc_set {
	const struct arc_results *results;
	const struct mail_signature *message;
	const struct mail_signature *seal;
	enum dkim_reason seal_reason; /* why the seal does not hold */
	struct dkim_key_check seal_key;
};

struct arc_report {
	enum arc_status status; /* what a seal of ours would say: cv= */
	bool is_unknown; /* a key could not be asked for: the status is fail for want of it */
	enum arc_reason reason;
	unsigned instance;		 /* of the set the reason is about; 0 for the chain */
	enum dkim_reason message_reason; /* of the newest message signature */
	struct dkim_key_check message_key;
	const struct arc_set *sets; /* sets[0] is i=1 */
	size_t set_count;
};

/* NULL only when the arena failed. */
const struct arc_report *arc_validate(struct arena *arena, struct inquiry *inquiry,
				      const struct mail *mail,
				      const struct dkim_key_options *options);
/* Appends the three fields of a set in relaxed form, in the order a seal covers them (RFC 8617
 * 5.1.1). All three must be there. */
void arc_set_write(const struct arc_set *set, struct buffer *text);

/* "none", "pass", "fail". Static. */
const char *arc_status_name(enum arc_status status);
/* A stable word, the paragraph, a sentence. Static. */
const char *arc_reason_name(enum arc_reason reason);
const char *arc_reason_reference(enum arc_reason reason);
const char *arc_reason_explain(enum arc_reason reason);

#endif
