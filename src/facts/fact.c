/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for the states of an observation. */
#include "facts/fact.h"

#include "facts/words.h"

struct word {
	const char *name;
	const char *explanation;
};

static const char *const state_names[] = {
	[FACT_PRESENT] = "present",	      [FACT_ABSENT] = "absent", [FACT_FAILED] = "failed",
	[FACT_NOT_OBSERVED] = "not-observed", [FACT_WANTED] = "wanted",
};

static const struct word failures[] = {
	[FACT_FAILURE_NONE] = {"none", "nothing failed"},
	[FACT_FAILURE_SERVFAIL] = {"servfail", "the name servers answered SERVFAIL"},
	[FACT_FAILURE_REFUSED] = {"refused", "the name servers refused to answer"},
	[FACT_FAILURE_TIMEOUT] = {"timeout", "no answer came in time"},
	[FACT_FAILURE_BOGUS] = {"bogus", "the answer failed DNSSEC validation"},
	[FACT_FAILURE_MALFORMED] = {"malformed", "the answer could not be read"},
	[FACT_FAILURE_NETWORK] = {"network", "the network could not be reached from here"},
	[FACT_FAILURE_LIMIT] = {"limit", "a limit of this program was reached"},
	[FACT_FAILURE_NOT_RECORDED] = {"not-recorded", "the recorded facts do not hold it"},
	[FACT_FAILURE_NOT_ASKED] = {"not-asked", "it was not asked for in this run"},
	[FACT_FAILURE_INTERRUPTED] = {"interrupted", "the run was stopped"},
	[FACT_FAILURE_FILTERED] = {"filtered", "the address is not one on the internet"},
};

static const char *const kind_names[] = {
	[FACT_DNS] = "dns",
	[FACT_ENDPOINT] = "smtp",
	[FACT_POLICY] = "policy",
	[FACT_REPORTED] = "reports",
};

static const char *const dnssec_names[] = {
	[DNSSEC_UNCHECKED] = "unchecked",
	[DNSSEC_INSECURE] = "insecure",
	[DNSSEC_SECURE] = "secure",
	[DNSSEC_BOGUS] = "bogus",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *fact_state_name(enum fact_state state)
{
	return state_names[state];
}

const char *fact_failure_name(enum fact_failure failure)
{
	return failures[failure].name;
}

const char *fact_failure_explain(enum fact_failure failure)
{
	return failures[failure].explanation;
}

const char *dnssec_status_name(enum dnssec_status status)
{
	return dnssec_names[status];
}

bool fact_state_parse(struct span text, enum fact_state *ret_state)
{
	for (size_t i = 0; i < COUNT(state_names); i++) {
		if (span_equal(text, span_of_string(state_names[i]))) {
			*ret_state = (enum fact_state)i;
			return true;
		}
	}
	return false;
}

bool fact_failure_parse(struct span text, enum fact_failure *ret_failure)
{
	for (size_t i = 0; i < COUNT(failures); i++) {
		if (span_equal(text, span_of_string(failures[i].name))) {
			*ret_failure = (enum fact_failure)i;
			return true;
		}
	}
	return false;
}

bool dnssec_status_parse(struct span text, enum dnssec_status *ret_status)
{
	for (size_t i = 0; i < COUNT(dnssec_names); i++) {
		if (span_equal(text, span_of_string(dnssec_names[i]))) {
			*ret_status = (enum dnssec_status)i;
			return true;
		}
	}
	return false;
}

WORDS_DEFINE(fact_kind, kind_names)

struct span fact_key_text(struct arena *arena, struct fact_key key)
{
	if (key.kind != FACT_DNS) {
		const char *suffix = key.kind == FACT_POLICY	 ? " policy"
				     : key.kind == FACT_REPORTED ? " reports"
								 : "";
		return arena_printf(arena, "%.*s%s", SPAN_ARG(key.subject), suffix);
	}
	struct span type = rr_type_name(arena, key.type);
	return arena_printf(arena, "%.*s %.*s", SPAN_ARG(key.subject), SPAN_ARG(type));
}
