/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Applies the rules to every address. */
#include "assess/tls_hosts.h"

#include "assess/dane.h"
#include "assess/mta_sts.h"

bool tls_is_insisted_on(const struct assessment *a)
{
	bool is_enforced = a->mta_sts != NULL && a->mta_sts->mode == MTA_STS_MODE_ENFORCE;
	return is_enforced || (a->dane != NULL && a->dane->has_usable);
}

static struct template_arg *find_arg(struct finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->args.len; i++) {
		struct template_arg *arg = VECTOR_AT(&finding->args, struct template_arg, i);
		if (span_equal(arg->name, span_of_string(name))) {
			return arg;
		}
	}
	return NULL;
}

static struct finding *find_existing(struct assessment *a, enum finding_id id)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		struct finding *finding = *VECTOR_AT(&a->findings, struct finding *, i);
		if (finding->id == id) {
			return finding;
		}
	}
	return NULL;
}

static enum severity one_more(enum severity severity)
{
	return severity >= SEVERITY_LOW && severity < SEVERITY_HIGH ? severity + 1 : severity;
}

static void report(const struct tls_case *c, const struct tls_rule *rule, struct span what)
{
	struct assessment *a = c->a;
	struct span label = c->endpoint->label;
	struct finding *finding = find_existing(a, rule->id);
	struct template_arg *hosts = finding != NULL ? find_arg(finding, "hosts") : NULL;
	if (hosts == NULL) {
		finding = finding_add(a, rule->id, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(label));
		finding_arg(a, finding, "what", "%.*s", SPAN_ARG(what));
		if (rule->is_raised && tls_is_insisted_on(a)) {
			finding->severity = one_more(finding->severity);
		}
	} else {
		hosts->value = arena_printf(a->arena, "%.*s, %.*s", SPAN_ARG(hosts->value),
					    SPAN_ARG(label));
	}
	finding_evidence(a, finding, "%.*s: %.*s", SPAN_ARG(label), SPAN_ARG(what));
}

static void apply(const struct tls_case *c, const struct tls_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct span what = SPAN("");
		if ((rules[i].is_always || c->endpoint->state == TRANSIT_TLS) &&
		    rules[i].holds(c, &what)) {
			report(c, &rules[i], what);
		}
	}
}

static void note_unseen(struct assessment *a, const struct transit_endpoint *endpoint)
{
	const struct smtp_endpoint *smtp = endpoint->smtp;
	if (smtp == NULL) {
		if (endpoint->fact->failure != FACT_FAILURE_FILTERED) {
			unknown_add(a, CONTROL_TLS, endpoint->fact);
		}
	} else if (endpoint->state == TRANSIT_UNKNOWN) {
		bool is_throttled =
			smtp->throttles > 0 || smtp->greeting == ENDPOINT_GREETING_TRANSIENT;
		unknown_note(a, CONTROL_TLS, endpoint->label,
			     is_throttled
				     ? SPAN("the server limits how often it may be asked")
				     : span_of_string(probe_reason_explain(smtp->starttls_reason)));
	}
}

/* Told once: when nothing at all could be reached, it says more of our network than of theirs. */
static void note_cut_off(struct assessment *a)
{
	unknown_note(a, CONTROL_TLS,
		     arena_printf(a->arena, "mail hosts of %.*s", SPAN_ARG(a->domain)),
		     SPAN("no connection to port 25 came about; many networks do not let it out, "
			  "so run this where mail may be sent from"));
}

void tls_hosts_assess(struct assessment *a)
{
	const struct transit_view *transit = a->transit;
	if (!transit->is_measured) {
		return; /* tls has said so */
	}
	if (transit->is_cut_off) {
		note_cut_off(a);
	}
	for (size_t i = 0; i < transit->endpoint_count && !transit->is_cut_off; i++) {
		const struct transit_endpoint *endpoint = &transit->endpoints[i];
		note_unseen(a, endpoint);
		if (endpoint->smtp != NULL) {
			struct tls_case c = {a, endpoint, endpoint->smtp};
			apply(&c, tls_smtp_rules, tls_smtp_rule_count);
			apply(&c, tls_protocol_rules, tls_protocol_rule_count);
			apply(&c, tls_certificate_rules, tls_certificate_rule_count);
			apply(&c, tls_chain_rules, tls_chain_rule_count);
		}
	}
	tls_hosts_compare(a);
	tls_hosts_measure(a);
}
