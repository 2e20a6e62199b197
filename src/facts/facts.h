/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * facts: what was observed, with time and source, and nothing about what it means.
 *
 *   fact     one observation: present, absent, failed (why) or not observed (why)
 *   endpoint what one address of one mail host does over SMTP and TLS
 *   policy   what came when an MTA-STS policy was fetched
 *   reported what reports say that were read earlier
 *   set      observations by key; an overlay answers "what if this record were published"
 *   wants    the questions a judge still has; inquiry = a set plus the wants of one run
 *   settle   the restartable loop: judge, answer the wants, judge again, until nothing is wanted
 *   stream   questions in, answers out when they are ready: for many judges at once
 *   cache    answers that many judges share, by TTL, in bounded memory
 *   save     facts -> JSON lines an auditor can read
 *   load     and back, for a judgement with no network
 *   assume   'NAME TYPE VALUE' laid over observed facts
 *
 * The one idea: judges read an inquiry and conclude or want. They are then run again from the
 * start. A fault of the network is a fact too and never turns into absence.
 */
#ifndef MAILSEAL_FACTS_FACTS_H
#define MAILSEAL_FACTS_FACTS_H

#include "facts/assume.h"
#include "facts/cache.h"
#include "facts/endpoint.h"
#include "facts/fact.h"
#include "facts/load.h"
#include "facts/policy.h"
#include "facts/reported.h"
#include "facts/save.h"
#include "facts/set.h"
#include "facts/settle.h"
#include "facts/stream.h"
#include "facts/wants.h"

#endif
