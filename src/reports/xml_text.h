/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * XML as it arrives -> XML that a parser can take: UTF-8 without control characters, and with "&"
 * and "<" escaped where they are text. Of well-formed text only the blanks between elements are
 * left out. So is the XML declaration; a DOCTYPE is left in, for the parser to refuse.
 */
#ifndef MAILSEAL_REPORTS_XML_TEXT_H
#define MAILSEAL_REPORTS_XML_TEXT_H

#include "reports/input.h"

enum xml_text_state {
	XML_TEXT_CONTENT,
	XML_TEXT_CDATA,
	XML_TEXT_COMMENT,
	XML_TEXT_INSTRUCTION,
};

struct xml_text {
	struct report_input *input;
	enum xml_text_state state;
	bool is_single_byte;   /* the declaration names ISO-8859-1, windows-1252, ... */
	size_t untaken;	       /* octets of the input that the last chunk came from */
	uint64_t chunk_offset; /* of the last chunk, in the input */
	struct buffer mended;  /* the last chunk */
	uint64_t notes;	       /* a bit for each warning code found so far */
};

/* Skips byte order mark, blanks and the XML declaration. */
void xml_text_open(struct xml_text *text, struct report_input *input);
void xml_text_close(struct xml_text *text);
/* The next piece, until the next call; empty at the end. It is cut between tags when it can be. */
struct span xml_text_next(struct xml_text *text);

#endif
