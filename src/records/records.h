/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * records: text <-> struct for everything a domain publishes. Knows grammar, not judgement: whether
 * a record is wise is for assess, how a message fares under it is for authenticate.
 *
 *   name           domain names: canonical text, wire form, walking up        network     addresses
 * and prefixes name_input     what a person typed -> a name, or one clear reason         rr DNS
 * record data <-> master-file text public_suffix  libpsl: organisational domains the RFC 7489 way
 * txt         TXT character-strings tag_list       "tag=value; tag=value" shared by DKIM, DMARC,
 * ...          problem     what is wrong at which octet spf dmarc dkim_key mta_sts tls_rpt bimi
 * tlsa mx caa                       one record type each
 *
 * All parsers: input is a span, output lives in the caller's arena and points into the input where
 * it can (the input must outlive it), every problem has an exact octet offset, and a parser never
 * stops at the first problem when it can go on. Writers append to a buffer and round-trip with the
 * parser.
 */
#ifndef MAILSEAL_RECORDS_RECORDS_H
#define MAILSEAL_RECORDS_RECORDS_H

#include "records/bimi.h"
#include "records/caa.h"
#include "records/dkim_key.h"
#include "records/dmarc.h"
#include "records/dmarc_uri.h"
#include "records/mta_sts.h"
#include "records/mta_sts_policy.h"
#include "records/mx.h"
#include "records/name.h"
#include "records/name_input.h"
#include "records/network.h"
#include "records/problem.h"
#include "records/public_suffix.h"
#include "records/rr.h"
#include "records/spf.h"
#include "records/tag_list.h"
#include "records/tls_rpt.h"
#include "records/tlsa.h"
#include "records/txt.h"
#include "records/zone_file.h"

#endif
