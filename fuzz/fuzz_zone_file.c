/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines of a zone file -> owners and types. */
#include "fuzz.h"

#include "records/zone_file.h"

static void check_record(const struct zone_record *record)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct span again;
	struct span domain;
	FUZZ_CHECK(record->owner.len > 0 && record->owner.len <= LIMIT_NAME_ESCAPED);
	FUZZ_CHECK(name_canonical(arena, record->owner, &again));
	FUZZ_CHECK(span_equal(again, record->owner));
	if (zone_mail_domain(record->owner, record->type, zone_data_has_spf(record->data),
			     &domain)) {
		FUZZ_CHECK(name_is_at_or_under(record->owner, domain));
		FUZZ_CHECK(name_label_count(domain) >= 2);
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone_reader reader = zone_reader_new(SPAN("example.org"));
	struct span rest = span_of(data, size);
	struct span line;
	while (size > 0 && span_split(&rest, '\n', &line)) {
		struct zone_record record;
		const char *problem = NULL;
		switch (zone_reader_take(&reader, line, &record, &problem)) {
		case ZONE_LINE_NOTHING:
			break;
		case ZONE_LINE_RECORD:
			check_record(&record);
			break;
		case ZONE_LINE_PROBLEM:
			FUZZ_CHECK(problem != NULL);
			break;
		}
	}
	zone_reader_free(&reader);
	return 0;
}
