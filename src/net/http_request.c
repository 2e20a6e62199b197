/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From octets to a request, or to the status that refuses it. */
#include "net/http_request.h"

struct head {
	struct http_request request;
	bool is_1_1;
	size_t hosts;
};

/* RFC 9110 5.6.2: tchar */
static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!text_is_alnum(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)) {
			return false;
		}
	}
	return s.len > 0;
}

/* RFC 9110 5.5: visible characters, spaces and tabs; octets above ASCII are opaque and allowed */
static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned octet = span_octet(s, i);
		if ((octet < 0x20 && octet != '\t') || octet == 0x7f) {
			return false;
		}
	}
	return true;
}

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (span_octet(s, i) <= 0x20 || span_octet(s, i) >= 0x7f) {
			return false;
		}
	}
	return s.len > 0;
}

/* RFC 9112 3: method SP request-target SP HTTP-version; RFC 9112 2.3: HTTP/DIGIT.DIGIT */
static enum http_request_state read_first_line(struct span line, struct head *head)
{
	struct span rest = line;
	struct span version = {0};
	bool is_ok = span_split(&rest, ' ', &head->request.method) &&
		     span_split(&rest, ' ', &head->request.target) &&
		     span_split(&rest, ' ', &version) && rest.len == 0;
	if (!is_ok || !is_token(head->request.method) || !is_visible(head->request.target) ||
	    version.len != 8 || !span_starts_with(version, SPAN("HTTP/")) ||
	    !text_is_digit(version.ptr[5]) || version.ptr[6] != '.' ||
	    !text_is_digit(version.ptr[7]) || version.ptr + version.len != line.ptr + line.len) {
		return HTTP_REQUEST_BAD;
	}
	head->is_1_1 = span_equal(version, SPAN("HTTP/1.1"));
	return head->is_1_1 || span_equal(version, SPAN("HTTP/1.0")) ? HTTP_REQUEST_READ
								     : HTTP_REQUEST_VERSION;
}

/* RFC 9112 5: name ":" OWS value OWS; 5.1: no white space before the colon; 5.2: no folding */
static bool read_field(struct span line, struct head *head)
{
	size_t colon = span_find(line, ':', 0);
	struct span name = span_slice(line, 0, colon);
	struct span value = span_trim(span_from(line, colon + 1), " \t");
	if (colon == line.len || !is_token(name) || !is_value(value)) {
		return false;
	}
	if (span_equal_nocase(name, SPAN("host"))) {
		head->request.host = value;
		head->hosts++;
	}
	/* RFC 9112 6.1, 6.3: either says that a body follows, which no GET of ours has */
	bool has_body =
		span_equal_nocase(name, SPAN("transfer-encoding")) ||
		(span_equal_nocase(name, SPAN("content-length")) && !span_equal(value, SPAN("0")));
	return !has_body;
}

static enum http_request_state read_head(struct span octets, struct head *head)
{
	size_t fields = 0;
	size_t at = span_search(octets, SPAN("\r\n"));
	enum http_request_state state = read_first_line(span_slice(octets, 0, at), head);
	struct span rest = span_from(octets, at + 2);
	while (state == HTTP_REQUEST_READ && rest.len > 0) {
		at = span_search(rest, SPAN("\r\n"));
		if (++fields > HTTP_REQUEST_MAX_FIELDS) {
			return HTTP_REQUEST_LARGE;
		}
		if (!read_field(span_slice(rest, 0, at), head)) {
			return HTTP_REQUEST_BAD;
		}
		rest = span_from(rest, at + 2);
	}
	/* RFC 9112 3.2: a request of HTTP/1.1 with no Host, or any with two, is answered with 400
	 */
	bool is_host_ok = head->hosts == 1 || (head->hosts == 0 && !head->is_1_1);
	return state != HTTP_REQUEST_READ || is_host_ok ? state : HTTP_REQUEST_BAD;
}

enum http_request_state http_request_read(struct span octets, struct http_request *ret_request)
{
	struct head head = {.hosts = 0};
	size_t end = span_search(octets, SPAN("\r\n\r\n"));
	if (end >= octets.len) {
		return octets.len < HTTP_REQUEST_MAX_BYTES ? HTTP_REQUEST_MORE : HTTP_REQUEST_LARGE;
	}
	enum http_request_state state = read_head(span_slice(octets, 0, end + 2), &head);
	if (state == HTTP_REQUEST_READ) {
		*ret_request = head.request;
	}
	return state;
}
