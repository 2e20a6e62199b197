/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What one _dmarc name holds. */
#ifndef MAILSEAL_DISCOVERY_DMARC_STEP_H
#define MAILSEAL_DISCOVERY_DMARC_STEP_H

#include "facts/wants.h"
#include "records/dmarc.h"

/* TXT records looked at under one name; more than that at a _dmarc name is an accident. */
#define DMARC_STEP_MAX_TEXTS 64

enum dmarc_step_kind {
	DMARC_STEP_NONE,    /* no DMARC record */
	DMARC_STEP_RECORD,  /* exactly one */
	DMARC_STEP_SEVERAL, /* more than one: receivers drop them all */
	DMARC_STEP_UNKNOWN, /* no usable answer, or not asked yet */
};

struct dmarc_step {
	struct span domain; /* "example.org" */
	struct span name;   /* "_dmarc.example.org"; empty when that would be too long to exist */
	const struct fact *fact; /* NULL when the name is too long */
	enum dmarc_step_kind kind;
	const struct dmarc_record *record; /* NULL unless DMARC_STEP_RECORD */
	struct span *texts;		   /* every text there whose version is DMARC1 */
	size_t text_count;
	struct span near_miss; /* a text that was surely meant to be one; empty when none */
};

/* Asks for the TXT records at _dmarc.<domain>; domain must be canonical. */
struct dmarc_step dmarc_step_read(struct arena *arena, struct inquiry *inquiry, struct span domain);

#endif
