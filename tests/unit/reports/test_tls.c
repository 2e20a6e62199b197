/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS reports alone and in lists, from bytes to what the sink is told. */
#include <stdio.h>

#include "unit.h"

#include "reports/reports.h"

#define REPORT(id, count)                                                                          \
	"{\"organization-name\":\"rep.test\",\"contact-info\":\"t@rep.test\",\"report-id\":\"" id  \
	"\",\"date-range\":{\"start-datetime\":\"2026-11-01T00:00:00Z\",\"end-datetime\":"         \
	"\"2026-11-01T23:59:59Z\"},\"policies\":[{\"policy\":{\"policy-type\":\"sts\","            \
	"\"policy-domain\":\"our.test\"},\"summary\":{\"total-successful-session-count\":" count   \
	",\"total-failure-session-count\":0}}]}"

struct seen {
	uint64_t reports;
	uint64_t sessions;
	uint64_t documents[REPORT_IGNORED + 1];
	char members[256]; /* of all documents, each with a line end */
};

static int on_document_begin(void *context, const struct report_origin *origin,
			     struct failure *reterr)
{
	struct seen *seen = context;
	size_t len = strlen(seen->members);
	snprintf(seen->members + len, sizeof(seen->members) - len, "%.*s\n",
		 SPAN_ARG(origin->member));
	return 0;
}

static int on_tls_end(void *context, const struct tls_report *report, struct failure *reterr)
{
	struct seen *seen = context;
	seen->reports++;
	seen->sessions += report->success_count;
	return 0;
}

static int on_document_end(void *context, const struct report_origin *origin,
			   const struct report_ending *ending, struct failure *reterr)
{
	struct seen *seen = context;
	seen->documents[ending->outcome]++;
	return 0;
}

static struct seen read_text(const char *text)
{
	struct seen seen = {.reports = 0};
	struct report_options options = {.limits = report_limits_default()};
	struct report_sink sink = {.context = &seen,
				   .document_begin = on_document_begin,
				   .tls_end = on_tls_end,
				   .document_end = on_document_end};
	struct report_reader *reader;
	struct failure failure;
	assert_int_equal(report_reader_new(&options, &sink, &reader, &failure), 0);
	assert_int_equal(
		report_reader_read_bytes(reader, span_of_string(text), SPAN("x"), &failure), 0);
	report_reader_free(reader);
	return seen;
}

static void test_lists(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		int reports;
		int sessions;
		int taken;
		int refused;
	} rows[] = {
		{"one", REPORT("1", "5"), 1, 5, 1, 0},
		{"a list of one", "[" REPORT("1", "5") "]", 1, 5, 1, 0},
		{"a list of three",
		 "[" REPORT("1", "5") "," REPORT("2", "6") "," REPORT("3", "7") "]", 3, 18, 3, 0},
		{"something else between", "[" REPORT("1", "5") ",{\"a\":1}," REPORT("3", "7") "]",
		 2, 12, 2, 1},
		{"something else first", "[7," REPORT("2", "6") "]", 1, 6, 1, 1},
		{"nothing of use", "[{\"a\":1},7]", 0, 0, 0, 1},
		{"an empty list", "[]", 0, 0, 0, 1},
		{"a list in a list", "[[" REPORT("1", "5") "]]", 0, 0, 0, 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = read_text(rows[i].text);
		assert_row_int(rows[i].row, seen.reports, rows[i].reports);
		assert_row_int(rows[i].row, seen.sessions, rows[i].sessions);
		assert_row_int(rows[i].row, seen.documents[REPORT_TAKEN], rows[i].taken);
		assert_row_int(rows[i].row, seen.documents[REPORT_REFUSED], rows[i].refused);
	}
}

static void test_documents_of_a_list_are_told_apart(void **state)
{
	struct seen seen = read_text("[" REPORT("1", "5") "," REPORT("2", "6") "]");
	assert_string_equal(seen.members, "\nreport 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_documents_of_a_list_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
