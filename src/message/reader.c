/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Collects the header up to its empty line, then passes the body through. */
#include "message/reader.h"

#include "message/scan.h"

#define FIRST_CAPACITY ((size_t)4096)
#define SCRATCH_BYTES 4096

struct message_reader {
	struct arena *arena;
	struct message message;
	struct scan scan;
	char *text; /* the header as it comes, with CRLF line ends */
	size_t len;
	size_t cap;
	uint64_t line_len; /* octets of the line at hand */
	uint64_t dropped;  /* octets of the header above the limit */
	bool is_after_cr;
	bool is_in_body;
	char *scratch; /* body octets with LF turned into CRLF; NULL before the first */
};

struct message_reader *message_reader_new(struct arena *arena, enum line_ends line_ends)
{
	struct message_reader *reader = arena_alloc(arena, sizeof(*reader));
	if (reader == NULL) {
		return NULL;
	}
	reader->arena = arena;
	reader->message.line_ends = line_ends;
	reader->scan = scan_new(arena, &reader->message.anomalies);
	return reader;
}

const struct message *message_reader_message(const struct message_reader *reader)
{
	return &reader->message;
}

/* Room for len more octets, up to the limit. */
static bool reserve(struct message_reader *reader, size_t len)
{
	size_t cap = reader->cap == 0 ? FIRST_CAPACITY : reader->cap;
	while (cap < reader->len + len) {
		cap *= 2;
	}
	if (cap == reader->cap) {
		return true;
	}
	char *text = arena_alloc(reader->arena, cap);
	if (text == NULL) {
		return false;
	}
	if (reader->len > 0) {
		memcpy(text, reader->text, reader->len);
	}
	reader->text = text;
	reader->cap = cap;
	return true;
}

static void append(struct message_reader *reader, struct span piece)
{
	bool is_over = piece.len > HEADER_MAX_BYTES - reader->len || reader->dropped > 0;
	if (is_over || !reserve(reader, piece.len)) {
		reader->dropped += piece.len;
		return;
	}
	if (piece.len > 0) {
		memcpy(reader->text + reader->len, piece.ptr, piece.len);
		reader->len += piece.len;
	}
}

static void append_line_end(struct message_reader *reader)
{
	append(reader, SPAN("\r\n"));
}

static void end_header(struct message_reader *reader)
{
	struct message *message = &reader->message;
	struct span text = span_of(reader->text, reader->len);
	reader->is_in_body = true;
	scan_feed(&reader->scan, text);
	reader->scan.offset += reader->dropped;
	if (reader->dropped > 0) {
		anomaly_add(&message->anomalies, reader->arena,
			    (struct anomaly){ANOMALY_HEADER_LIMIT, reader->len, 0});
		reader->scan.line_offset = reader->scan.offset;
	}
	message->header = header_parse(reader->arena, text, &message->anomalies);
	message->header.is_cut = message->header.is_cut || reader->dropped > 0;
	author_read(reader->arena, message);
}

/* RFC 5322 2.1: an empty line ends the header; it belongs to neither part. */
static void end_at_empty_line(struct message_reader *reader)
{
	end_header(reader);
	scan_feed(&reader->scan, SPAN("\r\n"));
	reader->scan.nul_kind = ANOMALY_BODY_NUL;
	reader->message.body_offset = reader->scan.offset;
}

/* The octets in front of a LF are known: is it a line end, and of an empty line? */
static bool end_line(struct message_reader *reader)
{
	struct message *message = &reader->message;
	if (message->line_ends == LINE_ENDS_DETECT) {
		message->line_ends = reader->is_after_cr ? LINE_ENDS_CRLF : LINE_ENDS_LF;
	}
	if (message->line_ends == LINE_ENDS_CRLF && !reader->is_after_cr) {
		append(reader, SPAN("\n"));
		reader->line_len++;
		return false;
	}
	bool is_empty = reader->line_len == (reader->is_after_cr ? 1 : 0);
	if (is_empty) {
		/* the CR of an empty line is already there */
		size_t cr_len = reader->is_after_cr ? 1 : 0;
		if (reader->dropped > 0) {
			reader->dropped -= cr_len;
		} else {
			reader->len -= cr_len;
		}
		end_at_empty_line(reader);
		return true;
	}
	append(reader, reader->is_after_cr ? SPAN("\n") : SPAN("\r\n"));
	reader->line_len = 0;
	reader->is_after_cr = false;
	return false;
}

static bool take_header(struct message_reader *reader, struct span *input)
{
	while (input->len > 0) {
		size_t at = span_find(*input, '\n', 0);
		bool has_end = at < input->len;
		struct span piece = span_slice(*input, 0, at);
		append(reader, piece);
		if (piece.len > 0) {
			reader->line_len += piece.len;
			reader->is_after_cr = piece.ptr[piece.len - 1] == '\r';
		}
		*input = span_from(*input, at + (has_end ? 1 : 0));
		if (has_end && end_line(reader)) {
			reader->is_after_cr = false;
			return true;
		}
		if (has_end) {
			reader->is_after_cr = false;
		}
	}
	return false;
}

/* LF becomes CRLF; as much as the scratch space takes. */
static struct span convert(struct message_reader *reader, struct span *input)
{
	size_t len = 0;
	size_t at = 0;
	if (reader->scratch == NULL) {
		reader->scratch = arena_alloc(reader->arena, SCRATCH_BYTES);
	}
	if (reader->scratch == NULL) {
		*input = span_from(*input, input->len);
		return span_of(NULL, 0);
	}
	for (; at < input->len && len + 2 <= SCRATCH_BYTES; at++) {
		char c = input->ptr[at];
		if (c == '\n' && !reader->is_after_cr) {
			reader->scratch[len++] = '\r';
		}
		reader->is_after_cr = c == '\r';
		reader->scratch[len++] = c;
	}
	*input = span_from(*input, at);
	return span_of(reader->scratch, len);
}

enum message_step message_reader_next(struct message_reader *reader, struct span *input,
				      struct span *ret_body)
{
	if (input->len == 0) {
		return MESSAGE_STEP_MORE;
	}
	if (!reader->is_in_body) {
		return take_header(reader, input) ? MESSAGE_STEP_HEADER : MESSAGE_STEP_MORE;
	}
	struct span body = *input;
	if (reader->message.line_ends == LINE_ENDS_LF) {
		body = convert(reader, input);
	} else {
		*input = span_from(*input, input->len);
	}
	scan_feed(&reader->scan, body);
	reader->message.body_bytes += body.len;
	*ret_body = body;
	return MESSAGE_STEP_BODY;
}

enum message_step message_reader_end(struct message_reader *reader)
{
	bool is_header_open = !reader->is_in_body;
	if (is_header_open) {
		if (reader->line_len > 0) {
			append_line_end(reader);
		}
		end_header(reader);
		reader->message.body_offset = reader->scan.offset;
	}
	scan_end(&reader->scan);
	return is_header_open ? MESSAGE_STEP_HEADER : MESSAGE_STEP_MORE;
}
