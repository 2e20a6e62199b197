/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which sentence says what. */
#include "present/report_words.h"

#include "guide/guide.h"

static struct span count_text(struct arena *arena, uint64_t count)
{
	return arena_printf(arena, "%llu", (unsigned long long)count);
}

struct span evidence_sentence(enum mail_evidence evidence)
{
	static const enum sentence_id sentences[] = {
		[EVIDENCE_SPF_ALIGNED] = SENTENCE_EVIDENCE_SPF_ALIGNED,
		[EVIDENCE_KEY_AT_HOME] = SENTENCE_EVIDENCE_KEY_AT_HOME,
		[EVIDENCE_KEY_ELSEWHERE] = SENTENCE_EVIDENCE_KEY_ELSEWHERE,
		[EVIDENCE_OVERRIDE] = SENTENCE_EVIDENCE_OVERRIDE,
		[EVIDENCE_FORWARDER] = SENTENCE_EVIDENCE_FORWARDER,
		[EVIDENCE_SIGNATURE_BROKEN] = SENTENCE_EVIDENCE_SIGNATURE_BROKEN,
		[EVIDENCE_PASSES_ON_OTHERS] = SENTENCE_EVIDENCE_PASSES_ON_OTHERS,
		[EVIDENCE_OWN_NETWORK] = SENTENCE_EVIDENCE_OWN_NETWORK,
		[EVIDENCE_STRICT_ONLY] = SENTENCE_EVIDENCE_STRICT_ONLY,
		[EVIDENCE_PROVIDER] = SENTENCE_EVIDENCE_PROVIDER,
		[EVIDENCE_PROVIDER_BRIEFLY] = SENTENCE_EVIDENCE_PROVIDER_BRIEFLY,
		[EVIDENCE_STEADY] = SENTENCE_EVIDENCE_STEADY,
		[EVIDENCE_OTHER_STEADY] = SENTENCE_EVIDENCE_OTHER_STEADY,
		[EVIDENCE_NOTHING] = SENTENCE_EVIDENCE_NOTHING,
	};
	return sentence_get(sentences[evidence]);
}

static struct span cause_sentence(enum fail_cause cause)
{
	switch (cause) {
	case CAUSE_NONE:
	case CAUSE_COUNT:
		break;
	case CAUSE_NOT_SIGNED:
		return sentence_get(SENTENCE_CAUSE_NOT_SIGNED);
	case CAUSE_SIGNED_AS_OTHER:
		return sentence_get(SENTENCE_CAUSE_SIGNED_AS_OTHER);
	case CAUSE_SIGNATURE_BROKEN:
		return sentence_get(SENTENCE_CAUSE_SIGNATURE_BROKEN);
	case CAUSE_KEY_MISSING:
		return sentence_get(SENTENCE_CAUSE_KEY_MISSING);
	case CAUSE_STRICT:
		return sentence_get(SENTENCE_CAUSE_STRICT_ALIGNMENT);
	}
	return span_of(NULL, 0);
}

static struct span fix_of(struct arena *arena, const struct sender *sender)
{
	enum fail_cause cause = CAUSE_NOT_SIGNED;
	for (int i = CAUSE_NOT_SIGNED; i < CAUSE_COUNT; i++) {
		if (sender->causes[i] > sender->causes[cause]) {
			cause = (enum fail_cause)i;
		}
	}
	const struct provider *provider = sender->provider;
	if (provider != NULL && provider->dkim_fix.len > 0 && cause != CAUSE_STRICT) {
		return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(provider->dkim_fix),
				    provider->spf_fix.len > 0 ? " " : "",
				    SPAN_ARG(provider->spf_fix));
	}
	return cause_sentence(cause);
}

struct span sender_fix(struct arena *arena, const struct sender *sender)
{
	/* One broken message in a hundred is everyday, and no reason to change anything. */
	if (sender->failing * 100 < sender->messages || sender->failing == 0 ||
	    sender->class == MAIL_SPOOFED || sender->class == MAIL_FORWARDED) {
		return span_of(NULL, 0);
	}
	struct span fix = fix_of(arena, sender);
	/* A stranger must not be given a key of the domain because a report mentions him. */
	return sender->class == MAIL_UNKNOWN && fix.len > 0
		       ? arena_printf(arena, "%.*s %.*s",
				      SPAN_ARG(sentence_get(SENTENCE_FIX_IF_YOURS)), SPAN_ARG(fix))
		       : fix;
}

struct span source_text(struct arena *arena, const struct sender *sender)
{
	struct span text = span_of(NULL, 0);
	if (sender->sources.len == 0) {
		return text;
	}
	const struct sender_sample *source =
		VECTOR_AT(&sender->sources, const struct sender_sample, 0);
	const struct span parts[] = {source->host, source->owner, source->country};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len > 0) {
			text = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(text),
					    text.len > 0 ? ", " : "", SPAN_ARG(parts[i]));
		}
	}
	return text;
}

struct span failure_text(struct arena *arena, const struct failure_line *line)
{
	const struct {
		const char *label;
		struct span value;
	} parts[] = {
		{"failed", line->checks},      {"from", line->from},
		{"envelope", line->mail_from}, {"signed by", line->dkim},
		{"delivery", line->delivery},  {"told by", line->reporter},
	};
	struct span text = span_of(NULL, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].value.len > 0) {
			text = arena_printf(arena, "%.*s%s%s %.*s", SPAN_ARG(text),
					    text.len > 0 ? ", " : "", parts[i].label,
					    SPAN_ARG(parts[i].value));
		}
	}
	return text;
}

struct span day_text(struct arena *arena, int64_t day)
{
	struct time_text text = time_format(day * STORE_DAY_SECONDS);
	return arena_printf(arena, "%.10s", text.text);
}

struct span plan_sentence(const struct plan *plan)
{
	static const enum sentence_id sentences[] = {
		[PLAN_NO_DATA] = SENTENCE_PLAN_NO_DATA, [PLAN_SILENT] = SENTENCE_PLAN_SILENT,
		[PLAN_TOO_FEW] = SENTENCE_PLAN_TOO_FEW, [PLAN_FIX] = SENTENCE_PLAN_FIX,
		[PLAN_DWELL] = SENTENCE_PLAN_DWELL,	[PLAN_STEP] = SENTENCE_PLAN_STEP,
		[PLAN_KEEP] = SENTENCE_PLAN_KEEP,
	};
	const struct senders_report *senders = plan->senders;
	struct arena *arena = senders->arena;
	int64_t at = plan->advice == PLAN_SILENT ? senders->last_report_at : plan->earliest;
	const struct template_arg args[] = {
		{SPAN("domain"), senders->scope.domain},
		{SPAN("date"), day_text(arena, at / STORE_DAY_SECONDS)},
		{SPAN("days"),
		 arena_printf(arena, "%llu", (unsigned long long)plan->days_with_data)},
		{SPAN("messages"),
		 arena_printf(arena, "%llu", (unsigned long long)senders->messages)},
		{SPAN("reporters"),
		 arena_printf(arena, "%llu", (unsigned long long)plan->reporter_count)},
		{SPAN("window"),
		 arena_printf(arena, "%lld",
			      (long long)(senders->scope.last_day - senders->scope.first_day))},
	};
	return template_fill(arena, sentence_get(sentences[plan->advice]), args,
			     sizeof(args) / sizeof(args[0]), NULL);
}

struct span plan_forwarded_sentence(const struct plan *plan)
{
	const struct class_total *total = &plan->senders->classes[MAIL_FORWARDED];
	struct arena *arena = plan->senders->arena;
	if ((plan->advice != PLAN_STEP && plan->advice != PLAN_DWELL) ||
	    total->recent_failing == 0) {
		return span_of(NULL, 0);
	}
	const struct template_arg args[] = {
		{SPAN("messages"), count_text(arena, total->recent_messages)},
		{SPAN("stopped"), count_text(arena, total->recent_failing)},
	};
	return template_fill(arena, sentence_get(SENTENCE_PLAN_FORWARDED), args,
			     sizeof(args) / sizeof(args[0]), NULL);
}

struct span plan_record_sentence(const struct plan *plan)
{
	return plan->record.action == RECORD_PUBLISH ? sentence_get(SENTENCE_PLAN_UNSEEN_RECORD)
						     : span_of(NULL, 0);
}

struct span authenticity_sentence(enum store_authenticity authenticity)
{
	static const enum sentence_id sentences[STORE_AUTHENTICITY_LAST + 1] = {
		[STORE_AUTHENTICITY_NOT_JUDGED] = SENTENCE_ORIGIN_NOT_JUDGED,
		[STORE_AUTHENTICITY_NO_MAIL] = SENTENCE_ORIGIN_NO_MAIL,
		[STORE_AUTHENTICITY_PASSED_ON] = SENTENCE_ORIGIN_PASSED_ON,
		[STORE_AUTHENTICITY_NO_RESULTS] = SENTENCE_ORIGIN_NO_RESULTS,
		[STORE_AUTHENTICITY_UNDECIDED] = SENTENCE_ORIGIN_UNDECIDED,
		[STORE_AUTHENTICITY_UNSIGNED] = SENTENCE_ORIGIN_UNSIGNED,
		[STORE_AUTHENTICITY_OTHER_NAME] = SENTENCE_ORIGIN_OTHER_NAME,
		[STORE_AUTHENTICITY_UNALIGNED] = SENTENCE_ORIGIN_UNALIGNED,
		[STORE_AUTHENTICITY_IMPOSTOR] = SENTENCE_ORIGIN_IMPOSTOR,
		[STORE_AUTHENTICITY_PROVED] = SENTENCE_ORIGIN_PROVED,
		[STORE_AUTHENTICITY_ACCEPTED] = SENTENCE_ORIGIN_ACCEPTED,
	};
	return sentence_get(sentences[authenticity]);
}

static struct span fill_total(struct arena *arena, enum sentence_id sentence, uint64_t reports,
			      uint64_t messages)
{
	const struct template_arg args[] = {
		{SPAN("reports"), count_text(arena, reports)},
		{SPAN("messages"), count_text(arena, messages)},
	};
	return template_fill(arena, sentence_get(sentence), args, sizeof(args) / sizeof(args[0]),
			     NULL);
}

static struct span repetition_text(const struct senders_report *report)
{
	uint64_t overlapping = 0;
	uint64_t same = 0;
	if (report->repetitions.len == 0) {
		return span_of(NULL, 0);
	}
	for (size_t i = 0; i < report->repetitions.len; i++) {
		const struct store_repetition *item =
			VECTOR_AT(&report->repetitions, const struct store_repetition, i);
		overlapping += item->overlapping;
		same += item->same_id;
	}
	const struct template_arg args[] = {
		{SPAN("overlapping"), count_text(report->arena, overlapping)},
		{SPAN("same"), count_text(report->arena, same)},
		{SPAN("reporters"), count_text(report->arena, report->repetitions.len)},
		{SPAN("reporter"),
		 VECTOR_AT(&report->repetitions, const struct store_repetition, 0)->reporter},
	};
	return template_fill(report->arena, sentence_get(SENTENCE_ORIGINS_REPEATING), args,
			     sizeof(args) / sizeof(args[0]), NULL);
}

void origin_sentences(const struct senders_report *report, struct span ret_lines[ORIGIN_SENTENCES])
{
	struct origin_totals totals = senders_origin_totals(report);
	struct arena *arena = report->arena;
	enum sentence_id unknown = totals.proved_reports == 0 ? SENTENCE_ORIGINS_NONE_PROVED
							      : SENTENCE_ORIGINS_UNKNOWN;
	uint64_t doubtful = totals.left_out_reports - totals.false_reports;
	ret_lines[0] = totals.false_reports > 0
			       ? fill_total(arena, SENTENCE_ORIGINS_FALSE, totals.false_reports,
					    totals.false_messages)
			       : span_of(NULL, 0);
	ret_lines[1] = doubtful > 0 ? fill_total(arena, SENTENCE_ORIGINS_DOUBTFUL, doubtful,
						 totals.left_out_messages - totals.false_messages)
				    : span_of(NULL, 0);
	ret_lines[2] = totals.unknown_reports > 0
			       ? fill_total(arena, unknown, totals.unknown_reports, 0)
			       : span_of(NULL, 0);
	ret_lines[3] = repetition_text(report);
}

struct span tls_cause_name(struct span result)
{
	return result.len > 0 ? result : SPAN("no cause named");
}

struct span tls_cause_sentence(struct span result)
{
	static const struct {
		struct span word;
		enum sentence_id sentence;
	} rows[] = {
		{SPAN_INIT("starttls-not-supported"), SENTENCE_TLS_CAUSE_STARTTLS_NOT_SUPPORTED},
		{SPAN_INIT("certificate-host-mismatch"),
		 SENTENCE_TLS_CAUSE_CERTIFICATE_HOST_MISMATCH},
		{SPAN_INIT("certificate-expired"), SENTENCE_TLS_CAUSE_CERTIFICATE_EXPIRED},
		{SPAN_INIT("certificate-not-trusted"), SENTENCE_TLS_CAUSE_CERTIFICATE_NOT_TRUSTED},
		{SPAN_INIT("validation-failure"), SENTENCE_TLS_CAUSE_VALIDATION_FAILURE},
		{SPAN_INIT("tlsa-invalid"), SENTENCE_TLS_CAUSE_TLSA_INVALID},
		{SPAN_INIT("dnssec-invalid"), SENTENCE_TLS_CAUSE_DNSSEC_INVALID},
		{SPAN_INIT("dane-required"), SENTENCE_TLS_CAUSE_DANE_REQUIRED},
		{SPAN_INIT("sts-policy-fetch-error"), SENTENCE_TLS_CAUSE_STS_POLICY_FETCH_ERROR},
		{SPAN_INIT("sts-policy-invalid"), SENTENCE_TLS_CAUSE_STS_POLICY_INVALID},
		{SPAN_INIT("sts-webpki-invalid"), SENTENCE_TLS_CAUSE_STS_WEBPKI_INVALID},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (span_equal(rows[i].word, result)) {
			return sentence_get(rows[i].sentence);
		}
	}
	return span_equal(result, SPAN("success")) ? span_of(NULL, 0)
						   : sentence_get(SENTENCE_TLS_CAUSE_OTHER);
}
