/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The plan, on the page about senders. */
#include "present/page_frame.h"
#include "present/report_words.h"
#include "present/senders_parts.h"

static const struct page_table impact_table = {
	.label = "What a stricter policy would have stopped",
	.columns = {"Mail", "#Messages", "#Stopped"},
};

static void write_impact(struct page *page, const struct senders_report *report)
{
	page_html(page, "<h3>What a stricter policy would have stopped in the last 30 days</h3>\n");
	page_begin_table(page, &impact_table);
	for (int i = 0; i < MAIL_CLASS_COUNT; i++) {
		page_begin_row(page, span_of_string(senders_class_title((enum mail_class)i)));
		page_number_cell(page, report->classes[i].recent_messages);
		page_number_cell(page, report->classes[i].recent_failing);
		page_html(page, "</tr>\n");
	}
	page_end_table(page);
}

static void write_total(struct page *page, struct span name, const struct what_if_total *total)
{
	page_begin_row(page, name);
	page_number_cell(page, total->messages);
	page_number_cell(page, total->failing_before);
	page_number_cell(page, total->failing_after);
	page_number_cell(page, total->undecided);
	page_html(page, "</tr>\n");
}

static void write_total_head(struct page *page, const char *title, const char *label)
{
	const struct page_table table = {
		.label = label,
		.columns = {title, "#Messages", "#Fail now", "#Would fail", "#Undecided"},
	};
	page_begin_table(page, &table);
}

static void write_what_if(struct page *page, const struct plan_what_if *what_if)
{
	if (what_if == NULL) {
		return;
	}
	page_html(page, "<h3>The last 30 days under the assumed records</h3>\n");
	write_total_head(page, "Mail", "Mail under the assumed records");
	for (int i = 0; i < MAIL_CLASS_COUNT; i++) {
		write_total(page, span_of_string(senders_class_title((enum mail_class)i)),
			    &what_if->classes[i]);
	}
	page_end_table(page);
	if (what_if->sender_count == 0) {
		return;
	}
	page_html(page, "<h3>Senders for whom something changes</h3>\n");
	write_total_head(page, "Sender", "Senders for whom something changes");
	for (size_t i = 0; i < what_if->sender_count; i++) {
		write_total(page, what_if->senders[i].sender->name, &what_if->senders[i].total);
	}
	page_end_table(page);
}

/* none, quarantine, reject: where the domain stands, since when. */
static void write_way(struct page *page, const struct plan *plan)
{
	static const enum dmarc_policy steps[] = {DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
						  DMARC_POLICY_REJECT};
	page_html(page, "<ol class=\"way\">");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		bool is_here = plan->policy == steps[i];
		buffer_puts(page->out,
			    is_here ? "<li class=\"here\" aria-current=\"step\">" : "<li>");
		page_html(page, "<code>");
		buffer_printf(page->out, "p=%s", dmarc_policy_name(steps[i]));
		page_html(page, "</code>");
		if (is_here && plan->since > 0) {
			page_html(page, " <span class=\"meta\">since ");
			page_text(page,
				  day_text(plan->senders->arena, plan->since / STORE_DAY_SECONDS));
			buffer_printf(page->out, " (%lld days)</span>",
				      (long long)plan->days_at_policy);
		}
		page_html(page, "</li>");
	}
	page_html(page, "</ol>\n");
	if (plan->policy != DMARC_POLICY_ABSENT &&
	    plan->senders->classes[MAIL_LEGITIMATE].messages > 0) {
		buffer_printf(page->out,
			      "<p>Of the organisation's own mail at most %u.%02u %% fails (95 %% "
			      "confidence).</p>\n",
			      plan->loss_bound_permyriad / 100, plan->loss_bound_permyriad % 100);
	}
}

void senders_plan(struct page *page, const struct plan *plan)
{
	page_html(page, "<h2>The way to reject</h2>\n");
	write_way(page, plan);
	if (plan->has_record && (plan->advice == PLAN_STEP || plan->advice == PLAN_DWELL ||
				 plan->advice == PLAN_NO_DATA)) {
		page_element(page, "h3", NULL,
			     plan->advice == PLAN_DWELL ? SPAN("The record of the next step")
							: SPAN("The record to publish"));
		page_html(page, "<pre>");
		page_text(page, plan->record.name);
		page_html(page, " TXT ");
		page_text(page, plan->record.value);
		page_html(page, "</pre>\n");
		if (plan_record_sentence(plan).len > 0) {
			page_element(page, "p", NULL, plan_record_sentence(plan));
		}
	}
	if (plan_forwarded_sentence(plan).len > 0) {
		page_element(page, "p", NULL, plan_forwarded_sentence(plan));
	}
	if (plan->blocker_count > 0) {
		page_html(page, "<h3>In the way</h3>\n");
		senders_table(page, plan->senders, plan->blockers, plan->blocker_count,
			      "Senders in the way");
	}
	write_impact(page, plan->senders);
	write_what_if(page, plan->what_if);
}
