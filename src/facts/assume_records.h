/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The records of one name and type under assumptions. Inside of facts. */
#ifndef MAILSEAL_FACTS_ASSUME_RECORDS_H
#define MAILSEAL_FACTS_ASSUME_RECORDS_H

#include "facts/assume.h"

/* Of struct dns_record: the observed ones that stay (observed may be NULL), then the assumed ones.
 */
void assumptions_records(const struct assumptions *assumptions, struct fact_key key,
			 const struct fact *observed, struct arena *arena, struct vector *records);

#endif
