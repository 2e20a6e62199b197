/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A world made of text: a fact source for tests and scenarios. One record a line, absolute names,
 * DNS semantics as a real authoritative world has them:
 *
 *   example.org. TXT "v=spf1 -all"          a record; TTL 3600
 *   www.example.org. CNAME host.example.net.  followed
 *   *.example.org. TXT "x"                  a wildcard (RFC 4592)
 *   sick.example.org. TXT !servfail         this question fails: servfail, refused, timeout, bogus,
 * malformed, network dead.example.org. * !timeout            every question about this name fails
 *   _domainkey.example.org. TXT !nxdomain   this question is denied, though the name or others
 * below it exist: a broken server
 *   ~example.org. secure                    DNSSEC status of this name and all below: secure,
 * insecure, bogus, unchecked
 *
 * Mail hosts and policy hosts: see world_transit.h. While no line tells of any, nobody connects.
 *
 * What is not listed: NODATA when the name or something below it exists, NXDOMAIN otherwise. DNSSEC
 * is "insecure" unless said.
 */
#ifndef MAILSEAL_TESTS_WORLD_H
#define MAILSEAL_TESTS_WORLD_H

#include "facts/facts.h"
#include "records/name.h"

struct world;

struct world *world_new(void);
void world_free(struct world *world);
/* Adds one line. On false *reterr says what is wrong with it. Empty lines and those starting with
 * ";" are skipped. */
bool world_add_line(struct world *world, struct span line, struct failure *reterr) MUST_CHECK;
/* The world as a source for settle(). Valid as long as the world. */
struct fact_source *world_source(struct world *world);
/*
 * From now on this one key fails so, whatever the world says: for walking through every failure of
 * a judgement. FACT_FAILURE_NONE ends it.
 */
void world_fail_key(struct world *world, struct fact_key key, enum fact_failure failure);
/* Keys asked so far, in order, each once. */
size_t world_asked_count(const struct world *world);
struct fact_key world_asked(const struct world *world, size_t i);
/* The time all facts are stamped with: 2026-11-23T00:00:00Z. */
#define WORLD_NOW INT64_C(1795392000)

#endif
