/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal profiles: the baselines a domain can be judged by. */
#include <stdio.h>

#include "assess/profile.h"
#include "cli/cmd.h"
#include "present/profile_text.h"

#define PROFILES_MAX_BYTES ((size_t)4 << 20)

struct profiles_command_options {
	bool is_json;
};

static const struct option options[] = {
	{"json", 0, OPTION_FLAG, NULL, "as JSON",
	 offsetof(struct profiles_command_options, is_json)},
};
static const struct option_group group = {"output", options, sizeof(options) / sizeof(options[0])};
static const struct option_group *const groups[] = {&group, NULL};

static enum exit_code write_profiles(const struct profile_table *table, const char *name,
				     bool is_json, struct buffer *text)
{
	const struct profile *one = NULL;
	if (name != NULL) {
		one = profile_find(table, span_of_string(name));
		if (one == NULL) {
			complain("profiles",
				 "there is no profile \"%s\"; mailseal profiles lists them", name);
			return EXIT_USAGE;
		}
	}
	if (is_json) {
		present_profiles_json(table, one, text);
	} else {
		present_profiles_text(table, one, text);
	}
	fwrite(text->data, 1, text->len, stdout);
	return text->is_failed ? EXIT_INTERNAL : EXIT_CLEAN;
}

static enum exit_code run(const struct invocation *invocation)
{
	const struct profiles_command_options *o = invocation->options;
	struct profile_table *table;
	struct failure failure;
	if (profile_table_load(&table, &failure) < 0) {
		return complain_failure(&failure);
	}
	const char *name = invocation->operands.count > 0 ? invocation->operands.items[0] : NULL;
	struct buffer text = buffer_new(PROFILES_MAX_BYTES);
	enum exit_code code = write_profiles(table, name, o->is_json, &text);
	buffer_free(&text);
	profile_table_free(table);
	return code;
}

const struct command cmd_profiles = {
	.name = "profiles",
	.operands = "[NAME]",
	.summary = "list the baselines, or show one with its requirements",
	.example = "mailseal profiles uk-gov-email",
	.groups = groups,
	.options_size = sizeof(struct profiles_command_options),
	.max_operands = 1,
	.run = run,
};
