/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "unit.h"

#include "records/rr.h"
#include "records/zone_file.h"

#define MAX_FOUND 8

/* Lines of a zone, and "owner type data" of its records, each ended by "|". */
static const struct {
	const char *row;
	const char *lines;
	const char *records;
	unsigned problems;
} zones[] = {
	{"relative to $ORIGIN", "$ORIGIN Example.org.\nmail MX 10 mx", "mail.example.org MX 10 mx|",
	 0},
	{"the origin itself", "$ORIGIN example.org.\n@ TXT \"a\"", "example.org TXT \"a\"|", 0},
	{"absolute", "a.example.net. 300 IN A 192.0.2.1", "a.example.net A 192.0.2.1|", 0},
	{"class before TTL", "a.example.net. IN 300 A 192.0.2.1", "a.example.net A 192.0.2.1|", 0},
	{"TTL with a unit", "a.example.net. 1h A 192.0.2.1", "a.example.net A 192.0.2.1|", 0},
	{"the owner before", "a.org. A 192.0.2.1\n\tMX 5 b", "a.org A 192.0.2.1|a.org MX 5 b|", 0},
	{"no owner before", "\tMX 5 b", "", 1},
	{"comments", "; all\na.org. A 192.0.2.1 ; first\n   ; nothing", "a.org A 192.0.2.1|", 0},
	{"a semicolon in quotes", "a.org. TXT \"v=DMARC1; p=none\"",
	 "a.org TXT \"v=DMARC1; p=none\"|", 0},
	{"an escaped quote", "a.org. TXT \"x\\\";y\" ; z", "a.org TXT \"x\\\";y\"|", 0},
	{"parentheses over lines",
	 "a.org. SOA m. h. ( 1 ; serial\n 2 3\n 4 5 )\nb.org. A 192.0.2.1",
	 "a.org SOA m. h.   1   2 3  4 5|b.org A 192.0.2.1|", 0},
	{"a parenthesis in quotes", "a.org. TXT \"(\"\nb.org. TXT \")\"",
	 "a.org TXT \"(\"|b.org TXT \")\"|", 0},
	{"$ORIGIN relative to $ORIGIN", "$ORIGIN org.\n$ORIGIN a\nb A 192.0.2.1",
	 "b.a.org A 192.0.2.1|", 0},
	{"$TTL", "$TTL 300\na.org. A 192.0.2.1", "a.org A 192.0.2.1|", 0},
	{"$INCLUDE is told", "$INCLUDE other\na.org. A 192.0.2.1", "a.org A 192.0.2.1|", 1},
	{"an unknown type", "a.org. TYPE65400 \\# 0", "a.org TYPE65400 \\# 0|", 0},
	{"no type", "a.org. IN 300", "", 1},
	{"a word that is no type", "a.org. MAIL 10 b", "", 1},
	{"an owner that is no name", "a..org. A 192.0.2.1", "", 1},
	{"a closing parenthesis alone", "a.org. A 192.0.2.1 )", "a.org A 192.0.2.1|", 0},
};

static void write_record(struct buffer *text, const struct zone_record *record)
{
	struct arena *arena = arena_new(1000);
	struct span type = rr_type_name(arena, record->type);
	buffer_printf(text, "%.*s %.*s %.*s|", SPAN_ARG(record->owner), SPAN_ARG(type),
		      SPAN_ARG(record->data));
	arena_free(arena);
}

static void test_zones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct zone_reader reader = zone_reader_new(SPAN("."));
		struct buffer found = buffer_new(1000);
		struct span rest = span_of_string(zones[i].lines);
		struct span line;
		unsigned problems = 0;
		while (span_split(&rest, '\n', &line)) {
			struct zone_record record;
			const char *problem = NULL;
			enum zone_line result = zone_reader_take(&reader, line, &record, &problem);
			if (result == ZONE_LINE_RECORD) {
				write_record(&found, &record);
			} else if (result == ZONE_LINE_PROBLEM) {
				assert_non_null(problem);
				problems++;
			}
		}
		assert_row_span(zones[i].row, buffer_span(&found),
				span_of_string(zones[i].records));
		assert_row_int(zones[i].row, problems, zones[i].problems);
		assert_false(zone_reader_is_open(&reader));
		buffer_free(&found);
		zone_reader_free(&reader);
	}
}

/* A parenthesis that is never closed ends at the limit, and the rest is read again. */
static void test_open_for_ever(void **state)
{
	(void)state;
	struct zone_reader reader = zone_reader_new(SPAN("."));
	struct zone_record record;
	const char *problem = NULL;
	assert_int_equal(zone_reader_take(&reader, SPAN("a.org. TXT ("), &record, &problem),
			 ZONE_LINE_NOTHING);
	assert_true(zone_reader_is_open(&reader));
	unsigned lines = 1;
	while (zone_reader_take(&reader, SPAN("x"), &record, &problem) == ZONE_LINE_NOTHING) {
		lines++;
		assert_true(lines <= ZONE_ENTRY_MAX_LINES);
	}
	assert_int_equal(lines, ZONE_ENTRY_MAX_LINES);
	assert_int_equal(zone_reader_take(&reader, SPAN("b.org. A 192.0.2.1"), &record, &problem),
			 ZONE_LINE_RECORD);
	assert_row_span("after it", record.owner, SPAN("b.org"));
	zone_reader_free(&reader);
}

static void test_mail_domains(void **state)
{
	(void)state;
	static const struct {
		const char *row;
		const char *owner;
		uint16_t type;
		bool has_spf;
		const char *domain; /* NULL: none */
	} rows[] = {
		{"MX", "example.org", RR_MX, false, "example.org"},
		{"apex", "example.org", RR_SOA, false, "example.org"},
		{"SPF", "a.example.org", RR_TXT, true, "a.example.org"},
		{"SPF in its old type", "a.example.org", RR_SPF, true, "a.example.org"},
		{"other TXT", "a.example.org", RR_TXT, false, NULL},
		{"address", "a.example.org", RR_A, false, NULL},
		{"DMARC", "_dmarc.example.org", RR_TXT, false, "example.org"},
		{"DMARC by CNAME", "_dmarc.a.example.org", RR_CNAME, false, "a.example.org"},
		{"MTA-STS", "_mta-sts.example.org", RR_TXT, false, "example.org"},
		{"TLS-RPT", "_smtp._tls.example.org", RR_TXT, false, "example.org"},
		{"DKIM", "s1._domainkey.example.org", RR_TXT, false, "example.org"},
		{"DKIM with dots", "a.b._domainkey.example.org", RR_CNAME, false, "example.org"},
		{"BIMI", "default._bimi.example.org", RR_TXT, false, "example.org"},
		{"reports of others", "x.net._report._dmarc.example.org", RR_TXT, false, NULL},
		{"wildcard MX", "*.example.org", RR_MX, false, NULL},
		{"wildcard DMARC", "_dmarc.*.example.org", RR_TXT, false, NULL},
		{"a registry", "org", RR_SOA, false, NULL},
		{"other CNAME", "www.example.org", RR_CNAME, false, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span domain = {0};
		bool is_found = zone_mail_domain(span_of_string(rows[i].owner), rows[i].type,
						 rows[i].has_spf, &domain);
		assert_row_int(rows[i].row, is_found, rows[i].domain != NULL);
		assert_row_span(rows[i].row, domain, span_of_string(rows[i].domain));
	}
	assert_true(zone_data_has_spf(SPAN("\"V=spf1 -all\"")));
	assert_true(zone_data_has_spf(SPAN("v=spf1")));
	assert_false(zone_data_has_spf(SPAN("\"about v=spf1\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_open_for_ever),
		cmocka_unit_test(test_mail_domains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
