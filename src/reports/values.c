/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading values with their usual mistakes. */
#include "reports/values.h"

#include "records/idna.h"

/* Milliseconds from 1973 on, seconds up to the year 5138. */
#define LEAST_MILLISECONDS 100000000000
#define IDNA_ARENA_BYTES ((size_t)64 << 10)

static bool is_all_zeros(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '0') {
			return false;
		}
	}
	return true;
}

/* "1,234,567": groups of three after the first. */
static bool parse_grouped(struct span text, uint64_t *ret_count)
{
	uint64_t count = 0;
	struct span rest = text;
	struct span part;
	for (bool is_first = true; span_split(&rest, ',', &part); is_first = false) {
		uint64_t number;
		if ((is_first ? part.len > 3 : part.len != 3) ||
		    !number_parse_decimal(part, 999, &number) || count > INT64_MAX / 1000 - 1) {
			return false;
		}
		count = count * 1000 + number;
	}
	*ret_count = count;
	return true;
}

enum value_status value_count(struct span text, uint64_t *ret_count)
{
	if (number_parse_decimal(text, INT64_MAX, ret_count)) {
		return VALUE_RIGHT;
	}
	size_t dot = span_find(text, '.', 0);
	if (dot < text.len && is_all_zeros(span_from(text, dot + 1)) &&
	    number_parse_decimal(span_slice(text, 0, dot), INT64_MAX, ret_count)) {
		return VALUE_OTHER_FORM;
	}
	return text.len > 0 && parse_grouped(text, ret_count) ? VALUE_OTHER_FORM : VALUE_NONE;
}

/* "2026-01-01 00:00:00", "2026-01-01T00:00:00" -> with T and Z. */
static bool parse_loose_date(struct span text, int64_t *ret_seconds)
{
	char form[40];
	if (time_parse(text, ret_seconds)) {
		return true;
	}
	if (text.len + 2 > sizeof(form) || text.len < 12) {
		return false;
	}
	memcpy(form, text.ptr, text.len);
	form[10] = 'T';
	form[text.len] = 'Z';
	return time_parse(span_of(form, text.len), ret_seconds) ||
	       time_parse(span_of(form, text.len + 1), ret_seconds);
}

enum value_status value_time(struct span text, int64_t *ret_seconds)
{
	uint64_t number;
	size_t dot = span_find(text, '.', 0);
	struct span fraction = span_from(text, dot < text.len ? dot + 1 : dot);
	uint64_t ignored;
	bool has_fraction =
		fraction.len > 0 && number_parse_decimal(fraction, UINT64_MAX, &ignored);
	if ((dot == text.len || has_fraction) &&
	    number_parse_decimal(span_slice(text, 0, dot), INT64_MAX / 1000, &number)) {
		bool is_milliseconds = number >= LEAST_MILLISECONDS;
		*ret_seconds = (int64_t)(is_milliseconds ? number / 1000 : number);
		return is_milliseconds || dot < text.len ? VALUE_OTHER_FORM : VALUE_RIGHT;
	}
	return parse_loose_date(text, ret_seconds) ? VALUE_OTHER_FORM : VALUE_NONE;
}

static struct span without_decoration(struct span text)
{
	struct span s = text;
	if (span_starts_with(s, SPAN("["))) {
		s = span_slice(s, 1, span_find(s, ']', 0) - 1);
	}
	if (span_starts_with_nocase(s, SPAN("IPv6:"))) {
		s = span_from(s, 5);
	}
	size_t len = 0;
	while (len < s.len && !text_is_space(s.ptr[len]) && s.ptr[len] != '/' &&
	       s.ptr[len] != '(' && s.ptr[len] != ',') {
		len++;
	}
	return span_slice(s, 0, len);
}

enum value_status value_address(struct span text, struct network *ret_network)
{
	struct network network;
	bool is_plain = network_parse_address(text, &network);
	if (!is_plain && !network_parse_address(without_decoration(text), &network)) {
		return VALUE_NONE;
	}
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	if (network.family == NETWORK_IPV6 && memcmp(network.address, mapped, 12) == 0 &&
	    network_embedded_ipv4(network, &network)) {
		is_plain = false;
	}
	*ret_network = network;
	return is_plain ? VALUE_RIGHT : VALUE_OTHER_FORM;
}

/* False when IDNA has no form for it. */
static bool put_a_labels(struct pool *pool, struct span text, struct span *ret_domain)
{
	struct arena *arena = arena_new(IDNA_ARENA_BYTES);
	struct span ascii;
	bool is_done = arena != NULL && idna_to_ascii(arena, text, &ascii) == IDNA_OK;
	if (is_done) {
		*ret_domain = pool_copy(pool, ascii, VALUE_DOMAIN_BYTES);
	}
	arena_free(arena);
	return is_done;
}

static struct span put_lower(struct pool *pool, struct span text, bool *ret_is_ascii)
{
	struct span copy = pool_copy(pool, text, VALUE_DOMAIN_BYTES);
	char *octets = pool->bytes + pool->len - copy.len;
	*ret_is_ascii = true;
	for (size_t i = 0; i < copy.len; i++) {
		octets[i] = text_lower(octets[i]);
		*ret_is_ascii &= (unsigned char)octets[i] < 0x80;
	}
	return copy;
}

/* Already as it is kept: small letters, digits, hyphens, underscores and dots inside. */
static bool is_plain_domain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if ((c < 'a' || c > 'z') && !text_is_digit(c) && c != '.' && c != '-' && c != '_') {
			return false;
		}
	}
	return text.len > 0 && text.ptr[text.len - 1] != '.';
}

enum value_status value_domain(struct pool *pool, struct span text, struct span *ret_domain)
{
	if (is_plain_domain(text)) {
		*ret_domain = pool_copy(pool, text, VALUE_DOMAIN_BYTES);
		return VALUE_RIGHT;
	}
	struct span s = text;
	size_t at = text.len;
	while (at > 0 && s.ptr[at - 1] != '@') {
		at--;
	}
	s = span_trim(span_from(s, at), TEXT_SPACE "<>\"");
	/* several names: the first counts */
	size_t end = 0;
	while (end < s.len && s.ptr[end] != ',' && s.ptr[end] != '>' &&
	       !text_is_space(s.ptr[end])) {
		end++;
	}
	bool is_other_form = at > 0 || end < text.len;
	s = span_slice(s, 0, end);
	if (s.len > 1 && s.ptr[s.len - 1] == '.') {
		s.len--;
		is_other_form = is_other_form && end != text.len;
	}
	bool is_ascii;
	struct span copy = put_lower(pool, s, &is_ascii);
	if (is_ascii || !put_a_labels(pool, s, ret_domain)) {
		*ret_domain = copy;
	}
	return copy.len == 0 ? VALUE_NONE : is_other_form ? VALUE_OTHER_FORM : VALUE_RIGHT;
}
