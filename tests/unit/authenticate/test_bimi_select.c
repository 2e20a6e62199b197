/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which BIMI record a message has a claim to. */
#include "unit.h"

#include "authenticate/message_check.h"
#include "authenticate/results_field.h"
#include "authenticate/signer.h"

#define ENFORCED "_dmarc.x.example. TXT \"v=DMARC1; p=reject\""
#define RECORD(name) name "._bimi.x.example. TXT \"v=BIMI1; l=https://x.example/" name ".svg\""
#define TAGS "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=x.example; s=s1; h=from"
#define SIGNED TAGS ":bimi-selector"
#define CHOSEN "BIMI-Selector: v=BIMI1; s=winter\r\n"

struct row {
	const char *name;
	const char *world; /* separated by "|" */
	const char *tags;
	const char *author;
	const char *fields;
	enum bimi_cause cause;
	enum bimi_selector_use use;
	const char *selector;
	const char *domain;
};

static const struct row rows[] = {
	{"the default", ENFORCED "|" RECORD("default"), TAGS, "x.example", "", BIMI_FOUND,
	 BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"a selector of the message", ENFORCED "|" RECORD("winter") "|" RECORD("default"), SIGNED,
	 "x.example", CHOSEN, BIMI_FOUND, BIMI_SELECTOR_USED, "winter", "x.example"},
	{"a selector that nobody signed", ENFORCED "|" RECORD("winter") "|" RECORD("default"), TAGS,
	 "x.example", CHOSEN, BIMI_FOUND, BIMI_SELECTOR_UNSIGNED, "default", "x.example"},
	{"a selector that is not there", ENFORCED "|" RECORD("default"), SIGNED, "x.example",
	 CHOSEN, BIMI_FOUND, BIMI_SELECTOR_USED, "default", "x.example"},
	{"two selectors", ENFORCED "|" RECORD("winter") "|" RECORD("default"), SIGNED, "x.example",
	 CHOSEN CHOSEN, BIMI_FOUND, BIMI_SELECTOR_SEVERAL, "default", "x.example"},
	{"a selector without its version", ENFORCED "|" RECORD("winter") "|" RECORD("default"),
	 SIGNED, "x.example", "BIMI-Selector: s=winter\r\n", BIMI_FOUND, BIMI_SELECTOR_INVALID,
	 "default", "x.example"},
	{"a selector that leads elsewhere", ENFORCED "|" RECORD("default"), SIGNED, "x.example",
	 "BIMI-Selector: v=BIMI1; s=a b\r\n", BIMI_FOUND, BIMI_SELECTOR_INVALID, "default",
	 "x.example"},
	{"the organisation's", ENFORCED "|" RECORD("default"), TAGS, "mail.x.example", "",
	 BIMI_FOUND, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"no record", ENFORCED, TAGS, "x.example", "", BIMI_NO_RECORD, BIMI_SELECTOR_ABSENT,
	 "default", "x.example"},
	{"two records", ENFORCED "|" RECORD("default") "|" RECORD("default"), TAGS, "x.example", "",
	 BIMI_SEVERAL_RECORDS, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"another text beside it",
	 ENFORCED "|" RECORD("default") "|default._bimi.x.example. TXT \"hello\"", TAGS,
	 "x.example", "", BIMI_FOUND, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"no https", ENFORCED "|default._bimi.x.example. TXT \"v=BIMI1; l=http://x.example/l.svg\"",
	 TAGS, "x.example", "", BIMI_BROKEN_RECORD, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"declined", ENFORCED "|default._bimi.x.example. TXT \"v=BIMI1; l=; a=;\"", TAGS,
	 "x.example", "", BIMI_DECLINED, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"no answer", ENFORCED "|default._bimi.x.example. TXT !servfail", TAGS, "x.example", "",
	 BIMI_NO_ANSWER, BIMI_SELECTOR_ABSENT, "default", "x.example"},
	{"p=none", "_dmarc.x.example. TXT \"v=DMARC1; p=none\"|" RECORD("default"), TAGS,
	 "x.example", "", BIMI_NOT_ENFORCED, BIMI_SELECTOR_ABSENT, "default", ""},
	{"sp=none", "_dmarc.x.example. TXT \"v=DMARC1; p=reject; sp=none\"|" RECORD("default"),
	 TAGS, "x.example", "", BIMI_NOT_ENFORCED, BIMI_SELECTOR_ABSENT, "default", ""},
	{"pct", "_dmarc.x.example. TXT \"v=DMARC1; p=quarantine; pct=99\"|" RECORD("default"), TAGS,
	 "x.example", "", BIMI_NOT_ENFORCED, BIMI_SELECTOR_ABSENT, "default", ""},
	{"the organisation does not enforce",
	 "_dmarc.x.example. TXT \"v=DMARC1; p=none\"|"
	 "_dmarc.mail.x.example. TXT \"v=DMARC1; p=reject\"|" RECORD("default"),
	 TAGS, "mail.x.example", "", BIMI_NOT_ENFORCED, BIMI_SELECTOR_ABSENT, "default", ""},
	{"not authenticated", ENFORCED "|" RECORD("default"), TAGS, "y.example", "", BIMI_NO_PASS,
	 BIMI_SELECTOR_ABSENT, "", ""},
	{"two authors", ENFORCED "|" RECORD("default"), TAGS, "x.example, b@y.example", "",
	 BIMI_NO_PASS, BIMI_SELECTOR_ABSENT, "", ""},
};

struct checked {
	struct arena *arena;
	const struct mail *mail;
	struct envelope envelope;
	const struct message_check *check;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct checked *checked = context;
	struct message_check_options options = {.now = SIGNER_NOW, .selects_bimi = true};
	checked->check =
		message_check(checked->arena, inquiry, checked->mail, &checked->envelope, &options);
	return checked->check != NULL ? 0 : failure_set_memory(reterr, "check");
}

static void check_selection(const struct row *row, const struct bimi_selection *bimi)
{
	assert_row_int(row->name, bimi->cause, row->cause);
	assert_row_int(row->name, bimi->selector_use, row->use);
	assert_row_span(row->name, bimi->selector, span_of_string(row->selector));
	assert_row_span(row->name, bimi->domain, span_of_string(row->domain));
	assert_row_int(row->name, bimi->record != NULL,
		       row->cause == BIMI_FOUND || row->cause == BIMI_DECLINED);
}

/* No logo was fetched: the word "pass" must not be said. */
static void check_field(const struct row *row, const struct message_check *check)
{
	struct buffer field = buffer_new(RESULTS_FIELD_MAX);
	struct buffer expected = buffer_new(200);
	buffer_printf(&expected, "bimi=%s", bimi_result_name(row->cause));
	results_field_write(check, SPAN("mx.example"), &field);
	if (span_search(buffer_span(&field), buffer_span(&expected)) == field.len ||
	    span_search(buffer_span(&field), SPAN("bimi=pass")) < field.len) {
		fail_msg("%s: %s", row->name, field.data);
	}
	buffer_free(&expected);
	buffer_free(&field);
}

static struct span write_message(struct signer *signer, const struct row *row)
{
	struct buffer header = buffer_new(1000);
	buffer_printf(&header, "%sFrom: a@%s\r\n", row->fields, row->author);
	struct span text = signer_sign(signer, row->tags, buffer_span(&header), SPAN("Hello.\r\n"),
				       BODY_HASH_WHOLE);
	buffer_free(&header);
	return text;
}

static void run_row(const struct row *row)
{
	struct failure failure;
	struct signer signer = signer_new();
	struct checked checked = {.arena = signer.arena};
	struct facts *facts = facts_new(1);
	struct span rest = span_of_string(row->world);
	struct span line;
	signer_publish(&signer, "s1._domainkey.x.example", signer.record);
	while (span_split(&rest, '|', &line)) {
		assert_true(world_add_line(signer.world, line, &failure));
	}
	struct mail_reader *reader = mail_reader_new(signer.arena, &signer.mail_options);
	mail_reader_feed(reader, write_message(&signer, row));
	checked.mail = mail_reader_end(reader);
	assert_int_equal(settle(facts, world_source(signer.world), (struct judge){judge, &checked},
				&failure),
			 0);
	check_selection(row, checked.check->bimi);
	check_field(row, checked.check);
	mail_reader_close(reader);
	facts_free(facts);
	signer_free(&signer);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(&rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
