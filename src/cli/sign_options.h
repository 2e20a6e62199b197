/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The options of `mailseal sign`, read into what is to be signed and with what. */
#ifndef MAILSEAL_CLI_SIGN_OPTIONS_H
#define MAILSEAL_CLI_SIGN_OPTIONS_H

#include "cli/envelope.h"
#include "cli/options.h"
#include "service/sign.h"

struct sign_options {
	struct dns_options dns;
	struct facts_options facts;
	struct envelope_options envelope;
	const char *key;
	const char *domain;
	const char *selector;
	const char *canonical;
	struct string_list names;
	bool leaves_open;
	uint64_t expiry_days;
	bool is_seal;
};

/*
 * Checks all of them. Names live in the arena; *ret_signing points to the key, which is the
 * caller's to free.
 */
int sign_options_read(const struct sign_options *options, struct arena *arena,
		      struct signing *ret_signing, struct private_key **ret_key,
		      struct failure *reterr) MUST_CHECK;

#endif
