/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS reports from JSON, with jansson, which appears nowhere else in this module. */
#ifndef MAILSEAL_REPORTS_TLS_JSON_H
#define MAILSEAL_REPORTS_TLS_JSON_H

#include "reports/input.h"

/*
 * Reads one document. JSON that is no TLS report is refused; with is_optional (a mail's part that
 * only starts like JSON) it is ignored.
 */
void tls_json_read(struct reading *reading, struct report_input *input, struct span member,
		   bool is_optional);

#endif
