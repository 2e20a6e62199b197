/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is kept of a result, under digests of what it says. */
#include "service/estate_content.h"

#include <stdlib.h>

#include "crypto/digest.h"
#include "facts/facts.h"
#include "facts/identity.h"

static struct span short_digest(struct arena *arena, struct span text)
{
	struct digest_value value;
	if (!digest_of(DIGEST_SHA256, text, &value)) {
		return (struct span){0};
	}
	return arena_copy(arena, span_slice(digest_value_span(&value), 0, ESTATE_DIGEST_LEN));
}

static bool make_fact(struct arena *arena, const struct fact *fact, struct buffer *text,
		      struct estate_content *content)
{
	buffer_clear(text);
	fact_write_identity(fact, text);
	content->digest = short_digest(arena, buffer_span(text));
	bool is_ok = !text->is_failed && content->digest.len == ESTATE_DIGEST_LEN;
	buffer_clear(text);
	facts_write_fact(fact, text);
	content->body = arena_copy(arena, buffer_span(text));
	return is_ok && !text->is_failed;
}

static int compare_digests(const void *a, const void *b)
{
	const struct estate_content *left = a;
	const struct estate_content *right = b;
	return span_compare(left->digest, right->digest);
}

static bool make_facts(struct arena *arena, const struct facts *facts, struct buffer *text,
		       struct estate_result *result)
{
	size_t count = facts_count(facts);
	struct estate_content *contents = arena_alloc(arena, (count + 1) * sizeof(*contents));
	if (contents == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!make_fact(arena, facts_at(facts, i), text, &contents[i])) {
			return false;
		}
	}
	/* In a fixed order, so that the set's digest does not depend on who answered first. */
	qsort(contents, count, sizeof(*contents), compare_digests);
	buffer_clear(text);
	for (size_t i = 0; i < count; i++) {
		buffer_append(text, contents[i].digest);
	}
	result->facts = contents;
	result->fact_count = count;
	result->facts_digest = short_digest(arena, buffer_span(text));
	return !text->is_failed && result->facts_digest.len == ESTATE_DIGEST_LEN;
}

static bool make_verdict(struct arena *arena, const struct assessment *assessment,
			 struct buffer *text, struct estate_content *verdict)
{
	const struct standing *standing = standing_of(arena, assessment);
	if (standing == NULL) {
		return false;
	}
	buffer_clear(text);
	standing_write(standing, text);
	verdict->digest = short_digest(arena, buffer_span(text));
	verdict->body = arena_copy(arena, buffer_span(text));
	return !text->is_failed && verdict->digest.len == ESTATE_DIGEST_LEN;
}

int estate_content_make(struct arena *arena, const struct facts *facts,
			const struct assessment *assessment, struct estate_result *ret_result,
			struct failure *reterr)
{
	struct buffer text = buffer_new(FACTS_LINE_MAX + STANDING_MAX_TEXT);
	struct estate_result result = {0};
	bool is_ok = make_facts(arena, facts, &text, &result) &&
		     make_verdict(arena, assessment, &text, &result.verdict) &&
		     !arena_has_failed(arena);
	buffer_free(&text);
	if (!is_ok) {
		return failure_set_memory(reterr, "keep a result");
	}
	*ret_result = result;
	return 0;
}

int estate_content_standing(struct arena *arena, const struct estate_entry *entry,
			    struct standing *ret_standing, struct failure *reterr)
{
	if (standing_read(arena, entry->verdict, ret_standing)) {
		return 0;
	}
	return arena_has_failed(arena) ? failure_set_memory(reterr, "read a result")
				       : failure_set(reterr, FAILURE_INPUT, "database",
						     "the result of %.*s cannot be read",
						     SPAN_ARG(entry->domain.name));
}

struct loading {
	struct facts *facts;
	struct failure *failure;
};

static int load_line(void *context, struct span body)
{
	struct loading *loading = context;
	return facts_load_line(loading->facts, span_trim(body, "\n"), loading->failure);
}

int estate_content_add_facts(struct store *store, int64_t id, struct facts *facts,
			     struct failure *reterr)
{
	struct loading loading = {facts, reterr};
	return estate_facts(store, id, load_line, &loading, reterr);
}

int estate_content_facts(struct store *store, int64_t facts, struct facts **ret_facts,
			 struct failure *reterr)
{
	/* Keys come from our own database. */
	struct facts *added = facts_new(/* seed: */ 0);
	if (added == NULL) {
		return failure_set_memory(reterr, "read a result");
	}
	int r = estate_content_add_facts(store, facts, added, reterr);
	if (r < 0) {
		facts_free(added);
		return r;
	}
	*ret_facts = added;
	return 0;
}
