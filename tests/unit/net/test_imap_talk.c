/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Transcripts of IMAP servers, given in pieces of every size. */
#include "unit.h"

#include "net/imap_talk.h"

struct server {
	struct span rest; /* of what it will say */
	size_t piece;
	struct buffer heard;
};

static int hear(void *context, struct span octets, struct failure *reterr)
{
	struct server *server = context;
	(void)reterr;
	buffer_append(&server->heard, octets);
	return 0;
}

static int say(void *context, char *into, size_t size, size_t *ret_len, struct failure *reterr)
{
	struct server *server = context;
	size_t len = server->piece < size ? server->piece : size;
	struct span some = span_slice(server->rest, 0, len);
	if (some.len == 0) {
		return failure_set(reterr, FAILURE_IO, "server", "closed");
	}
	memcpy(into, some.ptr, some.len);
	server->rest = span_from(server->rest, some.len);
	*ret_len = some.len;
	return 0;
}

static struct imap_talk *start(struct server *server, const char *text, size_t piece)
{
	struct imap_talk *talk = NULL;
	struct failure failure;
	*server = (struct server){span_of_string(text), piece, buffer_new(4096)};
	assert_int_equal(imap_talk_new((struct imap_transport){server, hear, say}, &talk, &failure),
			 0);
	return talk;
}

static void stop(struct server *server, struct imap_talk *talk)
{
	buffer_free(&server->heard);
	imap_talk_free(talk);
}

static const size_t pieces[] = {1, 2, 7, 100000};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static void test_fetch(void **state)
{
	static const struct {
		const char *name;
		const char *server;
		int code;
		bool is_there;
		const char *message;
	} rows[] = {
		{"usual", "* 1 FETCH (UID 9 BODY[] {5}\r\na\r\nb\r)\r\nM1 OK done\r\n", 0, true,
		 "a\r\nb\r"},
		{"UID behind", "* 1 FETCH (BODY[] {1}\r\nx UID 9)\r\nM1 OK\r\n", 0, true, "x"},
		{"message like an answer",
		 "* 1 FETCH (UID 9 BODY[] {12}\r\nM1 OK done\r\n)\r\nM1 OK\r\n", 0, true,
		 "M1 OK done\r\n"},
		{"flags literal before",
		 "* 1 FETCH (FLAGS {2}\r\nzz UID 9 BODY[] {1}\r\ny)\r\nM1 OK\r\n", 0, true, "y"},
		{"news in between",
		 "* 3 EXISTS\r\n* 1 FETCH (UID 9 BODY[] {1}\r\ny)\r\n* 4 EXISTS\r\n"
		 "M1 OK\r\n",
		 0, true, "y"},
		{"gone", "M1 OK\r\n", 0, false, ""},
		{"empty", "* 1 FETCH (UID 9 BODY[] {0}\r\n)\r\nM1 OK\r\n", 0, false, ""},
		{"empty, quoted", "* 1 FETCH (UID 9 BODY[] \"\")\r\nM1 OK\r\n", 0, false, ""},
		{"another one", "* 1 FETCH (UID 8 BODY[] {1}\r\ny)\r\nM1 OK\r\n", FAILURE_INPUT,
		 false, ""},
		{"refused", "M1 NO not now\r\n", FAILURE_INPUT, false, ""},
		{"too much", "* 1 FETCH (UID 9 BODY[] {99999999999}\r\n", FAILURE_INPUT, false, ""},
		{"closed", "* 1 FETCH (UID 9 BODY[]", FAILURE_IO, false, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * PIECES; i++) {
		size_t row = i / PIECES;
		struct server server;
		struct imap_talk *talk = start(&server, rows[row].server, pieces[i % PIECES]);
		struct failure failure;
		struct buffer message = buffer_new(100);
		bool is_there = false;
		char some[3];
		size_t len = 1;
		int r = imap_talk_fetch_begin(talk, 9, &is_there, &failure);
		while (r == 0 && is_there && len > 0) {
			r = imap_talk_fetch_read(talk, some, sizeof(some), &len, &failure);
			buffer_append(&message, span_of(some, r == 0 ? len : 0));
		}
		if (r == 0 && is_there) {
			r = imap_talk_fetch_end(talk, &failure);
		}
		assert_row_int(rows[row].name, r, rows[row].code);
		assert_row_int(rows[row].name, is_there, rows[row].is_there);
		assert_row_span(rows[row].name, buffer_span(&message),
				span_of_string(rows[row].message));
		assert_row_span(rows[row].name, buffer_span(&server.heard),
				SPAN("M1 UID FETCH 9 (UID BODY.PEEK[])\r\n"));
		assert_row_int(rows[row].name, r == 0 ? (int)server.rest.len : 0, 0);
		buffer_free(&message);
		stop(&server, talk);
	}
}

static int note(void *context, const struct imap_message *message)
{
	buffer_printf(context, "%u/%llu/%d ", message->uid, (unsigned long long)message->size_bytes,
		      message->is_seen);
	return 0;
}

static void test_list(void **state)
{
	static const struct {
		const char *name;
		const char *server;
		int code;
		const char *messages;
	} rows[] = {
		{"usual",
		 "* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 10)\r\n* 2 FETCH (RFC822.SIZE "
		 "4294967295 "
		 "FLAGS () UID 6)\r\nM1 OK\r\n",
		 0, "5/10/1 6/4294967295/0 "},
		{"none", "M1 OK\r\n", 0, ""},
		{"the last one in place of later ones",
		 "* 1 FETCH (UID 4 RFC822.SIZE 1)\r\nM1 OK\r\n", 0, ""},
		{"without UID", "* 1 FETCH (FLAGS (\\Seen))\r\nM1 OK\r\n", 0, ""},
		{"odd UID", "* 1 FETCH (UID 99999999999 RFC822.SIZE 1)\r\nM1 OK\r\n", 0, ""},
		{"other tag", "M2 OK\r\nM1 OK\r\n", 0, ""},
		{"refused", "M1 BAD what\x1b?\r\n", FAILURE_INPUT, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * PIECES; i++) {
		size_t row = i / PIECES;
		struct server server;
		struct imap_talk *talk = start(&server, rows[row].server, pieces[i % PIECES]);
		struct buffer messages = buffer_new(200);
		struct failure failure = {0};
		assert_row_int(rows[row].name, imap_talk_list(talk, 5, note, &messages, &failure),
			       rows[row].code);
		assert_row_span(rows[row].name, buffer_span(&messages),
				span_of_string(rows[row].messages));
		assert_null(strchr(failure.detail, '\x1b'));
		buffer_free(&messages);
		stop(&server, talk);
	}
}

static void test_open(void **state)
{
	struct server server;
	struct failure failure;
	uint32_t validity;
	struct imap_talk *talk = start(
		&server,
		"* 2 EXISTS\r\n* OK [UIDVALIDITY 77] valid\r\nM1 OK [READ-ONLY]\r\nM2 NO gone\r\n",
		5);
	(void)state;
	assert_int_equal(imap_talk_open(talk, "a \"b\\", true, &validity, &failure), 0);
	assert_int_equal(validity, 77);
	assert_int_equal(imap_talk_open(talk, "c", false, &validity, &failure), FAILURE_INPUT);
	assert_row_span("heard", buffer_span(&server.heard),
			SPAN("M1 EXAMINE \"a \\\"b\\\\\"\r\nM2 SELECT \"c\"\r\n"));
	stop(&server, talk);
}

static void test_move(void **state)
{
	static const struct {
		const char *name;
		struct imap_capabilities capabilities;
		const char *server;
		const char *client;
		int code;
	} rows[] = {
		{"move", {true, true}, "M1 OK\r\n", "M1 UID MOVE 1,2 \"Done\"\r\n", 0},
		{"copy",
		 {false, true},
		 "M1 OK\r\nM2 OK\r\nM3 OK\r\n",
		 "M1 UID COPY 1,2 \"Done\"\r\nM2 UID STORE 1,2 +FLAGS.SILENT (\\Deleted)\r\n"
		 "M3 UID EXPUNGE 1,2\r\n",
		 0},
		{"copy refused",
		 {false, true},
		 "M1 NO full\r\n",
		 "M1 UID COPY 1,2 \"Done\"\r\n",
		 FAILURE_INPUT},
		{"neither", {false, false}, "", "", FAILURE_INPUT},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct server server;
		struct failure failure;
		struct imap_talk *talk = start(&server, rows[i].server, 100);
		assert_row_int(rows[i].name,
			       imap_talk_move(talk, "1,2", "Done", &rows[i].capabilities, &failure),
			       rows[i].code);
		assert_row_span(rows[i].name, buffer_span(&server.heard),
				span_of_string(rows[i].client));
		stop(&server, talk);
	}
}

static void test_endless(void **state)
{
	struct server server;
	struct failure failure;
	struct imap_capabilities capabilities;
	struct buffer line = buffer_new(IMAP_MAX_LINE + 1000);
	(void)state;
	while (line.len <= IMAP_MAX_LINE) {
		buffer_puts(&line, "* CAPABILITY ");
	}
	struct imap_talk *talk = start(&server, line.data, 4000);
	assert_int_equal(imap_talk_capabilities(talk, &capabilities, &failure), FAILURE_INPUT);
	stop(&server, talk);
	buffer_clear(&line);
	for (int i = 0; i <= IMAP_MAX_LITERALS; i++) {
		buffer_puts(&line, "* x {1}\r\nz");
	}
	talk = start(&server, line.data, 4000);
	assert_int_equal(imap_talk_capabilities(talk, &capabilities, &failure), FAILURE_INPUT);
	stop(&server, talk);
	buffer_free(&line);
}

static void test_words(void **state)
{
	struct server server;
	struct failure failure;
	struct imap_capabilities capabilities;
	char delimiter;
	struct imap_talk *talk = start(
		&server,
		"* CAPABILITY IMAP4rev1 move UIDPLUS\r\nM1 OK\r\n* LIST (\\Noselect) \".\" \"\"\r\n"
		"M2 OK\r\n* LIST () \"/\" INBOX\r\nM3 OK\r\nM4 OK\r\nM5 OK\r\n",
		3);
	(void)state;
	assert_int_equal(imap_talk_capabilities(talk, &capabilities, &failure), 0);
	assert_true(capabilities.has_move && capabilities.has_uidplus);
	assert_int_equal(imap_talk_delimiter(talk, &delimiter, &failure), 0);
	assert_int_equal(delimiter, '.');
	assert_int_equal(imap_talk_create(talk, "INBOX", &failure), 0);
	assert_int_equal(imap_talk_create(talk, "New", &failure), 0);
	struct span heard = buffer_span(&server.heard);
	assert_true(span_ends_with_nocase(heard,
					  SPAN("M4 LIST \"\" \"New\"\r\nM5 CREATE \"New\"\r\n")));
	stop(&server, talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fetch),	cmocka_unit_test(test_list),
		cmocka_unit_test(test_open),	cmocka_unit_test(test_move),
		cmocka_unit_test(test_endless), cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
