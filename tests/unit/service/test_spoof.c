/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* For each thing a stranger may try: a world where it works and one where it is stopped. */
#include "discovery/judged.h"

#include <stdio.h>

#include "guide/providers.h"
#include "service/spoof.h"

#define DOMAIN "example.org"
#define EXISTS "example.org. A 25.0.0.1"
#define REJECT "|_dmarc.example.org. TXT \"v=DMARC1; p=reject\""
#define CLOSED EXISTS "|example.org. TXT \"v=spf1 -all\"" REJECT
#define COM "|com. SOA a.gtld.example. b.gtld.example. 1 2 3 4 5"
/* The lab's key of 512 bits, and the one of RFC 8032 7.1, test 1. */
#define KEY_512                                                                                    \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMVZLAA6JB0rytrXpq1f67LyBYNqe78OkGW49WWqzCqokf5TvXiWJj"   \
	"O/APM9Zg2LnUEtt2uidDtLWHVYtSmPmhsCAwEAAQ=="
#define KEY_ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

struct spoofed {
	struct judged judged;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	struct spoof_options options;
	struct spoof *spoof;
	const struct spoof_report *report;
};

/* failing: this one question gets no answer; NULL for none. */
static void run(struct spoofed *spoofed, const char *lines, const struct fact_key *failing)
{
	struct failure failure;
	*spoofed = (struct spoofed){.judged = judged_new(lines)};
	assert_int_equal(public_suffix_list_load(NULL, &spoofed->suffixes, &failure), 0);
	assert_int_equal(provider_table_load(&spoofed->providers, &failure), 0);
	if (failing != NULL) {
		world_fail_key(spoofed->judged.world, *failing, FACT_FAILURE_SERVFAIL);
	}
	spoofed->options = (struct spoof_options){
		.assess = {.now = WORLD_NOW,
			   .suffixes = spoofed->suffixes,
			   .providers = spoofed->providers},
		.source = world_source(spoofed->judged.world),
	};
	if (spoof_domain(spoofed->judged.facts, SPAN(DOMAIN), &spoofed->options, &spoofed->spoof,
			 &failure) < 0) {
		fail_msg("%s: %s", failure.what, failure.detail);
	}
	spoofed->report = spoof_report(spoofed->spoof);
}

static void end(struct spoofed *spoofed)
{
	spoof_free(spoofed->spoof);
	provider_table_free(spoofed->providers);
	public_suffix_list_free(spoofed->suffixes);
	judged_free(&spoofed->judged);
}

struct row {
	const char *name;
	const char *lines;
	enum spoof_vector vector;
	enum spoof_outcome outcome;
	enum spoof_answer answer;
};

static const struct row rows[] = {
	{"nothing published", EXISTS, SPOOF_EXACT, SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"a closed domain", CLOSED, SPOOF_EXACT, SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"+all", EXISTS "|example.org. TXT \"v=spf1 +all\"" REJECT, SPOOF_EXACT, SPOOF_PASSES,
	 SPOOF_ANSWER_YES},
	{"softfail under reject", EXISTS "|example.org. TXT \"v=spf1 ~all\"" REJECT, SPOOF_EXACT,
	 SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"neutral, no DMARC", EXISTS "|example.org. TXT \"v=spf1 ?all\"", SPOOF_EXACT,
	 SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"a broken record, no DMARC", EXISTS "|example.org. TXT \"v=spf1 nonsense\"", SPOOF_EXACT,
	 SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"hard fail, no DMARC", EXISTS "|example.org. TXT \"v=spf1 -all\"", SPOOF_EXACT,
	 SPOOF_SUSPECT, SPOOF_ANSWER_YES},
	{"which the stranger's own envelope gets round", EXISTS "|example.org. TXT \"v=spf1 -all\"",
	 SPOOF_STRANGER_ENVELOPE, SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"the stranger's envelope under reject", CLOSED, SPOOF_STRANGER_ENVELOPE, SPOOF_STOPPED,
	 SPOOF_ANSWER_NO},
	{"p=none", EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=none\"", SPOOF_STRANGER_ENVELOPE,
	 SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"quarantine", EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=quarantine\"",
	 SPOOF_STRANGER_ENVELOPE, SPOOF_SUSPECT, SPOOF_ANSWER_PARTLY},
	{"t=y", EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=quarantine; t=y\"",
	 SPOOF_STRANGER_ENVELOPE, SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"null sender with the domain as HELO", EXISTS "|example.org. TXT \"v=spf1 +all\"" REJECT,
	 SPOOF_NULL_SENDER, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"null sender, closed", CLOSED, SPOOF_NULL_SENDER, SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"hazard 37: a wide range",
	 EXISTS "|example.org. TXT \"v=spf1 ip4:25.0.0.0/8 -all\"" REJECT, SPOOF_WIDE_RANGE,
	 SPOOF_PASSES, SPOOF_ANSWER_PARTLY},
	{"a range that is less than anybody's",
	 EXISTS "|example.org. TXT \"v=spf1 ip4:25.0.0.0/16 -all\"" REJECT, SPOOF_WIDE_RANGE,
	 SPOOF_PASSES, SPOOF_ANSWER_NO},
	{"a narrow range", EXISTS "|example.org. TXT \"v=spf1 ip4:25.0.0.0/24 -all\"" REJECT,
	 SPOOF_WIDE_RANGE, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"a wide range that holds example addresses",
	 EXISTS "|example.org. TXT \"v=spf1 ip4:198.0.0.0/8 -all\"" REJECT, SPOOF_EXACT,
	 SPOOF_STOPPED, SPOOF_ANSWER_PARTLY},
	{"all of IPv6", EXISTS "|example.org. TXT \"v=spf1 ip6:::/0 -all\"" REJECT, SPOOF_EXACT,
	 SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"a service's wide range is the service's matter",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.protection.outlook.com -all\"" REJECT
		"|spf.protection.outlook.com. TXT \"v=spf1 ip4:40.92.0.0/14 -all\"",
	 SPOOF_WIDE_RANGE, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"hazard 37: a shared provider",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.protection.outlook.com -all\"" REJECT
		"|spf.protection.outlook.com. TXT \"v=spf1 ip4:40.92.0.0/20 -all\"",
	 SPOOF_SHARED_PROVIDER, SPOOF_PASSES, SPOOF_ANSWER_NO},
	{"no shared provider",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.example.net -all\"" REJECT
		"|spf.example.net. TXT \"v=spf1 ip4:40.92.0.0/20 -all\"",
	 SPOOF_SHARED_PROVIDER, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"a subdomain lets all pass", CLOSED "|mail.example.org. TXT \"v=spf1 +all\"",
	 SPOOF_SUBDOMAIN_ENVELOPE, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"strict alignment stops that",
	 EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; aspf=s\"|"
		"mail.example.org. TXT \"v=spf1 +all\"",
	 SPOOF_SUBDOMAIN_ENVELOPE, SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"a wildcard lets all pass", CLOSED "|*.example.org. TXT \"v=spf1 +all\"",
	 SPOOF_SUBDOMAIN_ENVELOPE, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"sp=none",
	 EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; sp=none\"|"
		"www.example.org. A 25.0.0.2",
	 SPOOF_SUBDOMAIN, SPOOF_DELIVERED, SPOOF_ANSWER_PARTLY},
	{"a subdomain under reject", CLOSED "|www.example.org. A 25.0.0.2", SPOOF_SUBDOMAIN,
	 SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"np=none", EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; np=none\"",
	 SPOOF_NONEXISTENT, SPOOF_DELIVERED, SPOOF_ANSWER_PARTLY},
	{"an invented name under reject", CLOSED, SPOOF_NONEXISTENT, SPOOF_STOPPED,
	 SPOOF_ANSWER_NO},
	{"an include that anybody can register",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.gone-for-good.com -all\"" REJECT COM,
	 SPOOF_TAKEOVER, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"an include whose CNAME anybody can take",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.there.com -all\"" REJECT
		"|spf.there.com. CNAME spf.gone-for-good.com.|there.com. A 25.0.0.3" COM,
	 SPOOF_TAKEOVER, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"mail hosts that anybody can register",
	 EXISTS "|example.org. TXT \"v=spf1 mx:gone-for-good.com -all\"" REJECT COM, SPOOF_TAKEOVER,
	 SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"an address that anybody can register",
	 EXISTS "|example.org. TXT \"v=spf1 a:www.gone-for-good.com -all\"" REJECT COM,
	 SPOOF_TAKEOVER, SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"an include that anybody can register and that counts for nothing",
	 EXISTS "|example.org. TXT \"v=spf1 ?include:spf.gone-for-good.com -all\"" REJECT COM,
	 SPOOF_TAKEOVER, SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"a subdomain that anybody can register",
	 CLOSED "|news.example.org. CNAME news.gone-for-good.com." COM, SPOOF_TAKEOVER,
	 SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"an include that is somebody's",
	 EXISTS "|example.org. TXT \"v=spf1 include:spf.there.com -all\"" REJECT
		"|there.com. A 25.0.0.3" COM,
	 SPOOF_TAKEOVER, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"only the newer standard knows np",
	 EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; sp=none; np=reject\"",
	 SPOOF_OLDER_RECEIVERS, SPOOF_DELIVERED, SPOOF_ANSWER_PARTLY},
	{"both standards agree", CLOSED, SPOOF_OLDER_RECEIVERS, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"pct", EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; pct=20\"", SPOOF_SAMPLED,
	 SPOOF_SUSPECT, SPOOF_ANSWER_PARTLY},
	{"no pct", CLOSED, SPOOF_SAMPLED, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"no weak key", CLOSED, SPOOF_WEAK_KEY, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"a weak key", CLOSED "|s1._domainkey.example.org. TXT \"v=DKIM1; p=" KEY_512 "\"",
	 SPOOF_WEAK_KEY, SPOOF_PASSES, SPOOF_ANSWER_PARTLY},
	{"a weak key by a wildcard",
	 CLOSED "|*._domainkey.example.org. TXT \"v=DKIM1; p=" KEY_512 "\"", SPOOF_WEAK_KEY,
	 SPOOF_PASSES, SPOOF_ANSWER_PARTLY},
	{"a key in test mode under reject",
	 CLOSED "|s1._domainkey.example.org. TXT \"v=DKIM1; k=ed25519; t=y; p=" KEY_ED25519 "\"",
	 SPOOF_TEST_KEY, SPOOF_STOPPED, SPOOF_ANSWER_NO},
	{"a key in test mode without DMARC",
	 EXISTS "|s1._domainkey.example.org. TXT \"v=DKIM1; k=ed25519; t=y; p=" KEY_ED25519 "\"",
	 SPOOF_TEST_KEY, SPOOF_DELIVERED, SPOOF_ANSWER_YES},
	{"a key in earnest",
	 CLOSED "|s1._domainkey.example.org. TXT \"v=DKIM1; k=ed25519; p=" KEY_ED25519 "\"",
	 SPOOF_TEST_KEY, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"a service's one key for all",
	 CLOSED "|k2._domainkey.example.org. CNAME dkim2.mcsv.net."
		"|dkim2.mcsv.net. TXT \"v=DKIM1; k=ed25519; p=" KEY_ED25519 "\"",
	 SPOOF_SHARED_KEY, SPOOF_PASSES, SPOOF_ANSWER_NO},
	{"a service's key for this customer",
	 CLOSED "|s1._domainkey.example.org. CNAME s1.domainkey.u1234567.wl.sendgrid.net."
		"|s1.domainkey.u1234567.wl.sendgrid.net. TXT \"v=DKIM1; k=ed25519; p=" KEY_ED25519
		"\"",
	 SPOOF_SHARED_KEY, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"the key of another domain",
	 CLOSED "|s1._domainkey.example.org. CNAME s1._domainkey.example.net."
		"|s1._domainkey.example.net. TXT \"v=DKIM1; k=ed25519; p=" KEY_ED25519 "\"",
	 SPOOF_SHARED_KEY, SPOOF_PASSES, SPOOF_ANSWER_NO},
	{"the key of another name of one's own",
	 CLOSED "|s1._domainkey.example.org. CNAME s1._domainkey.mail.example.org."
		"|s1._domainkey.mail.example.org. TXT \"v=DKIM1; k=ed25519; p=" KEY_ED25519 "\"",
	 SPOOF_SHARED_KEY, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"a key at a name that anybody can register",
	 CLOSED "|s1._domainkey.example.org. CNAME key.gone-for-good.com." COM, SPOOF_KEY_TAKEOVER,
	 SPOOF_PASSES, SPOOF_ANSWER_YES},
	{"a key at a name that is somebody's",
	 CLOSED "|s1._domainkey.example.org. CNAME key.there.com.|there.com. A 25.0.0.3" COM,
	 SPOOF_KEY_TAKEOVER, SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"an organisation of its own, to the newer standard only",
	 EXISTS "|_dmarc.example.org. TXT \"v=DMARC1; p=reject; psd=y\"", SPOOF_ORGANISATION,
	 SPOOF_NOT_THERE, SPOOF_ANSWER_NO},
	{"display names are out of reach", CLOSED, SPOOF_DISPLAY_NAME, SPOOF_OUT_OF_REACH,
	 SPOOF_ANSWER_NO},
	{"DMARC does not answer", EXISTS "|_dmarc.example.org. TXT !servfail", SPOOF_EXACT,
	 SPOOF_UNKNOWN, SPOOF_ANSWER_UNKNOWN},
	{"SPF does not answer", "example.org. TXT !timeout" REJECT, SPOOF_EXACT, SPOOF_UNKNOWN,
	 SPOOF_ANSWER_UNKNOWN},
};

/* Whatever works has a message, and that message is judged as was claimed. */
static void check_witnesses(const char *name, const struct spoof_report *report)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		assert_row_int(name, finding->is_confirmed, finding->check != NULL);
		if (spoof_outcome_works(finding->outcome)) {
			assert_row_int(name, finding->is_confirmed, true);
			assert_row_int(name, finding->message.len > 200, true);
		}
	}
}

/* "Every attempt is refused" is never said beside an attempt that is not. */
static void check_sentence(const char *name, const struct spoof_report *report)
{
	bool has_way = false;
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		has_way = has_way || spoof_outcome_works(report->findings[i].outcome);
	}
	if (report->answer == SPOOF_ANSWER_NO) {
		assert_row_int(name, span_starts_with(report->sentence, SPAN("No, unless")),
			       has_way);
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct spoofed spoofed;
		run(&spoofed, row->lines, NULL);
		const struct spoof_report *report = spoofed.report;
		assert_row_int(row->name, report->findings[row->vector].outcome, row->outcome);
		assert_row_int(row->name, report->answer, row->answer);
		check_sentence(row->name, report);
		check_witnesses(row->name, report);
		end(&spoofed);
	}
}

/* A missing answer never makes a closed domain an open one, nor an open one closed. */
static void check_faults(const char *lines, enum spoof_answer answer)
{
	struct spoofed plain;
	run(&plain, lines, NULL);
	assert_int_equal(plain.report->answer, answer);
	for (size_t i = 0; i < world_asked_count(plain.judged.world); i++) {
		struct fact_key key = world_asked(plain.judged.world, i);
		struct spoofed sick;
		run(&sick, lines, &key);
		enum spoof_answer now = sick.report->answer;
		bool is_honest = now == answer || now == SPOOF_ANSWER_UNKNOWN ||
				 (answer == SPOOF_ANSWER_YES && now == SPOOF_ANSWER_PARTLY);
		if (!is_honest) {
			fail_msg("%.*s without an answer: %s becomes %s", SPAN_ARG(key.subject),
				 spoof_answer_name(answer), spoof_answer_name(now));
		}
		check_witnesses("faults", sick.report);
		end(&sick);
	}
	assert_true(world_asked_count(plain.judged.world) > 20);
	end(&plain);
}

static void test_each_answer_may_be_missing(void **state)
{
	(void)state;
	check_faults(CLOSED, SPOOF_ANSWER_NO);
	check_faults(CLOSED "|mail.example.org. TXT \"v=spf1 +all\"", SPOOF_ANSWER_YES);
}

static void test_the_witness_is_a_complete_message(void **state)
{
	(void)state;
	struct spoofed spoofed;
	run(&spoofed, EXISTS, NULL);
	const struct spoof_finding *finding = &spoofed.report->findings[spoofed.report->closest];
	static const char *const parts[] = {"From: postmaster@example.org\r\n", "\r\nTo: ",
					    "\r\nDate: Mon, 23 Nov 2026 00:00:00 +0000\r\n",
					    "\r\nMessage-ID: <", "\r\n\r\n"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct span part = span_of_string(parts[i]);
		assert_row_int(parts[i], span_search(finding->message, part) < finding->message.len,
			       true);
	}
	assert_int_equal(finding->check->mail->message->anomalies.items.len, 0);
	end(&spoofed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_each_answer_may_be_missing),
		cmocka_unit_test(test_the_witness_is_a_complete_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
