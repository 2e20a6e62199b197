/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Private keys by OpenSSL. */
#include "crypto/private_key.h"

#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/digest_evp.h"

/* RSA signatures are as long as the modulus. */
#define SIGNATURE_MAX (PUBLIC_KEY_MAX_BITS / 8)

struct private_key {
	EVP_PKEY *pkey;
	enum key_kind kind;
};

/* Says why in the library's words and forgets its error queue. */
static int fail(struct failure *reterr, const char *what)
{
	char detail[200] = "out of memory";
	unsigned long code = ERR_get_error();
	if (code != 0) {
		ERR_error_string_n(code, detail, sizeof(detail));
	}
	ERR_clear_error();
	return failure_set(reterr, FAILURE_LIBRARY, what, "%s", detail);
}

/* Takes the pkey over, also when it fails. */
static int wrap(EVP_PKEY *pkey, enum key_kind kind, struct private_key **ret_key,
		struct failure *reterr)
{
	struct private_key *key = malloc(sizeof(*key));
	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return failure_set_memory(reterr, "keep a key");
	}
	*key = (struct private_key){pkey, kind};
	*ret_key = key;
	return 0;
}

int private_key_generate(enum key_kind kind, unsigned bits, struct private_key **ret_key,
			 struct failure *reterr)
{
	bool is_rsa = kind == KEY_RSA;
	if (is_rsa && (bits < PUBLIC_KEY_MIN_BITS || bits > PUBLIC_KEY_MAX_BITS)) {
		return failure_set(reterr, FAILURE_INPUT, "generate a key",
				   "%u bits are not between %d and %d", bits, PUBLIC_KEY_MIN_BITS,
				   PUBLIC_KEY_MAX_BITS);
	}
	EVP_PKEY *pkey = is_rsa ? EVP_RSA_gen(bits) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (pkey == NULL) {
		return fail(reterr, "generate a key");
	}
	return wrap(pkey, kind, ret_key, reterr);
}

int private_key_generate_short(unsigned bits, struct private_key **ret_key, struct failure *reterr)
{
	bool is_short = bits >= PUBLIC_KEY_LEGACY_MIN_BITS && bits < PUBLIC_KEY_MIN_BITS;
	EVP_PKEY *pkey = is_short ? EVP_RSA_gen(bits) : NULL;
	if (pkey == NULL) {
		return fail(reterr, "generate a key");
	}
	return wrap(pkey, KEY_RSA, ret_key, reterr);
}

/* A key with a password is refused instead of asked about. */
static int no_password(char *password, int size, int is_writing, void *context)
{
	return 0;
}

int private_key_read_pem(struct span pem, struct private_key **ret_key, struct failure *reterr)
{
	if (pem.len == 0 || pem.len > PRIVATE_KEY_PEM_MAX) {
		return failure_set(reterr, FAILURE_INPUT, "read a private key",
				   "%zu octets are no PEM key", pem.len);
	}
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	if (pkey == NULL) {
		return fail(reterr, "read a private key");
	}
	int id = EVP_PKEY_get_id(pkey);
	if (id != EVP_PKEY_RSA && id != EVP_PKEY_ED25519) {
		EVP_PKEY_free(pkey);
		return failure_set(reterr, FAILURE_INPUT, "read a private key",
				   "it is neither RSA nor Ed25519");
	}
	if (EVP_PKEY_get_bits(pkey) > PUBLIC_KEY_MAX_BITS) {
		EVP_PKEY_free(pkey);
		return failure_set(reterr, FAILURE_INPUT, "read a private key",
				   "it has more than %d bits", PUBLIC_KEY_MAX_BITS);
	}
	return wrap(pkey, id == EVP_PKEY_RSA ? KEY_RSA : KEY_ED25519, ret_key, reterr);
}

int private_key_write_pem(const struct private_key *key, struct buffer *pem, struct failure *reterr)
{
	char *text = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio == NULL ||
	    PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(bio);
		return fail(reterr, "write a private key");
	}
	long len = BIO_get_mem_data(bio, &text);
	buffer_append(pem, span_of(text, (size_t)len));
	BIO_free(bio);
	return pem->is_failed ? failure_set_memory(reterr, "write a private key") : 0;
}

void private_key_free(struct private_key *key)
{
	if (key != NULL) {
		EVP_PKEY_free(key->pkey);
		free(key);
	}
}

enum key_kind private_key_kind(const struct private_key *key)
{
	return key->kind;
}

unsigned private_key_bits(const struct private_key *key)
{
	return (unsigned)EVP_PKEY_get_bits(key->pkey);
}

static bool write_ed25519(const struct private_key *key, struct buffer *octets)
{
	unsigned char raw[PUBLIC_KEY_ED25519_LEN];
	size_t len = sizeof(raw);
	if (EVP_PKEY_get_raw_public_key(key->pkey, raw, &len) != 1) {
		return false;
	}
	buffer_append(octets, span_of(raw, len));
	return true;
}

static bool write_spki(const struct private_key *key, struct buffer *octets)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key->pkey, &der);
	if (len <= 0) {
		return false;
	}
	buffer_append(octets, span_of(der, (size_t)len));
	OPENSSL_free(der);
	return true;
}

int private_key_write_public(const struct private_key *key, struct buffer *octets,
			     struct failure *reterr)
{
	bool is_written =
		key->kind == KEY_RSA ? write_spki(key, octets) : write_ed25519(key, octets);
	if (!is_written) {
		return fail(reterr, "write a public key");
	}
	return octets->is_failed ? failure_set_memory(reterr, "write a public key") : 0;
}

static bool sign_rsa(const struct private_key *key, enum digest_kind kind, struct span digest,
		     unsigned char *signature, size_t *len)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL /* engine */);
	bool is_signed = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
			 EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
			 EVP_PKEY_CTX_set_signature_md(context, digest_evp(kind)) == 1 &&
			 EVP_PKEY_sign(context, signature, len, (const unsigned char *)digest.ptr,
				       digest.len) == 1;
	EVP_PKEY_CTX_free(context);
	return is_signed;
}

static bool sign_ed25519(const struct private_key *key, struct span digest,
			 unsigned char *signature, size_t *len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_signed = context != NULL &&
			 EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
			 EVP_DigestSign(context, signature, len, (const unsigned char *)digest.ptr,
					digest.len) == 1;
	EVP_MD_CTX_free(context);
	return is_signed;
}

int private_key_sign(const struct private_key *key, enum digest_kind kind, struct span digest,
		     struct buffer *signature, struct failure *reterr)
{
	unsigned char octets[SIGNATURE_MAX];
	size_t len = sizeof(octets);
	bool is_signed = key->kind == KEY_RSA ? sign_rsa(key, kind, digest, octets, &len)
					      : sign_ed25519(key, digest, octets, &len);
	if (!is_signed) {
		return fail(reterr, "sign");
	}
	buffer_append(signature, span_of(octets, len));
	return signature->is_failed ? failure_set_memory(reterr, "sign") : 0;
}
