/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Questions out, answers in. */
#include "facts/save.h"
#include "library/internal.h"

#define QUESTIONS_BYTES ((size_t)8 << 20)

_Static_assert((int)MAILSEAL_DNS == (int)FACT_DNS && (int)MAILSEAL_SMTP == (int)FACT_ENDPOINT &&
		       (int)MAILSEAL_POLICY == (int)FACT_POLICY,
	       "questions are cast to keys of facts and back");
/* NOLINTBEGIN(misc-redundant-expression): two names of one number, as it should be */
_Static_assert(MAILSEAL_MAX_QUESTIONS == WANTS_MAX && MAILSEAL_MAX_TURNS <= SETTLE_MAX_ROUNDS &&
		       MAILSEAL_MAX_LINE == FACTS_LINE_MAX,
	       "the limits the header states");
/* NOLINTEND(misc-redundant-expression) */

static bool note_question(struct dialogue *dialogue, struct fact_key key)
{
	struct mailseal_question *question =
		VECTOR_PUSH(&dialogue->questions, dialogue->arena, struct mailseal_question,
			    MAILSEAL_MAX_QUESTIONS);
	if (question == NULL) {
		return false;
	}
	*question = (struct mailseal_question){
		.kind = (enum mailseal_kind)key.kind,
		.name = arena_copy(dialogue->arena, key.subject).ptr,
		.type = key.type,
	};
	return !arena_has_failed(dialogue->arena);
}

static int pause_judge(struct fact_source *source, const struct wants *wants, struct facts *facts,
		       struct failure *reterr)
{
	struct dialogue *dialogue = (struct dialogue *)source;
	if (dialogue->turns > MAILSEAL_MAX_TURNS) {
		return 0; /* settle() refuses them */
	}
	for (size_t i = 0; i < wants_count(wants); i++) {
		if (!note_question(dialogue, wants_at(wants, i))) {
			return failure_set_memory(reterr, "ask");
		}
	}
	dialogue->is_paused = true;
	return failure_set(reterr, FAILURE_INTERNAL, "ask", "there are questions");
}

bool dialogue_open(struct dialogue *dialogue)
{
	*dialogue = (struct dialogue){
		.source.answer = pause_judge,
		.arena = arena_new(QUESTIONS_BYTES),
	};
	return dialogue->arena != NULL;
}

void dialogue_close(struct dialogue *dialogue)
{
	arena_free(dialogue->arena);
}

int dialogue_begin_turn(struct dialogue *dialogue, struct mailseal_facts *facts)
{
	if (dialogue->facts != NULL && dialogue->facts != facts) {
		return MAILSEAL_BAD_ORDER;
	}
	dialogue->facts = facts;
	for (size_t i = 0; i < dialogue->questions.len; i++) {
		const struct mailseal_question *question =
			VECTOR_AT(&dialogue->questions, struct mailseal_question, i);
		struct fact fact = {
			.key = {(enum fact_kind)question->kind, question->type,
				span_of_string(question->name)},
			.state = FACT_NOT_OBSERVED,
			.failure = FACT_FAILURE_NOT_ASKED,
		};
		int r = facts_add(facts->facts, &fact, NULL);
		if (r < 0) {
			return library_status(r);
		}
	}
	arena_reset(dialogue->arena);
	dialogue->questions = (struct vector){0};
	dialogue->is_paused = false;
	dialogue->turns++;
	return MAILSEAL_DONE;
}

int dialogue_end_turn(struct dialogue *dialogue, int result,
		      const struct mailseal_question **ret_questions, size_t *ret_count)
{
	if (!dialogue->is_paused) {
		return library_status(result);
	}
	*ret_questions = dialogue->questions.items;
	*ret_count = dialogue->questions.len;
	return MAILSEAL_ASKS;
}
