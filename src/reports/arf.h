/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Failure reports from their fields; knows nothing of MIME. */
#ifndef MAILSEAL_REPORTS_ARF_H
#define MAILSEAL_REPORTS_ARF_H

#include "reports/reading.h"

struct arf_parts {
	struct span fields; /* message/feedback-report, or the text that stands in for it */
	struct span sample; /* header lines of the enclosed message */
	bool has_sample;
	bool is_sample_headers_only;
	bool is_plain_text; /* fields are lines of a text for people */
};

/* True when a text starts like message/feedback-report. */
bool arf_is_feedback(struct span text);
/* True when a text for people is a failure report of a form we know. */
bool arf_is_plain_text(struct span text);
/* Gives one failure report to the sink, in a document of its own. */
void arf_read(struct reading *reading, const struct arf_parts *parts, struct span member);

#endif
