/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include "discovery/report_destination.h"

#define POLICY "_dmarc.p.example. TXT \"v=DMARC1; p=none\"|"
#define CONSENT "p.example._report._dmarc.h.other.example. TXT "

struct run {
	struct judged judged;
	struct span host;
	struct report_permission permission;
};

static int judge_permission(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	const struct dmarc_walk *walk = dmarc_walk(run->judged.arena, inquiry, SPAN("p.example"));
	if (walk == NULL) {
		return failure_set_memory(reterr, "walk");
	}
	run->permission = report_permission_find(run->judged.arena, inquiry, walk, run->host);
	return 0;
}

static void test_consent(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		const char *host;
		enum report_consent consent;
	} rows[] = {
		{"at home", POLICY, "p.example", REPORT_CONSENT_NOT_NEEDED},
		{"at home, organisation unknown", POLICY "_dmarc.p.example. TXT !servfail",
		 "p.example", REPORT_CONSENT_NOT_NEEDED},
		{"below", POLICY, "r.p.example", REPORT_CONSENT_NOT_NEEDED},
		{"below, apart", POLICY "_dmarc.r.p.example. TXT \"v=DMARC1; p=none; psd=n\"",
		 "r.p.example", REPORT_CONSENT_MISSING},
		{"below, unknown", POLICY "_dmarc.r.p.example. TXT !timeout", "r.p.example",
		 REPORT_CONSENT_UNKNOWN},
		{"hazard 48: looks alike", POLICY, "evil-p.example", REPORT_CONSENT_MISSING},
		{"outside", POLICY, "h.other.example", REPORT_CONSENT_MISSING},
		{"outside, given", POLICY CONSENT "\"v=DMARC1\"", "h.other.example",
		 REPORT_CONSENT_GIVEN},
		{"outside, given among others", POLICY CONSENT "\"hello\"|" CONSENT "\"v=DMARC1;\"",
		 "h.other.example", REPORT_CONSENT_GIVEN},
		{"outside, for everybody",
		 POLICY "*._report._dmarc.h.other.example. TXT \"v=DMARC1\"", "h.other.example",
		 REPORT_CONSENT_GIVEN},
		{"outside, no version", POLICY CONSENT "\"yes\"", "h.other.example",
		 REPORT_CONSENT_MISSING},
		{"outside, same host", POLICY CONSENT "\"v=DMARC1; rua=mailto:x@h.other.example\"",
		 "h.other.example", REPORT_CONSENT_GIVEN},
		{"outside, third host", POLICY CONSENT "\"v=DMARC1; rua=mailto:x@third.example\"",
		 "h.other.example", REPORT_CONSENT_ELSEWHERE},
		{"outside, SERVFAIL", POLICY CONSENT "!servfail", "h.other.example",
		 REPORT_CONSENT_UNKNOWN},
		{"outside, bogus", POLICY CONSENT "!bogus", "h.other.example",
		 REPORT_CONSENT_UNKNOWN},
		{"organisation unknown", "_dmarc.p.example. TXT !servfail", "h.other.example",
		 REPORT_CONSENT_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = {
			.judged = judged_new(rows[i].world),
			.host = span_of_string(rows[i].host),
		};
		judged_run(&run.judged, (struct judge){judge_permission, &run});
		assert_row_int(rows[i].name, run.permission.consent, rows[i].consent);
		assert_row_int(rows[i].name, run.permission.unknown != NULL,
			       rows[i].consent == REPORT_CONSENT_UNKNOWN);
		judged_free(&run.judged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_consent)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
