/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Certificates made on the spot. */
#include "certificate.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void require(bool is_ok, const char *what)
{
	if (!is_ok) {
		fprintf(stderr, "cannot make a certificate: %s\n", what);
		abort();
	}
}

static EVP_PKEY *make_key(const char *kind)
{
	if (strncmp(kind, "RSA", 3) == 0) {
		size_t bits = strcmp(kind, "RSA1024") == 0   ? 1024
			      : strcmp(kind, "RSA3072") == 0 ? 3072
							     : 2048;
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
	}
	if (strcmp(kind, "ED25519") == 0) {
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
}

static void add_extension(X509 *x509, int nid, const char *value)
{
	if (value == NULL) {
		return;
	}
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	require(extension != NULL && X509_add_ext(x509, extension, -1) == 1, value);
	X509_EXTENSION_free(extension);
}

static X509_NAME *make_name(const char *common_name)
{
	X509_NAME *name = X509_NAME_new();
	require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					   (const unsigned char *)common_name, -1, -1, 0) == 1,
		common_name);
	return name;
}

struct certificate certificate_new(const struct certificate_order *order)
{
	static int64_t serial = 4096;
	struct certificate made = {make_key(order->key), X509_new()};
	require(made.key != NULL && made.x509 != NULL, order->key);
	const struct certificate *issuer = order->issuer != NULL ? order->issuer : &made;
	X509_NAME *name = make_name(order->subject);
	X509_set_version(made.x509, X509_VERSION_3);
	ASN1_INTEGER_set_int64(X509_get_serialNumber(made.x509), serial++);
	ASN1_TIME_set(X509_getm_notBefore(made.x509), order->not_before);
	ASN1_TIME_set(X509_getm_notAfter(made.x509), order->not_after);
	X509_set_subject_name(made.x509, name);
	X509_set_issuer_name(made.x509, X509_get_subject_name(issuer->x509));
	X509_set_pubkey(made.x509, made.key);
	X509_NAME_free(name);
	add_extension(made.x509, NID_basic_constraints, order->is_ca ? "critical,CA:TRUE" : NULL);
	add_extension(made.x509, NID_subject_alt_name, order->names);
	add_extension(made.x509, NID_ext_key_usage, order->usage);
	add_extension(made.x509, NID_tlsfeature, order->features);
	add_extension(made.x509, NID_key_usage, order->key_usage);
	const char *digest = order->digest != NULL ? order->digest : "SHA256";
	bool is_eddsa = EVP_PKEY_get_base_id(issuer->key) == EVP_PKEY_ED25519;
	require(X509_sign(made.x509, issuer->key, is_eddsa ? NULL : EVP_get_digestbyname(digest)) >
			0,
		"sign");
	return made;
}

void certificate_free(struct certificate *certificate)
{
	EVP_PKEY_free(certificate->key);
	X509_free(certificate->x509);
}

struct span certificate_der(struct arena *arena, const struct certificate *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate->x509, &der);
	require(len > 0, "DER");
	struct span copy = arena_copy(arena, span_of(der, (size_t)len));
	OPENSSL_free(der);
	return copy;
}

static struct span response_der(struct arena *arena, OCSP_RESPONSE *response)
{
	unsigned char *der = NULL;
	int len = i2d_OCSP_RESPONSE(response, &der);
	require(len > 0, "OCSP response");
	struct span copy = arena_copy(arena, span_of(der, (size_t)len));
	OPENSSL_free(der);
	return copy;
}

struct span certificate_ocsp(struct arena *arena, const struct certificate *certificate,
			     const struct certificate *issuer, const struct ocsp_order *order)
{
	const struct certificate *signer = order->signer != NULL ? order->signer : issuer;
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), certificate->x509, issuer->x509);
	ASN1_TIME *times[3] = {
		ASN1_GENERALIZEDTIME_set(NULL, order->revoked_at),
		ASN1_GENERALIZEDTIME_set(NULL, order->this_update),
		ASN1_GENERALIZEDTIME_set(NULL, order->next_update),
	};
	bool is_revoked = order->status == V_OCSP_CERTSTATUS_REVOKED;
	require(OCSP_basic_add1_status(basic, id, order->status,
				       is_revoked ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0,
				       is_revoked ? times[0] : NULL, times[1],
				       order->next_update != 0 ? times[2] : NULL) != NULL &&
			OCSP_basic_sign(basic, signer->x509, signer->key, EVP_sha256(), NULL, 0) ==
				1,
		"OCSP");
	OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	struct span der = response_der(arena, response);
	for (size_t i = 0; i < 3; i++) {
		ASN1_TIME_free(times[i]);
	}
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	return der;
}

void certificate_write(const struct certificate *certificate, const char *path, bool with_key)
{
	FILE *file = fopen(path, "we");
	require(file != NULL, path);
	if (with_key) {
		PEM_write_PrivateKey(file, certificate->key, NULL, NULL, 0, NULL, NULL);
	}
	PEM_write_X509(file, certificate->x509);
	require(fclose(file) == 0, path);
}
