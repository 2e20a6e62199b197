/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a mail server says, in pieces: the first octet gives their length. */
#include "fuzz.h"

#include "net/smtp_talk.h"

static void check(const struct smtp_talk *talk)
{
	FUZZ_CHECK(talk->keyword_count <= SMTP_MAX_KEYWORDS);
	FUZZ_CHECK(text_is_printable(talk->greeting.text));
	for (size_t i = 0; i < talk->keyword_count; i++) {
		FUZZ_CHECK(text_is_printable(talk->keywords[i]));
		FUZZ_CHECK(talk->keywords[i].len <= SMTP_MAX_TEXT);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 && data[0] > 0 ? data[0] : 1;
	struct span rest = span_from(span_of(data, size), 1);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer send = buffer_new(4096);
	struct smtp_talk talk = {.arena = arena, .ehlo_name = SPAN("probe.example")};
	enum smtp_talk_state state = SMTP_TALK_MORE;
	smtp_talk_begin(&talk, &send);
	while (rest.len > 0 && state == SMTP_TALK_MORE) {
		struct span now = span_slice(rest, 0, piece);
		size_t taken = 0;
		state = smtp_talk_receive(&talk, now, &send, &taken);
		FUZZ_CHECK(taken <= now.len && (taken == now.len || state != SMTP_TALK_MORE));
		rest = span_from(rest, now.len);
	}
	FUZZ_CHECK(!send.is_failed);
	check(&talk);
	buffer_free(&send);
	arena_free(arena);
	return 0;
}
