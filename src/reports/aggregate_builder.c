/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The elements of an aggregate report, one after the other. */
#include "reports/aggregate_builder.h"

#include <stdio.h>
#include <stdlib.h>

#include "reports/aggregate_row.h"
#include "reports/aggregate_rules.h"
#include "reports/values.h"

/* REPORT_LIMIT max_element_depth is checked before; this is only the array. */
#define STACK_DEPTH 64
/* A kept text of a head (org_name, error) or row (comment, human_result). */
#define KEPT_TEXT_BYTES 1024
#define NAMESPACE_RFC9990 SPAN("urn:ietf:params:xml:ns:dmarc-2.0")

/* One open element. */
struct level {
	enum aggregate_section section;
	const struct aggregate_rule *rule; /* of a leaf; NULL in a section */
	bool is_root;
};

struct aggregate_builder {
	struct reading *reading;
	struct aggregate_report report;
	struct aggregate_row row;
	/* Where elements go that are one too many. */
	struct aggregate_dkim spare_dkim;
	struct aggregate_spf spare_spf;
	struct aggregate_reason spare_reason;
	void *target; /* what the leaves of the innermost list entry fill */
	struct level levels[STACK_DEPTH];
	size_t depth;
	struct buffer leaf;	   /* text of the leaf that is open */
	struct buffer reason_text; /* text directly in <reason> */
	struct pool head_pool;
	struct pool row_pool;
	struct report_hash rows_hash;
	struct report_hash fingerprint;
	bool is_begun; /* aggregate_begin was told */
	bool is_complete;
	bool has_root;
	bool has_metadata;
	bool has_policy;
	bool has_begin;
	bool has_end;
	bool is_in_row;
	bool is_policy_repeated;
	char head_text[REPORT_HEAD_TEXT_BYTES];
	char row_text[REPORT_ROW_TEXT_BYTES];
};

struct aggregate_builder *aggregate_builder_new(struct reading *reading)
{
	struct aggregate_builder *builder = calloc(1, sizeof(*builder));
	if (builder == NULL) {
		reading_fail_memory(reading, "read an aggregate report");
		return NULL;
	}
	builder->reading = reading;
	builder->leaf = buffer_new(reading->options.limits.max_element_bytes);
	builder->reason_text = buffer_new(KEPT_TEXT_BYTES);
	builder->head_pool =
		(struct pool){builder->head_text, 0, sizeof(builder->head_text), false};
	builder->row_pool = (struct pool){builder->row_text, 0, sizeof(builder->row_text), false};
	return builder;
}

void aggregate_builder_free(struct aggregate_builder *builder)
{
	if (builder != NULL) {
		buffer_free(&builder->leaf);
		buffer_free(&builder->reason_text);
		free(builder);
	}
}

void aggregate_builder_begin(struct aggregate_builder *builder)
{
	builder->report = (struct aggregate_report){.schema = AGGREGATE_RFC7489};
	aggregate_row_clear(&builder->row);
	builder->row.number = 0;
	builder->depth = 0;
	builder->rows_hash = (struct report_hash){0, 0};
	builder->is_begun = builder->is_complete = builder->has_root = false;
	builder->has_metadata = builder->has_policy = builder->has_begin = false;
	builder->has_end = builder->is_in_row = builder->is_policy_repeated = false;
	pool_clear(&builder->head_pool);
	pool_clear(&builder->row_pool);
}

static void warn(struct aggregate_builder *builder, enum report_warning_code code,
		 struct span detail)
{
	reading_warn(builder->reading, code, builder->is_in_row ? builder->row.number : 0, 0,
		     detail);
}

static enum aggregate_section current_section(const struct aggregate_builder *builder)
{
	return builder->depth > 0 ? builder->levels[builder->depth - 1].section : SECTION_TOP;
}

/* ---- identity ---- */

static struct span lower_domain_of(struct aggregate_builder *builder, struct span address)
{
	struct span domain = {NULL, 0};
	(void)value_domain(&builder->head_pool, address, &domain);
	return domain;
}

static struct span reporter_of(struct aggregate_builder *builder)
{
	const struct report_mail *mail = builder->reading->mail;
	struct span reporter = {NULL, 0};
	if (builder->report.organisation.len > 0) {
		reporter = pool_copy(&builder->head_pool, builder->report.organisation,
				     KEPT_TEXT_BYTES);
		char *octets = builder->head_text + builder->head_pool.len - reporter.len;
		for (size_t i = 0; i < reporter.len; i++) {
			octets[i] = text_lower(octets[i]);
		}
		return reporter;
	}
	if (builder->report.contact.len > 0) {
		reporter = lower_domain_of(builder, builder->report.contact);
	}
	if (reporter.len == 0 && mail != NULL) {
		reporter = mail->from_domain;
	}
	return reporter.len > 0 ? reporter : SPAN("unknown");
}

/* Leaves the pool as it is, so that it can be done again at the end. */
static struct pool settle_identity(struct aggregate_builder *builder)
{
	struct pool before = builder->head_pool;
	struct report_identity *identity = &builder->report.identity;
	identity->reporter = reporter_of(builder);
	identity->domain = builder->report.policy.domain;
	identity->period.is_known = builder->has_begin && builder->has_end;
	return before;
}

static void tell_begin(struct aggregate_builder *builder)
{
	if (!builder->is_begun) {
		builder->is_begun = true;
		struct pool before = settle_identity(builder);
		READING_TELL(builder->reading, aggregate_begin, &builder->report);
		builder->head_pool = before;
	}
}

/* ---- values ---- */

/* What the leaves of the current section fill. */
static void *section_target(struct aggregate_builder *builder)
{
	switch (current_section(builder)) {
	case SECTION_POLICY:
		return &builder->report.policy;
	case SECTION_ROW:
	case SECTION_EVALUATED:
	case SECTION_IDENTIFIERS:
		return &builder->row;
	case SECTION_REASON:
	case SECTION_DKIM:
	case SECTION_SPF:
		return builder->target;
	case SECTION_TOP:
	case SECTION_METADATA:
	case SECTION_DATE_RANGE:
	case SECTION_RECORD:
	case SECTION_AUTH:
	case SECTION_SKIPPED:
	case SECTION_COUNT:
		break;
	}
	return &builder->report;
}

static struct pool *section_pool(struct aggregate_builder *builder)
{
	return builder->is_in_row ? &builder->row_pool : &builder->head_pool;
}

static void keep_text(struct aggregate_builder *builder, struct span *member, struct span text)
{
	if (member->len == 0) {
		*member = pool_copy(section_pool(builder), text, KEPT_TEXT_BYTES);
	}
}

static void keep_domain(struct aggregate_builder *builder, const struct aggregate_rule *rule,
			struct span *member, struct span text)
{
	if (member->len > 0 || text.len == 0) {
		return;
	}
	if (value_domain(section_pool(builder), text, member) == VALUE_OTHER_FORM &&
	    rule->offset == offsetof(struct aggregate_row, header_from) && builder->is_in_row &&
	    current_section(builder) == SECTION_IDENTIFIERS) {
		warn(builder, REPORT_ROW_FROM_FORM, text);
	}
}

static void keep_word(struct aggregate_builder *builder, const struct aggregate_rule *rule,
		      void *member, struct span text)
{
	int value = report_word_read(rule->words, text);
	bool is_listed_other = span_equal_nocase(text, SPAN("other"));
	memcpy(member, &value, sizeof(value));
	if (value == rule->words->other && !is_listed_other) {
		warn(builder,
		     current_section(builder) == SECTION_POLICY ? REPORT_POLICY_VALUE
								: REPORT_ROW_RESULT,
		     text);
	}
}

static void keep_source(struct aggregate_builder *builder, struct span text)
{
	enum value_status status = value_address(text, &builder->row.source);
	builder->row.has_source = status != VALUE_NONE;
	if (status == VALUE_OTHER_FORM) {
		warn(builder, REPORT_ROW_SOURCE_FORM, text);
	}
}

static void keep_count(struct aggregate_builder *builder, struct span text)
{
	enum value_status status = value_count(text, &builder->row.count);
	builder->row.has_count = status != VALUE_NONE;
	if (status == VALUE_OTHER_FORM) {
		warn(builder, REPORT_ROW_COUNT_FORM, text);
	}
}

static void keep_time(struct aggregate_builder *builder, struct span text, int64_t *ret_time,
		      bool *ret_has_time)
{
	enum value_status status = value_time(text, ret_time);
	*ret_has_time |= status != VALUE_NONE;
	if (status == VALUE_OTHER_FORM) {
		warn(builder, REPORT_PERIOD_FORM, text);
	}
}

static void keep_pct(struct aggregate_builder *builder, struct span text)
{
	uint64_t pct;
	struct aggregate_policy *policy = &builder->report.policy;
	policy->has_pct = number_parse_decimal(text, 100, &pct);
	if (policy->has_pct) {
		policy->pct = (unsigned)pct;
	} else if (text.len > 0) {
		warn(builder, REPORT_POLICY_VALUE, text);
	}
}

static void keep_error(struct aggregate_builder *builder, struct span text)
{
	struct aggregate_report *report = &builder->report;
	if (text.len > 0 && report->error_count < REPORT_MAX_ERRORS) {
		keep_text(builder, &report->errors[report->error_count], text);
		report->error_count++;
	}
}

static void close_leaf(struct aggregate_builder *builder, const struct aggregate_rule *rule)
{
	struct span text = span_trim(buffer_span(&builder->leaf), TEXT_SPACE);
	char *member = (char *)section_target(builder) + rule->offset;
	struct report_period *period = &builder->report.identity.period;
	if (rule->is_rfc9990 && text.len > 0) {
		builder->report.schema = AGGREGATE_RFC9990;
	}
	switch (rule->action) {
	case ACTION_TEXT:
		keep_text(builder, (struct span *)(void *)member, text);
		break;
	case ACTION_DOMAIN:
		keep_domain(builder, rule, (struct span *)(void *)member, text);
		break;
	case ACTION_WORD:
		keep_word(builder, rule, member, text);
		break;
	case ACTION_SOURCE:
		keep_source(builder, text);
		break;
	case ACTION_COUNT:
		keep_count(builder, text);
		break;
	case ACTION_BEGIN:
		keep_time(builder, text, &period->begin, &builder->has_begin);
		break;
	case ACTION_END:
		keep_time(builder, text, &period->end, &builder->has_end);
		break;
	case ACTION_PCT:
		keep_pct(builder, text);
		break;
	case ACTION_TESTING:
		builder->report.policy.is_testing = span_equal_nocase(text, SPAN("y"));
		break;
	case ACTION_ERROR:
		keep_error(builder, text);
		break;
	case ACTION_OPEN:
		break;
	}
}

/* ---- sections ---- */

static void open_record(struct aggregate_builder *builder)
{
	uint64_t number = builder->row.number + 1;
	aggregate_row_clear(&builder->row);
	pool_clear(&builder->row_pool);
	builder->row.number = number;
	builder->is_in_row = true;
	if (number > builder->reading->options.limits.max_rows) {
		reading_refuse(builder->reading, REPORT_REFUSED_ROWS, "rows of a report");
	}
}

static enum aggregate_section open_policy(struct aggregate_builder *builder)
{
	if (builder->has_policy) {
		warn(builder, REPORT_POLICY_REPEATED, span_of(NULL, 0));
		return SECTION_SKIPPED;
	}
	builder->has_policy = true;
	return SECTION_POLICY;
}

/* The entry that the leaves of a list's element fill. */
static void *open_entry(struct aggregate_builder *builder, enum aggregate_section section)
{
	struct aggregate_row *row = &builder->row;
	if (section == SECTION_DKIM && row->dkim_count < REPORT_MAX_DKIM) {
		return &row->dkim[row->dkim_count++];
	}
	if (section == SECTION_SPF && row->spf_count < REPORT_MAX_SPF) {
		return &row->spf[row->spf_count++];
	}
	if (section == SECTION_REASON) {
		buffer_clear(&builder->reason_text);
		if (row->reason_count < REPORT_MAX_REASONS) {
			return &row->reasons[row->reason_count++];
		}
	}
	warn(builder, REPORT_ROW_LISTS, span_of(NULL, 0));
	return section == SECTION_DKIM	? (void *)&builder->spare_dkim
	       : section == SECTION_SPF ? (void *)&builder->spare_spf
					: (void *)&builder->spare_reason;
}

static enum aggregate_section open_section(struct aggregate_builder *builder,
					   enum aggregate_section section)
{
	switch (section) {
	case SECTION_RECORD:
		open_record(builder);
		break;
	case SECTION_POLICY:
		return open_policy(builder);
	case SECTION_METADATA:
		builder->has_metadata = true;
		break;
	case SECTION_DKIM:
	case SECTION_SPF:
	case SECTION_REASON:
		builder->target = open_entry(builder, section);
		break;
	case SECTION_TOP:
		builder->has_root = true;
		break;
	case SECTION_DATE_RANGE:
	case SECTION_ROW:
	case SECTION_EVALUATED:
	case SECTION_IDENTIFIERS:
	case SECTION_AUTH:
	case SECTION_SKIPPED:
	case SECTION_COUNT:
		break;
	}
	return section;
}

static void finish_row(struct aggregate_builder *builder)
{
	struct aggregate_report *report = &builder->report;
	struct aggregate_row *row = &builder->row;
	aggregate_row_finish(builder->reading, report, row);
	if (builder->row_pool.is_cut) {
		warn(builder, REPORT_TEXT_LONG, span_of(NULL, 0));
	}
	builder->is_in_row = false;
	tell_begin(builder);
	report->row_count++;
	report->message_count += row->count;
	hash_sum(&builder->rows_hash, row->hash);
	READING_TELL(builder->reading, aggregate_row, report, row);
}

/* An empty <dkim/> says nothing (gosecure.net sends 1,108 of them). */
static void close_dkim(struct aggregate_builder *builder)
{
	struct aggregate_row *row = &builder->row;
	const struct aggregate_dkim *dkim = builder->target;
	if (dkim != &builder->spare_dkim && dkim->domain.len == 0 && dkim->selector.len == 0 &&
	    dkim->result == REPORT_RESULT_ABSENT) {
		row->dkim_count--;
	}
}

static void close_spf(struct aggregate_builder *builder)
{
	const struct aggregate_spf *spf = builder->target;
	if (spf != &builder->spare_spf && spf->domain.len == 0 &&
	    spf->result == REPORT_RESULT_ABSENT) {
		builder->row.spf_count--;
	}
}

/* rspamd wrote <reason>sampled_out</reason>. */
static void close_reason(struct aggregate_builder *builder)
{
	struct aggregate_reason *reason = builder->target;
	struct span text = span_trim(buffer_span(&builder->reason_text), TEXT_SPACE);
	if (reason->type == REPORT_REASON_ABSENT && text.len > 0) {
		reason->type = (enum report_reason_type)report_word_read(&report_reasons, text);
		if (reason->type == REPORT_REASON_OTHER && reason->comment.len == 0) {
			reason->comment = pool_copy(&builder->row_pool, text, KEPT_TEXT_BYTES);
		}
	}
	if (reason != &builder->spare_reason && reason->type == REPORT_REASON_ABSENT &&
	    reason->comment.len == 0) {
		builder->row.reason_count--;
	}
}

static void close_section(struct aggregate_builder *builder, enum aggregate_section section)
{
	switch (section) {
	case SECTION_RECORD:
		finish_row(builder);
		break;
	case SECTION_DKIM:
		close_dkim(builder);
		break;
	case SECTION_SPF:
		close_spf(builder);
		break;
	case SECTION_REASON:
		close_reason(builder);
		break;
	case SECTION_TOP:
	case SECTION_METADATA:
	case SECTION_DATE_RANGE:
	case SECTION_POLICY:
	case SECTION_ROW:
	case SECTION_EVALUATED:
	case SECTION_IDENTIFIERS:
	case SECTION_AUTH:
	case SECTION_SKIPPED:
	case SECTION_COUNT:
		break;
	}
}

/* ---- events ---- */

static void look_for_namespace(struct aggregate_builder *builder, const char *const *attributes)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		if (span_equal(span_of_string(attributes[i + 1]), NAMESPACE_RFC9990)) {
			builder->report.schema = AGGREGATE_RFC9990;
		}
	}
}

static struct span local_name(const char *name)
{
	struct span whole = span_of_string(name);
	size_t colon = span_find(whole, ':', 0);
	return colon < whole.len ? span_from(whole, colon + 1) : whole;
}

/* The level of a section or of an element that is passed over. */
static struct level level_of(struct aggregate_builder *builder, const struct aggregate_rule *rule,
			     bool is_in_leaf)
{
	enum aggregate_section section = current_section(builder);
	if (rule == NULL) {
		bool is_wrapper = section == SECTION_TOP && !is_in_leaf;
		return (struct level){.section = is_wrapper ? SECTION_TOP : SECTION_SKIPPED};
	}
	if (rule->action == ACTION_OPEN) {
		bool is_root = rule->section == SECTION_TOP;
		return (struct level){.section = open_section(builder, rule->section),
				      .is_root = is_root};
	}
	buffer_clear(&builder->leaf);
	return (struct level){.section = section, .rule = rule};
}

void aggregate_builder_open(struct aggregate_builder *builder, const char *name,
			    const char *const *attributes)
{
	if (builder->depth == STACK_DEPTH) {
		reading_refuse(builder->reading, REPORT_REFUSED_NESTING, "XML elements");
		return;
	}
	if (builder->depth < 2) {
		look_for_namespace(builder, attributes);
	}
	bool is_in_leaf = builder->depth > 0 && builder->levels[builder->depth - 1].rule != NULL;
	const struct aggregate_rule *rule =
		is_in_leaf ? NULL : aggregate_rule_find(current_section(builder), local_name(name));
	builder->levels[builder->depth] = level_of(builder, rule, is_in_leaf);
	builder->depth++;
}

void aggregate_builder_text(struct aggregate_builder *builder, struct span text)
{
	if (builder->depth == 0) {
		return;
	}
	const struct level *level = &builder->levels[builder->depth - 1];
	if (level->rule != NULL) {
		buffer_append(&builder->leaf, text);
		if (builder->leaf.is_failed) {
			reading_refuse(builder->reading, REPORT_REFUSED_SIZE,
				       "text of one element");
		}
	} else if (level->section == SECTION_REASON) {
		buffer_append(&builder->reason_text, text);
	}
}

void aggregate_builder_close(struct aggregate_builder *builder)
{
	if (builder->depth == 0) {
		return;
	}
	const struct level *level = &builder->levels[builder->depth - 1];
	if (level->rule != NULL) {
		close_leaf(builder, level->rule);
	}
	builder->depth--;
	builder->is_complete |= level->is_root;
	if (level->rule == NULL) {
		close_section(builder, level->section);
	}
}

void aggregate_builder_break(struct aggregate_builder *builder, uint64_t offset)
{
	if (builder->is_in_row) {
		builder->report.lost_row_count++;
		reading_warn(builder->reading, REPORT_ROW_LOST, builder->row.number, offset,
			     span_of(NULL, 0));
	}
	builder->is_in_row = false;
	builder->depth = 0;
}

static void finish_head(struct aggregate_builder *builder)
{
	struct aggregate_report *report = &builder->report;
	struct report_period *period = &report->identity.period;
	struct span nothing = {NULL, 0};
	if (report->organisation.len == 0) {
		warn(builder, REPORT_REPORTER_MISSING, nothing);
	}
	if (report->contact.len == 0) {
		warn(builder, REPORT_CONTACT_MISSING, nothing);
	}
	if (!builder->has_begin || !builder->has_end) {
		warn(builder, REPORT_PERIOD_MISSING, nothing);
	} else if (period->begin > period->end) {
		int64_t begin = period->begin;
		period->begin = period->end;
		period->end = begin;
		warn(builder, REPORT_PERIOD_REVERSED, nothing);
	}
	if (report->policy.domain.len == 0 || report->policy.p == REPORT_POLICY_ABSENT) {
		warn(builder, REPORT_POLICY_MISSING, nothing);
	}
	if (!builder->has_root) {
		warn(builder, REPORT_ROOT_UNKNOWN, nothing);
	}
	if (builder->head_pool.is_cut) {
		warn(builder, REPORT_TEXT_LONG, nothing);
	}
}

static void settle_content(struct aggregate_builder *builder)
{
	struct aggregate_report *report = &builder->report;
	struct report_identity *identity = &report->identity;
	struct report_hash hash = hash_new();
	hash_span(&hash, report->policy.domain);
	hash_number(&hash,
		    (uint64_t)report->policy.p << 16 | report->policy.sp << 8 | report->policy.np);
	hash_number(&hash, (uint64_t)identity->period.begin);
	hash_number(&hash, (uint64_t)identity->period.end);
	hash_number(&hash, report->row_count);
	hash_sum(&hash, builder->rows_hash);
	identity->content = hash;
	if (identity->id.len == 0) {
		char id[sizeof("hash:") + 32];
		int len = snprintf(id, sizeof(id), "hash:%016llx%016llx",
				   (unsigned long long)hash.high, (unsigned long long)hash.low);
		identity->id = pool_copy(&builder->head_pool, span_of(id, (size_t)len), sizeof(id));
		warn(builder, REPORT_ID_MISSING, span_of(NULL, 0));
	}
	hash_span(&hash, identity->id);
	hash_span(&hash, identity->reporter);
	builder->fingerprint = hash;
}

bool aggregate_builder_end(struct aggregate_builder *builder)
{
	bool is_refused = builder->reading->ending.refusal != REPORT_NOT_REFUSED;
	bool has_head = builder->has_metadata || builder->has_policy;
	bool is_report = builder->is_begun || (has_head && !is_refused);
	if (is_report) {
		builder->reading->ending.kind = REPORT_KIND_AGGREGATE;
		tell_begin(builder);
		finish_head(builder);
		(void)settle_identity(builder);
		settle_content(builder);
		READING_TELL(builder->reading, aggregate_end, &builder->report);
	}
	return is_report;
}

bool aggregate_builder_is_in_row(const struct aggregate_builder *builder)
{
	return builder->is_in_row;
}

bool aggregate_builder_is_complete(const struct aggregate_builder *builder)
{
	return builder->is_complete;
}

struct report_hash aggregate_builder_fingerprint(const struct aggregate_builder *builder)
{
	return builder->fingerprint;
}
