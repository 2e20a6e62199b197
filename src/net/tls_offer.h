/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A ClientHello made of any numbers, without cryptography: no handshake is ever finished with it.
 * In TLS 1.3 the list of key shares is empty, so that the server names its group in a
 * HelloRetryRequest (RFC 8446 4.1.4) and none of its groups has to be known to us.
 */
#ifndef MAILSEAL_NET_TLS_OFFER_H
#define MAILSEAL_NET_TLS_OFFER_H

#include "crypto/tls_suite.h"

#define TLS_RANDOM_LEN 32
/* The largest hello we write. */
#define TLS_OFFER_MAX_BYTES 20000

struct tls_offer {
	uint16_t version; /* the highest; TLS 1.3 is offered alone, the others with all below */
	const uint32_t *suites; /* best first; SSL 2 kinds with TLS_VERSION_SSL2 */
	size_t suite_count;
	const uint16_t *groups; /* none: no extension */
	size_t group_count;
	const uint16_t *schemes; /* from TLS 1.2 on; none: no extension */
	size_t scheme_count;
	struct span server_name; /* empty: no SNI */
	bool offers_deflate;
	bool offers_unknown; /* a version and an extension nobody knows (RFC 8701) */
	size_t padded_bytes; /* the hello is filled up to this; 0: not */
	uint8_t random[TLS_RANDOM_LEN];
};

/* Appends the record, or for SSL 2 the message; records of at most 16 kB. */
void tls_offer_write(const struct tls_offer *offer, struct buffer *out);

#endif
