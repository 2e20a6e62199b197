/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DER -> a stack of certificates. */
#include "crypto/x509_chain.h"

#include <limits.h>

static X509 *read_one(struct span der)
{
	const unsigned char *at = (const unsigned char *)der.ptr;
	return der.len > 0 && der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
}

STACK_OF(X509) * x509_chain_read(const struct span *chain, size_t count)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	for (size_t i = 0; stack != NULL && i < count && i < X509_CHAIN_MAX; i++) {
		X509 *x509 = read_one(chain[i]);
		if (x509 != NULL && sk_X509_push(stack, x509) == 0) {
			X509_free(x509);
			x509 = NULL;
		}
		if (x509 == NULL && i == 0) {
			break;
		}
	}
	if (stack != NULL && sk_X509_num(stack) == 0) {
		sk_X509_free(stack);
		stack = NULL;
	}
	return stack;
}
