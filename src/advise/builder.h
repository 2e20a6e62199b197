/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Inside advise: how one fix is built. A builder is given the findings that lead to the fix and
 * makes the changes and the values its texts need. Pure: it reads nothing but the assessment.
 */
#ifndef MAILSEAL_ADVISE_BUILDER_H
#define MAILSEAL_ADVISE_BUILDER_H

#include "advise/fix.h"
#include "assess/finding.h"
#include "assess/txt_records.h"

struct builder {
	struct arena *arena;
	const struct assessment *a;
	const struct finding **findings; /* at least one */
	size_t finding_count;
	struct vector changes; /* of struct record_change */
	struct vector args;    /* of struct template_arg; domain and subject are always there */
};

/*
 * Builders are `bool fix_...(struct builder *)`. False: the fix does not fit this domain, leave it
 * out. A fix without changes is text only.
 */

/* Adds a change, unless its value is empty (memory is out) or the same change is there. */
void builder_add(struct builder *builder, struct record_change change);
/* Publishes where old_value is empty, replaces where it is not; nothing where they are equal. */
void builder_put(struct builder *builder, struct span name, uint16_t type, struct span old_value,
		 struct span value);
/* One TXT record takes the place of what is there: several, one, a near miss, or nothing. */
void builder_put_single(struct builder *builder, const struct txt_records *found,
			struct span value);
void builder_remove(struct builder *builder, struct span name, uint16_t type, struct span value);
void builder_arg(struct builder *builder, struct span name, struct span value);
/* True when one of the builder's findings has that id. */
bool builder_has(const struct builder *builder, enum finding_id id);
/* The first thing that was seen, without what stands before it; empty when it was cut. */
struct span finding_seen(const struct finding *finding, struct span prefix);
/* True when some finding of the assessment leads to the fix. */
bool assessment_leads_to(const struct assessment *a, enum fix_id id);
/* The name exists and is no alias: RFC 1034 3.6.2 allows no other record beside a CNAME. */
bool assessment_is_publishable(const struct assessment *a);
/* The name a TXT answer really stands at: the end of its CNAME chain. */
struct span fact_owner(const struct fact *fact, struct span name);
/* Neither sends nor receives, or never said that it does. */
bool assessment_is_silent(const struct assessment *a);

/* fix_spf.c */
bool fix_publish_spf(struct builder *builder);
bool fix_repair_spf(struct builder *builder);
bool fix_tighten_spf_all(struct builder *builder);
bool fix_remove_spf_type99(struct builder *builder);
/* fix_dmarc.c */
/* What covers the domain is its registry's record: only one of its own can be changed. */
bool dmarc_wants_own_record(const struct assessment *a);
bool fix_publish_dmarc(struct builder *builder);
bool fix_repair_dmarc(struct builder *builder);
bool fix_authorise_report_destination(struct builder *builder);
bool fix_tighten_dmarc(struct builder *builder);
/* fix_dkim.c */
bool fix_remove_dkim_record(struct builder *builder);
bool fix_replace_dkim_key(struct builder *builder);
bool fix_repair_dkim_record(struct builder *builder);
bool fix_publish_empty_dkim(struct builder *builder);
/* fix_mx.c */
bool fix_repair_mx(struct builder *builder);
bool fix_publish_null_mx(struct builder *builder);
/* fix_transit.c */
bool fix_publish_tls_rpt(struct builder *builder);
bool fix_repair_tls_rpt(struct builder *builder);
bool fix_repair_bimi(struct builder *builder);
/* fix_mta_sts.c */
bool fix_publish_mta_sts(struct builder *builder);
bool fix_repair_mta_sts(struct builder *builder);
bool fix_replace_mta_sts_policy(struct builder *builder);
bool fix_enforce_mta_sts(struct builder *builder);
/* fix_parked.c */
bool fix_park_domain(struct builder *builder);

#endif
