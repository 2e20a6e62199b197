/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Driving expat. When the text breaks, a new parser takes it up again at the next record; the same
 * is done every few megabytes, because expat keeps the names of all elements and attributes it has
 * met.
 */
#include "reports/aggregate_xml.h"

#include <expat.h>
#include <stdlib.h>

#include "reports/aggregate_builder.h"
#include "reports/xml_text.h"

/* What a parser may read before it is made anew, and what it may read without a row's end. */
#define PARSER_BYTES ((uint64_t)1 << 20)
#define PARSER_MAX_BYTES ((uint64_t)2 << 20)
/* What is looked at behind the end of a document. */
#define TAIL_BYTES ((size_t)1 << 20)
/* Documents behind the first that are read. */
#define MAX_FOLLOWERS 100
/* The longest prefix of a namespace that is looked for. */
#define PREFIX_BYTES 16

struct aggregate_xml {
	struct reading *reading;
	XML_Parser parser;
	struct aggregate_builder *builder;
	struct xml_text text;
	struct buffer tail;    /* what stands behind the document */
	uint64_t fed_bytes;    /* to this parser */
	uint64_t fed_silently; /* since anything came back */
	unsigned depth;
	unsigned resumptions;
	bool is_broken; /* looking for the next record */
	bool is_at_end; /* of the document */
	bool is_renewal_due;
};

struct aggregate_xml *aggregate_xml_new(struct reading *reading)
{
	struct aggregate_xml *xml = calloc(1, sizeof(*xml));
	if (xml == NULL) {
		reading_fail_memory(reading, "read XML");
		return NULL;
	}
	xml->reading = reading;
	xml->tail = buffer_new(TAIL_BYTES);
	xml->builder = aggregate_builder_new(reading);
	xml->parser = XML_ParserCreate("UTF-8");
	if (xml->builder == NULL || xml->parser == NULL) {
		reading_fail_memory(reading, "read XML");
		aggregate_xml_free(xml);
		return NULL;
	}
	return xml;
}

void aggregate_xml_free(struct aggregate_xml *xml)
{
	if (xml != NULL) {
		buffer_free(&xml->tail);
		aggregate_builder_free(xml->builder);
		if (xml->parser != NULL) {
			XML_ParserFree(xml->parser);
		}
		free(xml);
	}
}

/* ---- what expat tells ---- */

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct aggregate_xml *xml = context;
	xml->fed_silently = 0;
	xml->depth++;
	if (xml->depth > xml->reading->options.limits.max_element_depth) {
		reading_refuse(xml->reading, REPORT_REFUSED_NESTING, "XML elements");
	} else {
		aggregate_builder_open(xml->builder, name, (const char *const *)attributes);
	}
	if (reading_is_stopped(xml->reading)) {
		XML_StopParser(xml->parser, XML_FALSE);
	}
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
	struct aggregate_xml *xml = context;
	bool was_in_row = aggregate_builder_is_in_row(xml->builder);
	xml->fed_silently = 0;
	xml->depth--;
	aggregate_builder_close(xml->builder);
	bool is_row_end = was_in_row && !aggregate_builder_is_in_row(xml->builder);
	xml->is_at_end = xml->depth == 0;
	xml->is_renewal_due = is_row_end && xml->fed_bytes > PARSER_BYTES;
	if (reading_is_stopped(xml->reading)) {
		XML_StopParser(xml->parser, XML_FALSE);
	} else if (xml->is_at_end || xml->is_renewal_due) {
		XML_StopParser(xml->parser, XML_TRUE);
	}
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
	struct aggregate_xml *xml = context;
	xml->fed_silently = 0;
	aggregate_builder_text(xml->builder, span_of(text, (size_t)len));
	if (reading_is_stopped(xml->reading)) {
		XML_StopParser(xml->parser, XML_FALSE);
	}
}

/* hazard 51: no DTD at all, so there is nothing to expand and nothing to fetch */
static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
			       const XML_Char *public_id, int has_internal_subset)
{
	struct aggregate_xml *xml = context;
	bool is_html = span_equal_nocase(span_of_string(name), SPAN("html"));
	reading_refuse(xml->reading, is_html ? REPORT_REFUSED_NOT_A_REPORT : REPORT_REFUSED_DOCTYPE,
		       "");
	XML_StopParser(xml->parser, XML_FALSE);
}

/* ---- one parser after the other ---- */

static void renew(struct aggregate_xml *xml)
{
	XML_ParserReset(xml->parser, "UTF-8");
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, on_start, on_end);
	XML_SetCharacterDataHandler(xml->parser, on_text);
	XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
	/* any number: the names of one report are few, and the parser is made anew in time */
	(void)XML_SetHashSalt(xml->parser, 1);
	xml->fed_bytes = 0;
	xml->fed_silently = 0;
	xml->depth = 0;
	xml->is_at_end = false;
	xml->is_renewal_due = false;
}

/* A new parser that believes to be inside the root. */
static void renew_inside(struct aggregate_xml *xml)
{
	static const char root[] = "<feedback>";
	uint64_t none = 0;
	renew(xml);
	aggregate_builder_break(xml->builder, none);
	(void)XML_Parse(xml->parser, root, (int)sizeof(root) - 1, XML_FALSE);
	xml->fed_bytes = sizeof(root) - 1;
}

/* Where a known section begins in s, or s.len. */
static size_t find_section(struct span s)
{
	static const struct span names[] = {SPAN_INIT("record"), SPAN_INIT("report_metadata"),
					    SPAN_INIT("policy_published")};
	for (size_t at = span_find(s, '<', 0); at < s.len; at = span_find(s, '<', at + 1)) {
		struct span name = span_slice(s, at + 1, PREFIX_BYTES);
		size_t colon = span_find(name, ':', 0);
		struct span rest = span_from(s, at + 1 + (colon < name.len ? colon + 1 : 0));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			size_t len = names[i].len;
			if (span_starts_with_nocase(rest, names[i]) && rest.len > len &&
			    (rest.ptr[len] == '>' || text_is_space(rest.ptr[len]))) {
				return at;
			}
		}
	}
	return s.len;
}

/* How much of the piece that was just fed lies before the end of the token at hand. */
static size_t position_in(const struct aggregate_xml *xml, struct span piece, bool is_behind)
{
	XML_Index index = XML_GetCurrentByteIndex(xml->parser);
	int64_t at = (int64_t)index - (int64_t)xml->fed_bytes;
	if (is_behind) {
		at += XML_GetCurrentByteCount(xml->parser);
	}
	return at < 0 ? 0 : (uint64_t)at > piece.len ? piece.len : (size_t)at;
}

static void break_here(struct aggregate_xml *xml, size_t at)
{
	const struct report_limits *limits = &xml->reading->options.limits;
	const char *why = XML_ErrorString(XML_GetErrorCode(xml->parser));
	uint64_t offset = xml->text.chunk_offset + at;
	reading_warn(xml->reading, REPORT_TEXT_BROKEN, 0, offset, span_of_string(why));
	aggregate_builder_break(xml->builder, offset);
	xml->is_broken = true;
	if (++xml->resumptions > limits->max_resumptions) {
		reading_refuse(xml->reading, REPORT_REFUSED_BROKEN, "broken in too many places");
	}
}

/* RFC 7489 appendix C has one root; a wrapper around it that never closes changes nothing. */
static bool is_root_closed(const struct aggregate_xml *xml)
{
	return aggregate_builder_is_complete(xml->builder) &&
	       !aggregate_builder_is_in_row(xml->builder);
}

/* Feeds a piece up to the next thing to decide; what is left of it. */
static struct span feed_some(struct aggregate_xml *xml, struct span piece)
{
	if (xml->is_broken) {
		struct span rest = span_from(piece, find_section(piece));
		if (rest.len == 0) {
			return rest;
		}
		renew_inside(xml);
		xml->is_broken = false;
		piece = rest;
	}
	enum XML_Status status = XML_Parse(xml->parser, piece.ptr, (int)piece.len, XML_FALSE);
	if (reading_is_stopped(xml->reading)) {
		return span_of(NULL, 0);
	}
	if (status == XML_STATUS_ERROR) {
		size_t at = position_in(xml, piece, /* is_behind */ false);
		break_here(xml, at);
		return span_from(piece, at < piece.len ? at + 1 : at);
	}
	if (status == XML_STATUS_SUSPENDED) {
		struct span rest = span_from(piece, position_in(xml, piece, /* is_behind */ true));
		if (!xml->is_at_end) {
			renew_inside(xml);
		}
		return rest;
	}
	xml->fed_bytes += piece.len;
	xml->fed_silently += piece.len;
	return span_of(NULL, 0);
}

static void check_progress(struct aggregate_xml *xml)
{
	const struct report_limits *limits = &xml->reading->options.limits;
	if (xml->fed_silently > limits->max_element_bytes) {
		reading_refuse(xml->reading, REPORT_REFUSED_SIZE, "one XML tag");
	}
	if (xml->fed_bytes > PARSER_MAX_BYTES) {
		reading_refuse(xml->reading, REPORT_REFUSED_SIZE, "text without a row");
	}
	if (xml->text.chunk_offset > limits->max_document_bytes) {
		reading_refuse(xml->reading, REPORT_REFUSED_SIZE, "one report");
	}
}

/* The input ended before the root did. */
static void end_early(struct aggregate_xml *xml)
{
	if (is_root_closed(xml)) {
		reading_warn(xml->reading, REPORT_TEXT_MARKUP, 0, 0, span_of_string("wrapper"));
		return;
	}
	if (!xml->is_broken) {
		reading_warn(xml->reading, REPORT_TEXT_CUT, 0, xml->text.chunk_offset,
			     span_of(NULL, 0));
	}
	aggregate_builder_break(xml->builder, xml->text.chunk_offset);
}

static void keep_tail(struct aggregate_xml *xml, struct span rest)
{
	buffer_append(&xml->tail, rest);
	for (struct span more = xml_text_next(&xml->text); more.len > 0 && !xml->tail.is_failed;
	     more = xml_text_next(&xml->text)) {
		buffer_append(&xml->tail, more);
	}
}

static void parse(struct aggregate_xml *xml, struct report_input *input)
{
	struct span rest = {NULL, 0};
	xml_text_open(&xml->text, input);
	buffer_clear(&xml->tail);
	aggregate_builder_begin(xml->builder);
	renew(xml);
	xml->is_broken = false;
	xml->resumptions = 0;
	while (!xml->is_at_end && !reading_is_stopped(xml->reading)) {
		rest = xml_text_next(&xml->text);
		if (rest.len == 0) {
			end_early(xml);
			break;
		}
		while (rest.len > 0 && !xml->is_at_end && !reading_is_stopped(xml->reading)) {
			rest = feed_some(xml, rest);
		}
		check_progress(xml);
	}
	if (xml->is_at_end && !reading_is_stopped(xml->reading)) {
		keep_tail(xml, rest);
	}
}

static void warn_of_text(struct aggregate_xml *xml)
{
	static const enum report_warning_code codes[] = {REPORT_TEXT_ENCODING, REPORT_TEXT_CONTROL,
							 REPORT_TEXT_MARKUP};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if ((xml->text.notes >> codes[i] & 1) != 0) {
			reading_warn(xml->reading, codes[i], 0, 0, span_of(NULL, 0));
		}
	}
}

/* Another <feedback> behind the document. */
static bool is_next_document(struct span tail)
{
	struct span head = span_slice(tail, 0, PREFIX_BYTES + sizeof("feedback"));
	size_t colon = span_find(head, ':', 0);
	struct span name = span_from(head, colon < head.len ? colon + 1 : 1);
	return span_starts_with(tail, SPAN("<")) && span_starts_with_nocase(name, SPAN("feedback"));
}

/* What stands behind: blanks, junk, or (a span that is not empty) another document. */
static struct span judge_tail(struct aggregate_xml *xml)
{
	struct span tail = span_trim(buffer_span(&xml->tail), TEXT_SPACE);
	if (xml->tail.is_failed) {
		reading_warn(xml->reading, REPORT_TEXT_CUT, 0, 0, SPAN("too much follows"));
		return span_of(NULL, 0);
	}
	if (tail.len > 0 && !is_next_document(tail)) {
		reading_warn(xml->reading, REPORT_TEXT_TRAILING, 0, 0, tail);
		return span_of(NULL, 0);
	}
	return tail;
}

static struct span read_one(struct aggregate_xml *xml, struct report_input *input,
			    struct span member)
{
	reading_document_begin(xml->reading, member);
	if (!reading_is_stopped(xml->reading)) {
		parse(xml, input);
	}
	warn_of_text(xml);
	struct span tail = judge_tail(xml);
	if (reading_is_stopped(xml->reading)) {
		aggregate_builder_break(xml->builder, xml->text.chunk_offset);
	}
	bool is_report = aggregate_builder_end(xml->builder);
	xml_text_close(&xml->text);
	reading_document_end(xml->reading, is_report);
	return tail;
}

/* Reads a document in memory; gives what stands behind it. */
static struct span read_text(struct aggregate_xml *xml, struct buffer *document, struct span member)
{
	struct span rest = buffer_span(document);
	struct span tail = {NULL, 0};
	struct report_input input;
	if (input_open(&input, xml->reading, input_memory_source(&rest))) {
		tail = read_one(xml, &input, member);
	}
	input_close(&input);
	return tail;
}

/* The same report twice in one file is one report. */
static struct span read_follower(struct aggregate_xml *xml, struct buffer *document,
				 struct report_hash first, struct span member)
{
	xml->reading->is_silent = true;
	struct span tail = read_text(xml, document, member);
	xml->reading->is_silent = false;
	if (!report_hash_equal(first, aggregate_builder_fingerprint(xml->builder))) {
		return read_text(xml, document, member);
	}
	reading_document_begin(xml->reading, member);
	reading_warn(xml->reading, REPORT_TEXT_REPEATED, 0, 0, span_of(NULL, 0));
	xml->reading->ending.kind = REPORT_KIND_AGGREGATE;
	reading_document_drop(xml->reading);
	return tail;
}

static void read_followers(struct aggregate_xml *xml, struct span tail, struct span member)
{
	struct report_hash first = aggregate_builder_fingerprint(xml->builder);
	struct buffer document = buffer_new(TAIL_BYTES);
	for (int i = 0; i < MAX_FOLLOWERS && tail.len > 0 && xml->reading->status >= 0; i++) {
		buffer_clear(&document);
		buffer_append(&document, tail);
		tail = read_follower(xml, &document, first, member);
	}
	if (tail.len > 0 && xml->reading->status >= 0) {
		reading_document_begin(xml->reading, member);
		reading_refuse(xml->reading, REPORT_REFUSED_MEMBERS, "reports in one text");
		reading_document_end(xml->reading, /* is_usable */ false);
	}
	buffer_free(&document);
}

void aggregate_xml_read(struct aggregate_xml *xml, struct report_input *input, struct span member)
{
	struct span tail = read_one(xml, input, member);
	if (tail.len > 0) {
		read_followers(xml, tail, member);
	}
}
