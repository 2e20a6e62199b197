/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* check_host() on small worlds: results, causes, limits and what a hostile record may cost. */
#include "discovery/judged.h"

#include <stdio.h>

#include "authenticate/spf_check.h"

struct checked {
	struct judged judged;
	struct spf_request request;
	struct spf_limits limits;
	const struct spf_check *check;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct checked *checked = context;
	checked->check =
		spf_check(checked->judged.arena, inquiry, &checked->request, &checked->limits);
	return checked->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

static void run(struct checked *checked, const char *client)
{
	assert_true(network_parse_address(span_of_string(client), &checked->request.client));
	checked->limits = SPF_LIMITS_DEFAULT;
	checked->request.is_explained = true;
	judged_run(&checked->judged, (struct judge){judge, checked});
}

static struct checked check_lines(const char *lines, const char *client, const char *from)
{
	struct checked checked = {.judged = judged_new(lines)};
	checked.request.helo = SPAN("mail.example.net");
	checked.request.mail_from = span_of_string(from);
	run(&checked, client);
	return checked;
}

/* The world holds one record for example.org, and what else a row needs. */
struct row {
	const char *name;
	const char *record;
	const char *more;
	enum spf_result result;
	enum spf_cause cause;
};

#define CLIENT "192.0.2.7"

static const struct row rows[] = {
	{"all decides", "-all", NULL, SPF_RESULT_FAIL, SPF_CAUSE_TERM},
	{"nothing matches", "ip4:192.0.2.8", NULL, SPF_RESULT_NEUTRAL, SPF_CAUSE_DEFAULT},
	{"ip4 matches", "ip4:192.0.2.0/24 -all", NULL, SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"hazard 35: /0", "ip4:0.0.0.0/0 -all", NULL, SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"hazard 35: leading zero", "ip4:192.0.2.007 -all", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_SYNTAX},
	{"hazard 35: dual prefix", "a:h.example.org/24//64 -all", "h.example.org. A 192.0.2.200",
	 SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"a without address", "a:gone.example.org ~all", NULL, SPF_RESULT_SOFTFAIL, SPF_CAUSE_TERM},
	{"a that times out", "a:h.example.org -all", "h.example.org. A !timeout",
	 SPF_RESULT_TEMPERROR, SPF_CAUSE_DNS},
	{"a bogus answer is no answer", "a:h.example.org -all", "h.example.org. A !bogus",
	 SPF_RESULT_TEMPERROR, SPF_CAUSE_DNS},
	{"a match before a failure", "ip4:192.0.2.7 a:h.example.org -all",
	 "h.example.org. A !timeout", SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"one mx host answers, one does not", "mx -all",
	 "example.org. MX 10 a.example.org.|example.org. MX 20 b.example.org.|"
	 "a.example.org. A !servfail|b.example.org. A 192.0.2.7",
	 SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"no mx host matches, one does not answer", "mx -all",
	 "example.org. MX 10 a.example.org.|example.org. MX 20 b.example.org.|"
	 "a.example.org. A !servfail|b.example.org. A 192.0.2.8",
	 SPF_RESULT_TEMPERROR, SPF_CAUSE_DNS},
	{"null MX", "mx -all", "example.org. MX 0 .", SPF_RESULT_FAIL, SPF_CAUSE_TERM},
	{"include passes", "include:i.example.org -all",
	 "i.example.org. TXT \"v=spf1 ip4:192.0.2.7\"", SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"a qualified include", "?include:i.example.org -all",
	 "i.example.org. TXT \"v=spf1 ip4:192.0.2.7\"", SPF_RESULT_NEUTRAL, SPF_CAUSE_TERM},
	{"include fails, so does not match", "include:i.example.org ~all",
	 "i.example.org. TXT \"v=spf1 -all\"", SPF_RESULT_SOFTFAIL, SPF_CAUSE_TERM},
	{"include of nothing", "include:i.example.org -all", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_TARGET},
	{"include of a broken record", "include:i.example.org -all",
	 "i.example.org. TXT \"v=spf1 ipp4:1\"", SPF_RESULT_PERMERROR, SPF_CAUSE_SYNTAX},
	{"include that is not answered", "include:i.example.org -all",
	 "i.example.org. TXT !servfail", SPF_RESULT_TEMPERROR, SPF_CAUSE_DNS},
	{"redirect", "redirect=r.example.org", "r.example.org. TXT \"v=spf1 -all\"",
	 SPF_RESULT_FAIL, SPF_CAUSE_TERM},
	{"redirect to nothing", "redirect=r.example.org", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_TARGET},
	{"redirect inside an include", "include:i.example.org -all",
	 "i.example.org. TXT \"v=spf1 redirect=r.example.org\"|"
	 "r.example.org. TXT \"v=spf1 ip4:192.0.2.7\"",
	 SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"hazard 31: include of itself", "include:example.org -all", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_LOOKUPS},
	{"hazard 31: a circle of three", "include:b.example.org -all",
	 "b.example.org. TXT \"v=spf1 include:c.example.org\"|"
	 "c.example.org. TXT \"v=spf1 include:example.org\"",
	 SPF_RESULT_PERMERROR, SPF_CAUSE_LOOKUPS},
	{"hazard 31: redirect to itself", "redirect=example.org", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_LOOKUPS},
	{"hazard 30: 10 terms",
	 "a:h.example.org a:h.example.org a:h.example.org a:h.example.org a:h.example.org "
	 "a:h.example.org a:h.example.org a:h.example.org a:h.example.org a:h.example.org -all",
	 "h.example.org. A 192.0.2.9", SPF_RESULT_FAIL, SPF_CAUSE_TERM},
	{"hazard 30: 11 terms",
	 "a:h.example.org a:h.example.org a:h.example.org a:h.example.org a:h.example.org "
	 "a:h.example.org a:h.example.org a:h.example.org a:h.example.org a:h.example.org "
	 "a:h.example.org -all",
	 "h.example.org. A 192.0.2.9", SPF_RESULT_PERMERROR, SPF_CAUSE_LOOKUPS},
	{"hazard 30: 2 voids", "a:x.example.org a:y.example.org -all", NULL, SPF_RESULT_FAIL,
	 SPF_CAUSE_TERM},
	{"hazard 30: 3 voids", "a:x.example.org a:y.example.org a:z.example.org -all", NULL,
	 SPF_RESULT_PERMERROR, SPF_CAUSE_VOIDS},
	{"hazard 33: more parts than there are", "exists:%{d999r}.x.example.org -all",
	 "org.example.x.example.org. A 127.0.0.2", SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"hazard 33: digits without end",
	 "exists:%{d99999999999999999999999999999}.x.example.org -all",
	 "example.org.x.example.org. A 127.0.0.2", SPF_RESULT_PASS, SPF_CAUSE_TERM},
	{"hazard 33: a name of macros longer than any",
	 "exists:%{s}%{s}%{s}%{s}%{s}%{s}%{s}%{s} -all", NULL, SPF_RESULT_FAIL, SPF_CAUSE_TERM},
	{"hazard 38: an include nobody registered", "include:gone.example.net +all", NULL,
	 SPF_RESULT_PERMERROR, SPF_CAUSE_TARGET},
	{"two records", "-all\"|example.org. TXT \"v=spf1 +all", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_SEVERAL_RECORDS},
	{"an error behind a match", "ip4:192.0.2.7 nonsense", NULL, SPF_RESULT_PERMERROR,
	 SPF_CAUSE_SYNTAX},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		char lines[2000];
		snprintf(lines, sizeof(lines), "example.org. TXT \"v=spf1 %s\"%s%s", row->record,
			 row->more != NULL ? "|" : "", row->more != NULL ? row->more : "");
		struct checked checked = check_lines(lines, CLIENT, "jo@example.org");
		assert_row_int(row->name, checked.check->result, row->result);
		assert_row_int(row->name, checked.check->cause, row->cause);
		assert_row_int(row->name, checked.check->unknown != NULL,
			       row->cause == SPF_CAUSE_DNS);
		judged_free(&checked.judged);
	}
}

struct sender_row {
	const char *name;
	const char *from;
	enum spf_result result;
	enum spf_cause cause;
	const char *domain;
	const char *sender;
};

static const struct sender_row sender_rows[] = {
	{"plain", "jo@example.org", SPF_RESULT_PASS, SPF_CAUSE_TERM, "example.org",
	 "jo@example.org"},
	{"upper case", "Jo@EXAMPLE.org", SPF_RESULT_PASS, SPF_CAUSE_TERM, "example.org",
	 "Jo@EXAMPLE.org"},
	{"the null sender stands for the HELO name", "", SPF_RESULT_FAIL, SPF_CAUSE_TERM,
	 "mail.example.net", "postmaster@mail.example.net"},
	{"no local part", "@example.org", SPF_RESULT_PASS, SPF_CAUSE_TERM, "example.org",
	 "postmaster@example.org"},
	{"no at sign", "example.org", SPF_RESULT_PASS, SPF_CAUSE_TERM, "example.org",
	 "postmaster@example.org"},
	{"hazard 7: two at signs", "a@victim.example@example.org", SPF_RESULT_PASS, SPF_CAUSE_TERM,
	 "example.org", "a@victim.example@example.org"},
	{"hazard 7: a parenthesis in the domain", "a@example.org(.victim.example", SPF_RESULT_NONE,
	 SPF_CAUSE_NO_DOMAIN, "example.org(.victim.example", NULL},
	{"hazard 7: a quote in the domain", "a@victim.example\".example.org", SPF_RESULT_NONE,
	 SPF_CAUSE_NO_DOMAIN, "victim.example\".example.org", NULL},
	{"hazard 8: a subdomain that does not exist is not the HELO name", "a@nobody.example.org",
	 SPF_RESULT_NONE, SPF_CAUSE_NONEXISTENT, "nobody.example.org", NULL},
	{"hazard 46: a U-label",
	 "a@b\xc3\xbc"
	 "cher.example",
	 SPF_RESULT_PASS, SPF_CAUSE_TERM, "xn--bcher-kva.example", NULL},
	{"hazard 46: not UTF-8",
	 "a@b\xfc"
	 "cher.example",
	 SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN, NULL, NULL},
	{"hazard 47: a dot at the end", "a@example.org.", SPF_RESULT_PASS, SPF_CAUSE_TERM,
	 "example.org", NULL},
	{"hazard 47: an empty label", "a@example..org", SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN, NULL,
	 NULL},
	{"hazard 47: a dot in front", "a@.example.org", SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN, NULL,
	 NULL},
	{"an address instead of a domain", "a@[192.0.2.1]", SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN,
	 NULL, NULL},
	{"a single label", "a@org", SPF_RESULT_NONE, SPF_CAUSE_NO_DOMAIN, NULL, NULL},
};

static void test_senders(void **state)
{
	(void)state;
	static const char lines[] = "example.org. TXT \"v=spf1 +all\"|"
				    "mail.example.net. TXT \"v=spf1 -all\"|"
				    "xn--bcher-kva.example. TXT \"v=spf1 +all\"";
	for (size_t i = 0; i < sizeof(sender_rows) / sizeof(sender_rows[0]); i++) {
		const struct sender_row *row = &sender_rows[i];
		struct checked checked = check_lines(lines, CLIENT, row->from);
		assert_row_int(row->name, checked.check->result, row->result);
		assert_row_int(row->name, checked.check->cause, row->cause);
		assert_row_int(row->name, checked.check->is_null_sender, row->from[0] == '\0');
		if (row->domain != NULL) {
			assert_row_span(row->name, checked.check->domain,
					span_of_string(row->domain));
		}
		if (row->sender != NULL) {
			assert_row_span(row->name, checked.check->sender,
					span_of_string(row->sender));
		}
		judged_free(&checked.judged);
	}
}

static void test_hazard_6_nul_in_mail_from(void **state)
{
	(void)state;
	struct checked checked = {.judged = judged_new("example.org. TXT \"v=spf1 +all\"")};
	checked.request.mail_from = SPAN("a@example.org\0.victim.example");
	run(&checked, CLIENT);
	assert_int_equal(checked.check->result, SPF_RESULT_NONE);
	assert_int_equal(checked.check->cause, SPF_CAUSE_NO_DOMAIN);
	judged_free(&checked.judged);
}

static void test_hazard_34_odd_local_parts(void **state)
{
	(void)state;
	static const char *const odd[] = {
		"a..b@example.org",    ".@example.org",	   "a\\b@example.org",
		"\"a b\"@example.org", "%{d}@example.org", "\xff@example.org",
	};
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct checked checked = check_lines(
			"example.org. TXT \"v=spf1 exists:%{l}.x.example.org exp=e.example.org "
			"-all\"|e.example.org. TXT \"%{L} of %{l}\"",
			CLIENT, odd[i]);
		assert_row_int(odd[i], checked.check->result, SPF_RESULT_FAIL);
		assert_row_int(odd[i], text_is_printable(checked.check->explanation), true);
		judged_free(&checked.judged);
	}
}

static void test_hazard_33_ten_thousand_delimiters(void **state)
{
	(void)state;
	static char from[10000 + sizeof("@example.org")];
	memset(from, '-', 10000);
	memcpy(from + 10000, "@example.org", sizeof("@example.org"));
	struct checked checked = check_lines(
		"example.org. TXT \"v=spf1 exists:%{l2r-}.x.example.org exp=e.example.org -all\"|"
		"e.example.org. TXT \"%{L-} %{S+}\"",
		CLIENT, from);
	assert_int_equal(checked.check->result, SPF_RESULT_FAIL);
	assert_true(checked.check->explanation.len > 0);
	judged_free(&checked.judged);
}

struct explanation_row {
	const char *name;
	const char *record;
	const char *exp; /* the text at e.example.org */
	const char *explanation;
};

static const struct explanation_row explanation_rows[] = {
	{"own words", "exp=e.example.org -all", "\"%{i} may not send for %{d}\"",
	 "192.0.2.7 may not send for example.org"},
	{"hazard 36: of an include do not count", "include:i.example.org -all", "\"no\"", ""},
	{"hazard 36: controls", "exp=e.example.org -all", "\"a\\010b\"", ""},
	{"hazard 36: two texts", "exp=e.example.org -all", "\"a\"|e.example.org. TXT \"b\"", ""},
	{"hazard 36: a broken macro", "exp=e.example.org -all", "\"%{x}\"", ""},
	{"hazard 36: no answer", "exp=e.example.org -all", "!timeout", ""},
	{"only of a fail", "exp=e.example.org ~all", "\"no\"", ""},
};

static void test_explanations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(explanation_rows) / sizeof(explanation_rows[0]); i++) {
		const struct explanation_row *row = &explanation_rows[i];
		char lines[1000];
		snprintf(lines, sizeof(lines),
			 "example.org. TXT \"v=spf1 %s\"|e.example.org. TXT %s|"
			 "i.example.org. TXT \"v=spf1 exp=e.example.org -all\"",
			 row->record, row->exp);
		struct checked checked = check_lines(lines, CLIENT, "jo@example.org");
		assert_row_span(row->name, checked.check->explanation,
				span_of_string(row->explanation));
		judged_free(&checked.judged);
	}
}

static void test_hazard_36_an_explanation_of_64_kb_is_cut(void **state)
{
	(void)state;
	static char lines[70000];
	size_t len = (size_t)snprintf(lines, sizeof(lines),
				      "example.org. TXT \"v=spf1 exp=e.example.org -all\"|"
				      "e.example.org. TXT");
	for (size_t i = 0; i < 240; i++) {
		len += (size_t)snprintf(lines + len, sizeof(lines) - len, " \"%0250d\"", 7);
	}
	struct checked checked = check_lines(lines, CLIENT, "jo@example.org");
	assert_true(checked.check->explanation.len > 0);
	assert_true(checked.check->explanation.len < 5000);
	judged_free(&checked.judged);
}

/*
 * The dearest record the rules allow: ten mx of ten hosts each, in the order that makes asking
 * ahead ask the most, and a client whose names must be read for the explanation.
 */
static void test_hazard_32_questions_are_bounded(void **state)
{
	(void)state;
	static char lines[60000];
	size_t len = 0;
	len += (size_t)snprintf(lines, sizeof(lines), "e.example.org. TXT \"%%{p}\"");
	for (int depth = 0; depth < 11; depth++) {
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
					"|%s%d.example.org. TXT \"v=spf1 include:d%d.example.org",
					"d", depth, depth + 1);
		for (int i = 0; i < 9; i++) {
			len += (size_t)snprintf(lines + len, sizeof(lines) - len,
						" mx:m%d-%d.example.org", depth, i);
		}
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
					" exp=e.example.org -all\"");
		for (int i = 0; i < 90; i++) {
			len += (size_t)snprintf(lines + len, sizeof(lines) - len,
						"|m%d-%d.example.org. MX 10 h%d.example.org.",
						depth, i / 10, depth * 100 + i);
		}
	}
	struct checked checked = check_lines(lines, CLIENT, "jo@d0.example.org");
	assert_true(checked.check->result == SPF_RESULT_PERMERROR);
	assert_true(world_asked_count(checked.judged.world) <= SPF_CHECK_MAX_QUESTIONS);
	assert_true(world_asked_count(checked.judged.world) > 20);
	judged_free(&checked.judged);
}

/* What is in sight is asked at once: a record of ten terms takes two rounds, not eleven. */
static void test_all_in_sight_is_asked_together(void **state)
{
	(void)state;
	struct judged judged = judged_new("example.org. TXT \"v=spf1 a:a.example.org "
					  "mx:b.example.org include:c.example.org "
					  "exists:d.example.org -all\"");
	struct arena *arena = arena_new(JUDGED_MAX_BYTES);
	struct wants wants = wants_new(arena);
	struct inquiry inquiry = {judged.facts, &wants};
	struct checked checked = {.judged = judged, .limits = SPF_LIMITS_DEFAULT};
	struct failure failure;
	checked.request.mail_from = SPAN("a@example.org");
	assert_true(network_parse_address(SPAN(CLIENT), &checked.request.client));
	assert_int_equal(judge(&checked, &inquiry, &failure), 0);
	assert_int_equal(wants_count(&wants), 1);
	struct fact_source *source = world_source(judged.world);
	assert_int_equal(source->answer(source, &wants, judged.facts, &failure), 0);
	wants = wants_new(arena);
	assert_int_equal(judge(&checked, &inquiry, &failure), 0);
	assert_int_equal(wants_count(&wants), 4);
	arena_free(arena);
	judged_free(&judged);
}

static void test_a_mapped_client_is_an_ipv4_client(void **state)
{
	(void)state;
	struct checked checked = check_lines("example.org. TXT \"v=spf1 ip4:192.0.2.7 -all\"",
					     "::ffff:192.0.2.7", "jo@example.org");
	assert_int_equal(checked.check->result, SPF_RESULT_PASS);
	judged_free(&checked.judged);
}

static void test_the_trace_says_which_octets_decided(void **state)
{
	(void)state;
	struct checked checked =
		check_lines("example.org. TXT \"v=spf1 a:h.example.org include:i.example.org "
			    "-all\"|i.example.org. TXT \"v=spf1 ip4:192.0.2.7\"",
			    CLIENT, "jo@example.org");
	const struct spf_check *check = checked.check;
	static const enum spf_step_kind kinds[] = {
		SPF_STEP_RECORD, SPF_STEP_NO_MATCH, SPF_STEP_DESCEND, SPF_STEP_RECORD,
		SPF_STEP_MATCH,	 SPF_STEP_RETURN,   SPF_STEP_MATCH};
	assert_int_equal(check->steps.len, sizeof(kinds) / sizeof(kinds[0]));
	for (size_t i = 0; i < check->steps.len; i++) {
		assert_int_equal(spf_step_at(check, i)->kind, kinds[i]);
		assert_int_equal(strncmp(spf_step_at(check, i)->reference, "RFC 7208 ", 9), 0);
	}
	assert_int_equal(spf_step_at(check, 4)->depth, 1);
	assert_row_span("term", check->term->text, SPAN("include:i.example.org"));
	assert_row_span("at its offset",
			span_slice(check->record, check->term->offset, check->term->text.len),
			check->term->text);
	assert_int_equal(check->lookups, 2);
	assert_int_equal(check->voids, 1);
	judged_free(&checked.judged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_hazard_6_nul_in_mail_from),
		cmocka_unit_test(test_hazard_34_odd_local_parts),
		cmocka_unit_test(test_hazard_33_ten_thousand_delimiters),
		cmocka_unit_test(test_explanations),
		cmocka_unit_test(test_hazard_36_an_explanation_of_64_kb_is_cut),
		cmocka_unit_test(test_hazard_32_questions_are_bounded),
		cmocka_unit_test(test_all_in_sight_is_asked_together),
		cmocka_unit_test(test_a_mapped_client_is_an_ipv4_client),
		cmocka_unit_test(test_the_trace_says_which_octets_decided),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
