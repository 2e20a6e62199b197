/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about SMTP and STARTTLS. */
#include "assess/tls_hosts.h"

/* RFC 5321 4.5.3.2 allows five minutes; what takes a sixth of one is a tarpit. */
#define SLOW_GREETING_MS 10000

static bool is_unreachable(const struct tls_case *c, struct span *ret_what)
{
	if (c->endpoint->state != TRANSIT_UNREACHABLE) {
		return false;
	}
	*ret_what = c->smtp->reach == ENDPOINT_CONNECTED
			    ? span_of_string(endpoint_greeting_name(c->smtp->greeting))
			    : span_of_string(endpoint_reach_name(c->smtp->reach));
	return true;
}

static bool is_refusing(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "%u %.*s", c->smtp->banner.code,
				 SPAN_ARG(c->smtp->banner.text));
	return c->smtp->greeting == ENDPOINT_GREETING_REFUSING;
}

static bool is_no_smtp(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("the greeting is not SMTP");
	return c->smtp->greeting == ENDPOINT_GREETING_MALFORMED;
}

static bool is_slow(const struct tls_case *c, struct span *ret_what)
{
	*ret_what =
		arena_printf(c->a->arena, "%lld seconds", (long long)(c->smtp->greeting_ms / 1000));
	return c->smtp->greeting_ms > SLOW_GREETING_MS;
}

/* RFC 5321 4.1.1.1: without EHLO there are no extensions, and so no STARTTLS */
static bool is_ehlo_refused(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "%u %.*s", c->smtp->ehlo.reply.code,
				 SPAN_ARG(c->smtp->ehlo.reply.text));
	return c->smtp->starttls == ENDPOINT_STARTTLS_ABSENT && c->smtp->ehlo.reply.code >= 500;
}

static bool is_absent(const struct tls_case *c, struct span *ret_what)
{
	struct span reply;
	*ret_what = SPAN("EHLO is answered without STARTTLS");
	return c->smtp->starttls == ENDPOINT_STARTTLS_ABSENT && !is_ehlo_refused(c, &reply);
}

static bool is_masked(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("STARTTLS is overwritten with the letter X");
	return c->smtp->starttls == ENDPOINT_STARTTLS_MASKED;
}

static bool is_refused(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "%u %.*s", c->smtp->starttls_reply.code,
				 SPAN_ARG(c->smtp->starttls_reply.text));
	return c->smtp->starttls == ENDPOINT_STARTTLS_REFUSED;
}

static bool is_broken(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "after 220: %s",
				 endpoint_starttls_name(c->smtp->starttls));
	switch (c->smtp->starttls) {
	case ENDPOINT_STARTTLS_PLAIN:
	case ENDPOINT_STARTTLS_RESET:
	case ENDPOINT_STARTTLS_CLOSED:
	case ENDPOINT_STARTTLS_SILENT:
	case ENDPOINT_STARTTLS_ALERT:
		return true;
	case ENDPOINT_STARTTLS_UNKNOWN:
	case ENDPOINT_STARTTLS_WORKS:
	case ENDPOINT_STARTTLS_ABSENT:
	case ENDPOINT_STARTTLS_MASKED:
	case ENDPOINT_STARTTLS_REFUSED:
	case ENDPOINT_STARTTLS_COUNT:
		break;
	}
	return false;
}

static bool is_flaky(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "offered %u times, missing %u times",
				 c->smtp->starttls_offered, c->smtp->starttls_missing);
	return c->smtp->starttls_offered > 0 && c->smtp->starttls_missing > 0 &&
	       c->smtp->starttls == ENDPOINT_STARTTLS_WORKS;
}

static bool is_injectable(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("a command sent before TLS was answered inside it");
	return probe_is_yes(c->smtp->injection);
}

static bool offers_clear_auth(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("AUTH is offered before TLS");
	return probe_is_yes(c->smtp->clear_auth);
}

/* --- the name in the greeting --- */

/* Files recorded before this was looked at do not hold the question: no reason to doubt. */
static void note_unless_old(struct assessment *a, const struct fact *fact)
{
	if (fact_is_unknown(fact) && fact->failure != FACT_FAILURE_NOT_RECORDED) {
		unknown_add(a, CONTROL_TLS, fact);
	}
}

static bool has_no_address(struct assessment *a, struct span name)
{
	const struct fact *facts[] = {assessment_dns(a, name, RR_A),
				      assessment_dns(a, name, RR_AAAA)};
	bool is_found = fact_is_present(facts[0]) || fact_is_present(facts[1]);
	for (size_t i = 0; i < 2 && !is_found; i++) {
		note_unless_old(a, facts[i]);
	}
	return fact_is_absent(facts[0]) && fact_is_absent(facts[1]);
}

/* RFC 5321 4.2: a domain that can be resolved, or an address in brackets */
static bool is_misnamed(const struct tls_case *c, struct span *ret_what)
{
	struct span given = text_first_word(c->smtp->banner.text);
	struct span name;
	if (c->smtp->greeting != ENDPOINT_GREETING_READY || given.len == 0 || given.ptr[0] == '[') {
		return false;
	}
	*ret_what = arena_printf(c->a->arena, "%.*s is not a full host name", SPAN_ARG(given));
	if (span_find(given, '.', 0) == given.len || !name_canonical(c->a->arena, given, &name) ||
	    !name_is_ldh(name, /* is_underscore_ok: */ false)) {
		return true;
	}
	*ret_what = arena_printf(c->a->arena, "%.*s has no address", SPAN_ARG(name));
	return has_no_address(c->a, name);
}

/* --- behind TLS --- */

static bool has_inner_keyword(const struct tls_case *c, struct span keyword)
{
	for (size_t i = 0; i < c->smtp->presentation_count; i++) {
		if (endpoint_has_keyword(&c->smtp->presentations[i].ehlo, keyword)) {
			return true;
		}
	}
	return false;
}

/* RFC 3207 4.2: not to be offered once TLS is there */
static bool offers_again(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("STARTTLS is offered again inside TLS");
	return has_inner_keyword(c, SPAN("STARTTLS"));
}

static bool changes_name(const struct tls_case *c, struct span *ret_what)
{
	for (size_t i = 0; i < c->smtp->presentation_count; i++) {
		const struct endpoint_presentation *presentation = &c->smtp->presentations[i];
		struct span inner = text_first_word(presentation->ehlo.reply.text);
		if (presentation->outer_name.len > 0 && inner.len > 0 &&
		    !span_equal_nocase(presentation->outer_name, inner)) {
			*ret_what =
				arena_printf(c->a->arena, "%.*s, then %.*s",
					     SPAN_ARG(presentation->outer_name), SPAN_ARG(inner));
			return true;
		}
	}
	return false;
}

/* RFC 8689 */
static bool honours_requiretls(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("REQUIRETLS is offered");
	return has_inner_keyword(c, SPAN("REQUIRETLS"));
}

static bool is_throttled(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "%u of %u connections turned away",
				 c->smtp->throttles, c->smtp->connections);
	return c->smtp->throttles > 0;
}

/* clang-format off */
const struct tls_rule tls_smtp_rules[] = {
	{.id = FINDING_TLS_HOST_UNREACHABLE, .holds = is_unreachable, .is_always = true},
	{.id = FINDING_TLS_HOST_REFUSES_MAIL, .holds = is_refusing, .is_always = true},
	{.id = FINDING_TLS_HOST_NOT_SMTP, .holds = is_no_smtp, .is_always = true},
	{.id = FINDING_TLS_GREETING_SLOW, .holds = is_slow, .is_always = true},
	{.id = FINDING_TLS_GREETING_NAME, .holds = is_misnamed, .is_always = true},
	{.id = FINDING_TLS_EHLO_REFUSED, .holds = is_ehlo_refused, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_MISSING, .holds = is_absent, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_MASKED, .holds = is_masked, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_REFUSED, .holds = is_refused, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_BROKEN, .holds = is_broken, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_FLAKY, .holds = is_flaky},
	{.id = FINDING_TLS_INJECTION, .holds = is_injectable},
	{.id = FINDING_TLS_CLEAR_AUTH, .holds = offers_clear_auth, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_AGAIN, .holds = offers_again},
	{.id = FINDING_TLS_NAME_CHANGES, .holds = changes_name},
	{.id = FINDING_TLS_REQUIRETLS, .holds = honours_requiretls},
	{.id = FINDING_TLS_THROTTLED, .holds = is_throttled, .is_always = true},
};
/* clang-format on */
const size_t tls_smtp_rule_count = sizeof(tls_smtp_rules) / sizeof(tls_smtp_rules[0]);
