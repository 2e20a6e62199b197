/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about the certificates that mail hosts present. */
#include "assess/tls_hosts.h"

/* RFC 9325 4.5: at least 2048 bits; elliptic curves of the same strength have 224. */
#define LEAST_RSA_BITS 2048
#define LEAST_EC_BITS 224
/* A renewal is due when a third of the certificate's own life is left. */
#define RENEWAL_SHARE 3

bool tls_any_leaf(const struct tls_case *c, struct span *ret_what, tls_leaf_test *test)
{
	for (size_t i = 0; i < c->endpoint->leaf_count; i++) {
		const struct transit_leaf *leaf = &c->endpoint->leaves[i];
		if (leaf->is_readable && test(c, leaf, ret_what)) {
			return true;
		}
	}
	return false;
}

static struct span day_of(struct arena *arena, int64_t time)
{
	struct time_text text = time_format(time);
	return arena_copy(arena, span_slice(span_of_string(text.text), 0, 10));
}

static int64_t end_of(const struct transit_leaf *leaf)
{
	int64_t until = leaf->presentation->trusted_until;
	bool is_shorter = until != 0 && until < leaf->view.not_after;
	return is_shorter ? until : leaf->view.not_after;
}

static bool leaf_expired(const struct tls_case *c, const struct transit_leaf *leaf,
			 struct span *ret_what)
{
	int64_t end = end_of(leaf);
	*ret_what = arena_printf(c->a->arena, "since %.*s", SPAN_ARG(day_of(c->a->arena, end)));
	return !leaf->view.has_bad_dates && c->a->options->now > end;
}

static bool leaf_early(const struct tls_case *c, const struct transit_leaf *leaf,
		       struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "valid from %.*s",
				 SPAN_ARG(day_of(c->a->arena, leaf->view.not_before)));
	return !leaf->view.has_bad_dates && c->a->options->now < leaf->view.not_before;
}

static bool leaf_ending(const struct tls_case *c, const struct transit_leaf *leaf,
			struct span *ret_what)
{
	int64_t end = end_of(leaf);
	int64_t left = end - c->a->options->now;
	*ret_what = arena_printf(c->a->arena, "on %.*s", SPAN_ARG(day_of(c->a->arena, end)));
	return leaf->is_in_date && left < (end - leaf->view.not_before) / RENEWAL_SHARE;
}

static bool leaf_bad_dates(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what)
{
	(void)c;
	*ret_what = SPAN("the dates of the certificate make no sense");
	return leaf->view.has_bad_dates;
}

static bool leaf_misnamed(const struct tls_case *c, const struct transit_leaf *leaf,
			  struct span *ret_what)
{
	*ret_what = SPAN("no names at all");
	if (leaf->view.name_count > 0) {
		*ret_what = arena_printf(c->a->arena, "for %.*s%s", SPAN_ARG(leaf->view.names[0]),
					 leaf->view.name_count > 1 ? " and others" : "");
	}
	return !leaf->has_name;
}

static bool leaf_untrusted(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what)
{
	(void)c;
	*ret_what = leaf->presentation->trust_error;
	return probe_is_no(leaf->presentation->is_trusted) && !leaf->view.is_self_signed &&
	       !tls_leaf_is_alone(leaf);
}

static bool leaf_self_signed(const struct tls_case *c, const struct transit_leaf *leaf,
			     struct span *ret_what)
{
	(void)c;
	*ret_what = SPAN("the host vouches for itself");
	return leaf->view.is_self_signed;
}

static bool leaf_weak_key(const struct tls_case *c, const struct transit_leaf *leaf,
			  struct span *ret_what)
{
	const struct x509_view *view = &leaf->view;
	bool is_rsa = view->key_type == X509_KEY_RSA || view->key_type == X509_KEY_RSA_PSS;
	*ret_what = arena_printf(c->a->arena, "%s with %u bits", x509_key_type_name(view->key_type),
				 view->key_bits);
	return (is_rsa && view->key_bits < LEAST_RSA_BITS) ||
	       (view->key_type == X509_KEY_EC && view->key_bits < LEAST_EC_BITS) ||
	       view->key_type == X509_KEY_DSA;
}

/* RFC 8422 5.1.1 deprecates all other curves; RFC 8446 4.2.3 signs with none of them */
static bool leaf_odd_curve(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what)
{
	static const struct span known[] = {
		SPAN_INIT("prime256v1"),
		SPAN_INIT("secp384r1"),
		SPAN_INIT("secp521r1"),
	};
	const struct x509_view *view = &leaf->view;
	bool is_odd = view->key_type == X509_KEY_EC && view->curve.len > 0 &&
		      view->key_bits >= LEAST_EC_BITS;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		is_odd = is_odd && !span_equal(view->curve, known[i]);
	}
	*ret_what = arena_printf(c->a->arena, "EC on %.*s", SPAN_ARG(view->curve));
	return is_odd;
}

static bool is_weak_hash(enum tls_hash hash)
{
	return hash == TLS_HASH_SHA1 || hash == TLS_HASH_MD5;
}

/* A root's own signature proves nothing and is left out. */
static bool leaf_weak_signature(const struct tls_case *c, const struct transit_leaf *leaf,
				struct span *ret_what)
{
	(void)c;
	for (size_t i = 0; i < leaf->chain_count; i++) {
		const struct x509_view *view = &leaf->chain[i];
		if (is_weak_hash(view->signature_hash) && (i == 0 || !view->is_self_issued)) {
			*ret_what = view->signature;
			return true;
		}
	}
	return false;
}

/* RFC 5280 4.2.1.3: the key of all ephemeral key exchanges, and of TLS 1.3, signs */
static bool leaf_wrong_usage(const struct tls_case *c, const struct transit_leaf *leaf,
			     struct span *ret_what)
{
	(void)c;
	*ret_what = leaf->view.is_for_servers ? SPAN("its key may not sign handshakes")
					      : SPAN("not for servers");
	return !leaf->view.is_for_servers || !leaf->view.may_sign;
}

LEAF_RULE(is_expired, leaf_expired)
LEAF_RULE(is_early, leaf_early)
LEAF_RULE(is_ending, leaf_ending)
LEAF_RULE(has_bad_dates, leaf_bad_dates)
LEAF_RULE(is_misnamed, leaf_misnamed)
LEAF_RULE(is_untrusted, leaf_untrusted)
LEAF_RULE(is_self_signed, leaf_self_signed)
LEAF_RULE(has_weak_key, leaf_weak_key)
LEAF_RULE(has_odd_curve, leaf_odd_curve)
LEAF_RULE(has_weak_signature, leaf_weak_signature)
LEAF_RULE(has_wrong_usage, leaf_wrong_usage)

/* Which of several a sender sees depends on what it sends: TLSA records must know all. */
static bool has_several(const struct tls_case *c, struct span *ret_what)
{
	for (size_t i = 1; i < c->endpoint->leaf_count; i++) {
		const struct transit_leaf *leaf = &c->endpoint->leaves[i];
		if (leaf->is_readable &&
		    leaf->presentation->has_sni != c->endpoint->leaves[0].presentation->has_sni &&
		    leaf->view.key_type == c->endpoint->leaves[0].view.key_type &&
		    !span_equal(leaf->view.fingerprint, c->endpoint->leaves[0].view.fingerprint)) {
			*ret_what = SPAN("another certificate without SNI than with it");
			return true;
		}
	}
	return false;
}

/* clang-format off */
const struct tls_rule tls_certificate_rules[] = {
	{.id = FINDING_TLS_CERTIFICATE_EXPIRED, .holds = is_expired, .is_raised = true},
	{.id = FINDING_TLS_CERTIFICATE_EARLY, .holds = is_early, .is_raised = true},
	{.id = FINDING_TLS_CERTIFICATE_ENDING, .holds = is_ending},
	{.id = FINDING_TLS_CERTIFICATE_DATES, .holds = has_bad_dates, .is_raised = true},
	{.id = FINDING_TLS_CERTIFICATE_NAME, .holds = is_misnamed},
	{.id = FINDING_TLS_CERTIFICATE_UNTRUSTED, .holds = is_untrusted},
	{.id = FINDING_TLS_CERTIFICATE_SELF_SIGNED, .holds = is_self_signed},
	{.id = FINDING_TLS_CERTIFICATE_KEY, .holds = has_weak_key},
	{.id = FINDING_TLS_CERTIFICATE_CURVE, .holds = has_odd_curve},
	{.id = FINDING_TLS_CERTIFICATE_SIGNATURE, .holds = has_weak_signature},
	{.id = FINDING_TLS_CERTIFICATE_USAGE, .holds = has_wrong_usage},
	{.id = FINDING_TLS_CERTIFICATE_SEVERAL, .holds = has_several},
};
/* clang-format on */
const size_t tls_certificate_rule_count =
	sizeof(tls_certificate_rules) / sizeof(tls_certificate_rules[0]);
