/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes SMTP TLS reporting records. */
#include "records/tls_rpt.h"

#include "records/tag_checks.h"

static const struct span tag_names[] = {SPAN_INIT("v"), SPAN_INIT("rua")};

/* RFC 8460 3: mailto or https */
static bool is_reachable(const struct dmarc_uri *uri)
{
	return uri->is_valid && (uri->is_mailto || uri->is_https);
}

static void read_rua(const struct tag_checks *checks, struct tls_rpt_record *record,
		     const struct tag *tag)
{
	if (tag_checks_glued(checks, tag)) {
		return;
	}
	struct dmarc_uri_list list = dmarc_uri_list_parse(checks->arena, tag, checks->problems);
	record->rua = list.uris;
	record->rua_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		const struct dmarc_uri *uri = &list.uris[i];
		if (uri->is_valid && !is_reachable(uri)) {
			tag_checks_add(checks, PROBLEM_ERROR, uri->offset, uri->text.len,
				       SPAN("address that is neither mailto nor https"),
				       SPAN("\"mailto:\" or \"https:\""));
		}
	}
}

static void read_tag(const struct tag_checks *checks, struct tls_rpt_record *record,
		     const struct tag *tag)
{
	tag_checks_spaces(checks, record->text, tag);
	if (span_equal(tag->name, SPAN("rua")) && !tag->is_duplicate) {
		read_rua(checks, record, tag);
	} else if (!tag_checks_is_known(checks, tag->name)) {
		tag_checks_unknown(checks, tag);
		tag_checks_extension(checks, tag);
	}
}

bool tls_rpt_record_is_tls_rpt(struct span text)
{
	return span_find(text, ';', 0) < text.len &&
	       tag_checks_has_version(text, SPAN("TLSRPTv1"), false /* is_space_ok */);
}

bool tls_rpt_record_is_near_miss(struct span text)
{
	return !tls_rpt_record_is_tls_rpt(text) &&
	       (tag_checks_resembles_version(text, SPAN("tlsrpt")) ||
		tag_checks_resembles_version(text, SPAN("tls-rpt")) ||
		span_search(text, SPAN("v=TLSRPTv1")) < text.len);
}

struct tls_rpt_record *tls_rpt_record_parse(struct arena *arena, struct span text)
{
	struct tls_rpt_record *record = arena_alloc(arena, sizeof(*record));
	if (record == NULL) {
		return NULL;
	}
	record->text = text;
	struct tag_checks checks = {arena, &record->problems, tag_names, 2};
	record->tags = tag_list_parse(arena, text, &record->problems);
	tag_checks_version(&checks, &record->tags, SPAN("TLSRPTv1"));
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		read_tag(&checks, record, &record->tags.tags[i]);
	}
	if (tag_list_find(&record->tags, SPAN("rua")) == NULL) {
		tag_checks_add(&checks, PROBLEM_ERROR, text.len, 0, SPAN("no \"rua\" tag"),
			       SPAN("\"rua=mailto:\" and an address"));
	}
	problem_sort(&record->problems);
	return arena_has_failed(arena) ? NULL : record;
}

bool tls_rpt_record_is_usable(const struct tls_rpt_record *record)
{
	for (size_t i = 0; i < record->rua_count; i++) {
		if (is_reachable(&record->rua[i])) {
			return tls_rpt_record_is_tls_rpt(record->text);
		}
	}
	return false;
}

void tls_rpt_record_write(const struct tls_rpt_record *record, struct buffer *text)
{
	buffer_puts(text, "v=TLSRPTv1;");
	if (record->rua_count > 0) {
		buffer_puts(text, " rua=");
		dmarc_uri_list_write(record->rua, record->rua_count, text);
		buffer_putc(text, ';');
	}
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		const struct tag *tag = &record->tags.tags[i];
		if (!span_equal(tag->name, SPAN("v")) && !span_equal(tag->name, SPAN("rua"))) {
			buffer_putc(text, ' ');
			buffer_append(text, tag->name);
			buffer_putc(text, '=');
			buffer_append(text, tag->value);
			buffer_putc(text, ';');
		}
	}
}
