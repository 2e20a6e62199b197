/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about what mail hosts send with their certificates: the chain and the OCSP response. */
#include "assess/tls_hosts.h"

/* RFC 9325 4.5 has 2048 bits (a strength of 112) as the least; 3072 are as strong as P-256. */
#define LEAST_RSA_BITS 2048
#define LASTING_RSA_BITS 3072
/* RFC 6960 4.2.2.1 leaves the tolerance to us: clocks of servers differ by minutes. */
#define CLOCK_SKEW 300

/* The way from the leaf upwards through what was sent. */
struct path {
	bool is_used[ENDPOINT_MAX_CHAIN];
	size_t end; /* the last certificate on it */
	bool is_ordered;
};

static size_t find_issuer(const struct transit_leaf *leaf, const struct path *path)
{
	for (size_t i = 0; i < leaf->chain_count; i++) {
		if (!path->is_used[i] && leaf->chain[i].fingerprint.len > 0 &&
		    span_equal(leaf->chain[i].subject, leaf->chain[path->end].issuer)) {
			return i;
		}
	}
	return leaf->chain_count;
}

static struct path follow(const struct transit_leaf *leaf)
{
	struct path path = {.is_used = {true}, .is_ordered = true};
	for (size_t step = 1; step < leaf->chain_count; step++) {
		size_t next = find_issuer(leaf, &path);
		if (leaf->chain[path.end].is_self_issued || next == leaf->chain_count) {
			break;
		}
		path.is_ordered = path.is_ordered && next > path.end;
		path.is_used[next] = true;
		path.end = next;
	}
	return path;
}

bool tls_leaf_is_alone(const struct transit_leaf *leaf)
{
	return leaf->is_readable && !leaf->view.is_self_issued && follow(leaf).end == 0 &&
	       !leaf->presentation->is_chain_cut;
}

static bool leaf_incomplete(const struct tls_case *c, const struct transit_leaf *leaf,
			    struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "the certificate of %.*s is not sent",
				 SPAN_ARG(leaf->view.issuer));
	return probe_is_no(leaf->presentation->is_trusted) && tls_leaf_is_alone(leaf);
}

bool tls_chain_is_ordered(const struct transit_leaf *leaf)
{
	return follow(leaf).is_ordered;
}

/* RFC 5246 7.4.2: each certificate certifies the one before it */
static bool leaf_disordered(const struct tls_case *c, const struct transit_leaf *leaf,
			    struct span *ret_what)
{
	(void)c;
	*ret_what = SPAN("an authority's certificate stands before one it signed");
	return !tls_chain_is_ordered(leaf);
}

/* Another certificate of the same authority leads to another root: that has its uses. */
static bool is_other_way(const struct transit_leaf *leaf, const struct path *path, size_t at)
{
	for (size_t i = 0; i < leaf->chain_count; i++) {
		if (path->is_used[i] &&
		    span_equal(leaf->chain[i].issuer, leaf->chain[at].subject) &&
		    !span_equal(leaf->chain[i].fingerprint, leaf->chain[at].fingerprint)) {
			return true;
		}
	}
	return false;
}

static bool leaf_surplus(const struct tls_case *c, const struct transit_leaf *leaf,
			 struct span *ret_what)
{
	struct path path = follow(leaf);
	for (size_t i = 1; i < leaf->chain_count; i++) {
		if (!path.is_used[i] && !is_other_way(leaf, &path, i)) {
			*ret_what = arena_printf(c->a->arena, "%.*s is not needed",
						 SPAN_ARG(leaf->chain[i].subject));
			return true;
		}
	}
	return false;
}

static bool leaf_key_later(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what)
{
	const struct x509_view *view = &leaf->view;
	bool is_rsa = view->key_type == X509_KEY_RSA || view->key_type == X509_KEY_RSA_PSS;
	*ret_what = arena_printf(c->a->arena, "RSA with %u bits", view->key_bits);
	return is_rsa && view->key_bits >= LEAST_RSA_BITS && view->key_bits < LASTING_RSA_BITS;
}

/* --- OCSP --- */

static bool leaf_revoked(const struct tls_case *c, const struct transit_leaf *leaf,
			 struct span *ret_what)
{
	struct time_text day = time_format(leaf->staple.revoked_at);
	*ret_what = arena_printf(c->a->arena, "revoked on %.10s", day.text);
	return leaf->has_staple && leaf->staple.status == OCSP_REVOKED &&
	       leaf->staple.this_update <= c->a->options->now + CLOCK_SKEW;
}

/* RFC 7633 4.2.3: without a response such a certificate is not to be accepted */
static bool leaf_unstapled(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what)
{
	(void)c;
	*ret_what = SPAN("no OCSP response is sent");
	return leaf->view.must_staple && !leaf->presentation->is_raw && !leaf->has_staple;
}

bool tls_staple_is_current(const struct ocsp_view *staple, int64_t now)
{
	return staple->this_update <= now + CLOCK_SKEW &&
	       (staple->next_update == 0 || staple->next_update >= now);
}

/* RFC 6960 3.2: what a client makes sure of before it believes a response */
static bool leaf_bad_staple(const struct tls_case *c, const struct transit_leaf *leaf,
			    struct span *ret_what)
{
	const struct ocsp_view *staple = &leaf->staple;
	if (!leaf->has_staple || staple->status == OCSP_REVOKED) {
		return false;
	}
	if (staple->status != OCSP_GOOD) {
		*ret_what = span_of_string(ocsp_status_name(staple->status));
		return true;
	}
	struct time_text day = time_format(staple->next_update);
	*ret_what = staple->this_update > c->a->options->now
			    ? SPAN("from the future")
			    : arena_printf(c->a->arena, "out of date since %.10s", day.text);
	return !tls_staple_is_current(staple, c->a->options->now);
}

LEAF_RULE(is_incomplete, leaf_incomplete)
LEAF_RULE(is_disordered, leaf_disordered)
LEAF_RULE(has_surplus, leaf_surplus)
LEAF_RULE(has_key_later, leaf_key_later)
LEAF_RULE(is_revoked, leaf_revoked)
LEAF_RULE(is_unstapled, leaf_unstapled)
LEAF_RULE(has_bad_staple, leaf_bad_staple)

/* clang-format off */
const struct tls_rule tls_chain_rules[] = {
	{.id = FINDING_TLS_CERTIFICATE_INCOMPLETE, .holds = is_incomplete},
	{.id = FINDING_TLS_CERTIFICATE_ORDER, .holds = is_disordered},
	{.id = FINDING_TLS_CERTIFICATE_SURPLUS, .holds = has_surplus},
	{.id = FINDING_TLS_CERTIFICATE_KEY_LATER, .holds = has_key_later},
	{.id = FINDING_TLS_CERTIFICATE_REVOKED, .holds = is_revoked},
	{.id = FINDING_TLS_CERTIFICATE_UNSTAPLED, .holds = is_unstapled},
	{.id = FINDING_TLS_CERTIFICATE_STAPLE, .holds = has_bad_staple},
	{.id = FINDING_TLS_CERTIFICATE_STALE, .holds = tls_leaf_is_stale},
};
/* clang-format on */
const size_t tls_chain_rule_count = sizeof(tls_chain_rules) / sizeof(tls_chain_rules[0]);
