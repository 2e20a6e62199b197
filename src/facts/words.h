/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Enums as stable words: a table of strings by value, read back by search. Inside of facts. */
#ifndef MAILSEAL_FACTS_WORDS_H
#define MAILSEAL_FACTS_WORDS_H

#include "base/base.h"

/* The index of the word in the table; -1 when it is none. */
static inline int word_find(const char *const *words, size_t count, struct span text)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(text, span_of_string(words[i]))) {
			return (int)i;
		}
	}
	return -1;
}

/* name_name() and name_parse() of an enum whose words stand in the array `words`. */
#define WORDS_DEFINE(name, words)                                                                  \
	const char *name##_name(enum name value)                                                   \
	{                                                                                          \
		return (words)[value];                                                             \
	}                                                                                          \
	bool name##_parse(struct span text, enum name *ret_value)                                  \
	{                                                                                          \
		int i = word_find(words, sizeof(words) / sizeof((words)[0]), text);                \
		if (i >= 0) {                                                                      \
			*ret_value = (enum name)i;                                                 \
		}                                                                                  \
		return i >= 0;                                                                     \
	}

#endif
