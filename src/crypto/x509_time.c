/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* ASN.1 times -> seconds, without the C library's zones. */
#include "crypto/x509_time.h"

#include <time.h>

bool x509_time_read(const ASN1_TIME *time, int64_t *ret_seconds)
{
	struct tm parts = {0};
	/* With NULL it would read the clock. */
	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) {
		return false;
	}
	struct time_date date = {parts.tm_year + 1900, (unsigned)parts.tm_mon + 1,
				 (unsigned)parts.tm_mday};
	if (!time_date_is_valid(date)) {
		return false;
	}
	*ret_seconds = time_from_date(date) + (int64_t)parts.tm_hour * 3600 +
		       (int64_t)parts.tm_min * 60 + parts.tm_sec;
	return true;
}
