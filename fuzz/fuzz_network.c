/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Addresses and prefixes as text. */
#include "fuzz.h"

#include "records/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct network network;
	if (network_parse(span_of(data, size), &network)) {
		struct network again;
		struct network_text text = network_format(network);
		FUZZ_CHECK(network_parse(span_of_string(text.text), &again));
		FUZZ_CHECK(memcmp(network.address, again.address, sizeof(again.address)) == 0);
		FUZZ_CHECK(network.family == again.family);
		FUZZ_CHECK(network.prefix_len == again.prefix_len);
		FUZZ_CHECK(network_contains(network_masked(network), network));
		FUZZ_CHECK(network_address_count(network) > 0);
		FUZZ_CHECK(network_scope_of(network) <= NETWORK_RESERVED);
	}
	return 0;
}
