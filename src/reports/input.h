/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Bytes pulled from somewhere, with a look ahead. Sources chain: file, gzip, zip member, mail part.
 */
#ifndef MAILSEAL_REPORTS_INPUT_H
#define MAILSEAL_REPORTS_INPUT_H

#include "reports/reading.h"

/* How far an input can look ahead. */
#define INPUT_BYTES ((size_t)64 << 10)

struct report_source {
	void *context;
	/* Up to size octets; 0 at the end. Trouble goes to the reading. */
	size_t (*read)(void *context, char *into, size_t size);
};

struct report_input {
	struct reading *reading;
	struct report_source source;
	char *buffer; /* INPUT_BYTES */
	size_t start;
	size_t end;
	uint64_t taken_bytes;
	bool is_at_end;
};

/* False (and the reading has failed) when memory is out. */
bool input_open(struct report_input *input, struct reading *reading, struct report_source source);
void input_close(struct report_input *input);
/* All that is buffered; at least wanted octets (at most INPUT_BYTES) unless the end comes before.
 */
struct span input_peek(struct report_input *input, size_t wanted);
void input_take(struct report_input *input, size_t len);
/* The rest of an input as a source. */
struct report_source input_source(struct report_input *input);

/* A source of bytes in memory; *rest must live as long. */
struct report_source input_memory_source(struct span *rest);

#endif
