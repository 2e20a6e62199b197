/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Says what the things of a sector are. */
#include "present/sector_words.h"

#include <stdio.h>

/* Enough of a SHA-256 to find a key again. */
#define DIGEST_SHOWN 16

struct share_text sector_share(uint64_t part, uint64_t whole)
{
	struct share_text share;
	unsigned percent = whole == 0 ? 0 : (unsigned)((part * 100 + whole / 2) / whole);
	if (percent == 0 && part > 0) {
		snprintf(share.text, sizeof(share.text), "<1 %%");
	} else if (percent >= 100 && part < whole) {
		snprintf(share.text, sizeof(share.text), ">99 %%");
	} else {
		snprintf(share.text, sizeof(share.text), "%u %%", percent > 100 ? 100 : percent);
	}
	return share;
}

/* ", and likewise 36 more domains" */
static struct span others(struct arena *arena, const struct sector_item *item)
{
	return item->domain_count < 2 ? SPAN("")
				      : arena_printf(arena, ", and likewise %llu more domain%s",
						     (unsigned long long)(item->domain_count - 1),
						     item->domain_count == 2 ? "" : "s");
}

static struct span finding_sentence(struct arena *arena, const struct sector_item *item)
{
	return arena_printf(arena, "%.*s%s%.*s%.*s", SPAN_ARG(item->subject),
			    item->subject.len > 0 ? ": " : "", SPAN_ARG(item->about),
			    SPAN_ARG(others(arena, item)));
}

static struct span key_sentence(struct arena *arena, const struct sector_item *item)
{
	struct span digest = span_slice(item->name, 0, DIGEST_SHOWN);
	struct span where = item->about;
	if (item->control == CONTROL_DKIM) {
		where = arena_printf(arena, "%.*s._domainkey.%.*s", SPAN_ARG(item->about),
				     SPAN_ARG(*VECTOR_AT(&item->domains, struct span, 0)));
	}
	struct span bits = item->number > 0
				   ? arena_printf(arena, "%lld bits, ", (long long)item->number)
				   : SPAN("");
	return arena_printf(arena, "%s %.*s (%.*sSHA-256 %.*s...)%.*s",
			    item->control == CONTROL_DKIM ? "DKIM key" : "Certificate key of",
			    SPAN_ARG(where), SPAN_ARG(bits), SPAN_ARG(digest),
			    SPAN_ARG(others(arena, item)));
}

struct span sector_sentence(struct arena *arena, const struct sector_item *item)
{
	if (item->finding.len > 0) {
		return finding_sentence(arena, item);
	}
	if (item->is_key) {
		return key_sentence(arena, item);
	}
	return item->about.len > 0 ? arena_printf(arena, "%.*s (%.*s)", SPAN_ARG(item->name),
						  SPAN_ARG(item->about))
				   : item->name;
}

/* ---- the answers ---- */

enum tone {
	TONE_SOME,    /* yes for some */
	TONE_CLEAR,   /* no for all that could be judged */
	TONE_PARTIAL, /* yes for none of them, partly for some */
	TONE_UNKNOWN, /* nothing is known */
	TONE_COUNT,
};

/* What stands before the domains, and after them. */
static const char *const answers[SECTOR_QUESTION_COUNT][TONE_COUNT][2] = {
	[SECTOR_QUESTION_SPOOFED] =
		{
			[TONE_SOME] = {"Criminals can send convincing mail as ", "."},
			[TONE_CLEAR] = {"Receivers that check refuse mail forged in the name of ",
					"."},
			[TONE_PARTIAL] = {"Nobody can freely send convincing mail as ", "."},
			[TONE_UNKNOWN] = {"Whether criminals can send convincing mail as ",
					  " could not be determined."},
		},
	[SECTOR_QUESTION_INTERCEPTED] =
		{
			[TONE_SOME] = {"Mail to ", " could be read or changed on its way."},
			[TONE_CLEAR] = {"Nobody on the way can read or change mail to ", "."},
			[TONE_PARTIAL] = {"Nobody on the way can freely read or change mail to ",
					  "."},
			[TONE_UNKNOWN] = {"Whether mail to ",
					  " could be read or changed on its way could not be "
					  "determined."},
		},
};

/* "5 (2 %)" */
static struct span with_share(struct arena *arena, uint64_t part, uint64_t whole)
{
	return arena_printf(arena, "%llu (%s)", (unsigned long long)part,
			    sector_share(part, whole).text);
}

/* The domains that no, partly or unknown is said of. */
static struct span any_of(struct arena *arena, uint64_t judged, uint64_t whole)
{
	if (judged == whole) {
		return whole == 1 ? SPAN("the only domain")
				  : arena_printf(arena, "any of the %llu domains",
						 (unsigned long long)whole);
	}
	return judged == 1 ? SPAN("the one domain that could be judged")
			   : arena_printf(arena, "any of the %llu domains that could be judged",
					  (unsigned long long)judged);
}

static struct span some_of(struct arena *arena, uint64_t part, uint64_t whole)
{
	if (whole == 1) {
		return SPAN("the only domain");
	}
	return part == whole
		       ? arena_printf(arena, "all %llu domains", (unsigned long long)whole)
		       : arena_printf(arena, "%llu of %llu domains (%s)", (unsigned long long)part,
				      (unsigned long long)whole, sector_share(part, whole).text);
}

static enum tone tone_of(const uint64_t *counts, uint64_t whole)
{
	if (counts[ANSWER_YES] > 0) {
		return TONE_SOME;
	}
	if (counts[ANSWER_UNKNOWN] == whole) {
		return TONE_UNKNOWN;
	}
	return counts[ANSWER_PARTLY] > 0 ? TONE_PARTIAL : TONE_CLEAR;
}

static struct span partly_sentence(struct arena *arena, uint64_t partly, uint64_t whole)
{
	if (partly == 0) {
		return SPAN("");
	}
	return arena_printf(arena, " %.*s %s protected only in part.",
			    SPAN_ARG(with_share(arena, partly, whole)), partly == 1 ? "is" : "are");
}

static struct span unknown_sentence(struct arena *arena, uint64_t unknown, uint64_t whole)
{
	return unknown == 0 ? SPAN("")
			    : arena_printf(arena, " Of %.*s it could not be determined.",
					   SPAN_ARG(with_share(arena, unknown, whole)));
}

struct sector_answer sector_answer(struct arena *arena, const struct sector_counts *counts,
				   enum sector_question question)
{
	const uint64_t *n =
		question == SECTOR_QUESTION_SPOOFED ? counts->spoofable : counts->interceptable;
	uint64_t whole = sector_existing(counts);
	uint64_t unknown = n[ANSWER_UNKNOWN];
	struct sector_answer answer = {.is_bad = n[ANSWER_YES] > 0};
	if (whole == 0) {
		answer.first = SPAN("There is no domain to judge.");
		return answer;
	}
	enum tone tone = tone_of(n, whole);
	struct span whom =
		tone == TONE_SOME
			? some_of(arena, n[ANSWER_YES], whole)
			: any_of(arena, tone == TONE_UNKNOWN ? whole : whole - unknown, whole);
	answer.first = arena_printf(arena, "%s%.*s%s", answers[question][tone][0], SPAN_ARG(whom),
				    answers[question][tone][1]);
	if (unknown < whole) {
		answer.rest =
			arena_printf(arena, "%.*s%.*s",
				     SPAN_ARG(partly_sentence(arena, n[ANSWER_PARTLY], whole)),
				     SPAN_ARG(unknown_sentence(arena, unknown, whole)));
	}
	return answer;
}

struct span sector_refusing(struct arena *arena, const struct sector_counts *counts)
{
	uint64_t whole = sector_existing(counts);
	uint64_t reject = counts->policies[SECTOR_POLICY_REJECT];
	uint64_t unknown = counts->policies[SECTOR_POLICY_UNKNOWN];
	struct span tail = unknown == 0 ? SPAN("")
					: arena_printf(arena, "; of %.*s it is not known",
						       SPAN_ARG(with_share(arena, unknown, whole)));
	return arena_printf(arena, "%.*s tell%s receivers to refuse forged mail%.*s.",
			    SPAN_ARG(with_share(arena, reject, whole)), reject == 1 ? "s" : "",
			    SPAN_ARG(tail));
}
