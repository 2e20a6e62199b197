/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Prefix lengths, and the networks of ip4 and ip6 (RFC 7208 5.6). */
#include "base/number.h"
#include "base/text.h"
#include "records/spf_parser.h"

static bool is_digit(char c)
{
	return text_is_digit(c);
}

static bool is_ip4_char(char c)
{
	return text_is_digit(c) || c == '.';
}

static bool is_ip6_char(char c)
{
	return text_hex_value(c) >= 0 || c == '.' || c == ':';
}

/* RFC 7208 5.6: "0" / %x31-39 *DIGIT, no leading zero */
bool spf_prefix_len_read(struct spf_parser *parser, struct span digits, unsigned max, size_t offset,
			 unsigned *ret_len)
{
	uint64_t number;
	if (digits.len == 0) {
		spf_parser_error(parser, offset, 0, SPAN("\"/\" without a prefix length"),
				 arena_printf(parser->arena, "a number from 0 to %u", max));
		return false;
	}
	bool has_zero = digits.len > 1 && digits.ptr[0] == '0';
	if (has_zero || !number_parse_decimal(digits, max, &number)) {
		spf_parser_error(parser, offset, digits.len,
				 arena_printf(parser->arena, "prefix length %.*s",
					      SPAN_ARG(problem_quote(parser->arena, digits))),
				 arena_printf(parser->arena, "a number from 0 to %u%s", max,
					      has_zero ? " without leading zeros" : ""));
		return false;
	}
	*ret_len = (unsigned)number;
	return true;
}

/* Cuts slashes and digits off the end of *rest, if they are there. */
static bool cut_prefix_len(struct spf_parser *parser, struct span *rest, struct span slashes,
			   size_t offset, unsigned *len)
{
	size_t head = rest->len;
	while (head > 0 && text_is_digit(rest->ptr[head - 1])) {
		head--;
	}
	if (!span_ends_with_nocase(span_slice(*rest, 0, head), slashes)) {
		return true;
	}
	unsigned max = *len;
	if (!spf_prefix_len_read(parser, span_from(*rest, head), max, offset + head, len)) {
		return false;
	}
	*rest = span_slice(*rest, 0, head - slashes.len);
	return true;
}

bool spf_prefix_lens_read(struct spf_parser *parser, struct spf_term *term, struct span *rest,
			  size_t offset)
{
	return cut_prefix_len(parser, rest, SPAN("//"), offset, &term->prefix_len6) &&
	       cut_prefix_len(parser, rest, SPAN("/"), offset, &term->prefix_len4);
}

struct family {
	enum network_family family;
	unsigned max_prefix_len;
	bool (*is_address_char)(char);
	const char *name;
	const char *shape;
};

static const struct family ip4_family = {
	NETWORK_IPV4, 32, is_ip4_char, "IPv4", "four numbers from 0 to 255, such as \"192.0.2.1\"",
};

static const struct family ip6_family = {
	NETWORK_IPV6, 128, is_ip6_char, "IPv6", "such as \"2001:db8::1\"",
};

/* A mechanism that would take what stands here, or NULL. */
static const char *fitting_mechanism(struct span value)
{
	struct network network;
	if (network_parse(value, &network)) {
		return network.family == NETWORK_IPV4 ? "ip4" : "ip6";
	}
	size_t bad;
	size_t bad_len;
	return spf_domain_end_is_valid(value, &bad, &bad_len) ? "a" : NULL;
}

static void report_address(struct spf_parser *parser, const struct family *family,
			   struct span value, size_t offset)
{
	struct arena *arena = parser->arena;
	struct span address = span_slice(value, 0, span_find(value, '/', 0));
	const char *fitting = fitting_mechanism(value);
	struct span expected =
		fitting != NULL
			? arena_printf(arena, "an %s address; or did you mean \"%s:%.*s\"?",
				       family->name, fitting, SPAN_ARG(value))
			: arena_printf(arena, "an %s address: %s", family->name, family->shape);
	struct span what =
		address.len == 0
			? arena_printf(arena, "no %s address after the colon", family->name)
			: arena_printf(arena, "%.*s is not an %s address",
				       SPAN_ARG(problem_quote(arena, address)), family->name);
	spf_parser_error(parser, offset, address.len, what, expected);
}

static void report_tail(struct spf_parser *parser, struct span tail, size_t offset,
			struct span expected)
{
	spf_parser_error(parser, offset, tail.len,
			 arena_printf(parser->arena, "%.*s directly after the address",
				      SPAN_ARG(problem_quote(parser->arena, tail))),
			 expected);
}

/* Finds the fault of a network that is not one. True when there is none. */
static bool diagnose(struct spf_parser *parser, struct spf_term *term, struct span value,
		     size_t offset)
{
	const struct family *family = term->mechanism == SPF_IP4 ? &ip4_family : &ip6_family;
	struct cursor cursor = cursor_of(value);
	struct span address = cursor_take_while(&cursor, family->is_address_char);
	struct network network;
	if (!network_parse_address(address, &network) || network.family != family->family) {
		report_address(parser, family, value, offset);
		return false;
	}
	network.prefix_len = family->max_prefix_len;
	if (cursor_accept(&cursor, '/')) {
		size_t digits_at = offset + cursor.at;
		struct span digits = cursor_take_while(&cursor, is_digit);
		if (!spf_prefix_len_read(parser, digits, family->max_prefix_len, digits_at,
					 &network.prefix_len)) {
			return false;
		}
	}
	if (!cursor_is_at_end(&cursor)) {
		report_tail(parser, cursor_rest(&cursor), offset + cursor.at,
			    SPAN("a space, or \"/\" and one prefix length"));
		return false;
	}
	term->network = network;
	return true;
}

bool spf_network_read(struct spf_parser *parser, struct spf_term *term, struct span value,
		      size_t offset)
{
	struct network network;
	bool is_ip4 = term->mechanism == SPF_IP4;
	/* RFC 7208 5.6 has the same grammar, one family each */
	if (network_parse(value, &network) && (network.family == NETWORK_IPV4) == is_ip4) {
		term->network = network;
		return true;
	}
	return diagnose(parser, term, value, offset);
}
