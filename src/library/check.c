/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Domains through the public interface. */
#include <stdlib.h>

#include "library/internal.h"
#include "present/json.h"
#include "records/name_input.h"
#include "service/check.h"

#define OWN_MAX_BYTES ((size_t)4 << 20)
#define JSON_MAX_BYTES ((size_t)64 << 20)

struct mailseal_check {
	struct dialogue dialogue;
	const struct mailseal_tables *tables;
	struct arena *arena;	      /* of what the caller said */
	struct vector domains;	      /* of struct span */
	struct vector selectors;      /* of struct span */
	struct vector profiles;	      /* of const struct profile * */
	struct check_options options; /* the report points to them */
	bool is_begun;
	bool is_done;
	struct check_report report;
	struct buffer json;
};

struct mailseal_check *mailseal_check_new(const struct mailseal_tables *tables, int64_t now)
{
	struct mailseal_check *c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return NULL;
	}
	bool is_open = dialogue_open(&c->dialogue);
	c->tables = tables;
	c->arena = arena_new(OWN_MAX_BYTES);
	c->options.assess.now = now;
	c->options.assess.suffixes = tables->suffixes;
	c->options.assess.providers = tables->providers;
	c->options.source = &c->dialogue.source;
	c->json = buffer_new(JSON_MAX_BYTES);
	if (!is_open || c->arena == NULL) {
		mailseal_check_free(c);
		return NULL;
	}
	return c;
}

void mailseal_check_free(struct mailseal_check *c)
{
	if (c != NULL) {
		check_report_free(&c->report);
		buffer_free(&c->json);
		dialogue_close(&c->dialogue);
		arena_free(c->arena);
		free(c);
	}
}

/* One more text in a list of the caller's. */
static int push(struct mailseal_check *c, struct vector *list, struct span text, size_t max)
{
	struct span *item = VECTOR_PUSH(list, c->arena, struct span, max);
	if (item != NULL) {
		*item = arena_copy(c->arena, text);
	}
	if (arena_has_failed(c->arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	return item != NULL ? MAILSEAL_DONE : MAILSEAL_BAD_INPUT;
}

int mailseal_check_add_domain(struct mailseal_check *c, const char *domain)
{
	if (c->is_begun) {
		return MAILSEAL_BAD_ORDER;
	}
	struct name_input_result input = name_input_parse(c->arena, span_of_string(domain));
	if (arena_has_failed(c->arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	return input.status == NAME_INPUT_OK
		       ? push(c, &c->domains, input.name, MAILSEAL_CHECK_MAX_DOMAINS)
		       : MAILSEAL_BAD_INPUT;
}

int mailseal_check_add_selector(struct mailseal_check *c, const char *selector)
{
	struct span name;
	if (c->is_begun) {
		return MAILSEAL_BAD_ORDER;
	}
	if (!name_canonical(c->arena, span_of_string(selector), &name)) {
		return arena_has_failed(c->arena) ? MAILSEAL_NO_MEMORY : MAILSEAL_BAD_INPUT;
	}
	return push(c, &c->selectors, name, MAILSEAL_CHECK_MAX_NAMES);
}

int mailseal_check_add_profile(struct mailseal_check *c, const char *name)
{
	const struct profile *profile = profile_find(c->tables->profiles, span_of_string(name));
	if (c->is_begun) {
		return MAILSEAL_BAD_ORDER;
	}
	if (profile == NULL) {
		return MAILSEAL_BAD_INPUT;
	}
	const struct profile **item = VECTOR_PUSH(&c->profiles, c->arena, const struct profile *,
						  MAILSEAL_CHECK_MAX_NAMES);
	if (item == NULL) {
		return arena_has_failed(c->arena) ? MAILSEAL_NO_MEMORY : MAILSEAL_BAD_INPUT;
	}
	*item = profile;
	return MAILSEAL_DONE;
}

static int run(struct mailseal_check *c, struct facts *facts, struct failure *reterr)
{
	c->options.assess.selectors = c->selectors.items;
	c->options.assess.selector_count = c->selectors.len;
	c->options.profiles = c->profiles.items;
	c->options.profile_count = c->profiles.len;
	return check_domains(facts, c->domains.items, c->domains.len, &c->options, &c->report,
			     reterr);
}

int mailseal_check_run(struct mailseal_check *c, struct mailseal_facts *facts,
		       const struct mailseal_question **ret_questions, size_t *ret_count)
{
	struct failure failure;
	if (c->is_done || c->domains.len == 0) {
		return MAILSEAL_BAD_ORDER;
	}
	c->is_begun = true;
	int status = dialogue_begin_turn(&c->dialogue, facts);
	if (status != MAILSEAL_DONE) {
		return status;
	}
	int r = run(c, facts->facts, &failure);
	c->is_done = r == 0;
	return dialogue_end_turn(&c->dialogue, r, ret_questions, ret_count);
}

int mailseal_check_json(struct mailseal_check *c, struct mailseal_bytes *ret_text)
{
	if (!c->is_done) {
		return MAILSEAL_BAD_ORDER;
	}
	buffer_clear(&c->json);
	present_json_check(&c->report, &c->json);
	if (c->json.is_failed || arena_has_failed(c->report.arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	*ret_text = library_bytes(&c->json);
	return MAILSEAL_DONE;
}
