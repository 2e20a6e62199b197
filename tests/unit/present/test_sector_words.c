/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Shares that do not lie, and sentences of a sector's leagues. */
#include "present/sector_words.h"

#include "unit.h"

#include <string.h>

static void test_share(void **state)
{
	static const struct {
		uint64_t part;
		uint64_t whole;
		const char *text;
	} rows[] = {
		{0, 0, "0 %"},
		{0, 221, "0 %"},
		{1, 221, "<1 %"},
		{2, 221, "1 %"},
		{206, 221, "93 %"},
		{220, 221, ">99 %"},
		{221, 221, "100 %"},
		{1, 2, "50 %"},
		{UINT32_MAX, (uint64_t)UINT32_MAX + 1, ">99 %"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(sector_share(rows[i].part, rows[i].whole).text, rows[i].text);
	}
}

static void assert_sentence(const struct sector_item *item, const char *expected)
{
	struct arena *arena = arena_new(4096);
	struct span sentence = sector_sentence(arena, item);
	struct span wanted = span_of_string(expected);
	assert_int_equal(sentence.len, wanted.len);
	assert_memory_equal(sentence.ptr, wanted.ptr, wanted.len);
	arena_free(arena);
}

static void test_findings(void **state)
{
	struct sector_item item = {.finding = SPAN("spf-missing"),
				   .about = SPAN("a.example has no SPF record"),
				   .domain_count = 1};
	assert_sentence(&item, "a.example has no SPF record");
	item.domain_count = 2;
	assert_sentence(&item, "a.example has no SPF record, and likewise 1 more domain");
	item.domain_count = 37;
	item.subject = SPAN("mx.example");
	assert_sentence(&item,
			"mx.example: a.example has no SPF record, and likewise 36 more domains");
}

static void test_keys(void **state)
{
	struct arena *arena = arena_new(4096);
	struct sector_item item = {.name = SPAN("8dfdccd5acbd612ff6d1dec3b85d69c2"),
				   .about = SPAN("fp01"),
				   .is_key = true,
				   .control = CONTROL_DKIM,
				   .number = 1024,
				   .domain_count = 1};
	*VECTOR_PUSH(&item.domains, arena, struct span, 1) = SPAN("gov.example");
	assert_sentence(&item, "DKIM key fp01._domainkey.gov.example (1024 bits, SHA-256 "
			       "8dfdccd5acbd612f...)");
	item.control = CONTROL_TLS;
	item.about = SPAN("mx.example");
	item.number = 0;
	assert_sentence(&item, "Certificate key of mx.example (SHA-256 8dfdccd5acbd612f...)");
	arena_free(arena);
}

static void test_senders(void **state)
{
	struct sector_item item = {.name = SPAN("sendgrid.net"), .domain_count = 3};
	assert_sentence(&item, "sendgrid.net");
	item.about = SPAN("Twilio SendGrid");
	assert_sentence(&item, "sendgrid.net (Twilio SendGrid)");
}

/* What is not known is never told as safe, and partly never as protected. */
static const struct mixture {
	const char *name;
	uint64_t counts[ANSWER_UNKNOWN + 1]; /* yes, partly, no, unknown */
	const char *spoofed;
	const char *intercepted;
} mixtures[] = {
	{"no domain", {0, 0, 0, 0}, "There is no domain to judge.", "There is no domain to judge."},
	{"all yes",
	 {5, 0, 0, 0},
	 "Criminals can send convincing mail as all 5 domains.",
	 "Mail to all 5 domains could be read or changed on its way."},
	{"all partly",
	 {0, 5, 0, 0},
	 "Nobody can freely send convincing mail as any of the 5 domains. 5 (100 %) are protected "
	 "only in part.",
	 "Nobody on the way can freely read or change mail to any of the 5 domains. 5 (100 %) are "
	 "protected only in part."},
	{"all no",
	 {0, 0, 5, 0},
	 "Receivers that check refuse mail forged in the name of any of the 5 domains.",
	 "Nobody on the way can read or change mail to any of the 5 domains."},
	{"all unknown",
	 {0, 0, 0, 5},
	 "Whether criminals can send convincing mail as any of the 5 domains could not be "
	 "determined.",
	 "Whether mail to any of the 5 domains could be read or changed on its way could not be "
	 "determined."},
	{"yes and partly",
	 {1, 1, 0, 0},
	 "Criminals can send convincing mail as 1 of 2 domains (50 %). 1 (50 %) is protected only "
	 "in part.",
	 "Mail to 1 of 2 domains (50 %) could be read or changed on its way. 1 (50 %) is protected "
	 "only in part."},
	{"yes and no",
	 {1, 0, 9, 0},
	 "Criminals can send convincing mail as 1 of 10 domains (10 %).",
	 "Mail to 1 of 10 domains (10 %) could be read or changed on its way."},
	{"yes and unknown",
	 {1, 0, 0, 9},
	 "Criminals can send convincing mail as 1 of 10 domains (10 %). Of 9 (90 %) it could not "
	 "be determined.",
	 "Mail to 1 of 10 domains (10 %) could be read or changed on its way. Of 9 (90 %) it could "
	 "not be determined."},
	{"partly and no",
	 {0, 2, 8, 0},
	 "Nobody can freely send convincing mail as any of the 10 domains. 2 (20 %) are protected "
	 "only in part.",
	 "Nobody on the way can freely read or change mail to any of the 10 domains. 2 (20 %) are "
	 "protected only in part."},
	{"partly and unknown",
	 {0, 1, 0, 1},
	 "Nobody can freely send convincing mail as the one domain that could be judged. 1 (50 %) "
	 "is protected only in part. Of 1 (50 %) it could not be determined.",
	 "Nobody on the way can freely read or change mail to the one domain that could be judged. "
	 "1 (50 %) is protected only in part. Of 1 (50 %) it could not be determined."},
	{"no and unknown",
	 {0, 0, 215, 6},
	 "Receivers that check refuse mail forged in the name of any of the 215 domains that could "
	 "be judged. Of 6 (3 %) it could not be determined.",
	 "Nobody on the way can read or change mail to any of the 215 domains that could be "
	 "judged. Of 6 (3 %) it could not be determined."},
	{"yes, partly and no",
	 {1, 1, 2, 0},
	 "Criminals can send convincing mail as 1 of 4 domains (25 %). 1 (25 %) is protected only "
	 "in part.",
	 "Mail to 1 of 4 domains (25 %) could be read or changed on its way. 1 (25 %) is protected "
	 "only in part."},
	{"yes, no and unknown",
	 {1, 0, 2, 1},
	 "Criminals can send convincing mail as 1 of 4 domains (25 %). Of 1 (25 %) it could not be "
	 "determined.",
	 "Mail to 1 of 4 domains (25 %) could be read or changed on its way. Of 1 (25 %) it could "
	 "not be determined."},
	{"yes, partly and unknown",
	 {2, 1, 0, 1},
	 "Criminals can send convincing mail as 2 of 4 domains (50 %). 1 (25 %) is protected only "
	 "in part. Of 1 (25 %) it could not be determined.",
	 "Mail to 2 of 4 domains (50 %) could be read or changed on its way. 1 (25 %) is protected "
	 "only in part. Of 1 (25 %) it could not be determined."},
	{"partly, no and unknown",
	 {0, 1, 2, 1},
	 "Nobody can freely send convincing mail as any of the 3 domains that could be judged. 1 "
	 "(25 %) is protected only in part. Of 1 (25 %) it could not be determined.",
	 "Nobody on the way can freely read or change mail to any of the 3 domains that could be "
	 "judged. 1 (25 %) is protected only in part. Of 1 (25 %) it could not be determined."},
	{"all four",
	 {14, 1, 201, 5},
	 "Criminals can send convincing mail as 14 of 221 domains (6 %). 1 (<1 %) is protected "
	 "only in part. Of 5 (2 %) it could not be determined.",
	 "Mail to 14 of 221 domains (6 %) could be read or changed on its way. 1 (<1 %) is "
	 "protected only in part. Of 5 (2 %) it could not be determined."},
	{"one, yes",
	 {1, 0, 0, 0},
	 "Criminals can send convincing mail as the only domain.",
	 "Mail to the only domain could be read or changed on its way."},
	{"one, no",
	 {0, 0, 1, 0},
	 "Receivers that check refuse mail forged in the name of the only domain.",
	 "Nobody on the way can read or change mail to the only domain."},
};

static void assert_answer(const struct mixture *row, enum sector_question question,
			  const char *expected)
{
	struct arena *arena = arena_new(4096);
	struct sector_counts counts = {.nonexistent = 3, .domains = 3};
	for (size_t i = 0; i <= ANSWER_UNKNOWN; i++) {
		counts.domains += row->counts[i];
	}
	uint64_t *answers =
		question == SECTOR_QUESTION_SPOOFED ? counts.spoofable : counts.interceptable;
	memcpy(answers, row->counts, sizeof(row->counts));
	struct sector_answer answer = sector_answer(arena, &counts, question);
	struct span text =
		arena_printf(arena, "%.*s%.*s", SPAN_ARG(answer.first), SPAN_ARG(answer.rest));
	assert_row_span(row->name, text, span_of_string(expected));
	assert_row_int(row->name, answer.is_bad, row->counts[ANSWER_YES] > 0);
	arena_free(arena);
}

static void test_answers(void **state)
{
	for (size_t i = 0; i < sizeof(mixtures) / sizeof(mixtures[0]); i++) {
		assert_answer(&mixtures[i], SECTOR_QUESTION_SPOOFED, mixtures[i].spoofed);
		assert_answer(&mixtures[i], SECTOR_QUESTION_INTERCEPTED, mixtures[i].intercepted);
	}
}

static void test_refusing(void **state)
{
	struct arena *arena = arena_new(4096);
	struct sector_counts counts = {.domains = 221};
	counts.policies[SECTOR_POLICY_REJECT] = 206;
	assert_row_span("known", sector_refusing(arena, &counts),
			SPAN("206 (93 %) tell receivers to refuse forged mail."));
	counts.policies[SECTOR_POLICY_REJECT] = 1;
	counts.policies[SECTOR_POLICY_UNKNOWN] = 2;
	assert_row_span("not known", sector_refusing(arena, &counts),
			SPAN("1 (<1 %) tells receivers to refuse forged mail; of 2 (1 %) it is not "
			     "known."));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),	cmocka_unit_test(test_findings),
		cmocka_unit_test(test_keys),	cmocka_unit_test(test_senders),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_refusing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
