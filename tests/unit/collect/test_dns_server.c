/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Addresses of resolvers. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "collect/dns_server.h"

static int port_of(const struct dns_server *server)
{
	const void *address = &server->address;
	return server->address.ss_family == AF_INET
		       ? ntohs(((const struct sockaddr_in *)address)->sin_port)
		       : ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
}

static void test_parse(void **state)
{
	static const struct {
		struct span text;
		int family; /* 0: refused */
		int port;
	} rows[] = {
		{SPAN_INIT("192.0.2.53"), AF_INET, 53},
		{SPAN_INIT("192.0.2.53@5353"), AF_INET, 5353},
		{SPAN_INIT("192.0.2.53@65535"), AF_INET, 65535},
		{SPAN_INIT("2001:db8::53"), AF_INET6, 53},
		{SPAN_INIT("::1@1"), AF_INET6, 1},
		{SPAN_INIT("fe80::1%lo@53"), AF_INET6, 53},
		{SPAN_INIT(""), 0, 0},
		{SPAN_INIT("@53"), 0, 0},
		{SPAN_INIT("192.0.2.53@"), 0, 0},
		{SPAN_INIT("192.0.2.53@0"), 0, 0},
		{SPAN_INIT("192.0.2.53@65536"), 0, 0},
		{SPAN_INIT("192.0.2.53@dns"), 0, 0},
		{SPAN_INIT("192.0.2.53:53"), 0, 0},
		{SPAN_INIT("192.0.2.256"), 0, 0},
		{SPAN_INIT("192.0.2.53\0x"), 0, 0},
		{SPAN_INIT("dns.example.org"), 0, 0},
		{SPAN_INIT("2001:0db8:0000:0000:0000:0000:0000:0053:0000:0000:0000:0000:0000:0000"),
		 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].text.ptr;
		struct dns_server server;
		bool is_ok = dns_server_parse(rows[i].text, &server);
		assert_row_int(name, is_ok, rows[i].family != 0);
		if (is_ok) {
			assert_row_int(name, server.address.ss_family, rows[i].family);
			assert_row_int(name, port_of(&server), rows[i].port);
			assert_row_span(name, server.text, rows[i].text);
		}
	}
}

static void test_from_rdata(void **state)
{
	(void)state;
	struct arena *arena = arena_new((size_t)1 << 16);
	struct dns_server server;
	assert_true(dns_server_from_rdata(arena, SPAN("\300\0\2\65"), &server));
	assert_row_span("A", server.text, SPAN("192.0.2.53"));
	assert_true(dns_server_from_rdata(arena, SPAN("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x53"),
					  &server));
	assert_row_span("AAAA", server.text, SPAN("2001:db8::53"));
	assert_int_equal(port_of(&server), 53);
	assert_false(dns_server_from_rdata(arena, SPAN("\300\0\2"), &server));
	arena_free(arena);
}

static void test_resolv_conf(void **state)
{
	static const struct {
		const char *name;
		struct span text;
		const char *found; /* joined by a space */
	} rows[] = {
		{"empty", SPAN_INIT(""), ""},
		{"usual",
		 SPAN_INIT("# by dhcp\nsearch lan\nnameserver 192.0.2.1\nnameserver ::1\n"),
		 "192.0.2.1 ::1"},
		{"no line end", SPAN_INIT("nameserver 192.0.2.1"), "192.0.2.1"},
		{"blanks and a remark", SPAN_INIT("nameserver\t 192.0.2.1 # first\r\n"),
		 "192.0.2.1"},
		{"not a keyword", SPAN_INIT("nameservers 192.0.2.1\nnameserver192.0.2.1\n"), ""},
		{"commented out", SPAN_INIT("#nameserver 192.0.2.1\n;nameserver 192.0.2.2\n"), ""},
		{"not an address", SPAN_INIT("nameserver dns\nnameserver\nnameserver 192.0.2.1\n"),
		 "192.0.2.1"},
		{"a port is not known there", SPAN_INIT("nameserver 192.0.2.1@5353\n"), ""},
		{"at most three here",
		 SPAN_INIT("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
			   "nameserver 192.0.2.4\n"),
		 "192.0.2.1 192.0.2.2 192.0.2.3"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_server servers[3];
		struct buffer found = buffer_new(1000);
		size_t count = dns_server_parse_resolv_conf(rows[i].text, servers, 3);
		for (size_t k = 0; k < count; k++) {
			buffer_puts(&found, k > 0 ? " " : "");
			buffer_append(&found, servers[k].text);
		}
		assert_row_span(rows[i].name, buffer_span(&found), span_of_string(rows[i].found));
		buffer_free(&found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_from_rdata),
		cmocka_unit_test(test_resolv_conf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
