/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF records; what is written reads the same. */
#include "fuzz_problems.h"

#include "records/spf.h"

static void check_macro(struct span text, bool is_exp)
{
	size_t bad = SIZE_MAX;
	bool is_valid = spf_macro_is_valid(text, is_exp, &bad);
	FUZZ_CHECK(is_valid == (bad == SIZE_MAX));
	FUZZ_CHECK(is_valid || bad <= text.len);
}

static void check_term(const struct spf_term *term, struct span record)
{
	size_t bad;
	FUZZ_CHECK(span_equal(term->text, span_slice(record, term->offset, term->text.len)));
	FUZZ_CHECK(term->text.len > 0 && span_find(term->text, ' ', 0) == term->text.len);
	FUZZ_CHECK(term->prefix_len4 <= 32 && term->prefix_len6 <= 128);
	if (term->domain_spec.len > 0) {
		FUZZ_CHECK(spf_macro_is_valid(term->domain_spec, /* is_exp */ false, &bad));
		FUZZ_CHECK(
			span_equal(term->domain_spec, span_slice(record, term->domain_spec_offset,
								 term->domain_spec.len)));
	}
}

static void check_same_term(const struct spf_term *a, const struct spf_term *b)
{
	FUZZ_CHECK(a->kind == b->kind);
	if (a->kind == SPF_TERM_INVALID || a->kind == SPF_TERM_UNKNOWN_MODIFIER) {
		FUZZ_CHECK(span_equal(a->text, b->text));
		return;
	}
	FUZZ_CHECK(a->mechanism == b->mechanism && a->qualifier == b->qualifier);
	FUZZ_CHECK(a->has_qualifier == b->has_qualifier && a->has_macros == b->has_macros);
	FUZZ_CHECK(span_equal(a->domain_spec, b->domain_spec));
	FUZZ_CHECK(a->prefix_len4 == b->prefix_len4 && a->prefix_len6 == b->prefix_len6);
	FUZZ_CHECK(a->network.family == b->network.family);
	FUZZ_CHECK(a->network.prefix_len == b->network.prefix_len);
	FUZZ_CHECK(memcmp(a->network.address, b->network.address, sizeof(a->network.address)) == 0);
}

static void check_round_trip(struct arena *arena, const struct spf_record *record)
{
	struct buffer written = buffer_new(FUZZ_ARENA_BYTES);
	spf_record_write(record, &written);
	struct spf_record *again = spf_record_parse(arena, buffer_span(&written));
	FUZZ_CHECK(again != NULL && spf_record_is_spf(buffer_span(&written)));
	FUZZ_CHECK(again->term_count == record->term_count);
	for (size_t i = 0; i < record->term_count; i++) {
		check_term(&record->terms[i], record->text);
		check_same_term(&record->terms[i], &again->terms[i]);
	}
	bool is_whole = spf_record_is_spf(record->text) && record->term_count < SPF_MAX_TERMS;
	FUZZ_CHECK(!is_whole || again->problems.error_count == record->problems.error_count);
	buffer_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct spf_record *record = spf_record_parse(arena, text);
	FUZZ_CHECK(record != NULL);
	FUZZ_CHECK(!spf_record_is_spf(text) || !spf_record_is_near_miss(text));
	FUZZ_CHECK(spf_record_is_spf(text) || record->problems.error_count > 0);
	fuzz_check_problems(&record->problems, text);
	check_round_trip(arena, record);
	check_macro(text, /* is_exp */ false);
	check_macro(text, /* is_exp */ true);
	arena_free(arena);
	return 0;
}
