/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Bars as SVG. */
#include "present/chart.h"

#define WIDTH 720
#define COLUMN_HEIGHT 180
#define ROW_HEIGHT 22
#define LABEL_WIDTH 240

static uint64_t bar_total(const struct chart *chart, const struct chart_bar *bar)
{
	uint64_t total = 0;
	for (size_t i = 0; i < chart->part_count; i++) {
		total += bar->parts[i];
	}
	return total;
}

static uint64_t largest(const struct chart *chart)
{
	uint64_t most = 1;
	for (size_t i = 0; i < chart->bar_count; i++) {
		uint64_t total = bar_total(chart, &chart->bars[i]);
		most = total > most ? total : most;
	}
	return most;
}

static double scale(uint64_t value, uint64_t most, unsigned length)
{
	return (double)value * length / (double)most;
}

static void begin(struct page *page, const struct chart *chart, unsigned height)
{
	unsigned id = ++page->next_id;
	buffer_printf(page->out,
		      "<figure class=\"chart\"><svg viewBox=\"0 0 %d %u\" role=\"img\" "
		      "aria-labelledby=\"chart-%u\">\n<title id=\"chart-%u\">",
		      WIDTH, height, id, id);
	page_text(page, chart->title);
	page_html(page, "</title>\n");
}

static void end(struct page *page, const struct chart *chart)
{
	page_html(page, "</svg>\n<figcaption>");
	for (size_t i = 0; i < chart->part_count; i++) {
		buffer_printf(page->out, "<span class=\"part %s\">", chart->part_classes[i]);
		page_string(page, chart->part_names[i]);
		page_html(page, "</span> ");
	}
	page_html(page, "</figcaption></figure>\n");
}

static void write_rectangle(struct page *page, const struct chart *chart, size_t part, double x,
			    double y, double width, double height)
{
	buffer_printf(page->out,
		      "<rect class=\"part %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		      "height=\"%.1f\"/>",
		      chart->part_classes[part], x, y, width, height);
}

void chart_columns(struct page *page, const struct chart *chart)
{
	uint64_t most = largest(chart);
	double width = chart->bar_count > 0 ? (double)WIDTH / (double)chart->bar_count : WIDTH;
	begin(page, chart, COLUMN_HEIGHT);
	for (size_t i = 0; i < chart->bar_count; i++) {
		double bottom = COLUMN_HEIGHT;
		for (size_t part = 0; part < chart->part_count; part++) {
			double height = scale(chart->bars[i].parts[part], most, COLUMN_HEIGHT);
			bottom -= height;
			if (height > 0) {
				write_rectangle(page, chart, part, (double)i * width, bottom,
						width * 0.9, height);
			}
		}
		page_html(page, "\n");
	}
	end(page, chart);
}

void chart_rows(struct page *page, const struct chart *chart)
{
	uint64_t most = largest(chart);
	begin(page, chart, (unsigned)chart->bar_count * ROW_HEIGHT + 1);
	for (size_t i = 0; i < chart->bar_count; i++) {
		double x = LABEL_WIDTH;
		double y = (double)(i * ROW_HEIGHT);
		buffer_printf(page->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
			      LABEL_WIDTH - 8, y + ROW_HEIGHT * 0.7);
		page_text(page, chart->bars[i].label);
		page_html(page, "</text>");
		for (size_t part = 0; part < chart->part_count; part++) {
			double width = scale(chart->bars[i].parts[part], most, WIDTH - LABEL_WIDTH);
			if (width > 0) {
				write_rectangle(page, chart, part, x, y + 2, width, ROW_HEIGHT - 4);
			}
			x += width;
		}
		page_html(page, "\n");
	}
	end(page, chart);
}
