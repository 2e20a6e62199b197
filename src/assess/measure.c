/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The table of measures and their values. */
#include "assess/measure.h"

static const struct measure_description descriptions[MEASURE_COUNT] = {
	[MEASURE_DOMAIN_SENDS] = {"domain.sends", MEASURE_BOOL, "authorises at least one sender"},
	[MEASURE_DOMAIN_RECEIVES] = {"domain.receives", MEASURE_BOOL, "has a mail host"},
	[MEASURE_DOMAIN_PARKED] = {"domain.parked", MEASURE_BOOL, "neither sends nor receives"},
	[MEASURE_DOMAIN_ORGANISATIONAL] = {"domain.organisational", MEASURE_BOOL,
					   "is its own organisational domain (RFC 9989)"},
	[MEASURE_SPF_PRESENT] = {"spf.present", MEASURE_BOOL, "at least one v=spf1 record"},
	[MEASURE_SPF_RECORDS] = {"spf.records", MEASURE_NUMBER, "number of v=spf1 records"},
	[MEASURE_SPF_VALID] = {"spf.valid", MEASURE_BOOL,
			       "one record, no syntax error, within all limits, no permerror"},
	[MEASURE_SPF_ALL] =
		{"spf.all", MEASURE_WORD,
		 "fail, softfail, neutral, pass or none: what happens to everyone else, "
		 "through redirect"},
	[MEASURE_SPF_ONLY_ALL] = {"spf.only-all", MEASURE_BOOL, "authorises nobody: only -all"},
	[MEASURE_SPF_LOOKUPS] = {"spf.lookups", MEASURE_NUMBER, "terms that query DNS, of 10"},
	[MEASURE_SPF_VOID_LOOKUPS] = {"spf.void-lookups", MEASURE_NUMBER, "empty answers, of 2"},
	[MEASURE_SPF_ADDRESSES] = {"spf.addresses", MEASURE_NUMBER, "IPv4 addresses authorised"},
	[MEASURE_DKIM_KEYS] = {"dkim.keys", MEASURE_NUMBER,
			       "usable keys found at the selectors tried"},
	[MEASURE_DKIM_WEAKEST_RSA_BITS] = {"dkim.weakest-rsa-bits", MEASURE_NUMBER,
					   "bits of the shortest RSA key found"},
	[MEASURE_DKIM_WILDCARD_REVOKED] = {"dkim.wildcard-revoked", MEASURE_BOOL,
					   "*._domainkey holds an empty key"},
	[MEASURE_DKIM_TESTING] = {"dkim.testing", MEASURE_BOOL, "a key found is in test mode, t=y"},
	[MEASURE_DMARC_PRESENT] = {"dmarc.present", MEASURE_BOOL, "a policy applies to the domain"},
	[MEASURE_DMARC_OWN_RECORD] = {"dmarc.own-record", MEASURE_BOOL,
				      "the policy stands at the domain itself"},
	[MEASURE_DMARC_VALID] = {"dmarc.valid", MEASURE_BOOL, "the record has no error"},
	[MEASURE_DMARC_POLICY] = {"dmarc.policy", MEASURE_WORD,
				  "none, quarantine, reject or absent: what applies to the domain"},
	[MEASURE_DMARC_POLICY_RFC7489] = {"dmarc.policy-rfc7489", MEASURE_WORD,
					  "the same as an RFC 7489 receiver reads it"},
	[MEASURE_DMARC_SUBDOMAIN_POLICY] = {"dmarc.subdomain-policy", MEASURE_WORD,
					    "what applies to an existing subdomain"},
	[MEASURE_DMARC_NONEXISTENT_POLICY] = {"dmarc.nonexistent-policy", MEASURE_WORD,
					      "what applies to an invented subdomain"},
	[MEASURE_DMARC_PCT] = {"dmarc.pct", MEASURE_NUMBER, "percentage tag, 100 when absent"},
	[MEASURE_DMARC_SP_WEAKER] = {"dmarc.sp-weaker", MEASURE_BOOL,
				     "subdomains are less protected than the domain"},
	[MEASURE_DMARC_ADKIM] = {"dmarc.adkim", MEASURE_WORD, "relaxed or strict"},
	[MEASURE_DMARC_ASPF] = {"dmarc.aspf", MEASURE_WORD, "relaxed or strict"},
	[MEASURE_DMARC_TESTING] = {"dmarc.testing", MEASURE_BOOL, "t=y lowers the policy"},
	[MEASURE_DMARC_RUA] = {"dmarc.rua", MEASURE_NUMBER, "report destinations"},
	[MEASURE_DMARC_RUA_WORKING] = {"dmarc.rua-working", MEASURE_BOOL,
				       "at least one report destination can receive and may"},
	[MEASURE_DMARC_RUA_ADDRESSES] = {"dmarc.rua-addresses", MEASURE_WORDS, "rua addresses"},
	[MEASURE_DMARC_RUF_ADDRESSES] = {"dmarc.ruf-addresses", MEASURE_WORDS, "ruf addresses"},
	[MEASURE_DMARC_RETIRED_DESTINATION] = {"dmarc.retired-destination", MEASURE_BOOL,
					       "reports go to a service that has closed"},
	[MEASURE_DMARC_REMOVED_TAGS] = {"dmarc.removed-tags", MEASURE_BOOL,
					"uses pct, rf or ri, which RFC 9989 removed"},
	[MEASURE_MX_HOSTS] = {"mx.hosts", MEASURE_NUMBER, "mail hosts, without the null MX"},
	[MEASURE_MX_NULL] = {"mx.null", MEASURE_BOOL, "a null MX says: no mail here (RFC 7505)"},
	[MEASURE_MX_VALID] = {"mx.valid", MEASURE_BOOL, "every mail host can be reached by name"},
	[MEASURE_MX_IPV6] = {"mx.ipv6", MEASURE_BOOL, "every mail host has an IPv6 address"},
	[MEASURE_TLS_RPT_PRESENT] = {"tls-rpt.present", MEASURE_BOOL, "a TLS-RPT record exists"},
	[MEASURE_TLS_RPT_VALID] = {"tls-rpt.valid", MEASURE_BOOL, "exactly one, without error"},
	[MEASURE_TLS_RPT_RUA] = {"tls-rpt.rua", MEASURE_NUMBER, "report destinations"},
	[MEASURE_TLS_RPT_RETIRED_DESTINATION] = {"tls-rpt.retired-destination", MEASURE_BOOL,
						 "reports go to a service that has closed"},
	[MEASURE_MTA_STS_RECORD_PRESENT] = {"mta-sts.record-present", MEASURE_BOOL,
					    "a record at _mta-sts"},
	[MEASURE_MTA_STS_RECORD_VALID] = {"mta-sts.record-valid", MEASURE_BOOL,
					  "exactly one, without error"},
	[MEASURE_MTA_STS_POLICY_VALID] = {"mta-sts.policy-valid", MEASURE_BOOL,
					  "the policy can be fetched, read, and names every host"},
	[MEASURE_MTA_STS_MODE] = {"mta-sts.mode", MEASURE_WORD, "none, testing or enforce"},
	[MEASURE_MTA_STS_MAX_AGE] = {"mta-sts.max-age", MEASURE_NUMBER, "seconds"},
	[MEASURE_MTA_STS_STRICT] = {"mta-sts.strict", MEASURE_BOOL,
				    "senders that read the policy strictly take it as well"},
	[MEASURE_MTA_STS_HOSTS_FITTING] = {"mta-sts.hosts-fitting", MEASURE_BOOL,
					   "every mail host has TLS and a trusted certificate with "
					   "its name"},
	[MEASURE_TLS_STARTTLS_ALL] = {"tls.starttls-all", MEASURE_BOOL,
				      "every mail host offers STARTTLS"},
	[MEASURE_TLS_LEAST_VERSION] =
		{"tls.least-version", MEASURE_WORD,
		 "ssl2, ssl3, tls1.0, tls1.1, tls1.2 or tls1.3: the oldest any host accepts"},
	[MEASURE_TLS_BEST_VERSION] = {"tls.best-version", MEASURE_WORD,
				      "likewise: the newest that every host accepts"},
	[MEASURE_TLS_RC4] = {"tls.rc4", MEASURE_BOOL, "a host accepts RC4"},
	[MEASURE_TLS_3DES] = {"tls.3des", MEASURE_BOOL, "a host accepts triple DES"},
	[MEASURE_TLS_CERTIFICATE_VALID] = {"tls.certificate-valid", MEASURE_BOOL,
					   "every host: trusted chain, right name, in date"},
	[MEASURE_TLS_GOOD_SUITE] = {"tls.good-suite", MEASURE_BOOL,
				    "every host accepts TLS 1.3 or ECDHE with AES-GCM"},
	[MEASURE_TLS_SUITE_ORDER] =
		{"tls.suite-order", MEASURE_BOOL,
		 "every host chooses a strong suite of TLS 1.2, whatever the order offered"},
	[MEASURE_TLS_VERSIONS] =
		{"tls.versions", MEASURE_WORDS,
		 "ssl2, ssl3, tls1.0, tls1.1, tls1.2, tls1.3 as accepted by any host"},
	[MEASURE_TLS_KEY_EXCHANGES] =
		{"tls.key-exchanges", MEASURE_WORDS,
		 "tls1.3, ecdhe, dhe, rsa, dh, ecdh, anonymous, export, likewise"},
	[MEASURE_TLS_CIPHERS] = {"tls.ciphers", MEASURE_WORDS,
				 "aes256-gcm, aes128-cbc, chacha20, 3des, rc4, ..., likewise"},
	[MEASURE_TLS_MACS] = {"tls.macs", MEASURE_WORDS,
			      "aead, sha384, sha256, sha1, md5, likewise"},
	[MEASURE_TLS_GROUPS] = {"tls.groups", MEASURE_WORDS,
				"x25519, X25519MLKEM768, ..., likewise"},
	[MEASURE_TLS_DH_GROUPS] = {"tls.dh-groups", MEASURE_WORDS,
				   "ffdhe3072, ... or custom: primes seen below TLS 1.3"},
	[MEASURE_TLS_CERTIFICATE_KEYS] = {"tls.certificate-keys", MEASURE_WORDS,
					  "rsa2048, ec256, ed25519, ... of any host"},
	[MEASURE_TLS_CERTIFICATE_HASHES] =
		{"tls.certificate-hashes", MEASURE_WORDS,
		 "sha256, sha1, ...: what the certificates are signed with"},
	[MEASURE_TLS_CERTIFICATE_RSA] = {"tls.certificate-rsa", MEASURE_BOOL,
					 "a host presents an RSA certificate"},
	[MEASURE_TLS_PQ] = {"tls.pq", MEASURE_BOOL,
			    "every host accepts a hybrid post-quantum group (RFC 10024)"},
	[MEASURE_TLS_SHA1_SIGNATURES] = {"tls.sha1-signatures", MEASURE_BOOL,
					 "a host signs handshakes with SHA-1"},
	[MEASURE_TLS_SHA224_SIGNATURES] = {"tls.sha224-signatures", MEASURE_BOOL,
					   "a host signs handshakes with SHA-224"},
	[MEASURE_TLS_EXTENDED_MASTER_SECRET] = {"tls.extended-master-secret", MEASURE_BOOL,
						"every host (RFC 7627)"},
	[MEASURE_TLS_SECURE_RENEGOTIATION] = {"tls.secure-renegotiation", MEASURE_BOOL,
					      "every host (RFC 5746)"},
	[MEASURE_TLS_COMPRESSION] = {"tls.compression", MEASURE_BOOL, "a host compresses"},
	[MEASURE_TLS_CLIENT_RENEGOTIATION] = {"tls.client-renegotiation", MEASURE_BOOL,
					      "a host lets clients renegotiate"},
	[MEASURE_TLS_UNLIMITED_RENEGOTIATION] = {"tls.unlimited-renegotiation", MEASURE_BOOL,
						 "more than ten times"},
	[MEASURE_TLS_EARLY_DATA] = {"tls.early-data", MEASURE_BOOL, "a host allows 0-RTT data"},
	[MEASURE_TLS_LARGE_HELLO] = {"tls.large-hello", MEASURE_BOOL,
				     "every host answers hellos above 1,400 octets"},
	[MEASURE_TLS_SPLIT_HELLO] = {"tls.split-hello", MEASURE_BOOL,
				     "every host answers hellos in two segments"},
	[MEASURE_TLS_INJECTION] = {"tls.injection", MEASURE_BOOL,
				   "a host answers commands sent before TLS inside it"},
	[MEASURE_TLS_CERTIFICATE_RSA_BITS] = {"tls.certificate-rsa-bits", MEASURE_NUMBER,
					      "the shortest RSA key of a certificate"},
	[MEASURE_TLS_CERTIFICATE_DAYS] = {"tls.certificate-days", MEASURE_NUMBER,
					  "the longest life of a certificate"},
	[MEASURE_TLS_CERTIFICATE_REVOKED] = {"tls.certificate-revoked", MEASURE_BOOL,
					     "a host presents one that was revoked, by what is "
					     "stapled to it"},
	[MEASURE_TLS_CHAIN_ORDERED] = {"tls.chain-ordered", MEASURE_BOOL,
				       "every host sends its chain in order, with what it takes"},
	[MEASURE_TLS_IPV6_REACHABLE] = {"tls.ipv6-reachable", MEASURE_BOOL,
					"every IPv6 address of a mail host answers"},
	[MEASURE_TLS_DOWNGRADE] =
		{"tls.downgrade", MEASURE_WORD,
		 "what shows that STARTTLS was stripped: none, reported, sts-testing, sts-enforce, "
		 "dane or both"},
	[MEASURE_DANE_VALID] = {"dane.valid", MEASURE_BOOL,
				"the TLSA records of every host that has some can be used and "
				"match"},
	[MEASURE_DANE_PRESENT] = {"dane.present", MEASURE_BOOL,
				  "every host: signed TLSA records, whatever they say"},
	[MEASURE_DANE_ROLLOVER] = {"dane.rollover", MEASURE_BOOL,
				   "every host with TLSA records has two that can be used, "
				   "one of them of a key"},
	[MEASURE_DNSSEC_DOMAIN] = {"dnssec.domain", MEASURE_WORD, "secure, insecure or bogus"},
	[MEASURE_DNSSEC_MX] = {"dnssec.mx", MEASURE_WORD, "the worst of the mail hosts' zones"},
	[MEASURE_BIMI_PRESENT] = {"bimi.present", MEASURE_BOOL, "a record at default._bimi"},
	[MEASURE_BIMI_VALID] = {"bimi.valid", MEASURE_BOOL, "its syntax and DMARC are in order"},
	[MEASURE_CAA_PRESENT] = {"caa.present", MEASURE_BOOL, "CAA names who may issue"},
};

/* The closed sets of the word measures. */
static const char *const word_sets[MEASURE_COUNT] = {
	[MEASURE_SPF_ALL] = "fail softfail neutral pass none",
	[MEASURE_DMARC_POLICY] = "none quarantine reject absent",
	[MEASURE_DMARC_POLICY_RFC7489] = "none quarantine reject absent",
	[MEASURE_DMARC_SUBDOMAIN_POLICY] = "none quarantine reject absent",
	[MEASURE_DMARC_NONEXISTENT_POLICY] = "none quarantine reject absent",
	[MEASURE_DMARC_ADKIM] = "relaxed strict",
	[MEASURE_DMARC_ASPF] = "relaxed strict",
	[MEASURE_MTA_STS_MODE] = "none testing enforce",
	[MEASURE_TLS_LEAST_VERSION] = "ssl2 ssl3 tls1.0 tls1.1 tls1.2 tls1.3",
	[MEASURE_TLS_BEST_VERSION] = "ssl2 ssl3 tls1.0 tls1.1 tls1.2 tls1.3",
	[MEASURE_TLS_DOWNGRADE] = "none reported sts-testing sts-enforce dane both",
	[MEASURE_DNSSEC_DOMAIN] = "secure insecure bogus",
	[MEASURE_DNSSEC_MX] = "secure insecure bogus",
};

static struct measure *slot_of(struct assessment *a, enum measure_id id, enum measure_state state)
{
	struct measure *measure = &a->measures->values[id];
	*measure = (struct measure){.state = state};
	return measure;
}

void measure_bool(struct assessment *a, enum measure_id id, bool is_yes)
{
	slot_of(a, id, MEASURE_KNOWN)->is_yes = is_yes;
}

void measure_number(struct assessment *a, enum measure_id id, int64_t number)
{
	slot_of(a, id, MEASURE_KNOWN)->number = number;
}

void measure_word(struct assessment *a, enum measure_id id, struct span word)
{
	slot_of(a, id, MEASURE_KNOWN)->word = word;
}

void measure_words(struct assessment *a, enum measure_id id, const struct span *words, size_t count)
{
	struct measure *measure = slot_of(a, id, MEASURE_KNOWN);
	measure->words = words;
	measure->word_count = count;
}

void measure_words_maybe(struct assessment *a, enum measure_id id, const struct span *words,
			 size_t count)
{
	a->measures->values[id].maybe = words;
	a->measures->values[id].maybe_count = count;
}

void measure_unknown(struct assessment *a, enum measure_id id, struct span reason)
{
	slot_of(a, id, MEASURE_UNKNOWN)->reason = reason;
}

void measure_unknown_fact(struct assessment *a, enum measure_id id, const struct fact *fact)
{
	struct span key = fact_key_text(a->arena, fact->key);
	struct span reason = arena_printf(a->arena, "%.*s: %s", SPAN_ARG(key),
					  fact_failure_explain(fact->failure));
	measure_unknown(a, id, reason);
}

void measure_not_applicable(struct assessment *a, enum measure_id id, struct span reason)
{
	slot_of(a, id, MEASURE_NOT_APPLICABLE)->reason = reason;
}

const struct measure *measure_get(const struct assessment *a, enum measure_id id)
{
	return &a->measures->values[id];
}

const struct measure_description *measure_describe(enum measure_id id)
{
	return &descriptions[id];
}

bool measure_allows_word(enum measure_id id, struct span word)
{
	const char *set = descriptions[id].kind == MEASURE_BOOL ? "yes no" : word_sets[id];
	struct span rest = span_of_string(set);
	struct span allowed;
	while (span_split(&rest, ' ', &allowed)) {
		if (span_equal(allowed, word)) {
			return true;
		}
	}
	return false;
}

bool measure_find(struct span name, enum measure_id *ret_id)
{
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		if (span_equal(name, span_of_string(descriptions[i].name))) {
			*ret_id = (enum measure_id)i;
			return true;
		}
	}
	return false;
}
