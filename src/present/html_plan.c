/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The plan of a domain: its steps at a glance, then each with its records. */
#include "present/html_parts.h"

static bool can_stop_mail(const struct fix *fix)
{
	return fix->text->risk == FIX_RISK_BREAK;
}

static void write_plan_item(struct page *page, const struct fix *fix, size_t number, size_t step)
{
	buffer_printf(page->out, "<li><a href=\"#step-%zu-%zu\">", number, step);
	page_text(page, fix->title);
	page_html(page, "</a> ");
	page_tag(page, html_severity_class(fix->severity), severity_name(fix->severity));
	if (can_stop_mail(fix)) {
		page_html(page, " <span class=\"meta\">can stop mail if done in haste</span>");
	}
	page_html(page, "</li>\n");
}

void html_plan(struct page *page, const struct check_result *result, size_t number)
{
	const struct advice *advice = result->advice;
	page_html(page, "<h2>What to do, in this order</h2>\n");
	if (advice->fix_count == 0) {
		page_html(page, "<p>Nothing needs to be published or changed.</p>\n");
		return;
	}
	page_html(page, "<ol class=\"plan\">\n");
	for (size_t i = 0; i < advice->fix_count; i++) {
		write_plan_item(page, &advice->fixes[i], number, i + 1);
	}
	page_html(page, "</ol>\n");
}

static void write_row(struct page *page, const char *class_name, const char *label,
		      struct span value)
{
	if (value.len == 0) {
		return;
	}
	buffer_printf(page->out, "<tr class=\"%s\"><th scope=\"row\">", class_name);
	page_string(page, label);
	page_html(page, "</th><td>");
	page_element(page, "code", NULL, value);
	page_html(page, "</td></tr>\n");
}

static void write_change(struct page *page, const struct record_change *change, struct arena *arena)
{
	static const char *const captions[] = {
		[RECORD_PUBLISH] = "Publish this record",
		[RECORD_REPLACE] = "Change this record",
		[RECORD_REMOVE] = "Remove this record",
	};
	bool is_replaced = change->value.len > 0 && change->old_value.len > 0;
	page_html(page, "<table class=\"record\">");
	page_element(page, "caption", NULL, span_of_string(captions[change->action]));
	page_html(page, "<tbody>\n");
	write_row(page, "key", "Name", change->name);
	write_row(page, "key", "Type", rr_type_name(arena, change->type));
	write_row(page, "old", is_replaced ? "From" : "Value", change->old_value);
	write_row(page, "new", is_replaced ? "To" : "Value", change->value);
	page_html(page, "</tbody></table>\n");
}

static void write_warning(struct page *page, const struct fix *fix)
{
	if (fix->warning.len == 0) {
		return;
	}
	page_html(page, "<div class=\"warning\"><h4>");
	page_string(page, can_stop_mail(fix) ? "Warning: this can stop mail" : "Warning");
	page_html(page, "</h4>\n");
	page_markdown(page, fix->warning);
	page_html(page, "</div>\n");
}

static void write_step(struct page *page, const struct fix *fix, size_t number, size_t step,
		       struct arena *arena)
{
	buffer_printf(page->out, "<li id=\"step-%zu-%zu\">", number, step);
	page_element(page, "h3", NULL, fix->title);
	page_markdown(page, fix->action);
	for (size_t i = 0; i < fix->change_count; i++) {
		write_change(page, &fix->changes[i], arena);
	}
	write_warning(page, fix);
	page_html(page, "<h4>How to see that it worked</h4>\n");
	page_markdown(page, fix->verify);
	page_html(page, "</li>\n");
}

void html_steps(struct page *page, const struct check_result *result, size_t number)
{
	const struct advice *advice = result->advice;
	if (advice->fix_count == 0) {
		return;
	}
	page_html(page, "<h2>Step by step</h2>\n<p>A click on a name or value selects all of it, "
			"ready to copy.</p>\n<ol class=\"steps\">\n");
	for (size_t i = 0; i < advice->fix_count; i++) {
		write_step(page, &advice->fixes[i], number, i + 1, result->assessment->arena);
	}
	page_html(page, "</ol>\n");
}
