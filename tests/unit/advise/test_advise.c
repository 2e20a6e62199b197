/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Gathering, merging and ordering; what each fix does is tested by the scenarios. */
#include "advise/advise.h"

#include "guide/providers.h"
#include "unit.h"
#include "world.h"

#define MAX_LINES 16
#define ARENA_BYTES ((size_t)64 << 20)

static struct public_suffix_list *suffixes;
static struct provider_table *providers;

struct run {
	struct arena *arena;
	struct world *world;
	struct facts *facts;
	struct assess_options options;
	struct assessment *result;
};

static int load(void **state)
{
	(void)state;
	struct failure failure;
	return public_suffix_list_load(/* path: */ NULL, &suffixes, &failure) < 0 ||
	       provider_table_load(&providers, &failure) < 0;
}

static int unload(void **state)
{
	(void)state;
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
	return 0;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	return assess_domain(run->arena, inquiry, SPAN("example.org"), &run->options, &run->result,
			     reterr);
}

static void settle_run(struct run *run)
{
	struct failure failure;
	facts_free(run->facts);
	run->facts = facts_new(1);
	if (settle(run->facts, world_source(run->world), (struct judge){judge, run}, &failure) <
	    0) {
		fail_msg("%s: %s", failure.what, failure.detail);
	}
}

/* The domain is example.org. The assessment points into *run. */
static void run_start(struct run *run, const char *const *lines)
{
	*run = (struct run){
		.arena = arena_new(ARENA_BYTES),
		.world = world_new(),
		.options = {.now = WORLD_NOW, .suffixes = suffixes, .providers = providers},
	};
	for (size_t i = 0; i < MAX_LINES && lines[i] != NULL; i++) {
		struct failure failure;
		if (!world_add_line(run->world, span_of_string(lines[i]), &failure)) {
			fail_msg("%s: %s", lines[i], failure.detail);
		}
	}
	settle_run(run);
}

static void run_free(struct run *run)
{
	facts_free(run->facts);
	world_free(run->world);
	arena_free(run->arena);
}

static const struct fix *find_fix(const struct advice *advice, enum fix_id id)
{
	for (size_t i = 0; i < advice->fix_count; i++) {
		if (advice->fixes[i].id == id) {
			return &advice->fixes[i];
		}
	}
	return NULL;
}

static void assert_change(const struct record_change *change, enum record_action action,
			  const char *old_value, const char *value)
{
	assert_row_int(value, change->action, action);
	assert_row_span(value, change->old_value, span_of_string(old_value));
	assert_row_span(value, change->value, span_of_string(value));
}

/* Nobody is told to change the record of a registry; a record of the domain's own mends all. */
static void test_registry(void **state)
{
	static const char *const sending[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"_dmarc.org. TXT \"v=DMARC1; p=quarantine; psd=y\"",
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 93.184.216.1",
		"example.org. TXT \"v=spf1 mx ~all\"",
	};
	static const char *const silent[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"_dmarc.org. TXT \"v=DMARC1; p=reject; sp=none; psd=y\"",
		"example.org. A 93.184.216.1",
	};
	static const struct {
		const char *row;
		const char *const *lines;
		enum fix_id fix;
		const char *value;
	} rows[] = {
		{"sending", sending, FIX_PUBLISH_DMARC,
		 "v=DMARC1; p=quarantine; rua=mailto:<YOUR-REPORT-ADDRESS>"},
		{"silent", silent, FIX_PARK_DOMAIN,
		 "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; "
		 "rua=mailto:<YOUR-REPORT-ADDRESS>"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run;
		run_start(&run, rows[i].lines);
		const struct advice *advice = advise(run.arena, run.result);
		const struct fix *fix = find_fix(advice, rows[i].fix);
		bool is_found = false;
		for (size_t k = 0; fix != NULL && k < fix->change_count; k++) {
			is_found = is_found ||
				   span_equal(fix->changes[k].value, span_of_string(rows[i].value));
		}
		assert_row_int(rows[i].row, is_found, true);
		assert_null(find_fix(advice, FIX_REPLACE_REPORT_ADDRESS));
		assert_null(find_fix(advice, FIX_ADD_REPORT_ADDRESS));
		assert_null(find_fix(advice, FIX_TIGHTEN_DMARC));
		run_free(&run);
	}
}

/* Three kinds of finding about one record: one new record, and only then the next step. */
static void test_one_record(void **state)
{
	static const char *const lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 93.184.216.1",
		"example.org. TXT \"v=spf1 mx ~all\"",
		("_dmarc.example.org. TXT \"v=DMARC1; p=none; pct=100; "
		 "rua=mailto:x@mailcheck.service.ncsc.gov.uk,mailto:d@example.org\""),
	};
	(void)state;
	struct run run;
	run_start(&run, lines);
	const struct advice *advice = advise(run.arena, run.result);
	const struct fix *repair = find_fix(advice, FIX_REPAIR_DMARC);
	const struct fix *tighten = find_fix(advice, FIX_TIGHTEN_DMARC);
	assert_non_null(repair);
	assert_non_null(tighten);
	assert_null(find_fix(advice, FIX_REPLACE_REPORT_ADDRESS));
	assert_int_equal(repair->finding_count, 2);
	assert_int_equal(repair->change_count, 1);
	assert_change(&repair->changes[0], RECORD_REPLACE,
		      ("v=DMARC1; p=none; pct=100; "
		       "rua=mailto:x@mailcheck.service.ncsc.gov.uk,mailto:d@example.org"),
		      "v=DMARC1; p=none; rua=mailto:d@example.org");
	assert_change(&tighten->changes[0], RECORD_REPLACE,
		      "v=DMARC1; p=none; rua=mailto:d@example.org",
		      "v=DMARC1; p=quarantine; rua=mailto:d@example.org");
	assert_true(repair < tighten);
	const struct finding *removed = finding_find(run.result, FINDING_DMARC_REMOVED_TAGS);
	assert_ptr_equal(advice_for(advice, removed), repair);
	const struct finding *good = finding_find(run.result, FINDING_SPF_SOFTFAIL);
	assert_non_null(good);
	assert_null(advice_for(advice, good));
	assert_row_span("title", tighten->title,
			SPAN("Go one step further with DMARC for example.org: from p=none to "
			     "p=quarantine"));
	run_free(&run);
}

/* A single kind of finding keeps its own, more telling fix. */
static void test_single_kind(void **state)
{
	static const char *const lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 93.184.216.1",
		("_dmarc.example.org. TXT \"v=DMARC1; p=reject; "
		 "rua=mailto:x@mailcheck.service.ncsc.gov.uk\""),
	};
	(void)state;
	struct run run;
	run_start(&run, lines);
	const struct advice *advice = advise(run.arena, run.result);
	const struct fix *replace = find_fix(advice, FIX_REPLACE_REPORT_ADDRESS);
	assert_non_null(replace);
	assert_true(replace->changes[0].is_template);
	assert_null(find_fix(advice, FIX_REPAIR_DMARC));
	run_free(&run);
}

static void test_weak_keys_are_all_named(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"example.org. TXT \"v=spf1 ip4:25.0.0.1 -all\"",
		"example.org. MX 10 mx.example.org.",
		"s1._domainkey.example.org. TXT \"v=DKIM1; "
		"p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALi8A7D9xLuZQc+EphPYzOBrTk"
		"M3GjHW/szEW0qGJ1SfYlydGJ4wDZQ5MxcJ0920qOQ6eZ7c6oz0VX5OkOdp5M"
		"kCAwEAAQ=="
		"\"",
		"s2._domainkey.example.org. TXT \"v=DKIM1; "
		"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDzUYYsa3lKHx+/T339AW"
		"btylxUVAoVoPAiSoKDHNq36Moi+kivEt6IlIQ4RhMMpnmf24sZSN2orMk7WC"
		"gNe/r/q3XRF0ydl/109vgoV9sIwgHmpaWkbjV63jzn4UVLLEJWBdl33bpa8a"
		"eV4f6ra0kzePRGCd0RL2kFcMp3t2kcHwIDAQAB"
		"\"",
		NULL,
	};
	struct run run;
	run_start(&run, lines);
	const struct fix *fix = find_fix(advise(run.arena, run.result), FIX_REPLACE_DKIM_KEY);
	assert_non_null(fix);
	assert_row_span("title", fix->title,
			SPAN("Replace the DKIM keys at s1._domainkey.example.org and "
			     "s2._domainkey.example.org"));
	run_free(&run);
}

static void test_silent_domain_is_parked(void **state)
{
	static const char *const lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. SOA ns.example.org. h.example.org. 1 2 3 4 5",
		"example.org. A 93.184.216.1",
	};
	static const char *const values[] = {
		"v=spf1 -all",
		("v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; "
		 "rua=mailto:<YOUR-REPORT-ADDRESS>"),
		"v=DKIM1; p=",
		"0 .",
	};
	(void)state;
	struct run run;
	run_start(&run, lines);
	const struct advice *advice = advise(run.arena, run.result);
	const struct fix *park = find_fix(advice, FIX_PARK_DOMAIN);
	assert_non_null(park);
	assert_int_equal(park->change_count, 4);
	for (size_t i = 0; i < park->change_count; i++) {
		assert_change(&park->changes[i], RECORD_PUBLISH, "", values[i]);
		assert_row_int(values[i], park->changes[i].is_template, i == 1);
	}
	assert_null(find_fix(advice, FIX_PUBLISH_SPF));
	assert_null(find_fix(advice, FIX_PUBLISH_NULL_MX));
	run_free(&run);
}

/* Whoever receives mail is told to begin, with the provider that is known, and never to park. */
static void test_receiver_begins(void **state)
{
	static const char *const lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. MX 0 example-org.mail.protection.outlook.com.",
		"example-org.mail.protection.outlook.com. A 52.101.1.1",
	};
	(void)state;
	struct run run;
	run_start(&run, lines);
	const struct advice *advice = advise(run.arena, run.result);
	assert_null(find_fix(advice, FIX_PARK_DOMAIN));
	assert_change(&find_fix(advice, FIX_PUBLISH_SPF)->changes[0], RECORD_PUBLISH, "",
		      "v=spf1 include:spf.protection.outlook.com <YOUR-OTHER-SENDERS> ~all");
	assert_change(&find_fix(advice, FIX_PUBLISH_DMARC)->changes[0], RECORD_PUBLISH, "",
		      "v=DMARC1; p=none; rua=mailto:<YOUR-REPORT-ADDRESS>");
	assert_true(span_search(find_fix(advice, FIX_PUBLISH_MTA_STS)->action,
				SPAN("    mx: example-org.mail.protection.outlook.com")) <
		    find_fix(advice, FIX_PUBLISH_MTA_STS)->action.len);
	run_free(&run);
}

static void test_what_if(void **state)
{
	static const char *const before_lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. TXT \"v=spf1 nclude:x.example -all\"",
		"_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:d@example.org\"",
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 93.184.216.1",
	};
	static const char *const after_lines[MAX_LINES] = {
		"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
		"example.org. TXT \"v=spf1 mx ?all\"",
		"_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:d@example.org\"",
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 93.184.216.1",
	};
	(void)state;
	struct run before;
	run_start(&before, before_lines);
	struct run after;
	run_start(&after, after_lines);
	const struct what_if *what_if = what_if_compare(after.arena, before.result, after.result);
	bool has_gone = false;
	for (size_t i = 0; i < what_if->gone_count; i++) {
		has_gone |= what_if->gone[i]->id == FINDING_SPF_SYNTAX;
		assert_true(what_if->gone[i]->id != FINDING_DMARC_POLICY_NONE);
	}
	assert_true(has_gone);
	bool has_new = false;
	for (size_t i = 0; i < what_if->new_count; i++) {
		has_new |= what_if->new_findings[i]->id == FINDING_SPF_NEUTRAL;
		assert_true(what_if->new_findings[i]->id != FINDING_DMARC_POLICY_NONE);
	}
	assert_true(has_new);
	what_if = what_if_compare(after.arena, after.result, after.result);
	assert_int_equal(what_if->gone_count + what_if->new_count, 0);
	run_free(&before);
	run_free(&after);
}

/* A domain with much to mend, for walking through failures. */
static const char *const neglected[MAX_LINES] = {
	"org. SOA ns.nic.org. h.nic.org. 1 2 3 4 5",
	"example.org. TXT \"v=spf1 nclude:x.example ip4:10.0.0.1 +all\"",
	"example.org. MX 10 gone.example.org.",
	"example.org. MX 20 mail.example.org.",
	"mail.example.org. CNAME host.example.org.",
	"host.example.org. A 93.184.216.1",
	("_dmarc.example.org. TXT \"v=DMARC1; p=quarantine; sp=none; pct=20; ri=5; "
	 "rua=a@b.example\""),
	"s1._domainkey.example.org. CNAME s1.gone.example.org.",
	"_smtp._tls.example.org. TXT \"v=TLSRPTv1;rua=x@example.org\"",
	"_mta-sts.example.org. TXT \"v=STSv1; id=2026-11-23\"",
	"default._bimi.example.org. TXT \"v=bimi1; l=https://example.org/a.svg\"",
};

static void test_memory(void **state)
{
	(void)state;
	struct run run;
	run_start(&run, neglected);
	bool is_done = false;
	for (size_t successes = 0; !is_done; successes++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		arena_fail_after(arena, successes);
		const struct advice *advice = advise(arena, run.result);
		is_done = advice != NULL;
		assert_int_equal(arena_has_failed(arena), !is_done);
		arena_free(arena);
	}
	run_free(&run);
}

/* True when the world publishes this text. */
static bool is_published(struct span value)
{
	for (size_t i = 0; neglected[i] != NULL; i++) {
		struct span line = span_of_string(neglected[i]);
		if (span_search(line, value) < line.len) {
			return true;
		}
	}
	return false;
}

/* Whichever answer is missing: advice is given, and the first to touch a record knows it. */
static void test_missing_answers(void **state)
{
	(void)state;
	struct run run;
	run_start(&run, neglected);
	size_t count = world_asked_count(run.world);
	for (size_t i = 0; i < count; i++) {
		arena_reset(run.arena);
		world_fail_key(run.world, world_asked(run.world, i), FACT_FAILURE_SERVFAIL);
		settle_run(&run);
		const struct advice *advice = advise(run.arena, run.result);
		assert_non_null(advice);
		for (size_t k = 0; k < advice->fix_count; k++) {
			const struct fix *fix = &advice->fixes[k];
			bool is_later =
				fix->id == FIX_TIGHTEN_DMARC || fix->id == FIX_TIGHTEN_SPF_ALL;
			if (!is_later && fix->change_count > 0) {
				assert_row_int(fix->text->id.ptr,
					       is_published(fix->changes[0].old_value), true);
			}
		}
	}
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_one_record),
		cmocka_unit_test(test_single_kind),
		cmocka_unit_test(test_weak_keys_are_all_named),
		cmocka_unit_test(test_silent_domain_is_parked),
		cmocka_unit_test(test_receiver_begins),
		cmocka_unit_test(test_what_if),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_missing_answers),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
