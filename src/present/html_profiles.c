/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* How a domain stands by each baseline. */
#include "present/html_parts.h"

static const char *requirement_class(enum requirement_status status)
{
	static const char *const classes[] = {
		[REQUIREMENT_SATISFIED] = "good",    [REQUIREMENT_NOT_SATISFIED] = "bad",
		[REQUIREMENT_NOT_MEASURED] = "warn", [REQUIREMENT_NOT_APPLICABLE] = "soft",
		[REQUIREMENT_ATTEST] = "info",
	};
	return classes[status];
}

static const char *requirement_words(enum requirement_status status)
{
	static const char *const words[] = {
		[REQUIREMENT_SATISFIED] = "met",
		[REQUIREMENT_NOT_SATISFIED] = "not met",
		[REQUIREMENT_NOT_MEASURED] = "not measured",
		[REQUIREMENT_NOT_APPLICABLE] = "not applicable",
		[REQUIREMENT_ATTEST] = "to attest",
	};
	return words[status];
}

static void write_requirement(struct page *page, const struct requirement_result *row)
{
	page_html(page, "<li><div><strong>");
	page_text(page, row->requirement->id);
	page_html(page, "</strong> ");
	page_element(page, "span", "meta", row->requirement->level);
	page_html(page, "</div> ");
	page_tag(page, row->will_fail ? "warn" : requirement_class(row->status),
		 row->will_fail ? "not enough later" : requirement_words(row->status));
	page_html(page, " <div>");
	page_text(page, row->requirement->title);
	if (row->reason.len > 0) {
		page_element(page, "div", "meta", row->reason);
	}
	if (row->requirement->conflict.len > 0) {
		page_html(page, "<div class=\"meta\">Others say: ");
		page_text(page, row->requirement->conflict);
		page_html(page, "</div>");
	}
	page_html(page, "</div></li>\n");
}

static void write_profile(struct page *page, const struct profile_result *result)
{
	const struct profile *profile = result->profile;
	page_html(page, "<h3>");
	page_text(page, profile->title);
	page_string(page, profile->is_draft ? " (draft)" : "");
	page_html(page, "</h3><p class=\"meta\">");
	page_text(page, profile->name);
	page_html(page, ", edition ");
	page_text(page, profile->edition);
	buffer_printf(page->out, ": %zu met, %zu not met, %zu not measured.</p>",
		      result->satisfied_count, result->not_satisfied_count,
		      result->not_measured_count);
	page_html(page, "<ul class=\"rows wide\">\n");
	for (size_t i = 0; i < result->row_count; i++) {
		write_requirement(page, &result->rows[i]);
	}
	page_html(page, "</ul>\n");
}

void html_profiles(struct page *page, const struct check_result *result)
{
	if (result->profile_count == 0) {
		return;
	}
	page_html(page, "<h2>Baselines</h2>\n<p>Evidence for each requirement, as far as it can be "
			"seen from outside. This is no statement of compliance.</p>\n");
	for (size_t i = 0; i < result->profile_count; i++) {
		write_profile(page, &result->profiles[i]);
	}
}
