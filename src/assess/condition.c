/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Conditions over measures: reading, judging and explaining them. */
#include "assess/condition.h"

/* Longest list value shown in an explanation. */
#define SHOWN_WORDS 6

/* --- reading --- */

static bool read_number(struct span rest, struct arena *arena, struct condition *condition,
			struct span *ret_why)
{
	uint64_t number;
	if (!number_parse_decimal(rest, INT64_MAX, &number)) {
		*ret_why = arena_printf(arena, "\"%.*s\" is not a number", SPAN_ARG(rest));
		return false;
	}
	condition->number = (int64_t)number;
	return true;
}

/* "fail or softfail": words with "or" between them. */
static bool read_words(struct span rest, struct arena *arena, struct condition *condition,
		       struct span *ret_why)
{
	struct vector words = {0};
	do {
		struct span *word =
			VECTOR_PUSH(&words, arena, struct span, (size_t)CONDITION_MAX_WORDS);
		if (rest.len == 0 || word == NULL) {
			*ret_why = rest.len == 0 ? SPAN("a word is missing at the end")
						 : SPAN("too many words");
			return false;
		}
		*word = text_take_word(&rest);
		bool is_list = measure_describe(condition->measure)->kind == MEASURE_WORDS;
		if (!is_list && !measure_allows_word(condition->measure, *word)) {
			*ret_why = arena_printf(arena, "%s is never \"%.*s\"",
						measure_describe(condition->measure)->name,
						SPAN_ARG(*word));
			return false;
		}
		if (rest.len == 0) {
			condition->words = words.items;
			condition->word_count = words.len;
			return true;
		}
	} while (span_equal(text_take_word(&rest), SPAN("or")));
	*ret_why = SPAN("expected \"or\" between words");
	return false;
}

static bool read_included(struct span rest, struct arena *arena, struct condition *condition,
			  struct span *ret_why)
{
	struct span *word = arena_alloc(arena, sizeof(*word));
	if (word == NULL) {
		*ret_why = SPAN("out of memory");
		return false;
	}
	*word = text_take_word(&rest);
	if (word->len == 0 || rest.len > 0) {
		*ret_why = SPAN("\"includes\" takes one word");
		return false;
	}
	condition->words = word;
	condition->word_count = 1;
	return true;
}

/* Which operators a kind of measure allows. */
static bool operator_fits(enum condition_operator operator, enum measure_kind kind)
{
	switch (operator) {
	case CONDITION_IS:
	case CONDITION_IS_NOT:
		return kind == MEASURE_BOOL || kind == MEASURE_WORD;
	case CONDITION_AT_LEAST:
	case CONDITION_AT_MOST:
		return kind == MEASURE_NUMBER || kind == MEASURE_WORDS;
	case CONDITION_INCLUDES:
	case CONDITION_ONLY:
		return kind == MEASURE_WORDS;
	}
	return false;
}

/* Takes the operator; "is not" is two words. */
static bool take_operator(struct span *rest, enum condition_operator *ret_operator)
{
	static const struct {
		const char *word;
		enum condition_operator operator;
	} operators[] = {
		{"is", CONDITION_IS},	   {">=", CONDITION_AT_LEAST},
		{"<=", CONDITION_AT_MOST}, {"includes", CONDITION_INCLUDES},
		{"only", CONDITION_ONLY},
	};
	struct span word = text_take_word(rest);
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		if (!span_equal(word, span_of_string(operators[i].word))) {
			continue;
		}
		*ret_operator = operators[i].operator;
		struct span ahead = *rest;
		if (*ret_operator == CONDITION_IS &&
		    span_equal(text_take_word(&ahead), SPAN("not"))) {
			*ret_operator = CONDITION_IS_NOT;
			*rest = ahead;
		}
		return true;
	}
	return false;
}

bool condition_parse(struct arena *arena, struct span text, struct condition *ret_condition,
		     struct span *ret_why)
{
	struct condition condition = {0};
	struct span rest = span_trim(text, TEXT_SPACE);
	struct span name = text_take_word(&rest);
	if (!measure_find(name, &condition.measure)) {
		*ret_why = arena_printf(arena, "there is no measure \"%.*s\"", SPAN_ARG(name));
		return false;
	}
	const struct measure_description *description = measure_describe(condition.measure);
	if (!take_operator(&rest, &condition.operator)) {
		*ret_why = SPAN("expected is, is not, >=, <=, includes or only");
		return false;
	}
	if (!operator_fits(condition.operator, description->kind)) {
		*ret_why =
			arena_printf(arena, "%s cannot be compared like that", description->name);
		return false;
	}
	bool (*read)(struct span, struct arena *, struct condition *, struct span *) = read_words;
	if (condition.operator== CONDITION_AT_LEAST || condition.operator== CONDITION_AT_MOST) {
		read = read_number;
	} else if (condition.operator== CONDITION_INCLUDES) {
		read = read_included;
	}
	if (!read(rest, arena, &condition, ret_why)) {
		return false;
	}
	*ret_condition = condition;
	return true;
}

/* --- judging --- */

static struct span bool_word(bool is_yes)
{
	return is_yes ? SPAN("yes") : SPAN("no");
}

static bool is_one_of(const struct condition *condition, struct span word)
{
	for (size_t i = 0; i < condition->word_count; i++) {
		if (span_equal(condition->words[i], word)) {
			return true;
		}
	}
	return false;
}

static bool includes(const struct span *words, size_t count, struct span word)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal_nocase(words[i], word)) {
			return true;
		}
	}
	return false;
}

static bool is_allowed(const struct condition *condition, struct span word)
{
	for (size_t i = 0; i < condition->word_count; i++) {
		if (span_equal_nocase(condition->words[i], word)) {
			return true;
		}
	}
	return false;
}

static bool has_only(const struct condition *condition, const struct span *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_allowed(condition, words[i])) {
			return false;
		}
	}
	return true;
}

/* What may be in a list as well can turn the outcome: then it is not known. */
static bool hangs_on_maybe(const struct condition *condition, const struct measure *measure,
			   bool does_hold)
{
	switch (condition->operator) {
	case CONDITION_IS:
	case CONDITION_IS_NOT:
		return false;
	case CONDITION_AT_LEAST:
		return !does_hold && measure->maybe_count > 0;
	case CONDITION_AT_MOST:
		return does_hold && measure->maybe_count > 0;
	case CONDITION_INCLUDES:
		return !does_hold &&
		       includes(measure->maybe, measure->maybe_count, condition->words[0]);
	case CONDITION_ONLY:
		return does_hold && !has_only(condition, measure->maybe, measure->maybe_count);
	}
	return false;
}

static bool holds(const struct condition *condition, const struct measure *measure)
{
	enum measure_kind kind = measure_describe(condition->measure)->kind;
	struct span word = kind == MEASURE_BOOL ? bool_word(measure->is_yes) : measure->word;
	int64_t number = kind == MEASURE_WORDS ? (int64_t)measure->word_count : measure->number;
	switch (condition->operator) {
	case CONDITION_IS:
		return is_one_of(condition, word);
	case CONDITION_IS_NOT:
		return !is_one_of(condition, word);
	case CONDITION_AT_LEAST:
		return number >= condition->number;
	case CONDITION_AT_MOST:
		return number <= condition->number;
	case CONDITION_INCLUDES:
		return includes(measure->words, measure->word_count, condition->words[0]);
	case CONDITION_ONLY:
		return has_only(condition, measure->words, measure->word_count);
	}
	return false;
}

enum condition_outcome condition_judge(const struct condition *condition,
				       const struct measure *measure)
{
	switch (measure->state) {
	case MEASURE_UNSET:
	case MEASURE_UNKNOWN:
		return CONDITION_UNKNOWN;
	case MEASURE_NOT_APPLICABLE:
		return CONDITION_NOT_APPLICABLE;
	case MEASURE_KNOWN:
		break;
	}
	bool does_hold = holds(condition, measure);
	if (hangs_on_maybe(condition, measure, does_hold)) {
		return CONDITION_UNKNOWN;
	}
	return does_hold ? CONDITION_HOLDS : CONDITION_FAILS;
}

/* --- explaining --- */

static struct span join(struct arena *arena, const struct span *words, size_t count,
			const char *separator)
{
	struct span text = SPAN("");
	for (size_t i = 0; i < count; i++) {
		text = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(text), i > 0 ? separator : "",
				    SPAN_ARG(words[i]));
	}
	return text;
}

static struct span list_text(struct arena *arena, const struct measure *measure)
{
	if (measure->word_count == 0) {
		return SPAN("empty");
	}
	if (measure->word_count <= SHOWN_WORDS) {
		return join(arena, measure->words, measure->word_count, ", ");
	}
	struct span shown = join(arena, measure->words, SHOWN_WORDS, ", ");
	return arena_printf(arena, "%.*s and %zu more", SPAN_ARG(shown),
			    measure->word_count - SHOWN_WORDS);
}

static struct span value_text(struct arena *arena, enum measure_kind kind,
			      const struct measure *measure)
{
	switch (kind) {
	case MEASURE_BOOL:
		return bool_word(measure->is_yes);
	case MEASURE_NUMBER:
		return arena_printf(arena, "%lld", (long long)measure->number);
	case MEASURE_WORD:
		return measure->word;
	case MEASURE_WORDS:
		return list_text(arena, measure);
	}
	return SPAN("");
}

struct span condition_observed(struct arena *arena, const struct condition *condition,
			       const struct measure *measure)
{
	const struct measure_description *description = measure_describe(condition->measure);
	if (measure->state == MEASURE_KNOWN) {
		struct span value = value_text(arena, description->kind, measure);
		return arena_printf(arena, "%s is %.*s", description->name, SPAN_ARG(value));
	}
	struct span reason = measure->reason.len > 0 ? measure->reason : SPAN("not measured");
	return arena_printf(arena, "%s: %.*s", description->name, SPAN_ARG(reason));
}

struct span condition_wanted(struct arena *arena, const struct condition *condition)
{
	struct span words = join(arena, condition->words, condition->word_count, " or ");
	switch (condition->operator) {
	case CONDITION_IS:
		return arena_printf(arena, "must be %.*s", SPAN_ARG(words));
	case CONDITION_IS_NOT:
		return arena_printf(arena, "must not be %.*s", SPAN_ARG(words));
	case CONDITION_AT_LEAST:
		return arena_printf(arena, "must be at least %lld", (long long)condition->number);
	case CONDITION_AT_MOST:
		return arena_printf(arena, "must be at most %lld", (long long)condition->number);
	case CONDITION_INCLUDES:
		return arena_printf(arena, "must include %.*s", SPAN_ARG(words));
	case CONDITION_ONLY:
		return arena_printf(arena, "must hold only %.*s", SPAN_ARG(words));
	}
	return SPAN("");
}
