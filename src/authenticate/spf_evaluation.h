/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the files of the SPF evaluation share; nobody else includes this. */
#ifndef MAILSEAL_AUTHENTICATE_SPF_EVALUATION_H
#define MAILSEAL_AUTHENTICATE_SPF_EVALUATION_H

#include "authenticate/spf_check.h"
#include "authenticate/spf_macro.h"

/* One record under evaluation. */
struct spf_frame {
	struct span domain;	 /* canonical */
	struct span domain_text; /* as written: %{d} */
	const struct spf_record *record;
	size_t next;		    /* term to look at */
	const struct spf_term *via; /* the include that led here; NULL for the first */
};

/* The client's names by DNS, read once. */
struct spf_names {
	bool is_read;
	size_t count;
	struct span items[SPF_CHECK_MAX_NAMES];
};

struct spf_evaluation {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct spf_request *request;
	struct spf_limits limits;
	struct spf_check *check;
	struct spf_macro_values values;
	struct spf_frame frames[SPF_CHECK_MAX_DEPTH];
	size_t depth;
	struct spf_names names;
	/*
	 * An answer is still to come, so this run's result will not be used. It goes on to ask what
	 * is in sight, one question a term, within the same limits.
	 */
	bool is_pending;
	bool is_done;
	struct spf_step unread_step; /* takes what the trace has no room for */
};

enum spf_match {
	SPF_MATCH_NO,
	SPF_MATCH_YES,
	SPF_MATCH_STOP, /* the evaluation has ended, or waits for an answer */
};

static inline struct spf_frame *spf_top(struct spf_evaluation *e)
{
	return &e->frames[e->depth - 1];
}

/* Asks DNS; marks the run as pending when the answer is still to come. */
const struct fact *spf_ask(struct spf_evaluation *e, struct span name, uint16_t type);
/* A step of the term in the record on top. */
struct spf_step *spf_note(struct spf_evaluation *e, enum spf_step_kind kind,
			  const struct spf_term *term, const char *reference);
/* Ends the evaluation without a match. */
void spf_stop(struct spf_evaluation *e, const struct spf_term *term, enum spf_result result,
	      enum spf_cause cause);
/* The same for an answer that is missing; only marks the run when the answer is to come. */
void spf_stop_unknown(struct spf_evaluation *e, const struct spf_term *term,
		      const struct fact *fact);
/* RFC 7208 4.6.4: counts a look-up in vain. False: that was one too many, and ended it. */
bool spf_charge_void(struct spf_evaluation *e, const struct spf_term *term,
		     const struct fact *fact) MUST_CHECK;
/* Expands a domain-spec of the record on top. False when it becomes no name. */
bool spf_expand_target(struct spf_evaluation *e, struct span spec, struct span *ret_text,
		       struct span *ret_name) MUST_CHECK;
/* The address record type that fits the client. */
uint16_t spf_address_type(const struct spf_evaluation *e);
/* RFC 7208 5.5: the client's validated names. False when an answer is to come. */
bool spf_read_names(struct spf_evaluation *e);
/* a, mx, ptr, ip4, ip6, exists and all: does the term match the client? */
enum spf_match spf_match_term(struct spf_evaluation *e, const struct spf_term *term);
/* RFC 7208 6.2: the explanation of a fail by the record on top. */
void spf_explain(struct spf_evaluation *e);

#endif
