/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A report on attempts of which none was made: nothing to show is no reason to crash. */
#include "present/spoof.h"

#include "unit.h"

static void make_untried(struct spoof_report *report)
{
	*report = (struct spoof_report){
		.domain = SPAN("example.org"),
		.unicode = SPAN("example.org"),
		.sentence = SPAN("It could not be determined."),
	};
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		report->findings[i].vector = (enum spoof_vector)i;
		report->findings[i].reason = SPAN("a name server did not answer");
	}
}

static void test_json_of_untried(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct buffer text = buffer_new((size_t)1 << 20);
	struct json_writer json = json_writer_new(&text, 0);
	struct spoof_report report;
	make_untried(&report);
	present_json_spoof(&report, arena, &json);
	struct span written = buffer_span(&text);
	assert_false(text.is_failed);
	assert_true(span_search(written, SPAN("\"witness\":null")) < written.len);
	assert_true(span_search(written, SPAN("\"condition\":\"\"")) < written.len);
	buffer_free(&text);
	arena_free(arena);
}

static void test_text_of_untried(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct buffer text = buffer_new((size_t)1 << 20);
	const struct terminal_style style = {.width = 80, .is_verbose = true};
	struct spoof_report report;
	make_untried(&report);
	present_terminal_spoof(&report, &style, /* is_explained: */ true, arena, &text);
	struct span written = buffer_span(&text);
	assert_false(text.is_failed);
	assert_true(span_search(written, SPAN("The message that")) == written.len);
	buffer_free(&text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_of_untried),
		cmocka_unit_test(test_text_of_untried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
