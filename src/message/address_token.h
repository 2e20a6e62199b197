/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The words of an address field; only address.c and its helpers include this. */
#ifndef MAILSEAL_MESSAGE_ADDRESS_TOKEN_H
#define MAILSEAL_MESSAGE_ADDRESS_TOKEN_H

#include "message/anomaly.h"

enum token_kind {
	TOKEN_END,
	TOKEN_ATOM,
	TOKEN_QUOTED,
	TOKEN_LITERAL, /* [...] */
	TOKEN_SPECIAL, /* one of < > @ , ; : . */
	TOKEN_BAD,     /* skipped octets, already noted */
};

struct token {
	enum token_kind kind;
	struct span text;
	bool has_space_before; /* white space or a comment */
};

struct lexer {
	struct arena *arena;
	struct anomalies *anomalies;
	struct span value;
	uint64_t offset; /* of value in the message */
	size_t at;
	struct token token;
};

/* Reads the next token into lexer->token. */
void lexer_next(struct lexer *lexer);
void lexer_note(struct lexer *lexer, enum anomaly_kind kind, struct span where);
static inline bool lexer_is_special(const struct lexer *lexer, char c)
{
	return lexer->token.kind == TOKEN_SPECIAL && lexer->token.text.ptr[0] == c;
}

#endif
