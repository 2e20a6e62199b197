/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Carries advice out and judges again. */
#include "advice_check.h"

#include <stdio.h>

#include "records/bimi.h"
#include "records/dkim_key.h"
#include "records/mta_sts.h"
#include "records/tls_rpt.h"
#include "records/txt.h"
#include "world.h"

#define MAX_LINES 200000

struct checker {
	const struct advice_case *c;
	struct arena *arena;
	const struct advice *advice;
	struct vector lines; /* of struct span: the world while it is changed */
	bool is_failed;
};

static void complain(struct checker *checker, const struct fix *fix, const char *what,
		     struct span which)
{
	fprintf(stderr, "%s: advice %.*s: %s: %.*s\n", checker->c->path, SPAN_ARG(fix->text->id),
		what, SPAN_ARG(which));
	checker->is_failed = true;
}

/* --- texts and order --- */

/* "{word}" is a placeholder that nobody filled. */
static bool has_placeholder(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t end = i + 1;
		while (text.ptr[i] == '{' && end < text.len && text_is_alnum(text.ptr[end])) {
			end++;
		}
		if (end > i + 1 && end < text.len && text.ptr[end] == '}') {
			return true;
		}
	}
	return false;
}

static void check_texts(struct checker *checker, const struct fix *fix)
{
	const struct span texts[] = {fix->title, fix->action, fix->warning, fix->verify};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (has_placeholder(texts[i])) {
			complain(checker, fix, "placeholder left", texts[i]);
		}
	}
	if (fix->finding_count == 0 || fix->title.len == 0) {
		complain(checker, fix, "mends nothing", fix->title);
	}
}

static void check_order(struct checker *checker)
{
	const struct advice *advice = checker->advice;
	for (size_t i = 0; i < advice->fix_count; i++) {
		const struct fix *fix = &advice->fixes[i];
		if (i > 0 && advice->fixes[i - 1].text->order > fix->text->order) {
			complain(checker, fix, "out of order", fix->title);
		}
		for (size_t k = 0; k < fix->finding_count; k++) {
			if (advice_for(advice, fix->findings[k]) != fix) {
				complain(checker, fix, "mended twice",
					 fix->findings[k]->guidance->id);
			}
		}
	}
}

/* --- values --- */

/* The parser's problems with a TXT value, or NULL for a text that is of no kind we know. */
static const struct problems *problems_of(struct arena *arena, struct span value)
{
	if (spf_record_is_spf(value)) {
		return &spf_record_parse(arena, value)->problems;
	}
	if (span_equal(value, SPAN("v=DMARC1"))) { /* a consent, RFC 9990 4 */
		static const struct problems none;
		return &none;
	}
	if (dmarc_record_is_dmarc(value)) {
		return &dmarc_record_parse(arena, value)->problems;
	}
	if (tls_rpt_record_is_tls_rpt(value)) {
		return &tls_rpt_record_parse(arena, value)->problems;
	}
	if (mta_sts_record_is_sts(value)) {
		return &mta_sts_record_parse(arena, value)->problems;
	}
	if (bimi_record_is_bimi(value)) {
		return &bimi_record_parse(arena, value)->problems;
	}
	return dkim_key_is_key(value) ? &dkim_key_parse(arena, value)->problems : NULL;
}

static void check_value(struct checker *checker, const struct fix *fix,
			const struct record_change *change)
{
	if (change->is_template || change->action == RECORD_REMOVE) {
		return;
	}
	struct problem problem;
	struct span rdata;
	if (change->type != RR_TXT) {
		if (!rr_parse_text(checker->arena, change->type, change->value, &rdata, &problem)) {
			complain(checker, fix, "cannot be parsed", change->value);
		}
		return;
	}
	const struct problems *problems = problems_of(checker->arena, change->value);
	if (problems == NULL || problems->error_count > 0) {
		complain(checker, fix, "has an error", change->value);
	}
}

/* --- carrying out --- */

static struct span take_word(struct span *rest)
{
	size_t len = 0;
	while (len < rest->len && !text_is_space(rest->ptr[len])) {
		len++;
	}
	struct span word = span_slice(*rest, 0, len);
	*rest = span_trim(span_from(*rest, len), TEXT_SPACE);
	return word;
}

/* A record's value as advice writes it: TXT joined, everything else in presentation form. */
static struct span canonical_value(struct arena *arena, uint16_t type, struct span text)
{
	struct problem problem;
	struct span rdata;
	struct txt txt;
	if (!rr_parse_text(arena, type, text, &rdata, &problem)) {
		return SPAN("");
	}
	if ((type == RR_TXT || type == RR_SPF) && txt_parse(arena, rdata, &txt)) {
		return txt.text;
	}
	struct buffer out = buffer_new(LIMIT_DNS_MESSAGE);
	rr_write_text(type, rdata, &out);
	struct span value = arena_copy(arena, buffer_span(&out));
	buffer_free(&out);
	return value;
}

/* The world's line that publishes this value, or lines.len. */
static size_t find_line(struct checker *checker, struct span name, uint16_t type, struct span value)
{
	for (size_t i = 0; i < checker->lines.len; i++) {
		struct span rest = *VECTOR_AT(&checker->lines, struct span, i);
		struct span owner;
		uint16_t found;
		if (!name_canonical(checker->arena, take_word(&rest), &owner) ||
		    !span_equal(owner, name) || !rr_type_parse(take_word(&rest), &found) ||
		    found != type) {
			continue;
		}
		if (span_equal_nocase(canonical_value(checker->arena, type, rest), value)) {
			return i;
		}
	}
	return checker->lines.len;
}

static void add_line(struct checker *checker, const struct record_change *change)
{
	struct buffer value = buffer_new(LIMIT_DNS_MESSAGE * 5);
	if (change->type == RR_TXT) {
		txt_write_presentation(change->value, &value);
	} else {
		buffer_append(&value, change->value);
	}
	struct span line = arena_printf(checker->arena, "%.*s. %.*s %.*s", SPAN_ARG(change->name),
					SPAN_ARG(rr_type_name(checker->arena, change->type)),
					SPAN_ARG(buffer_span(&value)));
	buffer_free(&value);
	*VECTOR_PUSH(&checker->lines, checker->arena, struct span, MAX_LINES) = line;
}

static void apply(struct checker *checker, const struct fix *fix,
		  const struct record_change *change)
{
	if (change->action != RECORD_PUBLISH) {
		size_t at = find_line(checker, change->name, change->type, change->old_value);
		if (at == checker->lines.len) {
			complain(checker, fix, "is not published", change->old_value);
			return;
		}
		*VECTOR_AT(&checker->lines, struct span, at) = SPAN("; gone");
	}
	if (change->action != RECORD_REMOVE) {
		add_line(checker, change);
	}
}

/* Nothing in it waits for the owner's words. */
static bool is_doable(const struct fix *fix)
{
	for (size_t i = 0; i < fix->change_count; i++) {
		if (fix->changes[i].is_template) {
			return false;
		}
	}
	return fix->change_count > 0;
}

/* The policy file of the fix's text, if it has one, is served from now on. */
static void serve_policy(struct checker *checker, const struct fix *fix)
{
	struct span rest = fix->action;
	struct span line;
	struct span body = SPAN("");
	while (span_split(&rest, '\n', &line)) {
		if (span_starts_with(line, SPAN("    "))) {
			body = arena_printf(checker->arena, "%.*s%.*s|", SPAN_ARG(body),
					    SPAN_ARG(span_from(line, 4)));
		}
	}
	for (size_t i = 0; body.len > 0 && i < checker->lines.len; i++) {
		struct span *old = VECTOR_AT(&checker->lines, struct span, i);
		if (span_search(*old, SPAN(" POLICY ")) < old->len) {
			*old = arena_printf(checker->arena, "%.*s. POLICY body=%.*s",
					    SPAN_ARG(checker->c->before->domain), SPAN_ARG(body));
		}
	}
}

/* Changes of fixes that are not doable are looked up only, then left. */
static void carry_out(struct checker *checker)
{
	for (size_t i = 0; i < checker->advice->fix_count; i++) {
		const struct fix *fix = &checker->advice->fixes[i];
		check_texts(checker, fix);
		for (size_t k = 0; k < fix->change_count; k++) {
			check_value(checker, fix, &fix->changes[k]);
			if (is_doable(fix)) {
				apply(checker, fix, &fix->changes[k]);
			}
		}
		if (is_doable(fix)) {
			serve_policy(checker, fix);
		}
	}
}

/* --- judging again --- */

struct second {
	struct checker *checker;
	struct assessment *after;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct second *second = context;
	const struct advice_case *c = second->checker->c;
	return assess_domain(second->checker->arena, inquiry, c->before->domain, c->options,
			     &second->after, reterr);
}

/* The same finding is still there, but weighs less. */
static bool is_lighter(const struct assessment *after, const struct finding *finding)
{
	for (size_t i = 0; i < finding_count(after); i++) {
		const struct finding *other = finding_at(after, i);
		if (other->id == finding->id && span_equal(other->subject, finding->subject)) {
			return other->severity < finding->severity;
		}
	}
	return false;
}

static bool is_gone(const struct what_if *what_if, const struct finding *finding)
{
	if (is_lighter(what_if->after, finding)) {
		return true;
	}
	for (size_t i = 0; i < what_if->gone_count; i++) {
		if (what_if->gone[i] == finding) {
			return true;
		}
	}
	return false;
}

static bool is_about_change(const struct fix *fix, const struct finding *finding)
{
	for (size_t i = 0; i < fix->change_count; i++) {
		if (span_equal(fix->changes[i].name, finding->subject)) {
			return true;
		}
	}
	return false;
}

static void check_gone(struct checker *checker, const struct fix *fix,
		       const struct what_if *what_if)
{
	size_t gone = 0;
	for (size_t i = 0; i < fix->finding_count; i++) {
		gone += is_gone(what_if, fix->findings[i]);
	}
	for (size_t i = 0; i < fix->finding_count && fix->id != FIX_TIGHTEN_DMARC; i++) {
		const struct finding *finding = fix->findings[i];
		if (!is_gone(what_if, finding) && is_about_change(fix, finding)) {
			complain(checker, fix, "does not mend", finding->guidance->id);
		}
	}
	if (gone == 0) {
		complain(checker, fix, "mends nothing", fix->title);
	}
}

static void check_new(struct checker *checker, const struct what_if *what_if, enum severity worst)
{
	for (size_t i = 0; i < what_if->new_count; i++) {
		const struct finding *finding = what_if->new_findings[i];
		/* a selector that the scenario asks for by name is missed when its key goes; the
		 * host behind an MTA-STS record is a web server, and no record makes one */
		bool is_expected = finding->id == FINDING_DKIM_SELECTOR_EMPTY ||
				   finding->id == FINDING_MTA_STS_HOST_MISSING;
		if (finding->severity > worst && finding->severity > SEVERITY_INFO &&
		    !is_expected) {
			fprintf(stderr, "%s: advice makes it worse: %.*s (%.*s)\n",
				checker->c->path, SPAN_ARG(finding->guidance->id),
				SPAN_ARG(finding->subject));
			checker->is_failed = true;
		}
	}
}

static void judge_again(struct checker *checker, struct world *world)
{
	struct second second = {.checker = checker};
	struct facts *facts = facts_new(1);
	struct failure failure = {0};
	bool is_loaded = true;
	for (size_t i = 0; i < checker->c->fact_lines->len; i++) {
		struct span line = *VECTOR_AT(checker->c->fact_lines, struct span, i);
		is_loaded = facts_load_line(facts, line, &failure) == 0 && is_loaded;
	}
	if (!is_loaded ||
	    settle(facts, world_source(world), (struct judge){judge, &second}, &failure) < 0) {
		fprintf(stderr, "%s: %s\n", checker->c->path, failure.detail);
		checker->is_failed = true;
	} else {
		const struct what_if *what_if =
			what_if_compare(checker->arena, checker->c->before, second.after);
		enum severity worst = SEVERITY_GOOD;
		for (size_t i = 0; i < checker->advice->fix_count; i++) {
			const struct fix *fix = &checker->advice->fixes[i];
			if (is_doable(fix)) {
				check_gone(checker, fix, what_if);
				worst = fix->severity > worst ? fix->severity : worst;
			}
		}
		check_new(checker, what_if, worst);
	}
	facts_free(facts);
}

bool advice_check(const struct advice_case *c)
{
	struct checker checker = {.c = c, .arena = c->arena};
	checker.advice = advise(c->arena, c->before);
	if (checker.advice == NULL) {
		fprintf(stderr, "%s: no advice\n", c->path);
		return false;
	}
	for (size_t i = 0; i < c->world_lines->len; i++) {
		*VECTOR_PUSH(&checker.lines, c->arena, struct span, MAX_LINES) =
			*VECTOR_AT(c->world_lines, struct span, i);
	}
	check_order(&checker);
	carry_out(&checker);
	struct world *world = world_new();
	struct failure failure;
	for (size_t i = 0; i < checker.lines.len; i++) {
		struct span line = *VECTOR_AT(&checker.lines, struct span, i);
		if (!world_add_line(world, line, &failure)) {
			fprintf(stderr, "%s: advice: %s: %.*s\n", c->path, failure.detail,
				SPAN_ARG(line));
			checker.is_failed = true;
		}
	}
	judge_again(&checker, world);
	world_free(world);
	return !checker.is_failed;
}
