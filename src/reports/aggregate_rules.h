/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which element means what, by the section it stands in. */
#ifndef MAILSEAL_REPORTS_AGGREGATE_RULES_H
#define MAILSEAL_REPORTS_AGGREGATE_RULES_H

#include "reports/words.h"

enum aggregate_section {
	SECTION_TOP, /* outside the known sections */
	SECTION_METADATA,
	SECTION_DATE_RANGE,
	SECTION_POLICY,
	SECTION_RECORD,
	SECTION_ROW,
	SECTION_EVALUATED,
	SECTION_REASON,
	SECTION_IDENTIFIERS,
	SECTION_AUTH,
	SECTION_DKIM,
	SECTION_SPF,
	SECTION_SKIPPED, /* and all inside it */
	SECTION_COUNT,
};

enum aggregate_action {
	ACTION_OPEN,   /* a section */
	ACTION_TEXT,   /* a text to keep */
	ACTION_DOMAIN, /* a domain name to keep */
	ACTION_WORD,   /* a word of a list */
	ACTION_SOURCE, /* the rest need code of their own */
	ACTION_COUNT,
	ACTION_BEGIN,
	ACTION_END,
	ACTION_PCT,
	ACTION_TESTING,
	ACTION_ERROR,
};

struct aggregate_rule {
	struct span name; /* lower case */
	enum aggregate_action action;
	enum aggregate_section section;	  /* to open */
	size_t offset;			  /* of the member, in what the section fills */
	const struct report_words *words; /* of ACTION_WORD */
	bool is_rfc9990;		  /* only RFC 9990 has it */
};

/* NULL when the section does not know the element. name without prefix, in any case. */
const struct aggregate_rule *aggregate_rule_find(enum aggregate_section section, struct span name);

#endif
