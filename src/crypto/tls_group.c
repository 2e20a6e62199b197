/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tables of groups and signature schemes, by the IANA registry of TLS parameters. */
#include "crypto/tls_suite.h"

const struct tls_group tls_groups[] = {
	/* RFC 4492: retired by RFC 8422, and still there on old servers */
	{0x0001, "sect163k1", TLS_GROUP_EC, 163, false},
	{0x0002, "sect163r1", TLS_GROUP_EC, 163, false},
	{0x0003, "sect163r2", TLS_GROUP_EC, 163, false},
	{0x0004, "sect193r1", TLS_GROUP_EC, 193, false},
	{0x0005, "sect193r2", TLS_GROUP_EC, 193, false},
	{0x0006, "sect233k1", TLS_GROUP_EC, 233, false},
	{0x0007, "sect233r1", TLS_GROUP_EC, 233, false},
	{0x0008, "sect239k1", TLS_GROUP_EC, 239, false},
	{0x0009, "sect283k1", TLS_GROUP_EC, 283, false},
	{0x000a, "sect283r1", TLS_GROUP_EC, 283, false},
	{0x000b, "sect409k1", TLS_GROUP_EC, 409, false},
	{0x000c, "sect409r1", TLS_GROUP_EC, 409, false},
	{0x000d, "sect571k1", TLS_GROUP_EC, 571, false},
	{0x000e, "sect571r1", TLS_GROUP_EC, 571, false},
	{0x000f, "secp160k1", TLS_GROUP_EC, 160, false},
	{0x0010, "secp160r1", TLS_GROUP_EC, 160, false},
	{0x0011, "secp160r2", TLS_GROUP_EC, 160, false},
	{0x0012, "secp192k1", TLS_GROUP_EC, 192, false},
	{0x0013, "secp192r1", TLS_GROUP_EC, 192, false},
	{0x0014, "secp224k1", TLS_GROUP_EC, 224, false},
	{0x0015, "secp224r1", TLS_GROUP_EC, 224, false},
	{0x0016, "secp256k1", TLS_GROUP_EC, 256, false},
	{0x0017, "secp256r1", TLS_GROUP_EC, 256, true},
	{0x0018, "secp384r1", TLS_GROUP_EC, 384, true},
	{0x0019, "secp521r1", TLS_GROUP_EC, 521, true},
	{0x001a, "brainpoolP256r1", TLS_GROUP_EC, 256, false},
	{0x001b, "brainpoolP384r1", TLS_GROUP_EC, 384, false},
	{0x001c, "brainpoolP512r1", TLS_GROUP_EC, 512, false},
	{0x001d, "x25519", TLS_GROUP_EC, 255, true},
	{0x001e, "x448", TLS_GROUP_EC, 448, true},
	/* RFC 8734 */
	{0x001f, "brainpoolP256r1tls13", TLS_GROUP_EC, 256, true},
	{0x0020, "brainpoolP384r1tls13", TLS_GROUP_EC, 384, true},
	{0x0021, "brainpoolP512r1tls13", TLS_GROUP_EC, 512, true},
	/* RFC 7919 */
	{0x0100, "ffdhe2048", TLS_GROUP_FFDHE, 2048, true},
	{0x0101, "ffdhe3072", TLS_GROUP_FFDHE, 3072, true},
	{0x0102, "ffdhe4096", TLS_GROUP_FFDHE, 4096, true},
	{0x0103, "ffdhe6144", TLS_GROUP_FFDHE, 6144, true},
	{0x0104, "ffdhe8192", TLS_GROUP_FFDHE, 8192, true},
	{0x0200, "MLKEM512", TLS_GROUP_KEM, 0, true},
	{0x0201, "MLKEM768", TLS_GROUP_KEM, 0, true},
	{0x0202, "MLKEM1024", TLS_GROUP_KEM, 0, true},
	{0x11eb, "SecP256r1MLKEM768", TLS_GROUP_HYBRID, 256, true},
	{0x11ec, "X25519MLKEM768", TLS_GROUP_HYBRID, 255, true},
	{0x11ed, "SecP384r1MLKEM1024", TLS_GROUP_HYBRID, 384, true},
	/* the draft that came before ML-KEM was final */
	{0x6399, "X25519Kyber768Draft00", TLS_GROUP_HYBRID, 255, true},
};
const size_t tls_group_count = sizeof(tls_groups) / sizeof(tls_groups[0]);

const struct tls_scheme tls_schemes[] = {
	{0x0101, "rsa_md5", TLS_HASH_MD5, TLS_AUTH_RSA},
	{0x0201, "rsa_pkcs1_sha1", TLS_HASH_SHA1, TLS_AUTH_RSA},
	{0x0202, "dsa_sha1", TLS_HASH_SHA1, TLS_AUTH_DSS},
	{0x0203, "ecdsa_sha1", TLS_HASH_SHA1, TLS_AUTH_ECDSA},
	{0x0301, "rsa_pkcs1_sha224", TLS_HASH_SHA224, TLS_AUTH_RSA},
	{0x0302, "dsa_sha224", TLS_HASH_SHA224, TLS_AUTH_DSS},
	{0x0303, "ecdsa_sha224", TLS_HASH_SHA224, TLS_AUTH_ECDSA},
	{0x0401, "rsa_pkcs1_sha256", TLS_HASH_SHA256, TLS_AUTH_RSA},
	{0x0402, "dsa_sha256", TLS_HASH_SHA256, TLS_AUTH_DSS},
	{0x0403, "ecdsa_secp256r1_sha256", TLS_HASH_SHA256, TLS_AUTH_ECDSA},
	{0x0501, "rsa_pkcs1_sha384", TLS_HASH_SHA384, TLS_AUTH_RSA},
	{0x0502, "dsa_sha384", TLS_HASH_SHA384, TLS_AUTH_DSS},
	{0x0503, "ecdsa_secp384r1_sha384", TLS_HASH_SHA384, TLS_AUTH_ECDSA},
	{0x0601, "rsa_pkcs1_sha512", TLS_HASH_SHA512, TLS_AUTH_RSA},
	{0x0602, "dsa_sha512", TLS_HASH_SHA512, TLS_AUTH_DSS},
	{0x0603, "ecdsa_secp521r1_sha512", TLS_HASH_SHA512, TLS_AUTH_ECDSA},
	{0x0804, "rsa_pss_rsae_sha256", TLS_HASH_SHA256, TLS_AUTH_RSA},
	{0x0805, "rsa_pss_rsae_sha384", TLS_HASH_SHA384, TLS_AUTH_RSA},
	{0x0806, "rsa_pss_rsae_sha512", TLS_HASH_SHA512, TLS_AUTH_RSA},
	{0x0807, "ed25519", TLS_HASH_NONE, TLS_AUTH_ECDSA},
	{0x0808, "ed448", TLS_HASH_NONE, TLS_AUTH_ECDSA},
	{0x0809, "rsa_pss_pss_sha256", TLS_HASH_SHA256, TLS_AUTH_RSA},
	{0x080a, "rsa_pss_pss_sha384", TLS_HASH_SHA384, TLS_AUTH_RSA},
	{0x080b, "rsa_pss_pss_sha512", TLS_HASH_SHA512, TLS_AUTH_RSA},
};
const size_t tls_scheme_count = sizeof(tls_schemes) / sizeof(tls_schemes[0]);

const struct tls_group *tls_group_find(uint16_t id)
{
	for (size_t i = 0; i < tls_group_count; i++) {
		if (tls_groups[i].id == id) {
			return &tls_groups[i];
		}
	}
	return NULL;
}

const char *tls_group_name(uint16_t id)
{
	const struct tls_group *group = tls_group_find(id);
	return group != NULL ? group->name : NULL;
}

const struct tls_scheme *tls_scheme_find(uint16_t id)
{
	for (size_t i = 0; i < tls_scheme_count; i++) {
		if (tls_schemes[i].id == id) {
			return &tls_schemes[i];
		}
	}
	return NULL;
}
