/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "judged.h"

#include "discovery/mail_host.h"

struct run {
	struct mail_host mail;
	struct mail_host web;
};

static int judge_host(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	run->mail = mail_host_look(inquiry, SPAN("h.example"));
	run->web = web_host_look(inquiry, SPAN("h.example"));
	return 0;
}

static void test_states(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *world;
		enum mail_host_state mail;
		enum mail_host_state web;
	} rows[] = {
		{"MX", "h.example. MX 10 mx.example.", MAIL_HOST_RECEIVES, MAIL_HOST_NO_SERVER},
		{"null MX", "h.example. MX 0 .", MAIL_HOST_NULL, MAIL_HOST_NO_SERVER},
		{"null MX and an address", "h.example. MX 0 .|h.example. A 192.0.2.1",
		 MAIL_HOST_NULL, MAIL_HOST_RECEIVES},
		{"null MX beside an MX", "h.example. MX 0 .|h.example. MX 10 mx.example.",
		 MAIL_HOST_RECEIVES, MAIL_HOST_NO_SERVER},
		{"null MX twice", "h.example. MX 0 .|h.example. MX 10 .", MAIL_HOST_NULL,
		 MAIL_HOST_NO_SERVER},
		{"address", "h.example. A 192.0.2.1", MAIL_HOST_RECEIVES, MAIL_HOST_RECEIVES},
		{"IPv6 address", "h.example. AAAA 2001:db8::1", MAIL_HOST_RECEIVES,
		 MAIL_HOST_RECEIVES},
		{"nothing there", "h.example. TXT \"x\"", MAIL_HOST_NO_SERVER, MAIL_HOST_NO_SERVER},
		{"no such name", "", MAIL_HOST_NONEXISTENT, MAIL_HOST_NONEXISTENT},
		{"MX SERVFAIL", "h.example. MX !servfail|h.example. A 192.0.2.1", MAIL_HOST_UNKNOWN,
		 MAIL_HOST_RECEIVES},
		{"A timeout", "h.example. A !timeout", MAIL_HOST_UNKNOWN, MAIL_HOST_UNKNOWN},
		{"A timeout, AAAA there", "h.example. A !timeout|h.example. AAAA 2001:db8::1",
		 MAIL_HOST_RECEIVES, MAIL_HOST_RECEIVES},
		{"AAAA bogus", "h.example. AAAA !bogus", MAIL_HOST_UNKNOWN, MAIL_HOST_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judged judged = judged_new(rows[i].world);
		struct run run;
		judged_run(&judged, (struct judge){judge_host, &run});
		assert_row_int(rows[i].name, run.mail.state, rows[i].mail);
		assert_row_int(rows[i].name, run.mail.unknown != NULL,
			       rows[i].mail == MAIL_HOST_UNKNOWN);
		assert_row_int(rows[i].name, run.web.state, rows[i].web);
		judged_free(&judged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_states)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
