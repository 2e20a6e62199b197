/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLSA records against a chain, by the verifier of libssl. */
#include "crypto/dane.h"

#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/x509_chain.h"

enum {
	USAGE_TA = 2,
	USAGE_EE = 3,
	SELECTOR_MAX = 1,
	MATCHING_FULL = 0,
	MATCHING_SHA256 = 1,
	MATCHING_SHA512 = 2,
};

/*
 * One DER SEQUENCE and nothing behind it (X.690 8.1.3): a whole certificate or key that was cut
 * is no record that senders can use.
 */
static bool is_whole_sequence(struct span data)
{
	enum { SEQUENCE = 0x30, LONG_FORM = 0x80, LENGTH_MAX_OCTETS = 3 };
	struct cursor cursor = cursor_of(data);
	uint8_t tag = cursor_u8(&cursor);
	size_t len = cursor_u8(&cursor);
	if (len >= LONG_FORM) {
		size_t octets = len - LONG_FORM;
		len = 0;
		for (size_t i = 0; i < octets && octets <= LENGTH_MAX_OCTETS; i++) {
			len = len << 8 | cursor_u8(&cursor);
		}
	}
	return tag == SEQUENCE && !cursor.is_failed && len > 0 && cursor_rest(&cursor).len == len;
}

bool dane_record_is_usable(const struct dane_record *record)
{
	if ((record->usage != USAGE_TA && record->usage != USAGE_EE) ||
	    record->selector > SELECTOR_MAX) {
		return false;
	}
	switch (record->matching) {
	case MATCHING_FULL:
		return is_whole_sequence(record->data);
	case MATCHING_SHA256:
		return record->data.len == 32;
	case MATCHING_SHA512:
		return record->data.len == 64;
	default:
		return false;
	}
}

/* What is needed to ask the verifier; freed together. */
struct verifier {
	SSL_CTX *context;
	SSL *ssl;
	X509_STORE *store;
	X509_STORE_CTX *path;
	STACK_OF(X509) * chain;
};

static void verifier_free(struct verifier *verifier)
{
	X509_STORE_CTX_free(verifier->path);
	X509_STORE_free(verifier->store);
	SSL_free(verifier->ssl);
	SSL_CTX_free(verifier->context);
	sk_X509_pop_free(verifier->chain, X509_free);
	ERR_clear_error();
}

static bool start(struct verifier *verifier, const char *base_name)
{
	verifier->context = SSL_CTX_new(TLS_client_method());
	if (verifier->context == NULL || SSL_CTX_dane_enable(verifier->context) <= 0) {
		return false;
	}
	verifier->ssl = SSL_new(verifier->context);
	verifier->store = X509_STORE_new();
	verifier->path = X509_STORE_CTX_new();
	if (verifier->ssl == NULL || verifier->store == NULL || verifier->path == NULL ||
	    SSL_dane_enable(verifier->ssl, base_name) <= 0) {
		return false;
	}
	/* RFC 7672 3.1.1: with usage 3 the name does not count. */
	SSL_dane_set_flags(verifier->ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	return true;
}

/* libssl hands its records back by their octets; find ours. */
static int index_of(const struct dane_record *records, size_t count,
		    const struct dane_record *found)
{
	for (size_t i = 0; i < count; i++) {
		if (records[i].usage == found->usage && records[i].selector == found->selector &&
		    records[i].matching == found->matching &&
		    span_equal(records[i].data, found->data)) {
			return (int)i;
		}
	}
	return -1;
}

static void add_records(struct verifier *verifier, const struct dane_record *records, size_t count,
			struct dane_result *result)
{
	for (size_t i = 0; i < count && i < DANE_MAX_RECORDS; i++) {
		const struct dane_record *record = &records[i];
		if (dane_record_is_usable(record) &&
		    SSL_dane_tlsa_add(verifier->ssl, record->usage, record->selector,
				      record->matching, (const unsigned char *)record->data.ptr,
				      record->data.len) > 0) {
			result->usable_count++;
		}
	}
}

static enum dane_outcome outcome_of(int error)
{
	switch (error) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
		return DANE_NAME;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return DANE_EXPIRED;
	default:
		return DANE_MISMATCH;
	}
}

/* Names have no NUL: the caller's are canonical. */
static bool copy_name(struct span name, char *out, size_t size)
{
	if (name.len == 0 || name.len >= size) {
		return false;
	}
	memcpy(out, name.ptr, name.len);
	out[name.len] = '\0';
	return true;
}

static bool add_names(struct verifier *verifier, const struct span *names, size_t count)
{
	char text[LIMIT_NAME_ESCAPED + 1];
	for (size_t i = 1; i < count; i++) {
		if (copy_name(names[i], text, sizeof(text)) &&
		    SSL_add1_host(verifier->ssl, text) != 1) {
			return false;
		}
	}
	/* RFC 9525 6.3 */
	SSL_set_hostflags(verifier->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
						 X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return true;
}

static void run(struct verifier *verifier, int64_t now, const struct dane_record *records,
		size_t record_count, struct dane_result *result)
{
	X509 *leaf = sk_X509_value(verifier->chain, 0);
	X509_STORE_CTX *path = verifier->path;
	if (X509_STORE_CTX_init(path, verifier->store, leaf, verifier->chain) != 1 ||
	    X509_STORE_CTX_set_default(path, "ssl_server") != 1) {
		return;
	}
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(path);
	X509_VERIFY_PARAM_set1(param, SSL_get0_param(verifier->ssl));
	X509_VERIFY_PARAM_set_time(param, (time_t)now);
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	X509_STORE_CTX_set0_dane(path, SSL_get0_dane(verifier->ssl));
	bool is_verified = X509_verify_cert(path) == 1;
	int error = X509_STORE_CTX_get_error(path);
	SSL_set_verify_result(verifier->ssl, error);
	struct dane_record found;
	const unsigned char *data = NULL;
	result->depth = SSL_get0_dane_tlsa(verifier->ssl, &found.usage, &found.selector,
					   &found.matching, &data, &found.data.len);
	found.data.ptr = (const char *)data;
	if (is_verified && result->depth >= 0) {
		result->outcome = DANE_MATCH;
		result->matched = index_of(records, record_count, &found);
		return;
	}
	result->outcome = outcome_of(error);
	result->error = span_of_string(X509_verify_cert_error_string(error));
}

struct dane_result dane_check(const struct dane_record *records, size_t record_count,
			      const struct span *chain, size_t chain_count,
			      const struct span *names, size_t name_count, int64_t now)
{
	struct dane_result result = {.outcome = DANE_UNUSABLE, .matched = -1, .depth = -1};
	struct verifier verifier = {.chain = x509_chain_read(chain, chain_count)};
	char name[LIMIT_NAME_ESCAPED + 1];
	if (verifier.chain == NULL) {
		result.outcome = DANE_UNREADABLE;
	} else if (name_count > 0 && copy_name(names[0], name, sizeof(name)) &&
		   start(&verifier, name) && add_names(&verifier, names, name_count)) {
		add_records(&verifier, records, record_count, &result);
		if (result.usable_count > 0) {
			result.outcome = DANE_MISMATCH;
			run(&verifier, now, records, record_count, &result);
		}
	}
	verifier_free(&verifier);
	return result;
}
