/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The small format of our data files (providers/, profiles/): UTF-8 lines.
 *
 *   # a comment            [section name]            key = value to the end of the line; a repeated
 * key is a list
 */
#ifndef MAILSEAL_GUIDE_CONF_H
#define MAILSEAL_GUIDE_CONF_H

#include "base/base.h"

#define CONF_MAX_SECTIONS 5000
#define CONF_MAX_ENTRIES 1000 /* in one section */

struct conf_entry {
	struct span key;
	struct span value;
	size_t line;
};

struct conf_section {
	struct span kind; /* "provider" of "[provider microsoft-365]" */
	struct span name; /* "microsoft-365"; may be empty */
	size_t line;
	struct vector entries; /* of struct conf_entry */
};

struct conf {
	struct vector sections; /* of struct conf_section */
};

/* Spans point into text, which must outlive the result. *reterr names file and line. */
int conf_parse(struct arena *arena, struct span path, struct span text, struct conf *ret_conf,
	       struct failure *reterr) MUST_CHECK;
/* The first value of a key, or an empty span. */
struct span conf_get(const struct conf_section *section, struct span key);
static inline const struct conf_section *conf_at(const struct conf *conf, size_t i)
{
	return VECTOR_AT(&conf->sections, const struct conf_section, i);
}
static inline const struct conf_entry *conf_entry_at(const struct conf_section *section, size_t i)
{
	return VECTOR_AT(&section->entries, const struct conf_entry, i);
}
/* The data files built into the program, in order of path. */
size_t conf_embedded_count(void);
struct span conf_embedded_path(size_t i);
/* A data file built into the program ("providers/mailboxes.conf"); false when there is none. */
bool conf_embedded(struct span path, struct span *ret_text) MUST_CHECK;

#endif
