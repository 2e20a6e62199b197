/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From a request to its answer, without sockets. */
#include "net/page_answer.h"

#include <arpa/inet.h>

static const char *reason_of(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 421:
		return "Misdirected Request";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	default:
		return "HTTP Version Not Supported";
	}
}

/* "127.0.0.1", "[::1]:9100", "localhost": nothing that a stranger's DNS could have led here. */
static bool is_own_host(struct span host)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char octets[16];
	bool is_six = host.len > 0 && host.ptr[0] == '[';
	size_t end = span_find(host, is_six ? ']' : ':', 0);
	struct span name = is_six ? span_slice(host, 1, end - 1) : span_slice(host, 0, end);
	if (span_equal_nocase(name, SPAN("localhost"))) {
		return true;
	}
	if (name.len >= sizeof(text) || span_find(name, '\0', 0) < name.len) {
		return false;
	}
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return inet_pton(is_six ? AF_INET6 : AF_INET, text, octets) == 1;
}

int page_answer_status(const struct page_answer_rules *rules, struct span octets)
{
	struct http_request request;
	enum http_request_state state = http_request_read(octets, &request);
	if (state != HTTP_REQUEST_READ) {
		return (int)state;
	}
	if (rules->is_loopback && request.host.len > 0 && !is_own_host(request.host)) {
		return 421;
	}
	if (!span_equal(request.target, span_of_string(rules->path))) {
		return 404;
	}
	return span_equal(request.method, SPAN("GET")) ? 200 : 405;
}

void page_answer_write(const struct page_answer_rules *rules, int status, struct span page,
		       struct buffer *answer)
{
	const char *reason = reason_of(status);
	bool is_page = status == 200;
	buffer_printf(answer,
		      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		      "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%s%s"
		      "Connection: close\r\n\r\n",
		      status, reason, is_page ? rules->type : "text/plain",
		      is_page ? page.len : strlen(reason) + 1,
		      status == 405 ? "Allow: GET\r\n" : "",
		      status == 503 ? "Retry-After: 5\r\n" : "");
	if (is_page) {
		buffer_append(answer, page);
	} else {
		buffer_printf(answer, "%s\n", reason);
	}
}
