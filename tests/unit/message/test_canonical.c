/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Canonical forms against RFC 6376 3.4 and its examples, in chunks of every size. */
#include "unit.h"

#include "message/canonical.h"

/* Repeats the body so that whole words and their borders are met in every position. */
static void canonicalise(enum canonical_form form, struct span body, size_t chunk,
			 struct buffer *result)
{
	struct canonical_body canonical = canonical_body_new(form);
	char out[CANONICAL_BODY_ROOM];
	buffer_clear(result);
	for (size_t at = 0; at < body.len; at += chunk) {
		struct span input = span_slice(body, at, chunk);
		while (input.len > 0) {
			size_t len = canonical_body_next(&canonical, &input, out, sizeof(out));
			buffer_append(result, span_of(out, len));
		}
	}
	for (size_t len; (len = canonical_body_end(&canonical, out, sizeof(out))) > 0;) {
		buffer_append(result, span_of(out, len));
	}
}

struct row {
	const char *row;
	struct span body;
	struct span simple;
	struct span relaxed;
};

static const struct row rows[] = {
	{"RFC 6376 3.4.5", SPAN_INIT(" C \r\nD \t E\r\n\r\n\r\n"), SPAN_INIT(" C \r\nD \t E\r\n"),
	 SPAN_INIT(" C\r\nD E\r\n")},
	{"empty", SPAN_INIT(""), SPAN_INIT("\r\n"), SPAN_INIT("")},
	{"only a line end", SPAN_INIT("\r\n"), SPAN_INIT("\r\n"), SPAN_INIT("")},
	{"only blank lines", SPAN_INIT("\r\n\r\n\r\n"), SPAN_INIT("\r\n"), SPAN_INIT("")},
	{"only spaces", SPAN_INIT(" \t\r\n \r\n"), SPAN_INIT(" \t\r\n \r\n"), SPAN_INIT("")},
	{"last line open", SPAN_INIT("a\r\nb"), SPAN_INIT("a\r\nb\r\n"), SPAN_INIT("a\r\nb\r\n")},
	{"last line open with space", SPAN_INIT("a\r\nb  "), SPAN_INIT("a\r\nb  \r\n"),
	 SPAN_INIT("a\r\nb\r\n")},
	{"blank lines inside", SPAN_INIT("a\r\n\r\n\r\nb\r\n\r\n"), SPAN_INIT("a\r\n\r\n\r\nb\r\n"),
	 SPAN_INIT("a\r\n\r\n\r\nb\r\n")},
	{"space lines inside", SPAN_INIT("a\r\n \t\r\nb\r\n"), SPAN_INIT("a\r\n \t\r\nb\r\n"),
	 SPAN_INIT("a\r\n\r\nb\r\n")},
	{"bare CR", SPAN_INIT("a\rb\r\n"), SPAN_INIT("a\rb\r\n"), SPAN_INIT("a\rb\r\n")},
	{"bare CRs", SPAN_INIT("a \r\r \rb\r\r\n"), SPAN_INIT("a \r\r \rb\r\r\n"),
	 SPAN_INIT("a \r\r \rb\r\r\n")},
	{"bare CR at the end", SPAN_INIT("a\r\n\r\n\r"), SPAN_INIT("a\r\n\r\n\r\r\n"),
	 SPAN_INIT("a\r\n\r\n\r\r\n")},
	{"bare LF", SPAN_INIT("a\nb \nc\r\n"), SPAN_INIT("a\nb \nc\r\n"),
	 SPAN_INIT("a\nb \nc\r\n")},
	{"NUL", SPAN_INIT("a\0 \0\r\n"), SPAN_INIT("a\0 \0\r\n"), SPAN_INIT("a\0 \0\r\n")},
	{"long words", SPAN_INIT("0123456789abcdef 0123456789abcdef  0123456789abcdef \r\nxyz\r\n"),
	 SPAN_INIT("0123456789abcdef 0123456789abcdef  0123456789abcdef \r\nxyz\r\n"),
	 SPAN_INIT("0123456789abcdef 0123456789abcdef 0123456789abcdef\r\nxyz\r\n")},
	{"tabs", SPAN_INIT("one\ttwo\t\tthree \t four, five six\tseven\r\n"),
	 SPAN_INIT("one\ttwo\t\tthree \t four, five six\tseven\r\n"),
	 SPAN_INIT("one two three four, five six seven\r\n")},
	{"high octets", SPAN_INIT("\xc3\xa4\xc3\xb6 \xa0\xa0  \xff\xfe\xfd\xfc\xfb\xfa\xf9\r\n"),
	 SPAN_INIT("\xc3\xa4\xc3\xb6 \xa0\xa0  \xff\xfe\xfd\xfc\xfb\xfa\xf9\r\n"),
	 SPAN_INIT("\xc3\xa4\xc3\xb6 \xa0\xa0 \xff\xfe\xfd\xfc\xfb\xfa\xf9\r\n")},
};

static void test_hazard_28_body_forms(void **state)
{
	struct buffer result = buffer_new(10000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t chunk = 1; chunk <= rows[i].body.len + 1; chunk++) {
			canonicalise(CANONICAL_SIMPLE, rows[i].body, chunk, &result);
			assert_row_span(rows[i].row, buffer_span(&result), rows[i].simple);
			canonicalise(CANONICAL_RELAXED, rows[i].body, chunk, &result);
			assert_row_span(rows[i].row, buffer_span(&result), rows[i].relaxed);
		}
	}
	buffer_free(&result);
}

/* The same text shifted by each of eight octets: the fast path must see nothing else. */
static void test_every_alignment(void **state)
{
	struct buffer body = buffer_new(10000);
	struct buffer expected = buffer_new(10000);
	struct buffer result = buffer_new(10000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int shift = 1; shift <= 16; shift++) {
			buffer_clear(&body);
			buffer_clear(&expected);
			buffer_printf(&body, "%.*s\r\n", shift, "qwertyuiopasdfgh");
			buffer_append(&expected, buffer_span(&body));
			buffer_append(&body, rows[i].body);
			buffer_append(&expected, rows[i].relaxed);
			canonicalise(CANONICAL_RELAXED, buffer_span(&body), 5000, &result);
			assert_row_span(rows[i].row, buffer_span(&result), buffer_span(&expected));
		}
	}
	buffer_free(&body);
	buffer_free(&expected);
	buffer_free(&result);
}

static void test_many_held_lines(void **state)
{
	enum { LINES = 1000 };
	struct buffer body = buffer_new(10000);
	struct buffer result = buffer_new(10000);
	buffer_putc(&body, 'a');
	for (int i = 0; i < LINES; i++) {
		buffer_puts(&body, "\r\n");
	}
	buffer_puts(&body, "b\r\n");
	canonicalise(CANONICAL_RELAXED, buffer_span(&body), 10000, &result);
	assert_row_span("held lines", buffer_span(&result), buffer_span(&body));
	canonicalise(CANONICAL_RELAXED, span_slice(buffer_span(&body), 0, 1 + 2 * LINES), 3,
		     &result);
	assert_row_span("dropped lines", buffer_span(&result), SPAN("a\r\n"));
	buffer_free(&body);
	buffer_free(&result);
}

static void test_fields(void **state)
{
	static const struct {
		const char *row;
		struct span raw;
		struct span relaxed;
	} fields[] = {
		{"RFC 6376 3.4.5 A", SPAN_INIT("A: X\r\n"), SPAN_INIT("a:X\r\n")},
		{"RFC 6376 3.4.5 B", SPAN_INIT("B : Y\t\r\n\tZ  \r\n"), SPAN_INIT("b:Y Z\r\n")},
		{"empty", SPAN_INIT("Subject:\r\n"), SPAN_INIT("subject:\r\n")},
		{"only space", SPAN_INIT("Subject: \t\r\n"), SPAN_INIT("subject:\r\n")},
		{"folds", SPAN_INIT("S: a\r\n  b\r\n\tc\r\n"), SPAN_INIT("s:a b c\r\n")},
		{"fold after space", SPAN_INIT("S: a \r\n b\r\n"), SPAN_INIT("s:a b\r\n")},
		{"colons", SPAN_INIT("S: a:b : c\r\n"), SPAN_INIT("s:a:b : c\r\n")},
		{"bare LF", SPAN_INIT("S: a\nb\r\n"), SPAN_INIT("s:a\nb\r\n")},
		{"folded name", SPAN_INIT("From\r\n : a\r\n"), SPAN_INIT("from:a\r\n")},
	};
	struct buffer result = buffer_new(1000);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buffer_clear(&result);
		canonical_field_write(CANONICAL_RELAXED, fields[i].raw, &result);
		assert_row_span(fields[i].row, buffer_span(&result), fields[i].relaxed);
		buffer_clear(&result);
		canonical_field_write(CANONICAL_SIMPLE, fields[i].raw, &result);
		assert_row_span(fields[i].row, buffer_span(&result), fields[i].raw);
	}
	buffer_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hazard_28_body_forms),
		cmocka_unit_test(test_every_alignment),
		cmocka_unit_test(test_many_held_lines),
		cmocka_unit_test(test_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
