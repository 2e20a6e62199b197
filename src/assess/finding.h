/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A finding: a stable id, whom it concerns, the values its text needs, and what was seen. */
#ifndef MAILSEAL_ASSESS_FINDING_H
#define MAILSEAL_ASSESS_FINDING_H

#include "assess/assessment.h"

/* Findings kept for one domain; a hostile zone cannot make more. */
#define FINDING_MAX 400
#define FINDING_MAX_ARGS 24
#define FINDING_MAX_EVIDENCE 24

struct finding {
	enum finding_id id;
	const struct guidance *guidance;
	enum severity severity; /* the guidance's, unless the rule had reason to change it */
	struct span subject;	/* the name concerned: "_dmarc.example.org" */
	unsigned count;		/* how often it is there; above 1 where the same is repeated */
	struct vector args;	/* of struct template_arg; domain and subject are always there */
	struct vector evidence; /* of struct span: what was seen, raw text; escape before showing */
};

/*
 * Adds a finding about subject; never NULL. When FINDING_MAX is reached or the arena failed the
 * caller writes to a spare one that nobody sees.
 */
struct finding *finding_add(struct assessment *a, enum finding_id id, struct span subject);
/*
 * Counts a finding once more, when there is one with that id and subject whose argument has that
 * value; NULL when there is none. So a text that is repeated a thousand times makes one finding.
 */
struct finding *finding_again(struct assessment *a, enum finding_id id, struct span subject,
			      const struct template_arg *arg);
/* A value for a {placeholder} of the finding's texts; the first of a name stays. */
void finding_arg(struct assessment *a, struct finding *finding, const char *name,
		 const char *format, ...) PRINTF_LIKE(4, 5);
/* Something that was seen and proves the finding. */
void finding_evidence(struct assessment *a, struct finding *finding, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* A finding's argument; empty when it has none of that name. */
struct span finding_value(const struct finding *finding, struct span name);
/* title, recommendation and implementation with the values filled in; in the arena. */
struct span finding_title(struct arena *arena, const struct finding *finding);
struct span finding_recommendation(struct arena *arena, const struct finding *finding);
struct span finding_implementation(struct arena *arena, const struct finding *finding);

static inline size_t finding_count(const struct assessment *a)
{
	return a->findings.len;
}

static inline const struct finding *finding_at(const struct assessment *a, size_t i)
{
	return *VECTOR_AT(&a->findings, struct finding *, i);
}

/* The first finding with that id, or NULL. */
const struct finding *finding_find(const struct assessment *a, enum finding_id id);

#endif
