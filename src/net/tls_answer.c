/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Records -> handshake messages -> what they say. */
#include "net/tls_answer.h"

#include "net/tls_message.h"

enum {
	RECORD_CIPHER_CHANGE = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_DATA = 23,
	RECORD_HEADER = 5,
	RECORD_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
	MESSAGE_HEADER = 4,
	SSL2_SERVER_HELLO = 4,
	SSL2_MIN = 11,
};

struct tls_answer_reader tls_answer_reader_new(struct arena *arena)
{
	return (struct tls_answer_reader){
		.arena = arena,
		.records = buffer_new(TLS_ANSWER_MAX_BYTES),
		.handshake = buffer_new(TLS_ANSWER_MAX_BYTES),
	};
}

void tls_answer_reader_free(struct tls_answer_reader *reader)
{
	buffer_free(&reader->records);
	buffer_free(&reader->handshake);
}

/* Drops the first octets of a buffer. */
static void drop(struct buffer *buffer, size_t len)
{
	if (len == 0) {
		return;
	}
	memmove(buffer->data, buffer->data + len, buffer->len - len);
	buffer->len -= len;
}

static bool finish(struct tls_answer_reader *reader, enum tls_answer_kind kind)
{
	if (reader->answer.kind == TLS_ANSWER_NONE) {
		reader->answer.kind = kind;
	}
	reader->is_finished = true;
	return true;
}

/* Takes whole messages off the handshake stream. True when enough was seen. */
static bool take_messages(struct tls_answer_reader *reader)
{
	size_t at = 0;
	struct span all = buffer_span(&reader->handshake);
	while (!reader->is_finished && all.len - at >= MESSAGE_HEADER) {
		struct cursor cursor = cursor_of(span_from(all, at));
		uint8_t type = cursor_u8(&cursor);
		uint32_t len = cursor_u24(&cursor);
		if (len > TLS_ANSWER_MAX_BYTES) {
			finish(reader, TLS_ANSWER_MALFORMED);
			break;
		}
		struct span body = cursor_take(&cursor, len);
		if (cursor.is_failed) {
			break;
		}
		at += MESSAGE_HEADER + len;
		enum tls_message_state state =
			tls_message_read(reader->arena, type, body, &reader->answer);
		if (state != TLS_MESSAGE_MORE) {
			finish(reader, TLS_ANSWER_MALFORMED);
		}
	}
	drop(&reader->handshake, at);
	return reader->is_finished;
}

static bool take_record(struct tls_answer_reader *reader, uint8_t type, struct span body)
{
	switch (type) {
	case RECORD_ALERT:
		/* RFC 5246 7.2: warnings such as unrecognized_name (112) may come before a hello.
		 */
		if (body.len >= 2 && body.ptr[0] == 1 && body.ptr[1] != 0) {
			return false;
		}
		reader->answer.alert = body.len >= 2 ? span_octet(body, 1) : 0;
		return finish(reader, TLS_ANSWER_ALERT);
	case RECORD_HANDSHAKE:
		buffer_append(&reader->handshake, body);
		return take_messages(reader);
	case RECORD_CIPHER_CHANGE:
		return false;
	default:
		return finish(reader, TLS_ANSWER_MALFORMED);
	}
}

/* Takes whole records off what came. */
static bool take_records(struct tls_answer_reader *reader)
{
	size_t at = 0;
	struct span all = buffer_span(&reader->records);
	while (!reader->is_finished && all.len - at >= RECORD_HEADER) {
		struct cursor cursor = cursor_of(span_from(all, at));
		uint8_t type = cursor_u8(&cursor);
		uint16_t version = cursor_u16(&cursor);
		uint16_t len = cursor_u16(&cursor);
		if (type < RECORD_CIPHER_CHANGE || type > RECORD_DATA || version >> 8 != 3 ||
		    len > RECORD_MAX) {
			finish(reader, TLS_ANSWER_MALFORMED);
			break;
		}
		struct span body = cursor_take(&cursor, len);
		if (cursor.is_failed) {
			break;
		}
		at += RECORD_HEADER + len;
		take_record(reader, type, body);
	}
	drop(&reader->records, at);
	return reader->is_finished;
}

static bool looks_like_ssl2(struct span octets)
{
	return octets.len >= 3 && (span_octet(octets, 0) & 0x80) != 0 &&
	       span_octet(octets, 2) == SSL2_SERVER_HELLO;
}

/* A message of SSL 2 has two octets of length before it. */
static bool take_ssl2(struct tls_answer_reader *reader)
{
	struct cursor cursor = cursor_of(buffer_span(&reader->records));
	size_t len = cursor_u16(&cursor) & 0x7fff;
	struct span body = cursor_take(&cursor, len);
	if (cursor.is_failed) {
		return false;
	}
	bool is_ok =
		body.len >= SSL2_MIN && tls_message_read_ssl2(reader->arena, body, &reader->answer);
	return finish(reader, is_ok ? TLS_ANSWER_SSL2 : TLS_ANSWER_MALFORMED);
}

static bool is_record_start(struct span octets)
{
	uint8_t type = span_octet(octets, 0);
	return type >= RECORD_CIPHER_CHANGE && type <= RECORD_DATA;
}

bool tls_answer_receive(struct tls_answer_reader *reader, struct span octets)
{
	if (reader->is_finished || octets.len == 0) {
		return reader->is_finished;
	}
	reader->total += octets.len;
	buffer_append(&reader->records, octets);
	if (reader->total > TLS_ANSWER_MAX_BYTES || reader->records.is_failed) {
		reader->answer.is_chain_cut = true;
		return finish(reader, TLS_ANSWER_MALFORMED);
	}
	struct span all = buffer_span(&reader->records);
	if (!reader->is_started && is_record_start(all)) {
		reader->is_started = true;
	}
	if (reader->is_started) {
		return take_records(reader);
	}
	if ((span_octet(all, 0) & 0x80) == 0) {
		return finish(reader, TLS_ANSWER_PLAIN);
	}
	if (all.len >= 3 && !looks_like_ssl2(all)) {
		return finish(reader, TLS_ANSWER_PLAIN);
	}
	return all.len >= 3 && take_ssl2(reader);
}
