/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* UTF-16 -> UTF-8, for reports that come with its byte order mark. */
#ifndef MAILSEAL_REPORTS_UTF16_H
#define MAILSEAL_REPORTS_UTF16_H

#include "reports/input.h"

struct utf16 {
	struct report_input *input;
	bool is_big_endian;
};

/* True when head starts with UTF-16's byte order mark, or with "<" or "{" in two octets. */
bool utf16_is_text(struct span head, bool *ret_is_big_endian);
/* What is no character becomes U+FFFD. utf16 must outlive the source. */
struct report_source utf16_source(struct utf16 *utf16);

#endif
