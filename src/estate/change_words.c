/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What became of one fact, in the words of whoever changed it. */
#include <stdlib.h>

#include "assess/dkim.h"
#include "crypto/x509.h"
#include "estate/change.h"
#include "records/records.h"

/* One sentence: of what, about whom, from, to. */
struct telling {
	struct arena *arena;
	struct change *change;
	struct fact_key key;
	struct span name;
	struct span what;
	struct span before;
	struct span after;
};

static struct span quote(struct arena *arena, struct span value)
{
	if (value.len <= CHANGE_MAX_QUOTE) {
		return value;
	}
	size_t len = CHANGE_MAX_QUOTE;
	while (len > 0 && (span_octet(value, len) & 0xc0) == 0x80) {
		len--; /* not in the middle of a UTF-8 sequence */
	}
	return arena_printf(arena, "%.*s...", (int)len, value.ptr);
}

static void tell(const struct telling *telling, enum sentence_id id)
{
	const struct template_arg args[] = {
		{SPAN("name"), telling->name},
		{SPAN("what"), telling->what},
		{SPAN("before"), quote(telling->arena, telling->before)},
		{SPAN("after"), quote(telling->arena, telling->after)},
	};
	struct changed_record *added = VECTOR_PUSH(&telling->change->records, telling->arena,
						   struct changed_record, CHANGE_MAX_RECORDS);
	if (added == NULL) {
		return;
	}
	*added = (struct changed_record){
		.key = fact_key_text(telling->arena, telling->key),
		.subject = arena_copy(telling->arena, telling->name),
		.before = arena_copy(telling->arena, telling->before),
		.after = arena_copy(telling->arena, telling->after),
		.sentence = template_fill(telling->arena, sentence_get(id), args,
					  sizeof(args) / sizeof(args[0]), NULL),
		.told_as = id,
	};
}

/* Published, removed or altered; nothing when both are the same. */
static void tell_values(struct telling *telling, const char *what, struct span before,
			struct span after)
{
	telling->what = span_of_string(what);
	telling->before = before;
	telling->after = after;
	if (span_equal(before, after)) {
		return;
	}
	tell(telling, before.len == 0  ? SENTENCE_CHANGE_PUBLISHED
		      : after.len == 0 ? SENTENCE_CHANGE_REMOVED
				       : SENTENCE_CHANGE_ALTERED);
}

/* ---- DNS ---- */

/* Where a name's first labels and its type say what the record is for. */
static const struct {
	const char *prefix;
	uint16_t type;
	const char *what;
} roles[] = {
	{"_dmarc.", RR_TXT, "DMARC record"},
	{"_mta-sts.", RR_TXT, "MTA-STS record"},
	{"_smtp._tls.", RR_TXT, "TLS reporting record"},
	{"default._bimi.", RR_TXT, "BIMI record"},
	{"_25._tcp.", RR_TLSA, "TLSA records (DANE)"},
	{"", RR_MX, "Mail hosts (MX)"},
	{"", RR_A, "IPv4 addresses"},
	{"", RR_AAAA, "IPv6 addresses"},
	{"", RR_NS, "Name servers"},
	{"", RR_CAA, "CAA records"},
	{"", RR_DS, "DS records (DNSSEC)"},
	{"", RR_TLSA, "TLSA records"},
};

static const char *role_of(const struct fact *fact)
{
	struct span name = fact->key.subject;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (fact->key.type == roles[i].type &&
		    span_starts_with(name, span_of_string(roles[i].prefix))) {
			return roles[i].what;
		}
	}
	if (span_search(name, SPAN("._domainkey.")) < name.len) {
		return "DKIM key";
	}
	if (span_search(name, SPAN("._report._dmarc.")) < name.len) {
		return "Consent to receive DMARC reports";
	}
	return fact->key.type == RR_TXT ? "TXT records" : "Records";
}

static struct span record_text(struct arena *arena, uint16_t type, struct span rdata)
{
	struct txt txt;
	if (type == RR_TXT && txt_parse(arena, rdata, &txt)) {
		return txt.text;
	}
	struct buffer text = buffer_new(RR_TEXT_MAX);
	rr_write_text(type, rdata, &text);
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

static int compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static bool is_any(struct span text)
{
	(void)text;
	return true;
}

static bool is_not_spf(struct span text)
{
	return !spf_record_is_spf(text);
}

/* The wanted records of an answer in a fixed order, as one text; empty without any. */
static struct span records_text(struct arena *arena, const struct fact *fact,
				bool (*is_wanted)(struct span text))
{
	const struct dns_answer *answer = fact->dns;
	if (!fact_is_present(fact) || answer == NULL || answer->record_count == 0) {
		return (struct span){0};
	}
	struct span *texts = arena_alloc(arena, answer->record_count * sizeof(*texts));
	size_t count = 0;
	for (size_t i = 0; texts != NULL && i < answer->record_count; i++) {
		struct span text = record_text(arena, fact->key.type, answer->records[i].rdata);
		if (is_wanted(text)) {
			texts[count++] = text;
		}
	}
	if (count == 0) {
		return (struct span){0};
	}
	qsort(texts, count, sizeof(*texts), compare_spans);
	struct span all = texts[0];
	for (size_t i = 1; i < count; i++) {
		all = arena_printf(arena, "%.*s and %.*s", SPAN_ARG(all), SPAN_ARG(texts[i]));
	}
	return all;
}

static struct span last_alias(const struct fact *fact)
{
	const struct dns_answer *answer = fact->dns;
	return answer != NULL && answer->cname_count > 0 ? answer->cnames[answer->cname_count - 1]
							 : (struct span){0};
}

/* A name that became an alias, or another one: told once, whatever was asked about it. */
static bool tell_alias(struct telling *telling, const struct fact *before, const struct fact *after)
{
	telling->before = last_alias(before);
	telling->after = last_alias(after);
	if (span_equal(telling->before, telling->after)) {
		return false;
	}
	tell(telling, telling->after.len > 0 ? SENTENCE_CHANGE_ALIAS : SENTENCE_CHANGE_NO_ALIAS);
	return true;
}

static void tell_records(struct telling *telling, const char *role, const struct fact *before,
			 const struct fact *after)
{
	struct arena *arena = telling->arena;
	bool is_mixed_txt = after->key.type == RR_TXT && strcmp(role, "TXT records") == 0;
	if (!is_mixed_txt) {
		tell_values(telling, role, records_text(arena, before, is_any),
			    records_text(arena, after, is_any));
		return;
	}
	tell_values(telling, "SPF record", records_text(arena, before, spf_record_is_spf),
		    records_text(arena, after, spf_record_is_spf));
	tell_values(telling, "Other TXT records", records_text(arena, before, is_not_spf),
		    records_text(arena, after, is_not_spf));
}

/*
 * Signing or unsigning a zone changes every answer in it: told once for the organisation's names by
 * leaving out which question it was.
 */
static void tell_dnssec(struct telling *telling, const struct fact *before,
			const struct fact *after)
{
	if (before->dns == NULL || after->dns == NULL ||
	    before->dns->dnssec == after->dns->dnssec || after->key.type != RR_SOA) {
		return;
	}
	telling->before = span_of_string(dnssec_status_name(before->dns->dnssec));
	telling->after = span_of_string(dnssec_status_name(after->dns->dnssec));
	tell(telling, SENTENCE_CHANGE_DNSSEC);
}

/* The record stands at the end of the aliases, whoever asked for it: told of that name, once. */
static void follow_alias(struct telling *telling, const struct fact *after)
{
	struct span owner = last_alias(after);
	if (owner.len > 0) {
		telling->name = owner;
		telling->key.subject = owner;
	}
}

/* The text at the invented selector beside a name, in one of the looks. */
static struct span text_at_probe(struct telling *telling, const struct facts *facts,
				 struct span tree)
{
	struct fact_key key = {
		FACT_DNS, RR_TXT,
		arena_printf(telling->arena, DKIM_PROBE_SELECTOR "%.*s", SPAN_ARG(tree))};
	const struct fact *fact = facts != NULL ? facts_get(facts, key) : NULL;
	return fact != NULL ? records_text(telling->arena, fact, is_any) : (struct span){0};
}

/* A key that an invented selector has too stands at the wildcard: one record, however many names.
 */
static void find_wildcard(struct telling *telling, const struct fact *before,
			  const struct fact *after)
{
	struct span name = telling->name;
	size_t at = span_search(name, SPAN("._domainkey."));
	struct span tree = span_from(name, at);
	struct span texts[2] = {records_text(telling->arena, before, is_any),
				records_text(telling->arena, after, is_any)};
	if (at == name.len ||
	    !span_equal(texts[0], text_at_probe(telling, telling->change->before.facts, tree)) ||
	    !span_equal(texts[1], text_at_probe(telling, telling->change->after.facts, tree))) {
		return;
	}
	telling->name = arena_printf(telling->arena, "*%.*s", SPAN_ARG(tree));
	telling->key.subject = telling->name;
}

static void dns_change(struct telling *telling, const struct fact *before, const struct fact *after)
{
	tell_dnssec(telling, before, after);
	bool is_told = after->key.type == RR_SOA || after->key.type == RR_SPF;
	if (!is_told && !tell_alias(telling, before, after)) {
		const char *role = role_of(after);
		follow_alias(telling, after);
		find_wildcard(telling, before, after);
		tell_records(telling, role, before, after);
	}
}

/* ---- policies ---- */

/* On one line: "mode: enforce, mx: mx.example.org, max_age: 604800". */
static struct span policy_text(struct arena *arena, struct span body)
{
	struct buffer text = buffer_new((size_t)POLICY_MAX_BODY * 2);
	struct span line;
	while (span_split(&body, '\n', &line)) {
		line = span_trim(line, TEXT_SPACE);
		if (line.len > 0 && !span_starts_with_nocase(line, SPAN("version"))) {
			buffer_printf(&text, "%s%.*s", text.len > 0 ? ", " : "", SPAN_ARG(line));
		}
	}
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

/* The record that announces the policy says the same as before. */
static bool is_id_the_same(const struct telling *telling)
{
	struct fact_key key = {
		FACT_DNS, RR_TXT,
		arena_printf(telling->arena, "_mta-sts.%.*s", SPAN_ARG(telling->name))};
	const struct fact *before = facts_get(telling->change->before.facts, key);
	const struct fact *after = facts_get(telling->change->after.facts, key);
	return before != NULL && after != NULL && fact_is_present(before) &&
	       fact_is_present(after) &&
	       span_equal(records_text(telling->arena, before, is_any),
			  records_text(telling->arena, after, is_any));
}

static struct span outcome_text(struct arena *arena, const struct policy_fetch *fetch)
{
	return fetch->outcome == POLICY_ANSWERED
		       ? arena_printf(arena, "HTTP status %u", fetch->http_status)
		       : span_of_string(policy_outcome_name(fetch->outcome));
}

static void policy_change(struct telling *telling, const struct fact *before,
			  const struct fact *after)
{
	if (before->policy == NULL || after->policy == NULL) {
		return;
	}
	telling->before = outcome_text(telling->arena, before->policy);
	telling->after = outcome_text(telling->arena, after->policy);
	if (!span_equal(telling->before, telling->after)) {
		tell(telling, SENTENCE_CHANGE_POLICY_FETCH);
		return;
	}
	telling->before = policy_text(telling->arena, before->policy->body);
	telling->after = policy_text(telling->arena, after->policy->body);
	if (!span_equal(telling->before, telling->after)) {
		tell(telling, is_id_the_same(telling) ? SENTENCE_CHANGE_POLICY_WITHOUT_ID
						      : SENTENCE_CHANGE_POLICY);
	}
}

/* ---- mail hosts ---- */

static struct span versions_text(struct arena *arena, const struct smtp_endpoint *endpoint)
{
	static const char *const names[ENDPOINT_VERSIONS] = {"SSL 2",	"SSL 3",   "TLS 1.0",
							     "TLS 1.1", "TLS 1.2", "TLS 1.3"};
	struct span text = {0};
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		if (endpoint->versions[i].is_accepted.answer != PROBE_YES) {
			continue;
		}
		text = text.len > 0 ? arena_printf(arena, "%.*s, %s", SPAN_ARG(text), names[i])
				    : span_of_string(names[i]);
	}
	return text;
}

/* The end of the last certificate to expire, and which ones were presented. */
static struct span certificates_text(struct arena *arena, const struct smtp_endpoint *endpoint,
				     struct span *ret_until)
{
	struct span *prints = arena_alloc(arena, ENDPOINT_MAX_PRESENTATIONS * sizeof(*prints));
	size_t count = 0;
	int64_t until = 0;
	for (size_t i = 0; prints != NULL && i < endpoint->presentation_count &&
			   count < ENDPOINT_MAX_PRESENTATIONS;
	     i++) {
		const struct endpoint_presentation *shown = &endpoint->presentations[i];
		struct x509_view view;
		if (shown->chain_count > 0 && x509_view_read(arena, shown->chain[0], &view)) {
			prints[count++] = view.fingerprint;
			until = view.not_after > until ? view.not_after : until;
		}
	}
	if (count == 0) {
		return (struct span){0};
	}
	qsort(prints, count, sizeof(*prints), compare_spans);
	struct span all = prints[0];
	for (size_t i = 1; i < count; i++) {
		if (!span_equal(prints[i - 1], prints[i])) {
			all = arena_printf(arena, "%.*s %.*s", SPAN_ARG(all), SPAN_ARG(prints[i]));
		}
	}
	*ret_until = arena_printf(arena, "%.10s", time_format(until).text);
	return all;
}

static bool tell_pair(struct telling *telling, struct span before, struct span after,
		      enum sentence_id id)
{
	telling->before = before;
	telling->after = after;
	bool is_told = before.len > 0 && after.len > 0 && !span_equal(before, after);
	if (is_told) {
		tell(telling, id);
	}
	return is_told;
}

static bool tell_certificate(struct telling *telling, const struct smtp_endpoint *before,
			     const struct smtp_endpoint *after)
{
	struct span until_before = {0};
	struct span until_after = {0};
	struct span shown_before = certificates_text(telling->arena, before, &until_before);
	struct span shown_after = certificates_text(telling->arena, after, &until_after);
	if (shown_before.len == 0 || shown_after.len == 0 ||
	    span_equal(shown_before, shown_after)) {
		return false;
	}
	telling->before = until_before;
	telling->after = until_after;
	tell(telling, SENTENCE_CHANGE_CERTIFICATE);
	return true;
}

static void endpoint_change(struct telling *telling, const struct fact *before_fact,
			    const struct fact *after_fact)
{
	const struct smtp_endpoint *before = before_fact->endpoint;
	const struct smtp_endpoint *after = after_fact->endpoint;
	if (before == NULL || after == NULL) {
		return;
	}
	telling->name = after->name;
	/* What was turned away says nothing of what the host can do. */
	bool is_throttled = before->greeting == ENDPOINT_GREETING_TRANSIENT ||
			    after->greeting == ENDPOINT_GREETING_TRANSIENT;
	if (tell_pair(telling, span_of_string(endpoint_reach_name(before->reach)),
		      span_of_string(endpoint_reach_name(after->reach)), SENTENCE_CHANGE_REACH) ||
	    is_throttled || before->starttls == ENDPOINT_STARTTLS_UNKNOWN ||
	    after->starttls == ENDPOINT_STARTTLS_UNKNOWN) {
		return;
	}
	if (tell_pair(telling, span_of_string(endpoint_starttls_name(before->starttls)),
		      span_of_string(endpoint_starttls_name(after->starttls)),
		      SENTENCE_CHANGE_STARTTLS)) {
		return;
	}
	(void)tell_pair(telling, versions_text(telling->arena, before),
			versions_text(telling->arena, after), SENTENCE_CHANGE_VERSIONS);
	(void)tell_certificate(telling, before, after);
}

void change_of_fact(struct arena *arena, struct change *change, const struct fact *before,
		    const struct fact *after)
{
	struct telling telling = {
		.arena = arena, .change = change, .key = after->key, .name = after->key.subject};
	switch (after->key.kind) {
	case FACT_DNS:
		dns_change(&telling, before, after);
		break;
	case FACT_ENDPOINT:
		endpoint_change(&telling, before, after);
		break;
	case FACT_POLICY:
		policy_change(&telling, before, after);
		break;
	case FACT_REPORTED: /* every day brings reports: what they mean is in the findings */
		break;
	}
}
