/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * collect: wants -> facts. The only module that asks the world, and the only one that waits for it.
 *
 *   dns           the collector for FACT_DNS: a struct fact_source over libunbound
 *   dns_engine    many questions in flight at once, bounded, each with its own deadline
 *   dns_packet    a DNS message -> its records                 (pure, fuzzed)
 *   dns_answer    the records of a message -> one answer       (pure, fuzzed)
 *   dns_fact      what the engine brought back -> a fact       (pure)
 *   dns_probe     one plain UDP question to each of some servers; sees the rcode libunbound hides
 *   dns_diagnose  why a look-up failed: SERVFAIL, REFUSED, silence or no network
 *   dns_server    "ADDR[@PORT]", and the resolvers of resolv.conf
 *   root_anchor   the trust anchor of the DNS root that is compiled in
 *   smtp          the collector for FACT_ENDPOINT: mail servers, over SMTP and TLS
 *   smtp_plan     which question comes next                    (pure)
 *   smtp_offers   the lists a question offers                  (pure)
 *   smtp_take, smtp_learn, smtp_finish   what the answers mean (pure)
 *   smtp_note     what a connection says before TLS            (pure)
 *   smtp_pace     how long to wait, and when to rest
 *   smtp_run      the connections of one endpoint, at its pace
 *   policy        the collector for FACT_POLICY: MTA-STS policies, over HTTPS
 *   policy_host   where a policy host is, from the facts       (pure)
 *   policy_certificate   is this the host's certificate?       (pure)
 *   policy_fetcher, policy_transfer, policy_conclude   libcurl: the queue, one fetch, its end
 *   address       which addresses may be dialled               (pure)
 *   sources       several collectors as one, at the same time
 *   crew          all collectors for very many domains: questions in, answers out when ready
 *   dns_flow, patient   its DNS threads: one kept full, and some that look into what failed
 *   smtp_flow     its thread for mail servers: first looks first, few at a time of one operator
 *   batches       any fact source as a thread of it
 *   queue         what lies between the threads
 *   axfr          a zone transfer                  (the reader is pure, fuzzed)
 *
 * A failed look-up is a fact (FACT_FAILED and why); only memory, files and libraries are failures.
 *
 * main() must ignore SIGPIPE: libunbound writes to TCP peers that may be gone, and the signal's
 * default would end the program.
 */
#ifndef MAILSEAL_COLLECT_COLLECT_H
#define MAILSEAL_COLLECT_COLLECT_H

#include "collect/axfr.h"
#include "collect/crew.h"
#include "collect/dns.h"
#include "collect/policy.h"
#include "collect/smtp.h"
#include "collect/sources.h"

#endif
