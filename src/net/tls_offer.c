/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes hellos. */
#include "net/tls_offer.h"

enum {
	RECORD_HANDSHAKE = 22,
	RECORD_MAX = 16384, /* RFC 8446 5.1 */
	MESSAGE_CLIENT_HELLO = 1,
	SCSV_SECURE_RENEGOTIATION = 0x00ff, /* RFC 5746 3.3 */
	UNKNOWN = 0x4a4a,		    /* RFC 8701 */
};

enum extension {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_STATUS_REQUEST = 5,
	EXTENSION_GROUPS = 10,
	EXTENSION_POINT_FORMATS = 11,
	EXTENSION_SCHEMES = 13,
	EXTENSION_HEARTBEAT = 15,
	EXTENSION_PADDING = 21,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_MASTER_SECRET = 23,
	EXTENSION_TICKET = 35,
	EXTENSION_VERSIONS = 43,
	EXTENSION_PSK_MODES = 45,
	EXTENSION_KEY_SHARE = 51,
};

static void put_u8(struct buffer *out, size_t number)
{
	buffer_putc(out, (char)(number & 0xff));
}

static void put_u16(struct buffer *out, size_t number)
{
	put_u8(out, number >> 8);
	put_u8(out, number);
}

static void put_u24(struct buffer *out, size_t number)
{
	put_u8(out, number >> 16);
	put_u16(out, number);
}

static void put_extension(struct buffer *out, enum extension type, struct span data)
{
	put_u16(out, type);
	put_u16(out, data.len);
	buffer_append(out, data);
}

/* Numbers of two octets with the length of all before them. */
static void put_list(struct buffer *out, enum extension type, const uint16_t *numbers, size_t count)
{
	if (count == 0) {
		return;
	}
	put_u16(out, type);
	put_u16(out, 2 * count + 2);
	put_u16(out, 2 * count);
	for (size_t i = 0; i < count; i++) {
		put_u16(out, numbers[i]);
	}
}

/* RFC 6066 3 */
static void put_server_name(struct buffer *out, struct span name)
{
	if (name.len == 0) {
		return;
	}
	put_u16(out, EXTENSION_SERVER_NAME);
	put_u16(out, name.len + 5);
	put_u16(out, name.len + 3);
	put_u8(out, 0);
	put_u16(out, name.len);
	buffer_append(out, name);
}

static void put_versions(struct buffer *out, const struct tls_offer *offer)
{
	put_u16(out, EXTENSION_VERSIONS);
	put_u16(out, offer->offers_unknown ? 5 : 3);
	put_u8(out, offer->offers_unknown ? 4 : 2);
	if (offer->offers_unknown) {
		put_u16(out, UNKNOWN);
	}
	put_u16(out, TLS_VERSION_13);
}

static void put_extensions_13(struct buffer *out, const struct tls_offer *offer)
{
	put_versions(out, offer);
	put_extension(out, EXTENSION_KEY_SHARE, SPAN("\0\0"));
	put_extension(out, EXTENSION_PSK_MODES, SPAN("\1\1"));
}

static void put_extensions_12(struct buffer *out)
{
	put_extension(out, EXTENSION_POINT_FORMATS, SPAN("\1\0"));
	put_extension(out, EXTENSION_ENCRYPT_THEN_MAC, SPAN(""));
	put_extension(out, EXTENSION_MASTER_SECRET, SPAN(""));
	put_extension(out, EXTENSION_TICKET, SPAN(""));
	/* RFC 6520 2: the peer may send heartbeats; none is ever sent. */
	put_extension(out, EXTENSION_HEARTBEAT, SPAN("\1"));
}

static void put_extensions(struct buffer *out, const struct tls_offer *offer)
{
	put_server_name(out, offer->server_name);
	if (offer->offers_unknown) {
		put_u16(out, UNKNOWN);
		put_u16(out, 0);
	}
	put_list(out, EXTENSION_GROUPS, offer->groups, offer->group_count);
	if (offer->version >= TLS_VERSION_12) {
		put_list(out, EXTENSION_SCHEMES, offer->schemes, offer->scheme_count);
	}
	put_extension(out, EXTENSION_STATUS_REQUEST, SPAN("\1\0\0\0\0"));
	if (offer->version == TLS_VERSION_13) {
		put_extensions_13(out, offer);
	} else {
		put_extensions_12(out);
	}
}

/* RFC 7685: fills the body up to the wanted length. */
static void put_padding(struct buffer *extensions, size_t body_len, size_t wanted)
{
	size_t len = body_len + 2 + extensions->len + 4;
	if (wanted <= len) {
		return;
	}
	put_u16(extensions, EXTENSION_PADDING);
	put_u16(extensions, wanted - len);
	for (; len < wanted; len++) {
		put_u8(extensions, 0);
	}
}

static void put_body(struct buffer *body, const struct tls_offer *offer)
{
	bool is_13 = offer->version == TLS_VERSION_13;
	/* RFC 8446 4.1.2: 1.3 says so in an extension only. */
	put_u16(body, is_13 ? TLS_VERSION_12 : offer->version);
	buffer_append(body, span_of(offer->random, TLS_RANDOM_LEN));
	put_u8(body, is_13 ? TLS_RANDOM_LEN : 0);
	if (is_13) {
		/* RFC 8446 appendix D.4: a session id makes it look like a resumption. */
		buffer_append(body, span_of(offer->random, TLS_RANDOM_LEN));
	}
	put_u16(body, 2 * (offer->suite_count + (is_13 ? 0 : 1)));
	for (size_t i = 0; i < offer->suite_count; i++) {
		put_u16(body, offer->suites[i]);
	}
	if (!is_13) {
		put_u16(body, SCSV_SECURE_RENEGOTIATION);
	}
	/* deflate, null: RFC 3749 */
	buffer_append(body, offer->offers_deflate ? SPAN("\2\1\0") : SPAN("\1\0"));
}

static void put_records(struct buffer *out, struct span message, uint16_t version)
{
	while (message.len > 0) {
		struct span part = span_slice(message, 0, RECORD_MAX);
		put_u8(out, RECORD_HANDSHAKE);
		put_u16(out, version);
		put_u16(out, part.len);
		buffer_append(out, part);
		message = span_from(message, part.len);
	}
}

static void write_ssl2(const struct tls_offer *offer, struct buffer *out)
{
	const size_t challenge_len = 16;
	put_u16(out, 0x8000 | (9 + 3 * offer->suite_count + challenge_len));
	put_u8(out, MESSAGE_CLIENT_HELLO);
	put_u16(out, TLS_VERSION_SSL2);
	put_u16(out, 3 * offer->suite_count);
	put_u16(out, 0);
	put_u16(out, challenge_len);
	for (size_t i = 0; i < offer->suite_count; i++) {
		put_u24(out, offer->suites[i]);
	}
	buffer_append(out, span_of(offer->random, challenge_len));
}

void tls_offer_write(const struct tls_offer *offer, struct buffer *out)
{
	if (offer->version == TLS_VERSION_SSL2) {
		write_ssl2(offer, out);
		return;
	}
	struct buffer body = buffer_new(TLS_OFFER_MAX_BYTES);
	struct buffer extensions = buffer_new(TLS_OFFER_MAX_BYTES);
	struct buffer message = buffer_new(TLS_OFFER_MAX_BYTES);
	put_body(&body, offer);
	if (offer->version > TLS_VERSION_SSL3) {
		put_extensions(&extensions, offer);
		put_padding(&extensions, body.len + 4, offer->padded_bytes);
		put_u16(&body, extensions.len);
		buffer_append(&body, buffer_span(&extensions));
	}
	put_u8(&message, MESSAGE_CLIENT_HELLO);
	put_u24(&message, body.len);
	buffer_append(&message, buffer_span(&body));
	bool is_old = offer->version == TLS_VERSION_SSL3;
	put_records(out, buffer_span(&message), is_old ? TLS_VERSION_SSL3 : TLS_VERSION_10);
	out->is_failed |= body.is_failed || extensions.is_failed || message.is_failed;
	buffer_free(&body);
	buffer_free(&extensions);
	buffer_free(&message);
}
