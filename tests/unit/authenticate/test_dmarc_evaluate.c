/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DMARC of one author: alignment, verdicts, what a missing answer does, and the cost. */
#include "discovery/judged.h"

#include <stdio.h>

#include "authenticate/dmarc_evaluate.h"

#define IDENTIFIERS_MAX 60

struct evaluated {
	struct judged judged;
	struct dmarc_request request;
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	struct public_suffix_list *suffixes;
	const struct dmarc_evaluation *evaluation;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct evaluated *evaluated = context;
	evaluated->evaluation =
		dmarc_evaluate(evaluated->judged.arena, inquiry, &evaluated->request);
	return evaluated->evaluation != NULL ? 0 : failure_set_memory(reterr, "evaluate");
}

/* identifiers: "spf a.example, dkim b.example, dkim? c.example"; "?" for a temperror. */
static void read_identifiers(struct evaluated *evaluated, const char *text)
{
	struct span rest = span_of_string(text);
	struct span part;
	while (rest.len > 0 && span_split(&rest, ',', &part)) {
		struct dmarc_identifier *identifier =
			&evaluated->identifiers[evaluated->request.identifier_count++];
		part = span_trim(part, " ");
		size_t space = span_find(part, ' ', 0);
		identifier->method = part.ptr[0] == 's' ? DMARC_BY_SPF : DMARC_BY_DKIM;
		identifier->is_temporary = part.ptr[space - 1] == '?';
		identifier->domain = span_from(part, space + 1);
	}
}

static void run(struct evaluated *evaluated)
{
	struct failure failure;
	evaluated->request.identifiers = evaluated->identifiers;
	evaluated->request.max_walks = DMARC_WALKS_DEFAULT;
	assert_int_equal(public_suffix_list_load(NULL, &evaluated->suffixes, &failure), 0);
	evaluated->request.suffixes = evaluated->suffixes;
	judged_run(&evaluated->judged, (struct judge){judge, evaluated});
}

static void end(struct evaluated *evaluated)
{
	public_suffix_list_free(evaluated->suffixes);
	judged_free(&evaluated->judged);
}

struct row {
	const char *name;
	const char *lines;
	const char *author;
	const char *identifiers;
	enum dmarc_result result;
	enum dmarc_cause cause;
	enum dmarc_policy disposition;
};

#define REJECT "_dmarc.example.org. TXT \"v=DMARC1; p=reject\""
#define NONE DMARC_POLICY_NONE

static const struct row rows[] = {
	{"nothing passed", REJECT, "example.org", "", DMARC_RESULT_FAIL,
	 DMARC_CAUSE_NOT_AUTHENTICATED, DMARC_POLICY_REJECT},
	{"spf of the domain itself", REJECT, "example.org", "spf example.org", DMARC_RESULT_PASS,
	 DMARC_CAUSE_ALIGNED, NONE},
	{"dkim of a subdomain", REJECT, "example.org", "dkim mail.example.org", DMARC_RESULT_PASS,
	 DMARC_CAUSE_ALIGNED, NONE},
	{"of the parent", REJECT, "mail.example.org", "spf example.org", DMARC_RESULT_PASS,
	 DMARC_CAUSE_ALIGNED, NONE},
	{"of a sibling", REJECT, "a.example.org", "spf b.example.org", DMARC_RESULT_PASS,
	 DMARC_CAUSE_ALIGNED, NONE},
	{"of a stranger", REJECT, "example.org", "spf example.net, dkim stranger.example",
	 DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_ALIGNED, DMARC_POLICY_REJECT},
	{"of a look-alike", REJECT, "example.org", "dkim evil-example.org", DMARC_RESULT_FAIL,
	 DMARC_CAUSE_NOT_ALIGNED, DMARC_POLICY_REJECT},
	{"hazard 61: strict takes the exact name only",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=reject; adkim=s; aspf=s\"", "example.org",
	 "spf a.example.org, dkim b.example.org", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_ALIGNED,
	 DMARC_POLICY_REJECT},
	{"hazard 61: strict of one method",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=reject; aspf=s\"", "example.org",
	 "spf a.example.org, dkim b.example.org", DMARC_RESULT_PASS, DMARC_CAUSE_ALIGNED, NONE},
	{"hazard 62: a top-level domain", REJECT "|_dmarc.org. TXT \"v=DMARC1; p=none\"",
	 "example.org", "dkim org", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_ALIGNED,
	 DMARC_POLICY_REJECT},
	{"hazard 62: a public suffix", "_dmarc.example.co.uk. TXT \"v=DMARC1; p=reject\"",
	 "example.co.uk", "dkim co.uk", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_ALIGNED,
	 DMARC_POLICY_REJECT},
	{"hazard 40: each identifier walks",
	 REJECT "|_dmarc.dept.example.org. TXT \"v=DMARC1; p=none; psd=n\"", "example.org",
	 "dkim host.dept.example.org", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_ALIGNED,
	 DMARC_POLICY_REJECT},
	{"no record", "example.org. A 192.0.2.1", "example.org", "spf example.org",
	 DMARC_RESULT_NONE, DMARC_CAUSE_NO_RECORD, NONE},
	{"an unusable record", "_dmarc.example.org. TXT \"v=DMARC1; p=x\"", "example.org",
	 "spf example.org", DMARC_RESULT_NONE, DMARC_CAUSE_UNUSABLE_RECORD, NONE},
	{"hazard 42: two records", REJECT "|_dmarc.example.org. TXT \"v=DMARC1; p=none\"",
	 "example.org", "", DMARC_RESULT_NONE, DMARC_CAUSE_NO_RECORD, NONE},
	{"hazard 44: np of what does not exist",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject\"", "x.example.org", "",
	 DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_AUTHENTICATED, DMARC_POLICY_REJECT},
	{"hazard 44: a CNAME that leads nowhere exists",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject\"|"
	 "x.example.org. CNAME gone.example.net.",
	 "x.example.org", "", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_AUTHENTICATED, NONE},
	{"t=y lowers reject", "_dmarc.example.org. TXT \"v=DMARC1; p=reject; t=y\"", "example.org",
	 "", DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_AUTHENTICATED, DMARC_POLICY_QUARANTINE},
	{"hazard 45: the record does not answer", "_dmarc.example.org. TXT !servfail",
	 "example.org", "spf example.org", DMARC_RESULT_TEMPERROR, DMARC_CAUSE_POLICY_UNKNOWN,
	 NONE},
	{"hazard 45: an identifier's walk does not answer",
	 REJECT "|_dmarc.a.example.org. TXT !servfail", "example.org", "dkim a.example.org",
	 DMARC_RESULT_TEMPERROR, DMARC_CAUSE_ALIGNMENT_UNKNOWN, NONE},
	{"hazard 45: unless another identifier passes",
	 REJECT "|_dmarc.a.example.org. TXT !servfail", "example.org",
	 "dkim a.example.org, dkim b.example.org", DMARC_RESULT_PASS, DMARC_CAUSE_ALIGNED, NONE},
	{"hazard 45: whether the author exists is not known",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject\"|x.example.org. A !timeout",
	 "x.example.org", "", DMARC_RESULT_TEMPERROR, DMARC_CAUSE_POLICY_UNKNOWN, NONE},
	{"hazard 45: which does not matter to a pass",
	 "_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject\"|x.example.org. A !timeout",
	 "x.example.org", "dkim x.example.org", DMARC_RESULT_PASS, DMARC_CAUSE_ALIGNED, NONE},
	{"spf was not answered", REJECT, "example.org", "spf? example.org", DMARC_RESULT_TEMPERROR,
	 DMARC_CAUSE_IDENTIFIER_UNKNOWN, NONE},
	{"a stranger's spf was not answered", REJECT, "example.org", "spf? example.net",
	 DMARC_RESULT_FAIL, DMARC_CAUSE_NOT_AUTHENTICATED, DMARC_POLICY_REJECT},
	{"spf was not answered, dkim passes", REJECT, "example.org",
	 "spf? example.org, dkim a.example.org", DMARC_RESULT_PASS, DMARC_CAUSE_ALIGNED, NONE},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct evaluated evaluated = {.judged = judged_new(row->lines)};
		evaluated.request.author = span_of_string(row->author);
		read_identifiers(&evaluated, row->identifiers);
		run(&evaluated);
		const struct dmarc_verdict *view = &evaluated.evaluation->rfc9989;
		assert_row_int(row->name, view->result, row->result);
		assert_row_int(row->name, view->cause, row->cause);
		assert_row_int(row->name, dmarc_verdict_disposition(view), row->disposition);
		end(&evaluated);
	}
}

struct older_row {
	const char *name;
	const char *lines;
	const char *author;
	const char *identifiers;
	enum dmarc_result rfc9989;
	enum dmarc_policy rfc9989_disposition;
	enum dmarc_result rfc7489;
	enum dmarc_policy rfc7489_disposition;
};

static const struct older_row older_rows[] = {
	{"the same", REJECT, "example.org", "", DMARC_RESULT_FAIL, DMARC_POLICY_REJECT,
	 DMARC_RESULT_FAIL, DMARC_POLICY_REJECT},
	{"np is unknown to RFC 7489", "_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject\"",
	 "x.example.org", "", DMARC_RESULT_FAIL, DMARC_POLICY_REJECT, DMARC_RESULT_FAIL, NONE},
	{"so is t", "_dmarc.example.org. TXT \"v=DMARC1; p=reject; t=y\"", "example.org", "",
	 DMARC_RESULT_FAIL, DMARC_POLICY_QUARANTINE, DMARC_RESULT_FAIL, DMARC_POLICY_REJECT},
	{"the record stands between author and organisation",
	 "_dmarc.b.example.org. TXT \"v=DMARC1; p=reject\"", "a.b.example.org", "",
	 DMARC_RESULT_FAIL, DMARC_POLICY_REJECT, DMARC_RESULT_NONE, NONE},
	{"the parent has no record: another organisation by the walk",
	 "_dmarc.a.example.org. TXT \"v=DMARC1; p=reject\"", "a.example.org", "spf example.org",
	 DMARC_RESULT_FAIL, DMARC_POLICY_REJECT, DMARC_RESULT_PASS, NONE},
};

static void test_both_readings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(older_rows) / sizeof(older_rows[0]); i++) {
		const struct older_row *row = &older_rows[i];
		struct evaluated evaluated = {.judged = judged_new(row->lines)};
		evaluated.request.author = span_of_string(row->author);
		read_identifiers(&evaluated, row->identifiers);
		run(&evaluated);
		const struct dmarc_verdict *now = &evaluated.evaluation->rfc9989;
		const struct dmarc_verdict *before = &evaluated.evaluation->rfc7489;
		assert_row_int(row->name, now->result, row->rfc9989);
		assert_row_int(row->name, dmarc_verdict_disposition(now), row->rfc9989_disposition);
		assert_row_int(row->name, before->result, row->rfc7489);
		assert_row_int(row->name, dmarc_verdict_disposition(before),
			       row->rfc7489_disposition);
		end(&evaluated);
	}
}

/* Fifty signers, each in a branch of its own, below an author of 127 labels. */
static void test_hazard_39_walks_are_bounded(void **state)
{
	(void)state;
	static char author[300];
	static char domains[IDENTIFIERS_MAX][64];
	for (int i = 0; i < 125; i++) {
		memcpy(author + 2 * i, "a.", 2);
	}
	memcpy(author + 250, "or.g", 4);
	struct evaluated evaluated = {
		.judged = judged_new("_dmarc.or.g. TXT \"v=DMARC1; p=reject\"")};
	evaluated.request.author = span_of(author, 254);
	for (int i = 0; i < 50; i++) {
		int len = snprintf(domains[i], sizeof(domains[i]), "x%d.b.c.d.e.f.h.i.j.k.or.g", i);
		evaluated.identifiers[i] = (struct dmarc_identifier){
			DMARC_BY_DKIM, span_of(domains[i], (size_t)len), false};
	}
	evaluated.request.author = span_from(evaluated.request.author, 2);
	evaluated.request.identifier_count = 50;
	run(&evaluated);
	assert_int_equal(evaluated.evaluation->walks, DMARC_WALKS_DEFAULT);
	assert_true(world_asked_count(evaluated.judged.world) <= DMARC_EVALUATE_MAX_QUESTIONS);
	end(&evaluated);
}

/* Whatever answer is missing, no fail and no pass comes of it that was not there before. */
static void test_hazard_45_each_answer_may_be_missing(void **state)
{
	(void)state;
	static const char lines[] =
		"_dmarc.example.org. TXT \"v=DMARC1; p=none; np=reject; sp=quarantine\"|"
		"_dmarc.b.example.org. TXT \"v=DMARC1; p=reject\"";
	for (size_t i = 0;; i++) {
		struct evaluated plain = {.judged = judged_new(lines)};
		plain.request.author = SPAN("x.a.example.org");
		read_identifiers(&plain, "dkim d.b.example.org, spf stranger.example");
		run(&plain);
		assert_int_equal(plain.evaluation->rfc9989.result, DMARC_RESULT_PASS);
		bool is_over = i == world_asked_count(plain.judged.world);
		if (!is_over) {
			struct evaluated sick = {.judged = judged_new(lines)};
			sick.request = plain.request;
			memcpy(sick.identifiers, plain.identifiers, sizeof(sick.identifiers));
			world_fail_key(sick.judged.world, world_asked(plain.judged.world, i),
				       FACT_FAILURE_TIMEOUT);
			run(&sick);
			enum dmarc_result result = sick.evaluation->rfc9989.result;
			assert_true(result == DMARC_RESULT_PASS ||
				    result == DMARC_RESULT_TEMPERROR);
			assert_int_equal(sick.evaluation->rfc9989.unknown != NULL,
					 result == DMARC_RESULT_TEMPERROR);
			end(&sick);
		}
		end(&plain);
		if (is_over) {
			assert_true(i >= 6);
			return;
		}
	}
}

static void test_hazard_60_memory_may_be_out(void **state)
{
	(void)state;
	struct evaluated evaluated = {.judged = judged_new(REJECT)};
	evaluated.request.author = SPAN("example.org");
	read_identifiers(&evaluated, "dkim a.example.org, spf example.org");
	run(&evaluated);
	struct wants wants = wants_new(evaluated.judged.arena);
	struct inquiry inquiry = {evaluated.judged.facts, &wants};
	for (size_t i = 0;; i++) {
		struct arena *arena = arena_new(JUDGED_MAX_BYTES);
		arena_fail_after(arena, i);
		const struct dmarc_evaluation *evaluation =
			dmarc_evaluate(arena, &inquiry, &evaluated.request);
		assert_int_equal(evaluation == NULL, arena_has_failed(arena));
		bool is_done = evaluation != NULL;
		arena_free(arena);
		if (is_done) {
			assert_true(i > 3);
			break;
		}
	}
	end(&evaluated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_both_readings),
		cmocka_unit_test(test_hazard_39_walks_are_bounded),
		cmocka_unit_test(test_hazard_45_each_answer_may_be_missing),
		cmocka_unit_test(test_hazard_60_memory_may_be_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
