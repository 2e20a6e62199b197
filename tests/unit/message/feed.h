/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads a whole message in chunks of one size and keeps its body. */
#ifndef MAILSEAL_TESTS_MESSAGE_FEED_H
#define MAILSEAL_TESTS_MESSAGE_FEED_H

#include "message/message.h"

#define FEED_ARENA_BYTES ((size_t)8 << 20)

/* body may be NULL. */
static inline const struct message *feed(struct arena *arena, struct span text, size_t chunk,
					 struct buffer *body)
{
	struct message_reader *reader = message_reader_new(arena, LINE_ENDS_DETECT);
	for (size_t at = 0; reader != NULL && at < text.len; at += chunk) {
		struct span input = span_slice(text, at, chunk);
		struct span part;
		enum message_step step;
		while ((step = message_reader_next(reader, &input, &part)) != MESSAGE_STEP_MORE) {
			if (step == MESSAGE_STEP_BODY && body != NULL) {
				buffer_append(body, part);
			}
		}
	}
	if (reader == NULL) {
		return NULL;
	}
	(void)message_reader_end(reader);
	return message_reader_message(reader);
}

#endif
