/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The public suffix list's own vectors against its own list; argument 1 is where the data may be.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "records/idna.h"
#include "records/public_suffix.h"

/* What the file held when this was written; said when it is absent. */
#define CASES_EXPECTED 78
/* Meson's and automake's exit status for a skipped test. */
#define EXIT_SKIPPED 77
#define LINE_SIZE 1000

static const char *data_directory;

static FILE *open_vectors(void)
{
	char path[LINE_SIZE];
	snprintf(path, sizeof(path), "%s/conformance/psl/test_psl.txt", data_directory);
	return fopen(path, "r");
}

/* The next argument of checkPublicSuffix('a', null): its text, or nothing for null. */
static struct span take_argument(struct cursor *line)
{
	if (!cursor_accept(line, '\'')) {
		assert_true(cursor_accept_nocase(line, SPAN("null")));
		return span_of(NULL, 0);
	}
	size_t end = span_find(line->all, '\'', line->at);
	struct span argument = cursor_take(line, end - line->at);
	assert_true(cursor_accept(line, '\''));
	return argument;
}

/* Nothing for what is no name, such as one with a leading dot. */
static struct span canonical_of(struct arena *arena, struct span text)
{
	struct span ascii;
	struct span name;
	if (idna_to_ascii(arena, text, &ascii) != IDNA_OK || !name_canonical(arena, ascii, &name)) {
		return span_of(NULL, 0);
	}
	return name;
}

static bool check_line(const struct public_suffix_list *list, struct span text)
{
	struct cursor line = cursor_of(text);
	if (!cursor_accept_nocase(&line, SPAN("checkPublicSuffix("))) {
		return false;
	}
	struct arena *arena = arena_new((size_t)1 << 16);
	struct span name = canonical_of(arena, take_argument(&line));
	assert_true(cursor_accept_nocase(&line, SPAN(", ")));
	struct span expected = canonical_of(arena, take_argument(&line));
	assert_row_span(text.ptr, public_suffix_organisational(list, name), expected);
	arena_free(arena);
	return true;
}

static void test_vectors(void **state)
{
	(void)state;
	char path[LINE_SIZE];
	struct public_suffix_list *list;
	struct failure failure;
	snprintf(path, sizeof(path), "%s/conformance/psl/public_suffix_list.dat", data_directory);
	assert_int_equal(public_suffix_list_load(path, &list, &failure), 0);
	FILE *vectors = open_vectors();
	assert_non_null(vectors);
	char line[LINE_SIZE];
	size_t count = 0;
	while (fgets(line, sizeof(line), vectors) != NULL) {
		count += check_line(list, span_of_string(line));
	}
	fclose(vectors);
	public_suffix_list_free(list);
	printf("%zu cases\n", count);
	assert_true(count >= CASES_EXPECTED);
}

int main(int argc, char **argv)
{
	const char *given = getenv("MAILSEAL_SHARED_DATA");
	data_directory = given != NULL ? given : argc == 2 ? argv[1] : "";
	FILE *vectors = open_vectors();
	if (vectors == NULL) {
		printf("skipped: %d cases, no data in %s\n", CASES_EXPECTED, data_directory);
		return EXIT_SKIPPED;
	}
	fclose(vectors);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
