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
 *   tls_measure    the measures
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

extern const struct tls_rule tls_smtp_rules[];
extern const size_t tls_smtp_rule_count;
extern const struct tls_rule tls_protocol_rules[];
extern const size_t tls_protocol_rule_count;
extern const struct tls_rule tls_certificate_rules[];
extern const size_t tls_certificate_rule_count;

void tls_hosts_assess(struct assessment *a);
/* Sets all tls.* measures. */
void tls_hosts_measure(struct assessment *a);
/* MTA-STS is enforced or usable TLSA records stand: senders defer rather than deliver in clear. */
bool tls_is_insisted_on(const struct assessment *a);

#endif
