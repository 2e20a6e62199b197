/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * What to do with the parts of a mail: a failure report is one report with its sample; all else is
 * looked at part by part.
 */
#include <stdio.h>

#include "reports/arf.h"
#include "reports/content.h"
#include "reports/mime.h"
#include "reports/reader_internal.h"

/* The fields of a failure report, a text for people, the header of a sample. */
#define FIELDS_BYTES ((size_t)256 << 10)
#define HEADER_BYTES ((size_t)1 << 20)
#define NO_PART SIZE_MAX
/* How far a line is looked at for a field's name, and how many fields go with a part. */
#define FIELD_LOOK_BYTES 80
#define FIELDS_PER_MEMBER 10

struct mail {
	struct report_reader *reader;
	struct mime_mail *mime;
	struct span member;
	size_t count;
	bool is_outermost; /* no mail around it */
};

static void read_parsed(struct report_reader *reader, struct mime_mail *mime, uint64_t number,
			struct span member);

/* ---- failure reports ---- */

/* The decoded start of a leaf. */
static void read_leaf_text(struct mail *mail, size_t i, struct buffer *text)
{
	char some[4096];
	struct report_source source = mime_mail_open(mail->mime, i);
	size_t len = source.read(source.context, some, sizeof(some));
	buffer_clear(text);
	while (len > 0 && !text->is_failed) {
		buffer_append(text, span_of(some, len));
		len = source.read(source.context, some, sizeof(some));
	}
}

static bool is_text_type(struct span type)
{
	return span_starts_with(type, SPAN("text/")) ||
	       span_equal(type, SPAN("application/octet-stream"));
}

/* RFC 5965 2: message/feedback-report; else a text that reads like one. */
static size_t find_feedback(struct mail *mail, struct buffer *text)
{
	for (size_t i = 0; i < mail->count; i++) {
		struct mime_part part = mime_mail_part(mail->mime, i);
		bool is_declared = span_equal(part.type, SPAN("message/feedback-report"));
		if (part.kind != MIME_LEAF || (!is_declared && !is_text_type(part.type))) {
			continue;
		}
		read_leaf_text(mail, i, text);
		if (is_declared || arf_is_feedback(buffer_span(text))) {
			return i;
		}
	}
	return NO_PART;
}

static size_t find_plain_text(struct mail *mail, struct buffer *text)
{
	for (size_t i = 0; i < mail->count; i++) {
		struct mime_part part = mime_mail_part(mail->mime, i);
		if (part.kind == MIME_LEAF && span_equal(part.type, SPAN("text/plain"))) {
			read_leaf_text(mail, i, text);
			if (arf_is_plain_text(buffer_span(text))) {
				return i;
			}
		}
	}
	return NO_PART;
}

/* The enclosed message; an empty one is none. */
static void read_sample_message(struct mail *mail, size_t i, struct buffer *header,
				struct arf_parts *parts)
{
	struct mime_mail *nested = mime_mail_nested(mail->mime, i);
	if (nested != NULL) {
		mime_mail_header_text(nested, header);
		parts->has_sample = header->len > 0 || mime_mail_has_body(nested);
	}
	mime_mail_free(nested);
}

/* The header lines of the enclosed message. */
static void read_sample(struct mail *mail, struct buffer *header, struct arf_parts *parts)
{
	for (size_t i = 0; i < mail->count && !parts->has_sample; i++) {
		struct mime_part part = mime_mail_part(mail->mime, i);
		bool is_header = span_equal(part.type, SPAN("text/rfc822-headers")) ||
				 span_equal(part.type, SPAN("message/rfc822-headers"));
		if (part.kind == MIME_MESSAGE) {
			read_sample_message(mail, i, header, parts);
		} else if (is_header) {
			read_leaf_text(mail, i, header);
			parts->has_sample = parts->is_sample_headers_only = header->len > 0;
		}
	}
	parts->sample = buffer_span(header);
}

static bool read_failure_report(struct mail *mail)
{
	struct buffer text = buffer_new(FIELDS_BYTES);
	struct buffer header = buffer_new(HEADER_BYTES);
	struct arf_parts parts = {.is_plain_text = false};
	bool is_found = find_feedback(mail, &text) != NO_PART;
	if (is_found) {
		read_sample(mail, &header, &parts);
	} else {
		is_found = find_plain_text(mail, &text) != NO_PART;
		parts.is_plain_text = true;
		/* the sample's header follows in the same text */
		size_t end = span_search(buffer_span(&text), SPAN("------ "));
		parts.sample = span_from(buffer_span(&text), end);
		parts.has_sample = parts.is_sample_headers_only = parts.sample.len > 0;
	}
	if (is_found) {
		parts.fields =
			span_slice(buffer_span(&text), 0,
				   parts.is_plain_text ? text.len - parts.sample.len : text.len);
		arf_read(&mail->reader->reading, &parts, mail->member);
	}
	buffer_free(&text);
	buffer_free(&header);
	return is_found;
}

/* ---- other parts ---- */

/* By its name or type it is meant to be a report, and so deserves a reason when it is none. */
static bool is_promising(struct mime_part part)
{
	static const struct span suffixes[] = {SPAN_INIT(".xml"), SPAN_INIT(".gz"),
					       SPAN_INIT(".zip"), SPAN_INIT(".json"),
					       SPAN_INIT(".eml")};
	static const struct span types[] = {SPAN_INIT("gzip"), SPAN_INIT("zip"), SPAN_INIT("xml"),
					    SPAN_INIT("tlsrpt")};
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (span_ends_with_nocase(part.name, suffixes[i])) {
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (span_starts_with(part.type, SPAN("application/")) &&
		    span_search(part.type, types[i]) < part.type.len) {
			return true;
		}
	}
	return false;
}

static void read_nested(struct mail *mail, size_t i, struct span member)
{
	struct reading *reading = &mail->reader->reading;
	struct mime_mail *nested = mime_mail_nested(mail->mime, i);
	if (nested == NULL) {
		reading_document_ignore(reading, member);
		return;
	}
	read_parsed(mail->reader, nested, /* number */ 1, member);
	mime_mail_free(nested);
}

static void read_part(struct mail *mail, size_t i)
{
	struct mime_part part = mime_mail_part(mail->mime, i);
	char name[64];
	char text[MEMBER_BYTES];
	char full[MEMBER_BYTES];
	int len = snprintf(name, sizeof(name), "part %zu", i + 1);
	struct span member =
		reader_member_join(text, mail->member, span_of(name, len > 0 ? (size_t)len : 0));
	member = reader_member_join(full, member, part.name);
	if (part.kind == MIME_MESSAGE) {
		read_nested(mail, i, member);
	} else {
		reader_read_thing(mail->reader, mime_mail_open(mail->mime, i), member,
				  is_promising(part) ? THING_MEMBER : THING_PART);
	}
}

static void read_parts(struct mail *mail)
{
	struct reading *reading = &mail->reader->reading;
	uint64_t documents = reading->documents;
	for (size_t i = 0; i < mail->count && reading->status >= 0; i++) {
		read_part(mail, i);
	}
	bool is_cut = mime_mail_is_cut(mail->mime);
	if (is_cut || (reading->documents == documents && mail->is_outermost)) {
		reading_document_begin(reading, mail->member);
		if (is_cut) {
			reading_refuse(reading, REPORT_REFUSED_MEMBERS, "parts of a mail");
		}
		reading_document_end(reading, /* is_usable */ false);
	}
}

/* mails inside mails end at max_nesting */
static void read_parsed(struct report_reader *reader, struct mime_mail *mime, uint64_t number,
			struct span member)
{
	struct reading *reading = &reader->reading;
	const struct report_mail *outer = reading->mail;
	struct mail mail = {reader, mime, member, mime_mail_part_count(mime), outer == NULL};
	struct report_mail head = mime_mail_head(mime);
	head.number = number;
	head.is_inside = outer != NULL;
	head.raw = outer == NULL ? reader->mail : span_of(NULL, 0);
	if (reading->nesting == reading->options.limits.max_nesting) {
		reading_document_begin(reading, member);
		reading_refuse(reading, REPORT_REFUSED_NESTING, "archives and mails");
		reading_document_end(reading, /* is_usable */ false);
		return;
	}
	reading->nesting++;
	reading->mail = &head;
	if (!read_failure_report(&mail)) {
		read_parts(&mail);
	}
	reading->mail = outer;
	reading->nesting--;
}

/* GMime takes a kilobyte and more for each part, and 200 octets for each field of a header. */
static bool has_too_many_parts(const struct report_reader *reader, struct span message)
{
	size_t max_members = reader->reading.options.limits.max_members;
	size_t boundaries = 0;
	size_t fields = 0;
	for (size_t at = 0; at < message.len; at = span_find(message, '\n', at) + 1) {
		struct span line = span_slice(message, at, FIELD_LOOK_BYTES);
		boundaries += span_starts_with(line, SPAN("--"));
		fields += content_is_header_line(line);
	}
	return boundaries > max_members || fields > FIELDS_PER_MEMBER * max_members;
}

void reader_read_mail(struct report_reader *reader, struct span message, uint64_t number,
		      struct span member)
{
	if (has_too_many_parts(reader, message)) {
		reading_document_begin(&reader->reading, member);
		reading_refuse(&reader->reading, REPORT_REFUSED_MEMBERS, "parts of a mail");
		reading_document_end(&reader->reading, /* is_usable */ false);
		return;
	}
	struct mime_mail *mime = mime_mail_new(&reader->reading, message);
	if (reader->reading.mail == NULL) {
		reader->mail = message;
	}
	if (mime != NULL) {
		read_parsed(reader, mime, number, member);
	} else if (reader->reading.status >= 0) {
		reading_document_begin(&reader->reading, member);
		reading_document_end(&reader->reading, /* is_usable */ false);
	}
	mime_mail_free(mime);
}
