/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What was odd in a report and what we did about it: a code for counting, and where it was. */
#ifndef MAILSEAL_REPORTS_WARNING_H
#define MAILSEAL_REPORTS_WARNING_H

#include "base/base.h"

/*
 * The comment says what was done. "kept" means that the row or report counts all the same.
 * A word of a closed list that we do not know is kept as the OTHER value of its enum.
 */
enum report_warning_code {
	/* the wrapping */
	REPORT_PACKED_CUT,	/* gzip or zip ends early: what unpacks is read */
	REPORT_PACKED_CHECKSUM, /* wrong checksum or length: what unpacks is read */
	REPORT_PACKED_TRAILING, /* octets after the archive: ignored */
	REPORT_MAIL_BROKEN,	/* MIME that does not end, or a header that is none: read on */
	/* the text */
	REPORT_TEXT_ENCODING, /* not the declared encoding, or octets that are no character */
	REPORT_TEXT_CONTROL,  /* control characters or NULs: left out */
	REPORT_TEXT_MARKUP,   /* a bare & or <, an HTML entity: read as text */
	REPORT_TEXT_BROKEN,   /* the document breaks here; taken up again at the next record */
	REPORT_TEXT_CUT,      /* the document ends early: whole records before the cut are kept */
	REPORT_TEXT_TRAILING, /* something after the document: ignored */
	REPORT_TEXT_LONG,     /* a text above REPORT_ROW_TEXT_BYTES was cut */
	REPORT_TEXT_REPEATED, /* the same document again in the same file: ignored */
	REPORT_ROOT_UNKNOWN,  /* the root is not <feedback>; read all the same */
	/* the head of a report */
	REPORT_REPORTER_MISSING, /* no organisation: taken from the contact or the mail */
	REPORT_CONTACT_MISSING,
	REPORT_ID_MISSING,	/* the content hash stands in */
	REPORT_PERIOD_MISSING,	/* has_period is false */
	REPORT_PERIOD_REVERSED, /* begin and end exchanged */
	REPORT_PERIOD_FORM,	/* milliseconds, a fraction or a calendar date: converted */
	REPORT_POLICY_MISSING,	/* no published policy, or one without p or domain */
	REPORT_POLICY_REPEATED, /* more than one: the first is kept */
	REPORT_POLICY_VALUE,	/* a policy value that is none; kept as OTHER */
	REPORT_DOMAIN_GUESSED,	/* TLS: the policy domain is taken from the mail or the file name */
	/* a row */
	REPORT_ROW_LOST,	/* cut or broken before its end: not delivered */
	REPORT_ROW_SOURCE,	/* source address missing or none: row kept, source unknown */
	REPORT_ROW_SOURCE_FORM, /* blanks, brackets, v4-mapped, a prefix length: read */
	REPORT_ROW_COUNT,      /* count missing, negative or no number: row kept, has_count false */
	REPORT_ROW_COUNT_FORM, /* "1,234", "2.0": read */
	REPORT_ROW_COUNT_ZERO, /* count 0: row kept */
	REPORT_ROW_FROM_MISSING, /* the policy domain stands in for header_from */
	REPORT_ROW_FROM_FORM,	 /* an address or a display name: its domain is kept */
	REPORT_ROW_EVALUATION,	 /* policy_evaluated or a part of it is missing */
	REPORT_ROW_AUTH_MISSING, /* no auth_results, or an empty one */
	REPORT_ROW_RESULT, /* a result, disposition or reason word that is none: kept as OTHER */
	REPORT_ROW_LISTS,  /* more signatures, SPF results or reasons than are kept */
	/* TLS reports */
	REPORT_TLS_FIELD_MISSING, /* an expected member is not there */
	REPORT_TLS_FIELD_TYPE,	  /* a string for a number, an object for a list, null: read */
	REPORT_TLS_POLICY_LOST,	  /* an entry of "policies" that is no object: not delivered */
	REPORT_TLS_WORD,	  /* unknown policy or result type: kept as OTHER */
	/* failure reports */
	REPORT_FAILURE_FIELD,	  /* an expected field is missing or not readable */
	REPORT_FAILURE_NO_PART,	  /* no machine-readable part: read from the text */
	REPORT_FAILURE_NO_SAMPLE, /* no message or headers enclosed */
	REPORT_WARNING_COUNT,
};

struct report_warning {
	enum report_warning_code code;
	uint64_t row;	    /* 1-based row of the report, 0 for the report as a whole */
	uint64_t offset;    /* octets from the start of the document, as unpacked; 0 when unknown */
	struct span detail; /* what was found, untrusted, at most 200 octets; valid in the call */
};

/* "row-count", ...: stable, for people and tests. Static. */
const char *report_warning_name(enum report_warning_code code);
/* One short sentence. Static. */
const char *report_warning_text(enum report_warning_code code);
/* True when something was lost (rows, policies, a tail), not only repaired. */
bool report_warning_is_loss(enum report_warning_code code);

#endif
