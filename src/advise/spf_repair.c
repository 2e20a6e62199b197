/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Repairs words of SPF records. Every guess must parse without complaint, or it is not made. */
#include "advise/spf_repair.h"

#include "base/base.h"
#include "records/nearest.h"

/* Brackets, quotes and the punctuation of other record types. */
#define STRAY "\"'`()[]{}<>,;\\"

static const struct span names[] = {
	SPAN_INIT("all"), SPAN_INIT("include"),	 SPAN_INIT("a"),   SPAN_INIT("mx"),
	SPAN_INIT("ptr"), SPAN_INIT("ip4"),	 SPAN_INIT("ip6"), SPAN_INIT("exists"),
	SPAN_INIT("exp"), SPAN_INIT("redirect"),
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

static bool is_modifier_name(struct span name)
{
	return span_equal_nocase(name, SPAN("redirect")) || span_equal_nocase(name, SPAN("exp"));
}

/* One term that the parser has nothing against. */
static bool is_good(struct arena *arena, struct span word)
{
	struct span text = arena_printf(arena, "v=spf1 %.*s", SPAN_ARG(word));
	const struct spf_record *record = spf_record_parse(arena, text);
	return record != NULL && record->term_count == 1 && problem_count(&record->problems) == 0;
}

/* RFC 7208 6: "name=value" with an unknown name is ignored. To bring it to life could break a
 * record that works. */
static bool is_ignored(struct arena *arena, struct span word)
{
	struct span text = arena_printf(arena, "v=spf1 %.*s", SPAN_ARG(word));
	const struct spf_record *record = spf_record_parse(arena, text);
	return record != NULL && record->term_count == 1 &&
	       record->terms[0].kind == SPF_TERM_UNKNOWN_MODIFIER;
}

static struct spf_repair one(struct span word)
{
	return (struct spf_repair){.is_certain = true, .words = {word}, .word_count = 1};
}

/* A word in its parts: qualifier, name, separator, rest. */
struct parts {
	struct span qualifier;
	struct span name;
	struct span rest; /* with its separator: ":example.org", "/24" */
};

static struct parts split(struct span word)
{
	bool has_qualifier = word.len > 0 && text_is_one_of(word.ptr[0], "+-~?");
	struct span rest = span_from(word, has_qualifier);
	size_t len = 0;
	while (len < rest.len && (text_is_alnum(rest.ptr[len]) || rest.ptr[len] == '-' ||
				  rest.ptr[len] == '_' || rest.ptr[len] == '.')) {
		len++;
	}
	return (struct parts){span_slice(word, 0, has_qualifier), span_slice(rest, 0, len),
			      span_from(rest, len)};
}

static bool is_known_name(struct span name)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (span_equal_nocase(name, names[i])) {
			return true;
		}
	}
	return false;
}

/* "include=x" for "include:x", "redirect:x" for "redirect=x". */
static struct span with_separator(struct arena *arena, struct span qualifier, struct span name,
				  struct span rest)
{
	bool has_separator = rest.len > 0 && (rest.ptr[0] == ':' || rest.ptr[0] == '=');
	const char *separator = is_modifier_name(name) ? "=" : ":";
	return arena_printf(arena, "%.*s%.*s%s%.*s", SPAN_ARG(qualifier), SPAN_ARG(name),
			    has_separator ? separator : "",
			    SPAN_ARG(span_from(rest, has_separator)));
}

/* "nclude:x" -> "include:x"; "ipv4:" and "ip:" by the kind of address. */
static struct span with_known_name(struct arena *arena, struct span word)
{
	struct parts parts = split(word);
	bool is_address_name = span_starts_with_nocase(parts.name, SPAN("ip"));
	struct span candidates[] = {
		is_known_name(parts.name) ? parts.name
					  : nearest_word(parts.name, names, NAME_COUNT),
		is_address_name ? SPAN("ip4") : SPAN(""),
		is_address_name ? SPAN("ip6") : SPAN(""),
	};
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct span guess =
			candidates[i].len > 0
				? with_separator(arena, parts.qualifier, candidates[i], parts.rest)
				: SPAN("");
		if (guess.len > 0 && is_good(arena, guess)) {
			return guess;
		}
	}
	return SPAN("");
}

/* A bare address can only have been meant as one. */
static struct span with_address_name(struct arena *arena, struct span word)
{
	struct network network;
	if (!network_parse(word, &network)) {
		return SPAN("");
	}
	struct span guess = arena_printf(
		arena, "%s:%.*s", network.family == NETWORK_IPV4 ? "ip4" : "ip6", SPAN_ARG(word));
	return is_good(arena, guess) ? guess : SPAN("");
}

/* The word itself, or the first guess at it that parses; empty when there is none. */
static struct span repair_single(struct arena *arena, struct span word)
{
	struct span trimmed = span_trim(word, STRAY);
	if (is_good(arena, word)) {
		return word;
	}
	if (trimmed.len > 0 && is_good(arena, trimmed)) {
		return trimmed;
	}
	struct span guess = with_known_name(arena, trimmed);
	return guess.len > 0 ? guess : with_address_name(arena, trimmed);
}

/* --- terms that ran together --- */

/* A new term may start here: its name and separator, or "all" up to the end. */
static bool starts_term(struct span rest)
{
	static const struct span starts[] = {
		SPAN_INIT("include:"), SPAN_INIT("redirect="), SPAN_INIT("exists:"),
		SPAN_INIT("ip4:"),     SPAN_INIT("ip6:"),
	};
	if (rest.len > 0 && text_is_one_of(rest.ptr[0], "+-~?")) {
		if (span_equal_nocase(span_from(rest, 1), SPAN("all"))) {
			return true;
		}
		rest = span_from(rest, 1);
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (span_starts_with_nocase(rest, starts[i])) {
			return true;
		}
	}
	return false;
}

/* Cuts a word wherever a term starts in it; certain when every part is good. */
static struct spf_repair split_run(struct arena *arena, struct span word)
{
	struct spf_repair repair = {0};
	size_t start = 0;
	for (size_t at = 1; at <= word.len; at++) {
		if (at < word.len && (!starts_term(span_from(word, at)) ||
				      text_is_one_of(word.ptr[at - 1], "+-~?"))) {
			continue;
		}
		struct span part = repair_single(arena, span_slice(word, start, at - start));
		if (part.len == 0 || repair.word_count == SPF_REPAIR_MAX_WORDS) {
			return (struct spf_repair){0};
		}
		repair.words[repair.word_count++] = part;
		start = at;
	}
	repair.is_certain = repair.word_count > 1;
	return repair;
}

struct spf_repair spf_repair_word(struct arena *arena, struct span word, struct span next)
{
	struct span bare = span_trim(word, STRAY);
	if (bare.len == 0 || span_equal_nocase(bare, SPAN("v=spf1"))) {
		return (struct spf_repair){.is_certain = true}; /* says nothing */
	}
	struct span single = is_ignored(arena, word) ? word : repair_single(arena, word);
	if (single.len > 0) {
		return one(single);
	}
	struct spf_repair run = split_run(arena, word);
	if (run.is_certain || next.len == 0) {
		return run;
	}
	char last = word.ptr[word.len - 1];
	struct span joined = arena_printf(arena, "%.*s%.*s", SPAN_ARG(word), SPAN_ARG(next));
	struct span term = last == ':' || last == '=' ? repair_single(arena, joined) : SPAN("");
	if (term.len == 0) {
		return (struct spf_repair){0};
	}
	struct spf_repair repair = one(term);
	repair.takes_next = true;
	return repair;
}
