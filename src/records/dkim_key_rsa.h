/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the DKIM key reader asks about a key that does not decode; nobody else includes this. */
#ifndef MAILSEAL_RECORDS_DKIM_KEY_RSA_H
#define MAILSEAL_RECORDS_DKIM_KEY_RSA_H

#include "base/span.h"

/* True when der starts as a SEQUENCE that announces more octets than there are. */
bool dkim_key_is_cut(struct span der, size_t *ret_announced_len);

#endif
