/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 6960: what a stapled OCSP response says about a certificate. */
#ifndef MAILSEAL_CRYPTO_OCSP_H
#define MAILSEAL_CRYPTO_OCSP_H

#include "base/base.h"

/* Responders answer for one certificate, some for a handful. */
#define OCSP_MAX_ANSWERS 100

enum ocsp_status {
	OCSP_GOOD,
	OCSP_REVOKED,
	OCSP_UNKNOWN,	/* the responder does not know the certificate */
	OCSP_ERROR,	/* the responder gave no answer: "try later" and the like */
	OCSP_OTHER,	/* about other certificates, or the issuer was not sent */
	OCSP_FORGED,	/* not signed by the issuer or by somebody it named for that */
	OCSP_MALFORMED, /* cannot be read */
};

/* The times hold for GOOD, REVOKED and UNKNOWN; comparing them with now is for the judge. */
struct ocsp_view {
	enum ocsp_status status;
	int64_t revoked_at;  /* 0: not revoked, or not told */
	int64_t this_update; /* the status was right then */
	int64_t next_update; /* newer ones are there from then on; 0: at any time */
};

/* chain: DER, the leaf first; its issuer is looked for among the others. */
struct ocsp_view ocsp_read(struct span response, const struct span *chain, size_t count);
/* "good", "revoked". Static. */
const char *ocsp_status_name(enum ocsp_status status);

#endif
