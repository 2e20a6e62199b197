/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports by ingest into a store, then senders and plan from it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service/service.h"

#define NOW INT64_C(1795608000) /* 2026-11-25 */
#define DAY INT64_C(86400)

struct world {
	char folder[32];
	char path[64];
	struct store *store;
	struct public_suffix_list *suffixes;
	struct provider_table *providers;
};

static void must(int r, const struct failure *failure)
{
	if (r < 0) {
		fail_msg("%s: %s", failure->what, failure->detail);
	}
}

/* One row: a source, how often, and whether DKIM and SPF pass as the domain itself. */
static void put_row(struct buffer *text, const char *source, int count, bool is_passing)
{
	const char *result = is_passing ? "pass" : "fail";
	buffer_printf(
		text,
		"<record><row><source_ip>%s</source_ip><count>%d</count><policy_evaluated>"
		"<disposition>none</disposition><dkim>%s</dkim><spf>%s</spf>"
		"</policy_evaluated></row><identifiers><header_from>unit.example</header_from>"
		"</identifiers><auth_results>",
		source, count, result, result);
	if (is_passing) {
		buffer_puts(text, "<dkim><domain>unit.example</domain><selector>s1</selector>"
				  "<result>pass</result></dkim>");
	}
	buffer_printf(text,
		      "<spf><domain>unit.example</domain><scope>mfrom</scope>"
		      "<result>%s</result></spf></auth_results></record>",
		      result);
}

static void put_report(struct buffer *text, int day, int reporter)
{
	int64_t begin = (NOW / DAY - 40 + day) * DAY;
	buffer_printf(text,
		      "<feedback><report_metadata><org_name>r%d.example</org_name>"
		      "<email>a@r%d.example</email><report_id>%d</report_id><date_range><begin>%lld"
		      "</begin><end>%lld</end></date_range></report_metadata><policy_published>"
		      "<domain>unit.example</domain><p>none</p></policy_published>",
		      reporter, reporter, day, (long long)begin, (long long)(begin + DAY - 1));
	put_row(text, "192.0.2.1", 20, /* is_passing: */ true);
	if (day % 13 == 0) {
		put_row(text, "203.0.113.77", 2, /* is_passing: */ false);
	}
	buffer_puts(text, "</feedback>");
}

/* Reads a text by way of a pipe's end, as standard input is read. */
static void ingest_text(struct ingest *ingest, struct span text)
{
	struct failure failure;
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
	rewind(file);
	must(ingest_fd(ingest, fileno(file), SPAN("unit"), &failure), &failure);
	fclose(file);
}

static struct ingest *open_ingest(struct world *world)
{
	struct ingest *ingest;
	struct failure failure;
	struct ingest_options options = {.store = world->store, .now = NOW};
	must(ingest_new(&options, &ingest, &failure), &failure);
	return ingest;
}

static int set_up(void **state)
{
	static struct world world;
	struct failure failure;
	snprintf(world.folder, sizeof(world.folder), "/tmp/mailseal-unit-XXXXXX");
	assert_non_null(mkdtemp(world.folder));
	snprintf(world.path, sizeof(world.path), "%s/reports.db", world.folder);
	must(store_open(world.path, &world.store, &failure), &failure);
	must(public_suffix_list_load(/* path: */ NULL, &world.suffixes, &failure), &failure);
	must(provider_table_load(&world.providers, &failure), &failure);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	struct world *world = *state;
	store_close(world->store);
	public_suffix_list_free(world->suffixes);
	provider_table_free(world->providers);
	for (size_t i = 0; i < 3; i++) {
		char path[80];
		snprintf(path, sizeof(path), "%s%s", world->path, endings[i]);
		unlink(path);
	}
	return rmdir(world->folder);
}

static struct senders_report find(struct world *world, const char *domain)
{
	struct failure failure;
	struct senders_report report;
	struct senders_options options = {.suffixes = world->suffixes,
					  .providers = world->providers,
					  .now = NOW,
					  .days = 90,
					  .recent_days = 7};
	must(senders_find(world->store, span_of_string(domain), &options, &report, &failure),
	     &failure);
	return report;
}

static void test_nothing_is_known(void **state)
{
	struct failure failure;
	struct senders_report report = find(*state, "unit.example");
	struct plan plan;
	struct plan_options options = {.published = NULL};
	assert_int_equal(report.messages, 0);
	assert_int_equal(report.sender_count, 0);
	must(plan_make(&report, &options, &plan, &failure), &failure);
	assert_int_equal(plan.advice, PLAN_NO_DATA);
	assert_int_equal(plan.next_policy, DMARC_POLICY_NONE);
	senders_report_free(&report);
}

static void test_ingest_counts_each_report_once(void **state)
{
	struct failure failure;
	struct ingest *ingest = open_ingest(*state);
	for (int pass = 0; pass < 2; pass++) {
		for (int day = 0; day < 40; day++) {
			for (int reporter = 0; reporter < 3; reporter++) {
				struct buffer text = buffer_new(10000);
				put_report(&text, day, reporter);
				ingest_text(ingest, buffer_span(&text));
				buffer_free(&text);
			}
		}
	}
	ingest_text(ingest, SPAN("unused"));
	must(ingest_finish(ingest, &failure), &failure);
	const struct ingest_counts *counts = ingest_counts(ingest);
	assert_int_equal(counts->reports[REPORT_KIND_AGGREGATE], 120);
	assert_int_equal(counts->same_reports, 120);
	assert_int_equal(counts->documents[REPORT_REFUSED], 1);
	assert_int_equal(counts->rows, 120 + 3 * 4);
	assert_int_equal(counts->messages, 120 * 20 + 3 * 4 * 2);
	ingest_free(ingest);
}

static void test_senders_are_told_apart(void **state)
{
	struct senders_report report = find(*state, "unit.example");
	assert_int_equal(report.messages, 2424);
	assert_int_equal(report.classes[MAIL_LEGITIMATE].messages, 2400);
	assert_int_equal(report.classes[MAIL_LEGITIMATE].failing, 0);
	assert_int_equal(report.classes[MAIL_SPOOFED].messages, 24);
	assert_int_equal(report.sender_count, 2);
	assert_int_equal(report.senders[0]->evidence, EVIDENCE_SPF_ALIGNED);
	assert_int_equal(report.senders[1]->causes[CAUSE_NOT_SIGNED], 24);
	assert_int_equal(report.days.len, 40);
	assert_int_equal(report.reporters.len, 3);
	senders_report_free(&report);
}

static void test_plan_goes_one_step(void **state)
{
	struct failure failure;
	struct senders_report report = find(*state, "unit.example");
	struct plan plan;
	struct plan_options options = {.published = NULL};
	must(plan_make(&report, &options, &plan, &failure), &failure);
	assert_int_equal(plan.policy, DMARC_POLICY_NONE);
	assert_int_equal(plan.blocker_count, 0);
	assert_int_equal(plan.advice, PLAN_STEP);
	assert_int_equal(plan.next_policy, DMARC_POLICY_QUARANTINE);
	assert_true(plan.has_record);
	senders_report_free(&report);
}

static void test_what_was_not_finished_is_forgotten(void **state)
{
	struct world *world = *state;
	struct failure failure;
	struct store_total before;
	struct store_total after;
	struct buffer text = buffer_new(10000);
	must(store_total(world->store, STORE_AGGREGATE, &before, &failure), &failure);
	struct ingest *ingest = open_ingest(world);
	put_report(&text, 7, 9);
	ingest_text(ingest, buffer_span(&text));
	ingest_free(ingest);
	must(store_total(world->store, STORE_AGGREGATE, &after, &failure), &failure);
	assert_int_equal(after.reports, before.reports);
	assert_int_equal(after.rows, before.rows);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_known),
		cmocka_unit_test(test_ingest_counts_each_report_once),
		cmocka_unit_test(test_senders_are_told_apart),
		cmocka_unit_test(test_plan_goes_one_step),
		cmocka_unit_test(test_what_was_not_finished_is_forgotten),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
