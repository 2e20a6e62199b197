/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* TLS-RPT, MTA-STS and BIMI: the one TXT record each of them keeps. */
#include "advise/addresses.h"
#include "advise/builder.h"
#include "advise/record.h"
#include "advise/tag_draft.h"
#include "advise/tag_text.h"
#include "assess/bimi.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
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

/* One record takes the place of what is there: several records, one, a near miss, or nothing. */
static void put_single(struct builder *builder, const struct txt_records *found, struct span value)
{
	if (value.len == 0) {
		return;
	}
	struct span name = fact_owner(found->fact, found->name);
	struct span old = found->count > 0 ? found->texts[0] : found->near_miss;
	builder_put(builder, name, RR_TXT, old, value);
	for (size_t i = 1; i < found->count; i++) {
		builder_remove(builder, name, RR_TXT, found->texts[i]);
	}
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
	put_single(builder, &builder->a->tls_rpt->found, tls_rpt_value(builder, SPAN("")));
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
	put_single(builder, found, tls_rpt_value(builder, addresses));
	return true;
}

/* --- MTA-STS --- */

/* The policy file for the domain's mail hosts, as an indented block of Markdown. */
static struct span indented(struct arena *arena, struct span policy)
{
	struct span text = SPAN("");
	struct span line;
	while (span_split(&policy, '\n', &line)) {
		line = span_trim(line, TEXT_SPACE);
		if (line.len > 0) {
			text = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(text),
					    text.len > 0 ? "\n    " : "", SPAN_ARG(line));
		}
	}
	return text;
}

static bool make_mta_sts(struct builder *builder, struct record_change *ret_change)
{
	/* RFC 8461 3.2 asks for weeks once it is enforced; a day while it is tried out */
	const uint64_t testing_age_s = 86400;
	const struct mx_view *mx = builder->a->mx;
	struct span hosts[MX_MAX_HOSTS];
	for (size_t i = 0; i < mx->host_count; i++) {
		hosts[i] = mx->hosts[i].name;
	}
	const struct record_mta_sts_wish wish = {
		.domain = builder->a->domain,
		.mode = MTA_STS_MODE_TESTING,
		.mx = hosts,
		.mx_count = mx->host_count,
		.max_age_s = testing_age_s,
		.now = builder->a->options->now,
	};
	struct span policy;
	struct failure failure;
	if (record_mta_sts_make(builder->arena, &wish, ret_change, &policy, &failure) < 0) {
		return false;
	}
	builder_arg(builder, SPAN("policy"), indented(builder->arena, policy));
	return true;
}

bool fix_publish_mta_sts(struct builder *builder)
{
	struct record_change change;
	bool is_made = builder->a->mx->host_count > 0 && make_mta_sts(builder, &change);
	if (is_made) {
		put_single(builder, &builder->a->mta_sts->found, change.value);
	}
	return is_made;
}

/* A new id: senders fetch the policy again, whichever they have. */
bool fix_repair_mta_sts(struct builder *builder)
{
	const struct record_mta_sts_wish wish = {
		.domain = builder->a->domain,
		.mode = MTA_STS_MODE_NONE,
		.now = builder->a->options->now,
	};
	struct record_change change;
	struct span policy;
	struct failure failure;
	if (record_mta_sts_make(builder->arena, &wish, &change, &policy, &failure) < 0) {
		return false;
	}
	put_single(builder, &builder->a->mta_sts->found, change.value);
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
		put_single(builder, found, value);
	}
	return true;
}
