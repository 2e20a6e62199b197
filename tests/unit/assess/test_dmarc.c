/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * DMARC, TLS-RPT, MTA-STS and BIMI while the network fails: scenarios say what a fact means, here
 * every single fact is taken away in turn.
 */
#include "unit.h"

#include <stdio.h>

#include "assess/assess.h"
#include "guide/providers.h"
#include "world.h"

#define ARENA_MAX_BYTES ((size_t)64 << 20)
#define KEYS_MAX 200

static const enum control controls[] = {CONTROL_DMARC, CONTROL_TLS_RPT, CONTROL_MTA_STS,
					CONTROL_BIMI};
static const char *const prefixes[] = {"dmarc.", "tls-rpt.", "mta-sts.", "bimi."};

#define CONTROLS (sizeof(controls) / sizeof(controls[0]))

struct run {
	struct arena *arena;
	struct world *world;
	struct facts *facts;
	struct span domain;
	const struct assess_options *options;
	struct assessment *result;
};

static int judge_domain(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	return assess_domain(run->arena, inquiry, run->domain, run->options, &run->result, reterr);
}

/* world: lines separated by "|"; key: what fails, or NULL. */
static struct run judge(const char *world, const char *domain, const struct assess_options *options,
			const struct fact_key *key)
{
	struct run run = {
		.arena = arena_new(ARENA_MAX_BYTES),
		.world = world_new(),
		.facts = facts_new(1),
		.domain = span_of_string(domain),
		.options = options,
	};
	struct failure failure = {0};
	struct span rest = span_of_string(world);
	struct span line;
	while (span_split(&rest, '|', &line)) {
		assert_true(world_add_line(run.world, line, &failure));
	}
	if (key != NULL) {
		world_fail_key(run.world, *key, FACT_FAILURE_SERVFAIL);
	}
	assert_int_equal(settle(run.facts, world_source(run.world),
				(struct judge){judge_domain, &run}, &failure),
			 0);
	return run;
}

static void run_free(struct run *run)
{
	facts_free(run->facts);
	world_free(run->world);
	arena_free(run->arena);
}

static bool is_ours(enum control control)
{
	for (size_t i = 0; i < CONTROLS; i++) {
		if (controls[i] == control) {
			return true;
		}
	}
	return false;
}

static bool is_our_measure(enum measure_id id)
{
	struct span name = span_of_string(measure_describe(id)->name);
	for (size_t i = 0; i < CONTROLS; i++) {
		if (span_starts_with(name, span_of_string(prefixes[i]))) {
			return true;
		}
	}
	return false;
}

static bool is_same_value(const struct measure *one, const struct measure *other)
{
	return one->state == other->state && one->is_yes == other->is_yes &&
	       one->number == other->number && span_equal(one->word, other->word) &&
	       one->word_count == other->word_count;
}

/* A value may be lost, never change; true when one was lost. */
static bool compare_measures(const char *row, const struct run *whole, const struct run *hurt)
{
	bool is_lost = false;
	for (int i = 0; i < MEASURE_COUNT; i++) {
		enum measure_id id = (enum measure_id)i;
		const struct measure *before = measure_get(whole->result, id);
		const struct measure *after = measure_get(hurt->result, id);
		if (!is_our_measure(id) || is_same_value(before, after)) {
			continue;
		}
		if (after->state != MEASURE_UNKNOWN) {
			fail_msg("%s: %s has another value", row, measure_describe(id)->name);
		}
		is_lost = true;
	}
	return is_lost;
}

/* What is still certain of a host when it is not known whether its domain is registered. */
static bool is_rest_of(const struct run *whole, enum finding_id id)
{
	static const enum finding_id pairs[][2] = {
		{FINDING_DMARC_DESTINATION_UNREACHABLE, FINDING_DMARC_DESTINATION_UNREGISTERED},
		{FINDING_TLS_RPT_DESTINATION_UNREACHABLE, FINDING_TLS_RPT_DESTINATION_UNREGISTERED},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] == id && finding_find(whole->result, pairs[i][1]) != NULL) {
			return true;
		}
	}
	return false;
}

/* A finding may be lost, none may come. */
static bool compare_findings(const char *row, const struct run *whole, const struct run *hurt)
{
	for (size_t i = 0; i < finding_count(hurt->result); i++) {
		const struct finding *finding = finding_at(hurt->result, i);
		if (is_ours(finding->guidance->control) &&
		    finding_find(whole->result, finding->id) == NULL &&
		    !is_rest_of(whole, finding->id)) {
			fail_msg("%s: came %.*s", row, SPAN_ARG(finding->guidance->id));
		}
	}
	for (size_t i = 0; i < finding_count(whole->result); i++) {
		const struct finding *finding = finding_at(whole->result, i);
		if (is_ours(finding->guidance->control) &&
		    finding_find(hurt->result, finding->id) == NULL) {
			return true;
		}
	}
	return false;
}

static bool has_our_unknown(const struct run *run)
{
	for (size_t i = 0; i < CONTROLS; i++) {
		if (assessment_has_unknown(run->result, controls[i])) {
			return true;
		}
	}
	return false;
}

static void take_away(const char *name, const struct run *whole, const struct run *hurt,
		      struct span key)
{
	char row[400];
	snprintf(row, sizeof(row), "%s without %.*s", name, SPAN_ARG(key));
	bool is_lost = compare_measures(row, whole, hurt);
	is_lost = compare_findings(row, whole, hurt) || is_lost;
	if (is_lost && !has_our_unknown(hurt)) {
		fail_msg("%s: something is lost and nothing said to be unknown", row);
	}
}

static const struct {
	const char *name;
	const char *domain;
	const char *world;
} rows[] = {
	{"all good", "example.org",
	 "example.org. MX 10 mail.example.org.|mail.example.org. A 192.0.2.1|"
	 "_dmarc.example.org. TXT \"v=DMARC1; p=reject; "
	 "rua=mailto:d@example.org,mailto:d@example.net\"|"
	 "example.net. MX 10 mail.example.net.|"
	 "example.org._report._dmarc.example.net. TXT \"v=DMARC1\"|"
	 "_smtp._tls.example.org. TXT \"v=TLSRPTv1; rua=mailto:t@example.net\"|"
	 "default._bimi.example.org. TXT \"v=BIMI1; l=https://example.org/l.svg; a=;\""},
	{"nothing there", "example.org", "example.org. MX 10 mail.example.org."},
	{"parked", "example.org",
	 "example.org. MX 0 .|example.org. TXT \"v=spf1 -all\"|"
	 "_dmarc.example.org. TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\""},
	{"inherited", "www.example.co.uk",
	 "www.example.co.uk. A 192.0.2.1|example.co.uk. MX 10 mail.example.co.uk.|"
	 "_dmarc.example.co.uk. TXT \"v=DMARC1; p=reject; sp=none; np=reject; "
	 "rua=mailto:d@example.co.uk\"|"
	 "_dmarc.co.uk. TXT \"v=DMARC1; p=none; psd=y\""},
	{"reports lost", "example.org",
	 "co.uk. TXT \"a registry\"|example.org. MX 10 mail.example.org.|"
	 "_dmarc.example.org. TXT \"v=DMARC1; p=none; "
	 "rua=mailto:d@gone.co.uk,mailto:d@example.net\"|"
	 "example.net. TXT \"no mail\"|_smtp._tls.example.org. TXT \"v=TLSRPTv1; "
	 "rua=https://gone.co.uk/\""},
};

static void test_every_failure(void **state)
{
	const struct assess_options *options = *state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run whole = judge(rows[i].world, rows[i].domain, options, /* key: */ NULL);
		size_t count = world_asked_count(whole.world);
		assert_in_range(count, 10, KEYS_MAX);
		for (size_t k = 0; k < count; k++) {
			struct fact_key key = world_asked(whole.world, k);
			struct run hurt = judge(rows[i].world, rows[i].domain, options, &key);
			take_away(rows[i].name, &whole, &hurt, fact_key_text(hurt.arena, key));
			run_free(&hurt);
		}
		run_free(&whole);
	}
}

/* Every measure of these controls is set, whatever the domain is like. */
static void test_measures_set(void **state)
{
	const struct assess_options *options = *state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = judge(rows[i].world, rows[i].domain, options, /* key: */ NULL);
		for (int m = 0; m < MEASURE_COUNT; m++) {
			enum measure_id id = (enum measure_id)m;
			if (is_our_measure(id) &&
			    measure_get(run.result, id)->state == MEASURE_UNSET) {
				fail_msg("%s: %s is not set", rows[i].name,
					 measure_describe(id)->name);
			}
		}
		run_free(&run);
	}
}

/* RFC 9990: hundreds of addresses cost a bounded number of questions. */
static void test_many_addresses(void **state)
{
	const struct assess_options *options = *state;
	static char world[40000];
	size_t len = (size_t)snprintf(world, sizeof(world),
				      "_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=");
	for (int i = 0; i < 1000; i++) {
		len += (size_t)snprintf(world + len, sizeof(world) - len,
					"%smailto:d@h%d.example%s", i > 0 ? "," : "", i,
					i % 8 == 7 ? "\" \"" : "");
	}
	snprintf(world + len, sizeof(world) - len, "\"");
	struct run run = judge(world, "example.org", options, /* key: */ NULL);
	assert_true(world_asked_count(run.world) < 400);
	run_free(&run);
}

int main(void)
{
	struct failure failure = {0};
	struct public_suffix_list *suffixes = NULL;
	struct provider_table *providers = NULL;
	if (public_suffix_list_load(/* path: */ NULL, &suffixes, &failure) < 0 ||
	    provider_table_load(&providers, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	struct assess_options options = {
		.now = WORLD_NOW, .suffixes = suffixes, .providers = providers};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_every_failure, &options),
		cmocka_unit_test_prestate(test_measures_set, &options),
		cmocka_unit_test_prestate(test_many_addresses, &options),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
	return failed;
}
