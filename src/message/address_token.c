/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Splits an address field into words; comments are passed over by counting, not by recursion. */
#include "message/address_token.h"

void lexer_note(struct lexer *lexer, enum anomaly_kind kind, struct span where)
{
	uint64_t offset = lexer->offset + (uint64_t)(where.ptr - lexer->value.ptr);
	anomaly_add(lexer->anomalies, lexer->arena, (struct anomaly){kind, offset, where.len});
}

/* RFC 5322 3.2.3 atext, and RFC 6532 3.2 */
static bool is_atext(char c)
{
	static const char others[] = "!#$%&'*+-/=?^_`{|}~";
	return text_is_alnum(c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr(others, c) != NULL);
}

/* RFC 5322 3.2.2: at an opening parenthesis; comments nest. */
static void skip_comment(struct lexer *lexer)
{
	size_t start = lexer->at;
	size_t depth = 0;
	do {
		char c = lexer->value.ptr[lexer->at++];
		if (c == '\\' && lexer->at < lexer->value.len) {
			lexer->at++;
		}
		depth += c == '(';
		depth -= c == ')';
	} while (depth > 0 && lexer->at < lexer->value.len);
	if (depth > 0) {
		lexer_note(lexer, ANOMALY_FROM_SYNTAX,
			   span_slice(lexer->value, start, lexer->at - start));
	}
}

static bool skip_space(struct lexer *lexer)
{
	size_t start = lexer->at;
	while (lexer->at < lexer->value.len) {
		char c = lexer->value.ptr[lexer->at];
		if (c == '(') {
			skip_comment(lexer);
		} else if (text_is_space(c)) {
			lexer->at++;
		} else {
			break;
		}
	}
	return lexer->at > start;
}

/* A quoted string or a domain literal, up to its unescaped end. */
static size_t quoted_len(struct lexer *lexer, struct span rest, char end)
{
	for (size_t i = 1; i < rest.len; i++) {
		if (rest.ptr[i] == '\\') {
			i++;
		} else if (rest.ptr[i] == end) {
			return i + 1;
		}
	}
	lexer_note(lexer, ANOMALY_FROM_SYNTAX, rest);
	return rest.len;
}

static size_t atom_len(struct span rest)
{
	size_t len = 0;
	while (len < rest.len && is_atext(rest.ptr[len])) {
		len++;
	}
	return len;
}

static struct token read_token(struct lexer *lexer, struct span rest)
{
	char c = rest.ptr[0];
	if (is_atext(c)) {
		return (struct token){TOKEN_ATOM, span_slice(rest, 0, atom_len(rest)), false};
	}
	if (c == '"') {
		size_t len = quoted_len(lexer, rest, '"');
		return (struct token){TOKEN_QUOTED, span_slice(rest, 0, len), false};
	}
	if (c == '[') {
		size_t len = quoted_len(lexer, rest, ']');
		return (struct token){TOKEN_LITERAL, span_slice(rest, 0, len), false};
	}
	if (c != '\0' && strchr("<>@,;:.", c) != NULL) {
		return (struct token){TOKEN_SPECIAL, span_slice(rest, 0, 1), false};
	}
	/* RFC 5322 3.2.1: a quoted pair belongs into quotes or a comment */
	struct span bad = span_slice(rest, 0, c == '\\' ? 2 : 1);
	lexer_note(lexer, c == '\\' ? ANOMALY_FROM_QUOTED_PAIR : ANOMALY_FROM_SYNTAX, bad);
	return (struct token){TOKEN_BAD, bad, false};
}

void lexer_next(struct lexer *lexer)
{
	bool has_space = skip_space(lexer);
	struct span rest = span_from(lexer->value, lexer->at);
	lexer->token =
		rest.len > 0 ? read_token(lexer, rest) : (struct token){TOKEN_END, rest, false};
	lexer->token.has_space_before = has_space;
	lexer->at += lexer->token.text.len;
}
