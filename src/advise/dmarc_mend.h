/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * One new DMARC record out of a published one. Mending keeps the policy, the wanted tags, their
 * order and every report address that may still be read; it drops what receivers no longer read and
 * what nobody receives. Tightening then goes one step of the journey, never more.
 */
#ifndef MAILSEAL_ADVISE_DMARC_MEND_H
#define MAILSEAL_ADVISE_DMARC_MEND_H

#include "advise/tag_draft.h"
#include "assess/dmarc.h"

struct dmarc_mend {
	struct arena *arena;
	const struct assessment *a;
	bool is_new_to_force; /* the text was no record before: its policy must start at none */
};

/* The draft of a record's text, slips of writing put right and everything mended but its strength.
 */
struct tag_draft dmarc_mend_draft(const struct dmarc_mend *mend, struct span text);
/* Adds the addresses of another record's rua and ruf, and weakens the policy to its. */
void dmarc_mend_join(const struct dmarc_mend *mend, struct tag_draft *draft,
		     const struct tag_draft *other);
/* Writes the draft; empty when our parser has something against it. */
struct span dmarc_mend_write(const struct tag_draft *draft);
/* One step: out of test mode, or all of the mail, or the subdomains, or the policy itself. */
void dmarc_mend_tighten(const struct dmarc_mend *mend, struct tag_draft *draft);
/* The tags that make its strength: "p=quarantine; pct=50"; in the arena. */
struct span dmarc_mend_strength(const struct tag_draft *draft);

#endif
