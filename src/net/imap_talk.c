/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Commands, their tagged ends, and what comes between. */
#include "net/imap_talk.h"

#include <stdio.h>
#include <stdlib.h>

#define INPUT_BYTES ((size_t)16 << 10)
#define TAG_SIZE 16

struct imap_talk {
	struct imap_transport transport;
	char *input; /* INPUT_BYTES */
	size_t start;
	size_t end;
	struct buffer line; /* of a response, its literals left out */
	struct buffer out;
	char tag[TAG_SIZE];
	unsigned tag_number;
	uint64_t literal_left; /* of the message that is being fetched */
	uint64_t response_count;
};

/* Called for each untagged response; a negative return ends the command. */
typedef int response_fn(void *context, struct span line);

int imap_talk_new(struct imap_transport transport, struct imap_talk **ret_talk,
		  struct failure *reterr)
{
	struct imap_talk *talk = calloc(1, sizeof(*talk));
	char *input = malloc(INPUT_BYTES);
	if (talk == NULL || input == NULL) {
		free(talk);
		free(input);
		return failure_set_memory(reterr, "mailbox");
	}
	talk->transport = transport;
	talk->input = input;
	talk->line = buffer_new(IMAP_MAX_LINE);
	talk->out = buffer_new(IMAP_MAX_LINE);
	*ret_talk = talk;
	return 0;
}

void imap_talk_free(struct imap_talk *talk)
{
	if (talk != NULL) {
		buffer_free(&talk->line);
		buffer_free(&talk->out);
		free(talk->input);
		free(talk);
	}
}

static int fail(struct failure *reterr, const char *why)
{
	return failure_set(reterr, FAILURE_INPUT, "mailbox", "the server %s", why);
}

/* ---- octets ---- */

static int fill(struct imap_talk *talk, struct failure *reterr)
{
	talk->start = 0;
	talk->end = 0;
	return talk->transport.receive(talk->transport.context, talk->input, INPUT_BYTES,
				       &talk->end, reterr);
}

/* Up to the next line feed, which is taken as well, into talk->line. */
static int read_text(struct imap_talk *talk, struct failure *reterr)
{
	for (;;) {
		int r = talk->start == talk->end ? fill(talk, reterr) : 0;
		if (r < 0) {
			return r;
		}
		struct span some = span_of(talk->input + talk->start, talk->end - talk->start);
		size_t len = span_find(some, '\n', 0);
		buffer_append(&talk->line, span_slice(some, 0, len));
		talk->start += len < some.len ? len + 1 : len;
		if (talk->line.is_failed) {
			return fail(reterr, "sends a line without an end");
		}
		if (len < some.len) {
			return 0;
		}
	}
}

static int skip(struct imap_talk *talk, uint64_t len, struct failure *reterr)
{
	while (len > 0) {
		int r = talk->start == talk->end ? fill(talk, reterr) : 0;
		if (r < 0) {
			return r;
		}
		size_t some = talk->end - talk->start;
		some = some < len ? some : (size_t)len;
		talk->start += some;
		len -= some;
	}
	return 0;
}

/* RFC 9051 4.3: "{123}" at the end of a line; *ret_rest is the line before it. */
static bool has_literal(struct span line, struct span *ret_rest, uint64_t *ret_len)
{
	line = span_trim(line, "\r");
	if (line.len < 3 || line.ptr[line.len - 1] != '}') {
		return false;
	}
	size_t open = line.len - 1;
	while (open > 0 && line.ptr[open] != '{') {
		open--;
	}
	struct span digits = span_slice(line, open + 1, line.len - open - 2);
	if (digits.len > 0 && digits.ptr[digits.len - 1] == '+') {
		digits = span_slice(digits, 0, digits.len - 1);
	}
	*ret_rest = span_slice(line, 0, open);
	return line.ptr[open] == '{' && number_parse_decimal(digits, UINT64_MAX, ret_len);
}

/*
 * One response. With is_body a literal behind "BODY[]" ends the reading early: it is what was asked
 * for, and talk->literal_left says how long it is.
 */
static int read_response(struct imap_talk *talk, bool is_body, struct failure *reterr)
{
	buffer_clear(&talk->line);
	talk->literal_left = 0;
	if (++talk->response_count > IMAP_MAX_RESPONSES) {
		return fail(reterr, "answers without an end");
	}
	for (int literals = 0; literals < IMAP_MAX_LITERALS; literals++) {
		struct span rest;
		uint64_t len;
		int r = read_text(talk, reterr);
		if (r < 0 || !has_literal(buffer_span(&talk->line), &rest, &len)) {
			return r;
		}
		if (len > IMAP_MAX_LITERAL) {
			return fail(reterr, "announces more than a message may have");
		}
		talk->line.len = rest.len;
		if (is_body && span_ends_with_nocase(rest, SPAN("BODY[] "))) {
			talk->literal_left = len;
			return 0;
		}
		r = skip(talk, len, reterr);
		if (r < 0) {
			return r;
		}
	}
	return fail(reterr, "answers without an end");
}

/* ---- commands ---- */

/* Starts a command in talk->out. */
static struct buffer *begin(struct imap_talk *talk)
{
	snprintf(talk->tag, sizeof(talk->tag), "M%u", ++talk->tag_number);
	talk->response_count = 0;
	buffer_clear(&talk->out);
	buffer_printf(&talk->out, "%s ", talk->tag);
	return &talk->out;
}

/* RFC 9051 9: quoted; control characters were refused before. */
static void put_quoted(struct buffer *out, const char *text)
{
	buffer_putc(out, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\') {
			buffer_putc(out, '\\');
		}
		buffer_putc(out, *c);
	}
	buffer_putc(out, '"');
}

static int send_command(struct imap_talk *talk, struct failure *reterr)
{
	buffer_puts(&talk->out, "\r\n");
	if (talk->out.is_failed) {
		return failure_set(reterr, FAILURE_INPUT, "mailbox", "a name is too long");
	}
	return talk->transport.send(talk->transport.context, buffer_span(&talk->out), reterr);
}

/* 1: the response in talk->line is the tagged end. */
static int is_end(const struct imap_talk *talk, struct span *ret_status)
{
	struct span rest = span_trim(buffer_span(&talk->line), "\r");
	struct span tag;
	if (!span_split(&rest, ' ', &tag) || !span_equal(tag, span_of_string(talk->tag))) {
		return 0;
	}
	*ret_status = rest;
	return 1;
}

static int judge_end(struct span status, struct failure *reterr)
{
	if (span_starts_with_nocase(status, SPAN("OK"))) {
		return 0;
	}
	char text[160];
	size_t len = 0;
	for (size_t i = 0; i < status.len && len < sizeof(text) - 1; i++) {
		unsigned char c = span_octet(status, i);
		text[len++] = (char)(c >= ' ' && c < 0x7f ? c : '?');
	}
	text[len] = '\0';
	return failure_set(reterr, FAILURE_INPUT, "mailbox", "the server refused: %s", text);
}

static int run(struct imap_talk *talk, response_fn *each, void *context, struct failure *reterr)
{
	struct span status;
	int r = send_command(talk, reterr);
	while (r == 0) {
		r = read_response(talk, /* is_body: */ false, reterr);
		if (r < 0) {
			break;
		}
		if (is_end(talk, &status)) {
			return judge_end(status, reterr);
		}
		r = each != NULL ? each(context, span_trim(buffer_span(&talk->line), "\r")) : 0;
	}
	return r;
}

/* ---- reading responses ---- */

static bool has_word(struct span line, const char *word)
{
	struct span part;
	while (line.len > 0 && span_split(&line, ' ', &part)) {
		if (span_equal_nocase(part, span_of_string(word))) {
			return true;
		}
	}
	return false;
}

static int take_capability(void *context, struct span line)
{
	struct imap_capabilities *capabilities = context;
	if (span_starts_with_nocase(line, SPAN("* CAPABILITY "))) {
		capabilities->has_move |= has_word(line, "MOVE");
		capabilities->has_uidplus |= has_word(line, "UIDPLUS");
	}
	return 0;
}

int imap_talk_capabilities(struct imap_talk *talk, struct imap_capabilities *ret_capabilities,
			   struct failure *reterr)
{
	*ret_capabilities = (struct imap_capabilities){0};
	buffer_puts(begin(talk), "CAPABILITY");
	return run(talk, take_capability, ret_capabilities, reterr);
}

/* The number behind a word, as in "UID 5"; false when it is not there. */
static bool number_behind(struct span line, const char *word, uint64_t *ret_number)
{
	struct span name = span_of_string(word);
	for (size_t i = 0; i + name.len < line.len; i++) {
		bool is_start = i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '(' ||
				line.ptr[i - 1] == '[';
		if (is_start && span_equal_nocase(span_slice(line, i, name.len), name) &&
		    line.ptr[i + name.len] == ' ') {
			size_t start = i + name.len + 1;
			size_t end = start;
			while (end < line.len && text_is_digit(line.ptr[end])) {
				end++;
			}
			return number_parse_decimal(span_slice(line, start, end - start),
						    UINT32_MAX, ret_number);
		}
	}
	return false;
}

static int take_validity(void *context, struct span line)
{
	uint64_t number;
	if (span_starts_with_nocase(line, SPAN("* OK [UIDVALIDITY ")) &&
	    number_behind(line, "UIDVALIDITY", &number)) {
		*(uint32_t *)context = (uint32_t)number;
	}
	return 0;
}

int imap_talk_open(struct imap_talk *talk, const char *mailbox, bool is_read_only,
		   uint32_t *ret_uid_validity, struct failure *reterr)
{
	*ret_uid_validity = 0;
	buffer_puts(begin(talk), is_read_only ? "EXAMINE " : "SELECT ");
	put_quoted(&talk->out, mailbox);
	return run(talk, take_validity, ret_uid_validity, reterr);
}

struct listing {
	uint32_t first_uid;
	int (*each)(void *context, const struct imap_message *message);
	void *context;
};

static int take_message(void *context, struct span line)
{
	const struct listing *listing = context;
	uint64_t uid;
	uint64_t size;
	bool is_fetch = span_search(line, SPAN(" FETCH (")) < line.len;
	/* RFC 9051 6.4.9: "5:*" names the last message even when its UID is lower. */
	if (!is_fetch || !number_behind(line, "UID", &uid) || uid < listing->first_uid ||
	    uid == 0) {
		return 0;
	}
	struct imap_message message = {
		.uid = (uint32_t)uid,
		.size_bytes = number_behind(line, "RFC822.SIZE", &size) ? size : 0,
		.is_seen = span_search(line, SPAN("\\Seen")) < line.len,
	};
	return listing->each(listing->context, &message);
}

int imap_talk_list(struct imap_talk *talk, uint32_t first_uid,
		   int (*each)(void *context, const struct imap_message *message), void *context,
		   struct failure *reterr)
{
	struct listing listing = {first_uid, each, context};
	buffer_printf(begin(talk), "UID FETCH %u:* (UID FLAGS RFC822.SIZE)", first_uid);
	return run(talk, take_message, &listing, reterr);
}

/* ---- one message ---- */

int imap_talk_fetch_begin(struct imap_talk *talk, uint32_t uid, bool *ret_is_there,
			  struct failure *reterr)
{
	buffer_printf(begin(talk), "UID FETCH %u (UID BODY.PEEK[])", uid);
	*ret_is_there = false;
	int r = send_command(talk, reterr);
	while (r == 0) {
		struct span status;
		uint64_t number;
		r = read_response(talk, /* is_body: */ true, reterr);
		if (r < 0 || talk->literal_left > 0) {
			/* RFC 9051 7.5.2: the items come in any order, so the UID may follow. */
			bool is_other = r == 0 &&
					number_behind(buffer_span(&talk->line), "UID", &number) &&
					number != uid;
			*ret_is_there = r == 0 && !is_other;
			return is_other ? fail(reterr, "sends another message") : r;
		}
		if (is_end(talk, &status)) {
			return judge_end(status, reterr);
		}
	}
	return r;
}

int imap_talk_fetch_read(struct imap_talk *talk, char *into, size_t size, size_t *ret_len,
			 struct failure *reterr)
{
	int r = talk->literal_left > 0 && talk->start == talk->end ? fill(talk, reterr) : 0;
	if (r < 0) {
		return r;
	}
	size_t len = talk->end - talk->start;
	len = len < size ? len : size;
	len = len < talk->literal_left ? len : (size_t)talk->literal_left;
	memcpy(into, talk->input + talk->start, len);
	talk->start += len;
	talk->literal_left -= len;
	*ret_len = len;
	return 0;
}

int imap_talk_fetch_end(struct imap_talk *talk, struct failure *reterr)
{
	int r = skip(talk, talk->literal_left, reterr);
	struct span status;
	while (r == 0) {
		r = read_response(talk, /* is_body: */ false, reterr);
		if (r == 0 && is_end(talk, &status)) {
			return judge_end(status, reterr);
		}
	}
	return r;
}

/* ---- changes ---- */

int imap_talk_mark_read(struct imap_talk *talk, const char *uids, struct failure *reterr)
{
	buffer_printf(begin(talk), "UID STORE %s +FLAGS.SILENT (\\Seen)", uids);
	return run(talk, NULL, NULL, reterr);
}

static int copy_and_remove(struct imap_talk *talk, const char *uids, const char *mailbox,
			   struct failure *reterr)
{
	buffer_printf(begin(talk), "UID COPY %s ", uids);
	put_quoted(&talk->out, mailbox);
	int r = run(talk, NULL, NULL, reterr);
	if (r == 0) {
		buffer_printf(begin(talk), "UID STORE %s +FLAGS.SILENT (\\Deleted)", uids);
		r = run(talk, NULL, NULL, reterr);
	}
	if (r == 0) {
		buffer_printf(begin(talk), "UID EXPUNGE %s", uids);
		r = run(talk, NULL, NULL, reterr);
	}
	return r;
}

int imap_talk_move(struct imap_talk *talk, const char *uids, const char *mailbox,
		   const struct imap_capabilities *capabilities, struct failure *reterr)
{
	if (capabilities->has_move) {
		buffer_printf(begin(talk), "UID MOVE %s ", uids);
		put_quoted(&talk->out, mailbox);
		return run(talk, NULL, NULL, reterr);
	}
	/* A bare EXPUNGE would remove what others have marked. */
	return capabilities->has_uidplus
		       ? copy_and_remove(talk, uids, mailbox, reterr)
		       : fail(reterr, "can neither MOVE nor UID EXPUNGE: leave out --move-to");
}

static int take_existing(void *context, struct span line)
{
	*(bool *)context |= span_starts_with_nocase(line, SPAN("* LIST "));
	return 0;
}

int imap_talk_create(struct imap_talk *talk, const char *mailbox, struct failure *reterr)
{
	bool is_there = false;
	buffer_puts(begin(talk), "LIST \"\" ");
	put_quoted(&talk->out, mailbox);
	int r = run(talk, take_existing, &is_there, reterr);
	if (r < 0 || is_there) {
		return r;
	}
	buffer_puts(begin(talk), "CREATE ");
	put_quoted(&talk->out, mailbox);
	return run(talk, NULL, NULL, reterr);
}

/* RFC 9051 6.3.9: * LIST (\Noselect) "/" "" */
static int take_delimiter(void *context, struct span line)
{
	size_t close = span_find(line, ')', 0);
	struct span rest = span_from(line, close + 1);
	if (span_starts_with_nocase(line, SPAN("* LIST ")) && rest.len >= 4 && rest.ptr[1] == '"') {
		*(char *)context = rest.ptr[rest.ptr[2] == '\\' ? 3 : 2];
	}
	return 0;
}

int imap_talk_delimiter(struct imap_talk *talk, char *ret_delimiter, struct failure *reterr)
{
	*ret_delimiter = '\0';
	buffer_puts(begin(talk), "LIST \"\" \"\"");
	return run(talk, take_delimiter, ret_delimiter, reterr);
}

void imap_talk_logout(struct imap_talk *talk)
{
	struct failure ignored;
	buffer_puts(begin(talk), "LOGOUT");
	(void)!run(talk, NULL, NULL, &ignored);
}
