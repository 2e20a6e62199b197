/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is told of two looks at a domain. */
#include "unit.h"

#include "estate/change.h"
#include "judged.h"

#define BASE                                                                                       \
	"example.org. MX 10 mx.example.org.", "mx.example.org. A 192.0.2.1",                       \
		"example.org. SOA a. b. 1 2 3 4 5"
#define SPF "example.org. TXT \"v=spf1 include:_spf.sender.example -all\""
#define SENDER "_spf.sender.example. TXT \"v=spf1 ip4:198.51.100.0/24 -all\""
#define REJECT "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\""
#define NONE "_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:d@example.org\""

struct row {
	const char *name;
	const char *before[10];
	const char *after[10];
	enum change_direction direction;
	size_t unread;
	const char *sentences[4]; /* beginnings, in order */
};

static const struct row rows[] = {
	{"nothing",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, SENDER, REJECT},
	 CHANGE_NEUTRAL,
	 0,
	 {0}},
	{"DMARC weakened",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, SENDER, NONE},
	 CHANGE_WORSE,
	 0,
	 {"DMARC record of _dmarc.example.org changed from v=DMARC1; p=reject"}},
	{"DMARC strengthened",
	 {BASE, SPF, SENDER, NONE},
	 {BASE, SPF, SENDER, REJECT},
	 CHANGE_BETTER,
	 0,
	 {"DMARC record of _dmarc.example.org changed from v=DMARC1; p=none"}},
	{"DMARC removed",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, SENDER},
	 CHANGE_WORSE,
	 0,
	 {"DMARC record of _dmarc.example.org removed. It was: v=DMARC1"}},
	{"another sender's record",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, "_spf.sender.example. TXT \"v=spf1 ip4:203.0.113.0/24 -all\"", REJECT},
	 CHANGE_NEUTRAL,
	 0,
	 {"SPF record of _spf.sender.example changed"}},
	{"an include and what it asks are one change",
	 {BASE, "example.org. TXT \"v=spf1 -all\"", SENDER, REJECT},
	 {BASE, SPF, SENDER, REJECT},
	 CHANGE_NEUTRAL,
	 0,
	 {"SPF record of example.org changed from v=spf1 -all to v=spf1 include"}},
	{"a verification token",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, SENDER, REJECT, "example.org. TXT \"verification=1\""},
	 CHANGE_NEUTRAL,
	 0,
	 {"Other TXT records of example.org published: verification=1"}},
	{"a mail host moved and an order changed",
	 {BASE, "mx.example.org. A 192.0.2.7", SPF, SENDER, REJECT},
	 {"mx.example.org. A 192.0.2.7", "mx.example.org. A 192.0.2.9",
	  "example.org. MX 10 mx.example.org.", "example.org. SOA a. b. 9 2 3 4 5", SPF, SENDER,
	  REJECT},
	 CHANGE_NEUTRAL,
	 0,
	 {"IPv4 addresses of mx.example.org changed from 192.0.2.1 and 192.0.2.7 to 192.0.2.7 and "
	  "192.0.2.9"}},
	{"an answer that could not be had is no change",
	 {BASE, SPF, SENDER, REJECT},
	 {BASE, SPF, SENDER, "_dmarc.example.org. TXT !servfail"},
	 CHANGE_NEUTRAL,
	 1,
	 {0}},
	{"nor is its return",
	 {BASE, SPF, SENDER, "_dmarc.example.org. TXT !servfail"},
	 {BASE, SPF, SENDER, REJECT},
	 CHANGE_NEUTRAL,
	 0,
	 {0}},
	{"a zone is no longer signed",
	 {BASE, SPF, SENDER, REJECT, "~example.org. secure"},
	 {BASE, SPF, SENDER, REJECT, "~example.org. insecure"},
	 CHANGE_WORSE,
	 0,
	 {"Answers for example.org were secure before and are insecure now"}},
	{"a record at the end of an alias",
	 {BASE, SPF, SENDER, "_dmarc.example.org. CNAME policy.shared.example.",
	  "policy.shared.example. TXT \"v=DMARC1; p=none\""},
	 {BASE, SPF, SENDER, "_dmarc.example.org. CNAME policy.shared.example.",
	  "policy.shared.example. TXT \"v=DMARC1; p=reject\""},
	 CHANGE_BETTER,
	 0,
	 {"DMARC record of policy.shared.example changed from v=DMARC1; p=none"}},
	{"a wildcard key is one record",
	 {BASE, SPF, SENDER, REJECT, "*._domainkey.example.org. TXT \"v=DKIM1; p=\""},
	 {BASE, SPF, SENDER, REJECT, "*._domainkey.example.org. TXT \"v=DKIM1; p=; n=x\""},
	 CHANGE_NEUTRAL,
	 0,
	 {"DKIM key of *._domainkey.example.org changed from v=DKIM1; p= to v=DKIM1; p=; n=x"}},
	{"a selector becomes an alias",
	 {BASE, SPF, SENDER, REJECT, "default._domainkey.example.org. TXT \"v=DKIM1; p=\""},
	 {BASE, SPF, SENDER, REJECT, "default._domainkey.example.org. CNAME d.sender.example.",
	  "d.sender.example. TXT "
	  "\"v=DKIM1; p=\""},
	 CHANGE_NEUTRAL,
	 0,
	 {"default._domainkey.example.org is now an alias of d.sender.example"}},
};

static void check_row(const struct row *row)
{
	struct judged before = judge_world(row->before);
	struct judged after = judge_world(row->after);
	struct look first = {1000, before.standing, before.facts};
	struct look second = {2000, after.standing, after.facts};
	struct arena *arena = arena_new((size_t)4 << 20);
	struct change *change = change_between(arena, &first, &second);
	assert_non_null(change);
	size_t count = 0;
	while (count < 4 && row->sentences[count] != NULL) {
		count++;
	}
	for (size_t i = 0; i < change->records.len; i++) {
		struct span sentence =
			VECTOR_AT(&change->records, struct changed_record, i)->sentence;
		if (i >= count || !span_starts_with(sentence, span_of_string(row->sentences[i]))) {
			fail_msg("%s: told \"%.*s\"", row->name, SPAN_ARG(sentence));
		}
	}
	assert_row_int(row->name, change->records.len, count);
	assert_row_int(row->name, change->unread.len, row->unread);
	if (change->direction != row->direction) {
		fail_msg("%s: %s", row->name, change_direction_name(change->direction));
	}
	arena_free(arena);
	judged_free(&before);
	judged_free(&after);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
