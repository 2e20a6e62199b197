/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is told of two looks at a domain, under which keys, in which form. */
#include "unit.h"

#include <stdio.h>

#include "../estate/judged.h"
#include "assess/finding.h"
#include "service/watch_notices.h"
#include "world.h"

#define DNS                                                                                        \
	"example.org. MX 10 mx.example.org.", "mx.example.org. A 93.184.216.1",                    \
		"example.org. SOA a. b. 1 2 3 4 5", "example.org. TXT \"v=spf1 -all\""
#define HOST(days) DNS, "93.184.216.1 SMTP mx.example.org. cert=P-256/mx.example.org/-10/" days
#define REJECT "_dmarc.example.org. TXT \"v=DMARC1; p=reject; rua=mailto:d@example.org\""
#define NONE "_dmarc.example.org. TXT \"v=DMARC1; p=none; rua=mailto:d@example.org\""
#define TLS_RPT "_smtp._tls.example.org. TXT \"v=TLSRPTv1; rua=mailto:t@example.org\""
#define STS "_mta-sts.example.org. TXT \"v=STSv1; id=1\""
#define STS_NEW "_mta-sts.example.org. TXT \"v=STSv1; id=2\""
#define POLICY(mode, age)                                                                          \
	"example.org. POLICY body=version: STSv1|mode: " mode "|mx: mx.example.org|max_age: " age  \
	"|"
#define DAY INT64_C(86400)

struct row {
	const char *name;
	const char *before[12]; /* none: the first look */
	const char *after[12];
	const char *senders_before[3]; /* "name,class"; none: no reports are held */
	const char *senders_after[3];
	int64_t quiet_days;	/* since the last report, at the second look */
	const char *exceptions; /* as CSV; NULL: none */
	const char *told[4];	/* the key of a notice, and those of its parts in brackets */
};

static const struct row rows[] = {
	{.name = "nothing changed", .before = {DNS, REJECT}, .after = {DNS, REJECT}},
	{.name = "the first look is no news", .after = {DNS, NONE}},
	{.name = "worse",
	 .before = {DNS, REJECT},
	 .after = {DNS, NONE},
	 .told = {"worse [spoofed yes] [worse dmarc-policy-none _dmarc.example.org]"}},
	{.name = "better",
	 .before = {DNS, NONE},
	 .after = {DNS, REJECT},
	 .told = {"better [spoofed no] [better dmarc-policy-none _dmarc.example.org]"}},
	{.name = "one comes and one goes",
	 .before = {DNS, NONE, TLS_RPT},
	 .after = {DNS, REJECT},
	 .told = {"worse [spoofed no] [worse tls-rpt-missing _smtp._tls.example.org] [better "
		  "dmarc-policy-none _dmarc.example.org]"}},
	{.name = "a resolver's fault",
	 .before = {DNS, REJECT},
	 .after = {DNS, "_dmarc.example.org. TXT !servfail"}},
	{.name = "what was unknown is no news by itself",
	 .before = {DNS, "_dmarc.example.org. TXT !servfail"},
	 .after = {DNS, NONE}},
	{.name = "a certificate's end is near",
	 .before = {HOST("15"), REJECT},
	 .after = {HOST("14"), REJECT},
	 .told = {"expiring mx.example.org 2026-12-07 14"}},
	{.name = "at the first look too",
	 .after = {HOST("2"), REJECT},
	 .told = {"expiring mx.example.org 2026-11-25 3"}},
	{.name = "and nearer",
	 .before = {HOST("2"), REJECT},
	 .after = {HOST("1"), REJECT},
	 .told = {"expiring mx.example.org 2026-11-24 1"}},
	{.name = "it was renewed", .before = {HOST("2"), REJECT}, .after = {HOST("80"), REJECT}},
	{.name = "an exception's end is near, and it still stands",
	 .before = {DNS, NONE},
	 .after = {DNS, NONE},
	 .exceptions = "example.org,dmarc-policy-none,Ada,2026-11-30,migration",
	 .told = {"exception dmarc-policy-none 2026-11-30 7"}},
	{.name = "one for all domains, at the first look",
	 .after = {DNS, NONE},
	 .exceptions = "*,dmarc-policy-none,,2026-11-24,",
	 .told = {"exception dmarc-policy-none 2026-11-24 1"}},
	{.name = "its end is far, of another domain, mended or over",
	 .before = {DNS, NONE},
	 .after = {DNS, NONE},
	 .exceptions = "example.org,dmarc-policy-none,Ada,2027-11-30,\n"
		       "example.net,dmarc-policy-none,Ada,2026-11-30,\n"
		       "example.org,dmarc-missing,Ada,2026-11-30,\n"
		       "example.org,dmarc-policy-none,Ada,2026-11-20,\n"},
	{.name = "another policy with the old id",
	 .before = {HOST("80"), REJECT, STS, POLICY("enforce", "1209600")},
	 .after = {HOST("80"), REJECT, STS, POLICY("enforce", "1814400")},
	 .told = {"policy c8d2339566f93870"}},
	{.name = "another one",
	 .before = {HOST("80"), REJECT, STS, POLICY("enforce", "1814400")},
	 .after = {HOST("80"), REJECT, STS, POLICY("enforce", "1209600")},
	 .told = {"policy ce1d464f8eda612a"}},
	{.name = "another policy with another id",
	 .before = {HOST("80"), REJECT, STS, POLICY("enforce", "1209600")},
	 .after = {HOST("80"), REJECT, STS_NEW, POLICY("enforce", "1814400")}},
	{.name = "a weaker policy with the old id",
	 .before = {HOST("80"), REJECT, STS, POLICY("enforce", "1209600")},
	 .after = {HOST("80"), REJECT, STS, POLICY("testing", "1209600")},
	 .told = {"worse [intercepted yes] [worse mta-sts-ready mta-sts.example.org]",
		  "policy 5a048daf3804280c"}},
	{.name = "a new sender",
	 .before = {DNS, REJECT},
	 .after = {DNS, REJECT},
	 .senders_before = {"Old Mail,legitimate"},
	 .senders_after = {"Old Mail,legitimate", "New Mail,unknown", "List Host,forwarded"},
	 .told = {"sender New Mail"}},
	{.name = "the first reports are no news",
	 .before = {DNS, REJECT},
	 .after = {DNS, REJECT},
	 .senders_after = {"Old Mail,legitimate"}},
	{.name = "silence",
	 .before = {DNS, REJECT},
	 .after = {DNS, REJECT},
	 .senders_before = {"Old Mail,legitimate"},
	 .senders_after = {"Old Mail,legitimate"},
	 .quiet_days = 5,
	 .told = {"silence []"}},
	{.name = "silence, and worse",
	 .before = {DNS, REJECT},
	 .after = {DNS, NONE},
	 .senders_before = {"Old Mail,legitimate"},
	 .senders_after = {"Old Mail,legitimate"},
	 .quiet_days = 5,
	 .told = {"worse [spoofed yes] [worse dmarc-policy-none _dmarc.example.org]",
		  "silence []"}},
};

static const struct reported *reported_of_row(const char *const senders[3], int64_t last_at,
					      struct reported *reported,
					      struct reported_sender room[3])
{
	size_t count = 0;
	for (; count < 3 && senders[count] != NULL; count++) {
		struct span rest = span_of_string(senders[count]);
		struct span name;
		(void)span_split(&rest, ',', &name);
		room[count] = (struct reported_sender){.name = name, .class = rest, .messages = 5};
	}
	*reported = (struct reported){.last_at = last_at, .messages = 5, .senders = room};
	reported->sender_count = count;
	return count > 0 ? reported : NULL;
}

static void print_notice(const struct notice *notice, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "%.*s", SPAN_ARG(notice->key));
	for (size_t i = 0; i < notice->part_count && len < size; i++) {
		len += (size_t)snprintf(text + len, size - len, " [%.*s]",
					SPAN_ARG(notice->parts[i].key));
	}
}

static const struct notice *notices_between(const struct judged *before, const struct judged *after,
					    const struct vector *exceptions, size_t *ret_count)
{
	const struct scan_item item = {
		.domain = SPAN("example.org"), .owner = SPAN("Ada"), .group = SPAN("Councils")};
	struct look first = {WORLD_NOW - DAY, before != NULL ? before->standing : NULL,
			     before != NULL ? before->facts : NULL};
	struct look second = {WORLD_NOW, after->standing, after->facts};
	struct watch_look look = {
		.item = &item,
		.change = before != NULL ? change_between(after->arena, &first, &second) : NULL,
		.assessment = after->assessment,
		.before = before != NULL ? before->facts : NULL,
		.facts = after->facts,
		.at = WORLD_NOW,
		.exceptions = exceptions,
	};
	const struct notice *notices = watch_notices(after->arena, &look, ret_count);
	assert_non_null(notices);
	return notices;
}

static void check_row(const struct row *row)
{
	struct reported reported[2];
	struct reported_sender senders[2][3];
	bool is_first = row->before[0] == NULL;
	struct judged before = {0};
	if (!is_first) {
		before = judge_world_with(row->before,
					  reported_of_row(row->senders_before, WORLD_NOW - DAY,
							  &reported[0], senders[0]));
	}
	struct judged after = judge_world_with(
		row->after, reported_of_row(row->senders_after, WORLD_NOW - row->quiet_days * DAY,
					    &reported[1], senders[1]));
	size_t count = 0;
	struct sector accepted = {.arena = after.arena, .at = WORLD_NOW};
	struct failure failure;
	const char *csv = row->exceptions != NULL ? row->exceptions : "";
	assert_row_int(row->name, sector_exceptions_read(&accepted, span_of_string(csv), &failure),
		       0);
	const struct notice *notices =
		notices_between(is_first ? NULL : &before, &after, &accepted.exceptions, &count);
	for (size_t i = 0; i < 4; i++) {
		char text[2048] = "";
		if (i < count) {
			print_notice(&notices[i], text, sizeof(text));
		}
		const char *expected = row->told[i] != NULL ? row->told[i] : "";
		assert_row_span(row->name, span_of_string(text), span_of_string(expected));
	}
	assert_row_int(row->name, count <= 4, true);
	if (!is_first) {
		judged_free(&before);
	}
	judged_free(&after);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i]);
	}
}

/* The text and the JSON of a body. */
static void split(struct span body, struct span *ret_text, struct span *ret_json)
{
	size_t end = span_find(body, WATCH_BODY_SEPARATOR, 0);
	assert_true(end < body.len);
	*ret_text = span_slice(body, 0, end);
	*ret_json = span_from(body, end + 1);
	assert_int_equal(span_find(*ret_json, WATCH_BODY_SEPARATOR, 0), ret_json->len);
}

static bool holds(struct span text, const char *words)
{
	return span_search(text, span_of_string(words)) < text.len;
}

static void test_words_and_json(void **state)
{
	(void)state;
	static const char *const good[] = {DNS, REJECT, NULL};
	static const char *const bad[] = {DNS, NONE, NULL};
	struct judged before = judge_world(good);
	struct judged after = judge_world(bad);
	struct span text;
	struct span json;
	size_t count;
	const struct notice *notice =
		notices_between(&before, &after, /* exceptions: */ NULL, &count);
	assert_int_equal(count, 1);
	split(notice->body, &text, &json);
	assert_true(holds(text, "example.org got worse (2026-11-23T00:00:00Z)\n"));
	assert_true(holds(text, "\n  DMARC record of _dmarc.example.org changed from "));
	assert_true(holds(json, "\"kind\":\"worse\",\"domain\":\"example.org\",\"owner\":\"Ada\""));
	assert_true(holds(json, "\"changes\":[\"DMARC record"));
	assert_int_equal(notice->part_count, 2);
	split(notice->parts[0].body, &text, &json);
	assert_row_span("verdict", text, SPAN("  Can be spoofed: was no, now yes\n"));
	assert_int_equal(json.len, 0);
	split(notice->parts[1].body, &text, &json);
	assert_true(holds(text, "  New ("));
	assert_true(holds(text, "\n    What to do: "));
	assert_true(holds(json, "\"change\":\"new\",\"id\":\"dmarc-policy-none\""));
	assert_true(holds(json, "\"implementation\":\""));
	judged_free(&before);
	judged_free(&after);
}

/* What a stranger publishes can neither begin a line nor end a body. */
static void test_hostile_records_stay_in_their_line(void **state)
{
	(void)state;
	static const char *const good[] = {DNS, REJECT, NULL};
	static const char *const bad[] = {
		DNS, "_dmarc.example.org. TXT \"v=DMARC1; p=none; x=a\\010b\\029c\\030d\"", NULL};
	struct judged before = judge_world(good);
	struct judged after = judge_world(bad);
	struct span text;
	struct span json;
	size_t count;
	const struct notice *notice =
		notices_between(&before, &after, /* exceptions: */ NULL, &count);
	assert_int_equal(count, 1);
	split(notice->body, &text, &json);
	assert_true(holds(text, "x=a b c d"));
	assert_true(holds(json, "x=a\\nb\\u001dc\\u001ed"));
	assert_int_equal(span_find(notice->body, NOTICE_PART_SEPARATOR, 0), notice->body.len);
	judged_free(&before);
	judged_free(&after);
}

/* Everything about a domain changes: the notice stays within its limit and says what it left out.
 */
static void test_limit(void **state)
{
	(void)state;
	static const char *const lines[] = {DNS, NONE, NULL};
	struct judged judged = judge_world(lines);
	struct span title = arena_printf(judged.arena, "%0900d", 1);
	for (size_t i = 0; i < 100; i++) {
		struct standing_finding *added =
			VECTOR_PUSH(&judged.standing->findings, judged.arena,
				    struct standing_finding, FINDING_MAX);
		assert_non_null(added);
		*added = (struct standing_finding){
			.control = CONTROL_DMARC,
			.severity = SEVERITY_HIGH,
			.id = arena_printf(judged.arena, "made-up-%zu", i),
			.subject = SPAN("example.org"),
			.title = title,
		};
	}
	static const char *const none[] = {DNS, REJECT, NULL};
	struct judged before = judge_world(none);
	size_t count;
	const struct notice *notice =
		notices_between(&before, &judged, /* exceptions: */ NULL, &count);
	assert_int_equal(count, 1);
	size_t len = notice->body.len;
	for (size_t i = 0; i < notice->part_count; i++) {
		len += 1 + notice->parts[i].body.len;
	}
	assert_true(len <= NOTICE_MAX_BODY && len > NOTICE_MAX_BODY / 2);
	const struct notice_part *last = &notice->parts[notice->part_count - 1];
	assert_int_equal(last->key.len, 0);
	assert_true(holds(last->body, " more findings\n"));
	judged_free(&before);
	judged_free(&judged);
}

/* Out of memory anywhere: no notices, rather than half of one. */
static void test_memory(void **state)
{
	(void)state;
	static const char *const good[] = {DNS, REJECT, NULL};
	static const char *const bad[] = {DNS, NONE, NULL};
	struct judged before = judge_world(good);
	struct judged after = judge_world(bad);
	struct look first = {WORLD_NOW - DAY, before.standing, before.facts};
	struct look second = {WORLD_NOW, after.standing, after.facts};
	const struct scan_item item = {.domain = SPAN("example.org")};
	struct watch_look look = {
		.item = &item,
		.change = change_between(after.arena, &first, &second),
		.assessment = after.assessment,
		.before = before.facts,
		.facts = after.facts,
		.at = WORLD_NOW,
	};
	size_t failed = 0;
	size_t count = 0;
	for (size_t successes = 0; count == 0; successes++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		arena_fail_after(arena, successes);
		failed += watch_notices(arena, &look, &count) == NULL ? 1 : 0;
		arena_free(arena);
	}
	assert_true(failed > 10);
	assert_int_equal(count, 1);
	judged_free(&before);
	judged_free(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_words_and_json),
		cmocka_unit_test(test_hostile_records_stay_in_their_line),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
