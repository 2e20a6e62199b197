/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Transcripts of servers, fed whole and octet by octet. */
#include "unit.h"

#include "net/smtp_talk.h"

static const struct row {
	const char *name;
	const char *server;
	const char *client; /* all that is sent */
	enum smtp_talk_state state;
	unsigned greeting;
	unsigned ehlo;
	unsigned starttls;
	size_t keyword_count;
	bool is_masked;
	bool is_malformed;
} rows[] = {
	{"usual", "220 mx ESMTP\r\n250-mx\r\n250-SIZE 10\r\n250 STARTTLS\r\n220 go\r\n",
	 "EHLO me\r\nSTARTTLS\r\n", SMTP_TALK_TLS, 220, 250, 220, 2, false, false},
	{"lower case", "220 mx\r\n250-mx\r\n250 starttls\r\n220 go\r\n", "EHLO me\r\nSTARTTLS\r\n",
	 SMTP_TALK_TLS, 220, 250, 220, 1, false, false},
	{"many lines of greeting, bare line feeds", "220-a\n220-b\n220 c\n250 mx\n", "EHLO me\r\n",
	 SMTP_TALK_ENDED, 220, 250, 0, 0, false, false},
	{"masked", "220 mx\r\n250-mx\r\n250 XXXXXXXA\r\n", "EHLO me\r\n", SMTP_TALK_ENDED, 220, 250,
	 0, 1, true, false},
	{"masked with X", "220 mx\r\n250-mx\r\n250 XXXXXXXX\r\n", "EHLO me\r\n", SMTP_TALK_ENDED,
	 220, 250, 0, 1, true, false},
	{"not masked", "220 mx\r\n250-mx\r\n250 XCLIENTS\r\n", "EHLO me\r\n", SMTP_TALK_ENDED, 220,
	 250, 0, 1, false, false},
	{"EHLO refused", "220 mx\r\n502 what?\r\n", "EHLO me\r\n", SMTP_TALK_ENDED, 220, 502, 0, 0,
	 false, false},
	{"454", "220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 no key\r\n", "EHLO me\r\nSTARTTLS\r\n",
	 SMTP_TALK_ENDED, 220, 250, 454, 1, false, false},
	{"421", "421 too many\r\n", "", SMTP_TALK_ENDED, 421, 0, 0, 0, false, false},
	{"554", "554 no mail here\r\n", "", SMTP_TALK_ENDED, 554, 0, 0, 0, false, false},
	{"empty lines", "\r\n\r\n220 mx\r\n\r\n250 mx\r\n", "EHLO me\r\n", SMTP_TALK_ENDED, 220,
	 250, 0, 0, false, false},
	{"code alone", "220\r\n250\r\n", "EHLO me\r\n", SMTP_TALK_ENDED, 220, 250, 0, 0, false,
	 false},
	{"HTTP", "HTTP/1.1 400 Bad\r\n", "", SMTP_TALK_ENDED, 0, 0, 0, 0, false, true},
	{"code glued", "220mx\r\n", "", SMTP_TALK_ENDED, 0, 0, 0, 0, false, true},
	{"code of four digits", "2200 mx\r\n", "", SMTP_TALK_ENDED, 0, 0, 0, 0, false, true},
	{"nothing yet", "220 mx", "", SMTP_TALK_MORE, 0, 0, 0, 0, false, false},
};

static void run_row(const struct row *row, size_t piece)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct smtp_talk talk = {.arena = arena, .ehlo_name = SPAN("me")};
	struct buffer send = buffer_new(4096);
	enum smtp_talk_state state = SMTP_TALK_MORE;
	smtp_talk_begin(&talk, &send);
	struct span rest = span_of_string(row->server);
	while (rest.len > 0 && state == SMTP_TALK_MORE) {
		size_t taken = 0;
		state = smtp_talk_receive(&talk, span_slice(rest, 0, piece), &send, &taken);
		rest = span_from(rest, taken);
	}
	assert_row_int(row->name, rest.len, 0);
	assert_row_int(row->name, state, row->state);
	assert_row_span(row->name, buffer_span(&send), span_of_string(row->client));
	assert_row_int(row->name, talk.greeting.code, row->greeting);
	assert_row_int(row->name, talk.ehlo.code, row->ehlo);
	assert_row_int(row->name, talk.starttls.code, row->starttls);
	assert_row_int(row->name, talk.keyword_count, row->keyword_count);
	assert_row_int(row->name, talk.is_starttls_masked, row->is_masked);
	assert_row_int(row->name, talk.is_malformed, row->is_malformed);
	buffer_free(&send);
	arena_free(arena);
}

static void test_transcripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(&rows[i], 1);
		run_row(&rows[i], 10000);
	}
}

/* STARTTLS behind thousands of keywords is still seen. */
static void test_many_keywords(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct buffer server = buffer_new((size_t)1 << 20);
	buffer_puts(&server, "220 mx\r\n250-mx\r\n");
	for (int i = 0; i < 5000; i++) {
		buffer_printf(&server, "250-X%d\r\n", i);
	}
	buffer_puts(&server, "250 STARTTLS\r\n");
	struct smtp_talk talk = {.arena = arena, .ehlo_name = SPAN("me")};
	struct buffer send = buffer_new(4096);
	size_t taken = 0;
	smtp_talk_begin(&talk, &send);
	smtp_talk_receive(&talk, buffer_span(&server), &send, &taken);
	assert_true(talk.has_starttls && talk.has_keywords_cut);
	assert_row_span("last", talk.keywords[talk.keyword_count - 1], SPAN("STARTTLS"));
	buffer_free(&server);
	buffer_free(&send);
	arena_free(arena);
}

static void test_endless_line(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	char line[SMTP_MAX_LINE + 1];
	memset(line, 'x', sizeof(line));
	struct smtp_talk talk = {.arena = arena, .ehlo_name = SPAN("me")};
	struct buffer send = buffer_new(4096);
	size_t taken = 0;
	assert_int_equal(smtp_talk_receive(&talk, span_of(line, sizeof(line)), &send, &taken),
			 SMTP_TALK_ENDED);
	assert_true(talk.is_malformed);
	buffer_free(&send);
	arena_free(arena);
}

static void test_injection_is_one_piece(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct smtp_talk talk = {.arena = arena, .ehlo_name = SPAN("me"), .injects = true};
	struct buffer send = buffer_new(4096);
	size_t taken = 0;
	smtp_talk_begin(&talk, &send);
	smtp_talk_receive(&talk, SPAN("220 mx\r\n250-mx\r\n250 STARTTLS\r\n"), &send, &taken);
	assert_row_span("sent", buffer_span(&send), SPAN("EHLO me\r\nSTARTTLS\r\nNOOP\r\n"));
	buffer_free(&send);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transcripts),
		cmocka_unit_test(test_many_keywords),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_injection_is_one_piece),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
