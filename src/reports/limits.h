/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a report and its wrapping may cost. More is a refusal with a reason, never a crash. */
#ifndef MAILSEAL_REPORTS_LIMITS_H
#define MAILSEAL_REPORTS_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* RFC 9990 3.1.4.4: a row lists at most 100 signatures. */
#define REPORT_MAX_DKIM 100
/* One is right; three were seen (gosecure.net). */
#define REPORT_MAX_SPF 10
#define REPORT_MAX_REASONS 10
#define REPORT_MAX_ERRORS 10
/* Text of one row or of one header that is kept; a longer text is cut, with a warning. */
#define REPORT_ROW_TEXT_BYTES ((size_t)64 << 10)
#define REPORT_HEAD_TEXT_BYTES ((size_t)64 << 10)
/* A list in a TLS report or a failure report: policy strings, MX patterns, reported domains. */
#define REPORT_MAX_LIST 64

struct report_limits {
	unsigned max_nesting;	     /* archives and mails inside each other */
	unsigned max_members;	     /* members of one archive, parts of one mail */
	unsigned max_ratio;	     /* unpacked : packed, judged after ratio_free_bytes */
	uint64_t ratio_free_bytes;   /* unpacked octets before the ratio counts */
	uint64_t max_unpacked_bytes; /* of one archive with all that is inside */
	uint64_t max_document_bytes; /* of one report */
	uint64_t max_rows;	     /* of one report */
	size_t max_mail_bytes;	     /* of one message: it is held in memory */
	size_t max_json_bytes;	     /* of one TLS report: it is held in memory */
	size_t max_json_values;	     /* numbers, strings, lists and objects of one TLS report */
	size_t max_element_bytes;    /* text of one XML element, or one tag */
	unsigned max_element_depth;  /* of the XML */
	unsigned max_resumptions;    /* times a broken XML is taken up again at its next record */
	unsigned max_folder_depth;   /* of folders below a path */
};

/* What the program uses; every number has its reason in limits.c. */
struct report_limits report_limits_default(void);

#endif
