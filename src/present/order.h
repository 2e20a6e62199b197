/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The order in which findings are shown: worst first, then by control, then as they were found. */
#ifndef MAILSEAL_PRESENT_ORDER_H
#define MAILSEAL_PRESENT_ORDER_H

#include "assess/assess.h"

/* In the assessment's arena; an empty list when it failed. */
const struct finding *const *order_findings(const struct assessment *a, size_t *ret_count);

#endif
