/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Counts, times, addresses and names, with their usual mistakes. */
#include "unit.h"

#include "reports/values.h"

static void test_counts(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		enum value_status status;
		long long count;
	} rows[] = {
		{"plain", SPAN_INIT("12"), VALUE_RIGHT, 12},
		{"zero", SPAN_INIT("0"), VALUE_RIGHT, 0},
		{"above 32 bits", SPAN_INIT("8589934592"), VALUE_RIGHT, 8589934592},
		{"thousands", SPAN_INIT("1,234,567"), VALUE_OTHER_FORM, 1234567},
		{"fraction of zeros", SPAN_INIT("2.0"), VALUE_OTHER_FORM, 2},
		{"fraction", SPAN_INIT("2.5"), VALUE_NONE, 0},
		{"odd groups", SPAN_INIT("12,34"), VALUE_NONE, 0},
		{"negative", SPAN_INIT("-2"), VALUE_NONE, 0},
		{"empty", SPAN_INIT(""), VALUE_NONE, 0},
		{"too many digits", SPAN_INIT("99999999999999999999"), VALUE_NONE, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t count = 0;
		enum value_status status = value_count(rows[i].text, &count);
		assert_row_int(rows[i].row, status, rows[i].status);
		if (status != VALUE_NONE) {
			assert_row_int(rows[i].row, count, rows[i].count);
		}
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		enum value_status status;
	} rows[] = {
		{"seconds", SPAN_INIT("1767225600"), VALUE_RIGHT},
		{"milliseconds", SPAN_INIT("1767225600000"), VALUE_OTHER_FORM},
		{"fraction", SPAN_INIT("1767225600.5"), VALUE_OTHER_FORM},
		{"RFC 3339", SPAN_INIT("2026-01-01T00:00:00Z"), VALUE_OTHER_FORM},
		{"offset", SPAN_INIT("2026-01-01T01:00:00+01:00"), VALUE_OTHER_FORM},
		{"no zone", SPAN_INIT("2026-01-01T00:00:00"), VALUE_OTHER_FORM},
		{"blank for T", SPAN_INIT("2026-01-01 00:00:00"), VALUE_OTHER_FORM},
		{"words", SPAN_INIT("yesterday"), VALUE_NONE},
		{"empty", SPAN_INIT(""), VALUE_NONE},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t seconds = 0;
		enum value_status status = value_time(rows[i].text, &seconds);
		assert_row_int(rows[i].row, status, rows[i].status);
		if (status != VALUE_NONE) {
			assert_row_int(rows[i].row, seconds, 1767225600);
		}
	}
}

static void test_addresses(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		enum value_status status;
		const char *address;
	} rows[] = {
		{"IPv4", SPAN_INIT("192.0.2.1"), VALUE_RIGHT, "192.0.2.1"},
		{"IPv6", SPAN_INIT("2001:DB8::1"), VALUE_RIGHT, "2001:db8::1"},
		{"mapped", SPAN_INIT("::ffff:192.0.2.1"), VALUE_OTHER_FORM, "192.0.2.1"},
		{"literal", SPAN_INIT("IPv6:2001:db8::1"), VALUE_OTHER_FORM, "2001:db8::1"},
		{"brackets", SPAN_INIT("[IPv6:2001:db8::1]"), VALUE_OTHER_FORM, "2001:db8::1"},
		{"prefix", SPAN_INIT("192.0.2.1/32"), VALUE_OTHER_FORM, "192.0.2.1"},
		{"host behind", SPAN_INIT("192.0.2.1 (mx)"), VALUE_OTHER_FORM, "192.0.2.1"},
		{"hidden", SPAN_INIT("X.X.X.X"), VALUE_NONE, ""},
		{"empty", SPAN_INIT(""), VALUE_NONE, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct network network;
		enum value_status status = value_address(rows[i].text, &network);
		assert_row_int(rows[i].row, status, rows[i].status);
		if (status != VALUE_NONE) {
			struct network_text text = network_format(network);
			assert_row_span(rows[i].row, span_of_string(text.text),
					span_of_string(rows[i].address));
		}
	}
}

static void test_domains(void **state)
{
	static const struct {
		const char *row;
		struct span text;
		enum value_status status;
		struct span domain;
	} rows[] = {
		{"plain", SPAN_INIT("a.example"), VALUE_RIGHT, SPAN_INIT("a.example")},
		{"case", SPAN_INIT("A.Example"), VALUE_RIGHT, SPAN_INIT("a.example")},
		{"dot", SPAN_INIT("a.example."), VALUE_RIGHT, SPAN_INIT("a.example")},
		{"address", SPAN_INIT("x@a.example"), VALUE_OTHER_FORM, SPAN_INIT("a.example")},
		{"name and address", SPAN_INIT("X <x@a.example>"), VALUE_OTHER_FORM,
		 SPAN_INIT("a.example")},
		{"two", SPAN_INIT("a.example, b.example"), VALUE_OTHER_FORM,
		 SPAN_INIT("a.example")},
		{"U-label",
		 SPAN_INIT("b\xc3\xbc"
			   "cher.example"),
		 VALUE_RIGHT, SPAN_INIT("xn--bcher-kva.example")},
		{"empty", SPAN_INIT(""), VALUE_NONE, SPAN_INIT("")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char bytes[2000];
		struct pool pool = {bytes, 0, sizeof(bytes), false};
		struct span domain = {NULL, 0};
		assert_row_int(rows[i].row, value_domain(&pool, rows[i].text, &domain),
			       rows[i].status);
		assert_row_span(rows[i].row, domain, rows[i].domain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_domains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
