/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reads a zone file (RFC 1035 5.1) line by line, as far as owner, type and the text of the data are
 * concerned: enough to find the names of a zone, in memory that does not grow with it. $ORIGIN and
 * $TTL are followed, $INCLUDE is told as a problem: another file is the caller's to read.
 */
#ifndef MAILSEAL_RECORDS_ZONE_FILE_H
#define MAILSEAL_RECORDS_ZONE_FILE_H

#include "records/name.h"

/* One record over its lines; the longest TXT, escaped, is shorter. */
#define ZONE_ENTRY_MAX ((size_t)512 << 10)
/* RFC 1035 5.1: an entry goes over lines inside parentheses. */
#define ZONE_ENTRY_MAX_LINES 4096

struct zone_reader {
	struct arena *scratch; /* of one record */
	struct buffer entry;   /* the lines of an entry, comments gone */
	struct buffer origin;
	struct buffer owner; /* of the record before; empty: there was none */
	bool starts_blank;   /* the entry has the owner of the one before */
	bool is_too_long;
	unsigned depth; /* open parentheses */
	unsigned lines; /* of the open entry */
};

struct zone_record {
	struct span owner; /* canonical */
	uint16_t type;
	struct span data; /* in master-file form, comments and line ends gone */
};

enum zone_line {
	ZONE_LINE_NOTHING, /* blank, a comment, a directive, or the entry goes on */
	ZONE_LINE_RECORD,
	ZONE_LINE_PROBLEM, /* *ret_problem says what; the line is left out */
};

/* origin: where names without a last dot belong, until $ORIGIN says otherwise; "." when nobody
 * said. Memory failures show as problems. */
struct zone_reader zone_reader_new(struct span origin);
void zone_reader_free(struct zone_reader *reader);
/*
 * Takes the next line, without its end. The record's spans are good until the next call;
 * *ret_problem is a static text.
 */
enum zone_line zone_reader_take(struct zone_reader *reader, struct span line,
				struct zone_record *ret_record, const char **ret_problem);
/* At the end of the file: is an entry still open? */
bool zone_reader_is_open(const struct zone_reader *reader);
/*
 * The domain for whose mail a record is: its owner for SOA, MX and for TXT with SPF, and what
 * _dmarc, _mta-sts, _smtp._tls, _domainkey and _bimi stand below of. has_spf: the data begins an
 * SPF record. False for all others and for wildcards.
 */
bool zone_mail_domain(struct span owner, uint16_t type, bool has_spf, struct span *ret_domain);
/* Does TXT data, as a zone file has it, begin an SPF record? */
bool zone_data_has_spf(struct span data);

#endif
