/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include <stdlib.h>

#include "service/scan_list.h"

/* What a list gives: "domain/owner/group|", and what it complains about: "line:what|". */
static const struct {
	const char *row;
	enum scan_list_form form; /* asked for, and found */
	enum scan_list_form found;
	const char *text;
	const char *items;
	const char *complaints;
	uint64_t skipped;
} lists[] = {
	{"a domain a line", SCAN_LIST_AUTO, SCAN_LIST_LINES, "example.org\nEXAMPLE.net.\n",
	 "example.org//|example.net//|", "", 0},
	{"no last line end", SCAN_LIST_AUTO, SCAN_LIST_LINES, "example.org", "example.org//|", "",
	 0},
	{"comments and blanks", SCAN_LIST_AUTO, SCAN_LIST_LINES,
	 "# ours\n\n  example.org  # main\r\n", "example.org//|", "", 0},
	{"bad names with their lines", SCAN_LIST_AUTO, SCAN_LIST_LINES,
	 "example.org\nhttps://x.org/\na@b.org\n192.0.2.1\n", "example.org//|",
	 "2:https://x.org/|3:a@b.org|4:192.0.2.1|", 0},
	{"twice", SCAN_LIST_AUTO, SCAN_LIST_LINES, "example.org\nexample.ORG\n", "example.org//|",
	 "", 1},
	{"not ASCII", SCAN_LIST_AUTO, SCAN_LIST_LINES, "b\xc3\xbc\x63her.example\n",
	 "xn--bcher-kva.example//|", "", 0},
	{"a mark at the start", SCAN_LIST_AUTO, SCAN_LIST_LINES,
	 "\xef\xbb\xbf"
	 "example.org\n",
	 "example.org//|", "", 0},
	{"nothing", SCAN_LIST_AUTO, SCAN_LIST_AUTO, "", "", "", 0},
	{"CSV without header", SCAN_LIST_AUTO, SCAN_LIST_CSV, "example.org,IT,north\n",
	 "example.org/IT/north|", "", 0},
	{"CSV with header", SCAN_LIST_AUTO, SCAN_LIST_CSV,
	 "Group,Domain,Notes,Owner\nnorth,example.org,\"a, \"\"b\"\"\",IT\n",
	 "example.org/IT/north|", "", 0},
	{"CSV of one column", SCAN_LIST_AUTO, SCAN_LIST_CSV, "domain\nexample.org\n",
	 "example.org//|", "", 0},
	{"CSV quoted", SCAN_LIST_AUTO, SCAN_LIST_CSV,
	 "\"domain\",\"owner\"\r\n\"example.org\",\"Town, of \"\"X\"\"\"\r\n",
	 "example.org/Town, of \"X\"/|", "", 0},
	{"CSV missing a domain", SCAN_LIST_CSV, SCAN_LIST_CSV, "domain,owner\n,IT\nexample.org\n",
	 "example.org//|", "2:,IT|", 0},
	{"CSV with a header further down", SCAN_LIST_CSV, SCAN_LIST_CSV,
	 "example.org,a\ndomain,owner\n", "example.org/a/|", "2:domain|", 0},
	{"a quote that is not closed", SCAN_LIST_CSV, SCAN_LIST_CSV, "example.org,\"abc\n",
	 "example.org/abc/|", "", 0},
	{"a zone", SCAN_LIST_AUTO, SCAN_LIST_ZONE,
	 "$ORIGIN example.org.\n@ SOA m h 1 2 3 4 5\nwww A 192.0.2.1\nmail MX 10 m\n"
	 "_dmarc.news TXT \"v=DMARC1\"\n",
	 "example.org//|mail.example.org//|news.example.org//|", "", 0},
	{"a name of a zone once", SCAN_LIST_ZONE, SCAN_LIST_ZONE, "a.org. MX 1 b\na.org. MX 2 c\n",
	 "a.org//|", "", 1},
	{"a bad line of a zone", SCAN_LIST_ZONE, SCAN_LIST_ZONE, "a.org. MX 1 b\n$INCLUDE x\n",
	 "a.org//|", "2:$INCLUDE x|", 0},
};

static void note_complaint(void *context, uint64_t line, struct span what, const char *why)
{
	assert_non_null(why);
	buffer_printf(context, "%llu:%.*s|", (unsigned long long)line, SPAN_ARG(what));
}

static void read_all(struct scan_list *list, struct buffer *items)
{
	struct scan_input *input = scan_list_input(list);
	for (;;) {
		struct scan_item item;
		enum scan_next next;
		struct failure failure;
		assert_int_equal(input->next(input, &item, &next, &failure), 0);
		if (next == SCAN_NEXT_END) {
			return;
		}
		buffer_printf(items, "%.*s/%.*s/%.*s|", SPAN_ARG(item.domain), SPAN_ARG(item.owner),
			      SPAN_ARG(item.group));
	}
}

static FILE *file_of(const char *text)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	fputs(text, file);
	rewind(file);
	return file;
}

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct buffer items = buffer_new(4000);
		struct buffer complaints = buffer_new(4000);
		FILE *file = file_of(lists[i].text);
		const struct scan_list_options options = {
			.form = lists[i].form,
			.skip = seen_new(1),
			.context = &complaints,
			.complain = note_complaint,
		};
		struct scan_list *list = scan_list_new(file, &options);
		read_all(list, &items);
		assert_row_span(lists[i].row, buffer_span(&items), span_of_string(lists[i].items));
		assert_row_span(lists[i].row, buffer_span(&complaints),
				span_of_string(lists[i].complaints));
		assert_row_int(lists[i].row, scan_list_form(list), lists[i].found);
		assert_row_int(lists[i].row, scan_list_count(list).skipped, lists[i].skipped);
		scan_list_free(list);
		seen_free(options.skip);
		buffer_free(&items);
		buffer_free(&complaints);
		fclose(file);
	}
}

/* Somebody's table without a column of domains is refused, and one whose first line may be a
 * mistaken domain is not. */
static void test_foreign_header(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		const char *text;
		int result;
	} rows[] = {
		{"words", "Organisation,Website\nX,x.org\n", FAILURE_INPUT},
		{"words after comments", "# ours\n\nName,Head\nX,y\n", FAILURE_INPUT},
		{"a domain among words", "Organisation,x.org\n", 0},
		{"a bad domain", "a@b.org,IT\nx.org,IT\n", 0},
		{"a column of domains", "Organisation,Domain\nX,x.org\n", 0},
		{"words further down", "x.org,IT\nName,Head\n", 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		FILE *file = file_of(rows[i].text);
		const struct scan_list_options options = {.form = SCAN_LIST_AUTO};
		struct scan_list *list = scan_list_new(file, &options);
		struct scan_input *input = scan_list_input(list);
		enum scan_next next = SCAN_NEXT_ITEM;
		struct scan_item item;
		struct failure failure;
		int r = 0;
		while (r == 0 && next != SCAN_NEXT_END) {
			r = input->next(input, &item, &next, &failure);
		}
		assert_row_int(rows[i].row, r, rows[i].result);
		scan_list_free(list);
		fclose(file);
	}
}

/* A line above the limit is left out with its number, and those after it are read. */
static void test_long_line(void **state)
{
	(void)state;
	struct buffer items = buffer_new(1000);
	struct buffer complaints = buffer_new(1000);
	FILE *file = tmpfile();
	fputs("example.org\n", file);
	for (size_t i = 0; i < SCAN_LIST_MAX_LINE + 10; i++) {
		putc('x', file);
	}
	fputs("\nexample.net\n", file);
	rewind(file);
	const struct scan_list_options options = {.context = &complaints,
						  .complain = note_complaint};
	struct scan_list *list = scan_list_new(file, &options);
	read_all(list, &items);
	assert_row_span("items", buffer_span(&items), SPAN("example.org//|example.net//|"));
	assert_row_span("complaints", buffer_span(&complaints), SPAN("2:|"));
	scan_list_free(list);
	buffer_free(&items);
	buffer_free(&complaints);
	fclose(file);
}

/* What is left is told from the part of the file that was read. */
static void test_remaining(void **state)
{
	(void)state;
	FILE *file = file_of("a1.example\na2.example\na3.example\na4.example\n");
	const struct scan_list_options options = {0};
	struct scan_list *list = scan_list_new(file, &options);
	struct scan_input *input = scan_list_input(list);
	struct scan_item item;
	enum scan_next next;
	struct failure failure;
	assert_int_equal(input->next(input, &item, &next, &failure), 0);
	assert_int_equal(input->remaining(input), 3);
	assert_int_equal(input->next(input, &item, &next, &failure), 0);
	assert_int_equal(input->remaining(input), 2);
	scan_list_free(list);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_foreign_header),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_remaining),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
