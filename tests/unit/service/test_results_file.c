/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/results_file.h"

static char path[] = "/tmp/mailseal-results-XXXXXX";

static void put(const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static struct span get(struct arena *arena)
{
	char *text = arena_alloc(arena, 4000);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t len = fread(text, 1, 4000, file);
	fclose(file);
	return span_of(text, len);
}

#define A "{\"domain\":\"a.org\",\"x\":1}\n"
#define B "{\"domain\":\"b.org\",\"x\":{}}\n"

static void test_resume(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		enum results_form form;
		const char *before;
		const char *kept; /* NULL: refused, and nothing is changed */
		uint64_t lines;
		uint64_t torn;
	} rows[] = {
		{"nothing", RESULTS_JSON, "", "", 0, 0},
		{"whole lines", RESULTS_JSON, A B, A B, 2, 0},
		{"a torn last line", RESULTS_JSON, A "{\"domain\":\"b.org\",\"x", A, 1, 20},
		{"only a torn line", RESULTS_JSON, "{\"dom", "", 0, 5},
		{"a whole line of something else", RESULTS_JSON, A "hello\n", NULL, 0, 0},
		{"an object without a domain first", RESULTS_JSON, "{\"x\":1}\n", NULL, 0, 0},
		{"a line cut and ended", RESULTS_JSON, "{\"domain\":\"a.org\",\"x\n", NULL, 0, 0},
		{"a name that is none", RESULTS_JSON, "{\"domain\":\"a..org\"}\n", NULL, 0, 0},
		{"CSV", RESULTS_CSV, "domain,owner\r\n\"a.org\",\"\"\r\n\"b",
		 "domain,owner\r\n\"a.org\",\"\"\r\n", 1, 2},
		{"CSV that is JSON", RESULTS_CSV, A, NULL, 0, 0},
		{"JSON that is CSV", RESULTS_JSON, "domain,owner\r\n", NULL, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new(100000);
		struct seen *done = seen_new(1);
		const struct results_reader reader = {.done = done};
		struct results_file *file = NULL;
		struct results_resumed resumed = {0};
		struct failure failure;
		put(rows[i].before);
		int r = results_file_open(path, rows[i].form, /* is_resumed */ true, &reader, &file,
					  &resumed, &failure);
		assert_row_int(rows[i].row, r < 0, rows[i].kept == NULL);
		const char *kept = rows[i].kept != NULL ? rows[i].kept : rows[i].before;
		assert_row_span(rows[i].row, get(arena), span_of_string(kept));
		assert_row_int(rows[i].row, resumed.lines, rows[i].lines);
		assert_row_int(rows[i].row, resumed.octets, rows[i].torn);
		assert_row_int(rows[i].row, r == 0 ? seen_count(done) : 0, rows[i].lines);
		results_file_close(file);
		seen_free(done);
		arena_free(arena);
	}
}

static void test_appends(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct seen *done = seen_new(1);
	const struct results_reader reader = {.done = done};
	struct results_file *file = NULL;
	struct results_resumed resumed;
	struct failure failure;
	put(A "{\"domain\":\"b.o");
	assert_int_equal(
		results_file_open(path, RESULTS_JSON, true, &reader, &file, &resumed, &failure), 0);
	assert_false(results_file_is_empty(file));
	assert_int_equal(results_file_write(file, SPAN(B), &failure), 0);
	assert_int_equal(results_file_sync(file, 0, /* is_last */ true, &failure), 0);
	assert_row_span("after", get(arena), SPAN(A B));
	assert_int_equal(seen_add(done, SPAN("a.org")), SEEN_BEFORE);
	assert_int_equal(seen_add(done, SPAN("b.org")), SEEN_NEW);
	results_file_close(file);
	seen_free(done);
	arena_free(arena);
}

/* Without --resume a file with results in it is left alone. */
static void test_refuses_what_is_there(void **state)
{
	(void)state;
	struct arena *arena = arena_new(100000);
	struct seen *done = seen_new(1);
	const struct results_reader reader = {.done = done};
	struct results_file *file = NULL;
	struct results_resumed resumed;
	struct failure failure;
	put(A);
	assert_int_equal(
		results_file_open(path, RESULTS_JSON, false, &reader, &file, &resumed, &failure),
		FAILURE_INPUT);
	assert_row_span("untouched", get(arena), SPAN(A));
	put("");
	assert_int_equal(
		results_file_open(path, RESULTS_JSON, false, &reader, &file, &resumed, &failure),
		0);
	assert_true(results_file_is_empty(file));
	results_file_close(file);
	seen_free(done);
	arena_free(arena);
}

static int make_path(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_refuses_what_is_there),
	};
	return cmocka_run_group_tests(tests, make_path, remove_path);
}
