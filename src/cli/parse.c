/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Table-driven option parsing. */
#include "cli/parse.h"

#include <stdio.h>
#include <string.h>

struct words {
	const struct command *command;
	int argc;
	char *const *argv;
	int at;
	void *options;
};

static const struct option *find_option(const struct command *command, struct span name,
					char letter)
{
	for (const struct option_group *const *group = command->groups; *group != NULL; group++) {
		for (size_t i = 0; i < (*group)->count; i++) {
			const struct option *option = &(*group)->options[i];
			if (letter != 0 ? option->letter == letter
					: span_equal(name, span_of_string(option->name))) {
				return option;
			}
		}
	}
	return NULL;
}

static bool add_to_list(struct string_list *list, const char *value, const char *what)
{
	if (list->count == STRING_LIST_MAX) {
		complain(what, "given more than %d times", STRING_LIST_MAX);
		return false;
	}
	list->items[list->count++] = value;
	return true;
}

static bool set_number(uint64_t *number, const char *value, const char *what)
{
	if (!number_parse_decimal(span_of_string(value), UINT32_MAX, number)) {
		complain(what, "\"%s\" is not a number", value);
		return false;
	}
	return true;
}

static bool set_option(const struct words *words, const struct option *option, const char *value)
{
	char *field = (char *)words->options + option->offset;
	char what[64];
	snprintf(what, sizeof(what), "--%s", option->name);
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return true;
	case OPTION_STRING:
		*(const char **)(void *)field = value;
		return true;
	case OPTION_LIST:
		return add_to_list((struct string_list *)(void *)field, value, what);
	case OPTION_NUMBER:
		return set_number((uint64_t *)(void *)field, value, what);
	}
	return false;
}

/* inline_value: what followed "=" in the same word, or NULL. */
static bool take_option(struct words *words, const struct option *option, const char *word,
			const char *inline_value)
{
	if (option == NULL) {
		complain(word, "is not an option of \"%s\"; see mailseal %s --help",
			 words->command->name, words->command->name);
		return false;
	}
	if (option->kind == OPTION_FLAG) {
		if (inline_value != NULL) {
			complain(word, "takes no value");
			return false;
		}
		return set_option(words, option, NULL);
	}
	const char *value = inline_value;
	if (value == NULL && words->at < words->argc) {
		value = words->argv[words->at++];
	}
	if (value == NULL) {
		complain(word, "needs a value: %s", option->value);
		return false;
	}
	return set_option(words, option, value);
}

static bool take_long_option(struct words *words, const char *word)
{
	struct span text = span_of_string(word + 2);
	size_t equals = span_find(text, '=', 0);
	const char *inline_value = equals < text.len ? word + 2 + equals + 1 : NULL;
	const struct option *option = find_option(words->command, span_slice(text, 0, equals), 0);
	return take_option(words, option, word, inline_value);
}

static bool take_letters(struct words *words, const char *word)
{
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		const struct option *option =
			find_option(words->command, span_of(NULL, 0), *letter);
		bool is_last = letter[1] == '\0';
		if (option != NULL && option->kind != OPTION_FLAG && !is_last) {
			return take_option(words, option, word, letter + 1);
		}
		if (!take_option(words, option, word, NULL)) {
			return false;
		}
	}
	return true;
}

static bool add_operand(const struct command *command, struct string_list *operands,
			const char *word)
{
	if (command->max_operands == 0) {
		complain(command->name, "takes options only, not \"%s\"", word);
		return false;
	}
	if (operands->count >= command->max_operands || operands->count == STRING_LIST_MAX) {
		complain(command->name, "takes no more than %zu of: %s", command->max_operands,
			 command->operands);
		return false;
	}
	operands->items[operands->count++] = word;
	return true;
}

static bool take_word(struct words *words, const char *word, bool is_operand_only,
		      struct string_list *operands)
{
	if (is_operand_only || word[0] != '-' || word[1] == '\0') {
		return add_operand(words->command, operands, word);
	}
	return word[1] == '-' ? take_long_option(words, word) : take_letters(words, word);
}

static bool has_operands(const struct command *command, size_t count)
{
	if (count < command->min_operands) {
		complain(command->name, "needs %s; try: %s", command->operands, command->example);
		return false;
	}
	return true;
}

enum parse_result parse_arguments(const struct command *command, int argc, char *const *argv,
				  void *ret_options, struct invocation *ret_invocation)
{
	struct words words = {command, argc, argv, 0, ret_options};
	if (command->defaults != NULL) {
		memcpy(ret_options, command->defaults, command->options_size);
	} else {
		memset(ret_options, 0, command->options_size);
	}
	*ret_invocation = (struct invocation){.command = command, .options = ret_options};
	bool is_operand_only = false;
	while (words.at < argc) {
		const char *word = argv[words.at++];
		if (!is_operand_only && strcmp(word, "--") == 0) {
			is_operand_only = true;
		} else if (!is_operand_only &&
			   (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
			return PARSE_HELP;
		} else if (!take_word(&words, word, is_operand_only, &ret_invocation->operands)) {
			return PARSE_ERROR;
		}
	}
	return has_operands(command, ret_invocation->operands.count) ? PARSE_OK : PARSE_ERROR;
}
