/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Canonical bodies. White space and line ends are held back until an octet follows that makes them
 * count. Octets that are no matter of this are copied eight at a time.
 */
#include "message/canonical.h"

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))
#define WORD sizeof(uint64_t)

/* What one call works on. */
struct writer {
	struct canonical_body *body;
	struct span input;
	size_t at; /* in input */
	char *out;
	size_t len;
	size_t size;
};

struct canonical_body canonical_body_new(enum canonical_form form)
{
	return (struct canonical_body){.form = form};
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Emits held line ends as far as there is room; true when none is left. */
static bool flush_lines(struct writer *writer)
{
	struct canonical_body *body = writer->body;
	while (body->pending_lines > 0 && writer->len + 2 <= writer->size) {
		writer->out[writer->len++] = '\r';
		writer->out[writer->len++] = '\n';
		body->pending_lines--;
		body->has_output = true;
	}
	return body->pending_lines == 0;
}

/* An octet that counts, with what was held back in front. Needs room for two. */
static void put(struct writer *writer, char c)
{
	if (writer->body->has_space) {
		writer->out[writer->len++] = ' ';
		writer->body->has_space = false;
	}
	writer->out[writer->len++] = c;
	writer->body->has_output = true;
}

static void end_line(struct writer *writer)
{
	writer->body->pending_lines++;
	writer->body->has_space = false;
	writer->body->is_after_cr = false;
}

/* One octet. False when there must be more room first. */
static bool take(struct writer *writer)
{
	struct canonical_body *body = writer->body;
	char c = writer->input.ptr[writer->at];
	if (body->is_after_cr && c == '\n') {
		end_line(writer);
		return true;
	}
	bool is_held_space = body->form == CANONICAL_RELAXED && is_space(c);
	if (!body->is_after_cr && (c == '\r' || is_held_space)) {
		body->is_after_cr = c == '\r';
		body->has_space = body->has_space || is_held_space;
		return true;
	}
	if (!flush_lines(writer) || writer->len + 4 > writer->size) {
		return false;
	}
	if (body->is_after_cr) {
		/* a CR alone is an octet like any other */
		put(writer, '\r');
		body->is_after_cr = c == '\r';
	}
	if (body->is_after_cr || is_held_space) {
		body->has_space = is_held_space;
		return true;
	}
	put(writer, c);
	return true;
}

/* No octet below a space, and for relaxed no two spaces in a row. Errs on the careful side. */
static bool is_plain(const struct writer *writer, uint64_t word)
{
	if (((word - EACH(' ')) & ~word & EACH(0x80)) != 0) {
		return false;
	}
	if (writer->body->form == CANONICAL_SIMPLE) {
		return true;
	}
	uint64_t other = word ^ EACH(' ');
	uint64_t spaces = (other - EACH(1)) & ~other & EACH(0x80);
	return (spaces & (spaces >> 8)) == 0;
}

/* Copies whole words while all is plain and nothing is held back. */
static void copy_plain(struct writer *writer)
{
	const char *data = writer->input.ptr;
	bool is_relaxed = writer->body->form == CANONICAL_RELAXED;
	size_t start = writer->at;
	while (writer->at + WORD < writer->input.len && writer->len + WORD <= writer->size) {
		uint64_t word;
		memcpy(&word, data + writer->at, WORD);
		char next = data[writer->at + WORD];
		bool is_end_open = is_relaxed && data[writer->at + WORD - 1] == ' ' &&
				   (is_space(next) || next == '\r');
		if (!is_plain(writer, word) || is_end_open) {
			break;
		}
		memcpy(writer->out + writer->len, &word, WORD);
		writer->len += WORD;
		writer->at += WORD;
	}
	writer->body->has_output = writer->body->has_output || writer->at > start;
}

static bool is_holding(const struct canonical_body *body)
{
	return body->has_space || body->is_after_cr || body->pending_lines > 0;
}

size_t canonical_body_next(struct canonical_body *body, struct span *input, char *out,
			   size_t out_size)
{
	struct writer writer = {.body = body, .input = *input, .out = out, .size = out_size};
	bool has_room = true;
	while (has_room && writer.at < writer.input.len) {
		if (!is_holding(body)) {
			copy_plain(&writer);
		}
		size_t end = writer.at + WORD;
		while (has_room && writer.at < writer.input.len && writer.at < end) {
			has_room = take(&writer);
			writer.at += has_room ? 1 : 0;
		}
	}
	*input = span_from(*input, writer.at);
	return writer.len;
}

size_t canonical_body_end(struct canonical_body *body, char *out, size_t out_size)
{
	struct writer writer = {.body = body, .out = out, .size = out_size};
	if (body->is_ended) {
		return 0;
	}
	if (body->is_after_cr) {
		if (!flush_lines(&writer) || writer.len + 4 > out_size) {
			return writer.len;
		}
		put(&writer, '\r');
		body->is_after_cr = false;
	}
	/* RFC 6376 3.4.3: an empty body is one CRLF; 3.4.4: it is nothing */
	if (body->has_output || body->form == CANONICAL_SIMPLE) {
		out[writer.len++] = '\r';
		out[writer.len++] = '\n';
	}
	body->is_ended = true;
	return writer.len;
}
