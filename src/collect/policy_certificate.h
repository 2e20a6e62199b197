/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Is this the certificate of a policy host? Pure. */
#ifndef MAILSEAL_COLLECT_POLICY_CERTIFICATE_H
#define MAILSEAL_COLLECT_POLICY_CERTIFICATE_H

#include "crypto/x509_trust.h"

struct policy_certificate {
	const struct span *chain; /* DER, leaf first */
	size_t chain_count;
	struct span host; /* canonical: one of the leaf's names */
	int64_t now;
};

/*
 * All that is wrong with it, in words, so that each fault is told: not trusted (the verifier's
 * word), for other names, not in date. Empty when a sender takes it.
 */
struct span policy_certificate_fault(struct arena *arena, const struct x509_trust_store *trust,
				     const struct policy_certificate *certificate);

#endif
