/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Judges the MTA-STS policy: can it be had, how is it read, and do the mail hosts fit it? */
#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mta_sts.h"
#include "assess/problem_text.h"

static const enum measure_id measures[] = {
	MEASURE_MTA_STS_POLICY_VALID, MEASURE_MTA_STS_STRICT,	     MEASURE_MTA_STS_MODE,
	MEASURE_MTA_STS_MAX_AGE,      MEASURE_MTA_STS_HOSTS_FITTING,
};
#define MEASURES (sizeof(measures) / sizeof(measures[0]))

static struct span policy_host(struct assessment *a)
{
	return name_join(a->arena, SPAN("mta-sts"), a->domain);
}

static void measure_all_unknown(struct assessment *a, struct span reason)
{
	for (size_t i = 0; i < MEASURES; i++) {
		measure_unknown(a, measures[i], reason);
	}
}

/* Senders get no policy, and go on as if there were none (RFC 8461 3.3, 5.1). */
static void measure_none(struct assessment *a, struct mta_sts_view *view)
{
	view->is_without = true;
	measure_all_unknown(a, SPAN("no policy could be read"));
	measure_bool(a, MEASURE_MTA_STS_POLICY_VALID, false);
}

static void note_unknown(struct assessment *a, struct span reason)
{
	unknown_note(a, CONTROL_MTA_STS, SPAN("MTA-STS policy"), reason);
	measure_all_unknown(a, reason);
}

/* --- fetching --- */

/* The host's name leads to one that nobody has: whoever takes that one decides over the policy. */
static void report_no_host(struct assessment *a, struct mta_sts_view *view)
{
	struct span host = policy_host(a);
	const struct fact *fact = assessment_dns(a, host, RR_A);
	bool is_dangling = fact_is_nxdomain(fact) && fact->dns->cname_count > 0;
	struct finding *finding = finding_add(
		a, is_dangling ? FINDING_MTA_STS_HOST_DANGLING : FINDING_MTA_STS_HOST_MISSING,
		host);
	if (is_dangling) {
		struct span target = fact->dns->cnames[fact->dns->cname_count - 1];
		finding_arg(a, finding, "target", "%.*s", SPAN_ARG(target));
		finding_evidence(a, finding, "%.*s CNAME %.*s", SPAN_ARG(host), SPAN_ARG(target));
	}
	measure_none(a, view);
}

static void report_fetch(struct assessment *a, struct mta_sts_view *view, enum finding_id id,
			 struct span why)
{
	struct finding *finding = finding_add(a, id, policy_host(a));
	finding_arg(a, finding, "why", "%.*s", SPAN_ARG(why));
	finding_evidence(a, finding, "https://mta-sts.%.*s/.well-known/mta-sts.txt at %.*s: %.*s",
			 SPAN_ARG(a->domain), SPAN_ARG(view->fetch->address), SPAN_ARG(why));
	measure_none(a, view);
}

/* The collector's words, which tell apart what has the same outcome. */
static struct span why_of(const struct policy_fetch *fetch, struct span usual)
{
	return fetch->error.len > 0 ? fetch->error : usual;
}

/* It may be our own network, unless mail hosts could be reached from here. */
static void judge_silence(struct assessment *a, struct mta_sts_view *view, struct span usual)
{
	struct span why = why_of(view->fetch, usual);
	if (a->transit->is_measured && !a->transit->is_cut_off) {
		report_fetch(a, view, FINDING_MTA_STS_HOST_UNREACHABLE, why);
	} else {
		note_unknown(a, why);
	}
}

/* True when there is a body to read. */
static bool judge_answer(struct assessment *a, struct mta_sts_view *view)
{
	const struct policy_fetch *fetch = view->fetch;
	unsigned status = fetch->http_status;
	if (status >= 300 && status < 400) {
		report_fetch(
			a, view, FINDING_MTA_STS_REDIRECT,
			arena_printf(a->arena, "%u to %.*s", status, SPAN_ARG(fetch->location)));
		return false;
	}
	if (status != 200) {
		report_fetch(a, view, FINDING_MTA_STS_STATUS,
			     arena_printf(a->arena, "status %u", status));
		return false;
	}
	/* RFC 8461 3.2: SHOULD be text/plain */
	if (!span_starts_with_nocase(fetch->content_type, SPAN("text/plain"))) {
		struct finding *finding = finding_add(a, FINDING_MTA_STS_TYPE, policy_host(a));
		finding_arg(
			a, finding, "type", "%.*s",
			SPAN_ARG(fetch->content_type.len > 0 ? fetch->content_type : SPAN("none")));
		view->is_strict = false;
	}
	return true;
}

static bool judge_fetch(struct assessment *a, struct mta_sts_view *view)
{
	const struct policy_fetch *fetch = view->fetch;
	switch (fetch->outcome) {
	case POLICY_ANSWERED:
		return judge_answer(a, view);
	case POLICY_CERTIFICATE:
		report_fetch(a, view, FINDING_MTA_STS_HOST_CERTIFICATE, fetch->certificate_error);
		return false;
	case POLICY_TLS:
		report_fetch(a, view, FINDING_MTA_STS_HOST_TLS,
			     why_of(fetch, SPAN("the TLS handshake fails")));
		return false;
	case POLICY_TOO_LARGE:
		report_fetch(a, view, FINDING_MTA_STS_TOO_LARGE, SPAN("above 64 kB"));
		return false;
	case POLICY_HTTP:
		report_fetch(a, view, FINDING_MTA_STS_STATUS,
			     why_of(fetch, SPAN("no proper HTTP answer")));
		return false;
	case POLICY_CONNECT:
		judge_silence(a, view, SPAN("the policy host refuses the connection"));
		return false;
	case POLICY_TIMEOUT:
		judge_silence(a, view, SPAN("the policy host did not answer in time"));
		return false;
	case POLICY_DNS:
	case POLICY_OUTCOME_COUNT:
		break;
	}
	note_unknown(a, SPAN("the addresses of the policy host could not be looked up"));
	return false;
}

/* --- reading --- */

static struct finding *report_problems(struct assessment *a, const struct mta_sts_view *view,
				       enum finding_id id)
{
	struct finding *finding = finding_add(a, id, policy_host(a));
	const struct problems *problems = &view->policy->problems;
	struct span first = SPAN("a field is missing: version, mode, max_age or mx");
	for (size_t i = 0; i < problem_count(problems); i++) {
		struct span text = problem_text(a->arena, problem_at(problems, i));
		first = i == 0 ? text : first;
		finding_evidence(a, finding, "%.*s", SPAN_ARG(text));
	}
	finding_arg(a, finding, "problem", "%.*s", SPAN_ARG(first));
	return finding;
}

/* RFC 8461 4.1 */
bool mta_sts_allows(const struct mta_sts_view *view, const struct mx_host *host)
{
	return view->policy != NULL && mta_sts_policy_allows_mx(view->policy, host->name);
}

static void append_name(struct assessment *a, struct span *list, struct span name)
{
	*list = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(*list), list->len > 0 ? ", " : "",
			     SPAN_ARG(name));
}

/* In testing senders deliver all the same and report; enforced, they refuse. */
static void raise_when_enforced(const struct mta_sts_view *view, struct finding *finding)
{
	finding->severity = view->mode == MTA_STS_MODE_ENFORCE ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

static bool report_uncovered(struct assessment *a, const struct mta_sts_view *view)
{
	struct span hosts = SPAN("");
	for (size_t i = 0; i < a->mx->host_count; i++) {
		if (!mta_sts_allows(view, &a->mx->hosts[i])) {
			append_name(a, &hosts, a->mx->hosts[i].name);
		}
	}
	if (hosts.len == 0) {
		return false;
	}
	struct finding *finding = finding_add(a, FINDING_MTA_STS_MX_UNCOVERED, policy_host(a));
	finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(hosts));
	finding_evidence(a, finding, "%.*s", SPAN_ARG(view->policy->text));
	raise_when_enforced(view, finding);
	return true;
}

/* RFC 8461 4.1: the "*" of a pattern stands for exactly one label */
static bool is_pattern_used(const struct assessment *a, const struct mta_sts_mx *pattern)
{
	for (size_t i = 0; i < a->mx->host_count; i++) {
		struct span host = a->mx->hosts[i].name;
		struct span compared = pattern->is_wildcard ? name_parent(host) : host;
		if (span_equal(compared, pattern->name)) {
			return true;
		}
	}
	return false;
}

static void report_extra(struct assessment *a, const struct mta_sts_view *view)
{
	struct span patterns = SPAN("");
	for (size_t i = 0; i < view->policy->mx_count; i++) {
		const struct mta_sts_mx *pattern = &view->policy->mx[i];
		if (pattern->is_valid && !is_pattern_used(a, pattern)) {
			append_name(a, &patterns, pattern->text);
		}
	}
	if (patterns.len > 0) {
		struct finding *finding = finding_add(a, FINDING_MTA_STS_MX_EXTRA, policy_host(a));
		finding_arg(a, finding, "patterns", "%.*s", SPAN_ARG(patterns));
	}
}

/* --- the hosts --- */

struct fit {
	bool has_misfit;
	bool has_unknown;
	struct span labels;
	struct span why;
};

static struct span explain_leaf(const struct transit_leaf *leaf)
{
	if (!leaf->is_readable) {
		return SPAN("the certificate cannot be read");
	}
	if (!leaf->has_name) {
		return SPAN("the certificate does not bear the host's name");
	}
	if (!leaf->is_in_date) {
		return SPAN("the certificate is not in date");
	}
	return leaf->presentation->trust_error.len > 0 ? leaf->presentation->trust_error
						       : SPAN("the certificate is not trusted");
}

static void fit_endpoint(struct assessment *a, const struct transit_endpoint *endpoint,
			 struct fit *fit)
{
	struct span why = SPAN("");
	bool has_good = false;
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		const struct transit_leaf *leaf = &endpoint->leaves[i];
		has_good = has_good || probe_is_yes(leaf->pkix);
		/* RFC 8461 4.2: senders send SNI */
		if (probe_is_no(leaf->pkix) && leaf->presentation->has_sni) {
			why = explain_leaf(leaf);
		}
	}
	if (endpoint->state == TRANSIT_CLEAR) {
		why = SPAN("STARTTLS cannot be had");
	}
	if (why.len > 0) {
		fit->has_misfit = true;
		fit->why = fit->why.len > 0 ? fit->why : why;
		append_name(a, &fit->labels, endpoint->label);
	} else if (endpoint->state == TRANSIT_UNKNOWN ||
		   (endpoint->state == TRANSIT_TLS && !has_good)) {
		fit->has_unknown = true;
	}
}

static void judge_hosts(struct assessment *a, const struct mta_sts_view *view)
{
	struct fit fit = {0};
	if (!a->transit->is_measured || a->transit->is_cut_off) {
		measure_unknown(a, MEASURE_MTA_STS_HOSTS_FITTING,
				SPAN("the mail hosts could not be connected to"));
		return;
	}
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		fit_endpoint(a, &a->transit->endpoints[i], &fit);
	}
	if (fit.has_misfit) {
		struct finding *finding = finding_add(a, FINDING_MTA_STS_MX_CERTIFICATE, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(fit.labels));
		finding_arg(a, finding, "why", "%.*s", SPAN_ARG(fit.why));
		finding_evidence(a, finding, "%.*s: %.*s", SPAN_ARG(fit.labels), SPAN_ARG(fit.why));
		raise_when_enforced(view, finding);
	}
	if (fit.has_unknown && !fit.has_misfit) {
		measure_unknown(a, MEASURE_MTA_STS_HOSTS_FITTING,
				SPAN("not every mail host could be looked at"));
	} else {
		measure_bool(a, MEASURE_MTA_STS_HOSTS_FITTING, !fit.has_misfit);
	}
}

static bool has_known_fitting_hosts(const struct assessment *a)
{
	const struct measure *measure = measure_get(a, MEASURE_MTA_STS_HOSTS_FITTING);
	return measure->state == MEASURE_KNOWN && measure->is_yes;
}

static void report_mode(struct assessment *a, const struct mta_sts_view *view, bool is_covering)
{
	struct span host = policy_host(a);
	switch (view->mode) {
	case MTA_STS_MODE_ENFORCE:
		if (is_covering && view->is_strict &&
		    view->policy->max_age_s >= MTA_STS_SHORTEST_MAX_AGE_S) {
			(void)finding_add(a, FINDING_MTA_STS_ENFORCED, host);
		}
		break;
	case MTA_STS_MODE_TESTING:
		if (is_covering && view->is_strict && has_known_fitting_hosts(a)) {
			(void)finding_add(a, FINDING_MTA_STS_READY, host);
		} else {
			(void)finding_add(a, FINDING_MTA_STS_TESTING, host);
		}
		break;
	case MTA_STS_MODE_NONE:
		(void)finding_add(a, FINDING_MTA_STS_MODE_NONE, host);
		break;
	case MTA_STS_MODE_ABSENT:
	case MTA_STS_MODE_INVALID:
		break;
	}
}

static void report_max_age(struct assessment *a, const struct mta_sts_policy *policy)
{
	measure_number(a, MEASURE_MTA_STS_MAX_AGE, (int64_t)policy->max_age_s);
	if (policy->mode != MTA_STS_MODE_NONE && policy->max_age_s < MTA_STS_SHORTEST_MAX_AGE_S) {
		struct finding *finding =
			finding_add(a, FINDING_MTA_STS_MAX_AGE_SHORT, policy_host(a));
		finding_arg(a, finding, "seconds", "%llu", (unsigned long long)policy->max_age_s);
	}
}

/* Mode none asks nothing of the hosts. */
static void judge_coverage(struct assessment *a, struct mta_sts_view *view)
{
	bool is_uncovered = false;
	if (view->mode == MTA_STS_MODE_NONE) {
		measure_bool(a, MEASURE_MTA_STS_POLICY_VALID, true);
		measure_not_applicable(a, MEASURE_MTA_STS_HOSTS_FITTING,
				       SPAN("the policy asks for nothing"));
	} else if (!a->mx->is_known) {
		measure_unknown(a, MEASURE_MTA_STS_POLICY_VALID,
				SPAN("the mail hosts are not known"));
		measure_unknown(a, MEASURE_MTA_STS_HOSTS_FITTING,
				SPAN("the mail hosts are not known"));
	} else {
		is_uncovered = report_uncovered(a, view);
		report_extra(a, view);
		judge_hosts(a, view);
		measure_bool(a, MEASURE_MTA_STS_POLICY_VALID, !is_uncovered);
	}
	report_mode(a, view, !is_uncovered);
}

static void judge_policy(struct assessment *a, struct mta_sts_view *view)
{
	view->policy = mta_sts_policy_parse(a->arena, view->fetch->body);
	if (view->policy == NULL) {
		return;
	}
	if (!mta_sts_policy_is_usable(view->policy)) {
		(void)report_problems(a, view, FINDING_MTA_STS_POLICY_INVALID);
		measure_none(a, view);
		measure_bool(a, MEASURE_MTA_STS_STRICT, false);
		return;
	}
	view->is_without = false;
	view->mode = view->policy->mode;
	if (!mta_sts_policy_is_strict(view->policy)) {
		view->is_strict = false;
		(void)report_problems(a, view, FINDING_MTA_STS_POLICY_LENIENT);
	} else if (view->policy->is_ambiguous) {
		(void)report_problems(a, view, FINDING_MTA_STS_POLICY_AMBIGUOUS);
	}
	measure_bool(a, MEASURE_MTA_STS_STRICT, view->is_strict);
	measure_word(a, MEASURE_MTA_STS_MODE, span_of_string(mta_sts_mode_name(view->mode)));
	report_max_age(a, view->policy);
	judge_coverage(a, view);
}

/* What the DNS says about the host; what is fetched is fetched from these addresses. */
enum host_state {
	HOST_WANTED, /* the next round knows more */
	HOST_ABSENT, /* no name, or no address */
	HOST_OTHER,
};

static enum host_state look_up_host(struct assessment *a)
{
	struct span host = policy_host(a);
	if (host.len == 0) {
		return HOST_ABSENT;
	}
	const struct fact *v4 = assessment_dns(a, host, RR_A);
	const struct fact *v6 = assessment_dns(a, host, RR_AAAA);
	if (v4->state == FACT_WANTED || v6->state == FACT_WANTED) {
		return HOST_WANTED;
	}
	return fact_is_absent(v4) && fact_is_absent(v6) ? HOST_ABSENT : HOST_OTHER;
}

static bool is_not_asked(const struct fact *fact)
{
	return fact->state == FACT_WANTED || fact->failure == FACT_FAILURE_NOT_ASKED ||
	       fact->failure == FACT_FAILURE_NOT_RECORDED;
}

static void judge_missing_fetch(struct assessment *a, const struct fact *fact)
{
	if (is_not_asked(fact) && fact->detail.len == 0) {
		a->is_unmeasured[CONTROL_MTA_STS] = true;
		note_unknown(a, SPAN("not measured: no policy was fetched in this run"));
	} else if (fact->detail.len > 0) {
		note_unknown(a,
			     arena_printf(a->arena, "%s: %.*s", fact_failure_explain(fact->failure),
					  SPAN_ARG(fact->detail)));
	} else {
		note_unknown(a, span_of_string(fact_failure_explain(fact->failure)));
	}
}

void mta_sts_policy_assess(struct assessment *a, struct mta_sts_view *view)
{
	view->is_strict = true;
	enum host_state host = look_up_host(a);
	if (host == HOST_WANTED) {
		note_unknown(a, SPAN("the policy host is being looked up"));
		return;
	}
	const struct fact *fact = inquire_policy(a->inquiry, a->domain);
	view->fetch = fact->policy;
	/* Without connecting, the DNS alone says that there is no host; of a record that is only
	 * assumed the host is not there yet. */
	bool is_known_absent =
		host == HOST_ABSENT && is_not_asked(fact) && !view->found.fact->is_assumed;
	if (fact_is_absent(fact) || is_known_absent) {
		report_no_host(a, view);
	} else if (view->fetch == NULL) {
		judge_missing_fetch(a, fact);
	} else if (judge_fetch(a, view)) {
		judge_policy(a, view);
	}
}
