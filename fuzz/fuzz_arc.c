/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Whole messages with signatures and chains, judged in a world where the same keys answer
 * everywhere. */
#include "fuzz.h"

#include "authenticate/arc.h"
#include "facts/settle.h"

/* Two keys whose private halves nobody has, as record data. */
static const char rsa_record[] =
	"\xe3"
	"v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkxGdFUUrdcw6w52rVW0RWpGZznTAny"
	"DZwKQA1SH0ktsurCBUx+3hIEfNozwpB+Ttt0wxbugqAdbMSmdbER6F+uvSQPiHLt2LRJYo72T8vyF7p+"
	"LWZOrr8iLdTj6w8k7KvERAxY2EqFBpwWMqs+ApNeoixgNlwTGkon43GaeuXTQIDAQAB";
static const char ed25519_record[] =
	"\x42"
	"v=DKIM1; k=ed25519; p=XZ7SIZw3OSRhFa54da1JYIOQ19+39rN5d5E1AzSpbVI=";

struct judging {
	struct arena *arena;
	const struct mail *mail;
	const struct dkim_report *dkim;
	const struct arc_report *arc;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *judging = context;
	struct dkim_options options = {.now = 1795392000, .skew_s = DKIM_SKEW_S};
	judging->dkim = dkim_verify(judging->arena, inquiry, judging->mail, &options);
	judging->arc = arc_validate(judging->arena, inquiry, judging->mail, &options.key);
	return 0;
}

static int answer(struct fact_source *source, const struct wants *wants, struct facts *facts,
		  struct failure *reterr)
{
	FUZZ_CHECK(wants_count(wants) <= MAIL_MAX_SIGNATURES + ARC_MAX_QUESTIONS);
	for (size_t i = 0; i < wants_count(wants); i++) {
		struct dns_record records[] = {
			{3600, span_of(rsa_record, sizeof(rsa_record) - 1)},
			{3600, span_of(ed25519_record, sizeof(ed25519_record) - 1)},
		};
		struct dns_answer answer = {.records = records, .record_count = 2};
		struct fact fact = {
			.key = wants_at(wants, i),
			.state = FACT_PRESENT,
			.dns = &answer,
		};
		FUZZ_CHECK(facts_add(facts, &fact, reterr) == 0);
	}
	return 0;
}

static void check(const struct judging *judging)
{
	for (size_t i = 0; i < judging->dkim->verdict_count; i++) {
		FUZZ_CHECK(judging->dkim->verdicts[i].result != DKIM_PASS);
	}
	FUZZ_CHECK(judging->arc->status != ARC_PASS);
	FUZZ_CHECK(judging->arc->set_count <= ARC_MAX_INSTANCE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_options options = {.line_ends = LINE_ENDS_DETECT};
	struct judging judging = {.arena = arena_new(FUZZ_ARENA_BYTES)};
	struct mail_reader *reader = mail_reader_new(judging.arena, &options);
	struct facts *facts = facts_new(0);
	struct fact_source source = {answer};
	mail_reader_feed(reader, span_of(data, size));
	judging.mail = mail_reader_end(reader);
	if (judging.mail != NULL &&
	    settle(facts, &source, (struct judge){judge, &judging}, NULL) == 0 &&
	    judging.dkim != NULL && judging.arc != NULL) {
		check(&judging);
	}
	mail_reader_close(reader);
	facts_free(facts);
	arena_free(judging.arena);
	return 0;
}
