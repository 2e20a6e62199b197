/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Splits "tag=value; tag=value" (RFC 6376 3.2). */
#include "records/tag_list.h"

#include "base/text.h"

struct splitter {
	struct arena *arena;
	struct problems *problems;
	struct vector tags;
	struct span text;
	bool has_duplicate;
	bool has_empty_part;
};

static void add_problem(struct splitter *splitter, enum problem_weight weight, struct span where,
			struct span what, struct span expected)
{
	size_t offset = (size_t)(where.ptr - splitter->text.ptr);
	problem_add(splitter->problems, splitter->arena,
		    (struct problem){weight, offset, where.len, what, expected});
}

/* People separate report addresses with ";" as they do in a mail program. */
static struct span expected_for(struct span part)
{
	bool is_address = span_starts_with_nocase(part, SPAN("mailto:")) ||
			  span_starts_with_nocase(part, SPAN("https:"));
	return is_address ? SPAN("a comma, not \";\", between addresses") : SPAN("name=value");
}

static bool is_repeated(const struct splitter *splitter, struct span name)
{
	for (size_t i = 0; i < splitter->tags.len; i++) {
		if (span_equal(VECTOR_AT(&splitter->tags, struct tag, i)->name, name)) {
			return true;
		}
	}
	return false;
}

/* Adds the tag of a part whose first "=" is at `equals`. False when the list is full. */
static bool add_tag(struct splitter *splitter, struct span part, size_t equals)
{
	struct span name = span_trim(span_slice(part, 0, equals), TEXT_SPACE);
	struct span value = span_trim(span_from(part, equals + 1), TEXT_SPACE);
	bool is_duplicate = is_repeated(splitter, name);
	struct tag *tag = VECTOR_PUSH(&splitter->tags, splitter->arena, struct tag, TAG_LIST_MAX);
	if (tag == NULL) {
		add_problem(splitter, PROBLEM_ERROR, part, SPAN("more tags than are read"),
			    arena_printf(splitter->arena, "at most %d tags", TAG_LIST_MAX));
		return false;
	}
	*tag = (struct tag){
		.name = name,
		.value = value,
		.name_offset = (size_t)(name.ptr - splitter->text.ptr),
		.value_offset = (size_t)(value.ptr - splitter->text.ptr),
		.is_duplicate = is_duplicate,
	};
	if (is_duplicate) {
		splitter->has_duplicate = true;
		add_problem(splitter, PROBLEM_ERROR, name,
			    arena_printf(splitter->arena, "second %.*s tag",
					 SPAN_ARG(problem_quote(splitter->arena, name))),
			    SPAN("each tag once; the first one is read here"));
	}
	return true;
}

static bool read_part(struct splitter *splitter, struct span part, bool is_last)
{
	struct span trimmed = span_trim(part, TEXT_SPACE);
	size_t equals = span_find(part, '=', 0);
	if (trimmed.len == 0) {
		if (!is_last) {
			splitter->has_empty_part = true;
			add_problem(splitter, PROBLEM_WARN, span_slice(trimmed, 0, 0),
				    SPAN("nothing between two \";\""), SPAN("one \";\""));
		}
		return true;
	}
	if (equals == part.len) {
		add_problem(splitter, PROBLEM_ERROR, trimmed,
			    arena_printf(splitter->arena, "%.*s without \"=\"",
					 SPAN_ARG(problem_quote(splitter->arena, trimmed))),
			    expected_for(trimmed));
		return true;
	}
	if (trimmed.ptr[0] == '=') {
		add_problem(splitter, PROBLEM_ERROR, trimmed, SPAN("\"=\" without a tag name"),
			    SPAN("name=value"));
		return true;
	}
	return add_tag(splitter, part, equals);
}

struct tag_list tag_list_parse(struct arena *arena, struct span text, struct problems *problems)
{
	struct splitter splitter = {.arena = arena, .problems = problems, .text = text};
	struct span rest = text;
	struct span part;
	while (span_split(&rest, ';', &part)) {
		if (!read_part(&splitter, part, rest.ptr == NULL /* is_last */)) {
			break;
		}
	}
	return (struct tag_list){
		.tags = splitter.tags.items,
		.tag_count = splitter.tags.len,
		.has_duplicate = splitter.has_duplicate,
		.has_empty_part = splitter.has_empty_part,
	};
}

const struct tag *tag_list_find(const struct tag_list *list, struct span name)
{
	for (size_t i = 0; i < list->tag_count; i++) {
		if (span_equal(list->tags[i].name, name)) {
			return &list->tags[i];
		}
	}
	return NULL;
}
