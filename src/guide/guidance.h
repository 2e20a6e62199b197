/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The texts of guidance/, as tables. enum finding_id, fix_id and sentence_id come from the
 * generated guidance_ids.h. */
#ifndef MAILSEAL_GUIDE_GUIDANCE_H
#define MAILSEAL_GUIDE_GUIDANCE_H

#include "guidance_ids.h"
#include "guide/words.h"

/* One finding: what a manager should decide, what an administrator should do. Text is Markdown with
 * {placeholders}. */
struct guidance {
	struct span id; /* "spf-missing": stable for ever */
	enum control control;
	enum severity severity;
	struct span title;	    /* one line, with placeholders */
	struct span recommendation; /* for those who decide */
	struct span implementation; /* for those who do */
	const struct span *sources; /* "RFC 7208 3.1", a published page's name */
	size_t source_count;
	struct span reviewed; /* date */
	enum fix_id fix;      /* what mends it; FIX_NONE when nothing is to be published */
};

enum fix_risk {
	FIX_RISK_NONE,	/* cannot affect delivery */
	FIX_RISK_LOW,	/* safe when done as told */
	FIX_RISK_BREAK, /* can stop wanted mail: read the warning */
};

/* One fix: several findings may lead to it, and it is done once. */
struct fix_text {
	struct span id; /* "publish-dmarc" */
	enum control control;
	unsigned order; /* lower is done first */
	enum fix_risk risk;
	struct span title;
	struct span action;  /* what to do; Markdown with {domain} and others */
	struct span warning; /* empty when risk is none */
	struct span verify;  /* how to see that it worked */
};

const struct guidance *guidance_get(enum finding_id id);
const struct fix_text *fix_text_get(enum fix_id id);
struct span sentence_get(enum sentence_id id);
/* By its stable id; NULL when there is none. */
const struct guidance *guidance_find(struct span id);
size_t guidance_count(void);
const struct guidance *guidance_at(size_t i);
/* guidance/introduction.md and guidance/implementation.md: the opening chapters of the two-part
 * guide. */
struct span guidance_introduction(void);

#endif
