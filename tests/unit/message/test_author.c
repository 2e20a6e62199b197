/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The From block: whom a mail program might show, and which oddity says so. */
#include "unit.h"

#include "message/feed.h"

struct row {
	const char *row;
	struct span text;
	const char *anomaly; /* that must be there; NULL: none that blurs the author */
	const char *domains; /* all of them, in order */
};

static bool has_anomaly(const struct message *message, const char *name)
{
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		if (strcmp(anomaly_name(anomaly_at(&message->anomalies, i)->kind), name) == 0) {
			return true;
		}
	}
	return false;
}

static void check_row(const struct row *row)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer domains = buffer_new(10000);
	const struct message *message = feed(arena, row->text, row->text.len, NULL);
	assert_false(arena_has_failed(arena));
	for (size_t i = 0; i < message->author.mailbox_count; i++) {
		buffer_puts(&domains, i > 0 ? " " : "");
		buffer_append(&domains, message->author.mailboxes[i].domain);
	}
	assert_row_span(row->row, buffer_span(&domains), span_of_string(row->domains));
	if (row->anomaly != NULL && !has_anomaly(message, row->anomaly)) {
		fail_msg("%s: %s is not noted", row->row, row->anomaly);
	}
	if (row->anomaly == NULL) {
		assert_row_int(row->row, message->author.is_blurred, false);
	}
	buffer_free(&domains);
	arena_free(arena);
}

#define CHECK(rows)                                                                                \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) {                            \
		check_row(&(rows)[i]);                                                             \
	}

static void test_ordinary(void **state)
{
	static const struct row rows[] = {
		{"bare", SPAN_INIT("From: a@x.example\r\n\r\n"), NULL, "x.example"},
		{"angle", SPAN_INIT("From: Ann Other <a@x.example>\r\n\r\n"), NULL, "x.example"},
		{"quoted", SPAN_INIT("From: \"Other, Ann\" <a@x.example>\r\n\r\n"), NULL,
		 "x.example"},
		{"quoted local", SPAN_INIT("From: <\"a b\"@x.example>\r\n\r\n"), NULL, "x.example"},
		{"comment", SPAN_INIT("From: a@x.example (Ann)\r\n\r\n"), NULL, "x.example"},
		{"folded", SPAN_INIT("From: Ann\r\n <a@x.example>\r\n\r\n"), NULL, "x.example"},
		{"name with dot", SPAN_INIT("From: A. Other <a@x.example>\r\n\r\n"), NULL,
		 "x.example"},
		{"name is the address", SPAN_INIT("From: \"a@x.example\" <a@x.example>\r\n\r\n"),
		 NULL, "x.example"},
		{"utf-8", SPAN_INIT("From: J\xc3\xb6rg <j\xc3\xb6@b\xc3\xbc.example>\r\n\r\n"),
		 NULL, "b\xc3\xbc.example"},
		{"encoded name", SPAN_INIT("From: =?utf-8?Q?J=C3=B6rg?= <a@x.example>\r\n\r\n"),
		 NULL, "x.example"},
		{"obsolete spaces", SPAN_INIT("From: a . b @ x . example\r\n\r\n"), NULL,
		 "x.example"},
	};
	CHECK(rows);
}

static void test_hazard_1_several_from_fields(void **state)
{
	static const struct row rows[] = {
		{"attacker first",
		 SPAN_INIT("From: <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "from-several", "evil.example bank.example"},
		{"victim first",
		 SPAN_INIT("From: <ceo@bank.example>\r\nSubject: x\r\nFROM: <a@evil.example>\r\n"),
		 "from-several", "bank.example evil.example"},
		{"none", SPAN_INIT("Subject: x\r\n\r\n"), "from-missing", ""},
	};
	CHECK(rows);
}

static void test_hazard_2_field_name_tricks(void **state)
{
	static const struct row rows[] = {
		{"space in front",
		 SPAN_INIT(" From: <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "from-hidden", "evil.example bank.example"},
		{"counts as several",
		 SPAN_INIT(" From: <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "from-several", "evil.example bank.example"},
		{"in a continuation",
		 SPAN_INIT("To: x\r\n From: <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "from-several", "evil.example bank.example"},
		{"space behind",
		 SPAN_INIT("From: <a@evil.example>\r\nFrom : <ceo@bank.example>\r\n\r\n"),
		 "from-several", "evil.example bank.example"},
		{"space behind, named", SPAN_INIT("From : <ceo@bank.example>\r\n\r\n"),
		 "name-space", "bank.example"},
		{"folded name",
		 SPAN_INIT("From\r\n : <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "name-folded", "evil.example bank.example"},
		{"folded name counts",
		 SPAN_INIT("From\r\n : <a@evil.example>\r\nFrom: <ceo@bank.example>\r\n\r\n"),
		 "from-several", "evil.example bank.example"},
		{"NUL in the name", SPAN_INIT("From\0: <a@evil.example>\r\n\r\n"), "from-like",
		 "evil.example"},
		{"byte order mark",
		 SPAN_INIT("\xef\xbb\xbf"
			   "From: <a@evil.example>\r\n\r\n"),
		 "from-like", "evil.example"},
	};
	CHECK(rows);
}

static void test_hazard_3_mailboxes_and_groups(void **state)
{
	static const struct row rows[] = {
		{"two", SPAN_INIT("From: <a@evil.example>, <ceo@bank.example>\r\n\r\n"),
		 "from-mailboxes", "evil.example bank.example"},
		{"bare and angle", SPAN_INIT("From: ceo@bank.example,<a@evil.example>\r\n\r\n"),
		 "from-mailboxes", "bank.example evil.example"},
		{"empty group", SPAN_INIT("From: Undisclosed:;\r\n\r\n"), "from-group", ""},
		{"empty group is empty", SPAN_INIT("From: Undisclosed:;\r\n\r\n"), "from-empty",
		 ""},
		{"group of one", SPAN_INIT("From: Us: a@x.example;\r\n\r\n"), "from-group",
		 "x.example"},
		{"open group", SPAN_INIT("From: Us: a@x.example\r\n\r\n"), "from-syntax",
		 "x.example"},
	};
	CHECK(rows);
}

static void test_hazard_3_five_thousand_mailboxes(void **state)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer text = buffer_new(200000);
	buffer_puts(&text, "From: a0@x.example");
	for (int i = 1; i < 5000; i++) {
		buffer_printf(&text, ",\r\n a%d@x.example", i);
	}
	buffer_puts(&text, "\r\n\r\n");
	const struct message *message = feed(arena, buffer_span(&text), text.len, NULL);
	assert_int_equal(message->author.mailbox_count, ADDRESS_MAX_MAILBOXES);
	assert_true(message->author.is_limited);
	assert_true(message->author.is_blurred);
	assert_true(has_anomaly(message, "from-limit"));
	buffer_free(&text);
	arena_free(arena);
}

static void test_hazard_4_encoded_words(void **state)
{
	static const struct row rows[] = {
		/* <ceo@bank.example> */
		{"B",
		 SPAN_INIT("From: =?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?=, <a@evil.example>\r\n\r\n"),
		 "from-encoded", "evil.example"},
		{"Q", SPAN_INIT("From: =?utf-8?q?ceo=40bank=2Eexample?= <a@evil.example>\r\n\r\n"),
		 "from-encoded", "evil.example"},
		/* =?utf-8?Q?ceo=40bank.example?= */
		{"nested",
		 SPAN_INIT("From: =?utf-8?B?PT91dGYtOD9RP2Nlbz00MGJhbmsuZXhhbXBsZT89?= "
			   "<a@evil.example>\r\n\r\n"),
		 "from-encoded", "evil.example"},
		{"in quotes",
		 SPAN_INIT("From: \"=?utf-8?q?ceo=40bank.example?=\" "
			   "<a@evil.example>\r\n\r\n"),
		 "from-encoded", "evil.example"},
		{"utf-7",
		 SPAN_INIT("From: =?utf-7?q?ceo+AEA-bank.example?= "
			   "<a@evil.example>\r\n\r\n"),
		 "from-encoded", "evil.example"},
		{"nothing else", SPAN_INIT("From: =?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?=\r\n\r\n"),
		 "from-empty", ""},
	};
	CHECK(rows);
}

static void test_hazard_5_address_syntax(void **state)
{
	static const struct row rows[] = {
		{"source route", SPAN_INIT("From: <@evil.example,@b:ceo@bank.example>\r\n\r\n"),
		 "from-route", "bank.example"},
		{"quoted pair", SPAN_INIT("From: <ceo@bank.example>\\,<a@evil.example>\r\n\r\n"),
		 "from-quoted-pair", "bank.example evil.example"},
		{"text after angle", SPAN_INIT("From: <a@evil.example>ceo@bank.example\r\n\r\n"),
		 "from-after-address", "evil.example bank.example"},
		{"two at signs", SPAN_INIT("From: a@evil.example@bank.example\r\n\r\n"),
		 "from-syntax", "evil.example bank.example"},
		{"display address",
		 SPAN_INIT("From: \"ceo@bank.example\" <a@evil.example>\r\n\r\n"), "from-display",
		 "evil.example"},
		{"comment address", SPAN_INIT("From: a@evil.example (ceo@bank.example)\r\n\r\n"),
		 "from-display", "evil.example"},
		{"literal", SPAN_INIT("From: a@[192.0.2.1]\r\n\r\n"), "from-literal",
		 "[192.0.2.1]"},
		{"open angle", SPAN_INIT("From: <a@evil.example\r\n\r\n"), "from-syntax",
		 "evil.example"},
		{"open quote", SPAN_INIT("From: \"a <a@evil.example>\r\n\r\n"), "from-syntax", ""},
		{"dot at the end", SPAN_INIT("From: a@evil.example.\r\n\r\n"), "from-syntax",
		 "evil.example."},
		{"NUL", SPAN_INIT("From: a@evil.example\0.bank.example\r\n\r\n"), "from-syntax",
		 "evil.example"},
		{"empty angle", SPAN_INIT("From: <>\r\n\r\n"), "from-empty", ""},
		{"empty", SPAN_INIT("From:\r\n\r\n"), "from-empty", ""},
		{"sender", SPAN_INIT("From: a@x.example\r\nSender: <s@y.example>\r\n\r\n"),
		 "sender-differs", "x.example"},
	};
	CHECK(rows);
}

static void test_hazard_5_comments_nested_deep(void **state)
{
	enum { DEPTH = 10000 };
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	struct buffer text = buffer_new(100000);
	buffer_puts(&text, "From: a@x.example ");
	for (int i = 0; i < DEPTH; i++) {
		buffer_putc(&text, '(');
	}
	for (int i = 0; i < DEPTH; i++) {
		buffer_putc(&text, ')');
	}
	buffer_puts(&text, "\r\n\r\n");
	const struct message *message = feed(arena, buffer_span(&text), text.len, NULL);
	assert_int_equal(message->author.mailbox_count, 1);
	assert_false(message->author.is_blurred);
	buffer_free(&text);
	arena_free(arena);
}

static void test_mailbox_parts(void **state)
{
	struct arena *arena = arena_new(FEED_ARENA_BYTES);
	const struct message *message =
		feed(arena, SPAN("From: \"Other, Ann\" <ann@x.example>\r\n\r\n"), 7, NULL);
	const struct mailbox *mailbox = &message->author.mailboxes[0];
	assert_row_span("display", mailbox->display, SPAN("\"Other, Ann\""));
	assert_row_span("local", mailbox->local, SPAN("ann"));
	assert_row_span("text", mailbox->text, SPAN("\"Other, Ann\" <ann@x.example>"));
	assert_int_equal(header_offset(&message->header, mailbox->text), 6);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_hazard_1_several_from_fields),
		cmocka_unit_test(test_hazard_2_field_name_tricks),
		cmocka_unit_test(test_hazard_3_mailboxes_and_groups),
		cmocka_unit_test(test_hazard_3_five_thousand_mailboxes),
		cmocka_unit_test(test_hazard_4_encoded_words),
		cmocka_unit_test(test_hazard_5_address_syntax),
		cmocka_unit_test(test_hazard_5_comments_nested_deep),
		cmocka_unit_test(test_mailbox_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
