/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes the witness. */
#include "service/spoof_witness.h"

#include <inttypes.h>

#include "authenticate/sign.h"

#define DAY_S 86400
#define WITNESS_MAX_BYTES ((size_t)64 << 10)

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

static struct span write_plain(struct arena *arena, const struct spoof_attempt *attempt,
			       int64_t now)
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

/* Puts the signature in front. */
static bool write_signed(struct arena *arena, const struct mail *mail,
			 const struct spoof_attempt *attempt, const struct private_key *key,
			 int64_t now, struct buffer *text)
{
	struct failure failure;
	struct sign_request request = {
		.key = key,
		.domain = attempt->author,
		.selector = attempt->signature.selector,
		.names = sign_default_names(arena, &mail->message->header),
		.time = now,
	};
	return sign_dkim(arena, mail, &request, text, &failure) == 0;
}

static struct span sign(struct arena *arena, struct span plain, const struct spoof_attempt *attempt,
			const struct private_key *key, int64_t now)
{
	struct mail_options options = {.line_ends = LINE_ENDS_CRLF, .is_for_signing = true};
	struct buffer text = buffer_new(WITNESS_MAX_BYTES);
	struct mail_reader *reader = mail_reader_new(arena, &options);
	struct span result = span_of(NULL, 0);
	if (reader == NULL) {
		return result;
	}
	mail_reader_feed(reader, plain);
	const struct mail *mail = mail_reader_end(reader);
	if (mail != NULL && write_signed(arena, mail, attempt, key, now, &text)) {
		buffer_append(&text, plain);
		result = text.is_failed ? result : arena_copy(arena, buffer_span(&text));
	}
	mail_reader_close(reader);
	buffer_free(&text);
	return result;
}

struct span witness_write(struct arena *arena, const struct spoof_attempt *attempt,
			  const struct private_key *key, int64_t now)
{
	struct span plain = write_plain(arena, attempt, now);
	return key != NULL && plain.len > 0 ? sign(arena, plain, attempt, key, now) : plain;
}

/* RFC 7489 6.6.4: with pct, the policy is only what it would be for the other share. */
static bool is_disposition_right(const struct spoof_attempt *attempt,
				 const struct dmarc_verdict *verdict)
{
	enum dmarc_policy disposition = dmarc_verdict_disposition(verdict);
	if (attempt->vector == SPOOF_SAMPLED) {
		return verdict->pct < 100 &&
		       spoof_sampled_policy(disposition) == attempt->disposition;
	}
	return disposition == attempt->disposition;
}

static bool is_signature_right(const struct spoof_attempt *attempt,
			       const struct message_check *check)
{
	if (attempt->signature.selector.len == 0) {
		return check->dkim->verdict_count == 0;
	}
	bool is_pass =
		check->dkim->verdict_count == 1 && check->dkim->verdicts[0].result == DKIM_PASS;
	return is_pass != attempt->signature.is_forged;
}

bool witness_confirms(const struct spoof_attempt *attempt, const struct message_check *check)
{
	const struct dmarc_evaluation *evaluation = message_check_dmarc(check);
	if (evaluation == NULL || check->cause != MESSAGE_ONE_AUTHOR || check->is_blurred ||
	    !span_equal(evaluation->author, attempt->author)) {
		return false;
	}
	const struct dmarc_verdict *verdict = attempt->receivers == SPOOF_BY_RFC7489
						      ? &evaluation->rfc7489
						      : &evaluation->rfc9989;
	enum spf_result spf = check->mail_from != NULL ? check->mail_from->result : SPF_RESULT_NONE;
	return verdict->result == attempt->result && spf == attempt->spf &&
	       is_disposition_right(attempt, verdict) && is_signature_right(attempt, check);
}
