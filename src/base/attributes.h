/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The only place where compiler attributes are spelled out. */
#ifndef MAILSEAL_BASE_ATTRIBUTES_H
#define MAILSEAL_BASE_ATTRIBUTES_H

/* The result must be looked at: it says whether the work was done. */
#define MUST_CHECK __attribute__((warn_unused_result))
/* Arguments are checked like printf's; F and A are the 1-based positions of format and arguments.
 */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
/* Memory that is soon read; only a hint. */
#define PREFETCH(address) __builtin_prefetch(address)

#endif
