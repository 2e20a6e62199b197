/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads one _dmarc name. */
#include "discovery/dmarc_step.h"

#include "records/name.h"
#include "records/txt.h"

static void read_text(struct arena *arena, struct dmarc_step *step, struct vector *texts,
		      struct span text)
{
	if (dmarc_record_is_dmarc(text)) {
		struct span *kept = VECTOR_PUSH(texts, arena, struct span, DMARC_STEP_MAX_TEXTS);
		if (kept != NULL) {
			*kept = text;
		}
	} else if (step->near_miss.len == 0 && dmarc_record_is_near_miss(text)) {
		step->near_miss = text;
	}
}

/* RFC 9989 4.10: what does not start with the version is discarded; if several are left, all are */
static void read_texts(struct arena *arena, struct dmarc_step *step)
{
	const struct dns_answer *answer = step->fact->dns;
	struct vector texts = {0};
	for (size_t i = 0; i < answer->record_count && i < DMARC_STEP_MAX_TEXTS; i++) {
		struct txt txt;
		if (txt_parse(arena, answer->records[i].rdata, &txt)) {
			read_text(arena, step, &texts, txt.text);
		}
	}
	step->texts = texts.items;
	step->text_count = texts.len;
	if (texts.len == 1) {
		step->kind = DMARC_STEP_RECORD;
		step->record = dmarc_record_parse(arena, step->texts[0]);
	} else if (texts.len > 1) {
		step->kind = DMARC_STEP_SEVERAL;
	}
	if (step->kind == DMARC_STEP_RECORD && step->record == NULL) {
		step->kind = DMARC_STEP_UNKNOWN; /* the arena failed: the caller's run fails */
	}
}

struct dmarc_step dmarc_step_read(struct arena *arena, struct inquiry *inquiry, struct span domain)
{
	struct dmarc_step step = {
		.domain = domain,
		.name = name_join(arena, SPAN("_dmarc"), domain),
		.kind = DMARC_STEP_NONE,
	};
	if (step.name.len == 0) {
		return step;
	}
	step.fact = inquire_dns(inquiry, step.name, RR_TXT);
	if (fact_is_unknown(step.fact)) {
		step.kind = DMARC_STEP_UNKNOWN;
	} else if (fact_is_present(step.fact)) {
		read_texts(arena, &step);
	}
	return step;
}
