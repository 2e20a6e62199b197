/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What one DKIM key record is worth. */
#include "assess/dkim_key_check.h"

#include "assess/finding.h"

/* The exponent every key generator uses: 65537. */
static const unsigned char usual_exponent[] = {1, 0, 1};

/* The v= tag stands elsewhere than first: reported by a finding of its own. */
static bool is_about_version(const struct dkim_key *key, const struct problem *problem)
{
	const struct tag *tag = tag_list_find(&key->tags, SPAN("v"));
	return !key->is_version_first && tag != NULL && problem->offset == tag->name_offset;
}

/* RFC 6376 3.6.1 names RSAPublicKey, everybody publishes SubjectPublicKeyInfo (errata 3017). */
static bool is_bare(const struct dkim_key *key)
{
	struct span modulus;
	struct span exponent;
	bool is_bare = false;
	return key->type == DKIM_KEY_RSA && key->is_key_decoded &&
	       dkim_key_decode_rsa(key->public_key, &modulus, &exponent, &is_bare) && is_bare;
}

/* What a finding of its own tells about. */
static bool is_told_apart(const struct dkim_key *key, const struct problem *problem)
{
	bool is_about_wrapping = problem->weight == PROBLEM_WARN && problem->len == 0;
	return is_about_version(key, problem) || (is_about_wrapping && is_bare(key));
}

static const struct problem *first_problem(const struct dkim_key *key, enum problem_weight weight)
{
	for (size_t i = 0; i < problem_count(&key->problems); i++) {
		const struct problem *problem = problem_at(&key->problems, i);
		if (problem->weight == weight && !is_told_apart(key, problem)) {
			return problem;
		}
	}
	return NULL;
}

bool dkim_key_is_usable(const struct dkim_key *key)
{
	/* RFC 8301 3.1 and 3.2: no SHA-1, no RSA key below 1024 bits */
	bool is_long_enough = key->type != DKIM_KEY_RSA || key->rsa_bits >= DKIM_RSA_LEAST_BITS;
	return first_problem(key, PROBLEM_ERROR) == NULL && key->is_key_decoded && is_long_enough &&
	       key->allows_sha256 && key->allows_email;
}

static void report_problem(struct assessment *a, const struct dkim_key *key,
			   const struct problem *problem, struct finding *finding)
{
	finding_arg(a, finding, "what", "%.*s", SPAN_ARG(problem->what));
	finding_arg(a, finding, "column", "%zu", problem->offset + 1);
	finding_arg(a, finding, "expected", "%.*s",
		    SPAN_ARG(problem->expected.len > 0 ? problem->expected : SPAN("nothing here")));
	finding_evidence(a, finding, "%.*s", SPAN_ARG(key->text));
}

static bool report_syntax(struct assessment *a, const struct dkim_key *key, struct span subject)
{
	const struct problem *error = first_problem(key, PROBLEM_ERROR);
	const struct problem *warning = first_problem(key, PROBLEM_WARN);
	if (error != NULL) {
		report_problem(a, key, error, finding_add(a, FINDING_DKIM_KEY_BROKEN, subject));
	} else if (warning != NULL) {
		report_problem(a, key, warning, finding_add(a, FINDING_DKIM_KEY_ODD, subject));
	}
	if (!key->is_version_first) {
		struct finding *finding = finding_add(a, FINDING_DKIM_VERSION_NOT_FIRST, subject);
		finding_evidence(a, finding, "%.*s", SPAN_ARG(key->text));
	}
	return error == NULL && warning == NULL && key->is_version_first;
}

static void add_with_bits(struct assessment *a, enum finding_id id, const struct dkim_key *key,
			  struct span subject)
{
	finding_arg(a, finding_add(a, id, subject), "bits", "%u", key->rsa_bits);
}

static bool report_length(struct assessment *a, const struct dkim_key *key, struct span subject)
{
	if (key->rsa_bits < DKIM_RSA_LEAST_BITS) {
		add_with_bits(a, FINDING_DKIM_RSA_TOO_SHORT, key, subject);
	} else if (key->rsa_bits < DKIM_RSA_GOOD_BITS) {
		add_with_bits(a, FINDING_DKIM_RSA_SHORT, key, subject);
	} else if (key->rsa_bits > DKIM_RSA_HANDLED_BITS) {
		add_with_bits(a, FINDING_DKIM_RSA_LONG, key, subject);
	} else {
		return true;
	}
	return false;
}

/* An exponent of 1 or an even one makes the record an error already. */
static bool report_exponent(struct assessment *a, const struct dkim_key *key, struct span subject)
{
	struct span usual = span_of(usual_exponent, sizeof(usual_exponent));
	if (span_equal(key->rsa_exponent, usual)) {
		return true;
	}
	bool is_small = key->rsa_exponent.len == 1;
	struct finding *finding = finding_add(a, FINDING_DKIM_RSA_EXPONENT, subject);
	if (is_small) {
		finding_arg(a, finding, "exponent", "%u", span_octet(key->rsa_exponent, 0));
	} else {
		finding_arg(a, finding, "exponent", "a number of %zu octets",
			    key->rsa_exponent.len);
	}
	return false;
}

static bool report_rsa(struct assessment *a, const struct dkim_key *key, struct span subject)
{
	bool is_good = report_length(a, key, subject);
	is_good &= report_exponent(a, key, subject);
	if (is_bare(key)) {
		(void)finding_add(a, FINDING_DKIM_BARE_KEY, subject);
		is_good = false;
	}
	return is_good;
}

/* RFC 6376 3.6.1: what h=, s= and t= restrict. */
static bool report_restrictions(struct assessment *a, const struct dkim_key *key,
				struct span subject)
{
	if (!key->allows_sha256) {
		(void)finding_add(a, FINDING_DKIM_NO_SHA256, subject);
	}
	if (!key->allows_email) {
		(void)finding_add(a, FINDING_DKIM_NOT_FOR_EMAIL, subject);
	}
	if (key->is_testing) {
		(void)finding_add(a, FINDING_DKIM_TESTING, subject);
	}
	if (key->is_strict_identity) {
		(void)finding_add(a, FINDING_DKIM_STRICT_IDENTITY, subject);
	}
	return key->allows_sha256 && key->allows_email && !key->is_testing;
}

bool dkim_key_report(struct assessment *a, const struct dkim_key *key, struct span subject)
{
	bool is_good = report_syntax(a, key, subject);
	if (key->type == DKIM_KEY_RSA && key->is_key_decoded &&
	    first_problem(key, PROBLEM_ERROR) == NULL) {
		is_good &= report_rsa(a, key, subject);
	}
	is_good &= report_restrictions(a, key, subject);
	return is_good;
}
