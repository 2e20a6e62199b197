/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reading, comparing and writing addresses and prefixes. */
#include "records/network.h"

#include <stdio.h>

#define IPV4_OCTETS 4
#define IPV6_OCTETS 16
#define IPV6_GROUPS 8

static unsigned family_bits(enum network_family family)
{
	return family == NETWORK_IPV4 ? 32 : 128;
}

/* Digits without a needless zero in front, up to max. */
static bool parse_plain_number(struct span text, uint64_t max, uint64_t *ret_number)
{
	bool has_leading_zero = text.len > 1 && text.ptr[0] == '0';
	return !has_leading_zero && number_parse_decimal(text, max, ret_number);
}

/* 0 to 255 without a needless zero in front; the digits are taken off the text. */
static bool take_octet(struct span *text, uint8_t *ret_octet)
{
	unsigned number = 0;
	size_t len = 0;
	while (len < text->len && len < 4 && text_is_digit(text->ptr[len])) {
		number = number * 10 + (unsigned)(text->ptr[len++] - '0');
	}
	if (len == 0 || number > 255 || (len > 1 && text->ptr[0] == '0')) {
		return false;
	}
	*text = span_from(*text, len);
	*ret_octet = (uint8_t)number;
	return true;
}

/* RFC 7208 12: qnum "." qnum "." qnum "." qnum */
static bool parse_ipv4(struct span text, uint8_t *address)
{
	for (size_t i = 0; i < IPV4_OCTETS; i++) {
		if (i > 0 && (text.len == 0 || text.ptr[0] != '.')) {
			return false;
		}
		text = span_from(text, i > 0);
		if (!take_octet(&text, &address[i])) {
			return false;
		}
	}
	return text.len == 0;
}

/* One to four hexadecimal digits. */
static bool parse_group(struct span text, uint8_t *address)
{
	unsigned value = 0;
	if (text.len == 0 || text.len > 4) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		int digit = text_hex_value(text.ptr[i]);
		if (digit < 0) {
			return false;
		}
		value = value << 4 | (unsigned)digit;
	}
	address[0] = (uint8_t)(value >> 8);
	address[1] = (uint8_t)(value & 0xff);
	return true;
}

/*
 * Groups between colons, the last may be an IPv4 address when is_tail. Returns the octets written,
 * at most IPV6_OCTETS, or -1; an empty text has none.
 */
static int parse_groups(struct span text, bool is_tail, uint8_t *address)
{
	struct span rest = text;
	struct span part;
	size_t len = 0;
	while (text.len > 0 && span_split(&rest, ':', &part)) {
		bool is_last = rest.ptr == NULL;
		if (is_last && is_tail && len + IPV4_OCTETS <= IPV6_OCTETS &&
		    parse_ipv4(part, address + len)) {
			return (int)(len + IPV4_OCTETS);
		}
		if (len + 2 > IPV6_OCTETS || !parse_group(part, address + len)) {
			return -1;
		}
		len += 2;
	}
	return (int)len;
}

/* RFC 4291 2.2: eight groups; "::" once for one or more groups of zeros; the last two groups may
 * be written as an IPv4 address */
static bool parse_ipv6(struct span text, uint8_t *address)
{
	size_t gap = span_search(text, SPAN("::"));
	if (gap == text.len) {
		return parse_groups(text, /* is_tail */ true, address) == IPV6_OCTETS;
	}
	uint8_t tail[IPV6_OCTETS] = {0};
	int head_len = parse_groups(span_slice(text, 0, gap), /* is_tail */ false, address);
	int tail_len = parse_groups(span_from(text, gap + 2), /* is_tail */ true, tail);
	if (head_len < 0 || tail_len < 0 || head_len + tail_len > IPV6_OCTETS - 2) {
		return false;
	}
	memset(address + head_len, 0, (size_t)(IPV6_OCTETS - head_len));
	memcpy(address + IPV6_OCTETS - tail_len, tail, (size_t)tail_len);
	return true;
}

bool network_parse_address(struct span text, struct network *ret_network)
{
	bool is_ipv6 = span_find(text, ':', 0) < text.len;
	struct network network = {.family = is_ipv6 ? NETWORK_IPV6 : NETWORK_IPV4};
	network.prefix_len = family_bits(network.family);
	if (!(is_ipv6 ? parse_ipv6 : parse_ipv4)(text, network.address)) {
		return false;
	}
	*ret_network = network;
	return true;
}

bool network_parse(struct span text, struct network *ret_network)
{
	struct network network;
	size_t slash = span_find(text, '/', 0);
	if (!network_parse_address(span_slice(text, 0, slash), &network)) {
		return false;
	}
	if (slash < text.len) {
		uint64_t prefix_len;
		if (!parse_plain_number(span_from(text, slash + 1), network.prefix_len,
					&prefix_len)) {
			return false;
		}
		network.prefix_len = (unsigned)prefix_len;
	}
	*ret_network = network;
	return true;
}

bool network_from_octets(struct span octets, struct network *ret_network)
{
	if (octets.len != IPV4_OCTETS && octets.len != IPV6_OCTETS) {
		return false;
	}
	struct network network = {
		.family = octets.len == IPV4_OCTETS ? NETWORK_IPV4 : NETWORK_IPV6,
		.prefix_len = (unsigned)octets.len * 8,
	};
	memcpy(network.address, octets.ptr, octets.len);
	*ret_network = network;
	return true;
}

struct network network_masked(struct network network)
{
	for (unsigned i = 0; i < IPV6_OCTETS; i++) {
		unsigned first_bit = i * 8;
		if (first_bit >= network.prefix_len) {
			network.address[i] = 0;
		} else if (network.prefix_len - first_bit < 8) {
			network.address[i] &= (uint8_t)(0xff00 >> (network.prefix_len - first_bit));
		}
	}
	return network;
}

bool network_contains(struct network outer, struct network inner)
{
	if (outer.family != inner.family || outer.prefix_len > inner.prefix_len) {
		return false;
	}
	size_t whole = outer.prefix_len / 8;
	unsigned bits = outer.prefix_len % 8;
	if (memcmp(outer.address, inner.address, whole) != 0) {
		return false;
	}
	return bits == 0 || (outer.address[whole] ^ inner.address[whole]) >> (8 - bits) == 0;
}

bool network_embedded_ipv4(struct network network, struct network *ret_ipv4)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b};
	const uint8_t *address = network.address;
	if (network.family != NETWORK_IPV6) {
		return false;
	}
	/* RFC 4291 2.5.5.2; RFC 6052 2.1; RFC 3056 2 */
	if (memcmp(address, mapped, 12) == 0 || memcmp(address, translated, 12) == 0) {
		return network_from_octets(span_of(address + 12, IPV4_OCTETS), ret_ipv4);
	}
	if (address[0] == 0x20 && address[1] == 0x02) {
		return network_from_octets(span_of(address + 2, IPV4_OCTETS), ret_ipv4);
	}
	return false;
}

uint64_t network_address_count(struct network network)
{
	unsigned host_bits = family_bits(network.family) - network.prefix_len;
	return host_bits >= 64 ? UINT64_MAX : (uint64_t)1 << host_bits;
}

static unsigned group_at(const uint8_t *address, size_t i)
{
	return (unsigned)address[2 * i] << 8 | address[2 * i + 1];
}

/* RFC 5952 4.2: the longest run of two or more zero groups, the first of equals. */
static unsigned find_zero_run(const uint8_t *address, unsigned *ret_len)
{
	unsigned best = 0;
	unsigned best_len = 1;
	unsigned len = 0;
	for (unsigned i = 0; i < IPV6_GROUPS; i++) {
		len = group_at(address, i) == 0 ? len + 1 : 0;
		if (len > best_len) {
			best_len = len;
			best = i + 1 - len;
		}
	}
	*ret_len = best_len > 1 ? best_len : 0;
	return best;
}

static size_t format_ipv4(const uint8_t *address, char *out, size_t size)
{
	return (size_t)snprintf(out, size, "%u.%u.%u.%u", address[0], address[1], address[2],
				address[3]);
}

static size_t format_ipv6(const uint8_t *address, char *out, size_t size)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t len = 0;
	/* RFC 5952 5: mixed notation where the prefix says so */
	if (memcmp(address, mapped, sizeof(mapped)) == 0) {
		len = (size_t)snprintf(out, size, "::ffff:");
		return len + format_ipv4(address + 12, out + len, size - len);
	}
	unsigned run_len;
	unsigned run = find_zero_run(address, &run_len);
	for (unsigned i = 0; i < IPV6_GROUPS; i++) {
		if (run_len > 0 && i == run) {
			len += (size_t)snprintf(out + len, size - len, "::");
			i += run_len - 1;
			continue;
		}
		const char *colon = i > 0 && (run_len == 0 || i != run + run_len) ? ":" : "";
		len += (size_t)snprintf(out + len, size - len, "%s%x", colon, group_at(address, i));
	}
	return len;
}

struct network_text network_format(struct network network)
{
	struct network_text text;
	bool is_ipv4 = network.family == NETWORK_IPV4;
	size_t len = (is_ipv4 ? format_ipv4 : format_ipv6)(network.address, text.text,
							   sizeof(text.text));
	if (network.prefix_len < family_bits(network.family)) {
		snprintf(text.text + len, sizeof(text.text) - len, "/%u", network.prefix_len);
	}
	return text;
}
