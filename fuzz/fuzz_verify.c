/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A whole message through all judges and into its trace field. Input: MAIL FROM on the first line,
 * then one TXT record a line, which the names that are asked get in turn; an empty line; the
 * message.
 */
#include "fuzz.h"

#include "authenticate/message_check.h"
#include "authenticate/results_field.h"
#include "facts/facts.h"
#include "records/txt.h"

struct hostile {
	struct fact_source source; /* first: answer() casts back */
	struct span records;
	size_t asked;
};

struct run {
	struct arena *arena;
	const struct mail *mail;
	struct envelope envelope;
	const struct message_check *check;
};

static struct span take_line(struct span *rest)
{
	size_t len = span_find(*rest, '\n', 0);
	struct span line = span_slice(*rest, 0, len);
	*rest = span_from(*rest, len < rest->len ? len + 1 : len);
	return line;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct hostile *hostile = (struct hostile *)source;
	int r = 0;
	for (size_t i = 0; i < wants_count(wants) && r == 0; i++) {
		struct buffer rdata = buffer_new(LIMIT_DNS_MESSAGE);
		struct span text = take_line(&hostile->records);
		txt_to_rdata(text, &rdata);
		struct dns_record record = {60, buffer_span(&rdata)};
		struct dns_answer dns = {.records = &record, .record_count = text.len > 0};
		struct fact fact = {.key = wants_at(wants, i),
				    .state = text.len > 0 ? FACT_PRESENT : FACT_ABSENT,
				    .dns = &dns};
		hostile->asked++;
		r = facts_add(facts, &fact, reterr);
		buffer_free(&rdata);
	}
	return r;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct message_check_options options = {.now = 1795392000, .selects_bimi = true};
	arena_reset(run->arena);
	run->check = message_check(run->arena, inquiry, run->mail, &run->envelope, &options);
	return run->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

/* One field: every line of it but the first is folded, and nothing in it ends it early. */
static void check_field(const struct message_check *check)
{
	struct buffer text = buffer_new(RESULTS_FIELD_MAX);
	results_field_write(check, SPAN("mx.example.net"), &text);
	struct span field = buffer_span(&text);
	FUZZ_CHECK(text.is_failed || span_ends_with_nocase(field, SPAN("\r\n")));
	for (size_t i = 0; !text.is_failed && i + 1 < field.len; i++) {
		bool is_fold = field.ptr[i + 1] == ' ' || field.ptr[i + 1] == '\t';
		FUZZ_CHECK(field.ptr[i] != '\n' || is_fold);
		FUZZ_CHECK(field.ptr[i] != '\0');
	}
	buffer_free(&text);
}

static void check_result(const struct message_check *check, const struct hostile *hostile)
{
	FUZZ_CHECK(hostile->asked <= MESSAGE_CHECK_MAX_QUESTIONS);
	FUZZ_CHECK(check->author_count <= MESSAGE_MAX_AUTHORS);
	FUZZ_CHECK(check->cause == MESSAGE_ONE_AUTHOR || check->result == DMARC_RESULT_PERMERROR);
	FUZZ_CHECK(check->result != DMARC_RESULT_PASS || check->disposition == DMARC_POLICY_NONE);
	check_field(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct arena *mail_arena = arena_new(FUZZ_ARENA_BYTES);
	struct run run = {.arena = arena_new(FUZZ_ARENA_BYTES)};
	struct facts *facts = facts_new(1);
	struct mail_options options = {.line_ends = LINE_ENDS_DETECT};
	struct mail_reader *reader = mail_reader_new(mail_arena, &options);
	struct failure failure;
	run.envelope = (struct envelope){.has_client = true,
					 .client = {NETWORK_IPV4, {192, 0, 2, 7}, 32},
					 .helo = SPAN("mail.example.org"),
					 .has_mail_from = true,
					 .mail_from = take_line(&text)};
	size_t end = span_search(text, SPAN("\n\n"));
	struct hostile hostile = {.source.answer = answer, .records = span_slice(text, 0, end)};
	mail_reader_feed(reader, span_from(text, end + 2));
	run.mail = mail_reader_end(reader);
	if (run.mail != NULL &&
	    settle(facts, &hostile.source, (struct judge){judge, &run}, &failure) == 0) {
		check_result(run.check, &hostile);
	}
	mail_reader_close(reader);
	facts_free(facts);
	arena_free(run.arena);
	arena_free(mail_arena);
	return 0;
}
