/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the readers of tag lists tell their authors in the same words. */
#ifndef MAILSEAL_RECORDS_TAG_CHECKS_H
#define MAILSEAL_RECORDS_TAG_CHECKS_H

#include "records/tag_list.h"

/* Where a reader reports, and the tags its protocol knows. */
struct tag_checks {
	struct arena *arena;
	struct problems *problems;
	const struct span *names;
	size_t name_count;
};

/* A problem with the octets from offset on. */
void tag_checks_add(const struct tag_checks *checks, enum problem_weight weight, size_t offset,
		    size_t len, struct span what, struct span expected);
/* An error unless the first tag is "v" with exactly that value. */
void tag_checks_version(const struct tag_checks *checks, const struct tag_list *list,
			struct span value);
/* An error: this value cannot stand in this tag. The nearest of the words is proposed. */
void tag_checks_bad_value(const struct tag_checks *checks, const struct tag *tag,
			  const struct span *words, size_t word_count);
/*
 * "p=none rua=..." lacks a semicolon: true, and an error at the second tag, when a known tag name
 * and "=" follow white space inside the value.
 */
bool tag_checks_glued(const struct tag_checks *checks, const struct tag *tag);
/* A tag the protocol does not know is ignored; a warning, with the known one it resembles. */
void tag_checks_unknown(const struct tag_checks *checks, const struct tag *tag);
/* RFC 8460 3 and RFC 8461 3.1 know no white space beside "="; an error where there is some. */
void tag_checks_spaces(const struct tag_checks *checks, struct span text, const struct tag *tag);
/* Likewise what an extension may be called and hold; an error for another. */
void tag_checks_extension(const struct tag_checks *checks, const struct tag *tag);
bool tag_checks_is_known(const struct tag_checks *checks, struct span name);

/*
 * True when the first tag of the text is "v" with exactly that value. White space may stand around
 * the value, and around "=" when is_space_ok; nothing may stand in front of "v".
 */
bool tag_checks_has_version(struct span text, struct span value, bool is_space_ok);
/*
 * True for text that seems meant to start with such a version: another case, quotes or spaces in
 * front, ":" for "=", the "v=" or the number forgotten. The word is the value without its number.
 */
bool tag_checks_resembles_version(struct span text, struct span word);

#endif
