/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Takes a message in chunks of any size. The header is kept, the body handed on and forgotten. */
#ifndef MAILSEAL_MESSAGE_READER_H
#define MAILSEAL_MESSAGE_READER_H

#include "message/author.h"
#include "message/header.h"

/*
 * There is one reading of a message, never two tried in turn. On the wire only CRLF ends a line. In
 * a file of a Unix system LF does, and the message is read as if each were CRLF.
 */
enum line_ends {
	LINE_ENDS_DETECT, /* by the first line of the message */
	LINE_ENDS_CRLF,
	LINE_ENDS_LF,
};

struct message {
	struct header header;
	struct author author;
	struct anomalies anomalies;
	enum line_ends line_ends;
	uint64_t body_offset; /* of the first octet of the body */
	uint64_t body_bytes;
};

enum message_step {
	MESSAGE_STEP_MORE,   /* the input is used up */
	MESSAGE_STEP_HEADER, /* the header is complete: message->header and author are there */
	MESSAGE_STEP_BODY,   /* *ret_body holds octets of the body, with CRLF line ends */
};

struct message_reader;

/* The reader and all it keeps live in the arena. NULL when memory is out. */
struct message_reader *message_reader_new(struct arena *arena, enum line_ends line_ends);
/*
 * Takes from the front of *input and says what happened. Call again until MESSAGE_STEP_MORE.
 * *ret_body is valid until the next call and as long as the input.
 */
enum message_step message_reader_next(struct message_reader *reader, struct span *input,
				      struct span *ret_body);
/*
 * Nothing follows. MESSAGE_STEP_HEADER when the header ends only here, MESSAGE_STEP_MORE otherwise.
 */
enum message_step message_reader_end(struct message_reader *reader);
/* The message as known by now. Look at the arena for memory. */
const struct message *message_reader_message(const struct message_reader *reader);

#endif
