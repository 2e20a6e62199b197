/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC records; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/dmarc.h"

static void check_uri(const struct dmarc_uri *uri, struct span text)
{
	FUZZ_CHECK(span_equal(uri->text, span_slice(text, uri->offset, uri->text.len)));
	FUZZ_CHECK(span_find(uri->address, '\r', 0) == uri->address.len);
	FUZZ_CHECK(span_find(uri->address, '\n', 0) == uri->address.len);
	FUZZ_CHECK(!uri->is_valid || !uri->is_mailto || uri->host.len > 0);
}

static void check_same_uris(const struct dmarc_uri *a, size_t a_count, const struct dmarc_uri *b,
			    size_t b_count)
{
	FUZZ_CHECK(a_count == b_count && a_count <= DMARC_MAX_URIS);
	for (size_t i = 0; i < a_count; i++) {
		FUZZ_CHECK(span_equal(a[i].text, b[i].text) && a[i].is_valid == b[i].is_valid);
		FUZZ_CHECK(span_equal(a[i].address, b[i].address));
		FUZZ_CHECK(span_equal(a[i].host, b[i].host));
	}
}

static void check_same(const struct dmarc_record *a, const struct dmarc_record *b)
{
	FUZZ_CHECK(a->p == b->p && a->sp == b->sp && a->np == b->np);
	FUZZ_CHECK(a->adkim == b->adkim && a->aspf == b->aspf && a->psd == b->psd);
	FUZZ_CHECK(a->is_testing == b->is_testing && a->has_pct == b->has_pct);
	FUZZ_CHECK(a->pct == b->pct && a->has_rf == b->has_rf && a->has_ri == b->has_ri);
	FUZZ_CHECK(span_equal(a->fo, b->fo));
	check_same_uris(a->rua, a->rua_count, b->rua, b->rua_count);
	check_same_uris(a->ruf, a->ruf_count, b->ruf, b->ruf_count);
	/* A tag that stands twice voids a record, and is written once. */
	FUZZ_CHECK(a->tags.has_duplicate || dmarc_record_is_usable(a) == dmarc_record_is_usable(b));
}

static void check_policies(const struct dmarc_record *record)
{
	enum dmarc_policy policies[] = {
		dmarc_record_policy(record),
		dmarc_record_subdomain_policy(record),
		dmarc_record_nonexistent_policy(record),
	};
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		FUZZ_CHECK(policies[i] != DMARC_POLICY_ABSENT);
		FUZZ_CHECK(policies[i] != DMARC_POLICY_INVALID);
	}
	FUZZ_CHECK(!dmarc_record_is_usable(record) || dmarc_record_is_usable_rfc7489(record));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	struct dmarc_record *record = dmarc_record_parse(arena, text);
	FUZZ_CHECK(record != NULL);
	FUZZ_CHECK(!dmarc_record_is_dmarc(text) || !dmarc_record_is_near_miss(text));
	fuzz_check_problems(&record->problems, text);
	check_policies(record);
	for (size_t i = 0; i < record->rua_count; i++) {
		check_uri(&record->rua[i], text);
	}
	dmarc_record_write(record, &written);
	FUZZ_CHECK(dmarc_record_is_dmarc(buffer_span(&written)));
	struct dmarc_record *again = dmarc_record_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL);
	check_same(record, again);
	buffer_free(&written);
	arena_free(arena);
	return 0;
}
