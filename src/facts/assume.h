/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What if this record were published, or taken away? Assumptions go into an overlay; the facts
 * below stay as observed.
 *
 *   with     'example.org TXT v=spf1 -all'      publishes a record
 *   without  'example.org MX'                   takes all records of that type away
 *
 * A TXT record takes the place of those at the name that begin with the same version word (v=spf1,
 * v=DMARC1), because that is what publishing it means; other TXT records stay. For other types the
 * first assumption for a name and type replaces the records that were there, and further ones add
 * to it. A name that did not exist exists with its first assumed record, and so do those above it.
 *
 * A wildcard (*.example.org) answers for names below it that do not exist, and a CNAME answers with
 * what stands at its target, whatever was asked. Which names those are shows only while the judge
 * asks: see assumed_source.
 */
#ifndef MAILSEAL_FACTS_ASSUME_H
#define MAILSEAL_FACTS_ASSUME_H

#include "facts/settle.h"

#define ASSUME_MAX 256

struct assumption {
	struct span name; /* canonical */
	uint16_t type;
	bool is_removal;
	struct span rdata; /* wire form; empty for a removal */
	struct span text;  /* the record as given, for people */
};

struct assumptions {
	struct vector items; /* of struct assumption */
};

/* Reads one --with (is_removal false) or --without argument. On failure *reterr says what is wrong
 * with it. */
int assumption_add(struct assumptions *assumptions, struct arena *arena, struct span text,
		   bool is_removal, struct failure *reterr) MUST_CHECK;
/* What an assumption is about, and the targets of CNAMEs for what was asked so far, must be
 * observed before it can be laid over: this wants them. */
void assumptions_want(const struct assumptions *assumptions, struct inquiry *inquiry);
/* Fills the overlay (made by facts_overlay_new over the observed facts) with the names that are
 * assumed themselves. */
int assumptions_apply(const struct assumptions *assumptions, struct facts *overlay,
		      struct arena *arena, struct failure *reterr) MUST_CHECK;
/*
 * Lays wildcards and CNAMEs over what was observed: facts of `observed` from `first` on that they
 * answer instead go changed into the overlay. To be called after assumptions_apply().
 */
int assumptions_cover(const struct assumptions *assumptions, const struct facts *observed,
		      size_t first, struct facts *overlay, struct failure *reterr) MUST_CHECK;

/* A source for judging the overlay: asks another one into the observed facts, then covers. */
struct assumed_source {
	struct fact_source source; /* first: answer() casts back */
	struct fact_source *inner;
	const struct assumptions *assumptions;
	struct facts *observed;
};

struct assumed_source assumed_source_new(struct fact_source *inner,
					 const struct assumptions *assumptions,
					 struct facts *observed);

#endif
