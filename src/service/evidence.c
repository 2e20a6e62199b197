/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Check results to text and back. */
#include "service/evidence.h"

/* One word: what would end it becomes "?". */
static void write_word(struct buffer *text, struct span word, char end)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		buffer_putc(text, span_octet(word, i) <= ' ' ? '?' : text_lower(c));
	}
	if (word.len == 0) {
		buffer_putc(text, '-');
	}
	buffer_putc(text, end);
}

void evidence_write(struct buffer *text, const struct evidence_item *item)
{
	buffer_puts(text, item->is_dkim ? "dkim " : "spf ");
	write_word(text, item->result, ' ');
	write_word(text, item->domain, ' ');
	write_word(text, item->detail, '\n');
}

static bool take_word(struct span *line, struct span *ret_word)
{
	if (!span_split(line, ' ', ret_word)) {
		return false;
	}
	if (span_equal(*ret_word, SPAN("-"))) {
		*ret_word = span_of(NULL, 0);
	}
	return true;
}

static bool read_line(struct span line, struct evidence_item *item)
{
	struct span mechanism;
	if (!take_word(&line, &mechanism) || !take_word(&line, &item->result) ||
	    !take_word(&line, &item->domain) || !take_word(&line, &item->detail)) {
		return false;
	}
	item->is_dkim = span_equal(mechanism, SPAN("dkim"));
	return item->is_dkim || span_equal(mechanism, SPAN("spf"));
}

bool evidence_next(struct span *rest, struct evidence_item *ret_item)
{
	struct span line;
	while (rest->len > 0 && span_split(rest, '\n', &line)) {
		if (read_line(line, ret_item)) {
			return true;
		}
	}
	return false;
}
