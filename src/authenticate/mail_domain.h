/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A domain name as a message holds it -> a canonical name, or none. */
#ifndef MAILSEAL_AUTHENTICATE_MAIL_DOMAIN_H
#define MAILSEAL_AUTHENTICATE_MAIL_DOMAIN_H

#include "base/base.h"

/*
 * Letters, digits, hyphens, underscores and UTF-8 in non-empty labels, nothing else: no dot at the
 * end, no escapes, no NUL. U-labels become A-labels (RFC 8616 4). False when it is no name or
 * memory is out.
 */
bool mail_domain_parse(struct arena *arena, struct span text, struct span *ret_name) MUST_CHECK;

#endif
