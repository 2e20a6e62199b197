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

static bool is_absent(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("EHLO is answered without STARTTLS");
	return c->smtp->starttls == ENDPOINT_STARTTLS_ABSENT;
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
	{.id = FINDING_TLS_STARTTLS_MISSING, .holds = is_absent, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_MASKED, .holds = is_masked, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_REFUSED, .holds = is_refused, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_BROKEN, .holds = is_broken, .is_always = true},
	{.id = FINDING_TLS_STARTTLS_FLAKY, .holds = is_flaky},
	{.id = FINDING_TLS_INJECTION, .holds = is_injectable},
	{.id = FINDING_TLS_CLEAR_AUTH, .holds = offers_clear_auth, .is_always = true},
	{.id = FINDING_TLS_THROTTLED, .holds = is_throttled, .is_always = true},
};
/* clang-format on */
const size_t tls_smtp_rule_count = sizeof(tls_smtp_rules) / sizeof(tls_smtp_rules[0]);
