/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * TLS of the mail hosts, as seen by connecting to them. One finding a rule, which names every
 * address it holds for. Runs after dane and mta_sts: when they make senders refuse, the same fault
 * weighs more.
 *
 *   tls_hosts      the table of rules, and what could not be seen
 *   tls_smtp       rules about SMTP and STARTTLS
 *   tls_protocol   rules about versions, suites, groups and the handshake
 *   tls_certificate   rules about certificates
 *   tls_chain      rules about what is sent with them: the chain and the OCSP response
 *   tls_differ     addresses held against each other
 *   tls_measure    the measures
 *   tls_certificate_measure   those of certificates and addresses
 */
#ifndef MAILSEAL_ASSESS_TLS_HOSTS_H
#define MAILSEAL_ASSESS_TLS_HOSTS_H

#include "assess/finding.h"
#include "assess/tls_suites.h"

/* One address under judgement. */
struct tls_case {
	struct assessment *a;
	const struct transit_endpoint *endpoint;
	const struct smtp_endpoint *smtp;
};

/* True when the rule holds; *ret_what says what was seen, in a few words. */
struct tls_rule {
	enum finding_id id;
	bool (*holds)(const struct tls_case *c, struct span *ret_what);
	bool is_raised; /* one step more severe while senders insist on TLS */
	bool is_always; /* also of endpoints without TLS */
};

typedef bool tls_leaf_test(const struct tls_case *c, const struct transit_leaf *leaf,
			   struct span *ret_what);

/* True when the test holds for a readable leaf of the address. */
bool tls_any_leaf(const struct tls_case *c, struct span *ret_what, tls_leaf_test *test);
/* Somebody else signed the leaf, and nothing was sent that says who they are. */
bool tls_leaf_is_alone(const struct transit_leaf *leaf);
/* What was sent leads upwards step by step. */
bool tls_chain_is_ordered(const struct transit_leaf *leaf);
/* RFC 6960 3.2: not of the future, and no newer one is due. */
bool tls_staple_is_current(const struct ocsp_view *staple, int64_t now);
/* A certificate is about to end that was renewed at another address. */
bool tls_leaf_is_stale(const struct tls_case *c, struct span *ret_what);
/* Makes a rule's holds() of a leaf's test. */
#define LEAF_RULE(name, test)                                                                      \
	static bool name(const struct tls_case *c, struct span *ret_what)                          \
	{                                                                                          \
		return tls_any_leaf(c, ret_what, test);                                            \
	}

extern const struct tls_rule tls_smtp_rules[];
extern const size_t tls_smtp_rule_count;
extern const struct tls_rule tls_protocol_rules[];
extern const size_t tls_protocol_rule_count;
extern const struct tls_rule tls_certificate_rules[];
extern const size_t tls_certificate_rule_count;
extern const struct tls_rule tls_chain_rules[];
extern const size_t tls_chain_rule_count;

void tls_hosts_assess(struct assessment *a);
/* Addresses of one host that differ. */
void tls_hosts_compare(struct assessment *a);
/* Sets all tls.* measures. */
void tls_hosts_measure(struct assessment *a);
/* Those of certificates and addresses, likewise. */
void tls_certificates_measure(struct assessment *a);
/* MTA-STS is enforced or usable TLSA records stand: senders defer rather than deliver in clear. */
bool tls_is_insisted_on(const struct assessment *a);

#endif
