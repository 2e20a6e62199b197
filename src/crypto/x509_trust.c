/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Path building by OpenSSL, without dates and names. */
#include "crypto/x509_trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/x509_chain.h"
#include "crypto/x509_roots.h"
#include "crypto/x509_time.h"

struct x509_trust_store {
	struct x509_roots roots;
	char *path;
	X509_STORE *all; /* every certificate of the file; NULL until a chain asks for it */
};

static X509_STORE *load_all(const char *path)
{
	X509_STORE *store = X509_STORE_new();
	if (store != NULL && X509_STORE_load_file(store, path) != 1) {
		X509_STORE_free(store);
		store = NULL;
	}
	ERR_clear_error();
	return store;
}

int x509_trust_store_load(const char *path, struct x509_trust_store **ret_store,
			  struct failure *reterr)
{
	struct x509_trust_store *store = calloc(1, sizeof(*store));
	char *copy = strdup(path);
	if (store == NULL || copy == NULL) {
		free(store);
		free(copy);
		return failure_set_memory(reterr, "read the trusted authorities");
	}
	store->path = copy;
	store->roots = x509_roots_read(path);
	ERR_clear_error();
	if (store->roots.list.len == 0) {
		store->all = load_all(path);
	}
	if (store->roots.list.len == 0 && store->all == NULL) {
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
		X509_STORE_free(store->all);
		free(store->path);
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

/* With the few authorities that bear the chain's names. */
static struct x509_trust verify_by_names(const struct x509_trust_store *store,
					 STACK_OF(X509) * chain)
{
	struct x509_trust trust = {.error = SPAN_INIT("out of memory")};
	X509_STORE *some = X509_STORE_new();
	if (some != NULL) {
		x509_roots_add_issuers(&store->roots, chain, some);
		trust = verify(some, sk_X509_value(chain, 0), chain);
		X509_STORE_free(some);
	}
	return trust;
}

struct x509_trust x509_trust_check(struct x509_trust_store *store, const struct span *chain,
				   size_t count)
{
	struct x509_trust trust = {.error = SPAN_INIT("the certificate cannot be read")};
	STACK_OF(X509) *certificates = x509_chain_read(chain, count);
	if (certificates == NULL) {
		return trust;
	}
	trust = verify_by_names(store, certificates);
	/* RFC 5280 7.1: names may be the same though their octets differ; OpenSSL knows. */
	if (!trust.is_trusted && store->all == NULL) {
		store->all = load_all(store->path);
	}
	if (!trust.is_trusted && store->all != NULL) {
		trust = verify(store->all, sk_X509_value(certificates, 0), certificates);
	}
	sk_X509_pop_free(certificates, X509_free);
	return trust;
}
