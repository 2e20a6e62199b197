/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Authentication-Results (RFC 8601) and ARC-Authentication-Results (RFC 8617 4.1.1). */
#ifndef MAILSEAL_MESSAGE_AUTHENTICATION_RESULTS_H
#define MAILSEAL_MESSAGE_AUTHENTICATION_RESULTS_H

#include "message/header.h"

/* Results of one field, and properties of one result; honest fields have below ten of each. */
#define AUTHENTICATION_RESULTS_MAX 50
#define AUTHENTICATION_PROPERTIES_MAX 50

struct authentication_property {
	struct span type;     /* "header"; empty in a form that RFC 8601 does not have */
	struct span property; /* "from" */
	struct span value;    /* unquoted */
};

struct authentication_result {
	struct span method;	  /* "dkim" */
	uint64_t version;	  /* of the method; 1 when not said */
	struct span result;	  /* "pass" */
	struct span reason;	  /* unquoted; may be empty */
	struct vector properties; /* of struct authentication_property */
};

struct authentication_results {
	bool has_id;
	struct span id;	       /* authserv-id, unquoted */
	uint64_t version;      /* 1 when not said */
	uint64_t arc_instance; /* i=; 0 without */
	bool is_none;	       /* "none": nothing was checked */
	bool is_strict;	       /* false: a form that some write and RFC 8601 does not have */
	struct vector results; /* of struct authentication_result */
	size_t bad_offset;     /* in the value, when it was refused */
};

/*
 * Reads a field's value. Forms that are common though not in RFC 8601 are read and noted: no
 * authserv-id, a dot in a method, a property without a type, a semicolon at the end, any visible
 * octets as a value. False when it is broken; then only bad_offset holds.
 */
bool authentication_results_parse(struct arena *arena, struct span value,
				  struct authentication_results *ret_results) MUST_CHECK;

/* Octets of a message. */
struct octet_range {
	size_t offset;
	size_t len;
};

/*
 * The Authentication-Results fields that claim to be ours: their authserv-id is id without regard
 * to case, with version, comments, quotes or a dot at the end. A field whose id cannot be read but
 * that holds ours is one too. Last first, so that each may be deleted in turn. Vector of struct
 * octet_range.
 */
struct vector authentication_results_forged(struct arena *arena, const struct header *header,
					    struct span id);

/*
 * Writes a field. Values are put in quotes unless they are plain words, domains or addresses;
 * control octets and what is not UTF-8 become "?", so nothing in a value can end it. Methods,
 * results and property names are the program's own words.
 */
struct authentication_writer {
	struct buffer *text;
	bool has_result;
};

/* "Authentication-Results: id" */
struct authentication_writer authentication_writer_begin(struct buffer *text, struct span id);
/* Only "id", as sign_arc() takes it. */
struct authentication_writer authentication_writer_begin_bare(struct buffer *text, struct span id);
void authentication_write_result(struct authentication_writer *writer, const char *method,
				 const char *result);
void authentication_write_reason(struct authentication_writer *writer, struct span reason);
void authentication_write_property(struct authentication_writer *writer, const char *type,
				   const char *property, struct span value);
/* Ends the field with CRLF; "none" when there was no result. */
void authentication_writer_end(struct authentication_writer *writer);
/* A value in quotes; for other fields of trace headers too. */
void authentication_write_quoted(struct buffer *text, struct span value);

#endif
