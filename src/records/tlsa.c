/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading TLSA record data. */
#include "records/tlsa.h"

#include <stdio.h>

/* Where a problem is: the three numbers and the data are words of the written form. */
struct place {
	size_t offset;
	size_t len;
};

static struct place place_of_number(const struct tlsa *tlsa, size_t i)
{
	const uint8_t numbers[] = {tlsa->usage, tlsa->selector, tlsa->matching};
	struct place place = {0, 0};
	char text[sizeof("255")];
	for (size_t k = 0; k <= i; k++) {
		place.offset += k > 0 ? place.len + 1 : 0;
		place.len = (size_t)snprintf(text, sizeof(text), "%u", numbers[k]);
	}
	return place;
}

static struct place place_of_data(const struct tlsa *tlsa)
{
	struct place last = place_of_number(tlsa, 2);
	return (struct place){last.offset + last.len + 1, 2 * tlsa->data.len};
}

static void add_error(struct tlsa *tlsa, struct arena *arena, struct place place, struct span what,
		      struct span expected)
{
	problem_add(&tlsa->problems, arena,
		    (struct problem){.weight = PROBLEM_ERROR,
				     .offset = place.offset,
				     .len = place.len,
				     .what = what,
				     .expected = expected});
}

static void check_numbers(struct tlsa *tlsa, struct arena *arena)
{
	if (tlsa->usage > TLSA_USAGE_DANE_EE) {
		add_error(tlsa, arena, place_of_number(tlsa, 0), SPAN("unknown certificate usage"),
			  SPAN("0, 1, 2 or 3"));
	}
	if (tlsa->selector > TLSA_SELECTOR_SPKI) {
		add_error(tlsa, arena, place_of_number(tlsa, 1), SPAN("unknown selector"),
			  SPAN("0 or 1"));
	}
	if (tlsa->matching > TLSA_MATCHING_SHA512) {
		add_error(tlsa, arena, place_of_number(tlsa, 2), SPAN("unknown matching type"),
			  SPAN("0, 1 or 2"));
	}
}

static void check_digest(struct tlsa *tlsa, struct arena *arena, size_t digest_len)
{
	if (tlsa->data.len != digest_len) {
		add_error(tlsa, arena, place_of_data(tlsa),
			  arena_printf(arena, "%zu octets of digest", tlsa->data.len),
			  arena_printf(arena, "%zu octets for %s", digest_len,
				       tlsa_matching_name(tlsa->matching)));
	}
}

/* RFC 6698 2.1.4: a digest of its algorithm's length, or a whole DER structure */
static void check_data(struct tlsa *tlsa, struct arena *arena)
{
	static const char der_sequence = 0x30;
	switch (tlsa->matching) {
	case TLSA_MATCHING_FULL:
		if (tlsa->data.len == 0 || tlsa->data.ptr[0] != der_sequence) {
			add_error(tlsa, arena, place_of_data(tlsa), SPAN("not a DER structure"),
				  SPAN("a whole certificate or public key"));
		}
		break;
	case TLSA_MATCHING_SHA256:
		check_digest(tlsa, arena, 32);
		break;
	case TLSA_MATCHING_SHA512:
		check_digest(tlsa, arena, 64);
		break;
	default:
		break;
	}
}

bool tlsa_parse(struct arena *arena, struct span rdata, struct tlsa *ret_tlsa)
{
	struct cursor cursor = cursor_of(rdata);
	struct tlsa tlsa = {.usage = cursor_u8(&cursor)};
	tlsa.selector = cursor_u8(&cursor);
	tlsa.matching = cursor_u8(&cursor);
	tlsa.data = cursor_rest(&cursor);
	if (cursor.is_failed) {
		return false;
	}
	check_numbers(&tlsa, arena);
	check_data(&tlsa, arena);
	tlsa.is_usable = tlsa.problems.error_count == 0;
	*ret_tlsa = tlsa;
	return true;
}

void tlsa_write(const struct tlsa *tlsa, struct buffer *text)
{
	buffer_printf(text, "%u %u %u ", tlsa->usage, tlsa->selector, tlsa->matching);
	number_write_hex(text, tlsa->data);
}

/* RFC 7218 2: 255 is for private use in all three registries */
static const char *name_in(const char *const *names, size_t count, uint8_t number)
{
	if (number < count) {
		return names[number];
	}
	return number == UINT8_MAX ? "private" : "unassigned";
}

const char *tlsa_usage_name(uint8_t usage)
{
	static const char *const names[] = {"PKIX-TA", "PKIX-EE", "DANE-TA", "DANE-EE"};
	return name_in(names, sizeof(names) / sizeof(names[0]), usage);
}

const char *tlsa_selector_name(uint8_t selector)
{
	static const char *const names[] = {"Cert", "SPKI"};
	return name_in(names, sizeof(names) / sizeof(names[0]), selector);
}

const char *tlsa_matching_name(uint8_t matching)
{
	static const char *const names[] = {"Full", "SHA2-256", "SHA2-512"};
	return name_in(names, sizeof(names) / sizeof(names[0]), matching);
}
