/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which requests get the page, and what the others get. */
#include "unit.h"

#include "net/page_answer.h"

static const struct page_answer_rules open_rules = {"/metrics", "text/special", false};
static const struct page_answer_rules loopback_rules = {"/metrics", "text/special", true};

struct status_row {
	const char *name;
	const struct page_answer_rules *rules;
	const char *request;
	int status;
};

static const struct status_row status_rows[] = {
	{"the page", &open_rules, "GET /metrics HTTP/1.1\r\nHost: m.example\r\n\r\n", 200},
	{"not all of it", &open_rules, "GET /metrics HTTP/1.1\r\nHost: m.ex", HTTP_REQUEST_MORE},
	{"another path", &open_rules, "GET / HTTP/1.1\r\nHost: m.example\r\n\r\n", 404},
	{"another method", &open_rules, "POST /metrics HTTP/1.1\r\nHost: m.example\r\n\r\n", 405},
	{"no host", &open_rules, "GET /metrics HTTP/1.1\r\n\r\n", 400},
	{"loopback: a name", &loopback_rules, "GET /metrics HTTP/1.1\r\nHost: m.example\r\n\r\n",
	 421},
	{"loopback: localhost", &loopback_rules,
	 "GET /metrics HTTP/1.1\r\nHost: LocalHost:9100\r\n\r\n", 200},
	{"loopback: IPv4", &loopback_rules, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9100\r\n\r\n",
	 200},
	{"loopback: IPv6", &loopback_rules, "GET /metrics HTTP/1.1\r\nHost: [::1]:9100\r\n\r\n",
	 200},
	{"loopback: a name like an address", &loopback_rules,
	 "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.m.example\r\n\r\n", 421},
};

static void test_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++) {
		const struct status_row *row = &status_rows[i];
		int status = page_answer_status(row->rules, span_of_string(row->request));
		if (status != row->status) {
			fail_msg("%s: %d, not %d", row->name, status, row->status);
		}
	}
}

static bool has(const struct buffer *answer, const char *text)
{
	return strstr(buffer_span(answer).ptr, text) != NULL;
}

static void test_answer(void **state)
{
	(void)state;
	struct buffer answer = buffer_new(4096);
	page_answer_write(&open_rules, 200, SPAN("seven\n"), &answer);
	buffer_putc(&answer, '\0');
	assert_true(has(&answer, "HTTP/1.1 200 OK\r\nContent-Type: text/special\r\n"
				 "Content-Length: 6\r\n"));
	assert_true(has(&answer, "\r\n\r\nseven\n"));
	buffer_clear(&answer);
	page_answer_write(&open_rules, 405, SPAN("seven\n"), &answer);
	buffer_putc(&answer, '\0');
	assert_true(has(&answer, "Content-Type: text/plain\r\nContent-Length: 19\r\n"));
	assert_true(has(&answer, "\r\nAllow: GET\r\n"));
	assert_true(has(&answer, "\r\n\r\nMethod Not Allowed\n"));
	assert_false(has(&answer, "seven"));
	buffer_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
