/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* base: the containers, readers and writers everything else trusts. */
#include "unit.h"

#include "base/base.h"

static void test_span_split(void **state)
{
	(void)state;
	struct span rest = SPAN("a,,b,");
	const char *expected[] = {"a", "", "b", ""};
	struct span part;
	size_t n = 0;
	while (span_split(&rest, ',', &part)) {
		assert_true(n < 4);
		assert_row_span("part", part, span_of_string(expected[n]));
		n++;
	}
	assert_int_equal(n, 4);
}

static void test_span_search(void **state)
{
	(void)state;
	assert_int_equal(span_search(SPAN("abcabd"), SPAN("abd")), 3);
	assert_int_equal(span_search(SPAN("abcab"), SPAN("abd")), 5);
	assert_true(span_equal_nocase(SPAN("MaIl"), SPAN("mAiL")));
	assert_false(span_equal(SPAN("mail"), SPAN("mai")));
	assert_row_span("trim", span_trim(SPAN(" \t x y "), " \t"), SPAN("x y"));
}

static void test_arena_limit(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1000);
	assert_non_null(arena_alloc(arena, 600));
	assert_null(arena_alloc(arena, 600));
	assert_true(arena_has_failed(arena));
	arena_reset(arena);
	assert_false(arena_has_failed(arena));
	const char *zeroed = arena_alloc(arena, 900);
	assert_non_null(zeroed);
	for (size_t i = 0; i < 900; i++) {
		assert_int_equal(zeroed[i], 0);
	}
	assert_null(arena_alloc(arena, SIZE_MAX));
	arena_free(arena);
}

static void test_map_many(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)8 << 20);
	struct map map = map_new(arena, 5000, 42);
	static int values[5001];
	for (int i = 0; i < 5000; i++) {
		assert_true(map_put(&map, arena_printf(arena, "key-%d", i), &values[i]));
	}
	assert_false(map_put(&map, SPAN("one too many"), &values[5000]));
	assert_true(map_put(&map, SPAN("key-7"), &values[5000]));
	assert_ptr_equal(map_get(&map, SPAN("key-7")), &values[5000]);
	assert_ptr_equal(map_get(&map, SPAN("key-4999")), &values[4999]);
	assert_null(map_get(&map, SPAN("key-5000")));
	assert_row_span("order", map_at(&map, 4321)->key, SPAN("key-4321"));
	arena_free(arena);
}

static void test_buffer_maximum(void **state)
{
	(void)state;
	struct buffer buffer = buffer_new(10);
	buffer_printf(&buffer, "%s-%d", "abc", 12);
	assert_row_span("text", buffer_span(&buffer), SPAN("abc-12"));
	buffer_puts(&buffer, "12345");
	assert_true(buffer.is_failed);
	assert_int_equal(buffer.len, 6);
	buffer_free(&buffer);
}

static void test_cursor(void **state)
{
	(void)state;
	struct cursor cursor = cursor_of(SPAN("\x01\x02\x03\x04\x05"));
	assert_int_equal(cursor_u16(&cursor), 0x0102);
	assert_int_equal(cursor_u24(&cursor), 0x030405);
	assert_false(cursor.is_failed);
	assert_int_equal(cursor_u8(&cursor), 0);
	assert_true(cursor.is_failed);
}

static void test_words(void **state)
{
	(void)state;
	struct span rest = SPAN(" \tone two\r\n three  ");
	assert_row_span("the first, with space before it", text_take_word(&rest), SPAN("one"));
	assert_row_span("what is left", rest, SPAN("two\r\n three"));
	assert_row_span("the second", text_take_word(&rest), SPAN("two"));
	assert_row_span("the last", text_take_word(&rest), SPAN("three"));
	assert_row_span("after the last", text_take_word(&rest), SPAN(""));
	assert_row_span("nothing is left", rest, SPAN(""));
}

static void test_number(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		uint64_t max;
		bool is_ok;
		uint64_t number;
	} rows[] = {
		{"zero", SPAN_INIT("0"), 10, true, 0},
		{"max", SPAN_INIT("18446744073709551615"), UINT64_MAX, true, UINT64_MAX},
		{"overflow", SPAN_INIT("18446744073709551616"), UINT64_MAX, false, 0},
		{"above max", SPAN_INIT("11"), 10, false, 0},
		{"sign", SPAN_INIT("+1"), 10, false, 0},
		{"empty", SPAN_INIT(""), 10, false, 0},
		{"space", SPAN_INIT("1 "), 10, false, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t number = 0;
		assert_row_int(rows[i].name,
			       number_parse_decimal(rows[i].text, rows[i].max, &number),
			       rows[i].is_ok);
		assert_row_int(rows[i].name, number, rows[i].number);
	}
}

static void test_base64(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
		struct span octets;
		size_t bad_offset; /* meant only when octets is NULL */
	} rows[] = {
		{"rfc4648 f", SPAN_INIT("Zg=="), SPAN_INIT("f"), 0},
		{"rfc4648 fo", SPAN_INIT("Zm8="), SPAN_INIT("fo"), 0},
		{"rfc4648 foobar", SPAN_INIT("Zm9vYmFy"), SPAN_INIT("foobar"), 0},
		{"folded", SPAN_INIT("Zm9v\r\n\tYmFy"), SPAN_INIT("foobar"), 0},
		{"empty", SPAN_INIT(""), SPAN_INIT(""), 0},
		{"bad char", SPAN_INIT("Zm9*"), {NULL, 0}, 3},
		{"no padding", SPAN_INIT("Zg"), {NULL, 0}, 2},
		{"data after padding", SPAN_INIT("Zg==Zg=="), {NULL, 0}, 4},
		{"too much padding", SPAN_INIT("Zg==="), {NULL, 0}, 4},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer octets = buffer_new(100);
		size_t bad_offset = 0;
		bool is_ok = base64_decode(rows[i].text, &octets, &bad_offset);
		assert_row_int(rows[i].name, is_ok, rows[i].octets.ptr != NULL);
		if (is_ok) {
			assert_row_span(rows[i].name, buffer_span(&octets), rows[i].octets);
		} else {
			assert_row_int(rows[i].name, bad_offset, rows[i].bad_offset);
		}
		buffer_free(&octets);
	}
	struct buffer text = buffer_new(100);
	base64_encode(&text, SPAN("fo"));
	assert_row_span("encode", buffer_span(&text), SPAN("Zm8="));
	buffer_free(&text);
}

static void test_time(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_ok;
		int64_t seconds;
		const char *formatted;
	} rows[] = {
		{"1970-01-01T00:00:00Z", true, 0, "1970-01-01T00:00:00Z"},
		{"2026-11-23", true, 1795392000, "2026-11-23T00:00:00Z"},
		{"2024-02-29T23:59:59Z", true, 1709251199, "2024-02-29T23:59:59Z"},
		{"2026-11-23T14:45:00+01:00", true, 1795441500, "2026-11-23T13:45:00Z"},
		{"1969-12-31T23:59:59Z", true, -1, "1969-12-31T23:59:59Z"},
		{"2023-02-29", false, 0, NULL},
		{"2026-13-01", false, 0, NULL},
		{"2026-11-23T25:00:00Z", false, 0, NULL},
		{"2026-11-23T14:45:00", false, 0, NULL},
		{"tomorrow", false, 0, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t seconds = 0;
		assert_row_int(rows[i].text, time_parse(span_of_string(rows[i].text), &seconds),
			       rows[i].is_ok);
		assert_row_int(rows[i].text, seconds, rows[i].seconds);
		if (rows[i].is_ok) {
			assert_string_equal(time_format(seconds).text, rows[i].formatted);
		}
	}
}

static void test_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8(SPAN("caf\xc3\xa9 \xf0\x9f\x93\xa7")));
	assert_false(text_is_utf8(SPAN("\xc0\xaf")));
	assert_false(text_is_utf8(SPAN("\xed\xa0\x80")));
	assert_false(text_is_utf8(SPAN("\xf4\x90\x80\x80")));
	assert_false(text_is_utf8(SPAN("\xe2\x82")));
	assert_true(text_is_deceptive(0x202e));
	assert_false(text_is_deceptive('a'));
}

static void test_json(void **state)
{
	(void)state;
	struct buffer buffer = buffer_new(1000);
	struct json_writer json = json_writer_new(&buffer, 0);
	json_object_begin(&json);
	json_key_string(&json, "a", SPAN("x\"\\\n\x01\xff\xc3\xa9"));
	json_key(&json, "b");
	json_array_begin(&json);
	json_put_number(&json, -3);
	json_put_bool(&json, true);
	json_put_null(&json);
	json_array_end(&json);
	json_key(&json, "c");
	json_object_begin(&json);
	json_object_end(&json);
	json_key_strings(&json, "d", (const struct span[]){SPAN("one"), SPAN("two")}, 2);
	json_key_strings(&json, "e", NULL, 0);
	json_object_end(&json);
	assert_row_span("json", buffer_span(&buffer),
			SPAN("{\"a\":\"x\\\"\\\\\\n\\u0001\\ufffd\xc3\xa9\",\"b\":[-3,true,null],"
			     "\"c\":{},\"d\":[\"one\",\"two\"],\"e\":[]}"));
	buffer_free(&buffer);
}

static void test_fnv(void **state)
{
	(void)state;
	assert_true(fnv_add(FNV_BASIS, SPAN("")) == FNV_BASIS);
	assert_true(fnv_add(FNV_BASIS, SPAN("a")) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(fnv_add(FNV_BASIS, SPAN("foobar")) == UINT64_C(0x85944171f73967e8));
	assert_true(fnv_add(fnv_add(FNV_BASIS, SPAN("foo")), SPAN("bar")) ==
		    UINT64_C(0x85944171f73967e8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_span_split),     cmocka_unit_test(test_span_search),
		cmocka_unit_test(test_arena_limit),    cmocka_unit_test(test_map_many),
		cmocka_unit_test(test_buffer_maximum), cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_number),	       cmocka_unit_test(test_base64),
		cmocka_unit_test(test_time),	       cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_json),	       cmocka_unit_test(test_fnv),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
