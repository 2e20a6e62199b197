/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a matching signature leaves open; only dkim.c includes this. */
#ifndef MAILSEAL_AUTHENTICATE_DKIM_SURFACE_H
#define MAILSEAL_AUTHENTICATE_DKIM_SURFACE_H

#include "authenticate/dkim.h"

struct dkim_surface dkim_surface_of(const struct mail *mail, const struct mail_signature *signature,
				    int64_t now);

#endif
