/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* GMime behind a flat list of parts. */
#include "reports/mime.h"

#include <gmime/gmime.h>
#include <stdlib.h>

#define DATE_BYTES 128
#define TYPE_BYTES 128

struct part {
	GMimeObject *object; /* of the message */
	char type[TYPE_BYTES];
};

struct mime_mail {
	struct reading *reading;
	GMimeMessage *message;
	struct part *parts;
	size_t count;
	size_t cap;
	bool is_cut;
	GByteArray bytes;  /* the message, to which GMime's stream points */
	GMimeStream *open; /* of the leaf that is being read */
	char from_domain[LIMIT_NAME_TEXT + 1];
};

/* ---- parts ---- */

static void set_type(struct part *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(part->object);
	(void)g_snprintf(part->type, sizeof(part->type), "%s/%s",
			 g_mime_content_type_get_media_type(type),
			 g_mime_content_type_get_media_subtype(type));
	for (char *c = part->type; *c != '\0'; c++) {
		*c = text_lower(*c);
	}
}

static bool make_room(struct mime_mail *mail)
{
	if (mail->count < mail->cap) {
		return true;
	}
	size_t cap = mail->cap > 0 ? 2 * mail->cap : 16;
	struct part *parts = realloc(mail->parts, cap * sizeof(*parts));
	if (parts == NULL) {
		reading_fail_memory(mail->reading, "read a mail");
		return false;
	}
	mail->parts = parts;
	mail->cap = cap;
	return true;
}

static void add_part(struct mime_mail *mail, GMimeObject *object)
{
	mail->is_cut |= mail->count == mail->reading->options.limits.max_members;
	if (!mail->is_cut && make_room(mail)) {
		mail->parts[mail->count].object = object;
		set_type(&mail->parts[mail->count]);
		mail->count++;
	}
}

static void push_children(GPtrArray *stack, GMimeMultipart *multipart)
{
	for (int i = g_mime_multipart_get_count(multipart); i > 0; i--) {
		g_ptr_array_add(stack, g_mime_multipart_get_part(multipart, i - 1));
	}
}

/* In the order of the mail, with a stack of our own: multiparts nest as deep as they like. */
static void collect_parts(struct mime_mail *mail)
{
	GPtrArray *stack = g_ptr_array_new();
	g_ptr_array_add(stack, g_mime_message_get_mime_part(mail->message));
	while (stack->len > 0 && !mail->is_cut && mail->reading->status >= 0) {
		GMimeObject *object = g_ptr_array_remove_index(stack, stack->len - 1);
		if (GMIME_IS_MULTIPART(object)) {
			push_children(stack, GMIME_MULTIPART(object));
		} else if (GMIME_IS_MESSAGE_PART(object) || GMIME_IS_PART(object)) {
			add_part(mail, object);
		}
	}
	g_ptr_array_free(stack, TRUE);
}

/* ---- the mail ---- */

static const char *first_address(const InternetAddressList *list)
{
	InternetAddressList *all = (InternetAddressList *)(uintptr_t)list;
	int count = all != NULL ? internet_address_list_length(all) : 0;
	for (int i = 0; i < count; i++) {
		InternetAddress *address = internet_address_list_get_address(all, i);
		if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
			return internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
		}
	}
	return NULL;
}

static void set_from_domain(struct mime_mail *mail)
{
	const char *from = first_address(g_mime_message_get_from(mail->message));
	const char *at = from != NULL ? strrchr(from, '@') : NULL;
	size_t len = 0;
	for (; at != NULL && at[len + 1] != '\0' && len < LIMIT_NAME_TEXT; len++) {
		mail->from_domain[len] = text_lower(at[len + 1]);
	}
	mail->from_domain[len] = '\0';
}

static struct mime_mail *new_mail(struct reading *reading)
{
	struct mime_mail *mail = calloc(1, sizeof(*mail));
	if (mail == NULL) {
		reading_fail_memory(reading, "read a mail");
	} else {
		mail->reading = reading;
	}
	return mail;
}

/* Takes over the reference to the message. */
static struct mime_mail *look_at(struct mime_mail *mail, GMimeMessage *message)
{
	mail->message = message;
	if (g_mime_message_get_mime_part(message) != NULL) {
		collect_parts(mail);
	}
	set_from_domain(mail);
	return mail;
}

struct mime_mail *mime_mail_new(struct reading *reading, struct span message)
{
	struct mime_mail *mail = new_mail(reading);
	if (mail == NULL) {
		return NULL;
	}
	g_mime_init();
	mail->bytes = (GByteArray){(guint8 *)(uintptr_t)message.ptr, (guint)message.len};
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&mail->bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	/* parts refer to the stream: nothing is copied */
	g_mime_parser_set_persist_stream(parser, TRUE);
	GMimeMessage *parsed = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (parsed == NULL) {
		free(mail);
		return NULL;
	}
	return look_at(mail, parsed);
}

void mime_mail_free(struct mime_mail *mail)
{
	if (mail != NULL) {
		if (mail->open != NULL) {
			g_object_unref(mail->open);
		}
		g_object_unref(mail->message);
		free(mail->parts);
		free(mail);
	}
}

struct report_mail mime_mail_head(const struct mime_mail *mail)
{
	GMimeMessage *message = mail->message;
	GDateTime *date = g_mime_message_get_date(message);
	return (struct report_mail){
		.message_id = span_of_string(g_mime_message_get_message_id(message)),
		.from = span_of_string(first_address(g_mime_message_get_from(message))),
		.from_domain = span_of_string(mail->from_domain),
		.to = span_of_string(first_address(g_mime_message_get_to(message))),
		.subject = span_of_string(g_mime_message_get_subject(message)),
		.has_date = date != NULL,
		.date = date != NULL ? g_date_time_to_unix(date) : 0,
		.number = 1,
	};
}

size_t mime_mail_part_count(const struct mime_mail *mail)
{
	return mail->count;
}

bool mime_mail_is_cut(const struct mime_mail *mail)
{
	return mail->is_cut;
}

struct mime_part mime_mail_part(const struct mime_mail *mail, size_t i)
{
	const struct part *part = &mail->parts[i];
	bool is_message = GMIME_IS_MESSAGE_PART(part->object);
	const char *name = is_message ? NULL : g_mime_part_get_filename(GMIME_PART(part->object));
	return (struct mime_part){is_message ? MIME_MESSAGE : MIME_LEAF, span_of_string(part->type),
				  span_of_string(name)};
}

static size_t read_leaf(void *context, char *into, size_t size)
{
	struct mime_mail *mail = context;
	gssize len = mail->open != NULL ? g_mime_stream_read(mail->open, into, size) : 0;
	return len > 0 ? (size_t)len : 0;
}

struct report_source mime_mail_open(struct mime_mail *mail, size_t i)
{
	GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(mail->parts[i].object));
	if (mail->open != NULL) {
		g_object_unref(mail->open);
		mail->open = NULL;
	}
	if (content != NULL) {
		GMimeStream *stream = g_mime_data_wrapper_get_stream(content);
		GMimeFilter *decoder =
			g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), FALSE);
		g_mime_stream_reset(stream);
		mail->open = g_mime_stream_filter_new(stream);
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(mail->open), decoder);
		g_object_unref(decoder);
	}
	return (struct report_source){mail, read_leaf};
}

struct mime_mail *mime_mail_nested(const struct mime_mail *mail, size_t i)
{
	GMimeMessage *message =
		g_mime_message_part_get_message(GMIME_MESSAGE_PART(mail->parts[i].object));
	struct mime_mail *nested = message != NULL ? new_mail(mail->reading) : NULL;
	return nested != NULL ? look_at(nested, g_object_ref(message)) : NULL;
}

void mime_mail_header_text(const struct mime_mail *mail, struct buffer *text)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		buffer_puts(text, g_mime_header_get_name(header));
		buffer_puts(text, ": ");
		buffer_append(text, span_trim(span_of_string(g_mime_header_get_raw_value(header)),
					      TEXT_SPACE));
		buffer_putc(text, '\n');
	}
}

bool mime_mail_has_body(struct mime_mail *mail)
{
	char some[256];
	for (size_t i = 0; i < mail->count; i++) {
		if (GMIME_IS_MESSAGE_PART(mail->parts[i].object)) {
			return true;
		}
		struct report_source source = mime_mail_open(mail, i);
		size_t len = source.read(source.context, some, sizeof(some));
		if (span_trim(span_of(some, len), TEXT_SPACE).len > 0) {
			return true;
		}
	}
	return false;
}

bool mime_parse_date(struct span text, int64_t *ret_seconds)
{
	char line[DATE_BYTES];
	if (text.len == 0 || text.len >= sizeof(line)) {
		return false;
	}
	memcpy(line, text.ptr, text.len);
	line[text.len] = '\0';
	GDateTime *date = g_mime_utils_header_decode_date(line);
	if (date == NULL) {
		return false;
	}
	*ret_seconds = g_date_time_to_unix(date);
	g_date_time_unref(date);
	return true;
}
