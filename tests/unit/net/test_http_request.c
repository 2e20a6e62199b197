/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Requests, and what refuses them. */
#include "unit.h"

#include "net/http_request.h"

struct row {
	const char *name;
	const char *octets;
	enum http_request_state state;
	const char *target;
	const char *host;
};

#define HOST "Host: localhost:9225\r\n"
#define GET "GET /metrics HTTP/1.1\r\n"

static const struct row rows[] = {
	{"nothing yet", "", HTTP_REQUEST_MORE, NULL, NULL},
	{"half a line", "GET /met", HTTP_REQUEST_MORE, NULL, NULL},
	{"no end yet", GET HOST, HTTP_REQUEST_MORE, NULL, NULL},
	{"a request", GET HOST "\r\n", HTTP_REQUEST_READ, "/metrics", "localhost:9225"},
	{"what follows is not read", GET HOST "\r\nGET", HTTP_REQUEST_READ, "/metrics",
	 "localhost:9225"},
	{"fields in any case", GET "hOST:localhost\r\nAccept: */*\r\n\r\n", HTTP_REQUEST_READ,
	 "/metrics", "localhost"},
	{"white space around a value", GET "Host: \t localhost \t\r\n\r\n", HTTP_REQUEST_READ,
	 "/metrics", "localhost"},
	{"an empty value", GET HOST "Accept:\r\n\r\n", HTTP_REQUEST_READ, "/metrics",
	 "localhost:9225"},
	{"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", HTTP_REQUEST_READ, "/", ""},
	{"a body of nothing", GET HOST "Content-Length: 0\r\n\r\n", HTTP_REQUEST_READ, "/metrics",
	 "localhost:9225"},
	{"any method", "BREW / HTTP/1.1\r\n" HOST "\r\n", HTTP_REQUEST_READ, "/", "localhost:9225"},
	{"no host", GET "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"two hosts", GET HOST HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"two hosts in HTTP/1.0", "GET / HTTP/1.0\r\n" HOST HOST "\r\n", HTTP_REQUEST_BAD, NULL,
	 NULL},
	{"HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", HTTP_REQUEST_VERSION, NULL, NULL},
	{"HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", HTTP_REQUEST_VERSION, NULL, NULL},
	{"HTTP/1.10", "GET / HTTP/1.10\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"http in small letters", "GET / http/1.1\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"no version", "GET /\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"two spaces", "GET  / HTTP/1.1\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a space at the end", "GET / HTTP/1.1 \r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a fourth word", "GET / HTTP/1.1 x\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"an empty line first", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"only empty lines", "\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a method that is no token", "G(T / HTTP/1.1\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL,
	 NULL},
	{"a target above ASCII", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", HTTP_REQUEST_BAD, NULL,
	 NULL},
	{"line feeds alone", "GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a line feed in a value", GET "Host: a\nX: b\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a carriage return in a value", GET HOST "X: a\rb\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a space before the colon", GET "Host : a\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a folded field", GET HOST " b\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"no colon", GET HOST "Accept\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a field without a name", GET HOST ": x\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"a body", GET HOST "Content-Length: 5\r\n\r\nhello", HTTP_REQUEST_BAD, NULL, NULL},
	{"a body of 00", GET HOST "Content-Length: 00\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
	{"chunks", GET HOST "Transfer-Encoding: chunked\r\n\r\n", HTTP_REQUEST_BAD, NULL, NULL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct http_request request = {0};
		assert_row_int(row->name, http_request_read(span_of_string(row->octets), &request),
			       row->state);
		assert_row_int(row->name, request.method.len > 0, row->target != NULL);
		if (row->target != NULL) {
			assert_row_span(row->name, request.target, span_of_string(row->target));
			assert_row_span(row->name, request.host, span_of_string(row->host));
		}
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct http_request request;
	char octets[HTTP_REQUEST_MAX_BYTES + 1];
	memset(octets, 'a', sizeof(octets));
	assert_int_equal(http_request_read(span_of(octets, HTTP_REQUEST_MAX_BYTES - 1), &request),
			 HTTP_REQUEST_MORE);
	assert_int_equal(http_request_read(span_of(octets, HTTP_REQUEST_MAX_BYTES), &request),
			 HTTP_REQUEST_LARGE);
	struct buffer many = buffer_new(HTTP_REQUEST_MAX_BYTES);
	buffer_puts(&many, GET HOST);
	for (size_t i = 0; i < HTTP_REQUEST_MAX_FIELDS; i++) {
		buffer_puts(&many, "a: b\r\n");
	}
	buffer_puts(&many, "\r\n");
	assert_int_equal(http_request_read(buffer_span(&many), &request), HTTP_REQUEST_LARGE);
	buffer_free(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
