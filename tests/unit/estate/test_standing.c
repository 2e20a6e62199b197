/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A domain's standing: what is taken from an assessment, and its text. */
#include "unit.h"

#include "judged.h"

/* The text of example.org's standing in a world of these lines. */
static void standing_in_world(const char *const *lines, struct buffer *text)
{
	struct judged judged = judge_world(lines);
	standing_write(judged.standing, text);
	assert_false(text->is_failed);
	judged_free(&judged);
}

static void assert_has(const struct buffer *text, const char *line)
{
	if (span_search(buffer_span(text), span_of_string(line)) == text->len) {
		fail_msg("no line \"%s\" in:\n%.*s", line, SPAN_ARG(buffer_span(text)));
	}
}

static void test_what_is_taken(void **state)
{
	static const char *const lines[] = {
		"example.org. MX 10 mx.example.org.",
		"mx.example.org. A 192.0.2.1",
		"example.org. TXT \"v=spf1 include:_spf.sender.example include:_own.example.org "
		"-all\"",
		"_spf.sender.example. TXT \"v=spf1 ip4:198.51.100.0/24 include:deep.sender.example "
		"-all\"",
		"deep.sender.example. TXT \"v=spf1 ip4:203.0.113.0/24 -all\"",
		"_own.example.org. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"",
		"_dmarc.example.org. TXT \"v=DMARC1; p=quarantine; rua=mailto:d@example.org\"",
		NULL,
	};
	(void)state;
	struct buffer text = buffer_new(STANDING_MAX_TEXT);
	standing_in_world(lines, &text);
	assert_has(&text, "mailseal-standing 1\n");
	assert_has(&text, "\nkind\tsending\texample.org\n");
	assert_has(&text, "\nspoofable\tpartly\t");
	assert_has(&text, "\ntrait\tmx-host\tmx.example.org\t\t0\n");
	assert_has(&text, "\ntrait\tsender\t_spf.sender.example\t\t0\n");
	assert_has(&text, "\ntrait\tdmarc-policy\tquarantine\t\t0\n");
	assert_has(&text, "\ntrait\treports-to\td@example.org\t\t0\n");
	/* What an outside sender includes is the outsider's business; what is ours is no outsider.
	 */
	assert_int_equal(span_search(buffer_span(&text), SPAN("deep.sender.example\t")), text.len);
	assert_int_equal(span_search(buffer_span(&text), SPAN("sender\t_own.example.org")),
			 text.len);
	buffer_free(&text);
}

static void test_text_reads_back(void **state)
{
	static const char *const texts[] = {
		"mailseal-standing 1\nkind\tparked\t\nspoofable\tno\tA sentence.\n"
		"interceptable\tunknown\t\ncontrol\tspf\tgood\ncontrol\tdkim\tunknown\n"
		"control\tdmarc\tbad\ncontrol\tmx\tabsent\ncontrol\ttls\timprove\n"
		"control\tmta-sts\tunknown\ncontrol\ttls-rpt\tunknown\ncontrol\tdane\tunknown\n"
		"control\tdnssec\tunknown\ncontrol\tbimi\tunknown\n"
		"finding\tdmarc\thigh\tdmarc-missing\t_dmarc.x\tA title with \\t, \\\\ and \\n.\n"
		"trait\tdkim-key\ts1\tabcd\t1024\n",
	};
	(void)state;
	struct arena *arena = arena_new(STANDING_MAX_TEXT);
	struct buffer written = buffer_new(STANDING_MAX_TEXT);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct standing standing;
		assert_true(standing_read(arena, span_of_string(texts[i]), &standing));
		buffer_clear(&written);
		standing_write(&standing, &written);
		assert_row_span("text", buffer_span(&written), span_of_string(texts[i]));
	}
	buffer_free(&written);
	arena_free(arena);
}

static void test_other_texts(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		bool is_standing;
		size_t findings;
		size_t traits;
	} rows[] = {
		{"empty", "", false, 0, 0},
		{"something else", "hello\n", false, 0, 0},
		{"a later version's lines and words",
		 "mailseal-standing 1\nnovelty\ta\tb\ncontrol\tquantum\tgood\n"
		 "trait\tmoon\tx\ty\t1\nfinding\tquantum\thigh\tid\ts\tt\n",
		 true, 0, 0},
		{"number that is none", "mailseal-standing 1\ntrait\tmx-host\ta\tb\t-1\n", true, 0,
		 0},
		{"fields missing", "mailseal-standing 1\nfinding\tspf\tlow\ntrait\n", true, 1, 0},
		{"lone backslash", "mailseal-standing 1\ntrait\tmx-host\ta\\\tb\t1\n", true, 0, 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(STANDING_MAX_TEXT);
		struct standing standing = {.kind = DOMAIN_PARKED};
		bool is_standing = standing_read(arena, span_of_string(rows[i].text), &standing);
		assert_row_int(rows[i].name, is_standing, rows[i].is_standing);
		assert_row_int(rows[i].name, standing.findings.len, rows[i].findings);
		assert_row_int(rows[i].name, standing.traits.len, rows[i].traits);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_taken),
		cmocka_unit_test(test_text_reads_back),
		cmocka_unit_test(test_other_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
