/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF assessor: the view it leaves to others, its bounds, and every failure of every question. */
#include "unit.h"

#include <stdio.h>

#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/spf.h"
#include "guide/providers.h"
#include "world.h"

#define DOMAIN SPAN("example.org")

/* Only the SPF assessor, so that what is asked is what SPF asks. */
struct run {
	struct arena *arena;
	struct world *world;
	struct facts *facts;
	struct assess_options options;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
	struct assessment *result;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct assessment *a = arena_alloc(run->arena, sizeof(*a));
	struct finding *spare = arena_alloc(run->arena, sizeof(*spare));
	struct measures *measures = arena_alloc(run->arena, sizeof(*measures));
	if (a == NULL || spare == NULL || measures == NULL) {
		return failure_set_memory(reterr, "judge");
	}
	a->arena = run->arena;
	a->inquiry = inquiry;
	a->options = &run->options;
	a->domain = a->unicode = DOMAIN;
	a->spare_finding = spare;
	a->measures = measures;
	spare->guidance = guidance_get((enum finding_id)0);
	spf_assess(a);
	if (arena_has_failed(run->arena)) {
		return failure_set_memory(reterr, "judge");
	}
	run->result = a;
	return 0;
}

static struct run run_new(void)
{
	struct failure failure;
	struct run run = {.arena = arena_new((size_t)256 << 20), .world = world_new()};
	assert_int_equal(public_suffix_list_load(/* path: */ NULL, &run.suffixes, &failure), 0);
	assert_int_equal(provider_table_load(&run.providers, &failure), 0);
	run.options.suffixes = run.suffixes;
	run.options.providers = run.providers;
	run.facts = facts_new(1);
	return run;
}

static void run_free(struct run *run)
{
	facts_free(run->facts);
	world_free(run->world);
	arena_free(run->arena);
	provider_table_free(run->providers);
	public_suffix_list_free(run->suffixes);
}

static void add_line(struct run *run, const char *line)
{
	struct failure failure;
	if (!world_add_line(run->world, span_of_string(line), &failure)) {
		fail_msg("%s: %s", line, failure.detail);
	}
}

/* A TXT record of any length. */
static void add_txt(struct run *run, const char *name, struct span text)
{
	struct buffer line = buffer_new((size_t)1 << 20);
	buffer_printf(&line, "%s. TXT", name);
	for (size_t at = 0; at < text.len; at += 250) {
		buffer_printf(&line, " \"%.*s\"", SPAN_ARG(span_slice(text, at, 250)));
	}
	buffer_putc(&line, '\0');
	add_line(run, line.data);
	buffer_free(&line);
}

static const struct spf_view *settle_run(struct run *run)
{
	struct failure failure;
	assert_int_equal(
		settle(run->facts, world_source(run->world), (struct judge){judge, run}, &failure),
		0);
	return run->result->spf;
}

/* --- what others read --- */

static void test_tree(void **state)
{
	(void)state;
	static const char *const lines[] = {
		("example.org. TXT \"v=spf1 mx include:_spf.example.org ?include:_spf.google.com "
		 "~all\""),
		"example.org. MX 10 mail.example.org.",
		"mail.example.org. A 25.0.0.1",
		"_spf.example.org. TXT \"v=spf1 include:servers.mcsv.net a:mail.example.org -all\"",
		"servers.mcsv.net. TXT \"v=spf1 ip4:25.1.0.0/24 ip6:2a00::/48 -all\"",
		"_spf.google.com. TXT \"v=spf1 ip4:25.2.0.0/24 -all\"",
	};
	struct run run = run_new();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		add_line(&run, lines[i]);
	}
	const struct spf_view *view = settle_run(&run);
	assert_int_equal(view->node_count, 4);
	assert_int_equal(view->lookups, 5);
	assert_false(view->is_lookups_at_least);
	assert_int_equal(view->ipv4_addresses, 257);
	assert_int_equal(view->ipv6_networks, 1);
	assert_row_span("outcome", span_of_string(spf_outcome_name(view->outcome)),
			SPAN("softfail"));
	const struct spf_node *root = view->nodes[0];
	assert_true(root->is_own && root->is_authorising && root->parent == NULL);
	assert_ptr_equal(root, view->last);
	assert_int_equal(root->terms[0].mx_hosts, 1);
	assert_int_equal(root->terms[0].ipv4_addresses, 1);
	assert_int_equal(root->terms[1].lookups, 3);
	assert_int_equal(root->terms[1].ipv4_addresses, 257);
	const struct spf_node *own = root->terms[1].child;
	assert_true(own->is_own && own->via == &root->terms[1] && own->parent == root);
	assert_row_span("own", own->domain, SPAN("_spf.example.org"));
	assert_false(own->terms[0].child->is_own);
	assert_row_span("provider", own->terms[0].provider->id, SPAN("mailchimp"));
	/* "?" authorises nobody, and is no reason to name Google */
	assert_false(root->terms[2].child->is_authorising);
	assert_int_equal(root->terms[2].ipv4_addresses, 0);
	assert_int_equal(view->provider_count, 1);
	run_free(&run);
}

struct outcome_row {
	const char *name;
	const char *record; /* of example.org; NULL for none */
	const char *outcome;
};

static void test_outcomes(void **state)
{
	(void)state;
	static const struct outcome_row rows[] = {
		{"none", NULL, "none"},
		{"fail", "v=spf1 -all", "fail"},
		{"softfail", "v=spf1 ~all", "softfail"},
		{"neutral", "v=spf1 ?all", "neutral"},
		{"default", "v=spf1", "neutral"},
		{"pass", "v=spf1 +all", "pass"},
		{"everyone by address", "v=spf1 ip4:0.0.0.0/0 -all", "pass"},
		{"everyone by address behind sick",
		 "v=spf1 include:sick.example.net ip4:0.0.0.0/0 -all", "unknown"},
		{"syntax", "v=spf1 ipv4:25.0.0.1 -all", "permerror"},
		{"syntax after all", "v=spf1 +all ipv4:25.0.0.1", "permerror"},
		{"include passes all", "v=spf1 include:open.example.net -all", "pass"},
		{"minus include passes all", "v=spf1 -include:open.example.net ~all", "fail"},
		{"include fails all", "v=spf1 include:shut.example.net ~all", "softfail"},
		{"include gone", "v=spf1 include:gone.example.net -all", "permerror"},
		{"include gone behind all", "v=spf1 -all include:gone.example.net", "fail"},
		{"include sick", "v=spf1 include:sick.example.net -all", "unknown"},
		{"sick before gone",
		 "v=spf1 include:sick.example.net include:gone.example.net -all", "unknown"},
		{"gone before sick",
		 "v=spf1 include:gone.example.net include:sick.example.net -all", "permerror"},
		{"open before sick",
		 "v=spf1 include:open.example.net include:sick.example.net -all", "pass"},
		{"address sick", "v=spf1 a:sick.example.net -all", "unknown"},
		{"redirect", "v=spf1 redirect=shut.example.net", "fail"},
		{"redirect open", "v=spf1 redirect=open.example.net", "pass"},
		{"redirect gone", "v=spf1 redirect=gone.example.net", "permerror"},
		{"redirect sick", "v=spf1 redirect=sick.example.net", "unknown"},
		{"redirect to itself", "v=spf1 redirect=example.org", "permerror"},
		{"three voids", "v=spf1 a:x.example.net a:y.example.net a:z.example.net -all",
		 "permerror"},
		{"two voids", "v=spf1 a:x.example.net a:y.example.net -all", "fail"},
		{"name that cannot exist", "v=spf1 include:a..example.net -all", "permerror"},
		{"macro", "v=spf1 exists:%{i}.example.net -all", "fail"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run run = run_new();
		add_line(&run, "open.example.net. TXT \"v=spf1 +all\"");
		add_line(&run, "shut.example.net. TXT \"v=spf1 -all\"");
		add_line(&run, "sick.example.net. * !servfail");
		if (rows[i].record != NULL) {
			add_txt(&run, "example.org", span_of_string(rows[i].record));
		}
		const struct spf_view *view = settle_run(&run);
		assert_row_span(rows[i].name, span_of_string(spf_outcome_name(view->outcome)),
				span_of_string(rows[i].outcome));
		run_free(&run);
	}
}

static void test_several(void **state)
{
	(void)state;
	struct run run = run_new();
	add_line(&run, "example.org. TXT \"v=spf1 -all\"");
	add_line(&run, "example.org. TXT \"v=spf1 +all\"");
	const struct spf_view *view = settle_run(&run);
	assert_int_equal(view->record_count, 2);
	assert_int_equal(view->node_count, 0);
	assert_int_equal(view->outcome, SPF_OUTCOME_PERMERROR);
	assert_false(view->only_all);
	run_free(&run);
}

/* --- bounds --- */

/* A thousand includes in each of a thousand records. */
static void test_broad_and_deep(void **state)
{
	(void)state;
	struct run run = run_new();
	struct buffer text = buffer_new((size_t)1 << 20);
	buffer_puts(&text, "v=spf1");
	for (int i = 0; i < 1000; i++) {
		buffer_printf(&text, " include:%d.%%{d}", i);
	}
	add_txt(&run, "example.org", buffer_span(&text));
	add_txt(&run, "*.example.org", buffer_span(&text));
	buffer_free(&text);
	const struct spf_view *view = settle_run(&run);
	assert_true(view->lookups > SPF_FOLLOWED_LOOKUPS);
	assert_true(view->is_lookups_at_least);
	assert_int_equal(view->outcome, SPF_OUTCOME_PERMERROR);
	assert_true(view->node_count <= SPF_FOLLOWED_LOOKUPS + 1);
	/* each round may ask for what the next one no longer reaches */
	assert_in_range(world_asked_count(run.world), 1, 400);
	run_free(&run);
}

static void test_mx_flood(void **state)
{
	(void)state;
	struct run run = run_new();
	struct buffer text = buffer_new((size_t)1 << 16);
	buffer_puts(&text, "v=spf1");
	char line[200];
	for (int i = 0; i < 30; i++) {
		buffer_printf(&text, " mx:m%d.example.net", i);
		for (int host = 0; host < 40; host++) {
			snprintf(line, sizeof(line), "m%d.example.net. MX 1 h%d-%d.example.net.", i,
				 i, host);
			add_line(&run, line);
		}
	}
	buffer_puts(&text, " -all");
	add_txt(&run, "example.org", buffer_span(&text));
	buffer_free(&text);
	const struct spf_view *view = settle_run(&run);
	assert_int_equal(view->outcome, SPF_OUTCOME_PERMERROR);
	/* the record itself, 20 terms of 1 MX and 2 * 10 addresses, type 99 */
	assert_in_range(world_asked_count(run.world), 1, 2 + 20 * (1 + 2 * 10));
	run_free(&run);
}

/* --- failures --- */

static const char *const rich_world[] = {
	("example.org. TXT \"v=spf1 a mx exists:e.example.net include:i.example.net "
	 "redirect=r.example.net\""),
	"example.org. A 25.0.0.1",
	"example.org. AAAA 2a00::1",
	"example.org. MX 10 m.example.net.",
	"m.example.net. A 25.0.0.2",
	"m.example.net. AAAA 2a00::2",
	"i.example.net. TXT \"v=spf1 a:h.example.net -all\"",
	"h.example.net. A 25.0.0.3",
	"h.example.net. AAAA 2a00::3",
	"r.example.net. TXT \"v=spf1 include:i2.example.net -all\"",
	"i2.example.net. TXT \"v=spf1 ip4:25.0.0.4 -all\"",
};

static struct run rich_run(void)
{
	struct run run = run_new();
	for (size_t i = 0; i < sizeof(rich_world) / sizeof(rich_world[0]); i++) {
		add_line(&run, rich_world[i]);
	}
	return run;
}

static void check_failed(struct fact_key key, enum fact_failure how)
{
	char row[400];
	snprintf(row, sizeof(row), "%.*s type %u %s", SPAN_ARG(key.subject), key.type,
		 fact_failure_name(how));
	struct run run = rich_run();
	world_fail_key(run.world, key, how);
	const struct spf_view *view = settle_run(&run);
	enum control_status status = assessment_status(run.result, CONTROL_SPF);
	/* RFC 7208 3.1: no verdict rests on the type SPF; SOA is about who may register a name */
	bool is_harmless = key.type == RR_SPF;
	bool is_known = is_harmless || key.type == RR_SOA;
	assert_row_int(row, view->outcome, is_known ? SPF_OUTCOME_FAIL : SPF_OUTCOME_UNKNOWN);
	assert_row_int(row, status, is_harmless ? CONTROL_IMPROVE : CONTROL_UNKNOWN);
	for (size_t i = 0; !is_known && i < finding_count(run.result); i++) {
		enum severity severity = finding_at(run.result, i)->severity;
		assert_row_int(row, severity == SEVERITY_INFO || severity == SEVERITY_LOW, 1);
	}
	run_free(&run);
}

static void test_every_question_fails(void **state)
{
	(void)state;
	static const enum fact_failure failures[] = {FACT_FAILURE_SERVFAIL, FACT_FAILURE_TIMEOUT,
						     FACT_FAILURE_BOGUS, FACT_FAILURE_REFUSED,
						     FACT_FAILURE_MALFORMED};
	struct run run = rich_run();
	const struct spf_view *view = settle_run(&run);
	assert_int_equal(view->outcome, SPF_OUTCOME_FAIL);
	assert_int_equal(view->void_lookups, 1);
	size_t count = world_asked_count(run.world);
	/* two of them: is the name of the empty exists anybody's? */
	assert_int_equal(count, 15);
	for (size_t i = 0; i < count; i++) {
		for (size_t f = 0; f < sizeof(failures) / sizeof(failures[0]); f++) {
			check_failed(world_asked(run.world, i), failures[f]);
		}
	}
	run_free(&run);
}

/* Each allocation of a run fails once: an error comes back, and nothing is touched that is not
 * there. */
static void test_memory(void **state)
{
	(void)state;
	struct run run = rich_run();
	(void)settle_run(&run);
	struct arena *wants_arena = arena_new((size_t)16 << 20);
	int result = -1;
	size_t successes = 0;
	for (; result < 0 && successes < 20000; successes++) {
		struct failure failure;
		struct wants wants = wants_new(wants_arena);
		struct inquiry inquiry = {run.facts, &wants};
		arena_reset(run.arena);
		arena_fail_after(run.arena, successes);
		result = judge(&run, &inquiry, &failure);
	}
	assert_int_equal(result, 0);
	assert_true(successes > 50);
	arena_free(wants_arena);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),	 cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_several),	 cmocka_unit_test(test_broad_and_deep),
		cmocka_unit_test(test_mx_flood), cmocka_unit_test(test_every_question_fails),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
