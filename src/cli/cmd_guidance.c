/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal guidance: the two-part guide, or one finding of it. */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/screen.h"
#include "present/guide_text.h"

#define GUIDE_MAX_BYTES ((size_t)16 << 20)

struct guidance_command_options {
	bool is_list;
	bool is_json;
	bool is_markdown;
	const char *color;
};

#define FIELD(name) offsetof(struct guidance_command_options, name)

static const struct option options[] = {
	{"list", 0, OPTION_FLAG, NULL, "only the ids, severities and titles", FIELD(is_list)},
	{"json", 0, OPTION_FLAG, NULL, "as JSON", FIELD(is_json)},
	{"markdown", 0, OPTION_FLAG, NULL, "as Markdown, to publish or to translate",
	 FIELD(is_markdown)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(color)},
};
static const struct option_group group = {"output", options, sizeof(options) / sizeof(options[0])};
static const struct option_group *const groups[] = {&group, NULL};

static void write_guide(const struct guidance_command_options *o, const struct guidance *one,
			struct buffer *text)
{
	struct output_options output = {.color = o->color};
	struct terminal_style style = screen_style(&output);
	if (o->is_json) {
		present_guide_json(one, text);
	} else if (o->is_list) {
		present_guide_list(text);
	} else if (o->is_markdown) {
		present_guide_markdown(one, text);
	} else {
		present_guide_terminal(one, &style, text);
	}
}

static enum exit_code run(const struct invocation *invocation)
{
	const struct guidance_command_options *o = invocation->options;
	const struct guidance *one = NULL;
	if (invocation->operands.count > 0) {
		const char *id = invocation->operands.items[0];
		one = guidance_find(span_of_string(id));
		if (one == NULL) {
			complain("guidance", "there is no finding \"%s\"; --list shows them", id);
			return EXIT_USAGE;
		}
	}
	struct buffer text = buffer_new(GUIDE_MAX_BYTES);
	write_guide(o, one, &text);
	bool is_ok = !text.is_failed;
	if (is_ok) {
		fwrite(text.data, 1, text.len, stdout);
	} else {
		complain("guidance", "out of memory");
	}
	buffer_free(&text);
	return is_ok ? EXIT_CLEAN : EXIT_INTERNAL;
}

const struct command cmd_guidance = {
	.name = "guidance",
	.operands = "[FINDING]",
	.summary = "the guide in two parts, or one finding of it",
	.example = "mailseal guidance dmarc-policy-none",
	.groups = groups,
	.options_size = sizeof(struct guidance_command_options),
	.max_operands = 1,
	.run = run,
};
