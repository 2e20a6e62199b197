/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A fast 128-bit hash for telling contents apart. Not for security. */
#ifndef MAILSEAL_REPORTS_HASH_H
#define MAILSEAL_REPORTS_HASH_H

#include "reports/identity.h"

struct report_hash hash_new(void);
void hash_number(struct report_hash *hash, uint64_t number);
/* With its length, so that "ab" "c" and "a" "bc" differ. */
void hash_span(struct report_hash *hash, struct span s);
/* Puts one hash into a sum that does not depend on the order. */
void hash_sum(struct report_hash *sum, struct report_hash one);

#endif
