/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "advise/tag_draft.h"
#include "unit.h"

static struct tag_draft draft_of(struct arena *arena, struct span text)
{
	struct problems problems = {0};
	struct tag_list list = tag_list_parse(arena, text, &problems);
	return tag_draft_of(arena, &list);
}

static void test_keeps_order(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 16);
	struct tag_draft draft =
		draft_of(arena, SPAN("v=DMARC1;p=none ; rua=mailto:a@b;p=reject;"));
	assert_row_span("as read", tag_draft_write(&draft),
			SPAN("v=DMARC1; p=none; rua=mailto:a@b"));
	tag_draft_set(&draft, SPAN("p"), SPAN("quarantine"));
	tag_draft_set(&draft, SPAN("adkim"), SPAN("s"));
	assert_row_span("set", tag_draft_write(&draft),
			SPAN("v=DMARC1; p=quarantine; rua=mailto:a@b; adkim=s"));
	tag_draft_drop(&draft, SPAN("rua"));
	tag_draft_drop(&draft, SPAN("ruf"));
	assert_row_span("drop", tag_draft_write(&draft), SPAN("v=DMARC1; p=quarantine; adkim=s"));
	tag_draft_place(&draft, 1, SPAN("adkim"), SPAN("r"));
	assert_row_span("place", tag_draft_write(&draft), SPAN("v=DMARC1; adkim=r; p=quarantine"));
	tag_draft_place(&draft, 9, SPAN("sp"), SPAN("none"));
	assert_row_span("place at the end", tag_draft_write(&draft),
			SPAN("v=DMARC1; adkim=r; p=quarantine; sp=none"));
	tag_draft_place(&draft, 0, SPAN("v"), SPAN("DMARC1"));
	assert_row_span("place in front", tag_draft_write(&draft),
			SPAN("v=DMARC1; adkim=r; p=quarantine; sp=none"));
	assert_null(tag_draft_find(&draft, SPAN("rua")));
	assert_row_span("find", tag_draft_find(&draft, SPAN("sp"))->value, SPAN("none"));
	arena_free(arena);
}

static void test_empty(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 16);
	struct tag_draft draft = tag_draft_new(arena);
	assert_int_equal(tag_draft_write(&draft).len, 0);
	tag_draft_place(&draft, 3, SPAN("v"), SPAN("1"));
	assert_row_span("first", tag_draft_write(&draft), SPAN("v=1"));
	arena_free(arena);
}

/* More tags than any record has are dropped, not written past the end. */
static void test_full(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 18);
	struct tag_draft draft = tag_draft_new(arena);
	for (size_t i = 0; i < TAG_LIST_MAX; i++) {
		tag_draft_set(&draft, arena_printf(arena, "t%zu", i), SPAN("x"));
	}
	tag_draft_set(&draft, SPAN("more"), SPAN("x"));
	tag_draft_place(&draft, 1, SPAN("more"), SPAN("x"));
	assert_int_equal(draft.items.len, TAG_LIST_MAX);
	assert_null(tag_draft_find(&draft, SPAN("more")));
	assert_row_span("second", tag_draft_at(&draft, 1)->name, SPAN("t1"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_order),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
