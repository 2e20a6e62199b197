/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From bytes to documents: looks what a thing is, unwraps it, and hands it to its parser. */
#include "reports/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reports/content.h"
#include "reports/gunzip.h"
#include "reports/reader_internal.h"
#include "reports/tls_json.h"
#include "reports/unzip.h"
#include "reports/utf16.h"

/* Enough to tell any kind, behind some blank lines. */
#define HEAD_BYTES ((size_t)4 << 10)

int report_reader_new(const struct report_options *options, const struct report_sink *sink,
		      struct report_reader **ret_reader, struct failure *reterr)
{
	struct report_reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		return failure_set_memory(reterr, "read reports");
	}
	reader->reading.options = *options;
	reader->reading.sink = *sink;
	reader->xml = aggregate_xml_new(&reader->reading);
	if (reader->xml == NULL) {
		free(reader);
		return failure_set_memory(reterr, "read reports");
	}
	*ret_reader = reader;
	return 0;
}

void report_reader_free(struct report_reader *reader)
{
	if (reader != NULL) {
		aggregate_xml_free(reader->xml);
		free(reader);
	}
}

struct span reader_member_join(char *into, struct span outer, struct span inner)
{
	int len = snprintf(into, MEMBER_BYTES, "%.*s%s%.*s", SPAN_ARG(outer),
			   outer.len > 0 && inner.len > 0 ? "/" : "", SPAN_ARG(inner));
	size_t room = MEMBER_BYTES - 1;
	return span_of(into, len < 0 ? 0 : (size_t)len < room ? (size_t)len : room);
}

static void refuse(struct report_reader *reader, struct span member, enum report_refusal refusal,
		   const char *detail)
{
	reading_document_begin(&reader->reading, member);
	reading_refuse(&reader->reading, refusal, detail);
	reading_document_end(&reader->reading, /* is_usable */ false);
}

/* Text of a mail that is no report needs no reason; all else does. */
static void refuse_or_ignore(struct report_reader *reader, struct span member, enum thing_role role,
			     enum report_refusal refusal)
{
	bool has_trouble = reader->reading.packed_notes != 0 ||
			   reader->reading.unpack_refusal != REPORT_NOT_REFUSED;
	if (role == THING_PART && !has_trouble) {
		reading_document_ignore(&reader->reading, member);
	} else {
		refuse(reader, member, refusal, "");
	}
}

static void read_gzip(struct report_reader *reader, struct report_input *input, struct span member,
		      enum thing_role role)
{
	struct gunzip *gunzip = gunzip_new(&reader->reading, input);
	if (gunzip != NULL) {
		reader_read_thing(reader, gunzip_source(gunzip), member,
				  role == THING_PART ? THING_MEMBER : role);
	}
	gunzip_free(gunzip);
}

static void read_utf16(struct report_reader *reader, struct report_input *input, struct span member,
		       enum thing_role role)
{
	struct utf16 utf16 = {.input = input};
	(void)utf16_is_text(input_peek(input, 4), &utf16.is_big_endian);
	reader_read_thing(reader, utf16_source(&utf16), member, role);
}

/* What some archivers put beside each file. */
static bool is_resource_fork(struct span name)
{
	return span_starts_with(name, SPAN("__MACOSX/")) ||
	       span_search(name, SPAN("/__MACOSX/")) < name.len ||
	       span_search(name, SPAN("/._")) < name.len || span_starts_with(name, SPAN("._"));
}

static void read_zip_member(struct report_reader *reader, struct unzip *unzip, struct span outer,
			    struct span name)
{
	char text[MEMBER_BYTES];
	struct span member = reader_member_join(text, outer, name);
	if (unzip_is_encrypted(unzip)) {
		refuse(reader, member, REPORT_REFUSED_ENCRYPTED, "");
	} else if (is_resource_fork(name)) {
		reading_document_ignore(&reader->reading, member);
	} else {
		reader_read_thing(reader, unzip_source(unzip), member, THING_MEMBER);
	}
}

static void read_zip(struct report_reader *reader, struct report_input *input, struct span member)
{
	struct reading *reading = &reader->reading;
	struct unzip *unzip = unzip_new(reading, input);
	struct span name;
	size_t count = 0;
	while (unzip != NULL && reading->status >= 0 &&
	       reading->unpack_refusal == REPORT_NOT_REFUSED && unzip_next(unzip, &name)) {
		read_zip_member(reader, unzip, member, name);
		count++;
	}
	unzip_free(unzip);
	bool has_trouble =
		reading->packed_notes != 0 || reading->unpack_refusal != REPORT_NOT_REFUSED;
	if (reading->status >= 0 && (count == 0 || has_trouble)) {
		refuse(reader, member, has_trouble ? REPORT_REFUSED_BROKEN : REPORT_REFUSED_EMPTY,
		       has_trouble ? "the rest of the archive" : "");
	}
}

/* A mail is held in memory, since its parts may come in any order. */
static void read_mail(struct report_reader *reader, struct report_input *input, struct span member)
{
	struct buffer message = buffer_new(reader->reading.options.limits.max_mail_bytes);
	for (struct span some = input_peek(input, 1); some.len > 0 && !message.is_failed;
	     some = input_peek(input, 1)) {
		buffer_append(&message, some);
		input_take(input, some.len);
	}
	if (message.is_failed) {
		refuse(reader, member, REPORT_REFUSED_SIZE, "one message");
	} else {
		reader_read_mail(reader, buffer_span(&message), /* number */ 1, member);
	}
	buffer_free(&message);
}

/* Of a mail's part: worth a parser, and not just HTML for people. */
static bool has_report_root(struct report_input *input)
{
	struct span head = input_peek(input, HEAD_BYTES);
	for (size_t at = span_find(head, '<', 0); at < head.len;
	     at = span_find(head, '<', at + 1)) {
		struct span tag = span_slice(head, at + 1, 40);
		size_t colon = span_find(tag, ':', 0);
		struct span name = span_from(tag, colon < tag.len ? colon + 1 : 0);
		if (span_starts_with_nocase(tag, SPAN("feedback")) ||
		    span_starts_with_nocase(name, SPAN("feedback")) ||
		    span_starts_with_nocase(tag, SPAN("report_metadata"))) {
			return true;
		}
	}
	return false;
}

static void read_xml(struct report_reader *reader, struct report_input *input, struct span member,
		     enum thing_role role)
{
	if (role == THING_PART && !has_report_root(input)) {
		reading_document_ignore(&reader->reading, member);
	} else {
		aggregate_xml_read(reader->xml, input, member);
	}
}

static void read_kind(struct report_reader *reader, struct report_input *input, struct span member,
		      enum thing_role role)
{
	switch (content_kind_of(input_peek(input, HEAD_BYTES))) {
	case CONTENT_EMPTY:
		refuse_or_ignore(reader, member, role, REPORT_REFUSED_EMPTY);
		break;
	case CONTENT_GZIP:
		read_gzip(reader, input, member, role);
		break;
	case CONTENT_ZIP:
		read_zip(reader, input, member);
		break;
	case CONTENT_UTF16:
		read_utf16(reader, input, member, role);
		break;
	case CONTENT_XML:
		read_xml(reader, input, member, role);
		break;
	case CONTENT_JSON:
		tls_json_read(&reader->reading, input, member, role == THING_PART);
		break;
	case CONTENT_MBOX:
	case CONTENT_MAIL:
		if (role == THING_PART) {
			reading_document_ignore(&reader->reading, member);
		} else if (content_kind_of(input_peek(input, HEAD_BYTES)) == CONTENT_MBOX) {
			reader_read_mbox(reader, input, member);
		} else {
			read_mail(reader, input, member);
		}
		break;
	case CONTENT_OTHER:
		refuse_or_ignore(reader, member, role, REPORT_REFUSED_UNKNOWN);
		break;
	}
}

void reader_read_thing(struct report_reader *reader, struct report_source source,
		       struct span member, enum thing_role role)
{
	struct reading *reading = &reader->reading;
	struct report_input input;
	if (reading->nesting == reading->options.limits.max_nesting) {
		refuse(reader, member, REPORT_REFUSED_NESTING, "archives and mails");
		return;
	}
	reading->nesting++;
	if (input_open(&input, reading, source)) {
		read_kind(reader, &input, member, role);
	}
	input_close(&input);
	reading->nesting--;
}

/* ---- the outermost source ---- */

struct outside {
	struct reading *reading;
	int fd;
	struct span rest; /* of bytes in memory */
};

static size_t read_fd(void *context, char *into, size_t size)
{
	struct outside *outside = context;
	ssize_t len;
	do {
		len = read(outside->fd, into, size);
	} while (len < 0 && errno == EINTR);
	if (len < 0) {
		char why[128] = "";
		(void)strerror_r(errno, why, sizeof(why));
		reading_refuse_unpacking(outside->reading, REPORT_REFUSED_READ, why);
		return 0;
	}
	outside->reading->packed_bytes += (uint64_t)len;
	return (size_t)len;
}

static size_t read_bytes(void *context, char *into, size_t size)
{
	struct outside *outside = context;
	struct span some = span_slice(outside->rest, 0, size);
	if (some.len > 0) {
		memcpy(into, some.ptr, some.len);
	}
	outside->rest = span_from(outside->rest, some.len);
	outside->reading->packed_bytes += some.len;
	return some.len;
}

static int read_outside(struct report_reader *reader, struct report_source source, struct span path,
			struct failure *reterr)
{
	struct reading *reading = &reader->reading;
	*reading =
		(struct reading){.options = reading->options, .sink = reading->sink, .path = path};
	reader_read_thing(reader, source, span_of(NULL, 0), THING_FILE);
	if (reading->status < 0 && reterr != NULL) {
		*reterr = reading->failure;
	}
	return reading->status;
}

int report_reader_read_fd(struct report_reader *reader, int fd, struct span path,
			  struct failure *reterr)
{
	struct outside outside = {.reading = &reader->reading, .fd = fd};
	return read_outside(reader, (struct report_source){&outside, read_fd}, path, reterr);
}

int report_reader_read_bytes(struct report_reader *reader, struct span bytes, struct span path,
			     struct failure *reterr)
{
	struct outside outside = {.reading = &reader->reading, .fd = -1, .rest = bytes};
	return read_outside(reader, (struct report_source){&outside, read_bytes}, path, reterr);
}

struct stream {
	struct reading *reading;
	size_t (*read)(void *context, char *into, size_t size);
	void *context;
};

static size_t read_stream(void *context, char *into, size_t size)
{
	struct stream *stream = context;
	size_t len = stream->read(stream->context, into, size);
	stream->reading->packed_bytes += len;
	return len;
}

int report_reader_read_stream(struct report_reader *reader,
			      size_t (*read)(void *context, char *into, size_t size), void *context,
			      struct span path, struct failure *reterr)
{
	struct stream stream = {&reader->reading, read, context};
	return read_outside(reader, (struct report_source){&stream, read_stream}, path, reterr);
}
