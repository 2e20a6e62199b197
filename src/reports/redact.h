/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Leaving out of text who a person is: of each address only "@domain" stays. */
#ifndef MAILSEAL_REPORTS_REDACT_H
#define MAILSEAL_REPORTS_REDACT_H

#include "base/base.h"

/* "Ann <ann@example.org>" -> "@example.org"; a text without address -> empty. */
struct span redact_address(struct span text);
/* Local parts within a text: "smtp.mailfrom=ann@example.org" -> "smtp.mailfrom=@example.org". */
struct span redact_text(struct arena *arena, struct span text);

#endif
