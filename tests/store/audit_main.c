/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 *   audit DATABASE     prints reports, rows and messages; 1 when the store does not agree with
 * itself
 */
#include <stdio.h>

#include "audit.h"

int main(int argc, char **argv)
{
	struct store *store = NULL;
	struct failure failure;
	struct audit audit;
	struct store_total total;
	int r = argc == 2 ? store_open(argv[1], &store, &failure)
			  : failure_set(&failure, FAILURE_INPUT, "audit", "needs a database");
	if (r == 0) {
		r = store_total(store, STORE_AGGREGATE, &total, &failure);
	}
	if (r == 0) {
		r = audit_store(store, &audit, &failure);
	}
	store_close(store);
	if (r < 0) {
		fprintf(stderr, "audit: %s: %s\n", failure.what, failure.detail);
		return 2;
	}
	printf("%llu reports %llu rows %llu messages\n", (unsigned long long)total.reports,
	       (unsigned long long)total.rows, (unsigned long long)total.messages);
	if (!audit_is_clean(&audit)) {
		printf("%lld orphans, %lld reports, %lld days, %lld streams do not agree\n",
		       (long long)audit.orphans, (long long)audit.bad_reports,
		       (long long)audit.bad_days, (long long)audit.bad_streams);
	}
	return audit_is_clean(&audit) ? 0 : 1;
}
