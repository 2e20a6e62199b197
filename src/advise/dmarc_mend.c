/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mends DMARC records tag by tag. */
#include "advise/dmarc_mend.h"

#include "advise/addresses.h"
#include "advise/builder.h"
#include "advise/tag_text.h"
#include "base/base.h"
#include "records/nearest.h"

static const struct span tag_names[] = {
	SPAN_INIT("p"),	  SPAN_INIT("sp"),    SPAN_INIT("np"),	 SPAN_INIT("rua"), SPAN_INIT("ruf"),
	SPAN_INIT("fo"),  SPAN_INIT("adkim"), SPAN_INIT("aspf"), SPAN_INIT("psd"), SPAN_INIT("t"),
	SPAN_INIT("pct"), SPAN_INIT("rf"),    SPAN_INIT("ri"),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct tag_grammar grammar = {
	.word = SPAN_INIT("dmarc"),
	.version = SPAN_INIT("DMARC1"),
	.names = tag_names,
	.name_count = COUNT(tag_names),
};

/* --- single tags --- */

/* Receivers ignore tags they do not know; one that is near a known one surely was meant as it. */
static void mend_names(struct tag_draft *draft)
{
	for (size_t i = draft->items.len; i > 0; i--) {
		struct tag_draft_item *item = tag_draft_at(draft, i - 1);
		if (tag_grammar_knows(&grammar, item->name) || span_equal(item->name, SPAN("v"))) {
			continue;
		}
		struct span nearest = nearest_word(item->name, tag_names, COUNT(tag_names));
		if (nearest.len > 0 && tag_draft_find(draft, nearest) == NULL) {
			item->name = nearest;
		} else {
			tag_draft_drop(draft, item->name);
		}
	}
}

/* A policy as receivers spell it, or empty when it is none; near words are taken for it. */
static struct span policy_word(struct span value, bool is_guessing)
{
	static const struct span words[] = {SPAN_INIT("none"), SPAN_INIT("quarantine"),
					    SPAN_INIT("reject")};
	for (size_t i = 0; i < COUNT(words); i++) {
		if (span_equal_nocase(value, words[i])) {
			return words[i];
		}
	}
	return is_guessing ? nearest_word(value, words, COUNT(words)) : SPAN("");
}

/* A policy that never was in force begins at none, unless nobody sends. */
static void mend_policy(const struct dmarc_mend *mend, struct tag_draft *draft)
{
	const struct tag_draft_item *p = tag_draft_find(draft, SPAN("p"));
	struct span word = p != NULL ? policy_word(p->value, /* is_guessing: */ false) : SPAN("");
	if (word.len == 0 || mend->is_new_to_force) {
		word = mend->a->kind == DOMAIN_PARKED ? SPAN("reject") : SPAN("none");
	}
	tag_draft_place(draft, 1, SPAN("p"), word);
}

/* An invalid sp or np switches the whole record off; without it p holds for subdomains, too. */
static void mend_below(const struct dmarc_mend *mend, struct tag_draft *draft, struct span name)
{
	struct tag_draft_item *item = tag_draft_find(draft, name);
	if (item == NULL) {
		return;
	}
	struct span word = policy_word(item->value, /* is_guessing: */ true);
	bool is_idle = finding_find(mend->a, FINDING_DMARC_SUBDOMAIN_POLICY_WITHOUT_EFFECT) != NULL;
	if (word.len == 0 || is_idle || mend->is_new_to_force) {
		tag_draft_drop(draft, name);
	} else {
		item->value = word;
	}
}

static unsigned policy_rank(struct span word)
{
	return span_equal(word, SPAN("reject")) ? 2 : span_equal(word, SPAN("quarantine"));
}

static unsigned rank_of(const struct tag_draft *draft, struct span name)
{
	const struct tag_draft_item *item = tag_draft_find(draft, name);
	return item != NULL ? policy_rank(item->value) : 0;
}

/* RFC 7489 receivers honour a pct below 100 with an enforced policy: dropping it is a step. */
static void mend_pct(struct tag_draft *draft)
{
	const struct tag_draft_item *pct = tag_draft_find(draft, SPAN("pct"));
	uint64_t number;
	bool is_partial = pct != NULL && number_parse_decimal(pct->value, 99, &number) &&
			  rank_of(draft, SPAN("p")) + rank_of(draft, SPAN("sp")) > 0;
	if (!is_partial) {
		tag_draft_drop(draft, SPAN("pct"));
	}
}

/* One of the letters, or a whole word for it. */
static bool means_letter(struct span value, const char *letters)
{
	static const struct span words[] = {SPAN_INIT("relaxed"), SPAN_INIT("strict"),
					    SPAN_INIT("yes"), SPAN_INIT("no")};
	bool is_whole = value.len == 1;
	for (size_t i = 0; i < COUNT(words); i++) {
		is_whole = is_whole || span_equal_nocase(value, words[i]);
	}
	return is_whole && text_is_one_of(text_lower(value.ptr[0]), letters);
}

/* Tags of one letter: what cannot be read goes, for the default applies already. */
static void mend_letters(struct tag_draft *draft)
{
	static const struct {
		struct span name;
		const char *letters;
	} tags[] = {
		{SPAN_INIT("adkim"), "rs"},
		{SPAN_INIT("aspf"), "rs"},
		{SPAN_INIT("psd"), "ynu"},
		{SPAN_INIT("t"), "yn"},
	};
	for (size_t i = 0; i < COUNT(tags); i++) {
		struct tag_draft_item *item = tag_draft_find(draft, tags[i].name);
		if (item != NULL && means_letter(item->value, tags[i].letters)) {
			item->value = span_slice(item->value, 0, 1);
		} else {
			tag_draft_drop(draft, tags[i].name);
		}
	}
}

/* Nobody left: rua becomes a template, for no address is ever made up; ruf goes. */
static void mend_addresses(const struct dmarc_mend *mend, struct tag_draft *draft)
{
	static const struct destinations none;
	const struct dmarc_view *view = mend->a->dmarc;
	struct address_rules rules = {
		.arena = mend->arena,
		.a = mend->a,
		.judged = view != NULL ? &view->rua : &none,
		.other_kind = SPAN("tls-rpt"),
	};
	struct tag_draft_item *item = tag_draft_find(draft, SPAN("rua"));
	struct span kept = item != NULL ? addresses_mend(&rules, item->value) : SPAN("");
	tag_draft_set(draft, SPAN("rua"), kept.len > 0 ? kept : SPAN(RECORD_ADDRESS_TEMPLATE));
	rules.judged = view != NULL ? &view->ruf : &none;
	item = tag_draft_find(draft, SPAN("ruf"));
	kept = item != NULL ? addresses_mend(&rules, item->value) : SPAN("");
	tag_draft_drop_or_set(draft, SPAN("ruf"), kept);
}

/* RFC 9989 4.7: fo holds 0, 1, d and s; without ruf it means nothing, and 0 beside 1 neither. */
static void mend_fo(struct tag_draft *draft)
{
	struct tag_draft_item *fo = tag_draft_find(draft, SPAN("fo"));
	if (fo == NULL) {
		return;
	}
	bool has_one = span_find(fo->value, '1', 0) < fo->value.len;
	struct span rest = fo->value;
	struct span part;
	struct span kept = SPAN("");
	while (span_split(&rest, ':', &part)) {
		part = span_trim(part, TEXT_SPACE);
		bool is_option = part.len == 1 && text_is_one_of(part.ptr[0], "01dsDS");
		if (is_option && !(has_one && part.ptr[0] == '0')) {
			kept = arena_printf(draft->arena, "%.*s%s%.*s", SPAN_ARG(kept),
					    kept.len > 0 ? ":" : "", SPAN_ARG(part));
		}
	}
	if (kept.len == 0 || tag_draft_find(draft, SPAN("ruf")) == NULL) {
		tag_draft_drop(draft, SPAN("fo"));
	} else {
		fo->value = kept;
	}
}

/* RFC 9989 4.10: where the organisation ends must be said where others could think otherwise. */
static void mend_psd(const struct dmarc_mend *mend, struct tag_draft *draft)
{
	if (finding_find(mend->a, FINDING_DMARC_PSD_MISUSED) != NULL) {
		tag_draft_drop(draft, SPAN("psd"));
	}
	if (finding_find(mend->a, FINDING_DMARC_PSD_MISSING) != NULL) {
		tag_draft_set(draft, SPAN("psd"), SPAN("y"));
	}
	if (finding_find(mend->a, FINDING_DMARC_SHARED_ORGANISATION) != NULL) {
		tag_draft_set(draft, SPAN("psd"), SPAN("n"));
	}
}

struct tag_draft dmarc_mend_draft(const struct dmarc_mend *mend, struct span text)
{
	struct problems problems = {0};
	struct tag_list list =
		tag_list_parse(mend->arena, tag_text_mend(mend->arena, text, &grammar), &problems);
	struct tag_draft draft = tag_draft_of(mend->arena, &list);
	tag_draft_place(&draft, 0, SPAN("v"), SPAN("DMARC1"));
	mend_names(&draft);
	mend_policy(mend, &draft);
	mend_below(mend, &draft, SPAN("sp"));
	mend_below(mend, &draft, SPAN("np"));
	mend_pct(&draft);
	tag_draft_drop(&draft, SPAN("rf"));
	tag_draft_drop(&draft, SPAN("ri"));
	mend_letters(&draft);
	mend_addresses(mend, &draft);
	mend_fo(&draft);
	mend_psd(mend, &draft);
	return draft;
}

static void join_addresses(struct tag_draft *draft, const struct tag_draft *other, struct span tag)
{
	const struct tag_draft_item *theirs = tag_draft_find(other, tag);
	const struct tag_draft_item *ours = tag_draft_find(draft, tag);
	if (theirs != NULL) {
		tag_draft_set(draft, tag,
			      addresses_join(draft->arena, ours != NULL ? ours->value : SPAN(""),
					     theirs->value));
	}
}

void dmarc_mend_join(const struct dmarc_mend *mend, struct tag_draft *draft,
		     const struct tag_draft *other)
{
	join_addresses(draft, other, SPAN("rua"));
	join_addresses(draft, other, SPAN("ruf"));
	if (rank_of(other, SPAN("p")) < rank_of(draft, SPAN("p")) &&
	    mend->a->kind != DOMAIN_PARKED) {
		tag_draft_set(draft, SPAN("p"), tag_draft_find(other, SPAN("p"))->value);
		tag_draft_drop(draft, SPAN("sp"));
		tag_draft_drop(draft, SPAN("np"));
	}
}

struct span dmarc_mend_write(const struct tag_draft *draft)
{
	struct span text = tag_draft_write(draft);
	const struct dmarc_record *record = dmarc_record_parse(draft->arena, text);
	bool is_good = record != NULL && record->problems.error_count == 0;
	return is_good || record_value_is_template(text) ? text : SPAN("");
}

/* --- strength --- */

static const struct span stronger_words[] = {SPAN_INIT("quarantine"), SPAN_INIT("reject"),
					     SPAN_INIT("reject")};

/* A parked domain has no mail to lose: all at once. */
static void close_parked(struct tag_draft *draft)
{
	static const struct span dropped[] = {SPAN_INIT("t"), SPAN_INIT("pct"), SPAN_INIT("sp"),
					      SPAN_INIT("np")};
	tag_draft_set(draft, SPAN("p"), SPAN("reject"));
	for (size_t i = 0; i < COUNT(dropped); i++) {
		tag_draft_drop(draft, dropped[i]);
	}
}

/* True when a tag made the record weaker than its policy, which is something, and is now gone. */
static bool drop_brake(struct tag_draft *draft)
{
	const struct tag_draft_item *testing = tag_draft_find(draft, SPAN("t"));
	if (testing != NULL && text_lower(testing->value.ptr[0]) == 'y') {
		tag_draft_drop(draft, SPAN("t"));
		return rank_of(draft, SPAN("p")) > 0;
	}
	if (tag_draft_find(draft, SPAN("pct")) != NULL) {
		tag_draft_drop(draft, SPAN("pct"));
		return true;
	}
	return false;
}

/* sp one step up; no longer said when it is what p says. */
static void raise_below(struct tag_draft *draft)
{
	struct tag_draft_item *sp = tag_draft_find(draft, SPAN("sp"));
	sp->value = stronger_words[policy_rank(sp->value)];
	if (policy_rank(sp->value) == rank_of(draft, SPAN("p"))) {
		tag_draft_drop(draft, SPAN("sp"));
	}
}

/* p one step up, and with it what was as weak. */
static void raise_policy(struct tag_draft *draft)
{
	unsigned rank = rank_of(draft, SPAN("p"));
	struct tag_draft_item *sp = tag_draft_find(draft, SPAN("sp"));
	struct tag_draft_item *np = tag_draft_find(draft, SPAN("np"));
	tag_draft_set(draft, SPAN("p"), stronger_words[rank]);
	if (sp != NULL && policy_rank(sp->value) <= rank) {
		sp->value = stronger_words[rank];
	}
	if (np != NULL && policy_rank(np->value) <= rank) {
		np->value = SPAN("reject");
	}
}

/* "Reject" -> "reject". */
static void spell_policies(struct tag_draft *draft)
{
	static const struct span names[] = {SPAN_INIT("p"), SPAN_INIT("sp"), SPAN_INIT("np")};
	for (size_t i = 0; i < COUNT(names); i++) {
		struct tag_draft_item *item = tag_draft_find(draft, names[i]);
		if (item != NULL) {
			item->value = policy_word(item->value, /* is_guessing: */ true);
		}
	}
}

void dmarc_mend_tighten(const struct dmarc_mend *mend, struct tag_draft *draft)
{
	spell_policies(draft);
	const struct tag_draft_item *sp = tag_draft_find(draft, SPAN("sp"));
	const struct tag_draft_item *np = tag_draft_find(draft, SPAN("np"));
	unsigned rank = rank_of(draft, SPAN("p"));
	if (mend->a->kind == DOMAIN_PARKED) {
		close_parked(draft);
		return;
	}
	/* no wanted mail comes from names that do not exist: that needs no journey */
	if (np != NULL && policy_rank(np->value) < rank) {
		tag_draft_set(draft, SPAN("np"), SPAN("reject"));
	}
	if (drop_brake(draft)) {
		return;
	}
	if (sp != NULL && policy_rank(sp->value) < rank) {
		raise_below(draft);
	} else {
		raise_policy(draft);
	}
}

struct span dmarc_mend_strength(const struct tag_draft *draft)
{
	static const struct span names[] = {SPAN_INIT("p"), SPAN_INIT("sp"), SPAN_INIT("np"),
					    SPAN_INIT("t"), SPAN_INIT("pct")};
	struct tag_draft strength = tag_draft_new(draft->arena);
	for (size_t i = 0; i < draft->items.len; i++) {
		const struct tag_draft_item *item = tag_draft_at(draft, i);
		for (size_t k = 0; k < COUNT(names); k++) {
			if (span_equal(item->name, names[k])) {
				tag_draft_set(&strength, item->name, item->value);
			}
		}
	}
	return tag_draft_write(&strength);
}
