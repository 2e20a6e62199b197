/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a server sends as a zone transfer: the first octet is the size of the pieces it comes in. */
#include "fuzz.h"

#include "collect/axfr.h"
#include "records/name.h"

#define ID 0x1234

static bool check(void *context, const struct dns_packet_record *record)
{
	(*(size_t *)context)++;
	FUZZ_CHECK(name_is_at_or_under(record->owner, SPAN("example.org")));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	size_t piece = data[0] > 0 ? data[0] : 1;
	struct span octets = span_of(data + 1, size - 1);
	size_t records = 0;
	struct axfr_reader reader = axfr_reader_new(SPAN("example.org"), ID, check, &records);
	for (size_t at = 0; at < octets.len; at += piece) {
		axfr_reader_take(&reader, span_slice(octets, at, piece));
	}
	FUZZ_CHECK(records <= reader.records);
	FUZZ_CHECK(reader.state != AXFR_DONE || reader.soas == 2);
	FUZZ_CHECK(reader.pending.len <= 2 + LIMIT_DNS_MESSAGE);
	axfr_reader_free(&reader);
	return 0;
}
