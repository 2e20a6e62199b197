/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a TLS server answers to a hello, at once and octet by octet: both must read the same. */
#include "fuzz.h"

#include "net/tls_answer.h"

static struct tls_answer read_in_pieces(struct arena *arena, struct span octets, size_t piece)
{
	struct tls_answer_reader reader = tls_answer_reader_new(arena);
	bool is_enough = false;
	while (octets.len > 0 && !is_enough) {
		is_enough = tls_answer_receive(&reader, span_slice(octets, 0, piece));
		octets = span_from(octets, piece);
	}
	struct tls_answer answer = reader.answer;
	tls_answer_reader_free(&reader);
	return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct tls_answer whole = read_in_pieces(arena, octets, size > 0 ? size : 1);
	FUZZ_CHECK(whole.chain_count <= TLS_ANSWER_MAX_CHAIN);
	FUZZ_CHECK(whole.kind_count <= TLS_ANSWER_MAX_KINDS);
	FUZZ_CHECK(whole.kind != TLS_ANSWER_HELLO || whole.version >= TLS_VERSION_SSL3);
	if (size <= 4096) {
		struct tls_answer pieces = read_in_pieces(arena, octets, 1);
		FUZZ_CHECK(pieces.kind == whole.kind);
		FUZZ_CHECK(pieces.suite == whole.suite && pieces.group == whole.group);
		FUZZ_CHECK(pieces.chain_count == whole.chain_count);
		FUZZ_CHECK(pieces.dh_bits == whole.dh_bits && pieces.scheme == whole.scheme);
	}
	arena_free(arena);
	return 0;
}
