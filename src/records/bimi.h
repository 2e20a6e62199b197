/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* BIMI assertion records: the TXT record at <selector>._bimi (draft-brand-indicators-for-message-
 * identification). */
#ifndef MAILSEAL_RECORDS_BIMI_H
#define MAILSEAL_RECORDS_BIMI_H

#include "base/buffer.h"
#include "records/problem.h"
#include "records/tag_list.h"

enum bimi_avatar {
	BIMI_AVATAR_BRAND, /* the default */
	BIMI_AVATAR_PERSONAL,
};

struct bimi_record {
	struct span text;
	struct tag_list tags;
	struct span location; /* l=: the SVG; empty when declined or absent */
	bool has_location;    /* l= is there, perhaps empty */
	bool is_location_valid;
	struct span evidence; /* a=: the mark certificate; empty means self-asserted */
	bool has_evidence;    /* a= is there, perhaps empty */
	bool is_evidence_valid;
	enum bimi_avatar avatar; /* avp= */
	struct span local_parts; /* lps=: comma-separated prefixes as written; empty when absent */
	struct problems problems;
};

/* The first tag is v and its value exactly BIMI1 (white space around "=" allowed). */
bool bimi_record_is_bimi(struct span text);
/* Looks like BIMI gone wrong ("v=bimi1;", "BIMI1; l=..."): for a useful finding. */
bool bimi_record_is_near_miss(struct span text);
/* Never fails on bad text; NULL only when the arena failed. */
struct bimi_record *bimi_record_parse(struct arena *arena, struct span text);
/* "v=BIMI1; l=; a=;": the domain says that it takes no part. */
bool bimi_record_is_declined(const struct bimi_record *record);
void bimi_record_write(const struct bimi_record *record, struct buffer *text);

#endif
