/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What to do about the findings of one domain, in order. */
#ifndef MAILSEAL_ADVISE_FIX_H
#define MAILSEAL_ADVISE_FIX_H

#include "advise/record_change.h"
#include "assess/assess.h"

#define FIX_MAX_RECORDS 16

struct fix {
	enum fix_id id;
	const struct fix_text *text;
	struct span title; /* the texts with placeholders filled */
	struct span action;
	struct span warning;
	struct span verify;
	struct record_change *changes;
	size_t change_count;
	const struct finding **findings; /* those it mends */
	size_t finding_count;
	enum severity severity; /* the worst of them */
};

struct advice {
	struct fix *fixes; /* in the order to do them */
	size_t fix_count;
};

/*
 * Fixes for all findings that name one (front matter "fix:"), ordered: nothing that can break mail
 * before what makes it safe. In the arena; NULL only when the arena failed.
 */
struct advice *advise(struct arena *arena, const struct assessment *assessment);
/* The changes of the fix a finding leads to; NULL when there are none. */
const struct fix *advice_for(const struct advice *advice, const struct finding *finding);

#endif
