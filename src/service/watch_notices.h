/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From what changed about a domain to what somebody should be told. */
#ifndef MAILSEAL_SERVICE_WATCH_NOTICES_H
#define MAILSEAL_SERVICE_WATCH_NOTICES_H

#include "estate/change.h"
#include "service/scan.h"
#include "service/sector.h"
#include "store/notices.h"

/* One result makes at most so many; a domain has a handful of mail hosts. */
#define WATCH_MAX_NOTICES 64
/* Between the text and the JSON of a body. */
#define WATCH_BODY_SEPARATOR '\x1e'

struct watch_look {
	const struct scan_item *item;
	const struct change *change; /* against the look before; NULL: this is the first */
	const struct assessment *assessment;
	const struct facts *before; /* NULL without a look before */
	const struct facts *facts;
	int64_t at;
	const struct vector *exceptions; /* of struct sector_exception; may be NULL */
};

/*
 * Notices in the arena. Kinds: worse, better, expiring, policy, sender, silence. The body is the
 * text for people, WATCH_BODY_SEPARATOR, and one JSON object; that of a part likewise, but its JSON
 * is a finding with its advice, or empty. What got worse or better is keyed by finding, so that one
 * more of them does not repeat the others. NULL and no count when memory is out.
 */
const struct notice *watch_notices(struct arena *arena, const struct watch_look *look,
				   size_t *ret_count);

#endif
