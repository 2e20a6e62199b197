/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Messages: any chunking gives the same reading, and no reading harms. */
#include "fuzz.h"

#include "message/message.h"

struct reading {
	struct arena *arena;
	const struct message *message;
	struct buffer body;
};

static struct reading read_in_chunks(struct span text, size_t chunk)
{
	struct reading reading = {arena_new(FUZZ_ARENA_BYTES), NULL, buffer_new(2 * text.len + 1)};
	struct message_reader *reader = message_reader_new(reading.arena, LINE_ENDS_DETECT);
	for (size_t at = 0; at < text.len; at += chunk) {
		struct span input = span_slice(text, at, chunk);
		struct span part;
		enum message_step step;
		while ((step = message_reader_next(reader, &input, &part)) != MESSAGE_STEP_MORE) {
			if (step == MESSAGE_STEP_BODY) {
				buffer_append(&reading.body, part);
			}
		}
	}
	(void)message_reader_end(reader);
	reading.message = message_reader_message(reader);
	return reading;
}

static void compare(const struct reading *a, const struct reading *b)
{
	FUZZ_CHECK(span_equal(a->message->header.text, b->message->header.text));
	FUZZ_CHECK(span_equal(buffer_span(&a->body), buffer_span(&b->body)));
	FUZZ_CHECK(a->message->body_offset == b->message->body_offset);
	FUZZ_CHECK(a->message->author.mailbox_count == b->message->author.mailbox_count);
	FUZZ_CHECK(anomaly_count(&a->message->anomalies) == anomaly_count(&b->message->anomalies));
	for (size_t i = 0; i < anomaly_count(&a->message->anomalies); i++) {
		const struct anomaly *left = anomaly_at(&a->message->anomalies, i);
		const struct anomaly *right = anomaly_at(&b->message->anomalies, i);
		FUZZ_CHECK(left->kind == right->kind && left->offset == right->offset);
	}
}

static void canonicalise(enum canonical_form form, struct span body, size_t chunk,
			 struct buffer *result)
{
	struct canonical_body canonical = canonical_body_new(form);
	char out[CANONICAL_BODY_ROOM];
	for (size_t at = 0; at < body.len; at += chunk) {
		struct span input = span_slice(body, at, chunk);
		while (input.len > 0) {
			size_t len = canonical_body_next(&canonical, &input, out, sizeof(out));
			buffer_append(result, span_of(out, len));
		}
	}
	for (size_t len; (len = canonical_body_end(&canonical, out, sizeof(out))) > 0;) {
		buffer_append(result, span_of(out, len));
	}
}

/* In one piece and in small ones; and what is canonical stays as it is. */
static void check_canonical(enum canonical_form form, struct span body)
{
	struct buffer whole = buffer_new(body.len + 2);
	struct buffer split = buffer_new(body.len + 2);
	canonicalise(form, body, body.len + 1, &whole);
	canonicalise(form, body, 3, &split);
	FUZZ_CHECK(!whole.is_failed);
	FUZZ_CHECK(span_equal(buffer_span(&whole), buffer_span(&split)));
	buffer_clear(&split);
	canonicalise(form, buffer_span(&whole), whole.len + 1, &split);
	FUZZ_CHECK(span_equal(buffer_span(&whole), buffer_span(&split)));
	buffer_free(&whole);
	buffer_free(&split);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct reading whole = read_in_chunks(text, size + 1);
	struct reading split = read_in_chunks(text, 1);
	compare(&whole, &split);
	check_canonical(CANONICAL_SIMPLE, buffer_span(&whole.body));
	check_canonical(CANONICAL_RELAXED, buffer_span(&whole.body));
	(void)reverse_path_parse(text);
	buffer_free(&whole.body);
	buffer_free(&split.body);
	arena_free(whole.arena);
	arena_free(split.arena);
	return 0;
}
