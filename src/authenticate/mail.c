/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lets a message pass by: header first, then the body through its hashes. */
#include "authenticate/mail.h"

#include "authenticate/mail_header.h"

struct mail_reader {
	struct arena *arena;
	struct mail_options options;
	struct message_reader *message;
	struct mail mail;
};

struct mail_reader *mail_reader_new(struct arena *arena, const struct mail_options *options)
{
	struct mail_reader *reader = arena_alloc(arena, sizeof(*reader));
	struct message_reader *message = message_reader_new(arena, options->line_ends);
	if (reader == NULL || message == NULL) {
		return NULL;
	}
	reader->arena = arena;
	reader->options = *options;
	reader->message = message;
	reader->mail.message = message_reader_message(message);
	body_hasher_init(&reader->mail.body);
	return reader;
}

static void take_step(struct mail_reader *reader, enum message_step step, struct span body)
{
	switch (step) {
	case MESSAGE_STEP_HEADER:
		mail_header_read(reader->arena, &reader->options, &reader->mail);
		break;
	case MESSAGE_STEP_BODY:
		body_hasher_feed(&reader->mail.body, body);
		break;
	case MESSAGE_STEP_MORE:
		break;
	}
}

void mail_reader_feed(struct mail_reader *reader, struct span chunk)
{
	enum message_step step;
	struct span body = {0};
	do {
		step = message_reader_next(reader->message, &chunk, &body);
		take_step(reader, step, body);
	} while (step != MESSAGE_STEP_MORE);
}

const struct mail *mail_reader_end(struct mail_reader *reader)
{
	take_step(reader, message_reader_end(reader->message), span_of(NULL, 0));
	body_hasher_end(&reader->mail.body);
	bool is_failed = arena_has_failed(reader->arena) || reader->mail.body.is_failed;
	return is_failed ? NULL : &reader->mail;
}

void mail_reader_close(struct mail_reader *reader)
{
	if (reader != NULL) {
		body_hasher_close(&reader->mail.body);
	}
}
