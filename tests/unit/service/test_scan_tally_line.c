/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines that a scan wrote before, counted as if they were new. */
#include "unit.h"

#include "service/scan_tally.h"

#define CONTROLS(dmarc)                                                                            \
	"\"controls\":{\"spf\":{\"status\":\"good\",\"text\":\"\\\"kind\\\":\\\"parked\\\"\"},"    \
	"\"dkim\":{\"status\":\"bad\"}," dmarc ",\"mx\":{\"status\":\"improve\"},"                 \
	"\"tls\":{\"status\":\"unknown\"},\"mta-sts\":{\"status\":\"absent\",\"record\":"          \
	"{\"policy\":\"reject\"}},\"tls-rpt\":{\"status\":\"absent\"},"                            \
	"\"dane\":{\"status\":\"absent\"},\"dnssec\":{\"status\":\"absent\"},"                     \
	"\"bimi\":{\"status\":\"absent\"}},"
#define HEAD                                                                                       \
	"{\"domain\":\"a.org\",\"kind\":\"sending\",\"summary\":{\"spoofable\":\"partly\","        \
	"\"interceptable\":\"no\"},"
#define TAIL(incomplete) "\"fixes\":[],\"incomplete\":" incomplete ",\"schema\":\"x\"}"
#define REJECT "\"dmarc\":{\"status\":\"good\",\"record\":{\"policy\":\"reject\"}}"
#define GONE "\"dmarc\":{\"status\":\"absent\",\"record\":null}"
#define UNKNOWN "\"dmarc\":{\"status\":\"unknown\",\"record\":null}"
#define HIGH "\"findings\":[{\"severity\":\"low\"},{\"severity\":\"high\"}],"
#define CSV(policy)                                                                                \
	"\"a.org\",\"IT, \"\"web\"\"\",\"\",\"sending\",\"partly\",\"no\",\"good\",\"bad\","       \
	"\"good\",\"improve\",\"unknown\",\"absent\",\"absent\",\"absent\",\"absent\","            \
	"\"absent\",\"" policy "\",0,2,0,1,\"no\",\"2026-11-23T12:00:00Z\",\"\""

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		enum results_form form;
		const char *line;
		bool is_read;
		enum scan_policy policy;
		enum severity worst;
		bool is_incomplete;
	} rows[] = {
		{"a policy", RESULTS_JSON, HEAD CONTROLS(REJECT) HIGH TAIL("false"), true,
		 SCAN_POLICY_REJECT, SEVERITY_HIGH, false},
		{"none, and another control with one", RESULTS_JSON,
		 HEAD CONTROLS(GONE) HIGH TAIL("false"), true, SCAN_POLICY_ABSENT, SEVERITY_HIGH,
		 false},
		{"not known", RESULTS_JSON, HEAD CONTROLS(UNKNOWN) "\"findings\":[]," TAIL("true"),
		 true, SCAN_POLICY_UNKNOWN, SEVERITY_GOOD, true},
		{"a severity outside of findings", RESULTS_JSON,
		 HEAD CONTROLS(REJECT) "\"findings\":[],\"fixes\":[{\"severity\":\"high\"}]}", true,
		 SCAN_POLICY_REJECT, SEVERITY_GOOD, false},
		{"words of another version", RESULTS_JSON,
		 "{\"domain\":\"a.org\",\"kind\":\"strange\"}", false, 0, 0, false},
		{"nothing but a domain", RESULTS_JSON, "{\"domain\":\"a.org\"}", false, 0, 0,
		 false},
		{"a row", RESULTS_CSV, CSV("quarantine"), true, SCAN_POLICY_QUARANTINE,
		 SEVERITY_HIGH, false},
		{"a row without a policy", RESULTS_CSV, CSV(""), true, SCAN_POLICY_ABSENT,
		 SEVERITY_HIGH, false},
		{"a short row", RESULTS_CSV, "\"a.org\",\"\",\"\",\"sending\"", false, 0, 0, false},
		{"a row that never ends", RESULTS_CSV, "\"a.org\",\"", false, 0, 0, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scan_tally tally = {0};
		bool is_read =
			scan_tally_add_line(&tally, rows[i].form, span_of_string(rows[i].line));
		assert_row_int(rows[i].row, is_read, rows[i].is_read);
		assert_row_int(rows[i].row, tally.domains, is_read ? 1 : 0);
		if (!is_read) {
			continue;
		}
		assert_row_int(rows[i].row, tally.policies[rows[i].policy], 1);
		assert_row_int(rows[i].row, tally.worst[rows[i].worst], 1);
		assert_row_int(rows[i].row, tally.incomplete, rows[i].is_incomplete ? 1 : 0);
		assert_row_int(rows[i].row, tally.spoofable[ANSWER_PARTLY], 1);
		assert_row_int(rows[i].row, tally.controls[CONTROL_MX][CONTROL_IMPROVE], 1);
		assert_row_int(rows[i].row, tally.controls[CONTROL_TLS][CONTROL_UNKNOWN], 1);
		assert_row_int(rows[i].row, tally.controls[CONTROL_DNSSEC][CONTROL_ABSENT], 1);
		/* No host to guard: nothing is missing. */
		assert_row_int(rows[i].row, tally.controls[CONTROL_DANE][CONTROL_ABSENT], 0);
		assert_row_int(rows[i].row, tally.not_needed[CONTROL_DANE], 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
