/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* In place of owners.c where libmaxminddb is not installed. */
#include "service/owners.h"

int owners_open(const char *asn_path, const char *country_path, struct owners **ret_owners,
		struct failure *reterr)
{
	(void)ret_owners;
	return failure_set(reterr, FAILURE_INPUT, asn_path != NULL ? asn_path : country_path,
			   "this program was built without libmaxminddb, which reads such files");
}

void owners_close(struct owners *owners)
{
	(void)owners;
}

void owners_name(const struct owners *owners, struct senders_report *report)
{
	(void)owners;
	(void)report;
}
