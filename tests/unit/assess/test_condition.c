/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "assess/condition.h"
#include "unit.h"

#define ARENA_BYTES ((size_t)1 << 20)

/* One value of each kind, as an assessor would leave it. */
static const struct span addresses[] = {SPAN_INIT("Reports@example.org"),
					SPAN_INIT("dmarc@example.net")};

static const struct measure yes = {.state = MEASURE_KNOWN, .is_yes = true};
static const struct measure no = {.state = MEASURE_KNOWN};
static const struct measure ten = {.state = MEASURE_KNOWN, .number = 10};
static const struct measure reject = {.state = MEASURE_KNOWN, .word = SPAN_INIT("reject")};
static const struct measure two_addresses = {
	.state = MEASURE_KNOWN, .words = addresses, .word_count = 2};
static const struct measure no_addresses = {.state = MEASURE_KNOWN};
static const struct measure perhaps_more = {.state = MEASURE_KNOWN,
					    .words = addresses,
					    .word_count = 1,
					    .maybe = addresses + 1,
					    .maybe_count = 1};
static const struct measure timed_out = {.state = MEASURE_UNKNOWN, .reason = SPAN_INIT("timeout")};
static const struct measure senseless = {.state = MEASURE_NOT_APPLICABLE,
					 .reason = SPAN_INIT("no mail host")};
static const struct measure unset = {.state = MEASURE_UNSET};

static void test_judge(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		const struct measure *measure;
		enum condition_outcome outcome;
		const char *seen;
		const char *wanted;
	} rows[] = {
		{"bool is", "spf.valid is yes", &yes, CONDITION_HOLDS, "spf.valid is yes",
		 "must be yes"},
		{"bool is, fails", "spf.valid is yes", &no, CONDITION_FAILS, "spf.valid is no",
		 "must be yes"},
		{"bool is not", "spf.valid is not yes", &no, CONDITION_HOLDS, "spf.valid is no",
		 "must not be yes"},
		{"word is", "dmarc.policy is reject", &reject, CONDITION_HOLDS,
		 "dmarc.policy is reject", "must be reject"},
		{"word is one of", "dmarc.policy is quarantine or reject", &reject, CONDITION_HOLDS,
		 "dmarc.policy is reject", "must be quarantine or reject"},
		{"word is none of", "dmarc.policy is none or absent", &reject, CONDITION_FAILS,
		 "dmarc.policy is reject", "must be none or absent"},
		{"word is not one of", "dmarc.policy is not none or reject", &reject,
		 CONDITION_FAILS, "dmarc.policy is reject", "must not be none or reject"},
		{"word is not", "dmarc.policy is not none", &reject, CONDITION_HOLDS,
		 "dmarc.policy is reject", "must not be none"},
		{"at least, equal", "spf.lookups >= 10", &ten, CONDITION_HOLDS, "spf.lookups is 10",
		 "must be at least 10"},
		{"at least, below", "spf.lookups >= 11", &ten, CONDITION_FAILS, "spf.lookups is 10",
		 "must be at least 11"},
		{"at most, equal", "spf.lookups <= 10", &ten, CONDITION_HOLDS, "spf.lookups is 10",
		 "must be at most 10"},
		{"at most, above", "spf.lookups <= 9", &ten, CONDITION_FAILS, "spf.lookups is 10",
		 "must be at most 9"},
		{"only", "dmarc.rua-addresses only dmarc@example.net or reports@example.org",
		 &two_addresses, CONDITION_HOLDS,
		 "dmarc.rua-addresses is Reports@example.org, dmarc@example.net",
		 "must hold only dmarc@example.net or reports@example.org"},
		{"only, and another is there", "dmarc.rua-addresses only dmarc@example.net",
		 &two_addresses, CONDITION_FAILS,
		 "dmarc.rua-addresses is Reports@example.org, dmarc@example.net",
		 "must hold only dmarc@example.net"},
		{"only, and another may be there", "dmarc.rua-addresses only reports@example.org",
		 &perhaps_more, CONDITION_UNKNOWN, "dmarc.rua-addresses is Reports@example.org",
		 "must hold only reports@example.org"},
		{"includes, may be there", "dmarc.rua-addresses includes dmarc@example.net",
		 &perhaps_more, CONDITION_UNKNOWN, "dmarc.rua-addresses is Reports@example.org",
		 "must include dmarc@example.net"},
		{"includes, cannot be there", "dmarc.rua-addresses includes a@example.net",
		 &perhaps_more, CONDITION_FAILS, "dmarc.rua-addresses is Reports@example.org",
		 "must include a@example.net"},
		{"at most, more may be there", "dmarc.rua-addresses <= 1", &perhaps_more,
		 CONDITION_UNKNOWN, "dmarc.rua-addresses is Reports@example.org",
		 "must be at most 1"},
		{"at least, more may be there", "dmarc.rua-addresses >= 2", &perhaps_more,
		 CONDITION_UNKNOWN, "dmarc.rua-addresses is Reports@example.org",
		 "must be at least 2"},
		{"includes without case", "dmarc.rua-addresses includes reports@EXAMPLE.org",
		 &two_addresses, CONDITION_HOLDS,
		 "dmarc.rua-addresses is Reports@example.org, dmarc@example.net",
		 "must include reports@EXAMPLE.org"},
		{"includes, fails", "dmarc.rua-addresses includes a@example.org", &two_addresses,
		 CONDITION_FAILS, "dmarc.rua-addresses is Reports@example.org, dmarc@example.net",
		 "must include a@example.org"},
		{"list length", "dmarc.rua-addresses >= 2", &two_addresses, CONDITION_HOLDS,
		 "dmarc.rua-addresses is Reports@example.org, dmarc@example.net",
		 "must be at least 2"},
		{"empty list", "dmarc.rua-addresses >= 1", &no_addresses, CONDITION_FAILS,
		 "dmarc.rua-addresses is empty", "must be at least 1"},
		{"unknown", "spf.lookups <= 10", &timed_out, CONDITION_UNKNOWN,
		 "spf.lookups: timeout", "must be at most 10"},
		{"unknown, negated", "dmarc.policy is not none", &timed_out, CONDITION_UNKNOWN,
		 "dmarc.policy: timeout", "must not be none"},
		{"not applicable", "mta-sts.mode is enforce", &senseless, CONDITION_NOT_APPLICABLE,
		 "mta-sts.mode: no mail host", "must be enforce"},
		{"unset is unknown", "spf.valid is no", &unset, CONDITION_UNKNOWN,
		 "spf.valid: not measured", "must be no"},
	};
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct condition condition;
		struct span why = SPAN("");
		if (!condition_parse(arena, span_of_string(rows[i].text), &condition, &why)) {
			fail_msg("%s: %.*s", rows[i].row, SPAN_ARG(why));
		}
		assert_row_int(rows[i].row, condition_judge(&condition, rows[i].measure),
			       rows[i].outcome);
		assert_row_span(rows[i].row, condition_observed(arena, &condition, rows[i].measure),
				span_of_string(rows[i].seen));
		assert_row_span(rows[i].row, condition_wanted(arena, &condition),
				span_of_string(rows[i].wanted));
	}
	arena_free(arena);
}

static void test_refuse(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		const char *why;
	} rows[] = {
		{"unknown measure", "spf.quality is good", "there is no measure \"spf.quality\""},
		{"nothing", "", "there is no measure \"\""},
		{"no operator", "spf.valid", "expected is, is not, >=, <=, includes or only"},
		{"unknown operator", "spf.valid == yes",
		 "expected is, is not, >=, <=, includes or only"},
		{"unknown word", "dmarc.policy is strict", "dmarc.policy is never \"strict\""},
		{"unknown second word", "dmarc.policy is reject or no",
		 "dmarc.policy is never \"no\""},
		{"bool with a number", "spf.valid is 1", "spf.valid is never \"1\""},
		{"no word", "dmarc.policy is", "a word is missing at the end"},
		{"no word after not", "dmarc.policy is not", "a word is missing at the end"},
		{"no word after or", "dmarc.policy is reject or", "a word is missing at the end"},
		{"two words without or", "dmarc.policy is reject none",
		 "expected \"or\" between words"},
		{"number with is", "spf.lookups is 10", "spf.lookups cannot be compared like that"},
		{"word with >=", "dmarc.policy >= 1", "dmarc.policy cannot be compared like that"},
		{"number includes", "spf.lookups includes 1",
		 "spf.lookups cannot be compared like that"},
		{"list is", "dmarc.rua-addresses is a@example.org",
		 "dmarc.rua-addresses cannot be compared like that"},
		{"not a number", "spf.lookups <= ten", "\"ten\" is not a number"},
		{"negative number", "spf.lookups >= -1", "\"-1\" is not a number"},
		{"number too large", "spf.lookups >= 9223372036854775808",
		 "\"9223372036854775808\" is not a number"},
		{"two numbers", "spf.lookups >= 1 2", "\"1 2\" is not a number"},
		{"includes two", "dmarc.rua-addresses includes a b", "\"includes\" takes one word"},
		{"includes nothing", "dmarc.rua-addresses includes", "\"includes\" takes one word"},
	};
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct condition condition;
		struct span why = SPAN("");
		assert_row_int(
			rows[i].row,
			condition_parse(arena, span_of_string(rows[i].text), &condition, &why),
			false);
		assert_row_span(rows[i].row, why, span_of_string(rows[i].why));
	}
	arena_free(arena);
}

static void test_too_many_words(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct span text = SPAN("dmarc.policy is reject");
	struct condition condition;
	struct span why;
	for (size_t i = 1; i < CONDITION_MAX_WORDS; i++) {
		text = arena_printf(arena, "%.*s or none", SPAN_ARG(text));
	}
	assert_true(condition_parse(arena, text, &condition, &why));
	assert_int_equal(condition.word_count, CONDITION_MAX_WORDS);
	text = arena_printf(arena, "%.*s or none", SPAN_ARG(text));
	assert_false(condition_parse(arena, text, &condition, &why));
	assert_row_span("too many", why, SPAN("too many words"));
	arena_free(arena);
}

/* A long list is cut in the explanation, and says so. */
static void test_long_list(void **state)
{
	static const struct span many[] = {SPAN_INIT("a"), SPAN_INIT("b"), SPAN_INIT("c"),
					   SPAN_INIT("d"), SPAN_INIT("e"), SPAN_INIT("f"),
					   SPAN_INIT("g"), SPAN_INIT("h")};
	(void)state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct measure measure = {.state = MEASURE_KNOWN, .words = many, .word_count = 8};
	struct condition condition = {.measure = MEASURE_DMARC_RUA_ADDRESSES};
	assert_row_span("eight", condition_observed(arena, &condition, &measure),
			SPAN("dmarc.rua-addresses is a, b, c, d, e, f and 2 more"));
	arena_free(arena);
}

/* Each word measure has a closed set, no other kind has one, and every measure has a name. */
static void test_measures(void **state)
{
	(void)state;
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		const struct measure_description *description =
			measure_describe((enum measure_id)i);
		assert_non_null(description->name);
		assert_non_null(description->description);
		enum measure_id found;
		assert_true(measure_find(span_of_string(description->name), &found));
		assert_row_int(description->name, found, i);
		bool is_bool = description->kind == MEASURE_BOOL;
		assert_row_int(description->name, measure_allows_word(found, SPAN("yes")), is_bool);
		assert_row_int(description->name, measure_allows_word(found, SPAN("")), false);
		const char *const samples[] = {"fail",	 "reject", "strict", "enforce",
					       "tls1.2", "secure", "dane"};
		size_t allowed = 0;
		for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]); s++) {
			allowed += measure_allows_word(found, span_of_string(samples[s]));
		}
		assert_row_int(description->name, allowed > 0, description->kind == MEASURE_WORD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),	       cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_too_many_words), cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_measures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
