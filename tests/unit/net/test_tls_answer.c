/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Hellos of ours against what servers answer, octet by octet. */
#include "unit.h"

#include "net/tls_answer.h"
#include "net/tls_offer.h"

/* A ServerHello of version 3.3 with 32 octets of zero, without session id. */
#define ZEROS_32                                                                                   \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                                         \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RETRY_32                                                                                   \
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"                         \
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

static const struct row {
	const char *name;
	struct span octets;
	enum tls_answer_kind kind;
	uint16_t version;
	uint32_t suite;
	uint16_t group;
	unsigned dh_bits;
	uint16_t scheme;
	uint8_t alert;
} rows[] = {
	{"alert", SPAN_INIT("\x15\x03\x01\0\x02\x02\x28"), TLS_ANSWER_ALERT, 0, 0, 0, 0, 0, 40},
	{"warning, then alert", SPAN_INIT("\x15\x03\x01\0\x02\x01\x70\x15\x03\x01\0\x02\x02\x50"),
	 TLS_ANSWER_ALERT, 0, 0, 0, 0, 0, 80},
	{"retry with a hybrid group",
	 SPAN_INIT("\x16\x03\x03\0\x38\x02\0\0\x34\x03\x03" RETRY_32
		   "\0\x13\x02\0\0\x0c\0\x2b\0\x02\x03\x04\0\x33\0\x02\x11\xec"),
	 TLS_ANSWER_RETRY, 0x0304, 0x1302, 0x11ec, 0, 0, 0},
	{"a version that was not on offer",
	 SPAN_INIT("\x16\x03\x03\0\x38\x02\0\0\x34\x03\x03" ZEROS_32
		   "\0\x13\x02\0\0\x0c\0\x2b\0\x02\x7f\x1c\0\x33\0\x02\x11\xec"),
	 TLS_ANSWER_MALFORMED, 0x7f1c, 0x1302, 0x11ec, 0, 0, 0},
	{"a version of one octet",
	 SPAN_INIT("\x16\x03\x03\0\x31\x02\0\0\x2d\x03\x03" ZEROS_32
		   "\0\x13\x02\0\0\x05\0\x2b\0\x01\x03"),
	 TLS_ANSWER_MALFORMED, 0, 0x1302, 0, 0, 0, 0},
	{"hello in two records with a short prime",
	 SPAN_INIT("\x16\x03\x03\0\x08\x02\0\0\x2d\x03\x03\0\0"
		   "\x16\x03\x03\0\x29\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		   "\0\0\x9e\0\0\x05\xff\x01\0\x01\0"
		   "\x16\x03\x03\0\x13\x0c\0\0\x0f\0\x02\x40\x01\0\x01\x02\0\x01\x05\x04\x01\0\x02"
		   "\1\1"),
	 TLS_ANSWER_HELLO, 0x0303, 0x009e, 0, 15, 0x0401, 0},
	{"text", SPAN_INIT("500 what?\r\n"), TLS_ANSWER_PLAIN, 0, 0, 0, 0, 0, 0},
	{"not a version of TLS", SPAN_INIT("\x16\x09\x09\0\x01\0"), TLS_ANSWER_MALFORMED, 0, 0, 0,
	 0, 0, 0},
	{"a record above the limit", SPAN_INIT("\x16\x03\x03\xff\xff\0"), TLS_ANSWER_MALFORMED, 0,
	 0, 0, 0, 0, 0},
	{"certificate before hello", SPAN_INIT("\x16\x03\x03\0\x04\x0b\0\0\0"),
	 TLS_ANSWER_MALFORMED, 0, 0, 0, 0, 0, 0},
	{"half a hello", SPAN_INIT("\x16\x03\x03\0\x08\x02\0\0\x2f"), TLS_ANSWER_NONE, 0, 0, 0, 0,
	 0, 0},
	{"SSL 2", SPAN_INIT("\x80\x0f\x04\0\x01\0\x02\0\x01\0\x03\0\0\x58\x01\0\x80"),
	 TLS_ANSWER_SSL2, 0x0002, 0, 0, 0, 0, 0},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i / 2];
		size_t piece = i % 2 == 0 ? 1 : 10000;
		struct arena *arena = arena_new((size_t)1 << 20);
		struct tls_answer_reader reader = tls_answer_reader_new(arena);
		for (struct span rest = row->octets; rest.len > 0; rest = span_from(rest, piece)) {
			tls_answer_receive(&reader, span_slice(rest, 0, piece));
		}
		const struct tls_answer *answer = &reader.answer;
		assert_row_int(row->name, answer->kind, row->kind);
		assert_row_int(row->name, answer->version, row->version);
		assert_row_int(row->name, answer->suite, row->suite);
		assert_row_int(row->name, answer->group, row->group);
		assert_row_int(row->name, answer->dh_bits, row->dh_bits);
		assert_row_int(row->name, answer->scheme, row->scheme);
		assert_row_int(row->name, answer->alert, row->alert);
		tls_answer_reader_free(&reader);
		arena_free(arena);
	}
}

static size_t hello_len(struct tls_offer *offer)
{
	struct buffer out = buffer_new(2 * (size_t)TLS_OFFER_MAX_BYTES);
	tls_offer_write(offer, &out);
	assert_false(out.is_failed);
	size_t len = out.len;
	buffer_free(&out);
	return len;
}

/* Lengths inside a hello must agree with its own. */
static void test_offer_sizes(void **state)
{
	static const uint32_t suites[] = {0x1301, 0x1302};
	static const uint16_t groups[] = {0x11ec};
	(void)state;
	struct tls_offer offer = {.version = TLS_VERSION_13,
				  .suites = suites,
				  .suite_count = 2,
				  .groups = groups,
				  .group_count = 1,
				  .server_name = SPAN_INIT("mx.example.org")};
	assert_in_range(hello_len(&offer), 100, 250);
	offer.padded_bytes = 1700;
	assert_int_equal(hello_len(&offer), 1705);
	offer.padded_bytes = 17000;
	assert_int_equal(hello_len(&offer), 17010);
	offer = (struct tls_offer){.version = TLS_VERSION_SSL3, .suites = suites, .suite_count = 1};
	assert_int_equal(hello_len(&offer), 5 + 4 + 2 + 32 + 1 + 2 + 4 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_offer_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
