/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A fault of the network is no verdict on the domain: every question of a judgement fails once, in
 * every way, and nothing may be concluded that was not concluded before.
 */
#include "unit.h"

#include <stdio.h>

#include "assess/assess.h"
#include "guide/providers.h"
#include "world.h"

#define MAX_LINES 30

struct domain_row {
	const char *name;
	const char *lines[MAX_LINES];
};

/* The domain is example.org in all of them. */
static const struct domain_row rows[] = {
	{"in order",
	 {
		 "~. secure",
		 "org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		 "example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		 "example.org. TXT \"v=spf1 mx include:spf.example.net -all\"",
		 "example.org. CAA 0 issue \"ca.example\"",
		 "spf.example.net. TXT \"v=spf1 ip4:93.184.216.64 -all\"",
		 "example.org. MX 10 mx1.example.org.",
		 "example.org. MX 20 mx2.example.org.",
		 "mx1.example.org. A 93.184.216.1",
		 "mx1.example.org. AAAA 2606:2800::1",
		 "mx2.example.org. A 93.184.216.2",
		 "mx2.example.org. AAAA 2606:2800::2",
		 "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\"",
		 "_smtp._tls.example.org. TXT \"v=TLSRPTv1; rua=mailto:t@example.org\"",
		 "_mta-sts.example.org. TXT \"v=STSv1; id=20261123\"",
		 ("s1._domainkey.example.org. TXT \"v=DKIM1; k=rsa; "
		  "p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm2/5KEYKAqnkl7/"
		  "W31za9eORac8iwGfb5mnu20J3eV5aCTrdzZY+6WazUGk6uKZZ2pGmRCYGYy+"
		  "IqOdNGsMbjU3LXOAWxASUiDgHWJPNje3fZhV35jg+A11HCilCm4K1GIOil6Pq\" "
		  "\"pzob6qww7beZlWwOjfcXHLNv/7rseBYSMWFFJ5B4mUl/1+w/"
		  "Bo1jl0FIUbRcFoawo0LbN5fXmzej2ItzLXr2Tbm0aGsUADhsxWc4mk3plr8yq3k89UW1+SC+vn0+"
		  "Bbaz3Lfcpw/ZkRBzZK0l/sloMLVw4tGCBAM6xyi3mbtyF0zd249xE/O304aaXNXfD84HCOhii/"
		  "4gHquX2QIDAQAB\""),
	 }},
	{"looked at",
	 {
		 "~. secure",
		 "org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		 "example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		 "example.org. TXT \"v=spf1 mx -all\"",
		 "example.org. MX 10 mx1.example.org.",
		 "example.org. MX 20 mx2.example.org.",
		 "mx1.example.org. A 93.184.216.1",
		 "mx2.example.org. A 93.184.216.2",
		 "93.184.216.1 SMTP mx1.example.org. cert=P-256/mx1.example.org/-10/80",
		 "93.184.216.2 SMTP mx2.example.org. cert=P-256/mx2.example.org/-10/80",
		 "_25._tcp.mx1.example.org. TLSA 3 1 1 @93.184.216.1/0",
		 "_25._tcp.mx2.example.org. TLSA 3 1 1 @93.184.216.2/0",
		 "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"",
		 "_mta-sts.example.org. TXT \"v=STSv1; id=20261123\"",
		 ("example.org. POLICY body=version: STSv1|mode: enforce|mx: mx1.example.org|"
		  "mx: mx2.example.org|max_age: 1209600"),
	 }},
	{"parked",
	 {
		 "org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		 "example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		 "example.org. TXT \"v=spf1 -all\"",
		 "example.org. MX 0 .",
		 "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"",
		 "*._domainkey.example.org. TXT \"v=DKIM1; p=\"",
	 }},
	{"neglected",
	 {
		 "org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		 "com. SOA ns.nic.com. h.nic.com. 1 2 3 4 5",
		 "example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		 "example.org. A 93.184.216.1",
		 "example.org. MX 10 mx.former-provider.com.",
		 "example.org. MX 20 mail.example.org.",
		 "mail.example.org. CNAME host.example.org.",
		 "host.example.org. A 10.0.0.1",
		 "s1._domainkey.example.org. CNAME s1.dkim.former-provider.com.",
	 }},
	{"silent",
	 {
		 "org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		 "example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		 "example.org. A 93.184.216.1",
	 }},
};

static const enum fact_failure failures[] = {
	FACT_FAILURE_SERVFAIL, FACT_FAILURE_TIMEOUT, FACT_FAILURE_BOGUS,
	FACT_FAILURE_REFUSED,  FACT_FAILURE_NETWORK,
};

struct run {
	struct arena *arena;
	struct world *world;
	struct facts *facts;
	struct assess_options options;
	struct assessment *result;
};

struct data {
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	return assess_domain(run->arena, inquiry, SPAN("example.org"), &run->options, &run->result,
			     reterr);
}

static struct run run_new(const struct data *data, const struct domain_row *row)
{
	struct failure failure;
	struct run run = {
		.arena = arena_new((size_t)64 << 20),
		.world = world_new(),
		.facts = facts_new(1),
		.options = {.now = WORLD_NOW,
			    .suffixes = data->suffixes,
			    .providers = data->providers},
	};
	for (size_t i = 0; i < MAX_LINES && row->lines[i] != NULL; i++) {
		if (!world_add_line(run.world, span_of_string(row->lines[i]), &failure)) {
			fail_msg("%s: %s", row->lines[i], failure.detail);
		}
	}
	return run;
}

static void run_settle(struct run *run)
{
	struct failure failure;
	struct judge settled = {judge, run};
	assert_int_equal(settle(run->facts, world_source(run->world), settled, &failure), 0);
}

static void run_free(struct run *run)
{
	facts_free(run->facts);
	world_free(run->world);
	arena_free(run->arena);
}

static bool has_finding(const struct assessment *a, const struct finding *wanted)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		if (finding->id == wanted->id && span_equal(finding->subject, wanted->subject)) {
			return true;
		}
	}
	return false;
}

static void compare_statuses(const char *row, const struct assessment *before,
			     const struct assessment *after)
{
	for (int c = 0; c < CONTROL_COUNT; c++) {
		enum control_status was = assessment_status(before, (enum control)c);
		enum control_status is = assessment_status(after, (enum control)c);
		if (is != was && is != CONTROL_UNKNOWN) {
			fail_msg("%s: %s was %s and is %s", row, control_name((enum control)c),
				 control_status_name(was), control_status_name(is));
		}
	}
}

static bool is_same_value(const struct measure *was, const struct measure *is)
{
	return was->state == is->state && was->is_yes == is->is_yes && was->number == is->number &&
	       span_equal(was->word, is->word) && was->word_count == is->word_count;
}

static void compare_measures(const char *row, const struct assessment *before,
			     const struct assessment *after)
{
	for (int m = 0; m < MEASURE_COUNT; m++) {
		const struct measure *was = measure_get(before, (enum measure_id)m);
		const struct measure *is = measure_get(after, (enum measure_id)m);
		bool is_in_doubt = is->state == MEASURE_UNKNOWN;
		/* without the answer that made it pointless a question may have a true answer */
		bool was_pointless = was->state == MEASURE_NOT_APPLICABLE;
		if (!is_in_doubt && !was_pointless && !is_same_value(was, is)) {
			fail_msg("%s: %s changed", row, measure_describe((enum measure_id)m)->name);
		}
	}
}

static void compare_findings(const char *row, const struct assessment *before,
			     const struct assessment *after)
{
	for (size_t i = 0; i < finding_count(after); i++) {
		const struct finding *finding = finding_at(after, i);
		if (!has_finding(before, finding)) {
			fail_msg("%s: %.*s about %.*s is new", row, SPAN_ARG(finding->guidance->id),
				 SPAN_ARG(finding->subject));
		}
	}
}

static void check_failed(const struct data *data, const struct domain_row *row,
			 const struct run *before, struct fact_key key, enum fact_failure how)
{
	char name[600];
	struct run run = run_new(data, row);
	world_fail_key(run.world, key, how);
	run_settle(&run);
	snprintf(name, sizeof(name), "%s: %.*s %s", row->name,
		 SPAN_ARG(fact_key_text(run.arena, key)), fact_failure_name(how));
	compare_statuses(name, before->result, run.result);
	compare_measures(name, before->result, run.result);
	compare_findings(name, before->result, run.result);
	run_free(&run);
}

/*
 * RFC 7672 2.1.1: at TLSA a failure itself keeps senders from delivering. And what nobody could
 * answer, such as mail hosts in a world without them, cannot fail.
 */
static bool is_left_out(const struct run *before, struct fact_key key)
{
	const struct fact *fact = facts_get(before->facts, key);
	return key.type == RR_TLSA || fact == NULL || fact->failure == FACT_FAILURE_NOT_ASKED;
}

static void test_every_question(void **state)
{
	const struct data *data = *state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct run before = run_new(data, &rows[r]);
		run_settle(&before);
		assert_true(world_asked_count(before.world) > 10);
		for (size_t i = 0; i < world_asked_count(before.world); i++) {
			if (is_left_out(&before, world_asked(before.world, i))) {
				continue;
			}
			for (size_t f = 0; f < sizeof(failures) / sizeof(failures[0]); f++) {
				check_failed(data, &rows[r], &before, world_asked(before.world, i),
					     failures[f]);
			}
		}
		run_free(&before);
	}
}

static void test_measures_are_set(void **state)
{
	const struct data *data = *state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct run run = run_new(data, &rows[r]);
		run_settle(&run);
		for (int m = 0; m < MEASURE_COUNT; m++) {
			const struct measure *measure = measure_get(run.result, (enum measure_id)m);
			if (measure->state == MEASURE_UNSET) {
				fail_msg("%s: %s was forgotten", rows[r].name,
					 measure_describe((enum measure_id)m)->name);
			}
		}
		run_free(&run);
	}
}

/* Each allocation of a judgement fails once: an error comes back, and nothing else happens. */
static void test_memory(void **state)
{
	const struct data *data = *state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct run run = run_new(data, &rows[r]);
		run_settle(&run);
		struct arena *wants_arena = arena_new((size_t)16 << 20);
		int result = -1;
		for (size_t successes = 0; result < 0 && successes < 20000; successes++) {
			struct failure failure;
			struct wants wants = wants_new(wants_arena);
			struct inquiry inquiry = {run.facts, &wants};
			arena_reset(run.arena);
			arena_fail_after(run.arena, successes);
			result = judge(&run, &inquiry, &failure);
		}
		assert_row_int(rows[r].name, result, 0);
		arena_free(wants_arena);
		run_free(&run);
	}
}

static int load_data(void **state)
{
	static struct data data;
	struct failure failure;
	if (public_suffix_list_load(/* path: */ NULL, &data.suffixes, &failure) < 0 ||
	    provider_table_load(&data.providers, &failure) < 0) {
		return -1;
	}
	*state = &data;
	return 0;
}

static int free_data(void **state)
{
	struct data *data = *state;
	provider_table_free(data->providers);
	public_suffix_list_free(data->suffixes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_question),
		cmocka_unit_test(test_measures_are_set),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, load_data, free_data);
}
