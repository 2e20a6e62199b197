/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP replies, line by line, and what to say next. */
#include "net/smtp_talk.h"

struct span smtp_printable(struct arena *arena, struct span octets, size_t max)
{
	struct buffer text = buffer_new(max + 4);
	for (size_t i = 0; i < octets.len && text.len + 4 <= max; i++) {
		unsigned char c = span_octet(octets, i);
		if (c >= 0x20 && c < 0x7f) {
			buffer_putc(&text, (char)c);
		} else {
			buffer_printf(&text, "\\x%02x", c);
		}
	}
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

static void say_ehlo(struct smtp_talk *talk, struct buffer *send)
{
	buffer_printf(send, "EHLO %.*s\r\n", SPAN_ARG(talk->ehlo_name));
	talk->stage = SMTP_STAGE_EHLO;
}

void smtp_talk_begin(struct smtp_talk *talk, struct buffer *send)
{
	talk->stage = SMTP_STAGE_GREETING;
	if (talk->is_inside_tls) {
		say_ehlo(talk, send);
	}
}

static struct smtp_reply *current_reply(struct smtp_talk *talk)
{
	switch (talk->stage) {
	case SMTP_STAGE_GREETING:
		return &talk->greeting;
	case SMTP_STAGE_EHLO:
		return &talk->ehlo;
	case SMTP_STAGE_STARTTLS:
	case SMTP_STAGE_DONE:
		break;
	}
	return &talk->starttls;
}

/* Firewalls write X over keywords they do not know, at times with an A at the end. */
static bool is_masked(struct span keyword)
{
	if (keyword.len != 8) {
		return false;
	}
	for (size_t i = 0; i < 7; i++) {
		if (text_lower(keyword.ptr[i]) != 'x') {
			return false;
		}
	}
	return text_lower(keyword.ptr[7]) == 'x' || text_lower(keyword.ptr[7]) == 'a';
}

static struct span first_word(struct span line)
{
	const char *blank = line.len > 0 ? memchr(line.ptr, ' ', line.len) : NULL;
	return blank != NULL ? span_slice(line, 0, (size_t)(blank - line.ptr)) : line;
}

static bool is_worth_keeping(struct span word)
{
	return span_equal_nocase(word, SPAN("STARTTLS")) ||
	       span_equal_nocase(word, SPAN("REQUIRETLS")) || span_equal_nocase(word, SPAN("AUTH"));
}

static void take_keyword(struct smtp_talk *talk, struct span line)
{
	struct span word = first_word(span_trim(line, TEXT_SPACE));
	talk->has_starttls |= span_equal_nocase(word, SPAN("STARTTLS"));
	talk->is_starttls_masked |= is_masked(word);
	/* The last places are for those that count. */
	size_t max = is_worth_keeping(word) ? SMTP_MAX_KEYWORDS : SMTP_MAX_KEYWORDS - 8;
	if (talk->keyword_count >= max) {
		talk->has_keywords_cut = true;
		return;
	}
	talk->keywords[talk->keyword_count++] = smtp_printable(talk->arena, line, SMTP_MAX_TEXT);
}

/* The whole reply has come. */
static enum smtp_talk_state advance(struct smtp_talk *talk, struct buffer *send)
{
	unsigned code = current_reply(talk)->code;
	switch (talk->stage) {
	case SMTP_STAGE_GREETING:
		if (code == 220) {
			say_ehlo(talk, send);
			return SMTP_TALK_MORE;
		}
		break;
	case SMTP_STAGE_EHLO:
		if (code == 250 && talk->has_starttls && !talk->is_inside_tls) {
			buffer_puts(send, talk->injects ? "STARTTLS\r\nNOOP\r\n" : "STARTTLS\r\n");
			talk->stage = SMTP_STAGE_STARTTLS;
			return SMTP_TALK_MORE;
		}
		break;
	case SMTP_STAGE_STARTTLS:
	case SMTP_STAGE_DONE:
		if (code == 220) {
			return SMTP_TALK_TLS;
		}
		break;
	}
	return SMTP_TALK_ENDED;
}

static enum smtp_talk_state refuse(struct smtp_talk *talk, struct span line)
{
	talk->is_malformed = true;
	struct smtp_reply *reply = current_reply(talk);
	if (reply->code == 0) {
		reply->text = smtp_printable(talk->arena, line, SMTP_MAX_TEXT);
	}
	return SMTP_TALK_ENDED;
}

/* RFC 5321 4.2: three digits, then "-" on all lines but the last. */
static bool split_line(struct span line, unsigned *ret_code, bool *ret_is_last,
		       struct span *ret_text)
{
	uint64_t code;
	if (line.len < 3 || !number_parse_decimal(span_slice(line, 0, 3), 599, &code) ||
	    code < 200 || (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')) {
		return false;
	}
	*ret_code = (unsigned)code;
	*ret_is_last = line.len == 3 || line.ptr[3] == ' ';
	*ret_text = span_from(line, 4);
	return true;
}

static enum smtp_talk_state take_line(struct smtp_talk *talk, struct span line, struct buffer *send)
{
	unsigned code;
	bool is_last;
	struct span text;
	if (line.len == 0 && ++talk->empty_lines <= SMTP_MAX_EMPTY_LINES) {
		return SMTP_TALK_MORE;
	}
	if (!split_line(line, &code, &is_last, &text)) {
		return refuse(talk, line);
	}
	struct smtp_reply *reply = current_reply(talk);
	if (!talk->is_inside_reply) {
		reply->text = smtp_printable(talk->arena, text, SMTP_MAX_TEXT);
	} else if (talk->stage == SMTP_STAGE_EHLO && code == 250) {
		take_keyword(talk, text);
	}
	reply->code = code;
	talk->is_inside_reply = !is_last;
	return is_last ? advance(talk, send) : SMTP_TALK_MORE;
}

enum smtp_talk_state smtp_talk_receive(struct smtp_talk *talk, struct span octets,
				       struct buffer *send, size_t *ret_taken)
{
	for (size_t i = 0; i < octets.len; i++) {
		char c = octets.ptr[i];
		*ret_taken = i + 1;
		if (c != '\n') {
			if (talk->line_len == sizeof(talk->line)) {
				return refuse(talk, span_of(talk->line, talk->line_len));
			}
			talk->line[talk->line_len++] = c;
			continue;
		}
		size_t len = talk->line_len;
		len -= len > 0 && talk->line[len - 1] == '\r' ? 1 : 0;
		talk->line_len = 0;
		enum smtp_talk_state state = take_line(talk, span_of(talk->line, len), send);
		if (state != SMTP_TALK_MORE) {
			return state;
		}
	}
	*ret_taken = octets.len;
	return SMTP_TALK_MORE;
}
