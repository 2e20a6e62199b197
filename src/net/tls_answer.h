/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What a server sends in answer to a hello, read as far as it comes in clear: ServerHello or
 * HelloRetryRequest, and below TLS 1.3 certificate, key exchange parameters and certificate
 * request. Fed in pieces of any size; knows when it has seen enough.
 */
#ifndef MAILSEAL_NET_TLS_ANSWER_H
#define MAILSEAL_NET_TLS_ANSWER_H

#include "crypto/tls_suite.h"

/* All that is read of one answer; a chain of 400 certificates is above it and is cut. */
#define TLS_ANSWER_MAX_BYTES ((size_t)256 << 10)
#define TLS_ANSWER_MAX_CHAIN 20
#define TLS_ANSWER_MAX_KINDS 32

enum tls_answer_kind {
	TLS_ANSWER_NONE,      /* nothing that means anything yet */
	TLS_ANSWER_HELLO,     /* ServerHello */
	TLS_ANSWER_RETRY,     /* HelloRetryRequest: as good as a hello */
	TLS_ANSWER_ALERT,     /* refused, see alert */
	TLS_ANSWER_SSL2,      /* SSL 2 SERVER-HELLO */
	TLS_ANSWER_PLAIN,     /* not TLS at all: text */
	TLS_ANSWER_MALFORMED, /* looks like TLS, and is not */
};

enum {
	TLS_ALERT_HANDSHAKE_FAILURE = 40,
	TLS_ALERT_PROTOCOL_VERSION = 70,
	TLS_ALERT_INTERNAL_ERROR = 80,
	TLS_ALERT_UNRECOGNISED_NAME = 112,
};

struct tls_answer {
	enum tls_answer_kind kind;
	uint8_t alert;
	uint16_t version;
	uint32_t suite;
	uint8_t compression;
	uint16_t group;	   /* of HelloRetryRequest, key share or ServerKeyExchange; 0: none */
	uint16_t scheme;   /* of the ServerKeyExchange's signature, TLS 1.2 only; 0: none */
	unsigned dh_bits;  /* of the prime; 0: no finite field */
	uint16_t dh_group; /* RFC 7919's number when it is one of its primes */
	bool has_secure_renegotiation;
	bool has_master_secret;
	bool has_encrypt_then_mac;
	bool has_ticket;
	bool has_heartbeat;
	bool asks_certificate;
	bool is_complete;			 /* below TLS 1.3: ServerHelloDone was seen */
	struct span chain[TLS_ANSWER_MAX_CHAIN]; /* DER, leaf first; into the arena */
	size_t chain_count;
	bool is_chain_cut;
	uint32_t kinds[TLS_ANSWER_MAX_KINDS]; /* SSL 2 */
	size_t kind_count;
};

struct tls_answer_reader {
	struct arena *arena;
	struct tls_answer answer;
	struct buffer records;	 /* what is not read yet */
	struct buffer handshake; /* the same of the handshake messages inside */
	size_t total;
	bool is_started;
	bool is_finished;
};

/* The answer's chain lives in the arena. */
struct tls_answer_reader tls_answer_reader_new(struct arena *arena);
void tls_answer_reader_free(struct tls_answer_reader *reader);
/* True when enough was seen; what came is in reader->answer, also before. */
bool tls_answer_receive(struct tls_answer_reader *reader, struct span octets);

#endif
