/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * TLS and DANE of the mail hosts. What they do can only be seen by connecting to them; facts of
 * DNS alone leave both controls not measured, and a domain without mail hosts has neither.
 */
#ifndef MAILSEAL_ASSESS_TLS_H
#define MAILSEAL_ASSESS_TLS_H

#include "assess/assessment.h"

void tls_assess(struct assessment *a);

#endif
