/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The small enums of a row in one number: bits 0-1 DKIM, 2-3 SPF, 4-5 disposition. */
#ifndef MAILSEAL_STORE_FLAGS_H
#define MAILSEAL_STORE_FLAGS_H

#include "store/store.h"

/* As SQL writes it: both DKIM and SPF pass. */
#define FLAGS_BOTH "5"

static inline int64_t flags_pack(const struct store_row *row)
{
	return (int64_t)row->dkim | (int64_t)row->spf << 2 | (int64_t)row->disposition << 4;
}

static inline void flags_unpack(int64_t flags, struct store_row *row)
{
	row->dkim = (enum store_result)(flags & 3);
	row->spf = (enum store_result)(flags >> 2 & 3);
	row->disposition = (enum store_disposition)(flags >> 4 & 3);
}

#endif
