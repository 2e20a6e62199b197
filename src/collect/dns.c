/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The DNS collector: its options, its beginning and its end. */
#include "collect/dns.h"

#include <stdio.h>
#include <stdlib.h>

#include "collect/dns_collector.h"

/* Texts that live as long as the collector. */
#define COLLECTOR_ARENA_BYTES ((size_t)4 << 20)

struct dns_collector_options dns_collector_defaults(void)
{
	return (struct dns_collector_options){
		.deadline_ms = 10000,
		.round_ms = 12000,
		.total_ms = 30000,
		.retries = 1,
		.retry_budget_ms = 6000,
		.max_in_flight = 1000,
		.max_sockets = 512,
	};
}

static int parse_resolvers(struct dns_collector *dns, struct failure *reterr)
{
	const struct dns_collector_options *options = &dns->options;
	if (options->resolver_count > DNS_MAX_RESOLVERS || options->stub_count > DNS_MAX_STUBS) {
		return failure_set(reterr, FAILURE_INPUT, "use the resolvers", "too many");
	}
	for (size_t i = 0; i < options->resolver_count; i++) {
		struct span text = options->resolvers[i];
		if (!dns_server_parse(text, &dns->resolvers[dns->resolver_count++])) {
			return failure_set(reterr, FAILURE_INPUT, "use the resolver",
					   "\"%.*s\" is not an address such as 192.0.2.53 or "
					   "192.0.2.53@5353",
					   SPAN_ARG(text));
		}
	}
	return 0;
}

/* No file, or nothing in it, means no resolver: then the name servers are asked. */
static int read_resolv_conf(struct dns_collector *dns, struct failure *reterr)
{
	const char *path = dns->options.resolv_conf;
	FILE *file = fopen(path != NULL ? path : "/etc/resolv.conf", "re");
	if (file == NULL) {
		return 0;
	}
	char *text = arena_alloc(dns->arena, DNS_RESOLV_CONF_MAX_BYTES);
	size_t len = text != NULL ? fread(text, 1, DNS_RESOLV_CONF_MAX_BYTES, file) : 0;
	fclose(file);
	dns->resolver_count =
		dns_server_parse_resolv_conf(span_of(text, len), dns->resolvers, DNS_MAX_RESOLVERS);
	return text != NULL ? 0 : failure_set_memory(reterr, "read resolv.conf");
}

static int start(struct dns_collector *dns, struct failure *reterr)
{
	dns->arena = arena_new(COLLECTOR_ARENA_BYTES);
	if (dns->arena == NULL) {
		return failure_set_memory(reterr, "start the DNS collector");
	}
	int r = parse_resolvers(dns, reterr);
	if (r == 0 && dns->options.resolver_count == 0) {
		r = read_resolv_conf(dns, reterr);
	}
	if (r < 0) {
		return r;
	}
	dns->ways = dns_ways_of(&dns->options, dns->resolver_count > 0);
	/* The first one is made here, so that unusable options are told before anything is asked.
	 */
	r = dns_collector_use_way(dns, dns->ways.ways[0], reterr);
	if (r == 0) {
		dns_collector_begin(dns);
	}
	return r;
}

int dns_collector_new(const struct dns_collector_options *options, struct dns_collector **ret_dns,
		      struct failure *reterr)
{
	struct dns_collector *dns = calloc(1, sizeof(*dns));
	if (dns == NULL) {
		return failure_set_memory(reterr, "start the DNS collector");
	}
	dns->source.answer = dns_collector_answer;
	dns->options = *options;
	dns->random = options->seed;
	int r = start(dns, reterr);
	if (r < 0) {
		dns_collector_free(dns);
		return r;
	}
	*ret_dns = dns;
	return 0;
}

void dns_collector_free(struct dns_collector *dns)
{
	if (dns == NULL) {
		return;
	}
	dns_engine_free(dns->engine);
	arena_free(dns->arena);
	free(dns);
}

void dns_collector_begin(struct dns_collector *dns)
{
	dns->spent_ms = 0;
	dns->retry_budget_ms = dns->options.retry_budget_ms;
}

struct fact_source *dns_collector_source(struct dns_collector *dns)
{
	return &dns->source;
}
