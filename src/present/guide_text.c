/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The guide in its two parts: first all recommendations for those who decide, then all
 * implementations for those who do. */
#include "present/guide_text.h"

#include "present/ink.h"

/* Longest text of one finding. */
#define TEXT_MAX ((size_t)64 << 10)

enum part {
	PART_RECOMMENDATION,
	PART_IMPLEMENTATION,
};

static const char *const part_titles[] = {
	[PART_RECOMMENDATION] = "Part 1: Recommendations, for those who decide",
	[PART_IMPLEMENTATION] = "Part 2: Implementation, for those who do",
};

/* "{bits}" is shown as "<bits>": the guide is about any domain. */
static void append_open(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_double = c == '{' && i + 1 < text.len && text.ptr[i + 1] == '{';
		i += is_double;
		buffer_putc(out, (char)(is_double ? '{' : c == '{' ? '<' : c == '}' ? '>' : c));
	}
}

static struct span text_of(const struct guidance *g, enum part part)
{
	return part == PART_RECOMMENDATION ? g->recommendation : g->implementation;
}

static void write_markdown_finding(const struct guidance *g, enum part part, struct buffer *text)
{
	buffer_puts(text, "### ");
	append_open(text, g->title);
	buffer_printf(text, "\n\n`%.*s`, %s\n\n", SPAN_ARG(g->id), severity_name(g->severity));
	append_open(text, text_of(g, part));
	buffer_puts(text, "\n\n");
	for (size_t i = 0; part == PART_IMPLEMENTATION && i < g->source_count; i++) {
		buffer_printf(text, "- %.*s\n", SPAN_ARG(g->sources[i]));
	}
	buffer_puts(text, part == PART_IMPLEMENTATION ? "\n" : "");
}

static void write_markdown_control(enum control control, enum part part, struct buffer *text)
{
	bool has_heading = false;
	for (size_t i = 0; i < guidance_count(); i++) {
		const struct guidance *g = guidance_at(i);
		if (g->control != control) {
			continue;
		}
		if (!has_heading) {
			buffer_printf(text, "## %s\n\n", control_title(control));
			has_heading = true;
		}
		write_markdown_finding(g, part, text);
	}
}

void present_guide_markdown(const struct guidance *one, struct buffer *text)
{
	if (one != NULL) {
		write_markdown_finding(one, PART_RECOMMENDATION, text);
		write_markdown_finding(one, PART_IMPLEMENTATION, text);
		return;
	}
	buffer_append(text, guidance_introduction());
	for (int part = PART_RECOMMENDATION; part <= PART_IMPLEMENTATION; part++) {
		buffer_printf(text, "\n# %s\n\n", part_titles[part]);
		for (int control = 0; control < CONTROL_COUNT; control++) {
			write_markdown_control((enum control)control, (enum part)part, text);
		}
	}
}

static void write_terminal_one(const struct guidance *g, const struct ink *ink)
{
	static const char *const labels[] = {
		[PART_RECOMMENDATION] = "Recommendation",
		[PART_IMPLEMENTATION] = "Implementation",
	};
	struct buffer open = buffer_new(TEXT_MAX);
	append_open(&open, g->title);
	ink_text(ink, INK_BOLD, buffer_span(&open));
	buffer_printf(ink->out, "\n%.*s, %s, %s\n", SPAN_ARG(g->id), control_title(g->control),
		      severity_name(g->severity));
	for (int part = PART_RECOMMENDATION; part <= PART_IMPLEMENTATION; part++) {
		buffer_putc(ink->out, '\n');
		ink_text(ink, INK_BOLD, span_of_string(labels[part]));
		buffer_puts(ink->out, "\n\n");
		buffer_clear(&open);
		append_open(&open, text_of(g, (enum part)part));
		ink_markdown(ink, 2, buffer_span(&open));
	}
	buffer_puts(ink->out, "\nSources\n");
	for (size_t i = 0; i < g->source_count; i++) {
		buffer_printf(ink->out, "  %.*s\n", SPAN_ARG(g->sources[i]));
	}
	ink->out->is_failed |= open.is_failed;
	buffer_free(&open);
}

void present_guide_terminal(const struct guidance *one, const struct terminal_style *style,
			    struct buffer *text)
{
	struct ink ink = {text, style->has_color, style->width};
	if (one != NULL) {
		write_terminal_one(one, &ink);
		return;
	}
	struct buffer markdown = buffer_new((size_t)8 << 20);
	present_guide_markdown(NULL, &markdown);
	ink_markdown(&ink, 0, buffer_span(&markdown));
	text->is_failed |= markdown.is_failed;
	buffer_free(&markdown);
}

static void write_json_finding(const struct guidance *g, struct json_writer *json)
{
	json_object_begin(json);
	json_key_string(json, "id", g->id);
	json_key_string(json, "control", span_of_string(control_name(g->control)));
	json_key_string(json, "severity", span_of_string(severity_name(g->severity)));
	json_key_string(json, "title", g->title);
	json_key_string(json, "recommendation", g->recommendation);
	json_key_string(json, "implementation", g->implementation);
	json_key_strings(json, "sources", g->sources, g->source_count);
	json_key_string(json, "reviewed", g->reviewed);
	json_object_end(json);
}

void present_guide_json(const struct guidance *one, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-guidance-1"));
	json_key(&json, "findings");
	json_array_begin(&json);
	for (size_t i = 0; i < guidance_count(); i++) {
		if (one == NULL || one == guidance_at(i)) {
			write_json_finding(guidance_at(i), &json);
		}
	}
	json_array_end(&json);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

void present_guide_list(struct buffer *text)
{
	for (size_t i = 0; i < guidance_count(); i++) {
		const struct guidance *g = guidance_at(i);
		buffer_printf(text, "%-36.*s %-8s ", SPAN_ARG(g->id), severity_name(g->severity));
		append_open(text, g->title);
		buffer_putc(text, '\n');
	}
}
