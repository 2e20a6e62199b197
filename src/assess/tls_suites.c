/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Sorts cipher suites by their parts. */
#include "assess/tls_suites.h"

#define NAMED_MAX 4

static bool is_anonymous(const struct tls_suite *suite)
{
	return tls_kx_info(suite->kx)->auth == TLS_AUTH_NONE;
}

static bool is_forward_secret(const struct tls_suite *suite)
{
	return suite->kx == TLS_KX_ANY || tls_kx_info(suite->kx)->is_ephemeral;
}

static bool is_ccm8(const struct tls_suite *suite)
{
	return suite->cipher == TLS_CIPHER_AES_128_CCM_8 ||
	       suite->cipher == TLS_CIPHER_AES_256_CCM_8;
}

static bool is_gcm_of_aes(const struct tls_suite *suite)
{
	return suite->cipher == TLS_CIPHER_AES_128_GCM || suite->cipher == TLS_CIPHER_AES_256_GCM;
}

/* CAMELLIA and ARIA, in whatever mode. */
static bool is_rare(const struct tls_suite *suite)
{
	switch (suite->cipher) {
	case TLS_CIPHER_CAMELLIA_128_CBC:
	case TLS_CIPHER_CAMELLIA_256_CBC:
	case TLS_CIPHER_CAMELLIA_128_GCM:
	case TLS_CIPHER_CAMELLIA_256_GCM:
	case TLS_CIPHER_ARIA_128_CBC:
	case TLS_CIPHER_ARIA_256_CBC:
	case TLS_CIPHER_ARIA_128_GCM:
	case TLS_CIPHER_ARIA_256_GCM:
		return true;
	default:
		return false;
	}
}

static bool is_later(const struct tls_suite *suite)
{
	if (suite->kx == TLS_KX_ANY || is_anonymous(suite) || !is_forward_secret(suite) ||
	    suite->mac == TLS_MAC_SHA || suite->mac == TLS_MAC_MD5 || is_ccm8(suite)) {
		return false;
	}
	return tls_kx_info(suite->kx)->is_dh || !tls_cipher_is_aead(suite->cipher) ||
	       is_rare(suite);
}

static bool is_good(const struct tls_suite *suite)
{
	if (suite->kx == TLS_KX_ANY) {
		return !is_ccm8(suite) && suite->id <= 0xffff;
	}
	return is_gcm_of_aes(suite) &&
	       (suite->kx == TLS_KX_ECDHE_ECDSA || suite->kx == TLS_KX_ECDHE_RSA);
}

static bool is_obsolete(const struct tls_suite *suite)
{
	return suite->cipher == TLS_CIPHER_RC2_CBC || suite->cipher == TLS_CIPHER_IDEA_CBC ||
	       suite->cipher == TLS_CIPHER_SEED_CBC;
}

static bool is_export(const struct tls_suite *suite)
{
	return tls_kx_info(suite->kx)->is_export || suite->cipher == TLS_CIPHER_RC4_40 ||
	       suite->cipher == TLS_CIPHER_RC4_56 || suite->cipher == TLS_CIPHER_RC2_CBC_40 ||
	       suite->cipher == TLS_CIPHER_DES40_CBC;
}

bool suite_is(const struct tls_suite *suite, enum suite_kind kind)
{
	switch (kind) {
	case SUITE_NULL:
		return suite->cipher == TLS_CIPHER_NULL;
	case SUITE_EXPORT:
		return is_export(suite);
	case SUITE_ANON:
		return is_anonymous(suite);
	case SUITE_RC4:
		return suite->cipher == TLS_CIPHER_RC4_128 || suite->cipher == TLS_CIPHER_RC4_40 ||
		       suite->cipher == TLS_CIPHER_RC4_56;
	case SUITE_DES:
		return suite->cipher == TLS_CIPHER_DES_CBC || suite->cipher == TLS_CIPHER_DES40_CBC;
	case SUITE_3DES:
		return suite->cipher == TLS_CIPHER_TRIPLE_DES_EDE_CBC;
	case SUITE_MD5:
		return suite->mac == TLS_MAC_MD5;
	case SUITE_OBSOLETE:
		return is_obsolete(suite);
	case SUITE_STATIC:
		return !is_forward_secret(suite) && !is_anonymous(suite);
	case SUITE_CBC_SHA1:
		return is_forward_secret(suite) && !is_anonymous(suite) &&
		       suite->mac == TLS_MAC_SHA && suite->cipher > TLS_CIPHER_RC4_128;
	case SUITE_CCM8:
		return is_ccm8(suite);
	case SUITE_LATER:
		return is_later(suite);
	case SUITE_GOOD:
		return is_good(suite);
	case SUITE_KIND_COUNT:
		break;
	}
	return false;
}

bool suite_fits_version(const struct tls_suite *suite, uint16_t version)
{
	if (version == TLS_VERSION_SSL2) {
		return suite->id > 0xffff;
	}
	if (version == TLS_VERSION_13 || suite->kx == TLS_KX_ANY || suite->id > 0xffff) {
		return version == TLS_VERSION_13 && suite->kx == TLS_KX_ANY && suite->id <= 0xffff;
	}
	/* RFC 5246 A.5: AEAD and SHA-2 came with TLS 1.2 */
	return version == TLS_VERSION_12 || suite->mac == TLS_MAC_SHA || suite->mac == TLS_MAC_MD5;
}

struct probe suite_asked(const struct endpoint_version *version, const struct tls_suite *suite)
{
	struct probe probe = endpoint_suite(version, suite->id);
	bool is_open = probe.answer == PROBE_UNKNOWN && probe_is_yes(version->is_accepted);
	return is_open && version->is_complete ? probe_of(false) : probe;
}

struct probe suite_kind_accepted(struct arena *arena, const struct smtp_endpoint *smtp,
				 enum suite_kind kind, struct span *ret_names)
{
	struct probe result = probe_of(false);
	size_t named = 0;
	for (size_t v = ENDPOINT_VERSIONS; v-- > 0;) {
		const struct endpoint_version *version = &smtp->versions[v];
		for (size_t i = 0; i < tls_suite_count; i++) {
			const struct tls_suite *suite = &tls_suites[i];
			if (!suite_is(suite, kind) ||
			    !suite_fits_version(suite, version->version)) {
				continue;
			}
			struct probe asked = suite_asked(version, suite);
			if (probe_is_yes(asked) && named < NAMED_MAX) {
				struct span names = named == 0 ? SPAN("") : *ret_names;
				*ret_names = arena_printf(arena, "%.*s%s%s", SPAN_ARG(names),
							  named == 0 ? "" : ", ",
							  tls_suite_name(suite->id).text);
				named++;
			}
			if (probe_is_yes(asked) ||
			    (asked.answer == PROBE_UNKNOWN && !probe_is_yes(result))) {
				result = asked;
			}
		}
	}
	return result;
}

const char *suite_exchange_word(const struct tls_suite *suite)
{
	const struct tls_kx_info *info = tls_kx_info(suite->kx);
	if (suite->kx == TLS_KX_ANY) {
		return "tls1.3";
	}
	if (info->is_export) {
		return "export";
	}
	if (info->auth == TLS_AUTH_NONE) {
		return "anonymous";
	}
	if (info->is_ec) {
		return info->is_ephemeral ? "ecdhe" : "ecdh";
	}
	if (info->is_dh) {
		return info->is_ephemeral ? "dhe" : "dh";
	}
	return "rsa";
}

const char *suite_cipher_word(const struct tls_suite *suite)
{
	static const char *const words[TLS_CIPHER_COUNT] = {
		[TLS_CIPHER_NULL] = "null",
		[TLS_CIPHER_RC4_40] = "rc4",
		[TLS_CIPHER_RC4_56] = "rc4",
		[TLS_CIPHER_RC4_128] = "rc4",
		[TLS_CIPHER_RC2_CBC_40] = "rc2",
		[TLS_CIPHER_RC2_CBC] = "rc2",
		[TLS_CIPHER_IDEA_CBC] = "idea",
		[TLS_CIPHER_DES40_CBC] = "des",
		[TLS_CIPHER_DES_CBC] = "des",
		[TLS_CIPHER_TRIPLE_DES_EDE_CBC] = "3des",
		[TLS_CIPHER_SEED_CBC] = "seed",
		[TLS_CIPHER_AES_128_CBC] = "aes128-cbc",
		[TLS_CIPHER_AES_256_CBC] = "aes256-cbc",
		[TLS_CIPHER_CAMELLIA_128_CBC] = "camellia",
		[TLS_CIPHER_CAMELLIA_256_CBC] = "camellia",
		[TLS_CIPHER_ARIA_128_CBC] = "aria",
		[TLS_CIPHER_ARIA_256_CBC] = "aria",
		[TLS_CIPHER_AES_128_CCM_8] = "ccm8",
		[TLS_CIPHER_AES_256_CCM_8] = "ccm8",
		[TLS_CIPHER_AES_128_CCM] = "aes128-ccm",
		[TLS_CIPHER_AES_256_CCM] = "aes256-ccm",
		[TLS_CIPHER_AES_128_GCM] = "aes128-gcm",
		[TLS_CIPHER_AES_256_GCM] = "aes256-gcm",
		[TLS_CIPHER_CAMELLIA_128_GCM] = "camellia",
		[TLS_CIPHER_CAMELLIA_256_GCM] = "camellia",
		[TLS_CIPHER_ARIA_128_GCM] = "aria",
		[TLS_CIPHER_ARIA_256_GCM] = "aria",
		[TLS_CIPHER_CHACHA20_POLY1305] = "chacha20",
		[TLS_CIPHER_CHACHA20_POLY1305_DRAFT] = "chacha20-draft",
	};
	return words[suite->cipher];
}

const char *suite_mac_word(const struct tls_suite *suite)
{
	static const char *const words[TLS_MAC_COUNT] = {
		[TLS_MAC_NONE] = "aead",     [TLS_MAC_MD5] = "md5",	  [TLS_MAC_SHA] = "sha1",
		[TLS_MAC_SHA256] = "sha256", [TLS_MAC_SHA384] = "sha384",
	};
	return tls_cipher_is_aead(suite->cipher) ? "aead" : words[suite->mac];
}

const char *certificate_key_word(struct arena *arena, const struct x509_view *view)
{
	switch (view->key_type) {
	case X509_KEY_RSA:
	case X509_KEY_RSA_PSS:
		return arena_printf(arena, "rsa%u", view->key_bits).ptr;
	case X509_KEY_EC:
		return arena_printf(arena, "ec%u", view->key_bits).ptr;
	case X509_KEY_ED25519:
		return "ed25519";
	case X509_KEY_ED448:
		return "ed448";
	case X509_KEY_DSA:
		return "dsa";
	case X509_KEY_OTHER:
		break;
	}
	return "other";
}
