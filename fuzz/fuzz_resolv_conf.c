/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* resolv.conf, and each line of it as an address of a resolver. */
#include "fuzz.h"

#include "collect/dns_server.h"

#define MAX_SERVERS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct dns_server servers[MAX_SERVERS];
	size_t count = dns_server_parse_resolv_conf(text, servers, MAX_SERVERS);
	FUZZ_CHECK(count <= MAX_SERVERS);
	for (size_t i = 0; i < count; i++) {
		struct dns_server again;
		FUZZ_CHECK(dns_server_parse(servers[i].text, &again));
	}
	struct span line;
	while (text.ptr != NULL && span_split(&text, '\n', &line)) {
		struct dns_server server;
		if (dns_server_parse(line, &server)) {
			FUZZ_CHECK(server.address_len > 0 && span_equal(server.text, line));
		}
	}
	return 0;
}
