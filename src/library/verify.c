/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* One message through the public interface. */
#include <stdlib.h>

#include "authenticate/results_field.h"
#include "library/internal.h"
#include "message/authentication_results.h"
#include "present/message.h"
#include "service/verify.h"

#define JSON_MAX_BYTES ((size_t)16 << 20)
#define ROWS_MAX_BYTES ((size_t)8 << 20)
#define RESULTS_NAME SPAN("Authentication-Results")
#define OWN_MAX_BYTES ((size_t)1 << 20)

struct mailseal_verify {
	struct dialogue dialogue;
	struct verification *verification;
	struct arena *arena; /* of what the caller said, and of forged fields */
	struct envelope envelope;
	struct message_check_options options;
	bool has_ended;
	const struct message *message;	   /* once it has ended */
	const struct message_check *check; /* once it is judged */
	struct buffer json;
	struct buffer results_field;
	struct buffer spf_fields;
};

struct mailseal_verify *mailseal_verify_new(const struct mailseal_tables *tables, int64_t now)
{
	struct mailseal_verify *v = calloc(1, sizeof(*v));
	if (v == NULL) {
		return NULL;
	}
	bool is_open = dialogue_open(&v->dialogue);
	v->verification = verification_new(LINE_ENDS_DETECT);
	v->arena = arena_new(OWN_MAX_BYTES);
	v->options.now = now;
	v->options.selects_bimi = true;
	v->options.suffixes = tables != NULL ? tables->suffixes : NULL;
	v->json = buffer_new(JSON_MAX_BYTES);
	v->results_field = buffer_new(RESULTS_FIELD_MAX);
	v->spf_fields = buffer_new(RESULTS_FIELD_MAX);
	if (!is_open || v->verification == NULL || v->arena == NULL) {
		mailseal_verify_free(v);
		return NULL;
	}
	return v;
}

void mailseal_verify_free(struct mailseal_verify *v)
{
	if (v != NULL) {
		buffer_free(&v->json);
		buffer_free(&v->results_field);
		buffer_free(&v->spf_fields);
		verification_free(v->verification);
		dialogue_close(&v->dialogue);
		arena_free(v->arena);
		free(v);
	}
}

/* --- the envelope --- */

static int copy_text(struct mailseal_verify *v, const char *text, size_t len, struct span *ret_copy)
{
	if (v->has_ended) {
		return MAILSEAL_BAD_ORDER;
	}
	if (len > MAILSEAL_ENVELOPE_MAX) {
		return MAILSEAL_BAD_INPUT;
	}
	struct span copy = arena_copy(v->arena, span_of(text, len));
	if (arena_has_failed(v->arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	*ret_copy = copy;
	return MAILSEAL_DONE;
}

int mailseal_verify_set_client(struct mailseal_verify *v, const char *address)
{
	if (v->has_ended) {
		return MAILSEAL_BAD_ORDER;
	}
	if (!network_parse_address(span_of_string(address), &v->envelope.client)) {
		return MAILSEAL_BAD_INPUT;
	}
	v->envelope.has_client = true;
	return MAILSEAL_DONE;
}

int mailseal_verify_set_helo(struct mailseal_verify *v, const char *name, size_t len)
{
	return copy_text(v, name, len, &v->envelope.helo);
}

int mailseal_verify_set_mail_from(struct mailseal_verify *v, const char *address, size_t len)
{
	int status = copy_text(v, address, len, &v->envelope.mail_from);
	v->envelope.has_mail_from = v->envelope.has_mail_from || status == MAILSEAL_DONE;
	return status;
}

int mailseal_verify_set_receiver(struct mailseal_verify *v, const char *host)
{
	return copy_text(v, host, strlen(host), &v->options.receiver);
}

int mailseal_verify_allow_partial_body(struct mailseal_verify *v)
{
	if (v->has_ended) {
		return MAILSEAL_BAD_ORDER;
	}
	v->options.allows_partial_body = true;
	return MAILSEAL_DONE;
}

/* --- the message --- */

int mailseal_verify_feed(struct mailseal_verify *v, const void *octets, size_t len)
{
	if (v->has_ended) {
		return MAILSEAL_BAD_ORDER;
	}
	verification_feed(v->verification, span_of(octets, len));
	return MAILSEAL_DONE;
}

static int end_message(struct mailseal_verify *v)
{
	struct failure failure;
	if (v->has_ended) {
		return v->message != NULL ? MAILSEAL_DONE : MAILSEAL_NO_MEMORY;
	}
	v->has_ended = true;
	return library_status(verification_end(v->verification, &v->message, &failure));
}

int mailseal_verify_run(struct mailseal_verify *v, struct mailseal_facts *facts,
			const struct mailseal_question **ret_questions, size_t *ret_count)
{
	struct failure failure;
	v->check = NULL;
	int status = end_message(v);
	if (status == MAILSEAL_DONE) {
		status = dialogue_begin_turn(&v->dialogue, facts);
	}
	if (status != MAILSEAL_DONE) {
		return status;
	}
	v->options.keys = facts->keys;
	int r = verification_run(v->verification, &v->envelope, &v->options, facts->facts,
				 &v->dialogue.source, &v->check, &failure);
	return dialogue_end_turn(&v->dialogue, r, ret_questions, ret_count);
}

/* --- the verdict --- */

enum mailseal_result mailseal_verify_result(const struct mailseal_verify *v)
{
	static const enum mailseal_result results[] = {
		[DMARC_RESULT_NONE] = MAILSEAL_RESULT_NONE,
		[DMARC_RESULT_PASS] = MAILSEAL_RESULT_PASS,
		[DMARC_RESULT_FAIL] = MAILSEAL_RESULT_FAIL,
		[DMARC_RESULT_TEMPERROR] = MAILSEAL_RESULT_TEMPERROR,
		[DMARC_RESULT_PERMERROR] = MAILSEAL_RESULT_PERMERROR,
	};
	return v->check != NULL ? results[v->check->result] : MAILSEAL_RESULT_TEMPERROR;
}

enum mailseal_disposition mailseal_verify_disposition(const struct mailseal_verify *v)
{
	switch (v->check != NULL ? v->check->disposition : DMARC_POLICY_NONE) {
	case DMARC_POLICY_REJECT:
		return MAILSEAL_DISPOSITION_REJECT;
	case DMARC_POLICY_QUARANTINE:
		return MAILSEAL_DISPOSITION_QUARANTINE;
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		break;
	}
	return MAILSEAL_DISPOSITION_NONE;
}

struct mailseal_bytes mailseal_verify_author(const struct mailseal_verify *v)
{
	if (v->check == NULL || v->check->author_count == 0) {
		return (struct mailseal_bytes){"", 0};
	}
	struct span domain = v->check->authors[0].domain;
	return (struct mailseal_bytes){domain.ptr, domain.len};
}

bool mailseal_verify_is_author_blurred(const struct mailseal_verify *v)
{
	return v->check != NULL && v->check->is_blurred;
}

const char *mailseal_result_name(enum mailseal_result result)
{
	switch (result) {
	case MAILSEAL_RESULT_NONE:
		return "none";
	case MAILSEAL_RESULT_PASS:
		return "pass";
	case MAILSEAL_RESULT_FAIL:
		return "fail";
	case MAILSEAL_RESULT_TEMPERROR:
		return "temperror";
	case MAILSEAL_RESULT_PERMERROR:
		return "permerror";
	}
	return "unknown";
}

const char *mailseal_disposition_name(enum mailseal_disposition disposition)
{
	switch (disposition) {
	case MAILSEAL_DISPOSITION_NONE:
		return "none";
	case MAILSEAL_DISPOSITION_QUARANTINE:
		return "quarantine";
	case MAILSEAL_DISPOSITION_REJECT:
		return "reject";
	}
	return "unknown";
}

/* --- the trace --- */

static struct span receiver_of(const struct mailseal_verify *v)
{
	return v->options.receiver.len > 0 ? v->options.receiver : SPAN("unknown");
}

/* What was written becomes the result, unless it was cut. */
static int hand_out(const struct buffer *text, struct mailseal_bytes *ret_text)
{
	if (text->is_failed) {
		return MAILSEAL_NO_MEMORY;
	}
	*ret_text = library_bytes(text);
	return MAILSEAL_DONE;
}

int mailseal_verify_json(struct mailseal_verify *v, struct mailseal_bytes *ret_text)
{
	if (v->check == NULL) {
		return MAILSEAL_BAD_ORDER;
	}
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(ROWS_MAX_BYTES);
	if (arena == NULL) {
		return MAILSEAL_NO_MEMORY;
	}
	struct message_result result = {
		.source = SPAN(""),
		.check = v->check,
		.arena = arena,
		.checked_at = v->options.now,
		.receiver = receiver_of(v),
	};
	buffer_clear(&v->json);
	struct json_writer json = json_writer_new(&v->json, 0);
	present_json_message(&result, &json);
	return arena_has_failed(arena) ? MAILSEAL_NO_MEMORY : hand_out(&v->json, ret_text);
}

int mailseal_verify_results_field(struct mailseal_verify *v, struct mailseal_bytes *ret_text)
{
	if (v->check == NULL) {
		return MAILSEAL_BAD_ORDER;
	}
	buffer_clear(&v->results_field);
	results_field_write(v->check, receiver_of(v), &v->results_field);
	return hand_out(&v->results_field, ret_text);
}

int mailseal_verify_spf_fields(struct mailseal_verify *v, struct mailseal_bytes *ret_text)
{
	if (v->check == NULL) {
		return MAILSEAL_BAD_ORDER;
	}
	buffer_clear(&v->spf_fields);
	results_field_write_all_spf(v->check, receiver_of(v), &v->spf_fields);
	return hand_out(&v->spf_fields, ret_text);
}

/* How many fields of that name are in front of the octet. */
static size_t count_above(const struct header *header, size_t offset)
{
	size_t count = 0;
	const struct header_field *field = header_find(header, RESULTS_NAME, 0);
	while (field != NULL && field->offset < offset) {
		field = header_find(header, RESULTS_NAME, ++count);
	}
	return count;
}

int mailseal_verify_forged_fields(struct mailseal_verify *v,
				  const struct mailseal_field **ret_fields, size_t *ret_count)
{
	if (v->message == NULL || v->options.receiver.len == 0) {
		return MAILSEAL_BAD_ORDER;
	}
	const struct header *header = &v->message->header;
	struct vector found = authentication_results_forged(v->arena, header, v->options.receiver);
	struct mailseal_field *fields = arena_alloc(v->arena, found.len * sizeof(*fields));
	if (arena_has_failed(v->arena)) {
		return MAILSEAL_NO_MEMORY;
	}
	for (size_t i = 0; i < found.len; i++) {
		const struct octet_range *range = VECTOR_AT(&found, struct octet_range, i);
		fields[i] = (struct mailseal_field){
			.index = count_above(header, range->offset),
			.offset = range->offset,
			.len = range->len,
		};
	}
	*ret_fields = fields;
	*ret_count = found.len;
	return MAILSEAL_DONE;
}
