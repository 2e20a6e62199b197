/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes the witness. */
#include "service/spoof_witness.h"

#include <inttypes.h>

#define DAY_S 86400

/* RFC 5322 3.3: "Mon, 23 Nov 2026 12:00:00 +0000" */
static struct span date_text(struct arena *arena, int64_t now)
{
	static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	now = now < 0 ? 0 : now;
	struct time_date date = time_to_date(now);
	unsigned second = (unsigned)(now % DAY_S);
	return arena_printf(arena, "%s, %02u %s %04d %02u:%02u:%02u +0000", days[now / DAY_S % 7],
			    date.day, months[date.month - 1], (int)date.year, second / 3600,
			    second / 60 % 60, second % 60);
}

struct span witness_write(struct arena *arena, const struct spoof_attempt *attempt, int64_t now)
{
	struct span author = attempt->author;
	return arena_printf(arena,
			    "From: postmaster@%.*s\r\n"
			    "To: somebody@recipient.invalid\r\n"
			    "Subject: Can a stranger send as %.*s? (%s)\r\n"
			    "Date: %.*s\r\n"
			    "Message-ID: <%s.%" PRId64 "@mailseal.invalid>\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=us-ascii\r\n"
			    "\r\n"
			    "This message was made by mailseal to show what a stranger can do.\r\n"
			    "It was not sent to anybody.\r\n",
			    SPAN_ARG(author), SPAN_ARG(author), spoof_vector_name(attempt->vector),
			    SPAN_ARG(date_text(arena, now)), spoof_vector_name(attempt->vector),
			    now);
}

bool witness_confirms(const struct spoof_attempt *attempt, const struct message_check *check)
{
	const struct dmarc_evaluation *evaluation = message_check_dmarc(check);
	if (evaluation == NULL || check->cause != MESSAGE_ONE_AUTHOR || check->is_blurred ||
	    !span_equal(evaluation->author, attempt->author)) {
		return false;
	}
	const struct dmarc_verdict *verdict =
		attempt->is_rfc7489 ? &evaluation->rfc7489 : &evaluation->rfc9989;
	enum spf_result spf = check->mail_from != NULL ? check->mail_from->result : SPF_RESULT_NONE;
	return verdict->result == attempt->result && spf == attempt->spf &&
	       dmarc_verdict_disposition(verdict) == attempt->disposition;
}
