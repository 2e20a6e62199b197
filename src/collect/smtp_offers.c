/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lists to offer, made from the tables of TLS numbers. */
#include "collect/smtp_offers.h"

/* RFC 5246 7.4.1.4.1: both SHA-1 alone and all others; strong ones first. */
static const uint16_t all_schemes[] = {
	0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b,
	0x0401, 0x0501, 0x0601, 0x0402, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202,
};
static const uint16_t sha1_schemes[] = {0x0203, 0x0201, 0x0202};
static const uint16_t sha224_schemes[] = {0x0303, 0x0301, 0x0302};

/* Hybrids, then what is common; those nobody should use come last. */
static const uint16_t groups_13[] = {
	0x11ec, 0x11eb, 0x11ed, 0x6399, 0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001f,
	0x0020, 0x0021, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104, 0x0201, 0x0202, 0x0200,
};
#define HYBRID_COUNT 4
static const uint16_t groups_12[] = {
	0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016, 0x000d,
	0x000e, 0x000b, 0x000c, 0x0009, 0x000a, 0x0015, 0x0014, 0x0013, 0x0012, 0x0010,
	0x000f, 0x0011, 0x0008, 0x0007, 0x0006, 0x0005, 0x0004, 0x0003, 0x0002, 0x0001,
};
/* From here on below 256 bits. */
#define WEAK_GROUPS_START 15
/* RFC 7919: named, a server may choose its prime by them; only asked in the full plan. */
static const uint16_t groups_order[] = {0x0100, 0x0017, 0x0018, 0x0019, 0x001e,
					0x001d, 0x11ed, 0x11eb, 0x11ec};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Hellos of this size get lost between here and some servers (tldr.fail). */
#define BIG_HELLO_BYTES 1700
#define HUGE_HELLO_BYTES 17000

/* Known to the registry and hardly to any server: asked in the full plan only. */
static bool is_rare(const struct tls_suite *suite)
{
	switch (suite->kx) {
	case TLS_KX_DH_DSS:
	case TLS_KX_DH_DSS_EXPORT:
	case TLS_KX_DH_RSA:
	case TLS_KX_DH_RSA_EXPORT:
	case TLS_KX_DHE_DSS:
	case TLS_KX_DHE_DSS_EXPORT:
	case TLS_KX_DHE_DSS_EXPORT1024:
	case TLS_KX_RSA_EXPORT1024:
	case TLS_KX_ECDH_ECDSA:
	case TLS_KX_ECDH_RSA:
		return true;
	default:
		break;
	}
	switch (suite->cipher) {
	case TLS_CIPHER_ARIA_128_CBC:
	case TLS_CIPHER_ARIA_256_CBC:
	case TLS_CIPHER_CAMELLIA_128_GCM:
	case TLS_CIPHER_CAMELLIA_256_GCM:
	case TLS_CIPHER_CHACHA20_POLY1305_DRAFT:
		return true;
	default:
		return false;
	}
}

static bool is_for_version(const struct tls_suite *suite, uint16_t version)
{
	if (version == TLS_VERSION_SSL2 || suite->id > UINT16_MAX) {
		return version == TLS_VERSION_SSL2 && suite->id > UINT16_MAX;
	}
	if (version == TLS_VERSION_13 || suite->kx == TLS_KX_ANY) {
		return version == TLS_VERSION_13 && suite->kx == TLS_KX_ANY;
	}
	/* RFC 5246 appendix A.5: these came with TLS 1.2. */
	bool needs_12 = tls_cipher_is_aead(suite->cipher) || suite->mac >= TLS_MAC_SHA256;
	return version == TLS_VERSION_12 || !needs_12;
}

/* Signed with a key agreed on for this connection: the server must show how it signs. */
static bool is_signed(const struct tls_suite *suite)
{
	const struct tls_kx_info *kx = tls_kx_info(suite->kx);
	return kx->is_ephemeral && kx->auth != TLS_AUTH_NONE && !kx->is_export;
}

static bool is_ecdhe(const struct tls_suite *suite)
{
	const struct tls_kx_info *kx = tls_kx_info(suite->kx);
	return kx->is_ec && kx->is_ephemeral;
}

static bool is_wanted(const struct smtp_plan *plan, enum smtp_step step,
		      const struct tls_suite *suite)
{
	bool is_best = tls_suite_rank(suite) == TLS_RANK_AEAD;
	switch (step) {
	case SMTP_STEP_WEAK:
		return !is_best && !is_rare(suite);
	case SMTP_STEP_GOOD:
		return is_best;
	case SMTP_STEP_RARE:
		return is_rare(suite);
	case SMTP_STEP_WEAK_GROUPS:
	case SMTP_STEP_GROUPS12:
		return is_ecdhe(suite) && !is_rare(suite);
	case SMTP_STEP_SHA1:
	case SMTP_STEP_SHA224:
		return is_signed(suite) && !is_rare(suite);
	case SMTP_STEP_OTHER:
		return is_signed(suite) && !is_rare(suite) &&
		       tls_kx_info(suite->kx)->auth ==
			       (plan->key == TLS_AUTH_RSA ? TLS_AUTH_ECDSA : TLS_AUTH_RSA);
	default:
		return !is_rare(suite) || plan->endpoint->plan == ENDPOINT_FULL;
	}
}

static uint16_t version_of(const struct smtp_plan *plan, enum smtp_step step)
{
	switch (step) {
	case SMTP_STEP_TLS13:
	case SMTP_STEP_SUITES13:
	case SMTP_STEP_GROUPS13:
	case SMTP_STEP_ORDER13:
		return TLS_VERSION_13;
	case SMTP_STEP_TLS12:
		return TLS_VERSION_12;
	case SMTP_STEP_LEGACY:
	case SMTP_STEP_SUITES11:
		return TLS_VERSION_11;
	case SMTP_STEP_SUITES10:
		return TLS_VERSION_10;
	case SMTP_STEP_SUITES_SSL3:
		return TLS_VERSION_SSL3;
	case SMTP_STEP_SSL2:
		return TLS_VERSION_SSL2;
	case SMTP_STEP_BIG:
	case SMTP_STEP_LARGE:
	case SMTP_STEP_SPLIT:
	case SMTP_STEP_HUGE:
		return probe_is_yes(plan->endpoint->versions[5].is_accepted) ? TLS_VERSION_13
									     : plan->base_version;
	default:
		return plan->base_version;
	}
}

/* Worst first where the question is whether it takes the worst. */
static bool is_worst_first(const struct smtp_plan *plan, enum smtp_step step)
{
	return step == SMTP_STEP_WEAK || step == SMTP_STEP_ORDER ||
	       (step == SMTP_STEP_TLS12 && plan->endpoint->plan == ENDPOINT_QUICK);
}

static void fill_suites(const struct smtp_plan *plan, enum smtp_step step,
			struct smtp_step_run *run)
{
	bool is_reversed = is_worst_first(plan, step);
	for (unsigned k = 0; k < TLS_RANK_COUNT; k++) {
		unsigned rank = is_reversed ? TLS_RANK_COUNT - 1 - k : k;
		for (size_t i = 0; i < tls_suite_count; i++) {
			const struct tls_suite *suite = &tls_suites[i];
			if (tls_suite_rank(suite) == rank && is_for_version(suite, run->version) &&
			    is_wanted(plan, step, suite)) {
				run->suites[run->suite_count++] = suite->id;
			}
		}
	}
}

static struct span groups_of(enum smtp_step step, uint16_t version)
{
	if (step == SMTP_STEP_ORDER13) {
		return span_of(groups_order, sizeof(groups_order));
	}
	if (step == SMTP_STEP_BIG && version == TLS_VERSION_13) {
		return span_of(groups_13, HYBRID_COUNT * sizeof(groups_13[0]));
	}
	if (version == TLS_VERSION_13) {
		return span_of(groups_13, sizeof(groups_13));
	}
	if (step == SMTP_STEP_WEAK_GROUPS) {
		return span_of(groups_12 + WEAK_GROUPS_START,
			       sizeof(groups_12) - WEAK_GROUPS_START * sizeof(groups_12[0]));
	}
	return span_of(groups_12, sizeof(groups_12));
}

bool smtp_offers_prepare(struct smtp_plan *plan, enum smtp_step step)
{
	struct smtp_step_run *run = &plan->steps[step];
	if (run->is_prepared) {
		return run->suite_count > 0;
	}
	run->is_prepared = true;
	run->version = run->version != 0 ? run->version : version_of(plan, step);
	run->suites = arena_alloc(plan->arena, tls_suite_count * sizeof(*run->suites));
	struct span groups = groups_of(step, run->version);
	run->groups = arena_alloc(plan->arena, groups.len);
	if (run->version == 0 || run->suites == NULL || run->groups == NULL) {
		return false;
	}
	fill_suites(plan, step, run);
	memcpy(run->groups, groups.ptr, groups.len);
	run->group_count = groups.len / sizeof(*run->groups);
	return run->suite_count > 0;
}

static void set_schemes(struct tls_offer *offer, const uint16_t *schemes, size_t count)
{
	offer->schemes = schemes;
	offer->scheme_count = count;
}

struct tls_offer smtp_offers_hello(const struct smtp_plan *plan, enum smtp_step step)
{
	const struct smtp_step_run *run = &plan->steps[step];
	struct tls_offer offer = {
		.version = run->version,
		.suites = run->suites,
		.suite_count = run->suite_count,
		.groups = run->groups,
		.group_count = run->group_count,
		.offers_deflate = step == SMTP_STEP_TLS12,
		.offers_unknown = step == SMTP_STEP_TLS13 && !run->is_retried,
	};
	set_schemes(&offer, all_schemes, COUNT(all_schemes));
	if (step == SMTP_STEP_SHA1) {
		set_schemes(&offer, sha1_schemes, COUNT(sha1_schemes));
	} else if (step == SMTP_STEP_SHA224) {
		set_schemes(&offer, sha224_schemes, COUNT(sha224_schemes));
	}
	if (step == SMTP_STEP_BIG || step == SMTP_STEP_LARGE) {
		offer.padded_bytes = BIG_HELLO_BYTES;
	} else if (step == SMTP_STEP_HUGE) {
		offer.padded_bytes = HUGE_HELLO_BYTES;
	}
	/* A second try with what is common, below 250 octets. */
	if (run->is_retried) {
		offer.suite_count = offer.suite_count > 24 ? 24 : offer.suite_count;
		offer.group_count = offer.group_count > 8 ? 8 : offer.group_count;
	}
	return offer;
}

bool smtp_offers_drop_suite(struct smtp_step_run *run, uint32_t suite)
{
	for (size_t i = 0; i < run->suite_count; i++) {
		if (run->suites[i] == suite) {
			run->suite_count--;
			memmove(&run->suites[i], &run->suites[i + 1],
				(run->suite_count - i) * sizeof(*run->suites));
			return true;
		}
	}
	return false;
}

bool smtp_offers_drop_group(struct smtp_step_run *run, uint16_t group)
{
	for (size_t i = 0; i < run->group_count; i++) {
		if (run->groups[i] == group) {
			run->group_count--;
			memmove(&run->groups[i], &run->groups[i + 1],
				(run->group_count - i) * sizeof(*run->groups));
			return true;
		}
	}
	return false;
}

static bool is_exchange_alike(enum tls_kx one, enum tls_kx other)
{
	const struct tls_kx_info *a = tls_kx_info(one);
	const struct tls_kx_info *b = tls_kx_info(other);
	return a->is_ephemeral == b->is_ephemeral && a->is_dh == b->is_dh && a->is_ec == b->is_ec &&
	       a->is_export == b->is_export &&
	       (a->auth == TLS_AUTH_NONE) == (b->auth == TLS_AUTH_NONE);
}

/* The shorter key stands for both. */
static enum tls_cipher family_of(enum tls_cipher cipher)
{
	switch (cipher) {
	case TLS_CIPHER_AES_256_CBC:
	case TLS_CIPHER_CAMELLIA_256_CBC:
	case TLS_CIPHER_ARIA_256_CBC:
	case TLS_CIPHER_AES_256_CCM_8:
	case TLS_CIPHER_AES_256_CCM:
	case TLS_CIPHER_AES_256_GCM:
	case TLS_CIPHER_CAMELLIA_256_GCM:
	case TLS_CIPHER_ARIA_256_GCM:
		return cipher - 1;
	default:
		return cipher;
	}
}

/* SHA-256 and SHA-384 are of one class; with AEAD the digest is not the suite's protection. */
static bool is_mac_alike(const struct tls_suite *one, const struct tls_suite *other)
{
	bool are_sha2 = one->mac >= TLS_MAC_SHA256 && other->mac >= TLS_MAC_SHA256;
	return one->mac == other->mac || are_sha2 || tls_cipher_is_aead(one->cipher);
}

static bool is_alike(const struct tls_suite *one, const struct tls_suite *other)
{
	return one != NULL && other != NULL && is_exchange_alike(one->kx, other->kx) &&
	       family_of(one->cipher) == family_of(other->cipher) && is_mac_alike(one, other);
}

void smtp_offers_drop_alike(struct smtp_step_run *run, uint32_t suite)
{
	const struct tls_suite *chosen = tls_suite_find(suite);
	size_t kept = 0;
	for (size_t i = 0; i < run->suite_count; i++) {
		if (!is_alike(chosen, tls_suite_find(run->suites[i]))) {
			run->suites[kept++] = run->suites[i];
		}
	}
	run->suite_count = kept;
}
