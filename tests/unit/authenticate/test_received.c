/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The envelope out of trace fields, as mail servers write them, and what a sender may forge. */
#include "unit.h"

#include "authenticate/received.h"

#define ARENA_BYTES ((size_t)1 << 20)

struct row {
	const char *name;
	const char *header; /* lines end with CRLF */
	enum received_status status;
	const char *client;
	const char *helo;
	const char *mail_from; /* NULL: not known */
};

#define HOST "mx.example.net"

static const struct row rows[] = {
	{"Postfix",
	 "Return-Path: <jo@example.org>\r\n"
	 "Received: from a.example (rdns.example [192.0.2.7])\r\n"
	 "\tby mx.example.net (Postfix) with ESMTP id 1\r\n\tfor <x@example.net>; Mon\r\n",
	 RECEIVED_OK, "192.0.2.7", "a.example", "jo@example.org"},
	{"the null sender",
	 "Return-Path: <>\r\nReceived: from a (b [192.0.2.7]) by MX.example.net\r\n", RECEIVED_OK,
	 "192.0.2.7", "a", ""},
	{"no Return-Path", "Received: from a (b [192.0.2.7]) by mx.example.net; Mon\r\n",
	 RECEIVED_OK, "192.0.2.7", "a", NULL},
	{"IPv6 with its tag", "Received: from a (b [IPv6:2001:db8::7]) by mx.example.net\r\n",
	 RECEIVED_OK, "2001:db8::7", "a", NULL},
	{"a HELO that is an address",
	 "Received: from [198.51.100.9] (b [192.0.2.7]) by mx.example.net\r\n", RECEIVED_OK,
	 "192.0.2.7", "[198.51.100.9]", NULL},
	{"Exim", "Received: from [192.0.2.7] (helo=a.example) by mx.example.net with esmtp\r\n",
	 RECEIVED_OK, "192.0.2.7", "a.example", NULL},
	{"Exim with a HELO that is an address",
	 "Received: from b ([192.0.2.7] helo=[198.51.100.9]) by mx.example.net with esmtp\r\n",
	 RECEIVED_OK, "192.0.2.7", "[198.51.100.9]", NULL},
	{"a later hop on top is skipped",
	 "Received: from mx.example.net (x [203.0.113.1]) by store.example.net; Mon\r\n"
	 "Received: from a (b [192.0.2.7]) by mx.example.net; Mon\r\n",
	 RECEIVED_OK, "192.0.2.7", "a", NULL},
	{"through a filter on the machine itself",
	 "Received: from localhost (localhost [127.0.0.1]) by mx.example.net; Mon\r\n"
	 "Received: from a (b [192.0.2.7]) by mx.example.net; Mon\r\n",
	 RECEIVED_OK, "192.0.2.7", "a", NULL},
	{"a forged field below is not read",
	 "Received: from a (b [192.0.2.7]) by mx.example.net; Mon\r\n"
	 "Received: from bank (bank [203.0.113.9]) by mx.example.net; Mon\r\n",
	 RECEIVED_OK, "192.0.2.7", "a", NULL},
	{"nor behind another host",
	 "Received: from localhost (x [127.0.0.1]) by mx.example.net; Mon\r\n"
	 "Received: from a (b [192.0.2.7]) by elsewhere.example; Mon\r\n"
	 "Received: from bank (bank [203.0.113.9]) by mx.example.net; Mon\r\n",
	 RECEIVED_NO_ADDRESS, NULL, NULL, NULL},
	{"by in a comment",
	 "Received: from a (by mx.example.net) ([192.0.2.7]) by other.example\r\n",
	 RECEIVED_NO_FIELD, NULL, NULL, NULL},
	{"nothing", "Subject: x\r\n", RECEIVED_NO_FIELD, NULL, NULL, NULL},
	{"no address", "Received: from a by mx.example.net; Mon\r\n", RECEIVED_NO_ADDRESS, NULL,
	 NULL, NULL},
	{"an open bracket", "Received: from a ([192.0.2.7 by mx.example.net\r\n", RECEIVED_NO_FIELD,
	 NULL, NULL, NULL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct arena *arena = arena_new(ARENA_BYTES);
		struct anomalies anomalies = {.items = {0}};
		struct header header = header_parse(arena, span_of_string(row->header), &anomalies);
		struct envelope envelope = {0};
		assert_row_int(row->name, received_read(&header, SPAN(HOST), &envelope),
			       row->status);
		assert_row_int(row->name, envelope.has_client, row->client != NULL);
		if (row->client != NULL) {
			assert_row_span(row->name,
					span_of_string(network_format(envelope.client).text),
					span_of_string(row->client));
			assert_row_span(row->name, envelope.helo, span_of_string(row->helo));
			assert_row_int(row->name, envelope.has_mail_from, row->mail_from != NULL);
			assert_row_span(row->name, envelope.mail_from,
					span_of_string(row->mail_from));
		}
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
