/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* PEM -> DER -> subject, and from there only what is needed. */
#include "crypto/x509_roots.h"

#include <limits.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

/* A trusted certificate that another one issued is rare; three steps up are beyond any need. */
#define MAX_ADDED 32

/* Takes one DER value off the front; its contents, or with is_whole all of it. */
static bool take_value(struct span *rest, bool is_whole, struct span *ret_value)
{
	const unsigned char *at = (const unsigned char *)rest->ptr;
	long len = 0;
	int tag = 0;
	int class = 0;
	if (rest->len > LONG_MAX ||
	    (ASN1_get_object(&at, &len, &tag, &class, (long)rest->len) & 0x80) != 0) {
		return false;
	}
	size_t head = (size_t)((const char *)at - rest->ptr);
	struct span value = is_whole ? span_slice(*rest, 0, head + (size_t)len)
				     : span_slice(*rest, head, (size_t)len);
	*rest = span_from(*rest, head + (size_t)len);
	*ret_value = value;
	return true;
}

/* RFC 5280 4.1: [version] serial signature issuer validity subject */
static struct span find_subject(struct span der)
{
	enum { BEFORE_SUBJECT = 4, VERSION_TAG = 0xa0 };
	struct span certificate;
	struct span body;
	struct span value;
	if (!take_value(&der, /* is_whole: */ false, &certificate) ||
	    !take_value(&certificate, /* is_whole: */ false, &body)) {
		return span_of(NULL, 0);
	}
	bool has_version = body.len > 0 && span_octet(body, 0) == VERSION_TAG;
	for (int i = 0; i < BEFORE_SUBJECT + (has_version ? 1 : 0); i++) {
		if (!take_value(&body, /* is_whole: */ true, &value)) {
			return span_of(NULL, 0);
		}
	}
	return take_value(&body, /* is_whole: */ true, &value) ? value : span_of(NULL, 0);
}

static void add_root(struct x509_roots *roots, const char *name, struct span der)
{
	bool has_trust = strcmp(name, PEM_STRING_X509_TRUSTED) == 0;
	bool is_certificate = has_trust || strcmp(name, PEM_STRING_X509) == 0 ||
			      strcmp(name, PEM_STRING_X509_OLD) == 0;
	struct span subject = is_certificate ? find_subject(der) : span_of(NULL, 0);
	const unsigned char *at = (const unsigned char *)subject.ptr;
	X509_NAME *parsed = subject.len > 0 ? d2i_X509_NAME(NULL, &at, (long)subject.len) : NULL;
	struct x509_root *root = parsed != NULL
					 ? VECTOR_PUSH(&roots->list, roots->arena, struct x509_root,
						       (size_t)X509_ROOTS_MAX)
					 : NULL;
	if (root == NULL) {
		X509_NAME_free(parsed);
		return;
	}
	*root = (struct x509_root){arena_copy(roots->arena, der), parsed, has_trust};
}

struct x509_roots x509_roots_read(const char *path)
{
	struct x509_roots roots = {.arena = arena_new(X509_ROOTS_BYTES)};
	BIO *bio = roots.arena != NULL ? BIO_new_file(path, "rb") : NULL;
	char *name = NULL;
	char *header = NULL;
	unsigned char *data = NULL;
	long len = 0;
	while (bio != NULL && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		add_root(&roots, name, span_of(data, (size_t)len));
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	BIO_free(bio);
	return roots;
}

void x509_roots_free(struct x509_roots *roots)
{
	for (size_t i = 0; i < roots->list.len; i++) {
		X509_NAME_free(VECTOR_AT(&roots->list, struct x509_root, i)->subject);
	}
	arena_free(roots->arena);
	*roots = (struct x509_roots){0};
}

static X509 *parse_root(const struct x509_root *root)
{
	const unsigned char *at = (const unsigned char *)root->der.ptr;
	long len = (long)root->der.len;
	return root->has_trust ? d2i_X509_AUX(NULL, &at, len) : d2i_X509(NULL, &at, len);
}

/* Those with this subject; into the store, and behind the others that were added. */
static void add_named(const struct x509_roots *roots, const X509_NAME *subject, X509_STORE *store,
		      STACK_OF(X509) * added)
{
	for (size_t i = 0; i < roots->list.len && sk_X509_num(added) < MAX_ADDED; i++) {
		const struct x509_root *root = VECTOR_AT(&roots->list, struct x509_root, i);
		/* RFC 5280 7.1: names may be the same though their octets differ. */
		X509 *x509 = X509_NAME_cmp(root->subject, subject) == 0 ? parse_root(root) : NULL;
		if (x509 != NULL &&
		    (X509_STORE_add_cert(store, x509) != 1 || sk_X509_push(added, x509) <= 0)) {
			X509_free(x509);
		}
	}
}

void x509_roots_add_issuers(const struct x509_roots *roots, STACK_OF(X509) * chain,
			    X509_STORE *store)
{
	STACK_OF(X509) *added = sk_X509_new_null();
	for (int i = 0; added != NULL && i < sk_X509_num(chain); i++) {
		const X509 *x509 = sk_X509_value(chain, i);
		add_named(roots, X509_get_issuer_name(x509), store, added);
		add_named(roots, X509_get_subject_name(x509), store, added);
	}
	for (int i = 0; added != NULL && i < sk_X509_num(added); i++) {
		X509 *x509 = sk_X509_value(added, i);
		if (X509_NAME_cmp(X509_get_issuer_name(x509), X509_get_subject_name(x509)) != 0) {
			add_named(roots, X509_get_issuer_name(x509), store, added);
		}
	}
	sk_X509_pop_free(added, X509_free);
}
