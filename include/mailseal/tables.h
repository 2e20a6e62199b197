/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is known before a message or a domain is looked at. */
#ifndef MAILSEAL_TABLES_H
#define MAILSEAL_TABLES_H

#include <mailseal/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mailseal_tables;

/*
 * The public suffix list (the newest that libpsl finds on this machine: the one thing the library
 * reads from a file), the senders it knows by name, and the built-in baselines. Make one at the
 * start and share it; it never changes. It must outlive what uses it.
 */
int mailseal_tables_new(struct mailseal_tables **ret_tables);
/* NULL is allowed. */
void mailseal_tables_free(struct mailseal_tables *tables);

#ifdef __cplusplus
}
#endif

#endif
