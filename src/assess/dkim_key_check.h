/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What one DKIM key record is worth. */
#ifndef MAILSEAL_ASSESS_DKIM_KEY_CHECK_H
#define MAILSEAL_ASSESS_DKIM_KEY_CHECK_H

#include "assess/assessment.h"
#include "records/dkim_key.h"

/* RFC 8301 3.2: verifiers must not accept RSA keys below 1024 bits; signers should use 2048. */
#define DKIM_RSA_LEAST_BITS 1024
#define DKIM_RSA_GOOD_BITS 2048
/* RFC 8301 3.2: verifiers need not handle more. */
#define DKIM_RSA_HANDLED_BITS 4096

/* True when a verifier that keeps to the RFCs can use the key. A misplaced v= is overlooked. */
bool dkim_key_is_usable(const struct dkim_key *key);
/*
 * Adds the findings about the key, subject being the name it stands at. True when there was
 * nothing to object to.
 */
bool dkim_key_report(struct assessment *a, const struct dkim_key *key, struct span subject);

#endif
