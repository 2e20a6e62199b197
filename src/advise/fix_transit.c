/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS-RPT and BIMI: the one TXT record each of them keeps. */
#include "advise/addresses.h"
#include "advise/builder.h"
#include "advise/record.h"
#include "advise/tag_draft.h"
#include "advise/tag_text.h"
#include "assess/bimi.h"
#include "assess/tls_rpt.h"

static const struct span rua_name[] = {SPAN_INIT("rua")};
static const struct span bimi_names[] = {SPAN_INIT("l"), SPAN_INIT("a"), SPAN_INIT("avp"),
					 SPAN_INIT("lps")};

static struct tag_draft draft_of(struct arena *arena, struct span text,
				 const struct tag_grammar *grammar)
{
	struct problems problems = {0};
	struct tag_list list =
		tag_list_parse(arena, tag_text_mend(arena, text, grammar), &problems);
	return tag_draft_of(arena, &list);
}

/* --- TLS-RPT --- */

/* The addresses of one text that may still be read. */
static struct span tls_rpt_addresses(const struct builder *builder, struct span text)
{
	static const struct tag_grammar grammar = {SPAN_INIT("tlsrpt"), SPAN_INIT("TLSRPTv1"),
						   rua_name, 1};
	const struct address_rules rules = {
		.arena = builder->arena,
		.a = builder->a,
		.judged = &builder->a->tls_rpt->rua,
		.is_https_ok = true,
		.other_kind = SPAN("dmarc"),
	};
	struct tag_draft draft = draft_of(builder->arena, text, &grammar);
	const struct tag_draft_item *rua = tag_draft_find(&draft, SPAN("rua"));
	return rua != NULL ? addresses_mend(&rules, rua->value) : SPAN("");
}

static struct span tls_rpt_value(const struct builder *builder, struct span addresses)
{
	return arena_printf(
		builder->arena, "v=TLSRPTv1; rua=%.*s",
		SPAN_ARG(addresses.len > 0 ? addresses : SPAN(RECORD_ADDRESS_TEMPLATE)));
}

bool fix_publish_tls_rpt(struct builder *builder)
{
	builder_put_single(builder, &builder->a->tls_rpt->found, tls_rpt_value(builder, SPAN("")));
	return true;
}

bool fix_repair_tls_rpt(struct builder *builder)
{
	const struct txt_records *found = &builder->a->tls_rpt->found;
	struct span addresses = tls_rpt_addresses(builder, found->near_miss);
	for (size_t i = 0; i < found->count; i++) {
		addresses = addresses_join(builder->arena, addresses,
					   tls_rpt_addresses(builder, found->texts[i]));
	}
	builder_put_single(builder, found, tls_rpt_value(builder, addresses));
	return true;
}

/* --- BIMI --- */

/* A record that only its writing keeps from working; what else is wrong needs its owner. */
bool fix_repair_bimi(struct builder *builder)
{
	static const struct tag_grammar grammar = {SPAN_INIT("bimi"), SPAN_INIT("BIMI1"),
						   bimi_names,
						   sizeof(bimi_names) / sizeof(bimi_names[0])};
	const struct txt_records *found = &builder->a->bimi->found;
	if (found->count > 1) {
		return true;
	}
	struct span old = found->count > 0 ? found->texts[0] : found->near_miss;
	struct tag_draft draft = draft_of(builder->arena, old, &grammar);
	struct span value = tag_draft_write(&draft);
	const struct bimi_record *record = bimi_record_parse(builder->arena, value);
	if (record != NULL && bimi_record_is_bimi(value) && problem_count(&record->problems) == 0) {
		builder_put_single(builder, found, value);
	}
	return true;
}
