/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes the four records of a domain that takes no part in mail, and the single ones among them. */
#include "advise/record.h"
#include "records/name.h"

struct record_change record_dkim_revoked_make(struct arena *arena, struct span domain)
{
	return (struct record_change){
		.name = name_join(arena, SPAN("*._domainkey"), domain),
		.type = RR_TXT,
		.value = SPAN("v=DKIM1; p="),
	};
}

struct record_change record_null_mx_make(struct span domain)
{
	return (struct record_change){.name = domain, .type = RR_MX, .value = SPAN("0 .")};
}

int record_parked_make(struct arena *arena, struct span domain, const struct span *rua,
		       size_t rua_count, struct record_change ret_changes[RECORD_PARKED_COUNT],
		       struct failure *reterr)
{
	const struct record_spf_wish spf = {.domain = domain, .all = SPF_FAIL};
	const struct record_dmarc_wish dmarc = {
		.domain = domain,
		.policy = DMARC_POLICY_REJECT,
		.subdomain_policy = DMARC_POLICY_REJECT,
		.is_strict = true,
		.rua = rua,
		.rua_count = rua_count,
	};
	struct record_change changes[RECORD_PARKED_COUNT];
	int r = record_spf_make(arena, &spf, &changes[0], reterr);
	if (r == 0) {
		r = record_dmarc_make(arena, &dmarc, &changes[1], reterr);
	}
	if (r < 0) {
		return r;
	}
	changes[2] = record_dkim_revoked_make(arena, domain);
	changes[3] = record_null_mx_make(domain);
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "make the records");
	}
	if (changes[2].name.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, "make the records",
				   "the name would be too long");
	}
	memcpy(ret_changes, changes, sizeof(changes));
	return 0;
}
