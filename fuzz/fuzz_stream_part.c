/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Packed rows of a damaged database. */
#include "fuzz.h"

#include "store/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span part = span_of((const char *)data, size);
	struct part_row row;
	size_t left = part.len;
	while (part_next(&part, &row)) {
		FUZZ_CHECK(part.len < left && row.day < PART_WEEK_DAYS);
		FUZZ_CHECK(row.source.len <= STORE_SOURCE_MAX && row.source.len < left);
		left = part.len;
	}
	FUZZ_CHECK(part.len <= size);
	return 0;
}
