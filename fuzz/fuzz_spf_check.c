/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * check_host() with a hostile sender and hostile records. Input, split at line ends: HELO, MAIL
 * FROM, and then one TXT record after the other, which the names that are asked get in turn.
 */
#include "fuzz.h"

#include "authenticate/spf_check.h"
#include "facts/facts.h"
#include "records/rr.h"
#include "records/txt.h"

struct hostile {
	struct fact_source source; /* first: answer() casts back */
	struct span records;
	size_t asked;
};

struct run {
	struct arena *arena;
	struct spf_request request;
	const struct spf_check *check;
};

static void take_record(struct hostile *hostile, struct buffer *rdata)
{
	struct span text = {NULL, 0};
	if (hostile->records.ptr != NULL) {
		(void)span_split(&hostile->records, '\n', &text);
	}
	txt_to_rdata(text, rdata);
}

/* Every type gets the same octets: the readers must not mind. Odd questions get no answer. */
static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	struct hostile *hostile = (struct hostile *)source;
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct buffer rdata = buffer_new(LIMIT_DNS_MESSAGE);
		take_record(hostile, &rdata);
		struct dns_record record = {60, buffer_span(&rdata)};
		struct dns_answer dns = {.records = &record, .record_count = 1};
		struct fact fact = {.key = wants_at(wants, i), .state = FACT_PRESENT, .dns = &dns};
		if (record.rdata.len < 2) {
			dns.record_count = 0;
			dns.is_nxdomain = hostile->asked % 2 == 1;
			fact.state = FACT_ABSENT;
		}
		hostile->asked++;
		int r = facts_add(facts, &fact, reterr);
		buffer_free(&rdata);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct run *run = context;
	struct spf_limits limits = SPF_LIMITS_DEFAULT;
	arena_reset(run->arena);
	run->check = spf_check(run->arena, inquiry, &run->request, &limits);
	return run->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

static void check_result(const struct spf_check *check, const struct hostile *hostile)
{
	FUZZ_CHECK(hostile->asked <= SPF_CHECK_MAX_QUESTIONS);
	FUZZ_CHECK(check->lookups <= 11 && check->voids <= 3);
	FUZZ_CHECK(text_is_printable(check->explanation));
	FUZZ_CHECK(check->explanation.len == 0 || check->result == SPF_RESULT_FAIL);
	FUZZ_CHECK((check->unknown != NULL) == (check->cause == SPF_CAUSE_DNS));
	for (size_t i = 0; i < check->steps.len; i++) {
		const struct spf_step *step = spf_step_at(check, i);
		FUZZ_CHECK(step->depth < SPF_CHECK_MAX_DEPTH && step->reference != NULL);
		/* the term's octets are those of the record it is said to stand in */
		FUZZ_CHECK(step->term == NULL ||
			   span_equal(step->term->text, span_slice(step->record, step->term->offset,
								   step->term->text.len)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile hostile = {.source.answer = answer, .records = span_of(data, size)};
	struct run run = {.arena = arena_new(FUZZ_ARENA_BYTES)};
	struct facts *facts = facts_new(1);
	struct failure failure;
	run.request.is_explained = true;
	run.request.client = (struct network){NETWORK_IPV4, {192, 0, 2, 7}, 32};
	if (span_split(&hostile.records, '\n', &run.request.helo) &&
	    span_split(&hostile.records, '\n', &run.request.mail_from) &&
	    settle(facts, &hostile.source, (struct judge){judge, &run}, &failure) == 0) {
		check_result(run.check, &hostile);
	}
	facts_free(facts);
	arena_free(run.arena);
	return 0;
}
