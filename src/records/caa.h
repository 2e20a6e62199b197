/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* CAA record data: who may issue certificates (RFC 8659; issuemail RFC 9495; contacts CA/B Forum).
 */
#ifndef MAILSEAL_RECORDS_CAA_H
#define MAILSEAL_RECORDS_CAA_H

#include "base/base.h"
#include "records/problem.h"

/* More parameters than any authority knows; further ones are a problem, not memory. */
#define CAA_PARAMETER_MAX 32
/* RFC 8659 4.1: the issuer critical flag. */
#define CAA_FLAG_CRITICAL 0x80

enum caa_property {
	CAA_ISSUE,
	CAA_ISSUEWILD,
	CAA_ISSUEMAIL,
	CAA_ISSUEVMC, /* mark certificates for BIMI */
	CAA_IODEF,
	CAA_CONTACTEMAIL,
	CAA_CONTACTPHONE,
	CAA_UNKNOWN, /* any other tag; a critical one forbids to issue (RFC 8659 4.1) */
};

struct caa_parameter {
	struct span name;
	struct span value; /* may be empty */
};

struct caa {
	uint8_t flags;
	bool is_critical;
	enum caa_property property;
	struct span tag;   /* lower case, in the arena */
	struct span value; /* points into the record data */
	/* For the issue... properties: who may issue, canonical. Empty when nobody may: the value
	 * is ";" or it breaks the grammar (RFC 8659 4.2). */
	struct span issuer;
	struct caa_parameter *parameters;
	size_t parameter_count;
	/* Offsets count in the value; problems of the flags and the tag are at 0 with len 0. */
	struct problems problems;
};

/* False when the data is malformed: no tag, a tag past the end, or one with other octets than
 * letters and digits; and when the arena failed. */
bool caa_parse(struct arena *arena, struct span rdata, struct caa *ret_caa) MUST_CHECK;
/* 0 issue "ca.example; accounturi=..." as in a zone file. */
void caa_write(const struct caa *caa, struct buffer *text);
/* True for the four properties whose value names an issuer. */
bool caa_is_issue(const struct caa *caa);

#endif
