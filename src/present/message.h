/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The judgement of messages for a terminal, as JSON and as a page. */
#ifndef MAILSEAL_PRESENT_MESSAGE_H
#define MAILSEAL_PRESENT_MESSAGE_H

#include "authenticate/message_check.h"
#include "present/terminal.h"

/* One message that was judged. */
struct message_result {
	struct span source; /* where it came from: a path, "-", "mbox:3" */
	const struct message_check *check;
	struct arena *arena; /* for what is made on the way */
	int64_t checked_at;
	struct span receiver; /* who judged: the authserv-id of the trace field */
};

/* The whole trace with is_verbose; results only otherwise; the sentence alone with is_quiet. */
void present_terminal_message(const struct message_result *result,
			      const struct terminal_style *style, struct buffer *text);
/* One line a message, for mailboxes. */
void present_line_message(const struct message_result *result, const struct terminal_style *style,
			  struct buffer *text);
/* One JSON object of a result; json stands where a value may stand. */
void present_json_message(const struct message_result *result, struct json_writer *json);
/* A page that stands alone. */
void present_html_message(const struct message_result *result, struct buffer *page);

#endif
