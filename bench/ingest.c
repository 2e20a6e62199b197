/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * CPU time of reading aggregate reports that are in memory, by expat alone and by us:
 *
 *   bench_ingest ROUNDS FILE...     prints "expat" and "reports" with rows, megabytes and seconds
 *
 * Both see the same bytes in pieces of 64 kB. The walk with expat only counts elements.
 */
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"
#include "reports/reports.h"

#define PIECE ((size_t)64 << 10)

struct totals {
	uint64_t rows;
	uint64_t bytes;
};

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct totals *totals = context;
	totals->rows += strcmp(name, "record") == 0;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
	struct totals *totals = context;
	totals->bytes += (uint64_t)len;
}

static void walk_with_expat(struct span text, struct totals *totals)
{
	XML_Parser parser = XML_ParserCreate(NULL);
	XML_SetUserData(parser, totals);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	for (size_t at = 0; at < text.len; at += PIECE) {
		struct span piece = span_slice(text, at, PIECE);
		if (XML_Parse(parser, piece.ptr, (int)piece.len, XML_FALSE) == XML_STATUS_ERROR) {
			break;
		}
	}
	XML_ParserFree(parser);
}

static int on_row(void *context, const struct aggregate_report *report,
		  const struct aggregate_row *row, struct failure *reterr)
{
	struct totals *totals = context;
	totals->rows++;
	totals->bytes += row->count;
	return 0;
}

static struct span load(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(path);
		exit(1);
	}
	char *bytes = malloc((size_t)st.st_size + 1);
	size_t len = 0;
	ssize_t some = 1;
	while (bytes != NULL && len < (size_t)st.st_size && some > 0) {
		some = read(fd, bytes + len, (size_t)st.st_size - len);
		len += some > 0 ? (size_t)some : 0;
	}
	close(fd);
	return span_of(bytes, bytes != NULL ? len : 0);
}

static void print(const char *name, struct totals totals, uint64_t bytes, double seconds)
{
	printf("%s %llu rows %.1f MB %.3f s %.0f rows/s %.1f MB/s\n", name,
	       (unsigned long long)totals.rows, (double)bytes / 1e6, seconds,
	       (double)totals.rows / seconds, (double)bytes / 1e6 / seconds);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtoul(argv[1], NULL, 10) : 0;
	struct span *files = calloc((size_t)argc, sizeof(*files));
	struct totals expat = {0, 0};
	struct totals ours = {0, 0};
	double expat_seconds = 0;
	double our_seconds = 0;
	uint64_t bytes = 0;
	struct report_options options = {.limits = report_limits_default()};
	struct report_sink sink = {.context = &ours, .aggregate_row = on_row};
	struct report_reader *reader;
	struct failure failure;
	if (files == NULL || report_reader_new(&options, &sink, &reader, &failure) < 0) {
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		files[i] = load(argv[i]);
		bytes += files[i].len * (uint64_t)rounds;
	}
	/* in turns, so that both meet the same machine */
	for (int round = 0; round < rounds; round++) {
		double start = cpu_seconds();
		for (int i = 2; i < argc; i++) {
			walk_with_expat(files[i], &expat);
		}
		double middle = cpu_seconds();
		for (int i = 2; i < argc; i++) {
			if (report_reader_read_bytes(reader, files[i], SPAN("bench"), &failure) <
			    0) {
				return 1;
			}
		}
		expat_seconds += middle - start;
		our_seconds += cpu_seconds() - middle;
	}
	print("expat", expat, bytes, expat_seconds);
	print("reports", ours, bytes, our_seconds);
	for (int i = 2; i < argc; i++) {
		free((void *)(uintptr_t)files[i].ptr);
	}
	free(files);
	report_reader_free(reader);
	return 0;
}
