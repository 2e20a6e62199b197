/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads MAIL FROM's address. */
#include "message/reverse_path.h"

static bool is_atext(char c)
{
	static const char others[] = "!#$%&'*+-/=?^_`{|}~";
	return text_is_alnum(c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr(others, c) != NULL);
}

/* RFC 5321 4.1.2 Quoted-string: the length with both quotes, or 0. */
static size_t quoted_len(struct span text)
{
	for (size_t i = 1; i < text.len; i++) {
		unsigned char c = span_octet(text, i);
		if (c == '"') {
			return i + 1;
		}
		if (c < ' ' || c == 127) {
			return 0;
		}
		i += c == '\\';
	}
	return 0;
}

/* Dot-string: atoms with single dots between. The length up to where it stops being one. */
static size_t dot_string_len(struct span text)
{
	size_t len = 0;
	bool is_after_atext = false;
	while (len < text.len &&
	       (is_atext(text.ptr[len]) || (text.ptr[len] == '.' && is_after_atext))) {
		is_after_atext = text.ptr[len] != '.';
		len++;
	}
	return is_after_atext || len == 0 ? len : len - 1;
}

/* Letters, digits, hyphens, underscores (seen in the wild) and UTF-8, in non-empty labels. */
static size_t domain_len(struct span text)
{
	size_t len = 0;
	bool is_in_label = false;
	while (len < text.len) {
		char c = text.ptr[len];
		bool is_label =
			text_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
		if (!is_label && !(c == '.' && is_in_label)) {
			break;
		}
		is_in_label = is_label;
		len++;
	}
	return len;
}

static struct reverse_path fail(enum reverse_path_status status, size_t offset)
{
	return (struct reverse_path){.status = status, .offset = offset};
}

static struct reverse_path read_domain(struct span text, size_t at)
{
	struct span domain = span_from(text, at);
	size_t len = domain_len(domain);
	if (domain.len > 0 && domain.ptr[0] == '[' && domain.ptr[domain.len - 1] == ']') {
		struct reverse_path path = fail(REVERSE_PATH_LITERAL, at);
		path.domain = domain;
		return path;
	}
	if (span_find(domain, '@', 0) < domain.len) {
		return fail(REVERSE_PATH_SEVERAL_AT, at + span_find(domain, '@', 0));
	}
	if (len == 0 || len < domain.len || domain.ptr[len - 1] == '.') {
		return fail(REVERSE_PATH_DOMAIN, at + len);
	}
	return (struct reverse_path){.status = REVERSE_PATH_OK, .domain = domain};
}

static struct span without_brackets(struct span text)
{
	bool has_both = text.len >= 2 && text.ptr[0] == '<' && text.ptr[text.len - 1] == '>';
	return has_both ? span_slice(text, 1, text.len - 2) : text;
}

struct reverse_path reverse_path_parse(struct span text)
{
	struct span path = without_brackets(text);
	size_t shift = path.len < text.len ? 1 : 0;
	if (path.len == 0) {
		return fail(REVERSE_PATH_NULL, 0);
	}
	if (path.ptr[0] == '@') {
		return fail(REVERSE_PATH_ROUTE, shift);
	}
	size_t local_len = path.ptr[0] == '"' ? quoted_len(path) : dot_string_len(path);
	if (local_len == 0 || local_len == path.len || path.ptr[local_len] != '@') {
		return fail(REVERSE_PATH_LOCAL, shift + local_len);
	}
	struct reverse_path result = read_domain(path, local_len + 1);
	result.local = span_slice(path, 0, local_len);
	result.offset += result.status == REVERSE_PATH_OK ? 0 : shift;
	return result;
}

const char *reverse_path_name(enum reverse_path_status status)
{
	static const char *const names[] = {
		[REVERSE_PATH_OK] = "ok",
		[REVERSE_PATH_NULL] = "null",
		[REVERSE_PATH_ROUTE] = "route",
		[REVERSE_PATH_SEVERAL_AT] = "several-at",
		[REVERSE_PATH_LOCAL] = "local-part",
		[REVERSE_PATH_DOMAIN] = "domain",
		[REVERSE_PATH_LITERAL] = "literal",
	};
	return names[status];
}
