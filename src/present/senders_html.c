/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Senders and the plan as a page that stands alone, with charts and the numbers behind them. */
#include "present/chart.h"
#include "present/page_frame.h"
#include "present/report_words.h"
#include "present/senders_parts.h"
#include "present/senders_text.h"

#define CHART_DAYS 400
#define CHART_SENDERS 15
/* Spoofers come and go by the hundred. */
#define SHOWN_SPOOFERS 20

const char *senders_class_title(enum mail_class class)
{
	static const char *const titles[] = {
		[MAIL_LEGITIMATE] = "Legitimate",
		[MAIL_FORWARDED] = "Forwarded and lists",
		[MAIL_UNKNOWN] = "Not known",
		[MAIL_SPOOFED] = "Spoofed",
	};
	return titles[class];
}

static const char *const class_tags[] = {
	[MAIL_LEGITIMATE] = "good",
	[MAIL_FORWARDED] = "info",
	[MAIL_UNKNOWN] = "warn",
	[MAIL_SPOOFED] = "bad",
};

static void write_head(struct page *page, const struct senders_report *report)
{
	page_begin(page, report->scope.domain, ": who sends");
	page_html(page, "<header class=\"page\"><p>Who sends mail as this domain, ");
	page_text(page, day_text(report->arena, report->now / STORE_DAY_SECONDS));
	page_html(page, "</p></header>\n");
	page_begin_main(page);
	page_element(page, "h1", NULL, report->scope.domain);
	page_html(page, "<p class=\"kind\">");
	page_number(page, report->messages);
	buffer_printf(page->out, " messages in reports from %.*s to %.*s</p>\n",
		      SPAN_ARG(day_text(report->arena, report->scope.first_day)),
		      SPAN_ARG(day_text(report->arena, report->scope.last_day)));
}

static const struct page_table days_table = {
	.label = "Messages a day",
	.columns = {"Day", "#Pass", "#Fail", "#Reports"},
};

static void write_day_table(struct page *page, const struct senders_report *report)
{
	page_html(page, "<details><summary>Numbers behind this chart</summary>");
	page_begin_table(page, &days_table);
	for (size_t i = 0; i < report->days.len; i++) {
		const struct store_day *day = VECTOR_AT(&report->days, const struct store_day, i);
		uint64_t pass = day->both_pass + day->dkim_pass + day->spf_pass;
		page_begin_row(page, day_text(report->arena, day->day));
		page_number_cell(page, pass);
		page_number_cell(page, day->messages - pass);
		page_number_cell(page, day->reports);
		page_html(page, "</tr>\n");
	}
	page_end_table(page);
	page_html(page, "</details>\n");
}

/* A bar for every day of the calendar: a day without reports is a gap, not a missing bar. */
static size_t fill_days(const struct senders_report *report, struct chart_bar *bars)
{
	const struct store_day *days = report->days.items;
	size_t count = report->days.len;
	int64_t last = days[count - 1].day;
	int64_t first = days[0].day > last - CHART_DAYS ? days[0].day : last - CHART_DAYS + 1;
	for (size_t i = 0; i < count; i++) {
		if (days[i].day >= first) {
			uint64_t pass = days[i].both_pass + days[i].dkim_pass + days[i].spf_pass;
			struct chart_bar *bar = &bars[days[i].day - first];
			bar->parts[0] = pass;
			bar->parts[1] = days[i].messages > pass ? days[i].messages - pass : 0;
		}
	}
	bars[0].label = day_text(report->arena, first);
	bars[last - first].label = day_text(report->arena, last);
	return (size_t)(last - first + 1);
}

static void write_day_chart(struct page *page, const struct senders_report *report)
{
	struct chart_bar *bars = arena_alloc(report->arena, CHART_DAYS * sizeof(*bars));
	if (report->days.len == 0 || bars == NULL) {
		return;
	}
	struct chart chart = {
		.title = SPAN("Messages a day that pass and fail DMARC"),
		.part_names = {"pass", "fail"},
		.part_classes = {"good", "bad"},
		.part_count = 2,
		.bars = bars,
		.bar_count = fill_days(report, bars),
	};
	page_html(page, "<h2>Over time</h2>\n");
	chart_columns(page, &chart);
	write_day_table(page, report);
}

static void write_sender_chart(struct page *page, const struct senders_report *report)
{
	struct chart_bar bars[CHART_SENDERS];
	size_t count = 0;
	for (size_t i = 0; i < report->sender_count && count < CHART_SENDERS; i++) {
		const struct sender *sender = report->senders[i];
		if (sender->class != MAIL_SPOOFED) {
			bars[count++] = (struct chart_bar){
				sender->name,
				{sender->messages - sender->failing, sender->failing}};
		}
	}
	struct chart chart = {
		.title = SPAN("Messages of the largest senders that pass and fail DMARC"),
		.part_names = {"pass", "fail"},
		.part_classes = {"good", "bad"},
		.part_count = 2,
		.bars = bars,
		.bar_count = count,
	};
	if (count > 0) {
		page_html(page, "<h2>Senders</h2>\n");
		chart_rows(page, &chart);
	}
}

static void write_sender(struct page *page, const struct senders_report *report,
			 const struct sender *sender)
{
	struct span why = evidence_sentence(sender->evidence);
	struct span fix = sender_fix(report->arena, sender);
	page_html(page, "<tr class=\"has-why\"><th scope=\"row\">");
	page_text(page, sender->name);
	struct span source = source_text(report->arena, sender);
	if (source.len > 0) {
		page_html(page, "<br><small>");
		page_text(page, source);
		page_html(page, "</small>");
	}
	page_html(page, "</th><td>");
	page_tag(page, class_tags[sender->class], senders_class_title(sender->class));
	page_html(page, " ");
	if (sender->is_new) {
		page_tag(page, "info new", "new");
	}
	page_html(page, "</td>");
	page_number_cell(page, sender->messages);
	page_number_cell(page, sender->failing);
	page_html(page, "</tr>\n<tr class=\"why\"><td colspan=\"4\">");
	page_text(page, why);
	page_html(page, " ");
	page_text(page, fix);
	page_html(page, " <span class=\"meta\">Seen ");
	page_text(page, day_text(report->arena, sender->first_day));
	page_html(page, " to ");
	page_text(page, day_text(report->arena, sender->last_day));
	page_html(page, ".</span></td></tr>\n");
}

void senders_table(struct page *page, const struct senders_report *report,
		   const struct sender *const *senders, size_t count, const char *label)
{
	const struct page_table table = {
		.label = label,
		.class_name = "senders",
		.columns = {"Sender", "Is", "#Messages", "#Fail"},
	};
	page_begin_table(page, &table);
	size_t spoofers = 0;
	uint64_t left_out = 0;
	for (size_t i = 0; i < count; i++) {
		spoofers += senders[i]->class == MAIL_SPOOFED ? 1 : 0;
		if (senders[i]->class != MAIL_SPOOFED || spoofers <= SHOWN_SPOOFERS) {
			write_sender(page, report, senders[i]);
		} else {
			left_out += senders[i]->messages;
		}
	}
	page_end_table(page);
	if (spoofers > SHOWN_SPOOFERS) {
		page_html(page, "<p>And ");
		page_number(page, spoofers - SHOWN_SPOOFERS);
		page_html(page, " further sources of spoofed mail, with ");
		page_number(page, left_out);
		page_html(page,
			  " messages. The table for spreadsheets (--csv) has them all.</p>\n");
	}
}

static const struct page_table left_out_table = {
	.label = "Reports that are left out",
	.class_name = "senders",
	.columns = {"In the name of", "#Reports", "#Messages"},
};

static void write_left_out(struct page *page, const struct senders_report *report)
{
	page_begin_table(page, &left_out_table);
	for (size_t i = 0; i < report->left_out_reports.len; i++) {
		const struct store_authenticity_line *line = VECTOR_AT(
			&report->left_out_reports, const struct store_authenticity_line, i);
		page_html(page, "<tr class=\"has-why\"><th scope=\"row\">");
		page_text(page, line->reporter);
		page_html(page, "</th>");
		page_number_cell(page, line->reports);
		page_number_cell(page, line->messages);
		page_html(page, "</tr>\n<tr class=\"why\"><td colspan=\"3\">In a mail from ");
		page_text(page, line->mail_from);
		page_html(page, ". ");
		page_text(page, authenticity_sentence(line->authenticity));
		page_html(page, " <span class=\"meta\">Last on ");
		page_text(page, day_text(report->arena, line->last_at / STORE_DAY_SECONDS));
		page_html(page, ".</span></td></tr>\n");
	}
	page_end_table(page);
}

static void write_origins(struct page *page, const struct senders_report *report)
{
	struct span lines[ORIGIN_SENTENCES];
	bool is_first = true;
	origin_sentences(report, lines);
	for (size_t i = 0; i < ORIGIN_SENTENCES; i++) {
		if (lines[i].len > 0 && is_first) {
			page_html(page, "<h2>The reports themselves</h2>\n");
			is_first = false;
		}
		if (lines[i].len > 0) {
			page_element(page, "p", NULL, lines[i]);
		}
	}
	if (report->left_out_reports.len > 0) {
		write_left_out(page, report);
	}
}

static const struct page_table tls_table = {
	.label = "TLS sessions",
	.class_name = "senders",
	.columns = {"Result", "#Sessions"},
};

static void write_tls(struct page *page, const struct senders_report *report)
{
	if (report->tls.len == 0) {
		return;
	}
	page_html(page, "<h2>TLS sessions</h2>\n");
	page_begin_table(page, &tls_table);
	for (size_t i = 0; i < report->tls.len; i++) {
		const struct tls_line *line = VECTOR_AT(&report->tls, const struct tls_line, i);
		struct span meaning = tls_cause_sentence(line->result);
		page_html(page, "<tr class=\"has-why\"><th scope=\"row\">");
		page_text(page, tls_cause_name(line->result));
		page_html(page, "</th>");
		page_number_cell(page, line->sessions);
		page_html(page, "</tr>\n<tr class=\"why\"><td colspan=\"2\">");
		if (line->mx.len > 0) {
			page_html(page, "At ");
			page_text(page, line->mx);
			page_html(page, ": ");
		}
		page_text(page, meaning.len > 0 ? meaning : SPAN("These worked."));
		page_html(page, " <span class=\"meta\">Reported by ");
		page_text(page, line->reporter);
		page_html(page, ".</span></td></tr>\n");
	}
	page_end_table(page);
}

static const struct page_table failures_table = {
	.label = "Failure reports",
	.columns = {"Source", "#Incidents", "Last", "What was told"},
};

static void write_failures(struct page *page, const struct senders_report *report)
{
	if (report->failures.len == 0) {
		return;
	}
	page_html(page, "<h2>Failure reports on single messages</h2>\n");
	page_begin_table(page, &failures_table);
	for (size_t i = 0; i < report->failures.len; i++) {
		const struct failure_line *line =
			VECTOR_AT(&report->failures, const struct failure_line, i);
		page_html(page, "<tr>");
		page_element(page, "td", NULL, line->source);
		page_number_cell(page, line->incidents);
		page_element(page, "td", NULL, day_text(report->arena, line->last_day));
		page_element(page, "td", NULL, failure_text(report->arena, line));
		page_html(page, "</tr>\n");
	}
	page_end_table(page);
}

void present_senders_html(const struct senders_report *report, const struct plan *plan,
			  struct buffer *text)
{
	struct page page = {.out = text};
	write_head(&page, report);
	senders_answers(&page, report, plan);
	if (plan != NULL) {
		senders_plan(&page, plan);
	}
	write_day_chart(&page, report);
	write_sender_chart(&page, report);
	senders_table(&page, report, (const struct sender *const *)report->senders,
		      report->sender_count, "All senders");
	write_origins(&page, report);
	write_tls(&page, report);
	write_failures(&page, report);
	page_begin_foot(&page);
	page_html(&page, "Made ");
	page_string(&page, time_format(report->now).text);
	page_html(&page, " by mailseal " MAILSEAL_VERSION ".");
	page_end(&page);
}
