/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Says what the things of a sector are. */
#include "present/sector_words.h"

#include <stdio.h>

/* Enough of a SHA-256 to find a key again. */
#define DIGEST_SHOWN 16

struct share_text sector_share(uint64_t part, uint64_t whole)
{
	struct share_text share;
	unsigned percent = whole == 0 ? 0 : (unsigned)((part * 100 + whole / 2) / whole);
	if (percent == 0 && part > 0) {
		snprintf(share.text, sizeof(share.text), "<1 %%");
	} else if (percent >= 100 && part < whole) {
		snprintf(share.text, sizeof(share.text), ">99 %%");
	} else {
		snprintf(share.text, sizeof(share.text), "%u %%", percent > 100 ? 100 : percent);
	}
	return share;
}

/* ", and likewise 36 more domains" */
static struct span others(struct arena *arena, const struct sector_item *item)
{
	return item->domain_count < 2 ? SPAN("")
				      : arena_printf(arena, ", and likewise %llu more domain%s",
						     (unsigned long long)(item->domain_count - 1),
						     item->domain_count == 2 ? "" : "s");
}

static struct span finding_sentence(struct arena *arena, const struct sector_item *item)
{
	return arena_printf(arena, "%.*s%s%.*s%.*s", SPAN_ARG(item->subject),
			    item->subject.len > 0 ? ": " : "", SPAN_ARG(item->about),
			    SPAN_ARG(others(arena, item)));
}

static struct span key_sentence(struct arena *arena, const struct sector_item *item)
{
	struct span digest = span_slice(item->name, 0, DIGEST_SHOWN);
	struct span where = item->about;
	if (item->control == CONTROL_DKIM) {
		where = arena_printf(arena, "%.*s._domainkey.%.*s", SPAN_ARG(item->about),
				     SPAN_ARG(*VECTOR_AT(&item->domains, struct span, 0)));
	}
	struct span bits = item->number > 0
				   ? arena_printf(arena, "%lld bits, ", (long long)item->number)
				   : SPAN("");
	return arena_printf(arena, "%s %.*s (%.*sSHA-256 %.*s...)%.*s",
			    item->control == CONTROL_DKIM ? "DKIM key" : "Certificate key of",
			    SPAN_ARG(where), SPAN_ARG(bits), SPAN_ARG(digest),
			    SPAN_ARG(others(arena, item)));
}

struct span sector_sentence(struct arena *arena, const struct sector_item *item)
{
	if (item->finding.len > 0) {
		return finding_sentence(arena, item);
	}
	if (item->is_key) {
		return key_sentence(arena, item);
	}
	return item->about.len > 0 ? arena_printf(arena, "%.*s (%.*s)", SPAN_ARG(item->name),
						  SPAN_ARG(item->about))
				   : item->name;
}
