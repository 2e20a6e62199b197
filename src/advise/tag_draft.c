/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Changes tag lists without disturbing what stays. */
#include "advise/tag_draft.h"

#include "base/base.h"

#define DRAFT_MAX_BYTES LIMIT_DNS_MESSAGE

struct tag_draft tag_draft_of(struct arena *arena, const struct tag_list *list)
{
	struct tag_draft draft = tag_draft_new(arena);
	for (size_t i = 0; i < list->tag_count; i++) {
		if (!list->tags[i].is_duplicate) {
			tag_draft_set(&draft, list->tags[i].name, list->tags[i].value);
		}
	}
	return draft;
}

struct tag_draft_item *tag_draft_find(const struct tag_draft *draft, struct span name)
{
	for (size_t i = 0; i < draft->items.len; i++) {
		if (span_equal(tag_draft_at(draft, i)->name, name)) {
			return tag_draft_at(draft, i);
		}
	}
	return NULL;
}

void tag_draft_set(struct tag_draft *draft, struct span name, struct span value)
{
	struct tag_draft_item *item = tag_draft_find(draft, name);
	if (item == NULL) {
		item = VECTOR_PUSH(&draft->items, draft->arena, struct tag_draft_item,
				   (size_t)TAG_LIST_MAX);
	}
	if (item != NULL) {
		*item = (struct tag_draft_item){name, value};
	}
}

void tag_draft_place(struct tag_draft *draft, size_t i, struct span name, struct span value)
{
	tag_draft_drop(draft, name);
	size_t at = draft->items.len;
	tag_draft_set(draft, name, value);
	for (; at > i && at < draft->items.len; at--) {
		*tag_draft_at(draft, at) = *tag_draft_at(draft, at - 1);
		*tag_draft_at(draft, at - 1) = (struct tag_draft_item){name, value};
	}
}

void tag_draft_drop(struct tag_draft *draft, struct span name)
{
	size_t kept = 0;
	for (size_t i = 0; i < draft->items.len; i++) {
		if (!span_equal(tag_draft_at(draft, i)->name, name)) {
			*tag_draft_at(draft, kept++) = *tag_draft_at(draft, i);
		}
	}
	draft->items.len = kept;
}

void tag_draft_drop_or_set(struct tag_draft *draft, struct span name, struct span value)
{
	if (value.len > 0) {
		tag_draft_set(draft, name, value);
	} else {
		tag_draft_drop(draft, name);
	}
}

struct span tag_draft_write(const struct tag_draft *draft)
{
	struct buffer text = buffer_new_for(draft->arena, DRAFT_MAX_BYTES);
	for (size_t i = 0; i < draft->items.len; i++) {
		const struct tag_draft_item *item = tag_draft_at(draft, i);
		buffer_puts(&text, i > 0 ? "; " : "");
		buffer_append(&text, item->name);
		buffer_putc(&text, '=');
		buffer_append(&text, item->value);
	}
	struct span copy = arena_copy(draft->arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}
