/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes MTA-STS TXT records. */
#include "records/mta_sts.h"

#include "base/text.h"
#include "records/tag_checks.h"

static const struct span tag_names[] = {SPAN_INIT("v"), SPAN_INIT("id")};

static void read_id(const struct tag_checks *checks, struct mta_sts_record *record,
		    const struct tag *tag)
{
	size_t good = 0;
	record->has_id = true;
	record->id = tag->value;
	while (good < tag->value.len && text_is_alnum(tag->value.ptr[good])) {
		good++;
	}
	struct span bad = span_slice(tag->value, good, 1);
	struct span expected = SPAN("1 to 32 letters and digits, such as \"20260131T120000\"");
	if (tag->value.len == 0) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset, 0, SPAN("empty id"),
			       expected);
	} else if (bad.len > 0 && !tag_checks_glued(checks, tag)) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset + good, 1,
			       arena_printf(checks->arena, "%.*s inside the id",
					    SPAN_ARG(problem_quote(checks->arena, bad))),
			       expected);
	} else if (tag->value.len > MTA_STS_ID_MAX) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset + MTA_STS_ID_MAX,
			       tag->value.len - MTA_STS_ID_MAX,
			       arena_printf(checks->arena, "id of %zu characters", tag->value.len),
			       expected);
	}
}

static void read_tag(const struct tag_checks *checks, struct mta_sts_record *record,
		     const struct tag *tag)
{
	tag_checks_spaces(checks, record->text, tag);
	if (span_equal(tag->name, SPAN("id")) && !tag->is_duplicate) {
		read_id(checks, record, tag);
	} else if (!tag_checks_is_known(checks, tag->name)) {
		tag_checks_unknown(checks, tag);
		tag_checks_extension(checks, tag);
	}
}

bool mta_sts_record_is_sts(struct span text)
{
	return span_find(text, ';', 0) < text.len &&
	       tag_checks_has_version(text, SPAN("STSv1"), false /* is_space_ok */);
}

bool mta_sts_record_is_near_miss(struct span text)
{
	return !mta_sts_record_is_sts(text) && (tag_checks_resembles_version(text, SPAN("stsv")) ||
						span_search(text, SPAN("v=STSv1")) < text.len);
}

struct mta_sts_record *mta_sts_record_parse(struct arena *arena, struct span text)
{
	struct mta_sts_record *record = arena_alloc(arena, sizeof(*record));
	if (record == NULL) {
		return NULL;
	}
	record->text = text;
	struct tag_checks checks = {arena, &record->problems, tag_names, 2};
	record->tags = tag_list_parse(arena, text, &record->problems);
	tag_checks_version(&checks, &record->tags, SPAN("STSv1"));
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		read_tag(&checks, record, &record->tags.tags[i]);
	}
	/* RFC 8461 3.1: a field stands between any two delimiters */
	if (record->tags.has_empty_part) {
		tag_checks_add(&checks, PROBLEM_ERROR, 0, 0,
			       SPAN("a \";\" too many, with which the record is none"),
			       SPAN("one \";\" behind each field"));
	}
	if (!record->has_id) {
		tag_checks_add(&checks, PROBLEM_ERROR, text.len, 0, SPAN("no \"id\" tag"),
			       SPAN("\"id=\" and 1 to 32 letters and digits"));
	}
	problem_sort(&record->problems);
	return arena_has_failed(arena) ? NULL : record;
}

bool mta_sts_record_is_valid(const struct mta_sts_record *record)
{
	return mta_sts_record_is_sts(record->text) && record->problems.error_count == 0;
}

void mta_sts_record_write(const struct mta_sts_record *record, struct buffer *text)
{
	buffer_puts(text, "v=STSv1;");
	if (record->has_id || record->id.len > 0) {
		buffer_puts(text, " id=");
		buffer_append(text, record->id);
		buffer_putc(text, ';');
	}
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		const struct tag *tag = &record->tags.tags[i];
		if (!span_equal(tag->name, SPAN("v")) && !span_equal(tag->name, SPAN("id"))) {
			buffer_putc(text, ' ');
			buffer_append(text, tag->name);
			buffer_putc(text, '=');
			buffer_append(text, tag->value);
			buffer_putc(text, ';');
		}
	}
}
