/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Charts as SVG inside a page: they need no script, print, follow the page's colours, and are read
 * out by their title. The numbers behind a chart belong into a table beside it.
 */
#ifndef MAILSEAL_PRESENT_CHART_H
#define MAILSEAL_PRESENT_CHART_H

#include "present/page.h"

#define CHART_MAX_PARTS 5

struct chart_bar {
	struct span label;		 /* of columns only the first and the last are shown */
	uint64_t parts[CHART_MAX_PARTS]; /* from the bottom, or from the left */
};

struct chart {
	struct span title;
	const char *part_names[CHART_MAX_PARTS];
	const char *part_classes[CHART_MAX_PARTS]; /* of web/report.css: "good", "bad", ... */
	size_t part_count;
	const struct chart_bar *bars;
	size_t bar_count;
};

/* Upright bars side by side, one a day. */
void chart_columns(struct page *page, const struct chart *chart);
/* Lying bars below each other, with their labels. */
void chart_rows(struct page *page, const struct chart *chart);

#endif
