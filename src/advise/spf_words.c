/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Changes SPF records word by word. */
#include "advise/spf_words.h"

#include "advise/spf_repair.h"
#include "base/base.h"

static void push(struct spf_words *words, struct span word)
{
	struct span *slot =
		VECTOR_PUSH(&words->items, words->arena, struct span, (size_t)SPF_MAX_TERMS);
	if (slot != NULL) {
		*slot = word;
	}
}

static void push_all(struct spf_words *words, struct span text)
{
	struct span word;
	while (span_split(&text, ' ', &word)) {
		word = span_trim(word, TEXT_SPACE);
		if (word.len > 0) {
			push(words, word);
		}
	}
}

struct spf_words spf_words_of(struct arena *arena, struct span text)
{
	struct spf_words words = {.arena = arena};
	push_all(&words, span_from(text, strlen("v=spf1")));
	return words;
}

bool spf_words_repair(struct spf_words *words)
{
	struct spf_words repaired = {.arena = words->arena};
	for (size_t i = 0; i < words->items.len; i++) {
		struct span word = *spf_words_at(words, i);
		struct span next =
			i + 1 < words->items.len ? *spf_words_at(words, i + 1) : SPAN("");
		struct spf_repair repair = spf_repair_word(words->arena, word, next);
		if (!repair.is_certain) {
			return false;
		}
		for (size_t k = 0; k < repair.word_count; k++) {
			push(&repaired, repair.words[k]);
		}
		i += repair.takes_next;
	}
	*words = repaired;
	return true;
}

static void remove_at(struct spf_words *words, size_t at)
{
	for (size_t i = at; i + 1 < words->items.len; i++) {
		*spf_words_at(words, i) = *spf_words_at(words, i + 1);
	}
	words->items.len--;
}

bool spf_words_drop(struct spf_words *words, struct span term)
{
	for (size_t i = words->items.len; i > 0; i--) {
		if (span_equal_nocase(*spf_words_at(words, i - 1), term)) {
			remove_at(words, i - 1);
			return true;
		}
	}
	return false;
}

static bool is_all(struct span word)
{
	if (word.len > 0 && text_is_one_of(word.ptr[0], "+-~?")) {
		word = span_from(word, 1);
	}
	return span_equal_nocase(word, SPAN("all"));
}

void spf_words_add(struct spf_words *words, struct span term)
{
	size_t all = words->items.len;
	for (size_t i = 0; i < words->items.len; i++) {
		struct span word = *spf_words_at(words, i);
		if (span_equal_nocase(word, term)) {
			return;
		}
		all = is_all(word) && all == words->items.len ? i : all;
	}
	push(words, term);
	for (size_t i = words->items.len; i > all + 1; i--) {
		*spf_words_at(words, i - 1) = *spf_words_at(words, i - 2);
		*spf_words_at(words, i - 2) = term;
	}
}

void spf_words_end_in(struct spf_words *words, struct span all)
{
	for (size_t i = words->items.len; i > 0; i--) {
		if (is_all(*spf_words_at(words, i - 1))) {
			remove_at(words, i - 1);
		}
	}
	push(words, all);
}

static bool is_modifier(struct span word)
{
	return span_starts_with_nocase(word, SPAN("redirect=")) ||
	       span_starts_with_nocase(word, SPAN("exp="));
}

static void write_words(const struct spf_words *words, bool are_modifiers, struct buffer *text)
{
	for (size_t i = 0; i < words->items.len; i++) {
		if (is_modifier(*spf_words_at(words, i)) == are_modifiers) {
			buffer_putc(text, ' ');
			buffer_append(text, *spf_words_at(words, i));
		}
	}
}

/* RFC 7208 6: modifiers SHOULD stand at the end; moving them there changes nothing. */
struct span spf_words_write(const struct spf_words *words)
{
	struct buffer text = buffer_new_for(words->arena, LIMIT_DNS_MESSAGE);
	buffer_puts(&text, "v=spf1");
	write_words(words, /* are_modifiers: */ false, &text);
	write_words(words, /* are_modifiers: */ true, &text);
	struct span copy = text.is_failed ? SPAN("") : arena_copy(words->arena, buffer_span(&text));
	buffer_free(&text);
	const struct spf_record *record = spf_record_parse(words->arena, copy);
	bool is_good = copy.len > 0 && record != NULL && record->problems.error_count == 0;
	return is_good ? copy : SPAN("");
}

bool spf_words_of_near_miss(struct arena *arena, struct span text, struct spf_words *ret_words)
{
	static const char before[] = "v=: \t\"'";
	static const char behind[] = "0123456789.;:,=\"'";
	text = span_trim(text, TEXT_SPACE "\"'");
	size_t at = 0;
	while (at < text.len && !span_starts_with_nocase(span_from(text, at), SPAN("spf"))) {
		if (!text_is_one_of(text_lower(text.ptr[at]), before)) {
			return false;
		}
		at++;
	}
	struct span rest = span_from(text, at + strlen("spf"));
	size_t number = 0;
	while (number < rest.len && text_is_one_of(rest.ptr[number], behind)) {
		number++;
	}
	rest = span_from(rest, number);
	if (at == text.len || (rest.len > 0 && !text_is_space(rest.ptr[0]))) {
		return false;
	}
	struct spf_words words = {.arena = arena};
	push_all(&words, rest);
	*ret_words = words;
	return spf_words_repair(ret_words);
}
