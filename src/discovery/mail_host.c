/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Looks at where mail for a domain would go. */
#include "discovery/mail_host.h"

static struct mail_host of_state(enum mail_host_state state)
{
	return (struct mail_host){.state = state};
}

static struct mail_host unknown_because(const struct fact *fact)
{
	return (struct mail_host){.state = MAIL_HOST_UNKNOWN, .unknown = fact};
}

/* RFC 7505 3: no MX but those whose exchange is the root, one zero octet behind the preference */
static bool is_null_mx(const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->record_count; i++) {
		struct span rdata = answer->records[i].rdata;
		if (rdata.len != 3 || span_octet(rdata, 2) != 0) {
			return false;
		}
	}
	return answer->record_count > 0;
}

/* One present answer decides; else both must be known. */
struct mail_host web_host_look(struct inquiry *inquiry, struct span host)
{
	const struct fact *a = inquire_dns(inquiry, host, RR_A);
	const struct fact *aaaa = inquire_dns(inquiry, host, RR_AAAA);
	if (fact_is_present(a) || fact_is_present(aaaa)) {
		return of_state(MAIL_HOST_RECEIVES);
	}
	if (fact_is_unknown(a) || fact_is_unknown(aaaa)) {
		return unknown_because(fact_is_unknown(a) ? a : aaaa);
	}
	return of_state(fact_is_nxdomain(a) ? MAIL_HOST_NONEXISTENT : MAIL_HOST_NO_SERVER);
}

struct mail_host mail_host_look(struct inquiry *inquiry, struct span host)
{
	const struct fact *mx = inquire_dns(inquiry, host, RR_MX);
	if (fact_is_unknown(mx)) {
		return unknown_because(mx);
	}
	if (fact_is_present(mx)) {
		return of_state(is_null_mx(mx->dns) ? MAIL_HOST_NULL : MAIL_HOST_RECEIVES);
	}
	if (fact_is_nxdomain(mx)) {
		return of_state(MAIL_HOST_NONEXISTENT);
	}
	/* RFC 5321 5.1: without an MX the address of the domain itself is used */
	return web_host_look(inquiry, host);
}
