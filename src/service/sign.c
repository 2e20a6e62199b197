/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Chooses the fields to sign and writes as the message is written. */
#include "service/sign.h"

#include "authenticate/results_field.h"

#define FIELDS_MAX ((size_t)256 << 10)

const char *signing_obstacle(const struct message *message)
{
	static const struct {
		enum anomaly_kind kind;
		const char *text;
	} rows[] = {
		{ANOMALY_HEADER_LIMIT, "its header is too large"},
		{ANOMALY_FROM_MISSING, "it has no From field"},
		{ANOMALY_FROM_EMPTY, "its From field names no address"},
		{ANOMALY_BARE_CR, "it has a bare CR, which is changed on the way"},
		{ANOMALY_BARE_LF, "it has a bare LF, which is changed on the way"},
		{ANOMALY_MBOX_LINE, "it begins with the \"From \" line of a mailbox file"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (message->anomalies.counts[rows[i].kind] > 0) {
			return rows[i].text;
		}
	}
	return message->author.is_blurred ? "mail programs may disagree on who wrote it" : NULL;
}

static bool names_from(struct signed_names names)
{
	for (size_t i = 0; i < names.count; i++) {
		if (span_equal_nocase(names.names[i], SPAN("From"))) {
			return true;
		}
	}
	return false;
}

static int choose_names(struct arena *arena, const struct mail *mail, const struct signing *signing,
			struct sign_request *request, struct failure *reterr)
{
	const struct header *header = &mail->message->header;
	*request = signing->request;
	request->names = signing->name_count == 0
				 ? sign_default_names(arena, header)
				 : sign_names(arena, header, signing->names, signing->name_count,
					      !signing->leaves_open);
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "sign a message");
	}
	if (request->names.count == DKIM_MAX_NAMES) {
		return failure_set(reterr, FAILURE_INPUT, "sign a message",
				   "it has more fields to sign than verifiers look at");
	}
	/* RFC 6376 5.4: the From field MUST be signed */
	return names_from(request->names) ? 0
					  : failure_set(reterr, FAILURE_INPUT, "sign a message",
							"the fields to sign do not hold From");
}

/* As the message has its line ends. */
static int hand_out(const struct mail *mail, const struct buffer *made, struct buffer *fields,
		    struct failure *reterr)
{
	struct span rest = buffer_span(made);
	struct span line;
	if (mail->message->line_ends == LINE_ENDS_LF) {
		while (rest.len > 0 && span_split(&rest, '\n', &line)) {
			buffer_append(fields, span_trim(line, "\r"));
			buffer_putc(fields, '\n');
		}
	} else {
		buffer_append(fields, rest);
	}
	return made->is_failed || fields->is_failed ? failure_set_memory(reterr, "sign a message")
						    : 0;
}

int signing_sign(struct arena *arena, const struct mail *mail, const struct signing *signing,
		 struct buffer *fields, struct failure *reterr)
{
	struct sign_request request;
	struct buffer made = buffer_new(FIELDS_MAX);
	int r = choose_names(arena, mail, signing, &request, reterr);
	if (r == 0) {
		r = sign_dkim(arena, mail, &request, &made, reterr);
	}
	if (r == 0) {
		r = hand_out(mail, &made, fields, reterr);
	}
	buffer_free(&made);
	return r;
}

int signing_seal(struct arena *arena, const struct message_check *check,
		 const struct signing *signing, struct buffer *fields, bool *ret_is_sealed,
		 struct failure *reterr)
{
	struct sign_request request;
	struct buffer results = buffer_new(RESULTS_FIELD_MAX);
	struct buffer made = buffer_new(FIELDS_MAX);
	bool is_sealed = false;
	int r = choose_names(arena, check->mail, signing, &request, reterr);
	results_field_write_bare(check, signing->id, &results);
	if (r == 0 && results.is_failed) {
		r = failure_set_memory(reterr, "seal a message");
	}
	if (r == 0) {
		r = sign_arc(arena, check->mail, check->arc, buffer_span(&results), &request, &made,
			     &is_sealed, reterr);
	}
	if (r == 0) {
		r = hand_out(check->mail, &made, fields, reterr);
	}
	if (r == 0) {
		*ret_is_sealed = is_sealed;
	}
	buffer_free(&results);
	buffer_free(&made);
	return r;
}
