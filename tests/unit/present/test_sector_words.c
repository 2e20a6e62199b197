/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Shares that do not lie, and sentences of a sector's leagues. */
#include "present/sector_words.h"

#include "unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_senders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
