/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS-RPT: do senders tell the domain when they cannot reach it over a protected connection? (RFC
 * 8460) */
#ifndef MAILSEAL_ASSESS_TLS_RPT_H
#define MAILSEAL_ASSESS_TLS_RPT_H

#include "assess/destination.h"
#include "assess/txt_records.h"
#include "records/tls_rpt.h"

struct tls_rpt_view {
	struct txt_records found;
	const struct tls_rpt_record *record; /* NULL unless there is exactly one */
	struct destinations rua;
};

void tls_rpt_assess(struct assessment *a);

#endif
