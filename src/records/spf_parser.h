/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What the files of the SPF parser share; nobody else includes this. */
#ifndef MAILSEAL_RECORDS_SPF_PARSER_H
#define MAILSEAL_RECORDS_SPF_PARSER_H

#include "records/spf.h"

struct spf_parser {
	struct arena *arena;
	struct problems *problems;
};

/* An error, or a warning, at an offset of the record. */
void spf_parser_error(struct spf_parser *parser, size_t offset, size_t len, struct span what,
		      struct span expected);
void spf_parser_warn(struct spf_parser *parser, size_t offset, size_t len, struct span what,
		     struct span expected);

/* Reads one term whose text and offset are set; its kind stays SPF_TERM_INVALID on an error. */
void spf_term_read(struct spf_parser *parser, struct spf_term *term);
/* The same for what follows the name of a mechanism or the "=" of redirect and exp: a domain-spec.
 * False after an error. */
bool spf_domain_read(struct spf_parser *parser, struct spf_term *term, struct span spec,
		     size_t offset);
/* An ip4 or ip6 network; value is what follows the colon. */
bool spf_network_read(struct spf_parser *parser, struct spf_term *term, struct span value,
		      size_t offset);
/*
 * Cuts "/24", "//64" or "/24//64" off the end of *rest into the term. False after an error.
 */
bool spf_prefix_lens_read(struct spf_parser *parser, struct spf_term *term, struct span *rest,
			  size_t offset);
/* "0" or digits without a leading zero, at most max (RFC 7208 5.6). False after an error. */
bool spf_prefix_len_read(struct spf_parser *parser, struct span digits, unsigned max, size_t offset,
			 unsigned *ret_len);

/* All mechanism names in the order of enum spf_mechanism, then redirect and exp. */
extern const struct span spf_names[];
#define SPF_NAME_COUNT 10
#define SPF_MECHANISM_COUNT 8

/*
 * RFC 7208 7.1: a domain-spec ends in a macro, or in a dot and a top label. False and the octets
 * that are neither. The macros must be valid already.
 */
bool spf_domain_end_is_valid(struct span text, size_t *ret_bad_offset, size_t *ret_bad_len);

#endif
