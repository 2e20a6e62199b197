/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Bars as SVG. */
#include "present/chart.h"

#define WIDTH 720
#define COLUMN_HEIGHT 180
#define ROW_HEIGHT 22
#define LABEL_WIDTH 240
#define NUMBER_WIDTH 80
#define AXIS_HEIGHT 20

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
		      "<figure class=\"chart\"><div class=\"scroll\" tabindex=\"0\" "
		      "role=\"region\" aria-labelledby=\"chart-%u\"><svg viewBox=\"0 0 %d %u\" "
		      "role=\"img\" aria-labelledby=\"chart-%u\">\n<title id=\"chart-%u\">",
		      id, WIDTH, height, id, id);
	page_text(page, chart->title);
	page_html(page, "</title>\n");
}

static void end(struct page *page, const struct chart *chart)
{
	page_html(page, "</svg></div>\n<figcaption>");
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

#define LABEL_LETTERS 34

/* As much of it as fits beside the bars. */
static size_t label_len(struct span label)
{
	size_t len = 0;
	for (int letters = 0; len < label.len && letters < LABEL_LETTERS; letters++) {
		uint32_t code_point;
		size_t step = text_utf8_next(span_from(label, len), &code_point);
		len += step > 0 ? step : 1;
	}
	return len;
}

static void write_label(struct page *page, double x, double y, const char *anchor,
			struct span label)
{
	buffer_printf(page->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	size_t len = label_len(label);
	page_text(page, span_slice(label, 0, len));
	page_string(page, len < label.len ? "..." : "");
	page_html(page, "</text>");
}

/* The largest bar's number above, the first and last labels below. */
static void write_axes(struct page *page, const struct chart *chart, uint64_t most)
{
	double bottom = AXIS_HEIGHT + COLUMN_HEIGHT;
	buffer_printf(page->out,
		      "<line class=\"axis\" x1=\"0\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", bottom,
		      WIDTH, bottom);
	page_html(page, "<text x=\"4\" y=\"14\">at most ");
	page_number(page, most);
	page_html(page, " a day</text>");
	write_label(page, 4, bottom + 14, "start", chart->bars[0].label);
	if (chart->bar_count > 1) {
		write_label(page, WIDTH - 4, bottom + 14, "end",
			    chart->bars[chart->bar_count - 1].label);
	}
	page_html(page, "\n");
}

void chart_columns(struct page *page, const struct chart *chart)
{
	uint64_t most = largest(chart);
	double width = chart->bar_count > 0 ? (double)WIDTH / (double)chart->bar_count : WIDTH;
	begin(page, chart, COLUMN_HEIGHT + 2 * AXIS_HEIGHT);
	if (chart->bar_count > 0) {
		write_axes(page, chart, most);
	}
	for (size_t i = 0; i < chart->bar_count; i++) {
		double bottom = AXIS_HEIGHT + COLUMN_HEIGHT;
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
		write_label(page, LABEL_WIDTH - 8, y + ROW_HEIGHT * 0.7, "end",
			    chart->bars[i].label);
		for (size_t part = 0; part < chart->part_count; part++) {
			double width = scale(chart->bars[i].parts[part], most,
					     WIDTH - LABEL_WIDTH - NUMBER_WIDTH);
			if (width > 0) {
				write_rectangle(page, chart, part, x, y + 2, width, ROW_HEIGHT - 4);
			}
			x += width;
		}
		buffer_printf(page->out, "<text x=\"%.1f\" y=\"%.1f\">", x + 6,
			      y + ROW_HEIGHT * 0.7);
		page_number(page, bar_total(chart, &chart->bars[i]));
		page_html(page, "</text>");
		page_html(page, "\n");
	}
	end(page, chart);
}
