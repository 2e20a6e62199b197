/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sector as one page: the answer first, then who stands where, then what to do first. */
#include "present/chart.h"
#include "present/html_parts.h"
#include "present/page_frame.h"
#include "present/sector.h"
#include "present/sector_words.h"

static void write_head(struct page *page, const struct sector *sector)
{
	struct span title = arena_printf(sector->arena, "Email security of %llu domains",
					 (unsigned long long)sector->all.domains);
	page_begin(page, title, "");
	page_begin_main(page);
	page_element(page, "h1", NULL, title);
	buffer_printf(page->out, "\n<p class=\"kind\">as of %.10s</p>\n",
		      time_format(sector->at).text);
}

/* "14 (6 %)". */
static void put_share(struct page *page, uint64_t part, uint64_t whole)
{
	page_number(page, part);
	page_html(page, " (");
	page_string(page, sector_share(part, whole).text);
	page_html(page, ")");
}

static void write_question(struct page *page, const struct sector *sector,
			   enum sector_question question)
{
	struct sector_answer answer = sector_answer(sector->arena, &sector->all, question);
	bool is_strong = answer.is_bad && question == SECTOR_QUESTION_SPOOFED;
	page_element(page, is_strong ? "strong" : "span", NULL, answer.first);
	page_text(page, answer.rest);
	page_html(page, " ");
}

/* One honest sentence each. */
static void write_answer(struct page *page, const struct sector *sector)
{
	const struct sector_counts *all = &sector->all;
	page_html(page, "<h2>In short</h2>\n<p>");
	write_question(page, sector, SECTOR_QUESTION_SPOOFED);
	page_text(page, sector_refusing(sector->arena, all));
	page_html(page, "</p>\n<p>");
	write_question(page, sector, SECTOR_QUESTION_INTERCEPTED);
	page_html(page, "</p>\n");
	if (all->carried > 0) {
		buffer_printf(page->out,
			      "<p>Of %llu domains something could not be determined at the last "
			      "check; it counts as it was last known.</p>\n",
			      (unsigned long long)all->carried);
	}
}

/* ---- who stands where ---- */

static void write_policies(struct page *page, const struct sector *sector)
{
	const uint64_t *counts = sector->all.policies;
	struct chart_bar bar = {SPAN_INIT("DMARC policy"),
				{counts[SECTOR_POLICY_REJECT], counts[SECTOR_POLICY_QUARANTINE],
				 counts[SECTOR_POLICY_NONE], counts[SECTOR_POLICY_ABSENT],
				 counts[SECTOR_POLICY_UNKNOWN]}};
	struct chart chart = {
		.title = SPAN("Domains by what DMARC asks receivers to do with forged mail"),
		.part_names = {"reject it", "quarantine it", "deliver it", "no DMARC", "not known"},
		.part_classes = {"good", "warn", "bad", "info", "soft"},
		.part_count = 5,
		.bars = &bar,
		.bar_count = 1,
	};
	chart_rows(page, &chart);
	page_html(page, "<p>A control below may protect and still be to mend: DMARC, for one, "
			"where its reports go to nobody.</p>\n");
}

static void write_controls(struct page *page, const struct sector *sector)
{
	/* BIMI shows a logo; it guards nothing, and comes last. */
	struct chart_bar bars[CONTROL_BIMI];
	for (size_t i = 0; i < CONTROL_BIMI; i++) {
		const uint64_t *counts = sector->all.controls[i];
		bars[i] = (struct chart_bar){span_of_string(control_title((enum control)i)),
					     {counts[CONTROL_GOOD], counts[CONTROL_IMPROVE],
					      counts[CONTROL_BAD], counts[CONTROL_ABSENT],
					      counts[CONTROL_UNKNOWN]}};
	}
	struct chart chart = {
		.title = SPAN("Domains by control"),
		.part_names = {"good", "could be better", "to mend", "missing", "not known"},
		.part_classes = {"good", "warn", "bad", "info", "soft"},
		.part_count = 5,
		.bars = bars,
		.bar_count = CONTROL_BIMI,
	};
	chart_rows(page, &chart);
	if (sector->all.not_needed[CONTROL_TLS] > 0) {
		buffer_printf(
			page->out,
			"<p>%llu of the domains take no mail: nothing is asked of them for TLS, "
			"MTA-STS, TLS-RPT and DANE. What was not measured is not known.</p>\n",
			(unsigned long long)sector->all.not_needed[CONTROL_TLS]);
	}
}

static void write_share(struct page *page, uint64_t part, uint64_t whole)
{
	page_html(page, "<td class=\"number\">");
	put_share(page, part, whole);
	page_html(page, "</td>");
}

static void write_group(struct page *page, struct span name, const struct sector_counts *counts)
{
	uint64_t whole = sector_existing(counts);
	page_begin_row(page, name.len > 0 ? name : SPAN("No group"));
	page_number_cell(page, counts->domains);
	write_share(page, counts->spoofable[ANSWER_YES], whole);
	write_share(page, counts->spoofable[ANSWER_PARTLY], whole);
	write_share(page, counts->spoofable[ANSWER_UNKNOWN], whole);
	write_share(page, counts->policies[SECTOR_POLICY_REJECT], whole);
	write_share(page, counts->policies[SECTOR_POLICY_QUARANTINE], whole);
	write_share(page, counts->policies[SECTOR_POLICY_NONE], whole);
	write_share(page, counts->policies[SECTOR_POLICY_ABSENT], whole);
	page_html(page, "</tr>\n");
}

static const struct page_table groups_table = {
	.label = "Domains by group",
	.class_name = "counts",
	.columns = {"Group", "Domains", "Can be forged", "in part", "not known", "DMARC reject",
		    "quarantine", "none", "no DMARC"},
};

static void write_groups(struct page *page, const struct sector *sector)
{
	page_begin_table(page, &groups_table);
	for (size_t i = 0; sector->groups.len > 1 && i < sector->groups.len; i++) {
		const struct sector_group *group =
			VECTOR_AT(&sector->groups, const struct sector_group, i);
		write_group(page, group->name, &group->counts);
	}
	write_group(page, SPAN("All"), &sector->all);
	page_end_table(page);
}

static void write_days(struct page *page, const struct sector *sector)
{
	struct chart_bar *bars = arena_alloc(sector->arena, (sector->days.len + 1) * sizeof(*bars));
	if (sector->days.len < 2 || bars == NULL) {
		return;
	}
	for (size_t i = 0; i < sector->days.len; i++) {
		const struct sector_day *day = VECTOR_AT(&sector->days, const struct sector_day, i);
		bars[i].label = arena_printf(sector->arena, "%.10s",
					     time_format(day->day * STORE_DAY_SECONDS).text);
		bars[i].parts[0] = day->reject;
		bars[i].parts[1] = day->domains > day->reject ? day->domains - day->reject : 0;
	}
	struct chart chart = {
		.title = SPAN("Domains that refuse forged mail, by day of the scan"),
		.part_names = {"DMARC reject", "all others"},
		.part_classes = {"good", "soft"},
		.part_count = 2,
		.bars = bars,
		.bar_count = sector->days.len,
	};
	page_html(page, "<h2>Over time</h2>\n");
	chart_columns(page, &chart);
}

/* ---- leagues ---- */

static void write_domains(struct page *page, const struct sector_item *item)
{
	page_html(page, "<details><summary>");
	buffer_printf(page->out, "%llu domain%s", (unsigned long long)item->domain_count,
		      item->domain_count == 1 ? "" : "s");
	page_html(page, "</summary><p>");
	for (size_t i = 0; i < item->domains.len; i++) {
		page_string(page, i > 0 ? ", " : "");
		page_text(page, *VECTOR_AT(&item->domains, struct span, i));
	}
	if (item->domain_count > item->domains.len) {
		buffer_printf(page->out, " and %llu more",
			      (unsigned long long)(item->domain_count - item->domains.len));
	}
	page_html(page, "</p></details>");
}

static void write_item(struct page *page, struct arena *arena, const struct sector_item *item)
{
	page_html(page, "<tr><td>");
	if (item->finding.len > 0) {
		page_tag(page, html_severity_class(item->severity), severity_name(item->severity));
		page_html(page, "</td><td>");
	}
	page_text(page, sector_sentence(arena, item));
	if (item->finding.len > 0) {
		page_html(page, " <span class=\"meta\">");
		page_text(page, item->finding);
		page_html(page, "</span>");
	}
	page_html(page, "</td><td>");
	write_domains(page, item);
	page_html(page, "</td></tr>\n");
}

static void write_league(struct page *page, struct arena *arena, const char *title,
			 const char *intro, const struct vector *items)
{
	if (items->len == 0) {
		return;
	}
	page_element(page, "h2", NULL, span_of_string(title));
	page_element(page, "p", NULL, span_of_string(intro));
	bool has_severity = VECTOR_AT(items, const struct sector_item, 0)->finding.len > 0;
	const struct page_table table = {.label = title, .columns = {"What", "Concerns"}};
	const struct page_table graded = {.label = title,
					  .columns = {"How bad", "What", "Concerns"}};
	page_begin_table(page, has_severity ? &graded : &table);
	for (size_t i = 0; i < items->len && i < SECTOR_SHOWN; i++) {
		write_item(page, arena, VECTOR_AT(items, const struct sector_item, i));
	}
	page_end_table(page);
	if (items->len > SECTOR_SHOWN) {
		buffer_printf(page->out, "<p>%zu more are in the JSON.</p>\n",
			      items->len - SECTOR_SHOWN);
	}
}

static void write_exception(struct page *page, const struct sector_exception *exception)
{
	page_begin_row(page, exception->domain);
	page_html(page, "<td>");
	page_text(page, exception->finding);
	page_html(page, "</td><td>");
	page_text(page, exception->owner);
	page_html(page, "</td><td>");
	buffer_printf(page->out, "%.10s ", time_format(exception->expires_at).text);
	if (exception->is_expired) {
		page_tag(page, "bad", "expired");
	}
	page_html(page, "</td><td>");
	page_text(page, exception->reason);
	page_html(page, "</td></tr>\n");
}

static const struct page_table exceptions_table = {
	.label = "Exceptions",
	.columns = {"Domain", "Finding", "Owner", "Until", "Reason"},
};

static void write_exceptions(struct page *page, const struct sector *sector)
{
	if (sector->exceptions.len == 0) {
		return;
	}
	page_html(page,
		  "<h2>Exceptions</h2>\n<p>Somebody answers for these until the day named; till "
		  "then they are left out above. One that has expired counts again.</p>\n");
	page_begin_table(page, &exceptions_table);
	for (size_t i = 0; i < sector->exceptions.len; i++) {
		write_exception(page,
				VECTOR_AT(&sector->exceptions, const struct sector_exception, i));
	}
	page_end_table(page);
}

void present_html_sector(const struct sector *sector, struct buffer *text)
{
	struct page page = {.out = text};
	write_head(&page, sector);
	write_answer(&page, sector);
	page_html(&page, "<h2>Adoption</h2>\n");
	write_policies(&page, sector);
	write_controls(&page, sector);
	write_groups(&page, sector);
	write_days(&page, sector);
	write_league(
		&page, sector->arena, "Mend first",
		"The worst first; of equally bad ones that which helps most domains. What each "
		"means and how to mend it: mailseal guidance NAME.",
		&sector->findings);
	write_league(&page, sector->arena, "One thing to mend, several domains helped",
		     "A record or mail host that several domains lean on: one change here, by "
		     "one owner, mends all of them.",
		     &sector->shared);
	write_league(&page, sector->arena, "Who else can send as these domains",
		     "Outside services that SPF records authorise. Whoever takes one over, or is "
		     "merely its customer where it does not keep customers apart, can send as "
		     "all domains that name it.",
		     &sector->senders);
	write_league(&page, sector->arena, "Weak keys", "RSA keys below 2048 bits: replace them.",
		     &sector->weak_keys);
	write_league(&page, sector->arena, "Keys used by several owners",
		     "Whoever holds the private key can sign for all of them.",
		     &sector->reused_keys);
	write_exceptions(&page, sector);
	page_begin_foot(&page);
	page_html(&page, "Made by mailseal " MAILSEAL_VERSION
			 " from its own checks. Figures are of domains, not of mail; nothing here "
			 "is a claim of compliance.");
	page_end(&page);
}
