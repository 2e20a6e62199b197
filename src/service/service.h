/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * service: the use cases, without faces. A face (cli, server) reads options, calls one of these,
 * and hands the result to present.
 *
 *   check    one or a few domains: facts -> judgement -> advice -> profiles
 *   scan     very many domains, a bounded number at once
 *   ingest   report files into the store
 *   senders  who sends as a domain, by its stored reports
 *   plan     the way of a domain to reject
 */
#ifndef MAILSEAL_SERVICE_SERVICE_H
#define MAILSEAL_SERVICE_SERVICE_H

#include "service/check.h"
#include "service/ingest.h"
#include "service/plan.h"
#include "service/scan.h"
#include "service/senders.h"

#endif
