/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* zip with libarchive. */
#include "reports/unzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

struct unzip {
	struct reading *reading;
	struct report_input *input;
	struct archive *archive;
	size_t handed_out; /* octets of the input that libarchive holds */
	uint64_t member_bytes;
	unsigned members;
	bool is_encrypted;
	bool is_broken;
};

static la_ssize_t pull(struct archive *archive, void *context, const void **ret_buffer)
{
	struct unzip *unzip = context;
	input_take(unzip->input, unzip->handed_out);
	struct span some = input_peek(unzip->input, 1);
	unzip->handed_out = some.len;
	*ret_buffer = some.ptr;
	return (la_ssize_t)some.len;
}

struct unzip *unzip_new(struct reading *reading, struct report_input *input)
{
	struct unzip *unzip = calloc(1, sizeof(*unzip));
	struct archive *archive = archive_read_new();
	if (unzip == NULL || archive == NULL) {
		free(unzip);
		archive_read_free(archive);
		reading_fail_memory(reading, "unpack zip");
		return NULL;
	}
	*unzip = (struct unzip){.reading = reading, .input = input, .archive = archive};
	archive_read_support_format_zip_streamable(archive);
	unzip->is_broken = archive_read_open(archive, unzip, NULL, pull, NULL) < ARCHIVE_WARN;
	return unzip;
}

void unzip_free(struct unzip *unzip)
{
	if (unzip != NULL) {
		archive_read_free(unzip->archive);
		free(unzip);
	}
}

static size_t read_member(void *context, char *into, size_t size)
{
	struct unzip *unzip = context;
	if (unzip->is_broken) {
		return 0;
	}
	la_ssize_t len = archive_read_data(unzip->archive, into, size);
	if (len == ARCHIVE_WARN) {
		reading_note(unzip->reading, REPORT_PACKED_CHECKSUM);
		return 0;
	}
	if (len < 0) {
		reading_note(unzip->reading, REPORT_PACKED_CUT);
		unzip->is_broken = true;
		return 0;
	}
	unzip->member_bytes += (uint64_t)len;
	if (!reading_count_unpacked(unzip->reading, unzip->member_bytes, (size_t)len)) {
		unzip->is_broken = true;
		return 0;
	}
	return (size_t)len;
}

/* libarchive would unpack the rest of a member without our limits. */
static void drain(struct unzip *unzip)
{
	char waste[16384];
	while (read_member(unzip, waste, sizeof(waste)) > 0) {
	}
}

static bool next_header(struct unzip *unzip, struct archive_entry **ret_entry)
{
	int result = archive_read_next_header(unzip->archive, ret_entry);
	if (result == ARCHIVE_EOF) {
		return false;
	}
	if (result < ARCHIVE_WARN) {
		reading_note(unzip->reading, REPORT_PACKED_CUT);
		unzip->is_broken = true;
		return false;
	}
	return true;
}

bool unzip_next(struct unzip *unzip, struct span *ret_name)
{
	struct archive_entry *entry;
	if (unzip->members > 0) {
		drain(unzip);
	}
	while (!unzip->is_broken && unzip->reading->status >= 0 && next_header(unzip, &entry)) {
		unzip->member_bytes = 0;
		if (++unzip->members > unzip->reading->options.limits.max_members) {
			reading_refuse_unpacking(unzip->reading, REPORT_REFUSED_MEMBERS,
						 "members of a zip");
			return false;
		}
		unzip->is_encrypted = archive_entry_is_encrypted(entry) != 0;
		if (archive_entry_filetype(entry) == AE_IFREG) {
			*ret_name = span_of_string(archive_entry_pathname_utf8(entry));
			return true;
		}
	}
	return false;
}

bool unzip_is_encrypted(const struct unzip *unzip)
{
	return unzip->is_encrypted;
}

struct report_source unzip_source(struct unzip *unzip)
{
	return (struct report_source){unzip, read_member};
}
