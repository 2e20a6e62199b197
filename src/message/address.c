/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads address lists with one token in hand. */
#include "message/address.h"

#include "message/address_token.h"

struct parser {
	struct lexer lexer;
	struct address_list *list;
	bool is_in_group;
};

/* Words and dots in a row: a display name, a local part or a domain. */
struct phrase {
	struct span text; /* from the first to the last */
	size_t word_count;
	bool has_dot;
	bool is_dot_atom;   /* words and dots alternate, words at both ends */
	bool has_space;	    /* between them */
	bool ends_with_dot; /* or begins with one, while it is read */
};

static void note(struct parser *parser, enum anomaly_kind kind, struct span where)
{
	lexer_note(&parser->lexer, kind, where);
}

static void next(struct parser *parser)
{
	lexer_next(&parser->lexer);
}

static struct span until(struct span start, struct span last)
{
	return span_of(start.ptr, (size_t)(last.ptr - start.ptr) + last.len);
}

static void add_to_phrase(struct phrase *phrase, const struct token *token)
{
	bool is_first = phrase->text.len == 0;
	bool is_dot = token->kind == TOKEN_SPECIAL;
	if (is_first) {
		*phrase = (struct phrase){.text = token->text, .is_dot_atom = true};
	} else {
		phrase->text = until(phrase->text, token->text);
		phrase->has_space = phrase->has_space || token->has_space_before;
	}
	/* two words, or two dots, side by side; a dot in front counts as after a dot */
	if (is_dot ? is_first || phrase->ends_with_dot : !is_first && !phrase->ends_with_dot) {
		phrase->is_dot_atom = false;
	}
	phrase->ends_with_dot = is_dot;
	phrase->has_dot = phrase->has_dot || is_dot;
	phrase->word_count += is_dot ? 0 : 1;
}

static struct phrase read_phrase(struct parser *parser)
{
	struct phrase phrase = {.text = span_slice(parser->lexer.token.text, 0, 0)};
	for (;;) {
		const struct token *token = &parser->lexer.token;
		bool is_word = token->kind == TOKEN_ATOM || token->kind == TOKEN_QUOTED;
		if (token->kind == TOKEN_BAD && phrase.text.len == 0) {
			next(parser);
		} else if (is_word || lexer_is_special(&parser->lexer, '.')) {
			add_to_phrase(&phrase, token);
			next(parser);
		} else {
			return phrase;
		}
	}
}

/* RFC 5322 3.4.1 dot-atom or quoted string; 4.4 allows white space around the dots. */
static void check_dot_atom(struct parser *parser, const struct phrase *phrase)
{
	if (!phrase->is_dot_atom || phrase->ends_with_dot || phrase->word_count == 0) {
		note(parser, ANOMALY_FROM_SYNTAX, phrase->text);
	} else if (phrase->has_space) {
		note(parser, ANOMALY_FROM_OBSOLETE, phrase->text);
	}
}

/* The domain without the comments and white space that 4.4 allows inside. */
static struct span join_domain(struct parser *parser, const struct phrase *phrase)
{
	if (!phrase->has_space) {
		return phrase->text;
	}
	char *joined = arena_alloc(parser->lexer.arena, phrase->text.len + 1);
	struct lexer lexer = parser->lexer;
	struct anomalies ignored = {0};
	lexer.anomalies = &ignored;
	lexer.value = phrase->text;
	lexer.at = 0;
	size_t len = 0;
	for (lexer_next(&lexer); joined != NULL && lexer.token.kind != TOKEN_END;
	     lexer_next(&lexer)) {
		memcpy(joined + len, lexer.token.text.ptr, lexer.token.text.len);
		len += lexer.token.text.len;
	}
	return span_of(joined, len);
}

/* Behind the "@". */
static void read_domain(struct parser *parser, struct mailbox *mailbox)
{
	struct token token = parser->lexer.token;
	if (token.kind == TOKEN_LITERAL) {
		note(parser, ANOMALY_FROM_LITERAL, token.text);
		mailbox->is_literal = true;
		mailbox->domain = token.text;
		mailbox->text = until(mailbox->text, token.text);
		next(parser);
		return;
	}
	struct phrase phrase = read_phrase(parser);
	check_dot_atom(parser, &phrase);
	if (token.has_space_before) {
		note(parser, ANOMALY_FROM_OBSOLETE, phrase.text);
	}
	mailbox->domain = join_domain(parser, &phrase);
	mailbox->text = until(mailbox->text, phrase.text);
}

static void add_mailbox(struct parser *parser, struct mailbox mailbox)
{
	struct address_list *list = parser->list;
	mailbox.is_in_group = parser->is_in_group;
	list->total++;
	if (list->total == ADDRESS_MAX_MAILBOXES + 1) {
		note(parser, ANOMALY_FROM_LIMIT, mailbox.text);
	}
	struct mailbox *kept = VECTOR_PUSH(&list->mailboxes, parser->lexer.arena, struct mailbox,
					   ADDRESS_MAX_MAILBOXES);
	if (kept != NULL) {
		*kept = mailbox;
	}
}

/* local "@" domain; the token is the "@". A second "@" makes it a matter of taste who it is. */
static void read_address(struct parser *parser, const struct phrase *local, struct mailbox *mailbox)
{
	check_dot_atom(parser, local);
	mailbox->local = local->text;
	next(parser);
	read_domain(parser, mailbox);
	while (lexer_is_special(&parser->lexer, '@')) {
		note(parser, ANOMALY_FROM_SYNTAX, parser->lexer.token.text);
		add_mailbox(parser, *mailbox);
		next(parser);
		read_domain(parser, mailbox);
	}
}

/* RFC 5322 4.4 obs-route: "@a,@b:" in front of the address. */
static void skip_route(struct parser *parser)
{
	struct span start = parser->lexer.token.text;
	struct span last = start;
	while (parser->lexer.token.kind != TOKEN_END && !lexer_is_special(&parser->lexer, ':') &&
	       !lexer_is_special(&parser->lexer, '>')) {
		last = parser->lexer.token.text;
		next(parser);
	}
	note(parser, ANOMALY_FROM_ROUTE, until(start, last));
	if (lexer_is_special(&parser->lexer, ':')) {
		next(parser);
	}
}

/* Up to and with the closing bracket. */
static void end_angle(struct parser *parser, struct mailbox *mailbox)
{
	struct span stray = parser->lexer.token.text;
	if (!lexer_is_special(&parser->lexer, '>')) {
		note(parser, ANOMALY_FROM_SYNTAX, span_slice(stray, 0, 1));
	}
	while (parser->lexer.token.kind != TOKEN_END && !lexer_is_special(&parser->lexer, '>') &&
	       !lexer_is_special(&parser->lexer, ',')) {
		next(parser);
	}
	if (lexer_is_special(&parser->lexer, '>')) {
		mailbox->text = until(mailbox->text, parser->lexer.token.text);
		next(parser);
	}
}

/* The token is "<". */
static void read_angle(struct parser *parser, const struct phrase *display)
{
	struct mailbox mailbox = {
		.display = display->text,
		.text = display->text.len > 0 ? display->text : parser->lexer.token.text,
	};
	next(parser);
	if (lexer_is_special(&parser->lexer, '@')) {
		skip_route(parser);
	}
	struct phrase local = read_phrase(parser);
	bool has_address = lexer_is_special(&parser->lexer, '@');
	if (has_address) {
		read_address(parser, &local, &mailbox);
	} else {
		note(parser, ANOMALY_FROM_SYNTAX, mailbox.text);
	}
	end_angle(parser, &mailbox);
	if (has_address) {
		add_mailbox(parser, mailbox);
	}
}

static bool is_at_end_of_address(const struct parser *parser)
{
	return parser->lexer.token.kind == TOKEN_END || lexer_is_special(&parser->lexer, ',') ||
	       lexer_is_special(&parser->lexer, ';');
}

static void check_after_address(struct parser *parser)
{
	if (!is_at_end_of_address(parser)) {
		note(parser, ANOMALY_FROM_AFTER_ADDRESS, parser->lexer.token.text);
	}
}

static void read_group_mark(struct parser *parser, const struct phrase *phrase)
{
	bool is_start = lexer_is_special(&parser->lexer, ':');
	bool is_wrong = parser->is_in_group == is_start || (is_start && phrase->word_count == 0);
	note(parser, is_wrong ? ANOMALY_FROM_SYNTAX : ANOMALY_FROM_GROUP,
	     is_start ? until(phrase->text, parser->lexer.token.text) : parser->lexer.token.text);
	parser->is_in_group = is_start;
	next(parser);
}

/* Words that no address follows. */
static void check_bare_words(struct parser *parser, const struct phrase *phrase)
{
	if (phrase->text.len > 0) {
		note(parser, ANOMALY_FROM_SYNTAX, phrase->text);
	}
}

/* One address, or one mark between addresses. */
static void read_element(struct parser *parser)
{
	struct phrase phrase = read_phrase(parser);
	if (lexer_is_special(&parser->lexer, '<')) {
		read_angle(parser, &phrase);
		check_after_address(parser);
	} else if (lexer_is_special(&parser->lexer, '@')) {
		struct mailbox mailbox = {.text = phrase.text};
		read_address(parser, &phrase, &mailbox);
		add_mailbox(parser, mailbox);
		check_after_address(parser);
	} else if (lexer_is_special(&parser->lexer, ':')) {
		read_group_mark(parser, &phrase);
	} else {
		check_bare_words(parser, &phrase);
		if (lexer_is_special(&parser->lexer, ';')) {
			read_group_mark(parser, &phrase);
		} else if (parser->lexer.token.kind != TOKEN_END) {
			if (!lexer_is_special(&parser->lexer, ',')) {
				note(parser, ANOMALY_FROM_SYNTAX, parser->lexer.token.text);
			}
			next(parser);
		}
	}
}

void address_list_parse(struct arena *arena, struct span value, uint64_t offset,
			struct address_list *list, struct anomalies *anomalies)
{
	struct parser parser = {
		.lexer = {.arena = arena, .anomalies = anomalies, .value = value, .offset = offset},
		.list = list,
	};
	next(&parser);
	while (parser.lexer.token.kind != TOKEN_END) {
		read_element(&parser);
	}
	if (parser.is_in_group) {
		note(&parser, ANOMALY_FROM_SYNTAX, span_from(value, value.len));
	}
}
