/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Two DNS facts -> addresses, or why there are none. */
#include "collect/policy_host.h"

#include "collect/address.h"
#include "records/name.h"

static void take_record(struct policy_host *host, struct span rdata, bool allows_private)
{
	struct network address;
	if (!network_from_octets(rdata, &address)) {
		return;
	}
	if (!address_may_be_dialled(address, allows_private)) {
		host->detail = span_of_string(network_scope_name(network_scope_of(address)));
	} else if (host->address_count < POLICY_HOST_MAX_ADDRESSES) {
		host->addresses[host->address_count++] = address;
	}
}

/* What one of the two questions says, when it gives no address. */
static enum policy_host_state take_fact(struct policy_host *host, const struct fact *fact,
					bool allows_private)
{
	if (fact == NULL || fact->state == FACT_WANTED ||
	    (fact->is_assumed && !fact_is_absent(fact))) {
		return POLICY_HOST_NOT_ASKED;
	}
	if (fact_is_absent(fact)) {
		return POLICY_HOST_ABSENT;
	}
	if (!fact_is_present(fact)) {
		host->failure = fact->failure;
		return POLICY_HOST_UNKNOWN;
	}
	for (size_t i = 0; i < fact->dns->record_count; i++) {
		take_record(host, fact->dns->records[i].rdata, allows_private);
	}
	return POLICY_HOST_FILTERED;
}

static const struct fact *look_up(const struct facts *facts, struct span name, uint16_t type)
{
	return facts_get(facts, (struct fact_key){FACT_DNS, type, name});
}

struct policy_host policy_host_find(struct arena *arena, const struct facts *facts,
				    struct span domain, bool allows_private)
{
	/* RFC 8461 3.3 */
	struct policy_host host = {.name = name_join(arena, SPAN("mta-sts"), domain)};
	if (host.name.len == 0) {
		/* Longer than any name: it cannot exist. */
		host.state = POLICY_HOST_ABSENT;
		return host;
	}
	enum policy_host_state v6 =
		take_fact(&host, look_up(facts, host.name, RR_AAAA), allows_private);
	enum policy_host_state v4 =
		take_fact(&host, look_up(facts, host.name, RR_A), allows_private);
	if (host.address_count > 0) {
		host.state = POLICY_HOST_KNOWN;
	} else if (v4 == POLICY_HOST_NOT_ASKED || v6 == POLICY_HOST_NOT_ASKED) {
		host.state = POLICY_HOST_NOT_ASKED;
	} else if (v4 == POLICY_HOST_UNKNOWN || v6 == POLICY_HOST_UNKNOWN) {
		host.state = POLICY_HOST_UNKNOWN;
	} else {
		host.state = v4 == POLICY_HOST_ABSENT ? v6 : v4;
	}
	return host;
}
