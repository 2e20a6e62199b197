/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* ServerHello, Certificate, ServerKeyExchange and what stands between them. */
#include "net/tls_message.h"

enum message_type {
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_KEY_EXCHANGE = 12,
	MESSAGE_CERTIFICATE_REQUEST = 13,
	MESSAGE_HELLO_DONE = 14,
};

enum extension {
	EXTENSION_HEARTBEAT = 15,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_MASTER_SECRET = 23,
	EXTENSION_TICKET = 35,
	EXTENSION_VERSIONS = 43,
	EXTENSION_KEY_SHARE = 51,
	EXTENSION_RENEGOTIATION = 0xff01,
};

enum {
	CURVE_NAMED = 3, /* RFC 8422 5.4 */
};

/* RFC 8446 4.1.3: the random value that makes a ServerHello a HelloRetryRequest. */
static const unsigned char retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static void read_extension(uint16_t type, struct span data, struct tls_answer *answer)
{
	struct cursor cursor = cursor_of(data);
	switch (type) {
	case EXTENSION_HEARTBEAT:
		answer->has_heartbeat = true;
		break;
	case EXTENSION_ENCRYPT_THEN_MAC:
		answer->has_encrypt_then_mac = true;
		break;
	case EXTENSION_MASTER_SECRET:
		answer->has_master_secret = true;
		break;
	case EXTENSION_TICKET:
		answer->has_ticket = true;
		break;
	case EXTENSION_RENEGOTIATION:
		answer->has_secure_renegotiation = true;
		break;
	case EXTENSION_VERSIONS:
		answer->version = data.len == 2 ? cursor_u16(&cursor) : 0;
		break;
	case EXTENSION_KEY_SHARE:
		answer->group = data.len >= 2 ? cursor_u16(&cursor) : 0;
		break;
	}
}

/* False when a length does not fit. */
static bool read_extensions(struct cursor *cursor, struct tls_answer *answer)
{
	if (cursor_is_at_end(cursor)) {
		return true;
	}
	struct cursor all = cursor_of(cursor_take(cursor, cursor_u16(cursor)));
	while (!cursor->is_failed && !all.is_failed && !cursor_is_at_end(&all)) {
		uint16_t type = cursor_u16(&all);
		struct span data = cursor_take(&all, cursor_u16(&all));
		if (!all.is_failed) {
			read_extension(type, data, answer);
		}
	}
	return !cursor->is_failed && !all.is_failed;
}

static enum tls_message_state read_hello(struct span body, struct tls_answer *answer)
{
	struct cursor cursor = cursor_of(body);
	uint16_t legacy_version = cursor_u16(&cursor);
	answer->version = legacy_version;
	struct span random = cursor_take(&cursor, sizeof(retry_random));
	cursor_take(&cursor, cursor_u8(&cursor));
	answer->suite = cursor_u16(&cursor);
	answer->compression = cursor_u8(&cursor);
	if (cursor.is_failed || legacy_version < TLS_VERSION_SSL3 ||
	    legacy_version > TLS_VERSION_12 || !read_extensions(&cursor, answer)) {
		return TLS_MESSAGE_BROKEN;
	}
	/* RFC 8446 4.2.1: the extension chooses TLS 1.3; to repeat the version does no harm. */
	if (answer->version != legacy_version && answer->version != TLS_VERSION_13) {
		return TLS_MESSAGE_BROKEN;
	}
	bool is_retry = memcmp(random.ptr, retry_random, sizeof(retry_random)) == 0;
	answer->kind = is_retry ? TLS_ANSWER_RETRY : TLS_ANSWER_HELLO;
	/* RFC 8446 4.1.3: all that follows is encrypted. */
	return is_retry || answer->version == TLS_VERSION_13 ? TLS_MESSAGE_ENOUGH
							     : TLS_MESSAGE_MORE;
}

/* RFC 5246 7.4.2 */
static enum tls_message_state read_certificate(struct arena *arena, struct span body,
					       struct tls_answer *answer)
{
	struct cursor cursor = cursor_of(body);
	struct cursor list = cursor_of(cursor_take(&cursor, cursor_u24(&cursor)));
	if (cursor.is_failed) {
		return TLS_MESSAGE_BROKEN;
	}
	while (!cursor_is_at_end(&list)) {
		struct span der = cursor_take(&list, cursor_u24(&list));
		if (list.is_failed) {
			return TLS_MESSAGE_BROKEN;
		}
		if (answer->chain_count == TLS_ANSWER_MAX_CHAIN) {
			answer->is_chain_cut = true;
			break;
		}
		answer->chain[answer->chain_count++] = arena_copy(arena, der);
	}
	return TLS_MESSAGE_MORE;
}

static unsigned bits_of(struct span number)
{
	size_t zeros = 0;
	while (zeros < number.len && number.ptr[zeros] == 0) {
		zeros++;
	}
	unsigned bits = (unsigned)(number.len - zeros) * 8;
	for (unsigned top = zeros < number.len ? span_octet(number, zeros) : 0x80; top < 0x80;
	     top <<= 1) {
		bits--;
	}
	return bits;
}

/* RFC 7919 appendix A: its primes begin alike, and differ in length. */
static uint16_t known_prime(struct span prime)
{
	static const unsigned char beginning[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
						    0xad, 0xf8, 0x54, 0x58, 0xa2, 0xbb, 0x4a, 0x9a};
	if (prime.len < sizeof(beginning) || memcmp(prime.ptr, beginning, sizeof(beginning)) != 0) {
		return 0;
	}
	for (size_t i = 0; i < tls_group_count; i++) {
		const struct tls_group *group = &tls_groups[i];
		if (group->kind == TLS_GROUP_FFDHE && group->bits == prime.len * 8) {
			return group->id;
		}
	}
	return 0;
}

static void read_dh(struct cursor *cursor, struct tls_answer *answer)
{
	struct span prime = cursor_take(cursor, cursor_u16(cursor));
	cursor_take(cursor, cursor_u16(cursor));
	cursor_take(cursor, cursor_u16(cursor));
	answer->dh_bits = bits_of(prime);
	answer->dh_group = known_prime(prime);
}

static void read_ec(struct cursor *cursor, struct tls_answer *answer)
{
	if (cursor_u8(cursor) != CURVE_NAMED) {
		cursor->is_failed = true;
		return;
	}
	answer->group = cursor_u16(cursor);
	cursor_take(cursor, cursor_u8(cursor));
}

static enum tls_message_state read_key_exchange(struct span body, struct tls_answer *answer)
{
	const struct tls_suite *suite = tls_suite_find(answer->suite);
	if (suite == NULL) {
		return TLS_MESSAGE_MORE;
	}
	const struct tls_kx_info *kx = tls_kx_info(suite->kx);
	struct cursor cursor = cursor_of(body);
	if (kx->is_dh) {
		read_dh(&cursor, answer);
	} else if (kx->is_ec) {
		read_ec(&cursor, answer);
	} else {
		/* RSA_EXPORT: a modulus and an exponent */
		cursor_take(&cursor, cursor_u16(&cursor));
		cursor_take(&cursor, cursor_u16(&cursor));
	}
	/* RFC 5246 4.7: TLS 1.2 names how it signs. */
	if (kx->auth != TLS_AUTH_NONE && answer->version == TLS_VERSION_12) {
		answer->scheme = cursor_u16(&cursor);
	}
	return cursor.is_failed ? TLS_MESSAGE_BROKEN : TLS_MESSAGE_MORE;
}

enum tls_message_state tls_message_read(struct arena *arena, uint8_t type, struct span body,
					struct tls_answer *answer)
{
	if (type != MESSAGE_SERVER_HELLO && answer->kind != TLS_ANSWER_HELLO) {
		return TLS_MESSAGE_BROKEN;
	}
	switch (type) {
	case MESSAGE_SERVER_HELLO:
		return answer->kind == TLS_ANSWER_NONE ? read_hello(body, answer)
						       : TLS_MESSAGE_BROKEN;
	case MESSAGE_CERTIFICATE:
		return read_certificate(arena, body, answer);
	case MESSAGE_KEY_EXCHANGE:
		return read_key_exchange(body, answer);
	case MESSAGE_CERTIFICATE_REQUEST:
		answer->asks_certificate = true;
		return TLS_MESSAGE_MORE;
	case MESSAGE_HELLO_DONE:
		answer->is_complete = true;
		return TLS_MESSAGE_ENOUGH;
	default:
		return TLS_MESSAGE_MORE;
	}
}

bool tls_message_read_ssl2(struct arena *arena, struct span body, struct tls_answer *answer)
{
	struct cursor cursor = cursor_of(body);
	cursor_take(&cursor, 3); /* type, session id hit, certificate type */
	uint16_t version = cursor_u16(&cursor);
	uint16_t certificate_len = cursor_u16(&cursor);
	uint16_t kinds_len = cursor_u16(&cursor);
	cursor_u16(&cursor);
	struct span certificate = cursor_take(&cursor, certificate_len);
	struct cursor kinds = cursor_of(cursor_take(&cursor, kinds_len));
	if (cursor.is_failed || version != TLS_VERSION_SSL2) {
		return false;
	}
	while (kinds.all.len - kinds.at >= 3 && answer->kind_count < TLS_ANSWER_MAX_KINDS) {
		answer->kinds[answer->kind_count++] = cursor_u24(&kinds);
	}
	if (certificate.len > 0) {
		answer->chain[answer->chain_count++] = arena_copy(arena, certificate);
	}
	answer->version = version;
	return true;
}
