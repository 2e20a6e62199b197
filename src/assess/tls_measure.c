/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The measures of TLS: over all mail hosts, the worst of each. */
#include "assess/measure.h"
#include "assess/tls_hosts.h"

#define HYBRIDS 3
static const uint16_t hybrids[HYBRIDS] = {0x11ec, 0x11eb, 0x11ed};

/* Words that were seen, and words that nobody can rule out. */
struct words {
	struct vector seen;
	struct vector maybe;
};

static void add_word(struct assessment *a, struct vector *list, const char *word)
{
	for (size_t i = 0; i < list->len; i++) {
		if (span_equal(*VECTOR_AT(list, struct span, i), span_of_string(word))) {
			return;
		}
	}
	struct span *slot = VECTOR_PUSH(list, a->arena, struct span, MEASURE_MAX_WORDS);
	if (slot != NULL) {
		*slot = arena_copy(a->arena, span_of_string(word));
	}
}

static void add_probed(struct assessment *a, struct words *words, struct probe probe,
		       const char *word)
{
	if (probe_is_yes(probe)) {
		add_word(a, &words->seen, word);
	} else if (probe.answer == PROBE_UNKNOWN && probe.reason != PROBE_NOT_APPLICABLE) {
		add_word(a, &words->maybe, word);
	}
}

static void set_words(struct assessment *a, enum measure_id id, const struct words *words)
{
	measure_words(a, id, words->seen.items, words->seen.len);
	measure_words_maybe(a, id, words->maybe.items, words->maybe.len);
}

static const char *version_word(uint16_t version)
{
	static const char *const words[] = {"ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"};
	return version == TLS_VERSION_SSL2 ? "ssl2" : words[version - TLS_VERSION_SSL3];
}

/* --- one way or the other, over all endpoints --- */

struct tally {
	size_t yes;
	size_t no;
	size_t unknown;
	size_t clear;
};

static void count(struct tally *tally, struct probe probe)
{
	tally->yes += probe_is_yes(probe);
	tally->no += probe_is_no(probe);
	tally->unknown += probe.answer == PROBE_UNKNOWN && probe.reason != PROBE_NOT_APPLICABLE;
}

/* is_all: yes when every endpoint says yes; else: yes when any does. */
static void measure_tally(struct assessment *a, enum measure_id id, const struct tally *tally,
			  bool is_all)
{
	size_t deciding = is_all ? tally->no : tally->yes;
	if (deciding > 0) {
		measure_bool(a, id, !is_all);
	} else if (tally->unknown > 0) {
		measure_unknown(a, id, SPAN("not every mail host could be asked"));
	} else if (tally->yes + tally->no == 0) {
		measure_not_applicable(a, id, SPAN("no mail host has anything to ask about it"));
	} else {
		measure_bool(a, id, is_all);
	}
}

struct endpoint_question {
	enum measure_id id;
	struct probe (*ask)(struct assessment *a, const struct transit_endpoint *endpoint);
	bool is_all;
};

static struct probe ask_certificate(struct assessment *a, const struct transit_endpoint *endpoint)
{
	(void)a;
	struct probe result = probe_unknown(PROBE_UNCLEAR);
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		const struct transit_leaf *leaf = &endpoint->leaves[i];
		if (leaf->presentation->has_sni && !probe_is_no(result)) {
			result = leaf->pkix;
		}
	}
	return result;
}

static struct probe ask_certificate_key(struct assessment *a,
					const struct transit_endpoint *endpoint)
{
	(void)a;
	struct probe result = probe_unknown(PROBE_UNCLEAR);
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		const struct x509_view *view = &endpoint->leaves[i].view;
		bool is_rsa = view->key_type == X509_KEY_RSA || view->key_type == X509_KEY_RSA_PSS;
		if (endpoint->leaves[i].is_readable && !probe_is_yes(result)) {
			result = probe_of(is_rsa);
		}
	}
	return result;
}

static struct probe ask_kind(struct assessment *a, const struct transit_endpoint *endpoint,
			     enum suite_kind kind)
{
	struct span names;
	return suite_kind_accepted(a->arena, endpoint->smtp, kind, &names);
}

static struct probe ask_rc4(struct assessment *a, const struct transit_endpoint *endpoint)
{
	return ask_kind(a, endpoint, SUITE_RC4);
}

static struct probe ask_3des(struct assessment *a, const struct transit_endpoint *endpoint)
{
	return ask_kind(a, endpoint, SUITE_3DES);
}

static struct probe ask_good(struct assessment *a, const struct transit_endpoint *endpoint)
{
	return ask_kind(a, endpoint, SUITE_GOOD);
}

static struct probe ask_order(struct assessment *a, const struct transit_endpoint *endpoint)
{
	(void)a;
	const struct endpoint_version *version =
		endpoint_version_at(endpoint->smtp, TLS_VERSION_12);
	const struct tls_suite *best = tls_suite_find(version->best_first);
	const struct tls_suite *worst = tls_suite_find(version->worst_first);
	if (probe_is_no(version->is_accepted)) {
		return probe_unknown(PROBE_NOT_APPLICABLE);
	}
	if (best == NULL || worst == NULL) {
		return probe_unknown(PROBE_NOT_ASKED);
	}
	return probe_of(tls_suite_rank(best) == TLS_RANK_AEAD &&
			tls_suite_rank(worst) == TLS_RANK_AEAD);
}

static struct probe ask_pq(struct assessment *a, const struct transit_endpoint *endpoint)
{
	(void)a;
	const struct endpoint_groups *groups = &endpoint->smtp->groups13;
	struct probe version = endpoint_version_at(endpoint->smtp, TLS_VERSION_13)->is_accepted;
	struct probe result = probe_of(false);
	for (size_t i = 0; i < HYBRIDS && probe_is_yes(version); i++) {
		struct probe probe = endpoint_group(groups, hybrids[i]);
		if (probe_is_yes(probe)) {
			return probe;
		}
		if (probe.answer == PROBE_UNKNOWN && !groups->is_complete) {
			result = probe;
		}
	}
	return version.answer == PROBE_UNKNOWN ? version : result;
}

static struct probe ask_early(struct assessment *a, const struct transit_endpoint *endpoint)
{
	(void)a;
	struct probe result = probe_unknown(PROBE_UNCLEAR);
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		if (!probe_is_yes(result)) {
			result = probe_of(endpoint->leaves[i].presentation->early_data_bytes > 0);
		}
	}
	return result;
}

static struct probe ask_unlimited(struct assessment *a, const struct transit_endpoint *endpoint)
{
	/* NCSC-NL draws its line at ten renegotiations; the probe stops at eleven. */
	enum { FEW = 10 };
	(void)a;
	struct probe probe = endpoint->smtp->client_renegotiation;
	return probe_is_yes(probe) ? probe_of(endpoint->smtp->renegotiations > FEW) : probe;
}

#define ASK_PROBE(field)                                                                           \
	static struct probe ask_##field(struct assessment *a,                                      \
					const struct transit_endpoint *endpoint)                   \
	{                                                                                          \
		(void)a;                                                                           \
		return endpoint->smtp->field;                                                      \
	}
ASK_PROBE(signs_sha1)
ASK_PROBE(signs_sha224)
ASK_PROBE(extended_master_secret)
ASK_PROBE(secure_renegotiation)
ASK_PROBE(compression)
ASK_PROBE(client_renegotiation)
ASK_PROBE(takes_large_hello)
ASK_PROBE(takes_split_hello)
ASK_PROBE(injection)

static const struct endpoint_question questions[] = {
	{MEASURE_TLS_RC4, ask_rc4, false},
	{MEASURE_TLS_3DES, ask_3des, false},
	{MEASURE_TLS_GOOD_SUITE, ask_good, true},
	{MEASURE_TLS_SUITE_ORDER, ask_order, true},
	{MEASURE_TLS_CERTIFICATE_VALID, ask_certificate, true},
	{MEASURE_TLS_CERTIFICATE_RSA, ask_certificate_key, false},
	{MEASURE_TLS_PQ, ask_pq, true},
	{MEASURE_TLS_SHA1_SIGNATURES, ask_signs_sha1, false},
	{MEASURE_TLS_SHA224_SIGNATURES, ask_signs_sha224, false},
	{MEASURE_TLS_EXTENDED_MASTER_SECRET, ask_extended_master_secret, true},
	{MEASURE_TLS_SECURE_RENEGOTIATION, ask_secure_renegotiation, true},
	{MEASURE_TLS_COMPRESSION, ask_compression, false},
	{MEASURE_TLS_CLIENT_RENEGOTIATION, ask_client_renegotiation, false},
	{MEASURE_TLS_UNLIMITED_RENEGOTIATION, ask_unlimited, false},
	{MEASURE_TLS_EARLY_DATA, ask_early, false},
	{MEASURE_TLS_LARGE_HELLO, ask_takes_large_hello, true},
	{MEASURE_TLS_SPLIT_HELLO, ask_takes_split_hello, true},
	{MEASURE_TLS_INJECTION, ask_injection, false},
};
#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static void measure_question(struct assessment *a, const struct endpoint_question *question)
{
	struct tally tally = {0};
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		if (endpoint->state == TRANSIT_TLS) {
			count(&tally, question->ask(a, endpoint));
		} else if (endpoint->state == TRANSIT_UNKNOWN) {
			tally.unknown++;
		}
	}
	measure_tally(a, question->id, &tally, question->is_all);
}

static void measure_starttls(struct assessment *a)
{
	struct tally tally = {0};
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		bool is_flaky = endpoint->smtp != NULL && endpoint->smtp->starttls_missing > 0;
		tally.yes += endpoint->state == TRANSIT_TLS && !is_flaky;
		tally.no += endpoint->state == TRANSIT_CLEAR || is_flaky;
		tally.unknown += endpoint->state == TRANSIT_UNKNOWN;
	}
	measure_tally(a, MEASURE_TLS_STARTTLS_ALL, &tally, /* is_all: */ true);
}

/* --- lists --- */

static void add_suites(struct assessment *a, const struct endpoint_version *version,
		       struct words *exchanges, struct words *ciphers, struct words *macs)
{
	for (size_t i = 0; i < tls_suite_count && !probe_is_no(version->is_accepted); i++) {
		const struct tls_suite *suite = &tls_suites[i];
		if (!suite_fits_version(suite, version->version)) {
			continue;
		}
		struct probe probe = suite_asked(version, suite);
		if (!probe_is_no(probe)) {
			add_probed(a, exchanges, probe, suite_exchange_word(suite));
			add_probed(a, ciphers, probe, suite_cipher_word(suite));
			add_probed(a, macs, probe, suite_mac_word(suite));
		}
	}
}

static void add_groups(struct assessment *a, const struct endpoint_groups *groups, bool is_13,
		       struct words *words)
{
	for (size_t i = 0; i < tls_group_count; i++) {
		const struct tls_group *group = &tls_groups[i];
		struct probe probe = endpoint_group(groups, group->id);
		bool is_open = probe.answer == PROBE_UNKNOWN;
		if ((is_open && groups->is_complete) || (is_13 && !group->is_for_13) ||
		    (!is_13 && group->kind >= TLS_GROUP_HYBRID)) {
			continue;
		}
		add_probed(a, words, probe, group->name);
	}
}

static void add_dh(struct assessment *a, const struct smtp_endpoint *smtp, struct words *words)
{
	for (size_t i = 0; i < smtp->dh_count; i++) {
		const char *name =
			smtp->dh[i].group != 0 ? tls_group_name(smtp->dh[i].group) : "custom";
		add_word(a, &words->seen, name != NULL ? name : "custom");
	}
}

static void add_certificates(struct assessment *a, const struct transit_endpoint *endpoint,
			     struct words *keys, struct words *hashes)
{
	static const char *const hash_words[] = {
		[TLS_HASH_NONE] = "own",      [TLS_HASH_MD5] = "md5",
		[TLS_HASH_SHA1] = "sha1",     [TLS_HASH_SHA224] = "sha224",
		[TLS_HASH_SHA256] = "sha256", [TLS_HASH_SHA384] = "sha384",
		[TLS_HASH_SHA512] = "sha512",
	};
	if (endpoint->leaf_count == 0) {
		for (size_t i = 0; i < sizeof(hash_words) / sizeof(hash_words[0]); i++) {
			add_word(a, &hashes->maybe, hash_words[i]);
		}
		add_word(a, &keys->maybe, "unknown");
	}
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		const struct x509_view *view = &endpoint->leaves[i].view;
		if (!endpoint->leaves[i].is_readable) {
			add_word(a, &keys->maybe, "unknown");
			continue;
		}
		add_word(a, &hashes->seen, hash_words[view->signature_hash]);
		add_word(a, &keys->seen, certificate_key_word(a->arena, view));
	}
}

struct lists {
	struct words versions;
	struct words exchanges;
	struct words ciphers;
	struct words macs;
	struct words groups;
	struct words dh;
	struct words keys;
	struct words hashes;
};

static void add_endpoint(struct assessment *a, const struct transit_endpoint *endpoint,
			 struct lists *lists)
{
	const struct smtp_endpoint *smtp = endpoint->smtp;
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		const struct endpoint_version *version = &smtp->versions[i];
		add_probed(a, &lists->versions, version->is_accepted,
			   version_word(version->version));
		add_suites(a, version, &lists->exchanges, &lists->ciphers, &lists->macs);
	}
	if (!probe_is_no(endpoint_version_at(smtp, TLS_VERSION_13)->is_accepted)) {
		add_groups(a, &smtp->groups13, /* is_13: */ true, &lists->groups);
	}
	if (!probe_is_no(endpoint_version_at(smtp, TLS_VERSION_12)->is_accepted)) {
		add_groups(a, &smtp->groups12, /* is_13: */ false, &lists->groups);
	}
	add_dh(a, smtp, &lists->dh);
	add_certificates(a, endpoint, &lists->keys, &lists->hashes);
}

static const enum measure_id list_measures[] = {
	MEASURE_TLS_VERSIONS,	      MEASURE_TLS_KEY_EXCHANGES,
	MEASURE_TLS_CIPHERS,	      MEASURE_TLS_MACS,
	MEASURE_TLS_GROUPS,	      MEASURE_TLS_DH_GROUPS,
	MEASURE_TLS_CERTIFICATE_KEYS, MEASURE_TLS_CERTIFICATE_HASHES,
};

static void measure_lists(struct assessment *a)
{
	struct lists lists = {0};
	struct words *const words[] = {&lists.versions, &lists.exchanges, &lists.ciphers,
				       &lists.macs,	&lists.groups,	  &lists.dh,
				       &lists.keys,	&lists.hashes};
	size_t seen = 0;
	size_t unknown = 0;
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		unknown += endpoint->state == TRANSIT_UNKNOWN;
		if (endpoint->state == TRANSIT_TLS) {
			add_endpoint(a, endpoint, &lists);
			seen++;
		}
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (seen == 0 && unknown == 0) {
			measure_not_applicable(a, list_measures[i], SPAN("no mail host has TLS"));
		} else if (seen == 0) {
			measure_unknown(a, list_measures[i],
					SPAN("no mail host could be looked at"));
		} else {
			if (unknown > 0) {
				add_word(a, &words[i]->maybe, "unknown");
			}
			set_words(a, list_measures[i], words[i]);
		}
	}
}

/* --- least and best version --- */

/* The oldest first. */
static uint16_t version_at(size_t place)
{
	return place == 0 ? TLS_VERSION_SSL2 : (uint16_t)(TLS_VERSION_SSL3 + place - 1);
}

static struct tally count_version(const struct assessment *a, uint16_t version)
{
	struct tally tally = {0};
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		tally.unknown += endpoint->state == TRANSIT_UNKNOWN;
		if (endpoint->state == TRANSIT_TLS) {
			count(&tally, endpoint_version_at(endpoint->smtp, version)->is_accepted);
		}
	}
	return tally;
}

static void measure_least(struct assessment *a)
{
	for (size_t v = 0; v < ENDPOINT_VERSIONS; v++) {
		uint16_t version = version_at(v);
		struct tally tally = count_version(a, version);
		if (tally.yes > 0) {
			measure_word(a, MEASURE_TLS_LEAST_VERSION,
				     span_of_string(version_word(version)));
			return;
		}
		if (tally.unknown > 0) {
			measure_unknown(a, MEASURE_TLS_LEAST_VERSION,
					SPAN("not every version could be asked of every host"));
			return;
		}
	}
	measure_not_applicable(a, MEASURE_TLS_LEAST_VERSION, SPAN("no mail host has TLS"));
}

static void measure_best(struct assessment *a)
{
	size_t hosts = 0;
	for (size_t v = ENDPOINT_VERSIONS; v-- > 0;) {
		uint16_t version = version_at(v);
		struct tally tally = count_version(a, version);
		hosts = tally.yes + tally.no + tally.unknown;
		if (tally.no == 0 && tally.unknown > 0) {
			measure_unknown(a, MEASURE_TLS_BEST_VERSION,
					SPAN("not every version could be asked of every host"));
			return;
		}
		if (tally.no == 0 && tally.yes > 0) {
			measure_word(a, MEASURE_TLS_BEST_VERSION,
				     span_of_string(version_word(version)));
			return;
		}
	}
	measure_not_applicable(a, MEASURE_TLS_BEST_VERSION,
			       hosts > 0 ? SPAN("the mail hosts have no version in common")
					 : SPAN("no mail host has TLS"));
}

void tls_hosts_measure(struct assessment *a)
{
	measure_starttls(a);
	measure_least(a);
	measure_best(a);
	for (size_t i = 0; i < QUESTIONS; i++) {
		measure_question(a, &questions[i]);
	}
	measure_lists(a);
	tls_certificates_measure(a);
}
