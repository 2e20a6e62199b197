/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Ordinary octets are passed eight at a time; only control characters and line starts are looked at
 * singly.
 */
#include "message/scan.h"

#include "message/header.h"

#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))

struct scan scan_new(struct arena *arena, struct anomalies *anomalies)
{
	return (struct scan){
		.arena = arena,
		.anomalies = anomalies,
		.nul_kind = ANOMALY_HEADER_NUL,
	};
}

static void note(struct scan *scan, enum anomaly_kind kind, uint64_t offset, size_t len)
{
	anomaly_add(scan->anomalies, scan->arena, (struct anomaly){kind, offset, len});
}

/* Some servers end a line, and so a message, at a line end that is not CRLF, or skip NULs. */
static void end_line(struct scan *scan, bool is_bare)
{
	if (scan->content == SCAN_DOT && (is_bare || scan->is_after_bare || scan->has_nul)) {
		note(scan, ANOMALY_SMUGGLED_END, scan->dot_offset, 1);
	}
	scan->is_after_bare = is_bare;
	scan->has_nul = false;
	scan->content = SCAN_NOTHING;
}

static void end_crlf(struct scan *scan)
{
	/* the LF is the octet at hand */
	uint64_t len = scan->offset - 1 - scan->line_offset;
	if (len > HEADER_LINE_MAX) {
		note(scan, ANOMALY_LINE_LONG, scan->line_offset, (size_t)len);
	}
	scan->line_offset = scan->offset + 1;
	end_line(scan, false /* is_bare */);
}

static void end_bare_cr(struct scan *scan)
{
	note(scan, ANOMALY_BARE_CR, scan->offset - 1, 1);
	end_line(scan, true /* is_bare */);
}

static void see_nul(struct scan *scan)
{
	note(scan, scan->nul_kind, scan->offset, 1);
	if (scan->content == SCAN_NOTHING) {
		scan->content = SCAN_NULS;
	}
}

static void see_dot(struct scan *scan)
{
	bool is_first = scan->content == SCAN_NOTHING || scan->content == SCAN_NULS;
	scan->has_nul = scan->content == SCAN_NULS;
	scan->dot_offset = scan->offset;
	scan->content = is_first ? SCAN_DOT : SCAN_OTHER;
}

static void see(struct scan *scan, char c)
{
	bool is_after_cr = scan->is_after_cr;
	scan->is_after_cr = c == '\r';
	if (is_after_cr && c == '\n') {
		end_crlf(scan);
		return;
	}
	if (is_after_cr) {
		end_bare_cr(scan);
	}
	switch (c) {
	case '\r':
		break;
	case '\n':
		note(scan, ANOMALY_BARE_LF, scan->offset, 1);
		end_line(scan, true /* is_bare */);
		break;
	case '\0':
		see_nul(scan);
		break;
	case '.':
		see_dot(scan);
		break;
	default:
		scan->content = SCAN_OTHER;
		break;
	}
}

/* Length of the run from at on, in steps of eight, that holds no octet below a space. */
static size_t plain_run(struct span data, size_t at)
{
	size_t start = at;
	for (; at + sizeof(uint64_t) <= data.len; at += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, data.ptr + at, sizeof(word));
		if (((word - EACH(' ')) & ~word & EACH(0x80)) != 0) {
			break;
		}
	}
	return at - start;
}

/* CRLF, and an octet behind it that begins an ordinary line. */
static bool is_plain_line_end(struct span data, size_t at)
{
	return at + 2 < data.len && data.ptr[at] == '\r' && data.ptr[at + 1] == '\n' &&
	       (unsigned char)data.ptr[at + 2] > ' ' && data.ptr[at + 2] != '.';
}

/* Inside a line: goes on over ordinary octets and lines. Gives the offset where it stopped. */
static size_t pass_lines(struct scan *scan, struct span data, size_t at)
{
	uint64_t base = scan->offset - at;
	for (;;) {
		at += plain_run(data, at);
		while (at < data.len && (unsigned char)data.ptr[at] >= ' ') {
			at++;
		}
		scan->offset = base + at;
		if (!is_plain_line_end(data, at)) {
			return at;
		}
		scan->offset++;
		end_crlf(scan);
		scan->content = SCAN_OTHER;
		at += 3;
	}
}

void scan_feed(struct scan *scan, struct span data)
{
	size_t at = 0;
	while (at < data.len) {
		if (scan->content == SCAN_OTHER && !scan->is_after_cr) {
			at = pass_lines(scan, data, at);
		}
		if (at < data.len) {
			see(scan, data.ptr[at++]);
			scan->offset++;
		}
	}
}

void scan_end(struct scan *scan)
{
	if (scan->is_after_cr) {
		end_bare_cr(scan);
	}
	uint64_t len = scan->offset - scan->line_offset;
	if (len > HEADER_LINE_MAX) {
		note(scan, ANOMALY_LINE_LONG, scan->line_offset, (size_t)len);
	}
	scan->is_after_cr = false;
}
