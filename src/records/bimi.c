/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes BIMI assertion records. */
#include "records/bimi.h"

#include "records/dmarc_uri.h"
#include "records/tag_checks.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct span tag_names[] = {
	SPAN_INIT("v"), SPAN_INIT("l"), SPAN_INIT("a"), SPAN_INIT("avp"), SPAN_INIT("lps"),
};

/* One https address, or an error. */
static bool read_address(const struct tag_checks *checks, const struct tag *tag,
			 const char *of_what)
{
	if (tag_checks_glued(checks, tag)) {
		return false;
	}
	size_t comma = span_find(tag->value, ',', 0);
	if (comma < tag->value.len) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset + comma,
			       tag->value.len - comma, SPAN("more than one address"),
			       SPAN("one address; a comma inside it is written %2C"));
		return false;
	}
	if (!dmarc_uri_is_https(checks->arena, tag->value)) {
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset, tag->value.len,
			       arena_printf(checks->arena, "%.*s is not an https address",
					    SPAN_ARG(problem_quote(checks->arena, tag->value))),
			       arena_printf(checks->arena, "the https address of %s", of_what));
		return false;
	}
	return true;
}

static void read_l(const struct tag_checks *checks, struct bimi_record *record,
		   const struct tag *tag)
{
	record->has_location = true;
	record->location = tag->value;
	record->is_location_valid = tag->value.len > 0 && read_address(checks, tag, "an SVG image");
}

static void read_a(const struct tag_checks *checks, struct bimi_record *record,
		   const struct tag *tag)
{
	record->has_evidence = true;
	record->evidence = tag->value;
	record->is_evidence_valid =
		tag->value.len > 0 && read_address(checks, tag, "a mark certificate");
}

static void read_avp(const struct tag_checks *checks, struct bimi_record *record,
		     const struct tag *tag)
{
	static const struct span words[] = {SPAN_INIT("brand"), SPAN_INIT("personal")};
	if (span_equal_nocase(tag->value, words[BIMI_AVATAR_PERSONAL])) {
		record->avatar = BIMI_AVATAR_PERSONAL;
	} else if (!span_equal_nocase(tag->value, words[BIMI_AVATAR_BRAND]) &&
		   !tag_checks_glued(checks, tag)) {
		tag_checks_bad_value(checks, tag, words, COUNT(words));
	}
}

static void read_lps(const struct tag_checks *checks, struct bimi_record *record,
		     const struct tag *tag)
{
	(void)tag_checks_glued(checks, tag);
	record->local_parts = tag->value;
}

static const struct {
	struct span name;
	void (*read)(const struct tag_checks *checks, struct bimi_record *record,
		     const struct tag *tag);
} tag_readers[] = {
	{SPAN_INIT("l"), read_l},
	{SPAN_INIT("a"), read_a},
	{SPAN_INIT("avp"), read_avp},
	{SPAN_INIT("lps"), read_lps},
};

static void read_tag(const struct tag_checks *checks, struct bimi_record *record,
		     const struct tag *tag)
{
	if (!tag_checks_is_known(checks, tag->name)) {
		tag_checks_unknown(checks, tag);
		return;
	}
	for (size_t i = 0; i < COUNT(tag_readers) && !tag->is_duplicate; i++) {
		if (span_equal(tag->name, tag_readers[i].name)) {
			tag_readers[i].read(checks, record, tag);
		}
	}
}

bool bimi_record_is_bimi(struct span text)
{
	return tag_checks_has_version(text, SPAN("BIMI1"), true /* is_space_ok */);
}

bool bimi_record_is_near_miss(struct span text)
{
	return !bimi_record_is_bimi(text) && (tag_checks_resembles_version(text, SPAN("bimi")) ||
					      span_search(text, SPAN("v=BIMI1")) < text.len);
}

static void check_location(const struct tag_checks *checks, const struct bimi_record *record)
{
	if (!record->has_location) {
		tag_checks_add(checks, PROBLEM_ERROR, record->text.len, 0, SPAN("no \"l\" tag"),
			       SPAN("\"l=\" and the address of an SVG image; \"l=;\" to decline"));
	} else if (record->location.len == 0 && record->evidence.len > 0) {
		const struct tag *tag = tag_list_find(&record->tags, SPAN("l"));
		tag_checks_add(checks, PROBLEM_ERROR, tag->value_offset, 0,
			       SPAN("a certificate but no image"),
			       SPAN("the https address of an SVG image"));
	}
}

struct bimi_record *bimi_record_parse(struct arena *arena, struct span text)
{
	struct bimi_record *record = arena_alloc(arena, sizeof(*record));
	if (record == NULL) {
		return NULL;
	}
	record->text = text;
	struct tag_checks checks = {arena, &record->problems, tag_names, COUNT(tag_names)};
	record->tags = tag_list_parse(arena, text, &record->problems);
	tag_checks_version(&checks, &record->tags, SPAN("BIMI1"));
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		read_tag(&checks, record, &record->tags.tags[i]);
	}
	check_location(&checks, record);
	problem_sort(&record->problems);
	return arena_has_failed(arena) ? NULL : record;
}

bool bimi_record_is_declined(const struct bimi_record *record)
{
	return record->has_location && record->location.len == 0 && record->evidence.len == 0;
}

static void write_tag(const char *name, struct span value, struct buffer *text)
{
	buffer_printf(text, " %s=", name);
	buffer_append(text, value);
	buffer_putc(text, ';');
}

void bimi_record_write(const struct bimi_record *record, struct buffer *text)
{
	buffer_puts(text, "v=BIMI1;");
	if (record->has_location) {
		write_tag("l", record->location, text);
	}
	if (record->has_evidence) {
		write_tag("a", record->evidence, text);
	}
	if (record->avatar == BIMI_AVATAR_PERSONAL) {
		write_tag("avp", SPAN("personal"), text);
	}
	if (record->local_parts.len > 0) {
		write_tag("lps", record->local_parts, text);
	}
}
