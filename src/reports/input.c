/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The look-ahead buffer. */
#include "reports/input.h"

#include <stdlib.h>

bool input_open(struct report_input *input, struct reading *reading, struct report_source source)
{
	*input = (struct report_input){.reading = reading, .source = source};
	input->buffer = malloc(INPUT_BYTES);
	if (input->buffer == NULL) {
		reading_fail_memory(reading, "read a report");
	}
	return input->buffer != NULL;
}

void input_close(struct report_input *input)
{
	free(input->buffer);
	input->buffer = NULL;
}

static void make_room(struct report_input *input)
{
	if (input->start > 0) {
		memmove(input->buffer, input->buffer + input->start, input->end - input->start);
		input->end -= input->start;
		input->start = 0;
	}
}

struct span input_peek(struct report_input *input, size_t wanted)
{
	if (input->end - input->start < wanted) {
		make_room(input);
	}
	while (input->end - input->start < wanted && !input->is_at_end) {
		size_t len = input->source.read(input->source.context, input->buffer + input->end,
						INPUT_BYTES - input->end);
		input->end += len;
		input->is_at_end = len == 0;
	}
	return span_of(input->buffer + input->start, input->end - input->start);
}

void input_take(struct report_input *input, size_t len)
{
	input->start += len;
	input->taken_bytes += len;
}

static size_t read_input(void *context, char *into, size_t size)
{
	struct report_input *input = context;
	struct span some = input_peek(input, 1);
	size_t len = some.len < size ? some.len : size;
	if (len > 0) {
		memcpy(into, some.ptr, len);
		input_take(input, len);
	}
	return len;
}

struct report_source input_source(struct report_input *input)
{
	return (struct report_source){input, read_input};
}

static size_t read_memory(void *context, char *into, size_t size)
{
	struct span *rest = context;
	size_t len = rest->len < size ? rest->len : size;
	if (len > 0) {
		memcpy(into, rest->ptr, len);
		*rest = span_from(*rest, len);
	}
	return len;
}

struct report_source input_memory_source(struct span *rest)
{
	return (struct report_source){rest, read_memory};
}
