/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Addresses and prefixes: strict reading, RFC 5952 writing, scopes. */
#include "unit.h"

#include "records/network.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct network network_of(const char *text)
{
	struct network network;
	if (!network_parse(span_of_string(text), &network)) {
		fail_msg("%s is no network", text);
	}
	return network;
}

static void test_parse_and_format(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *formatted; /* NULL: refused */
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"},
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255/32", "255.255.255.255"},
		{"10.1.2.3/8", "10.1.2.3/8"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"2001:DB8::1", "2001:db8::1"},
		{"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
		{"2001:0db8::0001/32", "2001:db8::1/32"},
		{"::", "::"},
		{"::/0", "::/0"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
		{"1:0:0:2:0:0:3:4", "1::2:0:0:3:4"},
		{"1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"::ffff:c000:201/128", "::ffff:192.0.2.1"},
		{"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
		{"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
		{"", NULL},
		{"1.2.3", NULL},
		{"1.2.3.4.5", NULL},
		{"1.2.3.4.", NULL},
		{"1.2..4", NULL},
		{"01.2.3.4", NULL},
		{"1.2.3.256", NULL},
		{"1.2.3.0x4", NULL},
		{" 1.2.3.4", NULL},
		{"1.2.3.4/33", NULL},
		{"1.2.3.4/", NULL},
		{"1.2.3.4/08", NULL},
		{"1.2.3.4/8/8", NULL},
		{"1.2.3.4/-1", NULL},
		{":", NULL},
		{":::", NULL},
		{"::1::", NULL},
		{":1", NULL},
		{"1:", NULL},
		{"1:2:3:4:5:6:7", NULL},
		{"1:2:3:4:5:6:7:8:9", NULL},
		{"1:2:3:4:5:6:7:8::", NULL},
		{"1:2:3:4::5:6:7:8", NULL},
		{"12345::", NULL},
		{"g::", NULL},
		{"::1.2.3", NULL},
		{"::1.2.3.4:5", NULL},
		{"1.2.3.4::", NULL},
		{"1:2:3:4:5:6:7:1.2.3.4", NULL},
		{"fe80::1%eth0", NULL},
		{"[::1]", NULL},
		{"::/129", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network network;
		bool is_ok = network_parse(span_of_string(rows[i].text), &network);
		assert_row_int(rows[i].text, is_ok, rows[i].formatted != NULL);
		if (is_ok) {
			assert_row_span(rows[i].text, span_of_string(network_format(network).text),
					span_of_string(rows[i].formatted));
		}
	}
	struct network network;
	assert_false(network_parse_address(SPAN("10.0.0.0/8"), &network));
	assert_false(network_parse_address(SPAN("1.2.3.4\0"), &network));
}

static void test_octets(void **state)
{
	(void)state;
	struct network network;
	assert_true(network_from_octets(SPAN("\xc0\0\2\1"), &network));
	assert_string_equal(network_format(network).text, "192.0.2.1");
	assert_true(network_from_octets(SPAN("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), &network));
	assert_string_equal(network_format(network).text, "2001:db8::1");
	assert_false(network_from_octets(SPAN("\xc0\0\2"), &network));
	assert_false(network_from_octets(SPAN(""), &network));
}

static void test_contains(void **state)
{
	(void)state;
	static const struct {
		const char *outer;
		const char *inner;
		bool is_inside;
	} rows[] = {
		{"192.0.2.0/24", "192.0.2.255", true},
		{"192.0.2.0/24", "192.0.3.0", false},
		{"192.0.2.77/24", "192.0.2.1", true},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.128/25", "192.0.2.128/26", true},
		{"192.0.2.128/26", "192.0.2.128/25", false},
		{"0.0.0.0/0", "255.1.2.3", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "::ffff:1.2.3.4", true},
		{"2001:db8::/29", "2001:dbf::", true},
		{"2001:db8::/29", "2001:dc0::", false},
		{"2001:db8::1", "2001:db8::1", true},
		{"2001:db8::1", "2001:db8::2", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_int(
			rows[i].inner,
			network_contains(network_of(rows[i].outer), network_of(rows[i].inner)),
			rows[i].is_inside);
	}
}

static void test_masked_and_count(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *masked;
		uint64_t count;
	} rows[] = {
		{"192.0.2.77", "192.0.2.77", 1},
		{"192.0.2.77/27", "192.0.2.64/27", 32},
		{"192.0.2.77/0", "0.0.0.0/0", (uint64_t)1 << 32},
		{"2001:db8::ff/127", "2001:db8::fe/127", 2},
		{"2001:db8::ff/65", "2001:db8::/65", (uint64_t)1 << 63},
		{"2001:db8::ff/64", "2001:db8::/64", UINT64_MAX},
		{"2001:db8::ff/0", "::/0", UINT64_MAX},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network network = network_of(rows[i].text);
		assert_row_span(rows[i].text,
				span_of_string(network_format(network_masked(network)).text),
				span_of_string(rows[i].masked));
		assert_row_int(rows[i].text, network_address_count(network) == rows[i].count, true);
	}
}

static void test_hazard_55_scopes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum network_scope scope;
	} rows[] = {
		{"8.8.8.8", NETWORK_GLOBAL},
		{"0.0.0.0", NETWORK_UNSPECIFIED},
		{"0.0.0.0/0", NETWORK_GLOBAL},
		{"10.255.255.255", NETWORK_PRIVATE},
		{"10.0.0.0/7", NETWORK_GLOBAL},
		{"100.64.0.1", NETWORK_PRIVATE},
		{"100.128.0.0", NETWORK_GLOBAL},
		{"127.255.0.1", NETWORK_LOOPBACK},
		{"169.254.169.254", NETWORK_LINK_LOCAL},
		{"172.15.255.255", NETWORK_GLOBAL},
		{"172.31.255.255", NETWORK_PRIVATE},
		{"192.0.0.8", NETWORK_RESERVED},
		{"192.0.2.1", NETWORK_DOCUMENTATION},
		{"192.168.1.1", NETWORK_PRIVATE},
		{"198.19.255.255", NETWORK_RESERVED},
		{"203.0.113.9", NETWORK_DOCUMENTATION},
		{"224.0.0.1", NETWORK_MULTICAST},
		{"255.255.255.255", NETWORK_RESERVED},
		{"::", NETWORK_UNSPECIFIED},
		{"::1", NETWORK_LOOPBACK},
		{"::2", NETWORK_RESERVED},
		{"::/0", NETWORK_GLOBAL},
		{"::ffff:8.8.8.8", NETWORK_MAPPED},
		{"64:ff9b::7f00:1", NETWORK_MAPPED},
		{"64:ff9b:1::1", NETWORK_MAPPED},
		{"2002:7f00:1::", NETWORK_MAPPED},
		{"2001::1", NETWORK_RESERVED},
		{"2001:20::1", NETWORK_GLOBAL},
		{"2001:200::1", NETWORK_GLOBAL},
		{"2001:db8::1", NETWORK_DOCUMENTATION},
		{"2a00:1450::1", NETWORK_GLOBAL},
		{"3fff:fff::1", NETWORK_DOCUMENTATION},
		{"4000::1", NETWORK_RESERVED},
		{"fd00::1", NETWORK_PRIVATE},
		{"fe80::1", NETWORK_LINK_LOCAL},
		{"fec0::1", NETWORK_RESERVED},
		{"ff02::1", NETWORK_MULTICAST},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row_span(rows[i].text,
				span_of_string(network_scope_name(
					network_scope_of(network_of(rows[i].text)))),
				span_of_string(network_scope_name(rows[i].scope)));
	}
}

static void test_hazard_55_addresses_inside_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *ipv4; /* NULL: none inside */
	} rows[] = {
		{"::ffff:127.0.0.1", "127.0.0.1"}, {"64:ff9b::a00:1", "10.0.0.1"},
		{"2002:7f00:1::5", "127.0.0.1"},   {"2001:db8::7f00:1", NULL},
		{"64:ff9b:1::7f00:1", NULL},	   {"192.0.2.1", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network ipv4;
		bool is_inside = network_embedded_ipv4(network_of(rows[i].text), &ipv4);
		assert_row_int(rows[i].text, is_inside, rows[i].ipv4 != NULL);
		if (is_inside) {
			assert_string_equal(network_format(ipv4).text, rows[i].ipv4);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_and_format),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_contains),
		cmocka_unit_test(test_masked_and_count),
		cmocka_unit_test(test_hazard_55_scopes),
		cmocka_unit_test(test_hazard_55_addresses_inside_addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
