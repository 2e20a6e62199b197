/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Whole messages: who is the author, what counts for DMARC, and what one message may cost. */
#include "discovery/judged.h"

#include <stdio.h>

#include "authenticate/message_check.h"

#define MAIL_BYTES ((size_t)16 << 20)

struct checked {
	struct judged judged;
	struct arena *mail_arena;
	struct mail_reader *reader;
	const struct mail *mail;
	struct envelope envelope;
	const struct message_check *check;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct checked *checked = context;
	struct message_check_options options = {.now = WORLD_NOW};
	checked->check = message_check(checked->judged.arena, inquiry, checked->mail,
				       &checked->envelope, &options);
	return checked->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

/* from: MAIL FROM; NULL for an unknown envelope. */
static struct checked check_text(const char *lines, struct span text, const char *from)
{
	struct checked checked = {.judged = judged_new(lines)};
	struct mail_options options = {.line_ends = LINE_ENDS_CRLF};
	checked.mail_arena = arena_new(MAIL_BYTES);
	checked.reader = mail_reader_new(checked.mail_arena, &options);
	mail_reader_feed(checked.reader, text);
	checked.mail = mail_reader_end(checked.reader);
	assert_non_null(checked.mail);
	if (from != NULL) {
		checked.envelope = (struct envelope){.has_client = true,
						     .helo = SPAN("helo.example.net"),
						     .has_mail_from = true,
						     .mail_from = span_of_string(from)};
		assert_true(network_parse_address(SPAN("192.0.2.7"), &checked.envelope.client));
	}
	judged_run(&checked.judged, (struct judge){judge, &checked});
	return checked;
}

static void end(struct checked *checked)
{
	mail_reader_close(checked->reader);
	arena_free(checked->mail_arena);
	judged_free(&checked->judged);
}

struct row {
	const char *name;
	const char *from_block;
	const char *mail_from;
	enum dmarc_result result;
	enum message_cause cause;
	enum dmarc_policy disposition;
	size_t authors;
};

/* The stranger may send for stranger.example and helo.example.net, not for the others. */
static const char lines[] = "victim.example. TXT \"v=spf1 -all\"|"
			    "_dmarc.victim.example. TXT \"v=DMARC1; p=reject\"|"
			    "watching.example. TXT \"v=spf1 -all\"|"
			    "_dmarc.watching.example. TXT \"v=DMARC1; p=none\"|"
			    "stranger.example. TXT \"v=spf1 +all\"|"
			    "_dmarc.stranger.example. TXT \"v=DMARC1; p=quarantine\"|"
			    "helo.example.net. TXT \"v=spf1 +all\"|"
			    "helo.victim.example. TXT \"v=spf1 +all\"";

static const struct row rows[] = {
	{"an honest message", "From: a@stranger.example\r\n", "a@stranger.example",
	 DMARC_RESULT_PASS, MESSAGE_ONE_AUTHOR, DMARC_POLICY_NONE, 1},
	{"a spoof", "From: a@victim.example\r\n", "a@stranger.example", DMARC_RESULT_FAIL,
	 MESSAGE_ONE_AUTHOR, DMARC_POLICY_REJECT, 1},
	{"a spoof nobody forbids", "From: a@watching.example\r\n", "a@stranger.example",
	 DMARC_RESULT_FAIL, MESSAGE_ONE_AUTHOR, DMARC_POLICY_NONE, 1},
	{"no policy", "From: a@nothing.example\r\n", "a@stranger.example", DMARC_RESULT_NONE,
	 MESSAGE_ONE_AUTHOR, DMARC_POLICY_NONE, 1},
	{"an unknown envelope", "From: a@victim.example\r\n", NULL, DMARC_RESULT_FAIL,
	 MESSAGE_ONE_AUTHOR, DMARC_POLICY_REJECT, 1},
	{"hazard 1: two From fields, the stranger's first",
	 "From: a@stranger.example\r\nFrom: a@victim.example\r\n", "a@stranger.example",
	 DMARC_RESULT_PERMERROR, MESSAGE_SEVERAL_FIELDS, DMARC_POLICY_REJECT, 2},
	{"hazard 1: the stranger's last", "From: a@victim.example\r\nFrom: a@stranger.example\r\n",
	 "a@stranger.example", DMARC_RESULT_PERMERROR, MESSAGE_SEVERAL_FIELDS, DMARC_POLICY_REJECT,
	 2},
	{"hazard 1: twice the same", "From: a@stranger.example\r\nFrom: b@stranger.example\r\n",
	 "a@stranger.example", DMARC_RESULT_PERMERROR, MESSAGE_SEVERAL_FIELDS, DMARC_POLICY_NONE,
	 1},
	{"hazard 2: a space before the colon",
	 "From : a@victim.example\r\nFrom: a@stranger.example\r\n", "a@stranger.example",
	 DMARC_RESULT_PERMERROR, MESSAGE_SEVERAL_FIELDS, DMARC_POLICY_REJECT, 2},
	{"hazard 3: two mailboxes", "From: a@stranger.example, b@victim.example\r\n",
	 "a@stranger.example", DMARC_RESULT_PERMERROR, MESSAGE_SEVERAL_DOMAINS, DMARC_POLICY_REJECT,
	 2},
	{"hazard 3: two mailboxes of one domain",
	 "From: a@stranger.example, b@stranger.example\r\n", "a@stranger.example",
	 DMARC_RESULT_PASS, MESSAGE_ONE_AUTHOR, DMARC_POLICY_NONE, 1},
	{"no From", "Subject: x\r\n", "a@stranger.example", DMARC_RESULT_PERMERROR,
	 MESSAGE_NO_AUTHOR, DMARC_POLICY_NONE, 0},
	{"an address for a domain", "From: a@[192.0.2.7]\r\n", "a@stranger.example",
	 DMARC_RESULT_PERMERROR, MESSAGE_NO_AUTHOR, DMARC_POLICY_NONE, 0},
	{"hazard 8: HELO passes, MAIL FROM does not exist", "From: a@helo.example.net\r\n",
	 "a@none.victim.example", DMARC_RESULT_NONE, MESSAGE_ONE_AUTHOR, DMARC_POLICY_NONE, 1},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		char text[500];
		int len = snprintf(text, sizeof(text), "%sTo: x@example.net\r\n\r\nHello.\r\n",
				   row->from_block);
		struct checked checked =
			check_text(lines, span_of(text, (size_t)len), row->mail_from);
		assert_row_int(row->name, checked.check->result, row->result);
		assert_row_int(row->name, checked.check->cause, row->cause);
		assert_row_int(row->name, checked.check->disposition, row->disposition);
		assert_row_int(row->name, checked.check->author_count, row->authors);
		end(&checked);
	}
}

/* The null sender is checked as HELO, and that counts for DMARC. */
static void test_the_null_sender_counts_as_helo(void **state)
{
	(void)state;
	struct checked checked =
		check_text("helo.example.net. TXT \"v=spf1 +all\"|"
			   "_dmarc.example.net. TXT \"v=DMARC1; p=reject\"",
			   SPAN("From: postmaster@example.net\r\n\r\nBounce.\r\n"), "");
	assert_true(checked.check->mail_from->is_null_sender);
	assert_int_equal(checked.check->result, DMARC_RESULT_PASS);
	end(&checked);
}

/* Everything dear at once: SPF of ten mx, many signers in their own branches, many authors. */
static void test_hazard_32_questions_are_bounded(void **state)
{
	(void)state;
	static char text[100000];
	static char world[40000];
	size_t len = 0;
	len += (size_t)snprintf(text, sizeof(text), "From: ");
	for (int i = 0; i < 50; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%sa@u%d.a.b.c.d.e.f.g.h.i.example.org",
					i > 0 ? ",\r\n " : "", i);
	}
	len += (size_t)snprintf(text + len, sizeof(text) - len, "\r\n");
	for (int i = 0; i < 1000; i++) {
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"DKIM-Signature: v=1; a=rsa-sha256; d=s%d.q.w.e.r.t.y.example.org;"
			" s=s; h=from; bh=; b=AA==\r\n",
			i);
		if (len > sizeof(text) - 1000) {
			break;
		}
	}
	len += (size_t)snprintf(text + len, sizeof(text) - len, "\r\nHello.\r\n");
	size_t at =
		(size_t)snprintf(world, sizeof(world),
				 "example.org. TXT \"v=spf1 include:example.org mx:a.example.org "
				 "mx:b.example.org mx:c.example.org mx:d.example.org\"|"
				 "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"");
	for (int i = 0; i < 40; i++) {
		at += (size_t)snprintf(world + at, sizeof(world) - at,
				       "|%c.example.org. MX 10 h%d.example.org.", "abcd"[i / 10],
				       i);
	}
	struct checked checked = check_text(world, span_of(text, len), "a@example.org");
	assert_true(checked.check->is_incomplete);
	assert_int_equal(checked.check->result, DMARC_RESULT_PERMERROR);
	assert_int_equal(checked.check->disposition, DMARC_POLICY_REJECT);
	assert_true(world_asked_count(checked.judged.world) <= MESSAGE_CHECK_MAX_QUESTIONS);
	end(&checked);
}

/* Each answer missing in turn: no verdict that was not there before. */
static void test_each_answer_may_be_missing(void **state)
{
	(void)state;
	static const char world[] = "example.org. TXT \"v=spf1 include:i.example.org -all\"|"
				    "i.example.org. TXT \"v=spf1 mx -all\"|"
				    "i.example.org. MX 10 h.example.org.|"
				    "h.example.org. A 192.0.2.7|"
				    "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"";
	const struct span text = SPAN("From: a@sub.example.org\r\n\r\nHello.\r\n");
	for (size_t i = 0;; i++) {
		struct checked plain = check_text(world, text, "a@example.org");
		assert_int_equal(plain.check->result, DMARC_RESULT_PASS);
		if (i == world_asked_count(plain.judged.world)) {
			assert_true(i > 5);
			end(&plain);
			return;
		}
		struct fact_key key = world_asked(plain.judged.world, i);
		/* set up as check_text() does, but with one answer gone */
		struct checked sick = plain;
		sick.judged.facts = facts_new(1);
		sick.judged.arena = arena_new(JUDGED_MAX_BYTES);
		world_fail_key(plain.judged.world, key, FACT_FAILURE_REFUSED);
		judged_run(&sick.judged, (struct judge){judge, &sick});
		assert_true(sick.check->result == DMARC_RESULT_PASS ||
			    sick.check->result == DMARC_RESULT_TEMPERROR);
		facts_free(sick.judged.facts);
		arena_free(sick.judged.arena);
		end(&plain);
	}
}

static void test_hazard_60_memory_may_be_out(void **state)
{
	(void)state;
	struct checked checked = check_text(lines, SPAN("From: a@victim.example\r\n\r\nx\r\n"),
					    "a@stranger.example");
	struct wants wants = wants_new(checked.judged.arena);
	struct inquiry inquiry = {checked.judged.facts, &wants};
	struct message_check_options options = {.now = WORLD_NOW};
	bool is_done = false;
	size_t i;
	for (i = 0; !is_done; i++) {
		struct arena *arena = arena_new(JUDGED_MAX_BYTES);
		arena_fail_after(arena, i);
		const struct message_check *check =
			message_check(arena, &inquiry, checked.mail, &checked.envelope, &options);
		is_done = check != NULL;
		assert_int_equal(is_done, !arena_has_failed(arena));
		arena_free(arena);
	}
	assert_true(i > 20);
	end(&checked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_the_null_sender_counts_as_helo),
		cmocka_unit_test(test_hazard_32_questions_are_bounded),
		cmocka_unit_test(test_each_answer_may_be_missing),
		cmocka_unit_test(test_hazard_60_memory_may_be_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
