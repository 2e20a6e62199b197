/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A "tag=value; tag=value" record being written or changed; the order of the tags is kept. */
#ifndef MAILSEAL_ADVISE_TAG_DRAFT_H
#define MAILSEAL_ADVISE_TAG_DRAFT_H

#include "records/tag_list.h"

struct tag_draft_item {
	struct span name;
	struct span value;
};

struct tag_draft {
	struct arena *arena;
	struct vector items; /* of struct tag_draft_item */
};

static inline struct tag_draft tag_draft_new(struct arena *arena)
{
	return (struct tag_draft){.arena = arena};
}

/* A draft of the tags as they are read: repeated ones are left out. */
struct tag_draft tag_draft_of(struct arena *arena, const struct tag_list *list);
static inline struct tag_draft_item *tag_draft_at(const struct tag_draft *draft, size_t i)
{
	return VECTOR_AT(&draft->items, struct tag_draft_item, i);
}
/* NULL when the tag is not there. */
struct tag_draft_item *tag_draft_find(const struct tag_draft *draft, struct span name);
/* Changes the tag where it stands, or adds it at the end. */
void tag_draft_set(struct tag_draft *draft, struct span name, struct span value);
/* Removes the tag, if it is there, and puts it anew at position i. */
void tag_draft_place(struct tag_draft *draft, size_t i, struct span name, struct span value);
void tag_draft_drop(struct tag_draft *draft, struct span name);
/* Drops the tag when the value is empty, else sets it. */
void tag_draft_drop_or_set(struct tag_draft *draft, struct span name, struct span value);
/* "v=DMARC1; p=none"; in the arena. */
struct span tag_draft_write(const struct tag_draft *draft);

#endif
