/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * gzip with zlib. libarchive's reader is not used for it: it does not verify the checksum, and of a
 * file that is cut off it gives less than there is.
 */
#include "reports/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

/* 15 bits of window, and a gzip header. */
#define GZIP_WINDOW_BITS (15 + 16)

struct gunzip {
	struct reading *reading;
	struct report_input *input;
	z_stream stream;
	uint64_t unpacked_bytes;
	bool is_at_end;
};

struct gunzip *gunzip_new(struct reading *reading, struct report_input *input)
{
	struct gunzip *gunzip = calloc(1, sizeof(*gunzip));
	if (gunzip == NULL || inflateInit2(&gunzip->stream, GZIP_WINDOW_BITS) != Z_OK) {
		free(gunzip);
		reading_fail_memory(reading, "unpack gzip");
		return NULL;
	}
	gunzip->reading = reading;
	gunzip->input = input;
	return gunzip;
}

void gunzip_free(struct gunzip *gunzip)
{
	if (gunzip != NULL) {
		inflateEnd(&gunzip->stream);
		free(gunzip);
	}
}

/* RFC 1952 2.2: members simply follow each other */
static void start_next_member(struct gunzip *gunzip)
{
	struct span next = input_peek(gunzip->input, 2);
	if (span_starts_with(next, SPAN("\x1f\x8b"))) {
		inflateReset(&gunzip->stream);
		return;
	}
	if (next.len > 0) {
		reading_note(gunzip->reading, REPORT_PACKED_TRAILING);
	}
	gunzip->is_at_end = true;
}

static void end_badly(struct gunzip *gunzip)
{
	const char *message = gunzip->stream.msg;
	bool is_checksum = message != NULL && (strcmp(message, "incorrect data check") == 0 ||
					       strcmp(message, "incorrect length check") == 0);
	reading_note(gunzip->reading, is_checksum ? REPORT_PACKED_CHECKSUM : REPORT_PACKED_CUT);
	gunzip->is_at_end = true;
}

/* One step; the octets it gave. */
static size_t inflate_some(struct gunzip *gunzip, char *into, size_t size)
{
	struct span some = input_peek(gunzip->input, 1);
	gunzip->stream.next_in = (Bytef *)(uintptr_t)some.ptr;
	gunzip->stream.avail_in = (uInt)some.len;
	gunzip->stream.next_out = (Bytef *)into;
	gunzip->stream.avail_out = (uInt)size;
	int result = inflate(&gunzip->stream, Z_NO_FLUSH);
	input_take(gunzip->input, some.len - gunzip->stream.avail_in);
	if (result == Z_STREAM_END) {
		start_next_member(gunzip);
	} else if (result != Z_OK) {
		end_badly(gunzip);
	}
	return size - gunzip->stream.avail_out;
}

static size_t read_gunzip(void *context, char *into, size_t size)
{
	struct gunzip *gunzip = context;
	size_t len = 0;
	while (len == 0 && !gunzip->is_at_end) {
		len = inflate_some(gunzip, into, size);
	}
	gunzip->unpacked_bytes += len;
	if (len > 0 && !reading_count_unpacked(gunzip->reading, gunzip->unpacked_bytes, len)) {
		gunzip->is_at_end = true;
		return 0;
	}
	return len;
}

struct report_source gunzip_source(struct gunzip *gunzip)
{
	return (struct report_source){gunzip, read_gunzip};
}
