/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One real TLS handshake and what lies behind it, by libssl over memory: octets in, octets out, no
 * sockets. Nothing is verified while it runs (see crypto/x509_trust.h); everything that this
 * library can still speak is allowed, however weak.
 */
#ifndef MAILSEAL_NET_TLS_SESSION_H
#define MAILSEAL_NET_TLS_SESSION_H

#include "crypto/tls_suite.h"

#define TLS_SESSION_MAX_CHAIN 20
#define TLS_SESSION_MAX_CHAIN_BYTES 90000
#define TLS_SESSION_MAX_OCSP_BYTES 20000

/* Shared by all sessions of a run. */
struct tls_client;

struct tls_session_options {
	struct span server_name; /* empty: no SNI */
	enum tls_auth key;	 /* TLS_AUTH_RSA, TLS_AUTH_ECDSA: only such certificates; or any */
	uint16_t max_version;	 /* 0: the highest */
};

enum tls_session_state {
	TLS_SESSION_MORE,   /* handshake under way */
	TLS_SESSION_OPEN,   /* data may flow; newly received is in `data` */
	TLS_SESSION_CLOSED, /* the server ended TLS */
	TLS_SESSION_FAILED, /* see tls_session_error() */
};

/* What an open session shows. Spans live in the arena. */
struct tls_session_view {
	uint16_t version;
	uint32_t suite;
	uint16_t group;	 /* 0: not known */
	uint16_t scheme; /* 0: not known */
	struct span chain[TLS_SESSION_MAX_CHAIN];
	size_t chain_count;
	bool is_chain_cut;
	struct span ocsp;
	bool asks_certificate;
	uint32_t early_data_bytes; /* of tickets that have come so far */
	bool has_secure_renegotiation;
	bool has_master_secret;
};

struct tls_session;

int tls_client_new(struct tls_client **ret_client, struct failure *reterr) MUST_CHECK;
void tls_client_free(struct tls_client *client);

/* NULL when memory is out. The client must outlive it. */
struct tls_session *tls_session_new(struct tls_client *client,
				    const struct tls_session_options *options);
void tls_session_free(struct tls_session *session);
/* Takes what came (nothing to begin with), appends what is to be sent and the decrypted data. */
enum tls_session_state tls_session_receive(struct tls_session *session, struct span octets,
					   struct buffer *send, struct buffer *data);
/* Encrypts. */
enum tls_session_state tls_session_write(struct tls_session *session, struct span text,
					 struct buffer *send);
/* RFC 5246: asks for a new handshake; then go on receiving. False when it cannot be asked. */
bool tls_session_renegotiate(struct tls_session *session, struct buffer *send);
/* True while the handshake asked for is under way. */
bool tls_session_is_renegotiating(const struct tls_session *session);
struct tls_session_view tls_session_view(struct arena *arena, const struct tls_session *session);
/* The same of a connection that another library made with libssl: ssl is its SSL *. */
struct tls_session_view tls_session_view_of(struct arena *arena, void *ssl);
/* The library's word for what failed. Static or of the session. */
struct span tls_session_error(const struct tls_session *session);

#endif
