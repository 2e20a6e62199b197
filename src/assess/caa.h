/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* CAA: which certificate authorities may issue for the domain (RFC 8659). */
#ifndef MAILSEAL_ASSESS_CAA_H
#define MAILSEAL_ASSESS_CAA_H

#include "assess/assessment.h"

void caa_assess(struct assessment *a);

#endif
