/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SPF records: is it one, and questions to a parsed one. */
#include "records/spf.h"

#include "base/text.h"
#include "records/spf_parser.h"

const struct span spf_names[SPF_NAME_COUNT] = {
	[SPF_ALL] = SPAN_INIT("all"),
	[SPF_INCLUDE] = SPAN_INIT("include"),
	[SPF_A] = SPAN_INIT("a"),
	[SPF_MX] = SPAN_INIT("mx"),
	[SPF_PTR] = SPAN_INIT("ptr"),
	[SPF_IP4] = SPAN_INIT("ip4"),
	[SPF_IP6] = SPAN_INIT("ip6"),
	[SPF_EXISTS] = SPAN_INIT("exists"),
	[SPF_NAME_COUNT - 2] = SPAN_INIT("redirect"),
	[SPF_NAME_COUNT - 1] = SPAN_INIT("exp"),
};

bool spf_record_is_spf(struct span text)
{
	struct span version = SPAN("v=spf1");
	return span_starts_with_nocase(text, version) &&
	       (text.len == version.len || text.ptr[version.len] == ' ');
}

/* What people leave in front of a record: spaces, quotes of every kind, a byte order mark. */
static struct span without_leading_litter(struct span text)
{
	size_t at = 0;
	while (at < text.len &&
	       (strchr(" \t\r\n\"'`\\(", text.ptr[at]) != NULL || span_octet(text, at) >= 0x80)) {
		at++;
	}
	return span_from(text, at);
}

bool spf_record_is_near_miss(struct span text)
{
	static const struct span starts[] = {
		SPAN_INIT("v=spf"),  SPAN_INIT("spf1"),	   SPAN_INIT("spf=1"), SPAN_INIT("v spf"),
		SPAN_INIT("v =spf"), SPAN_INIT("v= spf"),  SPAN_INIT("v:spf"), SPAN_INIT("=spf1"),
		SPAN_INIT("v-spf1"), SPAN_INIT("v = spf"), SPAN_INIT("vspf1"), SPAN_INIT("v=sfp1"),
	};
	if (spf_record_is_spf(text)) {
		return false;
	}
	struct span start = without_leading_litter(text);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (span_starts_with_nocase(start, starts[i])) {
			return true;
		}
	}
	return span_search(text, SPAN("v=spf1 ")) < text.len;
}

const struct spf_term *spf_record_all(const struct spf_record *record)
{
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_term *term = &record->terms[i];
		if (term->kind == SPF_TERM_MECHANISM && term->mechanism == SPF_ALL) {
			return term;
		}
	}
	return NULL;
}

const struct spf_term *spf_record_redirect(const struct spf_record *record)
{
	for (size_t i = 0; i < record->term_count; i++) {
		if (record->terms[i].kind == SPF_TERM_REDIRECT) {
			return &record->terms[i];
		}
	}
	return NULL;
}

bool spf_term_queries_dns(const struct spf_term *term)
{
	if (term->kind != SPF_TERM_MECHANISM) {
		return term->kind == SPF_TERM_REDIRECT;
	}
	return term->mechanism != SPF_ALL && term->mechanism != SPF_IP4 &&
	       term->mechanism != SPF_IP6;
}

const char *spf_qualifier_name(enum spf_qualifier qualifier)
{
	static const char *const names[] = {
		[SPF_PASS] = "pass",
		[SPF_FAIL] = "fail",
		[SPF_SOFTFAIL] = "softfail",
		[SPF_NEUTRAL] = "neutral",
	};
	return names[qualifier];
}

const char *spf_mechanism_name(enum spf_mechanism mechanism)
{
	return spf_names[mechanism].ptr;
}
