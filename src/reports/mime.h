/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mails and their parts, with GMime, which appears nowhere else. */
#ifndef MAILSEAL_REPORTS_MIME_H
#define MAILSEAL_REPORTS_MIME_H

#include "reports/input.h"

struct mime_mail;

enum mime_part_kind {
	MIME_LEAF,
	MIME_MESSAGE, /* message/rfc822 */
};

struct mime_part {
	enum mime_part_kind kind;
	struct span type; /* lower case: "application/gzip"; of the mail's memory */
	struct span name; /* file name, decoded; may be empty */
};

/* The message must outlive it. NULL (and the reading has failed) when memory is out. */
struct mime_mail *mime_mail_new(struct reading *reading, struct span message);
void mime_mail_free(struct mime_mail *mail);
/* Its header, number 1. */
struct report_mail mime_mail_head(const struct mime_mail *mail);
/* All parts that hold something, in order; multiparts are opened, messages are not. */
size_t mime_mail_part_count(const struct mime_mail *mail);
/* There were more parts than the limit. */
bool mime_mail_is_cut(const struct mime_mail *mail);
struct mime_part mime_mail_part(const struct mime_mail *mail, size_t i);
/* The decoded content of leaf i, from its start. One at a time. */
struct report_source mime_mail_open(struct mime_mail *mail, size_t i);
/* The mail in part i, of kind MIME_MESSAGE; NULL when it is empty. */
struct mime_mail *mime_mail_nested(const struct mime_mail *mail, size_t i);
/* The header of this mail as lines, unfolded as it came; into text. */
void mime_mail_header_text(const struct mime_mail *mail, struct buffer *text);
/* Some part of it holds more than blanks. */
bool mime_mail_has_body(struct mime_mail *mail);
/* RFC 5322 3.3 and what is close to it. */
bool mime_parse_date(struct span text, int64_t *ret_seconds);

#endif
