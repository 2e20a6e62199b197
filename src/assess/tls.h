/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * TLS and DANE of the mail hosts, when there is nothing to judge: no mail hosts, or nobody
 * connected to them. What was seen of them is for tls_hosts and dane. Runs after transit.
 */
#ifndef MAILSEAL_ASSESS_TLS_H
#define MAILSEAL_ASSESS_TLS_H

#include "assess/assessment.h"

void tls_assess(struct assessment *a);

#endif
