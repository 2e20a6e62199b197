/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The public interface alone: questions and answers, chunks, threads, wrong use, evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <mailseal/mailseal.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1795392000)
#define TXT 16

struct record {
	const char *name;
	uint16_t type;
	const char *text; /* NULL: the servers do not answer */
};

static const struct record world[] = {
	{"example.org", TXT, "\"v=spf1 include:spf.example.net -all\""},
	{"spf.example.net", TXT, "\"v=spf1 ip4:192.0.2.0/24 -all\""},
	{"_dmarc.example.org", TXT, "\"v=DMARC1; p=reject\""},
	{"default._bimi.example.org", TXT, "\"v=BIMI1; l=https://example.org/logo.svg\""},
	{"sick.example", TXT, NULL},
	{"_dmarc.sick.example", TXT, NULL},
};

static const char message[] = "From: Jo <jo@example.org>\r\n"
			      "To: you@example.net\r\n"
			      "Subject: hello\r\n"
			      "\r\n"
			      "Hello.\r\n";

static int answer(struct mailseal_facts *facts, const struct mailseal_question *question)
{
	assert_int_equal(question->kind, MAILSEAL_DNS);
	for (size_t i = 0; i < sizeof(world) / sizeof(world[0]); i++) {
		if (strcmp(world[i].name, question->name) != 0) {
			continue;
		}
		if (world[i].text == NULL) {
			return mailseal_facts_add_outcome(facts, question, MAILSEAL_TIMEOUT);
		}
		if (world[i].type == question->type) {
			return mailseal_facts_add_text(facts, question, world[i].text,
						       MAILSEAL_UNCHECKED);
		}
	}
	return mailseal_facts_add_outcome(facts, question, MAILSEAL_NXDOMAIN);
}

/* Runs to the end; *asked counts questions. */
static int settle(struct mailseal_verify *verify, struct mailseal_facts *facts, size_t *asked)
{
	const struct mailseal_question *questions;
	size_t count;
	int status;
	while ((status = mailseal_verify_run(verify, facts, &questions, &count)) == MAILSEAL_ASKS) {
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(answer(facts, &questions[i]), MAILSEAL_DONE);
		}
		*asked += count;
	}
	return status;
}

static void set_envelope(struct mailseal_verify *verify, const char *client, const char *from)
{
	assert_int_equal(mailseal_verify_set_client(verify, client), MAILSEAL_DONE);
	assert_int_equal(mailseal_verify_set_helo(verify, "mail.example.org", 16), MAILSEAL_DONE);
	assert_int_equal(mailseal_verify_set_mail_from(verify, from, strlen(from)), MAILSEAL_DONE);
	assert_int_equal(mailseal_verify_set_receiver(verify, "mx.example.net"), MAILSEAL_DONE);
}

struct judged {
	struct mailseal_facts *facts;
	struct mailseal_verify *verify;
	size_t asked;
};

/* chunk_len: octets fed at once. */
static struct judged judge(const char *text, size_t len, const char *client, size_t chunk_len)
{
	struct judged j = {mailseal_facts_new(1), mailseal_verify_new(NULL, NOW), 0};
	assert_non_null(j.facts);
	assert_non_null(j.verify);
	set_envelope(j.verify, client, "jo@example.org");
	for (size_t at = 0; at < len; at += chunk_len) {
		size_t rest = len - at;
		assert_int_equal(mailseal_verify_feed(j.verify, text + at,
						      rest < chunk_len ? rest : chunk_len),
				 MAILSEAL_DONE);
	}
	assert_int_equal(settle(j.verify, j.facts, &j.asked), MAILSEAL_DONE);
	return j;
}

static void end(struct judged *j)
{
	mailseal_verify_free(j->verify);
	mailseal_facts_free(j->facts);
}

static void assert_has(struct mailseal_bytes text, const char *part)
{
	assert_int_equal(text.ptr[text.len], '\0');
	if (strstr(text.ptr, part) == NULL) {
		fail_msg("\"%s\" is not in: %s", part, text.ptr);
	}
}

static void test_a_pass_and_its_texts(void **state)
{
	(void)state;
	struct judged j = judge(message, strlen(message), "192.0.2.7", 4096);
	struct mailseal_bytes text;
	assert_int_equal(mailseal_verify_result(j.verify), MAILSEAL_RESULT_PASS);
	assert_int_equal(mailseal_verify_disposition(j.verify), MAILSEAL_DISPOSITION_NONE);
	assert_false(mailseal_verify_is_author_blurred(j.verify));
	assert_string_equal(mailseal_verify_author(j.verify).ptr, "example.org");
	assert_int_equal(mailseal_verify_results_field(j.verify, &text), MAILSEAL_DONE);
	assert_has(text, "Authentication-Results: mx.example.net;");
	assert_has(text, "dmarc=pass\r\n\t\theader.from=example.org");
	assert_int_equal(mailseal_verify_spf_fields(j.verify, &text), MAILSEAL_DONE);
	assert_has(text, "Received-SPF: pass\r\n\treceiver=mx.example.net;");
	assert_has(text, "envelope-from=\"jo@example.org\";");
	assert_int_equal(mailseal_verify_json(j.verify, &text), MAILSEAL_DONE);
	assert_has(text, "\"result\":\"pass\"");
	assert_has(text, "\"location\":\"https://example.org/logo.svg\"");
	assert_has(text, "\"reference\":\"RFC 7208");
	end(&j);
}

static void test_a_spoof(void **state)
{
	(void)state;
	struct judged j = judge(message, strlen(message), "198.51.100.7", 4096);
	assert_int_equal(mailseal_verify_result(j.verify), MAILSEAL_RESULT_FAIL);
	assert_int_equal(mailseal_verify_disposition(j.verify), MAILSEAL_DISPOSITION_REJECT);
	end(&j);
}

static void test_hazard_29_every_chunk_size(void **state)
{
	(void)state;
	struct judged whole = judge(message, strlen(message), "192.0.2.7", sizeof(message));
	struct mailseal_bytes expected;
	assert_int_equal(mailseal_verify_json(whole.verify, &expected), MAILSEAL_DONE);
	for (size_t chunk_len = 1; chunk_len < sizeof(message); chunk_len++) {
		struct judged j = judge(message, strlen(message), "192.0.2.7", chunk_len);
		struct mailseal_bytes text;
		assert_int_equal(mailseal_verify_json(j.verify, &text), MAILSEAL_DONE);
		assert_string_equal(text.ptr, expected.ptr);
		end(&j);
	}
	end(&whole);
}

/* What is never answered was not asked: the loop ends, and no verdict is built on it. */
static void test_questions_left_unanswered(void **state)
{
	(void)state;
	struct judged j = {mailseal_facts_new(1), mailseal_verify_new(NULL, NOW), 0};
	const struct mailseal_question *questions;
	size_t count;
	unsigned turns = 0;
	int status;
	set_envelope(j.verify, "192.0.2.7", "jo@example.org");
	assert_int_equal(mailseal_verify_feed(j.verify, message, strlen(message)), MAILSEAL_DONE);
	while ((status = mailseal_verify_run(j.verify, j.facts, &questions, &count)) ==
	       MAILSEAL_ASKS) {
		assert_true(count > 0 && count <= MAILSEAL_MAX_QUESTIONS);
		turns++;
	}
	assert_int_equal(status, MAILSEAL_DONE);
	assert_true(turns > 0 && turns <= MAILSEAL_MAX_TURNS);
	assert_int_equal(mailseal_verify_result(j.verify), MAILSEAL_RESULT_TEMPERROR);
	end(&j);
}

static void test_servers_that_do_not_answer(void **state)
{
	(void)state;
	static const char sick[] = "From: jo@sick.example\r\n\r\nHello.\r\n";
	struct judged j = judge(sick, strlen(sick), "192.0.2.7", 4096);
	assert_int_equal(mailseal_verify_result(j.verify), MAILSEAL_RESULT_TEMPERROR);
	end(&j);
}

/* The second message of a domain asks nothing. */
static void test_facts_are_a_cache(void **state)
{
	(void)state;
	struct judged j = judge(message, strlen(message), "192.0.2.7", 4096);
	struct mailseal_verify *second = mailseal_verify_new(NULL, NOW);
	size_t asked = 0;
	assert_true(j.asked > 2);
	set_envelope(second, "192.0.2.8", "jo@example.org");
	assert_int_equal(mailseal_verify_feed(second, message, strlen(message)), MAILSEAL_DONE);
	assert_int_equal(settle(second, j.facts, &asked), MAILSEAL_DONE);
	assert_int_equal(asked, 0);
	assert_int_equal(mailseal_verify_result(second), MAILSEAL_RESULT_PASS);
	mailseal_verify_free(second);
	end(&j);
}

static void test_wrong_order_and_input(void **state)
{
	(void)state;
	struct judged j = {mailseal_facts_new(1), mailseal_verify_new(NULL, NOW), 0};
	struct mailseal_facts *other = mailseal_facts_new(2);
	const struct mailseal_question *questions;
	const struct mailseal_field *fields;
	struct mailseal_bytes text;
	size_t count;
	char long_name[MAILSEAL_ENVELOPE_MAX + 1];
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(mailseal_verify_set_client(j.verify, "mail.example.org"),
			 MAILSEAL_BAD_INPUT);
	assert_int_equal(mailseal_verify_set_helo(j.verify, long_name, sizeof(long_name)),
			 MAILSEAL_BAD_INPUT);
	assert_int_equal(mailseal_verify_json(j.verify, &text), MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_verify_results_field(j.verify, &text), MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_verify_forged_fields(j.verify, &fields, &count),
			 MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_verify_feed(j.verify, message, strlen(message)), MAILSEAL_DONE);
	assert_int_equal(mailseal_verify_run(j.verify, j.facts, &questions, &count), MAILSEAL_ASKS);
	assert_int_equal(mailseal_verify_result(j.verify), MAILSEAL_RESULT_TEMPERROR);
	assert_int_equal(mailseal_verify_feed(j.verify, message, 1), MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_verify_set_helo(j.verify, "a", 1), MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_verify_run(j.verify, other, &questions, &count),
			 MAILSEAL_BAD_ORDER);
	assert_string_equal(mailseal_status_text(MAILSEAL_BAD_ORDER), "not at this point");
	mailseal_facts_free(other);
	end(&j);
}

/* Cut out last to first, what remains is the message without the fields. */
static void cut_forged(const char *text, const char *expected)
{
	char rest[2000];
	struct judged j = judge(text, strlen(text), "192.0.2.7", 7);
	const struct mailseal_field *fields;
	size_t count;
	size_t len = strlen(text);
	memcpy(rest, text, len + 1);
	assert_int_equal(mailseal_verify_forged_fields(j.verify, &fields, &count), MAILSEAL_DONE);
	for (size_t i = 0; i < count; i++) {
		size_t end_at = fields[i].offset + fields[i].len;
		assert_true(end_at <= len);
		memmove(rest + fields[i].offset, rest + end_at, len - end_at + 1);
		len -= fields[i].len;
	}
	assert_string_equal(rest, expected);
	end(&j);
}

static void test_hazard_9_forged_fields_are_cut_out(void **state)
{
	(void)state;
	cut_forged("Authentication-Results: mx.example.net; dmarc=pass\r\n"
		   "Authentication-Results: other.example; spf=pass\r\n"
		   "Authentication-Results: (x) MX.example.net 1;\r\n dkim=pass\r\n"
		   "From: jo@example.org\r\n"
		   "Authentication-Results: mx.example.net; none\r\n\r\nHello.\r\n",
		   "Authentication-Results: other.example; spf=pass\r\n"
		   "From: jo@example.org\r\n\r\nHello.\r\n");
}

/* A mail filter deletes by number. */
static void test_forged_fields_have_numbers(void **state)
{
	(void)state;
	static const char text[] = "Authentication-Results: mx.example.net; dmarc=pass\n"
				   "From: jo@example.org\n"
				   "Authentication-Results: other.example; none\n"
				   "Authentication-Results: mx.example.net;\n none\n\nHello.\n";
	struct judged j = judge(text, strlen(text), "192.0.2.7", 7);
	const struct mailseal_field *fields;
	size_t count;
	assert_int_equal(mailseal_verify_forged_fields(j.verify, &fields, &count), MAILSEAL_DONE);
	assert_int_equal(count, 2);
	assert_int_equal(fields[0].index, 2);
	assert_int_equal(fields[1].index, 0);
	end(&j);
}

/* --- answers --- */

static const struct mailseal_question txt_question = {MAILSEAL_DNS, "example.org", TXT};

/* A response to "example.org TXT"; behind the flags: rcode, and the number of answers. */
#define PACKET(rcode, answers)                                                                     \
	"\x12\x34\x81" rcode "\x00\x01\x00" answers "\x00\x00\x00\x00"                             \
	"\7example\3org\0\0\x10\0\1"
#define PACKET_TXT "\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\x0c\x0bv=spf1 -all"

static int save_line(void *context, const char *line, size_t len)
{
	char *text = context;
	size_t used = strlen(text);
	assert_true(used + len < 4000);
	memcpy(text + used, line, len);
	text[used + len] = '\0';
	return 0;
}

/* The set as lines. */
static void save(const struct mailseal_facts *facts, char text[4000])
{
	text[0] = '\0';
	assert_int_equal(mailseal_facts_save(facts, save_line, text), 0);
}

static void test_packets(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *packet;
		size_t len;
		const char *expected;
	} rows[] = {
		{"a record", PACKET("\x80", "\x01") PACKET_TXT,
		 sizeof(PACKET("\x80", "\x01") PACKET_TXT) - 1, "v=spf1 -all"},
		{"no such name", PACKET("\x83", "\x00"), sizeof(PACKET("\x83", "\x00")) - 1,
		 "\"nxdomain\":true"},
		{"no such record", PACKET("\x80", "\x00"), sizeof(PACKET("\x80", "\x00")) - 1,
		 "\"state\":\"absent\""},
		{"servfail", PACKET("\x82", "\x00"), sizeof(PACKET("\x82", "\x00")) - 1,
		 "\"failure\":\"servfail\""},
		{"refused", PACKET("\x85", "\x00"), sizeof(PACKET("\x85", "\x00")) - 1,
		 "\"failure\":\"refused\""},
		{"cut off", PACKET("\x80", "\x01") PACKET_TXT,
		 sizeof(PACKET("\x80", "\x01") PACKET_TXT) - 3, "\"failure\":\"malformed\""},
		{"nothing", "", 0, "\"failure\":\"malformed\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mailseal_facts *facts = mailseal_facts_new(1);
		char text[4000];
		assert_int_equal(mailseal_facts_set_origin(facts, NOW, "a test"), MAILSEAL_DONE);
		assert_int_equal(mailseal_facts_add_packet(facts, &txt_question, rows[i].packet,
							   rows[i].len, MAILSEAL_SECURE),
				 MAILSEAL_DONE);
		save(facts, text);
		if (strstr(text, rows[i].expected) == NULL || strstr(text, "a test") == NULL) {
			fail_msg("%s: %s", rows[i].name, text);
		}
		mailseal_facts_free(facts);
	}
}

static void test_records(void **state)
{
	(void)state;
	static const char rdata[] = "\x0bv=spf1 -all";
	const struct mailseal_record good = {rdata, sizeof(rdata) - 1, 300};
	const struct mailseal_record bad = {rdata, 5, 300};
	const struct mailseal_question mx = {MAILSEAL_DNS, "example.org", 15};
	struct mailseal_facts *facts = mailseal_facts_new(1);
	char text[4000];
	assert_int_equal(
		mailseal_facts_add_records(facts, &txt_question, &good, 1, MAILSEAL_SECURE),
		MAILSEAL_DONE);
	/* the first answer stands */
	assert_int_equal(mailseal_facts_add_outcome(facts, &txt_question, MAILSEAL_NXDOMAIN),
			 MAILSEAL_DONE);
	assert_int_equal(mailseal_facts_add_records(facts, &mx, &bad, 1, MAILSEAL_SECURE),
			 MAILSEAL_DONE);
	save(facts, text);
	assert_non_null(strstr(text, "\"v=spf1 -all\\\""));
	assert_non_null(strstr(text, "\"dnssec\":\"secure\""));
	assert_non_null(strstr(text, "\"failure\":\"malformed\""));
	assert_null(strstr(text, "nxdomain"));
	mailseal_facts_free(facts);
}

static void test_bad_answers(void **state)
{
	(void)state;
	struct mailseal_facts *facts = mailseal_facts_new(1);
	const struct mailseal_question policy = {MAILSEAL_POLICY, "example.org", 0};
	const struct mailseal_question no_name = {MAILSEAL_DNS, "example..org", TXT};
	char text[4000];
	assert_int_equal(mailseal_facts_add_text(facts, &policy, "\"x\"", MAILSEAL_UNCHECKED),
			 MAILSEAL_BAD_INPUT);
	assert_int_equal(mailseal_facts_add_text(facts, &no_name, "\"x\"", MAILSEAL_UNCHECKED),
			 MAILSEAL_BAD_INPUT);
	assert_string_equal(mailseal_facts_complaint(facts), "the name is not a domain name");
	assert_int_equal(
		mailseal_facts_add_text(facts, &txt_question, "\"open", MAILSEAL_UNCHECKED),
		MAILSEAL_BAD_INPUT);
	save(facts, text);
	assert_string_equal(text, "");
	mailseal_facts_free(facts);
}

/* What was seen once judges the same again. */
static void test_evidence(void **state)
{
	(void)state;
	struct judged j = judge(message, strlen(message), "192.0.2.7", 4096);
	char text[4000];
	struct judged again = {mailseal_facts_new(3), mailseal_verify_new(NULL, NOW), 0};
	save(j.facts, text);
	assert_int_equal(mailseal_facts_load(again.facts, text, strlen(text)), MAILSEAL_DONE);
	set_envelope(again.verify, "192.0.2.7", "jo@example.org");
	assert_int_equal(mailseal_verify_feed(again.verify, message, strlen(message)),
			 MAILSEAL_DONE);
	assert_int_equal(settle(again.verify, again.facts, &again.asked), MAILSEAL_DONE);
	assert_int_equal(again.asked, 0);
	assert_int_equal(mailseal_verify_result(again.verify), MAILSEAL_RESULT_PASS);
	end(&again);
	end(&j);
}

static void test_evidence_that_is_none(void **state)
{
	(void)state;
	static const char lines[] = "{\"mailseal_facts\":1}\n\nnonsense\n";
	struct mailseal_facts *facts = mailseal_facts_new(1);
	assert_int_equal(mailseal_facts_load(facts, lines, strlen(lines)), MAILSEAL_BAD_INPUT);
	assert_int_equal(strncmp(mailseal_facts_complaint(facts), "line 3:", 7), 0);
	mailseal_facts_free(facts);
}

/* --- domains --- */

static void test_a_check(void **state)
{
	(void)state;
	struct mailseal_tables *tables;
	assert_int_equal(mailseal_tables_new(&tables), MAILSEAL_DONE);
	struct mailseal_facts *facts = mailseal_facts_new(1);
	struct mailseal_check *check = mailseal_check_new(tables, NOW);
	const struct mailseal_question *questions;
	size_t count;
	int status;
	struct mailseal_bytes text;
	assert_int_equal(mailseal_check_run(check, facts, &questions, &count), MAILSEAL_BAD_ORDER);
	assert_int_equal(mailseal_check_add_domain(check, "https://example.org/"),
			 MAILSEAL_BAD_INPUT);
	assert_int_equal(mailseal_check_add_domain(check, "Example.org"), MAILSEAL_DONE);
	assert_int_equal(mailseal_check_add_selector(check, "s1"), MAILSEAL_DONE);
	assert_int_equal(mailseal_check_add_profile(check, "nonsense"), MAILSEAL_BAD_INPUT);
	assert_int_equal(mailseal_check_add_profile(check, "uk-gov-email"), MAILSEAL_DONE);
	assert_int_equal(mailseal_check_json(check, &text), MAILSEAL_BAD_ORDER);
	while ((status = mailseal_check_run(check, facts, &questions, &count)) == MAILSEAL_ASKS) {
		for (size_t i = 0; i < count; i++) {
			if (questions[i].kind == MAILSEAL_DNS) {
				assert_int_equal(answer(facts, &questions[i]), MAILSEAL_DONE);
			}
		}
	}
	assert_int_equal(status, MAILSEAL_DONE);
	assert_int_equal(mailseal_check_json(check, &text), MAILSEAL_DONE);
	assert_has(text, "\"schema\": \"mailseal-check-1\"");
	assert_has(text, "\"domain\": \"example.org\"");
	assert_has(text, "\"uk-gov-email\"");
	mailseal_check_free(check);
	mailseal_facts_free(facts);
	mailseal_tables_free(tables);
}

/* --- threads --- */

#define THREADS 4
#define MESSAGES 50

static void *judge_many(void *context)
{
	const struct mailseal_tables *tables = context;
	size_t passed = 0;
	for (size_t i = 0; i < MESSAGES; i++) {
		struct mailseal_facts *facts = mailseal_facts_new(i);
		struct mailseal_verify *verify = mailseal_verify_new(tables, NOW);
		size_t asked = 0;
		set_envelope(verify, "192.0.2.7", "jo@example.org");
		(void)mailseal_verify_feed(verify, message, strlen(message));
		if (settle(verify, facts, &asked) == MAILSEAL_DONE &&
		    mailseal_verify_result(verify) == MAILSEAL_RESULT_PASS) {
			passed++;
		}
		mailseal_verify_free(verify);
		mailseal_facts_free(facts);
	}
	return (void *)(uintptr_t)passed; // NOLINT
}

static void test_threads_share_tables_only(void **state)
{
	(void)state;
	struct mailseal_tables *tables;
	pthread_t threads[THREADS];
	assert_int_equal(mailseal_tables_new(&tables), MAILSEAL_DONE);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, judge_many, tables), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		void *passed;
		assert_int_equal(pthread_join(threads[i], &passed), 0);
		assert_int_equal((uintptr_t)passed, MESSAGES);
	}
	mailseal_tables_free(tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pass_and_its_texts),
		cmocka_unit_test(test_a_spoof),
		cmocka_unit_test(test_hazard_29_every_chunk_size),
		cmocka_unit_test(test_questions_left_unanswered),
		cmocka_unit_test(test_servers_that_do_not_answer),
		cmocka_unit_test(test_facts_are_a_cache),
		cmocka_unit_test(test_wrong_order_and_input),
		cmocka_unit_test(test_hazard_9_forged_fields_are_cut_out),
		cmocka_unit_test(test_forged_fields_have_numbers),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_evidence_that_is_none),
		cmocka_unit_test(test_a_check),
		cmocka_unit_test(test_threads_share_tables_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
