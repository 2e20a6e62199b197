/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One mail host: what its name and addresses say. */
#include "assess/mx_host.h"

#include "guide/providers.h"

/* RFC 5321 5.1: the exchange is a name; an address there, with or without brackets, is none. */
static bool is_address(struct span name)
{
	struct network network;
	return network_parse_address(span_trim(name, "[]"), &network);
}

/* The status that says least good of two. */
static enum dnssec_status worse(enum dnssec_status one, enum dnssec_status other)
{
	static const unsigned char ranks[] = {
		[DNSSEC_SECURE] = 0,
		[DNSSEC_INSECURE] = 1,
		[DNSSEC_UNCHECKED] = 2,
		[DNSSEC_BOGUS] = 3,
	};
	return ranks[one] > ranks[other] ? one : other;
}

static void keep_addresses(struct assessment *a, struct mx_host *host, struct vector *addresses,
			   const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->record_count; i++) {
		struct network network;
		if (!network_from_octets(answer->records[i].rdata, &network)) {
			continue;
		}
		struct network *slot =
			VECTOR_PUSH(addresses, a->arena, struct network, MX_MAX_ADDRESSES);
		if (slot == NULL) {
			return;
		}
		*slot = network;
		/* Documentation addresses stand for real ones in examples and labs: told, not
		 * condemned. */
		enum network_scope scope = network_scope_of(network);
		bool is_global = scope == NETWORK_GLOBAL || scope == NETWORK_DOCUMENTATION;
		host->global_address_count += is_global;
		host->has_ipv6 |= is_global && network.family == NETWORK_IPV6;
	}
}

static void take_answer(struct assessment *a, struct mx_host *host, struct vector *addresses,
			const struct fact *fact)
{
	if (fact_is_unknown(fact)) {
		if (fact->dns != NULL && fact->dns->dnssec == DNSSEC_BOGUS) {
			host->dnssec = DNSSEC_BOGUS;
			host->why_bogus = fact->dns->why_bogus;
		}
		host->is_unknown = true;
		unknown_add(a, CONTROL_MX, fact);
		return;
	}
	host->dnssec = worse(host->dnssec, fact->dns->dnssec);
	if (fact->dns->cname_count > 0) {
		host->is_cname = true;
		host->target = fact->dns->cnames[fact->dns->cname_count - 1];
	}
	host->is_nonexistent |= fact_is_nxdomain(fact);
	keep_addresses(a, host, addresses, fact->dns);
}

static void ask_addresses(struct assessment *a, struct mx_host *host)
{
	const struct fact *facts[] = {
		assessment_dns(a, host->name, RR_A),
		assessment_dns(a, host->name, RR_AAAA),
	};
	struct vector addresses = {0};
	host->dnssec = DNSSEC_SECURE;
	for (size_t i = 0; i < 2; i++) {
		take_answer(a, host, &addresses, facts[i]);
	}
	if (fact_is_unknown(facts[0]) && fact_is_unknown(facts[1]) &&
	    host->dnssec != DNSSEC_BOGUS) {
		host->dnssec = DNSSEC_UNCHECKED;
	}
	/* RFC 8020: a name that does not exist has no other address either */
	if (host->is_nonexistent) {
		host->is_unknown = false;
	}
	host->addresses = addresses.items;
	host->address_count = addresses.len;
}

void mx_host_examine(struct assessment *a, struct mx_host *host)
{
	host->target = host->name;
	host->is_address_literal = is_address(host->name);
	host->provider = provider_by_mx(a->options->providers, host->name);
	if (!host->is_address_literal) {
		ask_addresses(a, host);
	}
	host->has_problem = host->is_address_literal || host->is_cname || mx_host_is_dead(host) ||
			    host->global_address_count < host->address_count ||
			    !name_is_ldh(host->name, /* is_underscore_ok: */ false);
}
