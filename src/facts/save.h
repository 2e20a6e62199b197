/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Facts -> JSON lines. The first line describes the file, each further one a fact:
 *
 *   {"mailseal_facts":1,"version":"0.1.0","created":"2026-11-23T14:45:00Z","domains":["example.org"]}
 *   {"kind":"dns","name":"example.org","type":"TXT","state":"present","rcode":0,"ttl":300,"records":["\"v=spf1
 * -all\""],
 *    "dnssec":"secure","source":"recursion","time":"2026-11-23T14:45:00Z","bytes":120,"packet":"base64"}
 *
 *   {"kind":"smtp","name":"mx.example.org","address":"192.0.2.1","port":25,...,"endpoint":{...}}
 *   {"kind":"policy","name":"example.org",...,"policy":{...}}
 *   {"kind":"reports","name":"example.org",...,"reports":{...}}
 *
 * Records are in master-file form, readable and editable; "packet" is the raw response. Keys with
 * nothing to say are left out. Facts are written in the order they were observed.
 */
#ifndef MAILSEAL_FACTS_SAVE_H
#define MAILSEAL_FACTS_SAVE_H

#include "facts/set.h"

/* A DNS message in base64 and in text is below 400 kB; the chains of an endpoint below 800 kB. */
#define FACTS_LINE_MAX ((size_t)1 << 20)

struct facts_header {
	int64_t created_at;
	struct span *domains; /* what was checked: the subjects of a replay */
	size_t domain_count;
};

void facts_write_header(const struct facts_header *header, struct buffer *line);
void facts_write_fact(const struct fact *fact, struct buffer *line);
/* Writes a whole set to a file ("-" is not special). Replaces it only when all is written. */
int facts_save(const struct facts *facts, const struct facts_header *header, const char *path,
	       struct failure *reterr) MUST_CHECK;

#endif
