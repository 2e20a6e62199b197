/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A certificate -> its view, with OpenSSL's parser. */
#include "crypto/x509.h"

#include <limits.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/x509_time.h"

static struct span text_of_bio(struct arena *arena, BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	size_t kept = len > X509_MAX_TEXT ? X509_MAX_TEXT : (size_t)(len > 0 ? len : 0);
	return arena_copy(arena, span_of(data, kept));
}

static struct span read_dn(struct arena *arena, const X509_NAME *dn)
{
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio == NULL) {
		return span_of(NULL, 0);
	}
	/* Escapes everything outside printable ASCII. */
	X509_NAME_print_ex(bio, dn, 0, XN_FLAG_RFC2253);
	struct span text = text_of_bio(arena, bio);
	BIO_free(bio);
	return text;
}

static struct span read_hex(struct arena *arena, struct span octets)
{
	struct buffer text = buffer_new((size_t)4 * X509_MAX_SERIAL);
	number_write_hex(&text, octets);
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

static struct span read_fingerprint(struct arena *arena, struct span octets)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (EVP_Digest(octets.ptr, octets.len, digest, &len, EVP_sha256(), NULL) != 1) {
		return span_of(NULL, 0);
	}
	return read_hex(arena, span_of(digest, len));
}

static struct span read_serial(struct arena *arena, const X509 *x509)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
	struct span octets =
		span_of(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
	return read_hex(arena, span_slice(octets, 0, X509_MAX_SERIAL));
}

static void read_dates(const X509 *x509, struct x509_view *view)
{
	bool is_ok = x509_time_read(X509_get0_notBefore(x509), &view->not_before);
	is_ok = x509_time_read(X509_get0_notAfter(x509), &view->not_after) && is_ok;
	view->has_bad_dates = !is_ok || view->not_after < view->not_before;
}

static enum x509_key_type key_type_of(int id)
{
	switch (id) {
	case EVP_PKEY_RSA:
		return X509_KEY_RSA;
	case EVP_PKEY_RSA_PSS:
		return X509_KEY_RSA_PSS;
	case EVP_PKEY_EC:
		return X509_KEY_EC;
	case EVP_PKEY_ED25519:
		return X509_KEY_ED25519;
	case EVP_PKEY_ED448:
		return X509_KEY_ED448;
	case EVP_PKEY_DSA:
		return X509_KEY_DSA;
	default:
		return X509_KEY_OTHER;
	}
}

static void read_key(struct arena *arena, X509 *x509, struct x509_view *view)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	if (len > 0) {
		view->spki = arena_copy(arena, span_of(der, (size_t)len));
		view->spki_fingerprint = read_fingerprint(arena, view->spki);
		OPENSSL_free(der);
	}
	EVP_PKEY *key = X509_get0_pubkey(x509);
	if (key == NULL) {
		return;
	}
	view->key_type = key_type_of(EVP_PKEY_get_base_id(key));
	view->key_bits = (unsigned)EVP_PKEY_get_bits(key);
	char name[80] = "";
	size_t name_len = 0;
	if (view->key_type == X509_KEY_EC &&
	    EVP_PKEY_get_group_name(key, name, sizeof(name), &name_len) == 1) {
		view->curve = arena_copy(arena, span_of(name, name_len));
	}
}

static enum tls_hash hash_of(int digest)
{
	switch (digest) {
	case NID_md5:
	case NID_md2:
	case NID_md4:
		return TLS_HASH_MD5;
	case NID_sha1:
		return TLS_HASH_SHA1;
	case NID_sha224:
		return TLS_HASH_SHA224;
	case NID_sha256:
		return TLS_HASH_SHA256;
	case NID_sha384:
		return TLS_HASH_SHA384;
	case NID_sha512:
		return TLS_HASH_SHA512;
	default:
		return TLS_HASH_NONE;
	}
}

static void read_signature(struct arena *arena, X509 *x509, struct x509_view *view)
{
	int digest = NID_undef;
	/* Knows RSA-PSS parameters too, where the algorithm's name does not tell the hash. */
	X509_get_signature_info(x509, &digest, NULL, NULL, NULL);
	view->signature_hash = hash_of(digest);
	const char *name = OBJ_nid2ln(X509_get_signature_nid(x509));
	view->signature = arena_copy(arena, span_of_string(name));
}

static size_t count_dns_names(const GENERAL_NAMES *all)
{
	size_t count = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		count += sk_GENERAL_NAME_value(all, i)->type == GEN_DNS ? 1 : 0;
	}
	return count;
}

static void read_names(struct arena *arena, const X509 *x509, struct x509_view *view)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	if (all == NULL) {
		return;
	}
	size_t count = count_dns_names(all);
	view->has_names_cut = count > X509_MAX_NAMES;
	count = view->has_names_cut ? X509_MAX_NAMES : count;
	view->names = arena_alloc(arena, count * sizeof(*view->names));
	for (int i = 0; i < sk_GENERAL_NAME_num(all) && view->name_count < count; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);
		if (name->type != GEN_DNS || view->names == NULL) {
			continue;
		}
		struct span text = span_of(ASN1_STRING_get0_data(name->d.dNSName),
					   (size_t)ASN1_STRING_length(name->d.dNSName));
		/* A NUL or a control character is a trick, not a name. */
		if (text.len <= LIMIT_NAME_TEXT + 1 && text_is_printable(text)) {
			view->names[view->name_count++] = arena_copy(arena, text);
		}
	}
	GENERAL_NAMES_free(all);
}

static void read_usage(X509 *x509, struct x509_view *view)
{
	uint32_t flags = X509_get_extension_flags(x509);
	uint32_t usage = X509_get_key_usage(x509);
	uint32_t extended = X509_get_extended_key_usage(x509);
	view->has_key_usage = (flags & EXFLAG_KUSAGE) != 0;
	view->may_sign = !view->has_key_usage || (usage & KU_DIGITAL_SIGNATURE) != 0;
	view->may_encrypt_key = !view->has_key_usage || (usage & KU_KEY_ENCIPHERMENT) != 0;
	view->has_extended_usage = (flags & EXFLAG_XKUSAGE) != 0;
	view->is_for_servers =
		!view->has_extended_usage || (extended & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
	view->is_ca = X509_check_ca(x509) > 0;
	view->is_self_issued =
		X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
}

/* RFC 7633: the feature extension lists TLS extensions; 5 is status_request. */
static bool read_must_staple(const X509 *x509)
{
	TLS_FEATURE *features = X509_get_ext_d2i(x509, NID_tlsfeature, NULL, NULL);
	bool must_staple = false;
	for (int i = 0; features != NULL && i < sk_ASN1_INTEGER_num(features); i++) {
		must_staple |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == 5;
	}
	TLS_FEATURE_free(features);
	return must_staple;
}

static void fill_view(struct arena *arena, struct span der, X509 *x509, struct x509_view *view)
{
	view->subject = read_dn(arena, X509_get_subject_name(x509));
	view->issuer = read_dn(arena, X509_get_issuer_name(x509));
	view->serial = read_serial(arena, x509);
	view->fingerprint = read_fingerprint(arena, der);
	view->must_staple = read_must_staple(x509);
	read_dates(x509, view);
	read_key(arena, x509, view);
	read_signature(arena, x509, view);
	read_names(arena, x509, view);
	read_usage(x509, view);
	EVP_PKEY *key = X509_get0_pubkey(x509);
	view->is_self_signed = view->is_self_issued && key != NULL && X509_verify(x509, key) == 1;
}

bool x509_view_read(struct arena *arena, struct span der, struct x509_view *ret_view)
{
	const unsigned char *at = (const unsigned char *)der.ptr;
	X509 *x509 = der.len > 0 && der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	if (x509 == NULL) {
		return false;
	}
	struct x509_view view = {0};
	fill_view(arena, der, x509, &view);
	X509_free(x509);
	if (arena_has_failed(arena)) {
		return false;
	}
	*ret_view = view;
	return true;
}

/* The part of a name behind its first label, or nothing. */
static struct span parent_of(struct span name)
{
	const char *dot = name.len > 0 ? memchr(name.ptr, '.', name.len) : NULL;
	return dot != NULL ? span_from(name, (size_t)(dot - name.ptr) + 1) : span_of(NULL, 0);
}

static bool name_matches(struct span pattern, struct span name)
{
	if (span_starts_with(pattern, SPAN("*."))) {
		struct span parent = parent_of(name);
		/* RFC 9525 6.3: "*.example.org" is for a.example.org, not for b.a.example.org. */
		return parent.len > 0 && span_equal_nocase(span_from(pattern, 2), parent);
	}
	return span_equal_nocase(pattern, name);
}

bool x509_has_name(const struct x509_view *view, struct span name)
{
	for (size_t i = 0; i < view->name_count; i++) {
		if (name_matches(view->names[i], name)) {
			return true;
		}
	}
	return false;
}

const char *x509_key_type_name(enum x509_key_type type)
{
	static const char *const names[] = {
		[X509_KEY_OTHER] = "another algorithm",
		[X509_KEY_RSA] = "RSA",
		[X509_KEY_RSA_PSS] = "RSA-PSS",
		[X509_KEY_EC] = "EC",
		[X509_KEY_ED25519] = "Ed25519",
		[X509_KEY_ED448] = "Ed448",
		[X509_KEY_DSA] = "DSA",
	};
	return names[type];
}
