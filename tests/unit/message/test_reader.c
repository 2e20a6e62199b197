/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The reader: one reading in every chunking, and the oddities with their offsets. */
#include "unit.h"

#include "message/feed.h"

#define LETTER                                                                                     \
	"Received: by mx.example\r\n\twith ESMTP\r\nFrom: Ann <a@x.example>\r\n"                   \
	"Subject: one\r\n two\r\n\r\nHello,\r\n\r\nworld\r\n"

static void test_fields_and_offsets(void **state)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer body = buffer_new(1000);
	const struct message *message = feed(arena, SPAN(LETTER), 1000, &body);
	const struct header *header = &message->header;
	assert_int_equal(header->field_count, 3);
	assert_row_span("name", header->fields[0].name, SPAN("Received"));
	assert_row_span("raw", header->fields[0].raw,
			SPAN("Received: by mx.example\r\n\twith ESMTP\r\n"));
	assert_row_span("value", header->fields[2].value, SPAN(" one\r\n two"));
	assert_int_equal(header->fields[1].offset, 38);
	assert_ptr_equal(header_find(header, SPAN("SUBJECT"), 0), &header->fields[2]);
	assert_null(header_find(header, SPAN("Subject"), 1));
	assert_row_span("body", buffer_span(&body), SPAN("Hello,\r\n\r\nworld\r\n"));
	assert_int_equal(message->body_bytes, body.len);
	assert_int_equal(message->body_offset, sizeof(LETTER) - 1 - body.len);
	assert_int_equal(anomaly_count(&message->anomalies), 0);
	buffer_free(&body);
	arena_free(arena);
}

/* What two readings must have in common. */
static void write_reading(const struct message *message, struct span body, struct buffer *text)
{
	buffer_printf(text, "%d %llu %llu\n", (int)message->line_ends,
		      (unsigned long long)message->body_offset,
		      (unsigned long long)message->body_bytes);
	for (size_t i = 0; i < message->header.field_count; i++) {
		buffer_printf(text, "%zu ", message->header.fields[i].offset);
		buffer_append(text, message->header.fields[i].raw);
	}
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		const struct anomaly *anomaly = anomaly_at(&message->anomalies, i);
		buffer_printf(text, "%s %llu %zu\n", anomaly_name(anomaly->kind),
			      (unsigned long long)anomaly->offset, anomaly->len);
	}
	buffer_append(text, body);
}

static void read_in_chunks(struct span text, size_t chunk, struct buffer *reading)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer body = buffer_new(10000);
	const struct message *message = feed(arena, text, chunk, &body);
	buffer_clear(reading);
	write_reading(message, buffer_span(&body), reading);
	assert_false(arena_has_failed(arena));
	buffer_free(&body);
	arena_free(arena);
}

static void test_hazard_29_chunk_boundaries(void **state)
{
	static const struct span texts[] = {
		SPAN_INIT(LETTER),
		SPAN_INIT(""),
		SPAN_INIT("\r\n"),
		SPAN_INIT("\n"),
		SPAN_INIT("\r\nbody"),
		SPAN_INIT("Subject: no end"),
		SPAN_INIT("Subject: no blank line\r\n"),
		SPAN_INIT("Subject: x\r\n\rstill header\r\n\r\nbody"),
		SPAN_INIT("From: a@x.example\nSubject: unix\n\nbody\nmore\n\n"),
		SPAN_INIT("From: a@x.example\nSubject: mixed\r\n\r\nbody\nmore\r\n"),
		SPAN_INIT("A: b\r\nC: d\n\nE: f\r\n\r\nbody\n.\nmore\r\n"),
		SPAN_INIT("A: \0b\r\n\r\nbody\r.\r\n\0.\r\n"),
	};
	struct buffer whole = buffer_new(20000);
	struct buffer split = buffer_new(20000);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		read_in_chunks(texts[i], 10000, &whole);
		for (size_t chunk = 1; chunk < texts[i].len; chunk++) {
			read_in_chunks(texts[i], chunk, &split);
			assert_row_span(texts[i].ptr, buffer_span(&split), buffer_span(&whole));
		}
	}
	buffer_free(&whole);
	buffer_free(&split);
}

struct row {
	const char *row;
	struct span text;
	enum anomaly_kind kind;
	int count;
	size_t offset; /* of the first */
};

static void check_row(const struct row *row)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	const struct message *message = feed(arena, row->text, 10000, NULL);
	assert_row_int(row->row, message->anomalies.counts[row->kind], row->count);
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		const struct anomaly *anomaly = anomaly_at(&message->anomalies, i);
		if (anomaly->kind == row->kind) {
			assert_row_int(row->row, anomaly->offset, row->offset);
			break;
		}
	}
	arena_free(arena);
}

#define CHECK(rows)                                                                                \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) {                            \
		check_row(&(rows)[i]);                                                             \
	}

static void test_hazard_10_bare_line_ends(void **state)
{
	static const struct row rows[] = {
		{"CRLF", SPAN_INIT("A: b\r\n\r\na\r\nb\r\n"), ANOMALY_BARE_LF, 0, 0},
		{"unix file", SPAN_INIT("A: b\n\na\nb\n"), ANOMALY_BARE_LF, 0, 0},
		{"bare LF", SPAN_INIT("A: b\r\n\r\na\nb\r\n"), ANOMALY_BARE_LF, 1, 9},
		{"bare LF in header", SPAN_INIT("A: b\r\nC: d\nE: f\r\n\r\n"), ANOMALY_BARE_LF, 1,
		 10},
		{"bare CR", SPAN_INIT("A: b\r\n\r\na\rb\r\n"), ANOMALY_BARE_CR, 1, 9},
		{"bare CR in a unix file", SPAN_INIT("A: b\n\na\rb\n"), ANOMALY_BARE_CR, 1, 9},
		{"two CR", SPAN_INIT("A: b\r\n\r\na\r\r\n"), ANOMALY_BARE_CR, 1, 9},
		{"CR at the very end", SPAN_INIT("A: b\r\n\r\na\r"), ANOMALY_BARE_CR, 1, 9},
	};
	CHECK(rows);
}

static void test_hazard_11_smuggled_end(void **state)
{
	static const struct row rows[] = {
		{"ordinary dot", SPAN_INIT("A: b\r\n\r\nx\r\n.\r\ny\r\n"), ANOMALY_SMUGGLED_END, 0,
		 0},
		{"LF dot LF", SPAN_INIT("A: b\r\n\r\nx\n.\ny\r\n"), ANOMALY_SMUGGLED_END, 1, 10},
		{"LF dot CRLF", SPAN_INIT("A: b\r\n\r\nx\n.\r\ny\r\n"), ANOMALY_SMUGGLED_END, 1,
		 10},
		{"CRLF dot LF", SPAN_INIT("A: b\r\n\r\nx\r\n.\ny\r\n"), ANOMALY_SMUGGLED_END, 1,
		 11},
		{"CR dot CR", SPAN_INIT("A: b\r\n\r\nx\r.\ry\r\n"), ANOMALY_SMUGGLED_END, 1, 10},
		{"CR dot CRLF", SPAN_INIT("A: b\r\n\r\nx\r.\r\ny\r\n"), ANOMALY_SMUGGLED_END, 1,
		 10},
		{"CRLF dot CR", SPAN_INIT("A: b\r\n\r\nx\r\n.\ry\r\n"), ANOMALY_SMUGGLED_END, 1,
		 11},
		{"CRLF NUL dot CRLF", SPAN_INIT("A: b\r\n\r\nx\r\n\0.\r\ny\r\n"),
		 ANOMALY_SMUGGLED_END, 1, 12},
		{"dot and text", SPAN_INIT("A: b\r\n\r\nx\n.a\ny\r\n"), ANOMALY_SMUGGLED_END, 0, 0},
		{"two dots", SPAN_INIT("A: b\r\n\r\nx\n..\ny\r\n"), ANOMALY_SMUGGLED_END, 0, 0},
	};
	CHECK(rows);
}

static void test_hazard_6_nul(void **state)
{
	static const struct row rows[] = {
		{"header", SPAN_INIT("A: \0b\r\n\r\n"), ANOMALY_HEADER_NUL, 1, 3},
		{"body", SPAN_INIT("A: b\r\n\r\na\0\0b"), ANOMALY_BODY_NUL, 2, 9},
		{"not the header", SPAN_INIT("A: b\r\n\r\na\0b"), ANOMALY_HEADER_NUL, 0, 0},
	};
	CHECK(rows);
}

static void test_header_oddities(void **state)
{
	static const struct row rows[] = {
		{"no colon", SPAN_INIT("A: b\r\nodd line\r\nC: d\r\n\r\n"), ANOMALY_FIELD_MALFORMED,
		 1, 6},
		{"no name", SPAN_INIT(": b\r\n\r\n"), ANOMALY_FIELD_MALFORMED, 1, 0},
		{"space in the name", SPAN_INIT("A b: c\r\n\r\n"), ANOMALY_NAME_OCTET, 1, 1},
		{"name then space", SPAN_INIT("A: b\r\nSubject : c\r\n\r\n"), ANOMALY_NAME_SPACE, 1,
		 6},
		{"two subjects", SPAN_INIT("Subject: a\r\nSUBJECT: b\r\n\r\n"),
		 ANOMALY_FIELD_REPEATED, 1, 12},
		{"two received", SPAN_INIT("Received: a\r\nReceived: b\r\n\r\n"),
		 ANOMALY_FIELD_REPEATED, 0, 0},
		{"leading space", SPAN_INIT(" a\r\nA: b\r\n\r\n"), ANOMALY_LEADING_SPACE, 1, 0},
		{"blank continuation", SPAN_INIT("A: b\r\n \t\r\nC: d\r\n\r\n"),
		 ANOMALY_BLANK_CONTINUATION, 1, 6},
		{"mbox", SPAN_INIT("From a@x Mon Nov 23 10:00:00 2026\r\nA: b\r\n\r\n"),
		 ANOMALY_MBOX_LINE, 1, 0},
		{"not mbox", SPAN_INIT("From : a@x.example\r\n\r\n"), ANOMALY_MBOX_LINE, 0, 0},
		{"latin-1", SPAN_INIT("Subject: caf\xe9\r\n\r\n"), ANOMALY_HEADER_NOT_UTF8, 1, 0},
		{"utf-8", SPAN_INIT("Subject: caf\xc3\xa9\r\n\r\n"), ANOMALY_HEADER_NOT_UTF8, 0, 0},
	};
	CHECK(rows);
}

static void test_long_lines(void **state)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer text = buffer_new(10000);
	buffer_puts(&text, "A: b\r\n\r\n");
	for (int i = 0; i < 998; i++) {
		buffer_putc(&text, 'x');
	}
	buffer_puts(&text, "\r\n");
	for (int i = 0; i < 999; i++) {
		buffer_putc(&text, 'y');
	}
	const struct message *message = feed(arena, buffer_span(&text), 100, NULL);
	assert_int_equal(message->anomalies.counts[ANOMALY_LINE_LONG], 1);
	assert_int_equal(anomaly_at(&message->anomalies, 1)->offset, 8 + 1000);
	buffer_free(&text);
	arena_free(arena);
}

static void test_header_limits(void **state)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer text = buffer_new((size_t)2 << 20);
	for (int i = 0; i < 100000; i++) {
		buffer_puts(&text, "X: y\r\n");
	}
	buffer_puts(&text, "\r\nbody");
	const struct message *message = feed(arena, buffer_span(&text), 777, NULL);
	assert_true(message->header.is_cut);
	assert_int_equal(message->header.field_count, HEADER_MAX_FIELDS);
	assert_true(message->anomalies.counts[ANOMALY_HEADER_LIMIT] > 0);
	assert_int_equal(message->body_offset, 600002);
	assert_int_equal(message->body_bytes, 4);
	buffer_free(&text);
	arena_free(arena);
}

static void test_hazard_60_every_allocation(void **state)
{
	struct span text = SPAN(LETTER);
	for (size_t successes = 0; successes < 1000; successes++) {
		struct arena *arena = arena_new(FEED_ARENA_BYTES);
		arena_fail_after(arena, successes);
		(void)feed(arena, text, 10, NULL);
		bool has_failed = arena_has_failed(arena);
		arena_free(arena);
		if (!has_failed) {
			return;
		}
	}
	fail_msg("the reader never had enough memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_and_offsets),
		cmocka_unit_test(test_hazard_29_chunk_boundaries),
		cmocka_unit_test(test_hazard_10_bare_line_ends),
		cmocka_unit_test(test_hazard_11_smuggled_end),
		cmocka_unit_test(test_hazard_6_nul),
		cmocka_unit_test(test_header_oddities),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_header_limits),
		cmocka_unit_test(test_hazard_60_every_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
