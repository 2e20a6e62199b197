/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Canonical bodies. White space and line ends are held back until an octet follows that makes them
 * count. Most text is canonical already: such parts are found eight octets at a time and copied.
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

static bool is_holding(const struct canonical_body *body)
{
	return body->has_space || body->is_after_cr || body->pending_lines > 0;
}

/* No octet below a space, and for relaxed no two spaces in a row. Errs on the careful side. */
static bool is_plain(enum canonical_form form, uint64_t word)
{
	if (((word - EACH(' ')) & ~word & EACH(0x80)) != 0) {
		return false;
	}
	if (form == CANONICAL_SIMPLE) {
		return true;
	}
	uint64_t other = word ^ EACH(' ');
	uint64_t spaces = (other - EACH(1)) & ~other & EACH(0x80);
	return (spaces & (spaces >> 8)) == 0;
}

/* The octet and the one behind it stay as they are, wherever they stand. */
static bool is_plain_pair(enum canonical_form form, char c, char next)
{
	if (form == CANONICAL_SIMPLE) {
		return c != '\r';
	}
	return (unsigned char)c > ' ' || (c == ' ' && !is_space(next) && next != '\r');
}

/* From at on, as far as whole words are plain. data[end - 1] is only looked at. */
static size_t skip_words(enum canonical_form form, const char *data, size_t at, size_t end)
{
	for (; at + WORD < end; at += WORD) {
		uint64_t word;
		memcpy(&word, data + at, WORD);
		if (!is_plain(form, word) ||
		    !is_plain_pair(form, data[at + WORD - 1], data[at + WORD])) {
			break;
		}
	}
	return at;
}

/* A line end between two octets that stay: nothing in front to be cut, no empty line behind. */
static bool is_plain_line_end(const char *data, size_t at, size_t end)
{
	return at + 2 < end && data[at] == '\r' && data[at + 1] == '\n' &&
	       (unsigned char)data[at + 2] > ' ';
}

/* Where the part ends that begins at at, with nothing held back, and is canonical as it is. */
static size_t plain_end(enum canonical_form form, const char *data, size_t at, size_t end)
{
	for (;;) {
		at = skip_words(form, data, at, end);
		while (at + 1 < end && is_plain_pair(form, data[at], data[at + 1])) {
			at++;
		}
		if (!is_plain_line_end(data, at, end)) {
			return at;
		}
		at += 2;
	}
}

static void copy_plain(struct writer *writer)
{
	size_t left = writer->input.len - writer->at;
	size_t room = writer->size - writer->len;
	size_t end = writer->at + (left < room ? left : room);
	size_t len = plain_end(writer->body->form, writer->input.ptr, writer->at, end) - writer->at;
	if (len > 0) {
		memcpy(writer->out + writer->len, writer->input.ptr + writer->at, len);
		writer->len += len;
		writer->at += len;
		writer->body->has_output = true;
	}
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
		if (writer.at < writer.input.len) {
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
