/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads the envelope of a message. */
#include "cli/envelope.h"

#include "authenticate/received.h"
#include "message/reverse_path.h"

static bool read_mail_from(const char *text, struct envelope *envelope)
{
	struct reverse_path path = reverse_path_parse(span_of_string(text));
	struct span plain = span_of_string(text);
	if (path.status != REVERSE_PATH_OK && path.status != REVERSE_PATH_NULL) {
		complain("note", "--mail-from \"%s\" is no address that RFC 5321 allows (%s)", text,
			 reverse_path_name(path.status));
	}
	if (plain.len >= 2 && plain.ptr[0] == '<' && plain.ptr[plain.len - 1] == '>') {
		plain = span_slice(plain, 1, plain.len - 2);
	}
	envelope->has_mail_from = true;
	envelope->mail_from = plain;
	return true;
}

bool envelope_read(const struct envelope_options *options, struct envelope *envelope)
{
	*envelope = (struct envelope){.helo = span_of_string(options->helo)};
	bool is_given = options->ip != NULL || options->helo != NULL || options->mail_from != NULL;
	if (options->trusted_host != NULL && is_given) {
		complain("--trust-received", "cannot be combined with --ip, --helo or --mail-from");
		return false;
	}
	if (options->mail_from != NULL && !read_mail_from(options->mail_from, envelope)) {
		return false;
	}
	if (options->ip == NULL) {
		return true;
	}
	envelope->has_client = true;
	if (!network_parse_address(span_of_string(options->ip), &envelope->client)) {
		complain("--ip", "\"%s\" is no IP address", options->ip);
		return false;
	}
	return true;
}

struct envelope envelope_of_message(const struct envelope_options *options,
				    const struct envelope *given, const struct message *message,
				    struct span name)
{
	struct envelope envelope = *given;
	struct span host = span_of_string(options->trusted_host);
	if (host.len == 0) {
		return envelope;
	}
	switch (received_read(&message->header, host, &envelope)) {
	case RECEIVED_OK:
		break;
	case RECEIVED_NO_FIELD:
		complain("note", "%.*s: no Received field of %.*s; SPF is not checked",
			 SPAN_ARG(name), SPAN_ARG(host));
		break;
	case RECEIVED_NO_ADDRESS:
		complain("note",
			 "%.*s: %.*s took the message from no other machine; SPF is not checked",
			 SPAN_ARG(name), SPAN_ARG(host));
		break;
	}
	return envelope;
}
