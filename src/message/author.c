/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Puts the From block together from every field that may be taken for a From field. */
#include "message/author.h"

#include "message/encoded_word.h"
#include "message/reader.h"

/* An encoded word may hold another one; no mail program decodes deeper than this. */
#define ENCODED_MAX_DEPTH 3
/* Encoded words looked at in one field. */
#define ENCODED_MAX_WORDS 100

struct reading {
	struct arena *arena;
	struct message *message;
	struct address_list list;
	size_t from_count;
};

static void note(struct reading *reading, enum anomaly_kind kind, struct span where)
{
	anomaly_add(
		&reading->message->anomalies, reading->arena,
		(struct anomaly){kind, header_offset(&reading->message->header, where), where.len});
}

static bool is_domain_octet(char c)
{
	return text_is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

/* The domain behind an "@" is one of the addresses the field really holds. */
static bool is_known_domain(const struct address_list *list, size_t first, struct span domain)
{
	for (size_t i = first; i < list->mailboxes.len; i++) {
		if (span_equal_nocase(address_list_at(list, i)->domain, domain)) {
			return true;
		}
	}
	return false;
}

/* Text that shows "@" and a domain none of the addresses from index first on has. */
static bool shows_other_address(const struct address_list *list, size_t first, struct span text)
{
	for (size_t at = span_find(text, '@', 0); at < text.len;
	     at = span_find(text, '@', at + 1)) {
		size_t end = at + 1;
		while (end < text.len && is_domain_octet(text.ptr[end])) {
			end++;
		}
		struct span domain = span_slice(text, at + 1, end - at - 1);
		if (domain.len > 0 && !is_known_domain(list, first, domain)) {
			return true;
		}
	}
	return false;
}

static bool decodes_to_other_address(struct reading *reading, size_t first, struct span text,
				     struct span *ret_word)
{
	struct buffer decoded = buffer_new_for(reading->arena, text.len + 16);
	struct buffer inner = buffer_new_for(reading->arena, text.len + 16);
	struct span rest = text;
	bool is_found = false;
	for (int i = 0;
	     i < ENCODED_MAX_WORDS && !is_found && encoded_word_next(&rest, &decoded, ret_word);
	     i++) {
		is_found = shows_other_address(&reading->list, first, buffer_span(&decoded));
		for (int depth = 1; depth < ENCODED_MAX_DEPTH && !is_found; depth++) {
			struct span nested = buffer_span(&decoded);
			struct span word;
			if (!encoded_word_next(&nested, &inner, &word)) {
				break;
			}
			is_found = shows_other_address(&reading->list, first, buffer_span(&inner));
			struct buffer swap = decoded;
			decoded = inner;
			inner = swap;
		}
	}
	buffer_free(&decoded);
	buffer_free(&inner);
	return is_found;
}

/* What a name or comment shows beside the addresses, plain or encoded. */
static void check_shown(struct reading *reading, const struct header_field *field, size_t first)
{
	struct span word = field->value;
	if (shows_other_address(&reading->list, first, field->value)) {
		note(reading, ANOMALY_FROM_DISPLAY, field->value);
	}
	if (decodes_to_other_address(reading, first, field->value, &word)) {
		note(reading, ANOMALY_FROM_ENCODED, word);
	}
}

static void read_from(struct reading *reading, const struct header_field *field)
{
	struct address_list *list = &reading->list;
	size_t first = list->mailboxes.len;
	size_t total = list->total;
	address_list_parse(reading->arena, field->value,
			   header_offset(&reading->message->header, field->value), list,
			   &reading->message->anomalies);
	if (list->total == total) {
		note(reading, ANOMALY_FROM_EMPTY, field->value);
	} else if (list->total > total + 1) {
		note(reading, ANOMALY_FROM_MAILBOXES, field->value);
	}
	check_shown(reading, field, first);
	reading->from_count++;
}

/* The letters of the name are "From", with something between or around them. */
static bool is_from_like(struct span name)
{
	static const char from[] = "from";
	size_t matched = 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = text_lower(name.ptr[i]);
		if (text_is_alnum(c) || c == '-') {
			if (matched == sizeof(from) - 1 || c != from[matched]) {
				return false;
			}
			matched++;
		}
	}
	return matched == sizeof(from) - 1;
}

/* RFC 5322 2.2.3: a continuation line; some programs trim each line and then see a From field. */
static bool is_hidden_from(struct span line)
{
	size_t colon = span_find(line, ':', 0);
	return colon < line.len &&
	       span_equal_nocase(span_trim(span_slice(line, 0, colon), TEXT_SPACE), SPAN("From"));
}

static void read_hidden(struct reading *reading, const struct header_field *field)
{
	struct span rest = field->raw;
	size_t at = span_find(rest, '\n', 0);
	bool is_first_line = rest.len > 0 && text_is_space(rest.ptr[0]);
	while (is_first_line || at < rest.len) {
		rest = is_first_line ? rest : span_from(rest, at + 1);
		is_first_line = false;
		at = span_find(rest, '\n', 0);
		struct span line = span_slice(rest, 0, at);
		if (is_hidden_from(line)) {
			struct header_field hidden = {
				.raw = line,
				.value = span_from(line, span_find(line, ':', 0) + 1),
			};
			note(reading, ANOMALY_FROM_HIDDEN, line);
			read_from(reading, &hidden);
		}
	}
}

static void read_field(struct reading *reading, const struct header_field *field)
{
	bool is_leading = field->raw.len > 0 && text_is_space(field->raw.ptr[0]);
	if (span_equal_nocase(field->name, SPAN("From")) && !is_leading) {
		read_from(reading, field);
		return;
	}
	if (!is_leading && is_from_like(field->name)) {
		note(reading, ANOMALY_FROM_LIKE, field->name);
		read_from(reading, field);
	}
	read_hidden(reading, field);
}

static bool is_same_address(const struct mailbox *a, const struct mailbox *b)
{
	return span_equal(a->local, b->local) && span_equal_nocase(a->domain, b->domain);
}

/* RFC 5322 3.6.2: Sender, if another than the author sent it. */
static void check_sender(struct reading *reading, struct span name)
{
	const struct header_field *field = header_find(&reading->message->header, name, 0);
	struct address_list senders = {0};
	struct anomalies ignored = {0};
	if (field == NULL || reading->list.mailboxes.len == 0) {
		return;
	}
	address_list_parse(reading->arena, field->value, 0, &senders, &ignored);
	for (size_t i = 0; i < senders.mailboxes.len; i++) {
		if (!is_same_address(address_list_at(&senders, i),
				     address_list_at(&reading->list, 0))) {
			note(reading, ANOMALY_SENDER_DIFFERS, field->value);
			return;
		}
	}
}

static bool is_blurred(const struct anomalies *anomalies)
{
	for (int kind = 0; kind < ANOMALY_KIND_COUNT; kind++) {
		if (anomalies->counts[kind] > 0 && anomaly_blurs_author(kind)) {
			return true;
		}
	}
	return false;
}

void author_read(struct arena *arena, struct message *message)
{
	struct reading reading = {.arena = arena, .message = message};
	for (size_t i = 0; i < message->header.field_count; i++) {
		read_field(&reading, &message->header.fields[i]);
	}
	if (reading.from_count == 0) {
		note(&reading, ANOMALY_FROM_MISSING, span_slice(message->header.text, 0, 0));
	} else if (reading.from_count > 1) {
		note(&reading, ANOMALY_FROM_SEVERAL, span_slice(message->header.text, 0, 0));
	}
	check_sender(&reading, SPAN("Sender"));
	check_sender(&reading, SPAN("Resent-From"));
	message->author = (struct author){
		.mailboxes = reading.list.mailboxes.items,
		.mailbox_count = reading.list.mailboxes.len,
		.from_count = reading.from_count,
		.is_limited = reading.list.total > reading.list.mailboxes.len,
		.is_blurred = is_blurred(&message->anomalies),
	};
}
