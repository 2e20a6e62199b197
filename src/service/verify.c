/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The loop around the judges of one message. */
#include "service/verify.h"

#include <stdlib.h>

struct verification {
	struct arena *mail_arena;
	struct arena *arena; /* of the judgement; each run starts it anew */
	struct mail_reader *reader;
	const struct mail *mail;
	struct envelope envelope;
	struct message_check_options options;
	struct key_cache *keys; /* from one run of the judge to the next; NULL: the caller's */
	const struct message_check *check;
};

static struct verification *new_with(const struct mail_options *options)
{
	struct verification *v = calloc(1, sizeof(*v));
	if (v == NULL) {
		return NULL;
	}
	v->mail_arena = arena_new(VERIFY_MAIL_BYTES);
	v->arena = arena_new(VERIFY_JUDGE_BYTES);
	if (v->mail_arena != NULL && v->arena != NULL) {
		v->reader = mail_reader_new(v->mail_arena, options);
	}
	if (v->reader == NULL) {
		verification_free(v);
		return NULL;
	}
	return v;
}

struct verification *verification_new(enum line_ends line_ends)
{
	return new_with(&(struct mail_options){.line_ends = line_ends});
}

struct verification *verification_new_for_signing(void)
{
	return new_with(&(struct mail_options){.is_for_signing = true});
}

void verification_free(struct verification *v)
{
	if (v != NULL) {
		mail_reader_close(v->reader);
		key_cache_free(v->keys);
		arena_free(v->mail_arena);
		arena_free(v->arena);
		free(v);
	}
}

void verification_feed(struct verification *v, struct span chunk)
{
	mail_reader_feed(v->reader, chunk);
}

int verification_end(struct verification *v, const struct message **ret_message,
		     struct failure *reterr)
{
	v->mail = mail_reader_end(v->reader);
	if (v->mail == NULL) {
		return failure_set_memory(reterr, "read the message");
	}
	*ret_message = v->mail->message;
	return 0;
}

const struct mail *verification_mail(const struct verification *v)
{
	return v->mail;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct verification *v = context;
	arena_reset(v->arena);
	v->check = message_check(v->arena, inquiry, v->mail, &v->envelope, &v->options);
	return v->check != NULL ? 0 : failure_set_memory(reterr, "judge the message");
}

int verification_run(struct verification *v, const struct envelope *envelope,
		     const struct message_check_options *options, struct facts *facts,
		     struct fact_source *source, const struct message_check **ret_check,
		     struct failure *reterr)
{
	v->envelope = *envelope;
	v->options = *options;
	if (options->keys == NULL) {
		v->keys = v->keys != NULL ? v->keys : key_cache_new(0 /* seed */);
		v->options.keys = v->keys;
	}
	int r = settle(facts, source, (struct judge){judge, v}, reterr);
	if (r == 0) {
		*ret_check = v->check;
	}
	return r;
}
