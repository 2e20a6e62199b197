/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports and bombs, from bytes to how they ended. */
#include "unit.h"

#include "reports/reports.h"

#define HEAD                                                                                       \
	"<feedback><report_metadata><org_name>rep.test</org_name><email>d@rep.test</email>"        \
	"<report_id>7</report_id><date_range><begin>1767225600</begin><end>1767311999</end>"       \
	"</date_range></report_metadata><policy_published><domain>our.test</domain><p>none</p>"    \
	"</policy_published>"
#define ROW(count)                                                                                 \
	"<record><row><source_ip>192.0.2.1</source_ip><count>" count                               \
	"</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim>"               \
	"<spf>fail</spf></policy_evaluated></row><identifiers><header_from>our.test"               \
	"</header_from></identifiers><auth_results><spf><domain>our.test</domain>"                 \
	"<result>pass</result></spf></auth_results></record>"
#define REPEATED_BYTES ((size_t)3 << 20)

struct seen {
	uint64_t reports;
	uint64_t rows;
	uint64_t messages;
	uint64_t lost_rows;
	uint64_t documents;
	uint64_t warnings[REPORT_WARNING_COUNT];
	struct report_ending ending; /* of the last document */
};

static int on_aggregate_end(void *context, const struct aggregate_report *report,
			    struct failure *reterr)
{
	struct seen *seen = context;
	seen->reports++;
	seen->rows += report->row_count;
	seen->messages += report->message_count;
	seen->lost_rows += report->lost_row_count;
	return 0;
}

static int on_warning(void *context, const struct report_warning *warning, struct failure *reterr)
{
	struct seen *seen = context;
	seen->warnings[warning->code]++;
	return 0;
}

static int on_document_end(void *context, const struct report_origin *origin,
			   const struct report_ending *ending, struct failure *reterr)
{
	struct seen *seen = context;
	seen->documents++;
	seen->ending = *ending;
	return 0;
}

static struct seen read_bytes(struct span bytes)
{
	struct seen seen = {.reports = 0};
	struct report_options options = {.limits = report_limits_default()};
	struct report_sink sink = {.context = &seen,
				   .aggregate_end = on_aggregate_end,
				   .warning = on_warning,
				   .document_end = on_document_end};
	struct report_reader *reader;
	struct failure failure;
	assert_int_equal(report_reader_new(&options, &sink, &reader, &failure), 0);
	assert_int_equal(report_reader_read_bytes(reader, bytes, SPAN("x"), &failure), 0);
	report_reader_free(reader);
	return seen;
}

static void test_aggregate(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		int reports;
		int rows;
		int messages;
		enum report_outcome outcome;
	} rows[] = {
		{"whole", SPAN_INIT(HEAD ROW("2") ROW("3") "</feedback>"), 1, 2, 5, REPORT_TAKEN},
		{"no rows", SPAN_INIT(HEAD "</feedback>"), 1, 0, 0, REPORT_TAKEN},
		{"bare ampersand", SPAN_INIT(HEAD "<x>a & b</x>" ROW("2") "</feedback>"), 1, 1, 2,
		 REPORT_REPAIRED},
		{"bad count", SPAN_INIT(HEAD ROW("x") ROW("3") "</feedback>"), 1, 2, 3,
		 REPORT_REPAIRED},
		{"one row broken",
		 SPAN_INIT(HEAD ROW("2") "<record><row></rox>" ROW("3") "</feedback>"), 1, 2, 5,
		 REPORT_PARTIAL},
		{"cut in a row", SPAN_INIT(HEAD ROW("2") "<record><row><source_ip>"), 1, 1, 2,
		 REPORT_PARTIAL},
		{"same again", SPAN_INIT(HEAD ROW("2") "</feedback>" HEAD ROW("2") "</feedback>"),
		 1, 1, 2, REPORT_IGNORED},
		{"another behind",
		 SPAN_INIT(HEAD ROW("2") "</feedback>" HEAD ROW("3") "</feedback>"), 2, 2, 5,
		 REPORT_TAKEN},
		{"not a report", SPAN_INIT("<html><p>no</p></html>"), 0, 0, 0, REPORT_REFUSED},
		{"text", SPAN_INIT("unused"), 0, 0, 0, REPORT_REFUSED},
		{"empty", SPAN_INIT(""), 0, 0, 0, REPORT_REFUSED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = read_bytes(rows[i].text);
		assert_row_int(rows[i].row, seen.reports, rows[i].reports);
		assert_row_int(rows[i].row, seen.rows, rows[i].rows);
		assert_row_int(rows[i].row, seen.messages, rows[i].messages);
		assert_row_int(rows[i].row, seen.ending.outcome, rows[i].outcome);
	}
}

static void test_lost_row_is_counted(void **state)
{
	struct seen seen =
		read_bytes(SPAN(HEAD ROW("2") "<record><row></rox>" ROW("3") "</feedback>"));
	assert_int_equal(seen.lost_rows, 1);
	assert_int_equal(seen.warnings[REPORT_ROW_LOST], 1);
	assert_int_equal(seen.warnings[REPORT_TEXT_BROKEN], 1);
}

/* head and then repeated until it is REPEATED_BYTES long. */
static struct seen read_repeated(const char *head, const char *repeated)
{
	struct buffer text = buffer_new(2 * REPEATED_BYTES);
	buffer_puts(&text, head);
	while (text.len < REPEATED_BYTES) {
		buffer_puts(&text, repeated);
	}
	assert_false(text.is_failed);
	struct seen seen = read_bytes(buffer_span(&text));
	buffer_free(&text);
	return seen;
}

static void test_bombs(void **state)
{
	static const struct {
		const char *row;
		const char *head;
		const char *repeated;
		enum report_refusal refusal;
	} rows[] = {
		{"long text", HEAD "<version>", "AAAAAAAA", REPORT_REFUSED_SIZE},
		{"long tag", "<feedback><", "AAAAAAAA", REPORT_REFUSED_SIZE},
		{"long attribute", "<feedback><a b='", "AAAAAAAA", REPORT_REFUSED_SIZE},
		{"deep elements", "<feedback>", "<a>", REPORT_REFUSED_NESTING},
		{"always broken", "<feedback>", "<record></x>", REPORT_REFUSED_BROKEN},
		{"entities", "<!DOCTYPE feedback [<!ENTITY a 'b'>]><feedback>", "&a;",
		 REPORT_REFUSED_DOCTYPE},
		{"JSON values", "{\"policies\":[0", ",0", REPORT_REFUSED_SIZE},
		{"mail parts", "From: a@b.test\n\n", "--b\n\n", REPORT_REFUSED_MEMBERS},
		{"mail fields", "From: a@b.test\n", "A: b\n", REPORT_REFUSED_MEMBERS},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen seen = read_repeated(rows[i].head, rows[i].repeated);
		assert_row_int(rows[i].row, seen.ending.outcome, REPORT_REFUSED);
		assert_row_int(rows[i].row, seen.ending.refusal, rows[i].refusal);
		assert_row_int(rows[i].row, seen.documents, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aggregate),
		cmocka_unit_test(test_lost_row_is_counted),
		cmocka_unit_test(test_bombs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
