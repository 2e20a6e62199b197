/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Runs scenario files: a fixed world in, the expected judgement out. `run FILE...`; each file holds
 * one scenario:
 *
 *   ; what it shows, in a line
 *   domain example.org
 *   selector s1                       (optional, repeatable)
 *   fact {"kind":"reports",...}       a fact as in a replay file, known beforehand (likewise)
 *   world
 *   <lines as tests/support/world.h reads them>
 *   expect
 *   findings spf spf-missing ...      exactly these findings of the control, in any order
 * ("findings spf" alone: none) finding ID [SUBJECT]              at least this one no-finding ID
 *   value ID NAME VALUE               an argument of a finding's text
 *   evidence ID TEXT                  a line of its evidence, whole
 *   status CONTROL good|improve|bad|absent|unknown
 *   kind sending|receiving|parked|...
 *   spoofable yes|partly|no|unknown
 *   interceptable ...
 *   sender plain|mta-sts|dane TODAY STRIPPED   what becomes of a message, see sender_eye.h
 *   count ID NUMBER                  one finding, which is there so often
 *   measure NAME VALUE                a word, number, yes, no, unknown or not-applicable
 *   unknown CONTROL                   something of it is unknown
 *
 * Advice is carried out in the world and judged again, see advice_check.h.
 * Every finding's three texts must fill without a {placeholder} left, and the scenario must judge
 * the same twice.
 */
#include <stdio.h>
#include <stdlib.h>

#include "advice_check.h"
#include "assess/assess.h"
#include "assess/sender_eye.h"
#include "guide/providers.h"
#include "world.h"

#define SCENARIO_MAX_BYTES ((size_t)4 << 20)
#define SCENARIO_MAX_SELECTORS 64

struct scenario {
	const char *path;
	struct arena *arena;
	struct world *world;
	struct span domain;
	struct span selectors[SCENARIO_MAX_SELECTORS];
	size_t selector_count;
	struct vector world_lines;  /* of struct span */
	struct vector fact_lines;   /* of struct span */
	struct vector expectations; /* of struct span: lines */
	struct assess_options options;
	struct assessment *result;
	bool is_failed;
};

static void complain(struct scenario *s, const char *what, struct span line)
{
	fprintf(stderr, "%s: %s: %.*s\n", s->path, what, SPAN_ARG(line));
	s->is_failed = true;
}

static void read_setting(struct scenario *s, struct span line)
{
	struct span rest = line;
	struct span key = text_take_word(&rest);
	if (span_equal(key, SPAN("domain"))) {
		if (!name_canonical(s->arena, rest, &s->domain)) {
			complain(s, "not a domain", line);
		}
	} else if (span_equal(key, SPAN("selector")) &&
		   s->selector_count < SCENARIO_MAX_SELECTORS) {
		s->selectors[s->selector_count++] = rest;
	} else if (span_equal(key, SPAN("fact"))) {
		*VECTOR_PUSH(&s->fact_lines, s->arena, struct span, 1000) = rest;
	} else {
		complain(s, "unknown line", line);
	}
}

enum section {
	SECTION_SETTINGS,
	SECTION_WORLD,
	SECTION_EXPECT,
};

static void read_line(struct scenario *s, enum section *section, struct span line)
{
	struct failure failure;
	if (span_equal(line, SPAN("world"))) {
		*section = SECTION_WORLD;
	} else if (span_equal(line, SPAN("expect"))) {
		*section = SECTION_EXPECT;
	} else if (*section == SECTION_SETTINGS) {
		read_setting(s, line);
	} else if (*section == SECTION_EXPECT) {
		*VECTOR_PUSH(&s->expectations, s->arena, struct span, 1000) = line;
	} else if (!world_add_line(s->world, line, &failure)) {
		complain(s, failure.detail, line);
	} else {
		*VECTOR_PUSH(&s->world_lines, s->arena, struct span, 200000) = line;
	}
}

static struct span read_file(struct scenario *s)
{
	FILE *file = fopen(s->path, "re");
	char *text = arena_alloc(s->arena, SCENARIO_MAX_BYTES);
	if (file == NULL || text == NULL) {
		complain(s, "cannot open", SPAN("file"));
		return span_of(NULL, 0);
	}
	size_t len = fread(text, 1, SCENARIO_MAX_BYTES, file);
	fclose(file);
	return span_of(text, len);
}

static void parse(struct scenario *s)
{
	struct span rest = read_file(s);
	struct span line;
	enum section section = SECTION_SETTINGS;
	while (span_split(&rest, '\n', &line)) {
		line = span_trim(line, TEXT_SPACE);
		if (line.len > 0 && line.ptr[0] != ';') {
			read_line(s, &section, line);
		}
	}
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct scenario *s = context;
	return assess_domain(s->arena, inquiry, s->domain, &s->options, &s->result, reterr);
}

/* --- expectations --- */

static bool has_word(struct span words, struct span word)
{
	words = span_trim(words, TEXT_SPACE);
	while (words.len > 0) {
		if (span_equal(text_take_word(&words), word)) {
			return true;
		}
	}
	return false;
}

static void expect_findings(struct scenario *s, struct span rest, struct span line)
{
	enum control control;
	struct span wanted = rest;
	if (!control_parse(text_take_word(&wanted), &control)) {
		complain(s, "not a control", line);
		return;
	}
	for (size_t i = 0; i < finding_count(s->result); i++) {
		const struct guidance *guidance = finding_at(s->result, i)->guidance;
		if (guidance->control == control && !has_word(wanted, guidance->id)) {
			complain(s, "unexpected finding", guidance->id);
		}
	}
	while (wanted.len > 0) {
		struct span id = text_take_word(&wanted);
		const struct guidance *guidance = guidance_find(id);
		if (guidance == NULL ||
		    finding_find(s->result, (enum finding_id)(guidance - guidance_at(0))) == NULL) {
			complain(s, "missing finding", id);
		}
	}
}

static const struct finding *find(struct scenario *s, struct span id, struct span subject)
{
	for (size_t i = 0; i < finding_count(s->result); i++) {
		const struct finding *finding = finding_at(s->result, i);
		if (span_equal(finding->guidance->id, id) &&
		    (subject.len == 0 || span_equal(finding->subject, subject))) {
			return finding;
		}
	}
	return NULL;
}

static void expect_value(struct scenario *s, struct span rest, struct span line)
{
	const struct finding *finding = find(s, text_take_word(&rest), SPAN(""));
	struct span name = text_take_word(&rest);
	for (size_t i = 0; finding != NULL && i < finding->args.len; i++) {
		const struct template_arg *arg = VECTOR_AT(&finding->args, struct template_arg, i);
		if (span_equal(arg->name, name)) {
			if (!span_equal(arg->value, rest)) {
				complain(s, "other value", arg->value);
			}
			return;
		}
	}
	complain(s, "no such value", line);
}

/* How often it is there, as one finding. */
static void expect_count(struct scenario *s, struct span rest, struct span line)
{
	struct span id = text_take_word(&rest);
	uint64_t count = 0;
	uint64_t wanted;
	for (size_t i = 0; i < finding_count(s->result); i++) {
		const struct finding *finding = finding_at(s->result, i);
		bool is_it = span_equal(finding->guidance->id, id);
		if (is_it && count > 0) {
			complain(s, "several findings", id);
		}
		count += is_it ? finding->count : 0;
	}
	if (!number_parse_decimal(rest, UINT32_MAX, &wanted) || wanted != count) {
		complain(s, "other count", line);
	}
}

static void expect_evidence(struct scenario *s, struct span rest, struct span line)
{
	const struct finding *finding = find(s, text_take_word(&rest), SPAN(""));
	for (size_t i = 0; finding != NULL && i < finding->evidence.len; i++) {
		if (span_equal(*VECTOR_AT(&finding->evidence, struct span, i), rest)) {
			return;
		}
	}
	complain(s, "no such evidence", line);
}

static void expect_status(struct scenario *s, struct span rest, struct span line)
{
	enum control control;
	if (!control_parse(text_take_word(&rest), &control)) {
		complain(s, "not a control", line);
		return;
	}
	const char *status = control_status_name(assessment_status(s->result, control));
	if (!span_equal(rest, span_of_string(status))) {
		complain(s, status, line);
	}
}

static struct span measure_text(struct scenario *s, enum measure_id id)
{
	const struct measure *measure = measure_get(s->result, id);
	switch (measure->state) {
	case MEASURE_UNSET:
		return SPAN("unset");
	case MEASURE_UNKNOWN:
		return SPAN("unknown");
	case MEASURE_NOT_APPLICABLE:
		return SPAN("not-applicable");
	case MEASURE_KNOWN:
		break;
	}
	switch (measure_describe(id)->kind) {
	case MEASURE_BOOL:
		return measure->is_yes ? SPAN("yes") : SPAN("no");
	case MEASURE_NUMBER:
		return arena_printf(s->arena, "%lld", (long long)measure->number);
	case MEASURE_WORD:
		return measure->word;
	case MEASURE_WORDS:
		break;
	}
	struct span text = SPAN("");
	for (size_t i = 0; i < measure->word_count; i++) {
		text = arena_printf(s->arena, "%.*s%s%.*s", SPAN_ARG(text), i > 0 ? " " : "",
				    SPAN_ARG(measure->words[i]));
	}
	return text;
}

static void expect_measure(struct scenario *s, struct span rest, struct span line)
{
	enum measure_id id;
	if (!measure_find(text_take_word(&rest), &id)) {
		complain(s, "no such measure", line);
	} else if (!span_equal(measure_text(s, id), rest)) {
		complain(s, "measure differs", measure_text(s, id));
		complain(s, "expected", line);
	}
}

static void expect_word(struct scenario *s, const char *actual, struct span rest, struct span line)
{
	if (!span_equal(rest, span_of_string(actual))) {
		complain(s, actual, line);
	}
}

static void expect_sender(struct scenario *s, struct span rest, struct span line)
{
	struct span kind = text_take_word(&rest);
	for (int k = 0; k < SENDER_KIND_COUNT && s->result->sender_eye != NULL; k++) {
		const struct sender_outcome *outcome = &s->result->sender_eye->senders[k];
		if (span_equal(kind, span_of_string(sender_kind_name((enum sender_kind)k)))) {
			struct span actual =
				arena_printf(s->arena, "%s %s", delivery_name(outcome->today),
					     delivery_name(outcome->stripped));
			expect_word(s, actual.ptr, rest, line);
			return;
		}
	}
	complain(s, "no such sender", line);
}

static void expect_unknown(struct scenario *s, struct span rest, struct span line)
{
	enum control control;
	if (!control_parse(rest, &control) || !assessment_has_unknown(s->result, control)) {
		complain(s, "nothing unknown", line);
	}
}

static void check(struct scenario *s, struct span line)
{
	struct span rest = line;
	struct span key = text_take_word(&rest);
	if (span_equal(key, SPAN("findings"))) {
		expect_findings(s, rest, line);
	} else if (span_equal(key, SPAN("finding"))) {
		struct span id = text_take_word(&rest);
		if (find(s, id, rest) == NULL) {
			complain(s, "missing", line);
		}
	} else if (span_equal(key, SPAN("no-finding"))) {
		if (guidance_find(rest) == NULL || find(s, rest, SPAN("")) != NULL) {
			complain(s, "not wanted", line);
		}
	} else if (span_equal(key, SPAN("value"))) {
		expect_value(s, rest, line);
	} else if (span_equal(key, SPAN("count"))) {
		expect_count(s, rest, line);
	} else if (span_equal(key, SPAN("evidence"))) {
		expect_evidence(s, rest, line);
	} else if (span_equal(key, SPAN("status"))) {
		expect_status(s, rest, line);
	} else if (span_equal(key, SPAN("measure"))) {
		expect_measure(s, rest, line);
	} else if (span_equal(key, SPAN("kind"))) {
		expect_word(s, domain_kind_name(s->result->kind), rest, line);
	} else if (span_equal(key, SPAN("spoofable"))) {
		expect_word(s, answer_name(s->result->spoofable.answer), rest, line);
	} else if (span_equal(key, SPAN("interceptable"))) {
		expect_word(s, answer_name(s->result->interceptable.answer), rest, line);
	} else if (span_equal(key, SPAN("sender"))) {
		expect_sender(s, rest, line);
	} else if (span_equal(key, SPAN("unknown"))) {
		expect_unknown(s, rest, line);
	} else {
		complain(s, "unknown expectation", line);
	}
}

/* No {placeholder} may be left in any text. */
static void check_texts(struct scenario *s)
{
	for (size_t i = 0; i < finding_count(s->result); i++) {
		const struct finding *finding = finding_at(s->result, i);
		const struct span texts[] = {finding->guidance->title,
					     finding->guidance->recommendation,
					     finding->guidance->implementation};
		for (size_t t = 0; t < 3; t++) {
			bool is_complete;
			(void)template_fill(s->arena, texts[t], finding->args.items,
					    finding->args.len, &is_complete);
			if (!is_complete) {
				complain(s, "placeholder left", finding->guidance->id);
			}
		}
	}
}

/* Every measure is set on every path, words come from its closed set: baselines rely on both. */
static void check_measures(struct scenario *s)
{
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		enum measure_id id = (enum measure_id)i;
		const struct measure *measure = measure_get(s->result, id);
		struct span name = span_of_string(measure_describe(id)->name);
		bool is_known = measure->state == MEASURE_KNOWN;
		if (measure->state == MEASURE_UNSET) {
			complain(s, "measure not set", name);
		} else if (!is_known && measure->reason.len == 0) {
			complain(s, "measure without a reason", name);
		} else if (is_known && measure_describe(id)->kind == MEASURE_WORD &&
			   !measure_allows_word(id, measure->word)) {
			complain(s, "measure outside its set", measure->word);
		}
	}
}

/* Advice must mend what it claims to, in every scenario. */
static void check_advice(struct scenario *s)
{
	const struct advice_case advice = {
		.path = s->path,
		.arena = s->arena,
		.before = s->result,
		.world_lines = &s->world_lines,
		.fact_lines = &s->fact_lines,
		.options = &s->options,
	};
	s->is_failed = !advice_check(&advice) || s->is_failed;
}

static bool run(const char *path, const struct assess_options *options)
{
	struct scenario s = {.path = path, .arena = arena_new((size_t)256 << 20)};
	s.world = world_new();
	s.options = *options;
	parse(&s);
	s.options.selectors = s.selectors;
	s.options.selector_count = s.selector_count;
	struct facts *facts = facts_new(1);
	struct failure failure;
	for (size_t i = 0; i < s.fact_lines.len; i++) {
		struct span line = *VECTOR_AT(&s.fact_lines, struct span, i);
		if (facts_load_line(facts, line, &failure) < 0) {
			complain(&s, failure.detail, line);
		}
	}
	if (!s.is_failed &&
	    settle(facts, world_source(s.world), (struct judge){judge, &s}, &failure) < 0) {
		complain(&s, failure.what, span_of_string(failure.detail));
	}
	if (!s.is_failed) {
		check_texts(&s);
		check_measures(&s);
		check_advice(&s);
		for (size_t i = 0; i < s.expectations.len; i++) {
			check(&s, *VECTOR_AT(&s.expectations, struct span, i));
		}
	}
	if (!s.is_failed && s.expectations.len == 0) {
		complain(&s, "expects nothing", SPAN(""));
	}
	facts_free(facts);
	world_free(s.world);
	arena_free(s.arena);
	return !s.is_failed;
}

int main(int argc, char **argv)
{
	struct failure failure;
	struct public_suffix_list *suffixes = NULL;
	struct provider_table *providers = NULL;
	if (public_suffix_list_load(/* path: */ NULL, &suffixes, &failure) < 0 ||
	    provider_table_load(&providers, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", failure.what, failure.detail);
		return 1;
	}
	struct assess_options options = {
		.now = WORLD_NOW, .suffixes = suffixes, .providers = providers};
	int failed = 0;
	for (int i = 1; i < argc; i++) {
		failed += !run(argv[i], &options);
	}
	printf("%d scenarios passed, %d failed\n", argc - 1 - failed, failed);
	provider_table_free(providers);
	public_suffix_list_free(suffixes);
	return failed > 0 || argc < 2;
}
