/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Which BIMI record a message has a claim to (draft-brand-indicators-for-message-identification).
 * The logo and its certificate are not fetched, so the result is never "pass".
 */
#ifndef MAILSEAL_AUTHENTICATE_BIMI_SELECT_H
#define MAILSEAL_AUTHENTICATE_BIMI_SELECT_H

#include "authenticate/dkim.h"
#include "authenticate/dmarc_evaluate.h"
#include "records/bimi.h"

/* The author's record, and that of its organisation. */
#define BIMI_MAX_QUESTIONS 2

enum bimi_cause {
	BIMI_FOUND,	      /* skipped: there is a record; its logo was not fetched */
	BIMI_NO_PASS,	      /* skipped: DMARC does not pass, or there is no one author */
	BIMI_NOT_ENFORCED,    /* skipped: the DMARC policy lets some mail pass unpunished */
	BIMI_NO_RECORD,	      /* none */
	BIMI_SEVERAL_RECORDS, /* fail */
	BIMI_BROKEN_RECORD,   /* fail */
	BIMI_DECLINED,	      /* declined: the domain says that it takes no part */
	BIMI_NO_ANSWER,	      /* temperror */
};

/* What became of the message's BIMI-Selector field. */
enum bimi_selector_use {
	BIMI_SELECTOR_ABSENT,
	BIMI_SELECTOR_USED,
	BIMI_SELECTOR_SEVERAL,	/* more than one field: none counts */
	BIMI_SELECTOR_INVALID,	/* not "v=BIMI1; s=NAME" */
	BIMI_SELECTOR_UNSIGNED, /* no aligned signature that passes covers it */
};

struct bimi_selection {
	enum bimi_cause cause;
	enum bimi_selector_use selector_use;
	struct span selector;		  /* of the record that was found, or asked for first */
	struct span domain;		  /* likewise; empty when nothing was asked */
	const struct bimi_record *record; /* NULL unless found or declined */
	const struct fact *fact;	  /* the answer it rests on; NULL when nothing was asked */
};

/* evaluation: of the one author; NULL when there is no one author. NULL only when the arena
 * failed. */
const struct bimi_selection *bimi_select(struct arena *arena, struct inquiry *inquiry,
					 const struct mail *mail, const struct dkim_report *dkim,
					 const struct dmarc_evaluation *evaluation);
/* The result word of Authentication-Results: "skipped", "none", ... Static. */
const char *bimi_result_name(enum bimi_cause cause);
/* A stable word, and half a sentence for people. Static. */
const char *bimi_cause_name(enum bimi_cause cause);
const char *bimi_cause_explain(enum bimi_cause cause);
const char *bimi_selector_use_name(enum bimi_selector_use use);
/* NULL when there is nothing to say. */
const char *bimi_selector_use_explain(enum bimi_selector_use use);

#endif
