/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads DMARC policy records. */
#include "records/dmarc.h"

#include "base/number.h"
#include "base/text.h"
#include "records/tag_checks.h"

struct reader {
	struct tag_checks checks;
	struct dmarc_record *record;
};

static const struct span tag_names[] = {
	SPAN_INIT("v"),	  SPAN_INIT("p"),   SPAN_INIT("sp"),	SPAN_INIT("np"),   SPAN_INIT("rua"),
	SPAN_INIT("ruf"), SPAN_INIT("fo"),  SPAN_INIT("adkim"), SPAN_INIT("aspf"), SPAN_INIT("psd"),
	SPAN_INIT("t"),	  SPAN_INIT("pct"), SPAN_INIT("rf"),	SPAN_INIT("ri"),
};

static const struct span policy_words[] = {
	SPAN_INIT("none"),
	SPAN_INIT("quarantine"),
	SPAN_INIT("reject"),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Index of the value among the words, without case (RFC 5234 2.3), or count after an error. */
static size_t read_word(struct reader *reader, const struct tag *tag, const struct span *words,
			size_t count)
{
	size_t i = 0;
	while (i < count && !span_equal_nocase(tag->value, words[i])) {
		i++;
	}
	if (i == count && !tag_checks_glued(&reader->checks, tag)) {
		tag_checks_bad_value(&reader->checks, tag, words, count);
	}
	return i;
}

static enum dmarc_policy read_policy(struct reader *reader, const struct tag *tag)
{
	static const enum dmarc_policy policies[] = {
		DMARC_POLICY_NONE,
		DMARC_POLICY_QUARANTINE,
		DMARC_POLICY_REJECT,
		DMARC_POLICY_INVALID,
	};
	return policies[read_word(reader, tag, policy_words, COUNT(policy_words))];
}

static void read_p(struct reader *reader, const struct tag *tag)
{
	reader->record->p = read_policy(reader, tag);
}

static void read_sp(struct reader *reader, const struct tag *tag)
{
	reader->record->sp = read_policy(reader, tag);
}

static void read_np(struct reader *reader, const struct tag *tag)
{
	reader->record->np = read_policy(reader, tag);
}

static enum dmarc_alignment read_alignment(struct reader *reader, const struct tag *tag)
{
	static const struct span words[] = {SPAN_INIT("r"), SPAN_INIT("s")};
	return read_word(reader, tag, words, COUNT(words)) == 1 ? DMARC_STRICT : DMARC_RELAXED;
}

static void read_adkim(struct reader *reader, const struct tag *tag)
{
	reader->record->adkim = read_alignment(reader, tag);
}

static void read_aspf(struct reader *reader, const struct tag *tag)
{
	reader->record->aspf = read_alignment(reader, tag);
}

static void read_psd(struct reader *reader, const struct tag *tag)
{
	static const struct span words[] = {SPAN_INIT("y"), SPAN_INIT("n"), SPAN_INIT("u")};
	static const enum dmarc_psd values[] = {DMARC_PSD_YES, DMARC_PSD_NO, DMARC_PSD_UNKNOWN,
						DMARC_PSD_UNKNOWN};
	reader->record->psd = values[read_word(reader, tag, words, COUNT(words))];
}

static void read_t(struct reader *reader, const struct tag *tag)
{
	static const struct span words[] = {SPAN_INIT("y"), SPAN_INIT("n")};
	reader->record->is_testing = read_word(reader, tag, words, COUNT(words)) == 0;
}

static struct dmarc_uri_list read_uris(struct reader *reader, const struct tag *tag)
{
	if (tag_checks_glued(&reader->checks, tag)) {
		return (struct dmarc_uri_list){0};
	}
	return dmarc_uri_list_parse(reader->checks.arena, tag, reader->checks.problems);
}

static void warn_not_mailto(struct reader *reader, struct dmarc_uri_list list)
{
	for (size_t i = 0; i < list.count; i++) {
		const struct dmarc_uri *uri = &list.uris[i];
		if (uri->is_valid && !uri->is_mailto) {
			tag_checks_add(&reader->checks, PROBLEM_WARN, uri->offset, uri->text.len,
				       SPAN("address that receivers do not send reports to"),
				       SPAN("a \"mailto:\" address"));
		}
	}
}

static void read_rua(struct reader *reader, const struct tag *tag)
{
	struct dmarc_uri_list list = read_uris(reader, tag);
	warn_not_mailto(reader, list);
	reader->record->rua = list.uris;
	reader->record->rua_count = list.count;
}

static void read_ruf(struct reader *reader, const struct tag *tag)
{
	struct dmarc_uri_list list = read_uris(reader, tag);
	warn_not_mailto(reader, list);
	reader->record->ruf = list.uris;
	reader->record->ruf_count = list.count;
}

/* RFC 9989 4.7: fo is a list of 0, 1, d and s; 0 and 1 exclude each other */
static void read_fo(struct reader *reader, const struct tag *tag)
{
	static const struct span words[] = {SPAN_INIT("0"), SPAN_INIT("1"), SPAN_INIT("d"),
					    SPAN_INIT("s")};
	bool is_seen[COUNT(words) + 1] = {false};
	struct span rest = tag->value;
	struct span part;
	reader->record->fo = tag->value;
	while (!is_seen[COUNT(words)] && span_split(&rest, ':', &part)) {
		struct tag option = *tag;
		option.value = span_trim(part, TEXT_SPACE);
		option.value_offset += (size_t)(option.value.ptr - tag->value.ptr);
		is_seen[read_word(reader, &option, words, COUNT(words))] = true;
	}
	if (is_seen[0] && is_seen[1]) {
		tag_checks_add(&reader->checks, PROBLEM_WARN, tag->value_offset, tag->value.len,
			       SPAN("0 and 1 exclude each other"), SPAN("either 0 or 1"));
	}
}

/* RFC 7489 6.3: 0 to 100. RFC 9989 has no such tag. */
static void read_pct(struct reader *reader, const struct tag *tag)
{
	uint64_t number = 100;
	reader->record->has_pct = true;
	if (!number_parse_decimal(tag->value, 100, &number) &&
	    !tag_checks_glued(&reader->checks, tag)) {
		static const struct span range[] = {SPAN_INIT("a number from 0 to 100")};
		tag_checks_bad_value(&reader->checks, tag, range, COUNT(range));
	}
	reader->record->pct = (unsigned)number;
}

static void read_rf(struct reader *reader, const struct tag *tag)
{
	reader->record->has_rf = true;
}

static void read_ri(struct reader *reader, const struct tag *tag)
{
	reader->record->has_ri = true;
}

static const struct {
	struct span name;
	void (*read)(struct reader *reader, const struct tag *tag);
} tag_readers[] = {
	{SPAN_INIT("p"), read_p},	  {SPAN_INIT("sp"), read_sp},
	{SPAN_INIT("np"), read_np},	  {SPAN_INIT("rua"), read_rua},
	{SPAN_INIT("ruf"), read_ruf},	  {SPAN_INIT("fo"), read_fo},
	{SPAN_INIT("adkim"), read_adkim}, {SPAN_INIT("aspf"), read_aspf},
	{SPAN_INIT("psd"), read_psd},	  {SPAN_INIT("t"), read_t},
	{SPAN_INIT("pct"), read_pct},	  {SPAN_INIT("rf"), read_rf},
	{SPAN_INIT("ri"), read_ri},
};

static void read_tag(struct reader *reader, const struct tag *tag)
{
	if (!tag_checks_is_known(&reader->checks, tag->name)) {
		tag_checks_unknown(&reader->checks, tag);
		return;
	}
	for (size_t i = 0; i < COUNT(tag_readers) && !tag->is_duplicate; i++) {
		if (span_equal(tag->name, tag_readers[i].name)) {
			tag_readers[i].read(reader, tag);
		}
	}
}

/* RFC 9989 4.7: p is recommended; without it the record only asks for reports */
static void check_p(struct reader *reader)
{
	if (reader->record->p != DMARC_POLICY_ABSENT) {
		return;
	}
	bool is_usable = dmarc_record_is_usable(reader->record);
	tag_checks_add(&reader->checks, is_usable ? PROBLEM_WARN : PROBLEM_ERROR,
		       reader->record->text.len, 0, SPAN("no \"p\" tag"),
		       SPAN("\"p=none\", \"p=quarantine\" or \"p=reject\""));
}

bool dmarc_record_is_dmarc(struct span text)
{
	return tag_checks_has_version(text, SPAN("DMARC1"), true /* is_space_ok */);
}

bool dmarc_record_is_near_miss(struct span text)
{
	return !dmarc_record_is_dmarc(text) && (tag_checks_resembles_version(text, SPAN("dmarc")) ||
						span_search(text, SPAN("v=DMARC1")) < text.len);
}

struct dmarc_record *dmarc_record_parse(struct arena *arena, struct span text)
{
	struct dmarc_record *record = arena_alloc(arena, sizeof(*record));
	if (record == NULL) {
		return NULL;
	}
	record->text = text;
	record->pct = 100;
	struct reader reader = {
		.checks = {arena, &record->problems, tag_names, COUNT(tag_names)},
		.record = record,
	};
	record->tags = tag_list_parse(arena, text, &record->problems);
	for (size_t i = 0; i < record->tags.tag_count; i++) {
		read_tag(&reader, &record->tags.tags[i]);
	}
	tag_checks_version(&reader.checks, &record->tags, SPAN("DMARC1"));
	check_p(&reader);
	problem_sort(&record->problems);
	return arena_has_failed(arena) ? NULL : record;
}
