/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* OCSP responses, with OpenSSL's parser; no clock is read. */
#include "crypto/ocsp.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "crypto/x509_chain.h"
#include "crypto/x509_time.h"

/* Whom the response is about, and who may sign it. */
struct issuance {
	X509 *leaf;
	X509 *issuer; /* NULL: not sent */
};

static X509 *find_issuer(STACK_OF(X509) * chain)
{
	X509 *leaf = sk_X509_value(chain, 0);
	for (int i = 1; i < sk_X509_num(chain); i++) {
		X509 *candidate = sk_X509_value(chain, i);
		EVP_PKEY *key = X509_get0_pubkey(candidate);
		if (X509_NAME_cmp(X509_get_issuer_name(leaf), X509_get_subject_name(candidate)) ==
			    0 &&
		    key != NULL && X509_verify(leaf, key) == 1) {
			return candidate;
		}
	}
	return NULL;
}

/* RFC 6960 4.1.1: hashes of the issuer's name and key, and the serial number */
static bool is_about(const OCSP_SINGLERESP *answer, const struct issuance *issuance)
{
	ASN1_OBJECT *algorithm = NULL;
	OCSP_CERTID *asked = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(answer));
	if (asked == NULL) {
		return false;
	}
	OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, asked);
	const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
	OCSP_CERTID *ours =
		digest != NULL ? OCSP_cert_to_id(digest, issuance->leaf, issuance->issuer) : NULL;
	bool is_same = ours != NULL && OCSP_id_cmp(ours, asked) == 0;
	OCSP_CERTID_free(ours);
	OCSP_CERTID_free(asked);
	return is_same;
}

static int64_t time_of(const ASN1_GENERALIZEDTIME *time)
{
	int64_t seconds = 0;
	return time != NULL && x509_time_read(time, &seconds) ? seconds : 0;
}

static struct ocsp_view read_answer(OCSP_SINGLERESP *answer)
{
	ASN1_GENERALIZEDTIME *revoked = NULL;
	ASN1_GENERALIZEDTIME *this_update = NULL;
	ASN1_GENERALIZEDTIME *next_update = NULL;
	int status = OCSP_single_get0_status(answer, NULL, &revoked, &this_update, &next_update);
	return (struct ocsp_view){
		.status = status == V_OCSP_CERTSTATUS_GOOD	? OCSP_GOOD
			  : status == V_OCSP_CERTSTATUS_REVOKED ? OCSP_REVOKED
								: OCSP_UNKNOWN,
		.revoked_at = time_of(revoked),
		.this_update = time_of(this_update),
		.next_update = time_of(next_update),
	};
}

/* RFC 6960 4.2.2.2: signed by the issuer, or by one to whom it gave a certificate for that */
static bool is_signed(OCSP_BASICRESP *basic, const struct issuance *issuance)
{
	X509_STORE *store = X509_STORE_new();
	bool is_ok = store != NULL && X509_STORE_add_cert(store, issuance->issuer) == 1 &&
		     X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN |
							 X509_V_FLAG_NO_CHECK_TIME) == 1;
	STACK_OF(X509) *others = sk_X509_new_null();
	is_ok = is_ok && others != NULL && sk_X509_push(others, issuance->issuer) > 0 &&
		OCSP_basic_verify(basic, others, store, 0) == 1;
	sk_X509_free(others);
	X509_STORE_free(store);
	return is_ok;
}

static struct ocsp_view read_basic(OCSP_BASICRESP *basic, const struct issuance *issuance)
{
	struct ocsp_view view = {.status = OCSP_OTHER};
	int count = OCSP_resp_count(basic);
	for (int i = 0; i < count && i < OCSP_MAX_ANSWERS; i++) {
		OCSP_SINGLERESP *answer = OCSP_resp_get0(basic, i);
		if (is_about(answer, issuance)) {
			view = read_answer(answer);
			break;
		}
	}
	if (view.status != OCSP_OTHER && !is_signed(basic, issuance)) {
		view = (struct ocsp_view){.status = OCSP_FORGED};
	}
	return view;
}

static struct ocsp_view read_response(OCSP_RESPONSE *response, STACK_OF(X509) * chain)
{
	struct ocsp_view view = {.status = OCSP_ERROR};
	if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		return view;
	}
	view.status = OCSP_MALFORMED;
	OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
	const struct issuance issuance = {sk_X509_value(chain, 0), find_issuer(chain)};
	if (basic != NULL && issuance.issuer == NULL) {
		view.status = OCSP_OTHER;
	} else if (basic != NULL) {
		view = read_basic(basic, &issuance);
	}
	OCSP_BASICRESP_free(basic);
	return view;
}

struct ocsp_view ocsp_read(struct span response, const struct span *chain, size_t count)
{
	struct ocsp_view view = {.status = OCSP_MALFORMED};
	const unsigned char *at = (const unsigned char *)response.ptr;
	OCSP_RESPONSE *parsed = response.len > 0 && response.len <= LONG_MAX
					? d2i_OCSP_RESPONSE(NULL, &at, (long)response.len)
					: NULL;
	STACK_OF(X509) *certificates = parsed != NULL ? x509_chain_read(chain, count) : NULL;
	if (certificates != NULL) {
		view = read_response(parsed, certificates);
		sk_X509_pop_free(certificates, X509_free);
	}
	OCSP_RESPONSE_free(parsed);
	ERR_clear_error();
	return view;
}

const char *ocsp_status_name(enum ocsp_status status)
{
	static const char *const names[] = {
		[OCSP_GOOD] = "good",
		[OCSP_REVOKED] = "revoked",
		[OCSP_UNKNOWN] = "not known to the authority",
		[OCSP_ERROR] = "the authority gave no answer",
		[OCSP_OTHER] = "about another certificate",
		[OCSP_FORGED] = "not signed by the authority",
		[OCSP_MALFORMED] = "cannot be read",
	};
	return names[status];
}
