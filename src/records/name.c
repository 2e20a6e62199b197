/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Domain names between text and wire; walking up and down their labels. */
#include "records/name.h"

/* Compression pointers followed for one name. No sender needs more than one a label. */
#define MAX_JUMPS NAME_MAX_LABELS

/* The labels of a name, each after its length octet, without the root at the end. */
struct labels {
	unsigned char octets[LIMIT_NAME_WIRE - 1];
	size_t len;
};

static bool add_label(struct labels *labels, struct span label)
{
	/* RFC 1035 2.3.4: labels of 63 octets or less, names of 255 octets or less */
	bool is_label = label.len > 0 && label.len <= LIMIT_LABEL;
	if (!is_label || label.len + 1 > sizeof(labels->octets) - labels->len) {
		return false;
	}
	labels->octets[labels->len] = (unsigned char)label.len;
	memcpy(labels->octets + labels->len + 1, label.ptr, label.len);
	labels->len += label.len + 1;
	return true;
}

/* RFC 1035 5.1: \X is X, \DDD the octet with that decimal number. */
static bool take_escaped(struct cursor *text, char *ret_octet)
{
	if (cursor_is_at_end(text)) {
		return false;
	}
	if (!text_is_digit((char)cursor_peek(text))) {
		*ret_octet = (char)cursor_u8(text);
		return true;
	}
	uint64_t number;
	if (!number_parse_decimal(cursor_take(text, 3), 255, &number)) {
		return false;
	}
	*ret_octet = (char)number;
	return true;
}

/* Adds the label up to the next dot, which is left alone. */
static bool take_label(struct cursor *text, struct labels *labels)
{
	char label[LIMIT_LABEL];
	size_t len = 0;
	while (!cursor_is_at_end(text) && cursor_peek(text) != '.') {
		char octet = (char)cursor_u8(text);
		if (len == sizeof(label) || (octet == '\\' && !take_escaped(text, &octet))) {
			return false;
		}
		label[len++] = octet;
	}
	return add_label(labels, span_of(label, len));
}

static bool labels_from_text(struct span text, struct labels *labels)
{
	labels->len = 0;
	if (span_equal(text, SPAN("."))) {
		return true;
	}
	struct cursor cursor = cursor_of(text);
	do {
		if (!take_label(&cursor, labels)) {
			return false;
		}
	} while (cursor_accept(&cursor, '.') && !cursor_is_at_end(&cursor));
	return true;
}

/* Canonical text of one octet; out has room for four. */
static size_t escape_octet(unsigned char octet, char *out)
{
	/* What means something else in a master file. */
	static const struct span special = SPAN_INIT("\".\\();@$");
	if (text_is_alnum((char)octet) || octet == '-') {
		out[0] = text_lower((char)octet);
		return 1;
	}
	if (octet <= 0x20 || octet >= 0x7f) {
		out[0] = '\\';
		out[1] = (char)('0' + octet / 100);
		out[2] = (char)('0' + octet / 10 % 10);
		out[3] = (char)('0' + octet % 10);
		return 4;
	}
	if (span_find(special, (char)octet, 0) < special.len) {
		out[0] = '\\';
		out[1] = (char)octet;
		return 2;
	}
	out[0] = text_lower((char)octet);
	return 1;
}

/* Canonical text; out has room for LIMIT_NAME_ESCAPED octets. */
static struct span labels_to_text(const struct labels *labels, char *out)
{
	size_t len = 0;
	for (size_t at = 0; at < labels->len; at += 1 + labels->octets[at]) {
		if (at > 0) {
			out[len++] = '.';
		}
		for (size_t i = 1; i <= labels->octets[at]; i++) {
			len += escape_octet(labels->octets[at + i], out + len);
		}
	}
	if (len == 0) {
		out[len++] = '.';
	}
	return span_of(out, len);
}

static bool copy_text(const struct labels *labels, struct arena *arena, struct span *ret_name)
{
	char text[LIMIT_NAME_ESCAPED];
	struct span name = arena_copy(arena, labels_to_text(labels, text));
	if (name.len == 0) {
		return false;
	}
	*ret_name = name;
	return true;
}

/*
 * Nearly all names are letters, digits, hyphens and underscores between single dots: that is their
 * canonical text but for the case. The length; 0 for names that need the long way.
 */
static size_t lower_plain(struct span text, char *out)
{
	size_t label_len = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool is_dot = c == '.';
		if ((is_dot && label_len == 0) || label_len > LIMIT_LABEL ||
		    (!is_dot && !text_is_alnum(c) && c != '-' && c != '_')) {
			return 0;
		}
		label_len = is_dot ? 0 : label_len + 1;
		out[i] = text_lower(c);
	}
	return label_len > 0 && label_len <= LIMIT_LABEL ? text.len : 0;
}

static bool copy_plain(struct arena *arena, struct span text, struct span *ret_name)
{
	char plain[LIMIT_NAME_TEXT];
	size_t len = text.len <= sizeof(plain) ? lower_plain(text, plain) : 0;
	struct span name = len > 0 ? arena_copy(arena, span_of(plain, len)) : span_of(NULL, 0);
	if (name.len == 0) {
		return false;
	}
	*ret_name = name;
	return true;
}

bool name_canonical(struct arena *arena, struct span text, struct span *ret_name)
{
	struct labels labels;
	if (copy_plain(arena, text, ret_name)) {
		return true;
	}
	return labels_from_text(text, &labels) && copy_text(&labels, arena, ret_name);
}

bool name_is_ldh(struct span name, bool is_underscore_ok)
{
	size_t label_len = 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool is_inner = label_len > 0 && i + 1 < name.len && name.ptr[i + 1] != '.';
		if (c == '.' ? label_len == 0
			     : !text_is_alnum(c) && !(c == '-' && is_inner) &&
				       !(c == '_' && is_underscore_ok)) {
			return false;
		}
		label_len = c == '.' ? 0 : label_len + 1;
		if (label_len > LIMIT_LABEL) {
			return false;
		}
	}
	return label_len > 0 && name.len <= LIMIT_NAME_TEXT;
}

/*
 * Moves the reader to where a compression pointer leads: strictly before where this run of labels
 * started, so that no loop is possible.
 */
static bool follow_pointer(struct cursor *reader, uint8_t first, size_t *run_start)
{
	size_t target = (size_t)(first & 0x3f) << 8 | cursor_u8(reader);
	if (reader->is_failed || target >= *run_start) {
		return false;
	}
	reader->at = target;
	*run_start = target;
	return true;
}

/* *ret_end is the offset behind the name as it stands at the cursor. */
static bool labels_from_wire(const struct cursor *message, struct labels *labels, size_t *ret_end)
{
	struct cursor reader = *message;
	size_t run_start = reader.at;
	size_t end = 0;
	size_t jumps = 0;
	labels->len = 0;
	for (;;) {
		uint8_t first = cursor_u8(&reader);
		if (reader.is_failed || first == 0) {
			break;
		}
		/* RFC 1035 4.1.4: 00 is a label, 11 a pointer, 01 and 10 are reserved */
		if (first <= LIMIT_LABEL) {
			if (!add_label(labels, cursor_take(&reader, first))) {
				return false;
			}
			continue;
		}
		end = jumps == 0 ? reader.at + 1 : end;
		if (first < 0xc0 || ++jumps > MAX_JUMPS ||
		    !follow_pointer(&reader, first, &run_start)) {
			return false;
		}
	}
	*ret_end = jumps == 0 ? reader.at : end;
	return !reader.is_failed;
}

/* Takes the name at the cursor, which moves behind it or fails. */
static bool take_labels(struct cursor *message, struct labels *labels)
{
	size_t end;
	if (!labels_from_wire(message, labels, &end)) {
		message->is_failed = true;
		return false;
	}
	message->at = end;
	return true;
}

static void append_labels(const struct labels *labels, struct buffer *wire)
{
	/* Length octets are below every letter, so lower-casing leaves them alone. */
	for (size_t i = 0; i < labels->len; i++) {
		buffer_putc(wire, text_lower((char)labels->octets[i]));
	}
	buffer_putc(wire, '\0');
}

bool name_from_wire(struct cursor *message, struct arena *arena, struct span *ret_name)
{
	struct labels labels;
	return take_labels(message, &labels) && copy_text(&labels, arena, ret_name);
}

bool name_write_from_wire(struct cursor *message, struct buffer *text)
{
	struct labels labels;
	if (!take_labels(message, &labels)) {
		return false;
	}
	char name[LIMIT_NAME_ESCAPED];
	buffer_append(text, labels_to_text(&labels, name));
	if (labels.len > 0) {
		buffer_putc(text, '.');
	}
	return true;
}

bool name_expand(struct cursor *message, struct buffer *wire)
{
	struct labels labels;
	if (!take_labels(message, &labels)) {
		return false;
	}
	append_labels(&labels, wire);
	return true;
}

bool name_to_wire(struct span name, struct buffer *wire)
{
	struct labels labels;
	if (!labels_from_text(name, &labels)) {
		return false;
	}
	append_labels(&labels, wire);
	return true;
}

/* Offset of the dot that ends the label starting at start, or name.len. */
static size_t find_label_end(struct span name, size_t start)
{
	size_t i = start;
	while (i < name.len && name.ptr[i] != '.') {
		/* "\." and "\\" are skipped as pairs; "\ddd" has no dot in it anyway */
		i += name.ptr[i] == '\\' && i + 1 < name.len ? 2 : 1;
	}
	return i;
}

size_t name_label_count(struct span name)
{
	if (name.len == 0 || span_equal(name, SPAN("."))) {
		return 0;
	}
	size_t count = 1;
	for (size_t i = find_label_end(name, 0); i < name.len; i = find_label_end(name, i + 1)) {
		count++;
	}
	return count;
}

struct span name_parent(struct span name)
{
	struct span parent = span_from(name, find_label_end(name, 0) + 1);
	return parent.len > 0 ? parent : SPAN(".");
}

struct span name_last_labels(struct span name, size_t count)
{
	for (size_t excess = name_label_count(name); excess > count; excess--) {
		name = name_parent(name);
	}
	return name;
}

struct span name_first_label(struct span name)
{
	return span_slice(name, 0, find_label_end(name, 0));
}

bool name_is_at_or_under(struct span name, struct span ancestor)
{
	if (span_equal(ancestor, SPAN("."))) {
		return true;
	}
	if (name.len <= ancestor.len) {
		return span_equal(name, ancestor);
	}
	size_t cut = name.len - ancestor.len;
	if (name.ptr[cut - 1] != '.' || !span_equal(span_from(name, cut), ancestor)) {
		return false;
	}
	/* An odd number of backslashes before the dot makes it part of a label. */
	size_t backslashes = 0;
	while (backslashes + 1 < cut && name.ptr[cut - 2 - backslashes] == '\\') {
		backslashes++;
	}
	return backslashes % 2 == 0;
}

struct span name_join(struct arena *arena, struct span prefix, struct span name)
{
	struct labels joined;
	struct labels upper;
	struct span result = span_of(NULL, 0);
	if (!labels_from_text(prefix, &joined) || !labels_from_text(name, &upper) ||
	    upper.len > sizeof(joined.octets) - joined.len) {
		return result;
	}
	memcpy(joined.octets + joined.len, upper.octets, upper.len);
	joined.len += upper.len;
	return copy_text(&joined, arena, &result) ? result : span_of(NULL, 0);
}
