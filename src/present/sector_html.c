/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sector as one page: the answer first, then who stands where, then what to do first. */
#include "present/chart.h"
#include "present/html_parts.h"
#include "present/report_css.h"
#include "present/sector.h"

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : (unsigned)((part * 100 + whole / 2) / whole);
}

static uint64_t existing(const struct sector_counts *counts)
{
	return counts->domains - counts->nonexistent;
}

static void write_head(struct page *page, const struct sector *sector)
{
	page_html(page,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		  "style-src 'unsafe-inline'\">\n<title>Email security of ");
	buffer_printf(page->out, "%llu", (unsigned long long)sector->all.domains);
	page_html(page, " domains</title>\n<style>\n");
	buffer_puts(page->out, report_css);
	page_html(page, "</style>\n</head>\n<body>\n"
			"<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
			"<main id=\"main\">\n<h1>Email security of ");
	buffer_printf(page->out, "%llu domains</h1>\n<p class=\"kind\">as of %.10s</p>\n",
		      (unsigned long long)sector->all.domains, time_format(sector->at).text);
}

/* One honest sentence each. */
static void write_answer(struct page *page, const struct sector_counts *all)
{
	uint64_t whole = existing(all);
	uint64_t spoofable = all->spoofable[ANSWER_YES];
	uint64_t unknown = all->spoofable[ANSWER_UNKNOWN];
	page_html(page, "<h2>In short</h2>\n<p>");
	if (spoofable == 0 && unknown == 0) {
		page_html(page, "Forged mail from these domains is refused or put aside by "
				"receivers that check.");
	} else {
		buffer_printf(page->out,
			      "<strong>Criminals can send convincing mail as %llu of %llu "
			      "domains (%u %%).</strong>",
			      (unsigned long long)spoofable, (unsigned long long)whole,
			      percent(spoofable, whole));
	}
	if (unknown > 0) {
		buffer_printf(page->out, " Of %llu it could not be determined.",
			      (unsigned long long)unknown);
	}
	buffer_printf(page->out,
		      " %llu (%u %%) tell receivers to refuse forged mail. Mail to %llu (%u %%) "
		      "could be read or changed on its way.</p>\n",
		      (unsigned long long)all->policies[SECTOR_POLICY_REJECT],
		      percent(all->policies[SECTOR_POLICY_REJECT], whole),
		      (unsigned long long)all->interceptable[ANSWER_YES],
		      percent(all->interceptable[ANSWER_YES], whole));
	if (all->carried > 0) {
		buffer_printf(page->out,
			      "<p>Of %llu domains something could not be determined at the last "
			      "check; it counts as it was last known.</p>\n",
			      (unsigned long long)all->carried);
	}
}

/* ---- who stands where ---- */

static void write_controls(struct page *page, const struct sector *sector)
{
	struct chart_bar bars[CONTROL_COUNT];
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		const uint64_t *counts = sector->all.controls[i];
		bars[i] = (struct chart_bar){span_of_string(control_title((enum control)i)),
					     {counts[CONTROL_GOOD], counts[CONTROL_IMPROVE],
					      counts[CONTROL_BAD] + counts[CONTROL_ABSENT],
					      counts[CONTROL_UNKNOWN]}};
	}
	struct chart chart = {
		.title = SPAN("Domains by control"),
		.part_names = {"good", "could be better", "bad", "absent or not known"},
		.part_classes = {"good", "warn", "bad", "soft"},
		.part_count = 4,
		.bars = bars,
		.bar_count = CONTROL_COUNT,
	};
	page_html(page, "<h2>Adoption</h2>\n");
	chart_rows(page, &chart);
}

static void write_share(struct page *page, uint64_t part, uint64_t whole)
{
	buffer_printf(page->out, "<td>%llu (%u&nbsp;%%)</td>", (unsigned long long)part,
		      percent(part, whole));
}

static void write_group(struct page *page, struct span name, const struct sector_counts *counts)
{
	uint64_t whole = existing(counts);
	page_html(page, "<tr><th scope=\"row\">");
	page_text(page, name.len > 0 ? name : SPAN("No group"));
	buffer_printf(page->out, "</th><td>%llu</td>", (unsigned long long)counts->domains);
	write_share(page, counts->spoofable[ANSWER_YES], whole);
	write_share(page, counts->policies[SECTOR_POLICY_REJECT], whole);
	write_share(page, counts->policies[SECTOR_POLICY_QUARANTINE], whole);
	write_share(page, counts->policies[SECTOR_POLICY_NONE], whole);
	write_share(page, counts->policies[SECTOR_POLICY_ABSENT], whole);
	page_html(page, "</tr>\n");
}

static void write_groups(struct page *page, const struct sector *sector)
{
	page_html(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			"aria-label=\"Domains by group\"><table><thead><tr>"
			"<th scope=\"col\">Group</th><th scope=\"col\">Domains</th>"
			"<th scope=\"col\">Can be forged</th><th scope=\"col\">DMARC reject</th>"
			"<th scope=\"col\">quarantine</th><th scope=\"col\">none</th>"
			"<th scope=\"col\">no DMARC</th></tr></thead><tbody>\n");
	for (size_t i = 0; sector->groups.len > 1 && i < sector->groups.len; i++) {
		const struct sector_group *group =
			VECTOR_AT(&sector->groups, const struct sector_group, i);
		write_group(page, group->name, &group->counts);
	}
	write_group(page, SPAN("All"), &sector->all);
	page_html(page, "</tbody></table></div>\n");
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

static void write_item(struct page *page, const struct sector_item *item, bool has_severity)
{
	page_html(page, "<tr><td>");
	if (has_severity) {
		page_tag(page, html_severity_class(item->severity), severity_name(item->severity));
		page_html(page, " ");
	}
	page_element(page, "strong", NULL, item->name);
	if (item->about.len > 0) {
		page_html(page, "<br>");
		page_text(page, item->about);
	}
	if (item->number > 0) {
		buffer_printf(page->out, ", %lld bits", (long long)item->number);
	}
	page_html(page, "</td><td>");
	write_domains(page, item);
	page_html(page, "</td></tr>\n");
}

static void write_league(struct page *page, const char *title, const char *intro,
			 const struct vector *items, bool has_severity)
{
	if (items->len == 0) {
		return;
	}
	page_element(page, "h2", NULL, span_of_string(title));
	page_element(page, "p", NULL, span_of_string(intro));
	page_html(page, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	page_string(page, title);
	page_html(page, "\"><table><thead><tr><th scope=\"col\">What</th>"
			"<th scope=\"col\">Concerns</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < items->len && i < SECTOR_SHOWN; i++) {
		write_item(page, VECTOR_AT(items, const struct sector_item, i), has_severity);
	}
	page_html(page, "</tbody></table></div>\n");
	if (items->len > SECTOR_SHOWN) {
		buffer_printf(page->out, "<p>%zu more are in the JSON.</p>\n",
			      items->len - SECTOR_SHOWN);
	}
}

static void write_exception(struct page *page, const struct sector_exception *exception)
{
	page_html(page, "<tr><th scope=\"row\">");
	page_text(page, exception->domain);
	page_html(page, "</th><td>");
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

static void write_exceptions(struct page *page, const struct sector *sector)
{
	if (sector->exceptions.len == 0) {
		return;
	}
	page_html(
		page,
		"<h2>Exceptions</h2>\n<p>Somebody answers for these until the day named; till "
		"then they are left out above. One that has expired counts again.</p>\n"
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Exceptions\"><table><thead><tr><th scope=\"col\">Domain</th>"
		"<th scope=\"col\">Finding</th><th scope=\"col\">Owner</th>"
		"<th scope=\"col\">Until</th><th scope=\"col\">Reason</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < sector->exceptions.len; i++) {
		write_exception(page,
				VECTOR_AT(&sector->exceptions, const struct sector_exception, i));
	}
	page_html(page, "</tbody></table></div>\n");
}

void present_html_sector(const struct sector *sector, struct buffer *text)
{
	struct page page = {.out = text};
	write_head(&page, sector);
	write_answer(&page, &sector->all);
	write_controls(&page, sector);
	write_groups(&page, sector);
	write_days(&page, sector);
	write_league(&page, "Mend first",
		     "Urgent faults first, then by the number of domains each would help.",
		     &sector->findings, true);
	write_league(&page, "One thing to mend, several domains helped",
		     "A record or mail host that several domains lean on: one change here, by "
		     "one owner, mends all of them.",
		     &sector->shared, true);
	write_league(&page, "Who else can send as these domains",
		     "Outside services that SPF records authorise. Whoever takes one over, or is "
		     "merely its customer where it does not keep customers apart, can send as "
		     "all domains that name it.",
		     &sector->senders, false);
	write_league(&page, "Weak keys", "RSA keys below 2048 bits, by their SHA-256.",
		     &sector->weak_keys, false);
	write_league(&page, "Keys used by several owners",
		     "Whoever holds the private key can sign for all of them.",
		     &sector->reused_keys, false);
	write_exceptions(&page, sector);
	page_html(&page, "</main>\n<footer><p>Made by mailseal " MAILSEAL_VERSION
			 " from its own checks. Figures are of domains, not of mail; nothing "
			 "here is a claim of compliance.</p></footer>\n</body>\n</html>\n");
}
