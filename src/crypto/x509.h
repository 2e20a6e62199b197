/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What stands in a certificate, and whether a name is among those it is for. */
#ifndef MAILSEAL_CRYPTO_X509_H
#define MAILSEAL_CRYPTO_X509_H

#include "crypto/tls_suite.h"

/* Honest certificates of shared hosts have up to some hundred names. */
#define X509_MAX_NAMES 1000
#define X509_MAX_TEXT 1000
/* RFC 5280 4.1.2.2: at most 20 octets; longer ones are seen. */
#define X509_MAX_SERIAL 64

enum x509_key_type {
	X509_KEY_OTHER,
	X509_KEY_RSA,
	X509_KEY_RSA_PSS,
	X509_KEY_EC,
	X509_KEY_ED25519,
	X509_KEY_ED448,
	X509_KEY_DSA,
};

struct x509_view {
	struct span subject; /* RFC 2253 text, what is not printable escaped */
	struct span issuer;
	struct span serial; /* hexadecimal */
	int64_t not_before;
	int64_t not_after;
	bool has_bad_dates; /* a date cannot be read, or the end is before the beginning */
	enum x509_key_type key_type;
	unsigned key_bits;
	struct span curve;     /* "prime256v1"; empty when not EC */
	struct span signature; /* "sha256WithRSAEncryption" */
	enum tls_hash signature_hash;
	struct span *names; /* dNSName of subjectAltName, as sent, printable ones only */
	size_t name_count;
	bool has_names_cut;
	bool is_self_issued; /* subject equals issuer */
	bool is_self_signed; /* and the key signs the certificate itself */
	bool is_ca;
	bool has_extended_usage;
	bool is_for_servers; /* serverAuth or any, or no extended usage at all */
	bool has_key_usage;
	bool may_sign;		      /* digitalSignature, or no key usage at all */
	bool may_encrypt_key;	      /* keyEncipherment, or no key usage at all */
	bool must_staple;	      /* RFC 7633: status_request */
	struct span spki;	      /* DER of the SubjectPublicKeyInfo */
	struct span fingerprint;      /* SHA-256 of all, hexadecimal */
	struct span spki_fingerprint; /* SHA-256 of spki, hexadecimal: TLSA 3 1 1 */
};

/* Reads a certificate. False when it is none. Spans live in the arena. */
bool x509_view_read(struct arena *arena, struct span der, struct x509_view *ret_view) MUST_CHECK;
/*
 * RFC 9525 6.3: is name (canonical) one of the certificate's? A wildcard is the whole leftmost
 * label and stands for exactly one; the common name does not count.
 */
bool x509_has_name(const struct x509_view *view, struct span name);
/* "RSA", "EC", "Ed25519". Static. */
const char *x509_key_type_name(enum x509_key_type type);

#endif
