/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Inside the SPF assessor: the rules, grouped by idea. Each reads the finished view and adds
 * findings. */
#ifndef MAILSEAL_ASSESS_SPF_REPORT_H
#define MAILSEAL_ASSESS_SPF_REPORT_H

#include "assess/finding.h"
#include "assess/spf.h"

/* spf_syntax.c: what the parser found, in records of the domain's own organisation. */
void spf_report_syntax(struct assessment *a, const struct spf_view *view);
/* Adds the record and a line with a caret below the octet at offset as evidence. */
void spf_report_place(struct assessment *a, struct finding *finding, struct span record,
		      size_t offset);
/* spf_all.c: what happens to everyone else. */
void spf_report_all(struct assessment *a, const struct spf_view *view);
/* What a stranger gets: the record's "all", unless something matches everybody in front of it. */
enum spf_qualifier spf_qualifier_of_strangers(const struct spf_view *view,
					      const struct spf_term *all);
/* spf_limits.c: look-ups, empty answers, mail hosts. */
void spf_report_limits(struct assessment *a, const struct spf_view *view);
/* spf_targets.c: names that records point to and that hold no usable record. */
void spf_report_targets(struct assessment *a, const struct spf_view *view);
/* spf_senders.c: who is let in. */
void spf_report_senders(struct assessment *a, const struct spf_view *view);
/* spf_hygiene.c: what is needless or out of date. */
void spf_report_hygiene(struct assessment *a, const struct spf_view *view);

static inline bool spf_entry_is(const struct spf_tree_term *entry, enum spf_mechanism mechanism)
{
	return entry->term->kind == SPF_TERM_MECHANISM && entry->term->mechanism == mechanism;
}

/*
 * A finding about one term; its subject is the name whose record holds it. A term that is written
 * again and again makes one finding, with the first columns as evidence.
 */
struct finding *spf_finding(struct assessment *a, enum finding_id id, const struct spf_node *node,
			    const struct spf_tree_term *entry);

#endif
