/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about versions, suites, groups and the handshake. */
#include "assess/tls_hosts.h"

/* RFC 10024; X25519Kyber768Draft00 and its P-256 sister came before it. */
static const uint16_t hybrids[] = {0x11ec, 0x11eb, 0x11ed};
static const uint16_t drafts[] = {0x6399, 0x639a};

/* RFC 9325 4.5 and Logjam */
#define TINY_DH_BITS 1024
#define SMALL_DH_BITS 2048
/* What is smaller than P-256 or unknown has no place (RFC 8422 5.1.1). */
#define SMALLEST_CURVE_BITS 250

static bool accepts(const struct tls_case *c, uint16_t version)
{
	return probe_is_yes(endpoint_version_at(c->smtp, version)->is_accepted);
}

static bool refuses(const struct tls_case *c, uint16_t version)
{
	return probe_is_no(endpoint_version_at(c->smtp, version)->is_accepted);
}

/* --- versions --- */

static bool has_ssl2(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("SSL 2 accepted");
	return accepts(c, TLS_VERSION_SSL2);
}

static bool has_ssl3(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("SSL 3 accepted");
	return accepts(c, TLS_VERSION_SSL3);
}

static bool has_old_version(const struct tls_case *c, struct span *ret_what)
{
	bool has_10 = accepts(c, TLS_VERSION_10);
	bool has_11 = accepts(c, TLS_VERSION_11);
	*ret_what = has_10 && has_11 ? SPAN("TLS 1.0 and TLS 1.1 accepted")
		    : has_10	     ? SPAN("TLS 1.0 accepted")
				     : SPAN("TLS 1.1 accepted");
	return has_10 || has_11;
}

static bool has_no_tls12(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("neither TLS 1.2 nor TLS 1.3");
	return refuses(c, TLS_VERSION_12) && refuses(c, TLS_VERSION_13);
}

static bool has_no_tls13(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("TLS 1.3 refused");
	return accepts(c, TLS_VERSION_12) && refuses(c, TLS_VERSION_13);
}

static bool is_intolerant(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("breaks off at a version it does not know");
	return probe_is_no(c->smtp->takes_unknown_version);
}

static bool drops_hellos(const struct tls_case *c, struct span *ret_what)
{
	if (probe_is_no(c->smtp->takes_large_hello)) {
		*ret_what = SPAN("does not answer a large hello");
	} else if (probe_is_no(c->smtp->takes_split_hello)) {
		*ret_what = SPAN("does not answer a hello in two parts");
	} else {
		return false;
	}
	return true;
}

/* --- suites --- */

#define SUITE_RULE(name, kind)                                                                     \
	static bool name(const struct tls_case *c, struct span *ret_what)                          \
	{                                                                                          \
		return probe_is_yes(suite_kind_accepted(c->a->arena, c->smtp, kind, ret_what));    \
	}
SUITE_RULE(has_null, SUITE_NULL)
SUITE_RULE(has_export, SUITE_EXPORT)
SUITE_RULE(has_anon, SUITE_ANON)
SUITE_RULE(has_rc4, SUITE_RC4)
SUITE_RULE(has_des, SUITE_DES)
SUITE_RULE(has_3des, SUITE_3DES)
SUITE_RULE(has_md5, SUITE_MD5)
SUITE_RULE(has_obsolete, SUITE_OBSOLETE)
SUITE_RULE(has_static, SUITE_STATIC)
SUITE_RULE(has_cbc_sha1, SUITE_CBC_SHA1)
SUITE_RULE(has_ccm8, SUITE_CCM8)
SUITE_RULE(has_later, SUITE_LATER)

static bool has_no_good(const struct tls_case *c, struct span *ret_what)
{
	struct span names;
	*ret_what = SPAN("no suite of TLS 1.3, none of ECDHE with AES-GCM");
	return probe_is_no(suite_kind_accepted(c->a->arena, c->smtp, SUITE_GOOD, &names));
}

static bool is_weak_choice(uint32_t id)
{
	const struct tls_suite *suite = tls_suite_find(id);
	return suite != NULL && tls_suite_rank(suite) > TLS_RANK_AEAD;
}

/* Only when it has something better to choose. */
static bool prefers_weak(const struct tls_case *c, struct span *ret_what)
{
	const struct endpoint_version *version = endpoint_version_at(c->smtp, TLS_VERSION_12);
	struct span names;
	uint32_t chosen =
		is_weak_choice(version->best_first) ? version->best_first : version->worst_first;
	if (!probe_is_yes(version->is_accepted) || !is_weak_choice(chosen) ||
	    !probe_is_yes(suite_kind_accepted(c->a->arena, c->smtp, SUITE_GOOD, &names))) {
		return false;
	}
	*ret_what = arena_printf(c->a->arena, "chose %s", tls_suite_name(chosen).text);
	return true;
}

/* --- groups --- */

static bool is_hybrid(uint16_t group)
{
	for (size_t i = 0; i < sizeof(hybrids) / sizeof(hybrids[0]); i++) {
		if (hybrids[i] == group) {
			return true;
		}
	}
	return false;
}

static const char *accepted_hybrid(const struct tls_case *c)
{
	for (size_t i = 0; i < sizeof(hybrids) / sizeof(hybrids[0]); i++) {
		if (probe_is_yes(endpoint_group(&c->smtp->groups13, hybrids[i]))) {
			return tls_group_name(hybrids[i]);
		}
	}
	return NULL;
}

static bool has_hybrid(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = span_of_string(accepted_hybrid(c));
	return ret_what->len > 0;
}

static bool prefers_classical(const struct tls_case *c, struct span *ret_what)
{
	uint16_t chosen = c->smtp->groups13.chosen;
	if (accepted_hybrid(c) == NULL || chosen == 0 || is_hybrid(chosen)) {
		return false;
	}
	*ret_what = arena_printf(c->a->arena, "chose %s", tls_group_name(chosen));
	return true;
}

static bool lacks_hybrid(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("TLS 1.3 without a hybrid group");
	const struct endpoint_groups *groups = &c->smtp->groups13;
	for (size_t i = 0; i < sizeof(hybrids) / sizeof(hybrids[0]); i++) {
		struct probe probe = endpoint_group(groups, hybrids[i]);
		if (probe_is_yes(probe) ||
		    (probe.answer == PROBE_UNKNOWN && !groups->is_complete)) {
			return false;
		}
	}
	return accepts(c, TLS_VERSION_13);
}

static bool has_draft(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("a draft of the hybrid groups");
	return probe_is_yes(endpoint_group(&c->smtp->groups13, drafts[0])) ||
	       probe_is_yes(endpoint_group(&c->smtp->groups13, drafts[1]));
}

static bool has_hybrids_only(const struct tls_case *c, struct span *ret_what)
{
	const struct endpoint_groups *groups = &c->smtp->groups13;
	*ret_what = SPAN("no classical group");
	if (!groups->is_complete || groups->accepted_count == 0 || !refuses(c, TLS_VERSION_12)) {
		return false;
	}
	for (size_t i = 0; i < groups->accepted_count; i++) {
		const struct tls_group *group = tls_group_find(groups->accepted[i]);
		if (group == NULL || group->kind == TLS_GROUP_EC ||
		    group->kind == TLS_GROUP_FFDHE) {
			return false;
		}
	}
	return true;
}

static bool find_small_curve(const struct endpoint_groups *groups, struct span *ret_what)
{
	for (size_t i = 0; i < groups->accepted_count; i++) {
		const struct tls_group *group = tls_group_find(groups->accepted[i]);
		if (group != NULL && group->kind == TLS_GROUP_EC &&
		    group->bits < SMALLEST_CURVE_BITS) {
			*ret_what = span_of_string(group->name);
			return true;
		}
	}
	return false;
}

static bool has_small_curve(const struct tls_case *c, struct span *ret_what)
{
	return find_small_curve(&c->smtp->groups13, ret_what) ||
	       find_small_curve(&c->smtp->groups12, ret_what);
}

/* The smallest prime from least on and below limit. */
static bool find_dh(const struct tls_case *c, unsigned least, unsigned limit, bool is_custom,
		    struct span *ret_what)
{
	for (size_t i = 0; i < c->smtp->dh_count; i++) {
		const struct endpoint_dh *dh = &c->smtp->dh[i];
		if (dh->prime_bits >= least && dh->prime_bits < limit &&
		    (!is_custom || dh->group == 0)) {
			*ret_what = arena_printf(c->a->arena, "%u bits with %s", dh->prime_bits,
						 tls_suite_name(dh->suite).text);
			return true;
		}
	}
	return false;
}

static bool has_tiny_dh(const struct tls_case *c, struct span *ret_what)
{
	return find_dh(c, 1, TINY_DH_BITS, /* is_custom: */ false, ret_what);
}

static bool has_small_dh(const struct tls_case *c, struct span *ret_what)
{
	return find_dh(c, TINY_DH_BITS, SMALL_DH_BITS, /* is_custom: */ false, ret_what);
}

static bool has_custom_dh(const struct tls_case *c, struct span *ret_what)
{
	return find_dh(c, SMALL_DH_BITS, UINT32_MAX, /* is_custom: */ true, ret_what);
}

/* --- the handshake --- */

static bool signs_sha1(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("signs with SHA-1 when asked to");
	return probe_is_yes(c->smtp->signs_sha1);
}

static bool signs_sha224(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("signs with SHA-224 when asked to");
	return probe_is_yes(c->smtp->signs_sha224);
}

static bool lacks_ems(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("no extended master secret");
	return probe_is_no(c->smtp->extended_master_secret);
}

static bool renegotiates_insecurely(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("no secure renegotiation");
	return probe_is_no(c->smtp->secure_renegotiation);
}

/* The probe stops at eleven. */
#define FEW_RENEGOTIATIONS 10

static bool renegotiates_endlessly(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = arena_printf(c->a->arena, "more than %d renegotiations accepted",
				 FEW_RENEGOTIATIONS);
	return probe_is_yes(c->smtp->client_renegotiation) &&
	       c->smtp->renegotiations > FEW_RENEGOTIATIONS;
}

static bool renegotiates(const struct tls_case *c, struct span *ret_what)
{
	*ret_what =
		arena_printf(c->a->arena, "%u renegotiations accepted", c->smtp->renegotiations);
	return probe_is_yes(c->smtp->client_renegotiation) &&
	       c->smtp->renegotiations <= FEW_RENEGOTIATIONS;
}

static bool compresses(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("TLS compression is on");
	return probe_is_yes(c->smtp->compression);
}

static bool has_heartbeat(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("the heartbeat extension is on");
	return probe_is_yes(c->smtp->heartbeat);
}

static bool fails_inside(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("answers an ordinary hello with an internal error");
	return probe_is_yes(c->smtp->sends_internal_error);
}

static bool asks_certificate(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("asks senders for a certificate");
	for (size_t i = 0; i < c->endpoint->leaf_count; i++) {
		if (probe_is_yes(c->endpoint->leaves[i].presentation->asks_certificate)) {
			return true;
		}
	}
	return false;
}

static bool takes_early_data(const struct tls_case *c, struct span *ret_what)
{
	*ret_what = SPAN("0-RTT data is allowed");
	for (size_t i = 0; i < c->endpoint->leaf_count; i++) {
		if (c->endpoint->leaves[i].presentation->early_data_bytes > 0) {
			return true;
		}
	}
	return false;
}

/* clang-format off */
const struct tls_rule tls_protocol_rules[] = {
	{.id = FINDING_TLS_SSL2, .holds = has_ssl2},
	{.id = FINDING_TLS_SSL3, .holds = has_ssl3},
	{.id = FINDING_TLS_OLD_VERSION, .holds = has_old_version},
	{.id = FINDING_TLS_NO_TLS12, .holds = has_no_tls12},
	{.id = FINDING_TLS_NO_TLS13, .holds = has_no_tls13},
	{.id = FINDING_TLS_VERSION_INTOLERANT, .holds = is_intolerant},
	{.id = FINDING_TLS_HELLO_INTOLERANT, .holds = drops_hellos, .is_raised = true},
	{.id = FINDING_TLS_SUITE_NULL, .holds = has_null},
	{.id = FINDING_TLS_SUITE_EXPORT, .holds = has_export},
	{.id = FINDING_TLS_SUITE_ANON, .holds = has_anon},
	{.id = FINDING_TLS_SUITE_RC4, .holds = has_rc4},
	{.id = FINDING_TLS_SUITE_DES, .holds = has_des},
	{.id = FINDING_TLS_SUITE_3DES, .holds = has_3des},
	{.id = FINDING_TLS_SUITE_MD5, .holds = has_md5},
	{.id = FINDING_TLS_SUITE_OBSOLETE, .holds = has_obsolete},
	{.id = FINDING_TLS_SUITE_STATIC, .holds = has_static},
	{.id = FINDING_TLS_SUITE_CBC_SHA1, .holds = has_cbc_sha1},
	{.id = FINDING_TLS_SUITE_CCM8, .holds = has_ccm8},
	{.id = FINDING_TLS_SUITE_LATER, .holds = has_later},
	{.id = FINDING_TLS_SUITE_NO_GOOD, .holds = has_no_good},
	{.id = FINDING_TLS_SUITE_ORDER, .holds = prefers_weak},
	{.id = FINDING_TLS_PQ, .holds = has_hybrid},
	{.id = FINDING_TLS_PQ_NOT_PREFERRED, .holds = prefers_classical},
	{.id = FINDING_TLS_PQ_MISSING, .holds = lacks_hybrid},
	{.id = FINDING_TLS_PQ_DRAFT, .holds = has_draft},
	{.id = FINDING_TLS_PQ_ONLY, .holds = has_hybrids_only},
	{.id = FINDING_TLS_GROUP_SMALL, .holds = has_small_curve},
	{.id = FINDING_TLS_DH_TINY, .holds = has_tiny_dh},
	{.id = FINDING_TLS_DH_SMALL, .holds = has_small_dh},
	{.id = FINDING_TLS_DH_CUSTOM, .holds = has_custom_dh},
	{.id = FINDING_TLS_SIGNATURE_SHA1, .holds = signs_sha1},
	{.id = FINDING_TLS_SIGNATURE_SHA224, .holds = signs_sha224},
	{.id = FINDING_TLS_EMS_MISSING, .holds = lacks_ems},
	{.id = FINDING_TLS_RENEGOTIATION_INSECURE, .holds = renegotiates_insecurely},
	{.id = FINDING_TLS_RENEGOTIATION_CLIENT, .holds = renegotiates},
	{.id = FINDING_TLS_RENEGOTIATION_UNLIMITED, .holds = renegotiates_endlessly},
	{.id = FINDING_TLS_COMPRESSION, .holds = compresses},
	{.id = FINDING_TLS_HEARTBEAT, .holds = has_heartbeat},
	{.id = FINDING_TLS_INTERNAL_ERROR, .holds = fails_inside},
	{.id = FINDING_TLS_CLIENT_CERTIFICATE, .holds = asks_certificate},
	{.id = FINDING_TLS_EARLY_DATA, .holds = takes_early_data},
};
/* clang-format on */
const size_t tls_protocol_rule_count = sizeof(tls_protocol_rules) / sizeof(tls_protocol_rules[0]);
