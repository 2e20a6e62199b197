/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads whatever one file, pipe or message holds, and tells a sink. Its memory is bounded by the
 * limits and does not grow with rows, members or messages. */
#ifndef MAILSEAL_REPORTS_READER_H
#define MAILSEAL_REPORTS_READER_H

#include "reports/limits.h"
#include "reports/sink.h"

struct report_reader;

struct report_options {
	struct report_limits limits;
	bool is_personal_data_wanted; /* failure reports: do not redact */
};

/* The sink is copied. A reader reads any number of files, one after the other. */
int report_reader_new(const struct report_options *options, const struct report_sink *sink,
		      struct report_reader **ret_reader, struct failure *reterr) MUST_CHECK;
void report_reader_free(struct report_reader *reader);
/*
 * Reads to the end: XML, JSON, gzip, zip, a mail, an mbox, and these inside each other, told by
 * their content. path is only what the sink is told. 0 also when everything in it was refused: that
 * is a result. Negative: the sink stopped it, or memory is out. The fd stays open.
 */
int report_reader_read_fd(struct report_reader *reader, int fd, struct span path,
			  struct failure *reterr) MUST_CHECK;
/* The same from whoever has the octets: up to size of them, 0 at the end. */
int report_reader_read_stream(struct report_reader *reader,
			      size_t (*read)(void *context, char *into, size_t size), void *context,
			      struct span path, struct failure *reterr) MUST_CHECK;
int report_reader_read_bytes(struct report_reader *reader, struct span bytes, struct span path,
			     struct failure *reterr) MUST_CHECK;

#endif
