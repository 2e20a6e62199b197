/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Path building by OpenSSL, without dates and names. */
#include "crypto/x509_trust.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/x509_chain.h"
#include "crypto/x509_roots.h"
#include "crypto/x509_time.h"

struct x509_trust_store {
	struct x509_roots roots;
};

int x509_trust_store_load(const char *path, struct x509_trust_store **ret_store,
			  struct failure *reterr)
{
	struct x509_trust_store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return failure_set_memory(reterr, "read the trusted authorities");
	}
	store->roots = x509_roots_read(path);
	ERR_clear_error();
	if (store->roots.list.len == 0) {
		x509_trust_store_free(store);
		return failure_set(reterr, FAILURE_INPUT, path,
				   "no certificates could be read from it");
	}
	*ret_store = store;
	return 0;
}

void x509_trust_store_free(struct x509_trust_store *store)
{
	if (store != NULL) {
		x509_roots_free(&store->roots);
		free(store);
	}
}

static void note_dates(X509_STORE_CTX *context, struct x509_trust *trust)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
	trust->from = INT64_MIN;
	trust->until = INT64_MAX;
	/* The authority's own certificate is in the store on its own terms. */
	for (int i = 0; i < sk_X509_num(path); i++) {
		int64_t from = 0;
		int64_t until = 0;
		const X509 *x509 = sk_X509_value(path, i);
		if (!x509_time_read(X509_get0_notBefore(x509), &from) ||
		    !x509_time_read(X509_get0_notAfter(x509), &until)) {
			trust->until = 0;
			continue;
		}
		trust->from = from > trust->from ? from : trust->from;
		trust->until = until < trust->until ? until : trust->until;
	}
}

static struct x509_trust verify(X509_STORE *store, X509 *leaf, STACK_OF(X509) * others)
{
	struct x509_trust trust = {.error = SPAN_INIT("out of memory")};
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	if (context == NULL || X509_STORE_CTX_init(context, store, leaf, others) != 1) {
		X509_STORE_CTX_free(context);
		return trust;
	}
	X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_TRUSTED_FIRST);
	trust.is_trusted = X509_verify_cert(context) == 1;
	int error = X509_STORE_CTX_get_error(context);
	trust.error = trust.is_trusted ? span_of(NULL, 0)
				       : span_of_string(X509_verify_cert_error_string(error));
	if (trust.is_trusted) {
		note_dates(context, &trust);
	}
	X509_STORE_CTX_free(context);
	ERR_clear_error();
	return trust;
}

struct x509_trust x509_trust_check(const struct x509_trust_store *store, const struct span *chain,
				   size_t count)
{
	struct x509_trust trust = {.error = SPAN_INIT("the certificate cannot be read")};
	STACK_OF(X509) *certificates = x509_chain_read(chain, count);
	X509_STORE *some = certificates != NULL ? X509_STORE_new() : NULL;
	if (some != NULL) {
		x509_roots_add_issuers(&store->roots, certificates, some);
		trust = verify(some, sk_X509_value(certificates, 0), certificates);
	}
	X509_STORE_free(some);
	sk_X509_pop_free(certificates, X509_free);
	return trust;
}
