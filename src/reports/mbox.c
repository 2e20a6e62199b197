/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mbox: messages between lines that start with "From ". */
#include "reports/content.h"
#include "reports/reader_internal.h"

#include <stdio.h>

struct mbox {
	struct report_reader *reader;
	struct report_input *input;
	struct span member;
	struct buffer message;
	uint64_t number;
	bool is_after_blank;
	bool is_line_start;
};

static void finish_message(struct mbox *mbox)
{
	struct reading *reading = &mbox->reader->reading;
	char text[MEMBER_BYTES];
	char name[40];
	int len = snprintf(name, sizeof(name), "message %llu", (unsigned long long)mbox->number);
	struct span member =
		reader_member_join(text, mbox->member, span_of(name, len > 0 ? (size_t)len : 0));
	if (mbox->number == 0 || reading->status < 0) {
		return;
	}
	/* what one message unpacks to is no matter of the next */
	reading->packed_bytes = mbox->message.len;
	reading->unpacked_bytes = 0;
	reading->unpack_refusal = REPORT_NOT_REFUSED;
	if (mbox->message.is_failed) {
		reading_document_begin(reading, member);
		reading_refuse(reading, REPORT_REFUSED_SIZE, "one message");
		reading_document_end(reading, /* is_usable */ false);
	} else {
		reader_read_mail(mbox->reader, buffer_span(&mbox->message), mbox->number, member);
	}
}

static bool is_blank_line(struct span line)
{
	return span_equal(line, SPAN("\n")) || span_equal(line, SPAN("\r\n"));
}

/* The end of a message is known only by the next one's line: it is given back by not counting. */
static void take_line(struct mbox *mbox, struct span line, bool is_whole)
{
	if (mbox->is_line_start && mbox->is_after_blank && content_is_mbox_line(line)) {
		finish_message(mbox);
		buffer_clear(&mbox->message);
		mbox->number++;
	} else {
		buffer_append(&mbox->message, line);
	}
	mbox->is_after_blank = mbox->is_line_start && is_blank_line(line);
	mbox->is_line_start = is_whole;
}

void reader_read_mbox(struct report_reader *reader, struct report_input *input, struct span member)
{
	struct mbox mbox = {.reader = reader,
			    .input = input,
			    .member = member,
			    .message = buffer_new(reader->reading.options.limits.max_mail_bytes),
			    .is_after_blank = true,
			    .is_line_start = true};
	struct span some = input_peek(input, INPUT_BYTES);
	while (some.len > 0 && reader->reading.status >= 0) {
		size_t end = span_find(some, '\n', 0);
		bool is_whole = end < some.len;
		struct span line = span_slice(some, 0, is_whole ? end + 1 : some.len);
		take_line(&mbox, line, is_whole);
		input_take(input, line.len);
		some = span_from(some, line.len);
		if (span_find(some, '\n', 0) == some.len) {
			some = input_peek(input, INPUT_BYTES);
		}
	}
	finish_message(&mbox);
	buffer_free(&mbox.message);
}
