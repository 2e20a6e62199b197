/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Authenticates messages for the suites' scripts. Commands on standard input, one a line:
 *
 *   world                    forget all records
 *   dns LINE                 add a record, written as for a world made of text
 *   now SECONDS              the clock
 *   legacy 0|1               allow SHA-1 and 512-bit keys
 *   chunk OCTETS             feed the message in pieces of this size; 0: whole
 *   message HEX              authenticate; answers one line
 *   key HEX                  the PEM key to seal with
 *   seal HEX DOMAIN SELECTOR ID TIME NAMES
 *                            seal; answers the new fields in hexadecimal, or "not sealed"
 *   path HEX                 read MAIL FROM's address; answers "path-STATUS"
 *
 * A message's answer is "dkim RESULT:REASON ... | arc STATUS:REASON:INSTANCE | blurred 0|1 |
 * ANOMALY ...".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "authenticate/arc.h"
#include "authenticate/dkim.h"
#include "authenticate/sign.h"
#include "facts/settle.h"
#include "message/authentication_results.h"
#include "message/reverse_path.h"
#include "world.h"

#define LINE_MAX_BYTES ((size_t)8 << 20)
#define ARENA_BYTES ((size_t)16 << 20)

struct session {
	struct world *world;
	struct private_key *key;
	struct dkim_options dkim;
	bool is_legacy;
	size_t chunk;
};

struct judging {
	struct arena *arena;
	const struct session *session;
	const struct mail *mail;
	const struct dkim_report *dkim;
	const struct arc_report *arc;
};

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *judging = context;
	judging->dkim =
		dkim_verify(judging->arena, inquiry, judging->mail, &judging->session->dkim);
	judging->arc =
		arc_validate(judging->arena, inquiry, judging->mail, &judging->session->dkim.key);
	bool is_done = judging->dkim != NULL && judging->arc != NULL;
	return is_done ? 0 : failure_set_memory(reterr, "verify");
}

static void print_report(const struct judging *judging)
{
	const struct message *message = judging->mail->message;
	printf("dkim");
	for (size_t i = 0; i < judging->dkim->verdict_count; i++) {
		const struct dkim_verdict *verdict = &judging->dkim->verdicts[i];
		printf(" %s:%s", dkim_result_name(verdict->result),
		       dkim_reason_name(verdict->reason));
	}
	printf(" | arc %s:%s:%u", arc_status_name(judging->arc->status),
	       arc_reason_name(judging->arc->reason), judging->arc->instance);
	printf(" | blurred %d |", message->author.is_blurred);
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		printf(" %s", anomaly_name(anomaly_at(&message->anomalies, i)->kind));
	}
	printf("\n");
}

static const struct mail *read_mail(struct mail_reader *reader, struct span text, size_t chunk)
{
	size_t step = chunk > 0 ? chunk : text.len + 1;
	for (size_t at = 0; at < text.len; at += step) {
		mail_reader_feed(reader, span_slice(text, at, step));
	}
	return mail_reader_end(reader);
}

/* What to do with a judged message. */
typedef bool conclude_function(const struct judging *judging, struct span arguments);

static bool authenticate(const struct session *session, struct span text,
			 conclude_function *conclude, struct span arguments)
{
	struct mail_options options = {
		.line_ends = LINE_ENDS_CRLF,
		.is_for_signing = true,
		.allows_sha1 = session->is_legacy,
	};
	struct judging judging = {.arena = arena_new(ARENA_BYTES), .session = session};
	struct mail_reader *reader = mail_reader_new(judging.arena, &options);
	struct facts *facts = facts_new(0 /* seed */);
	struct failure failure = {0};
	bool is_done = false;
	if (reader != NULL && facts != NULL) {
		judging.mail = read_mail(reader, text, session->chunk);
		is_done = judging.mail != NULL &&
			  settle(facts, world_source(session->world),
				 (struct judge){judge, &judging}, &failure) == 0 &&
			  conclude(&judging, arguments);
	}
	mail_reader_close(reader);
	facts_free(facts);
	arena_free(judging.arena);
	return is_done;
}

static bool conclude_message(const struct judging *judging, struct span arguments)
{
	print_report(judging);
	return true;
}

static struct span take_word(struct span *rest)
{
	size_t at = span_find(*rest, ' ', 0);
	struct span word = span_slice(*rest, 0, at);
	*rest = span_from(*rest, at + 1);
	return word;
}

/* The results of all fields with that authserv-id, under it. */
static void merge_results(const struct judging *judging, struct span id, struct buffer *text)
{
	const struct header *header = &judging->mail->message->header;
	struct authentication_results results;
	const struct header_field *field;
	buffer_append(text, id);
	for (size_t i = 0; (field = header_find(header, SPAN("Authentication-Results"), i)) != NULL;
	     i++) {
		if (authentication_results_parse(judging->arena, field->value, &results) &&
		    span_equal_nocase(results.id, id)) {
			size_t at = span_find(field->value, ';', 0);
			buffer_append(text, span_trim(span_from(field->value, at), TEXT_SPACE));
		}
	}
}

static struct signed_names read_names(struct arena *arena, struct span list)
{
	struct vector names = {0};
	struct span part;
	while (span_split(&list, ':', &part)) {
		struct span *name = VECTOR_PUSH(&names, arena, struct span, DKIM_MAX_NAMES);
		if (name != NULL) {
			*name = part;
		}
	}
	return (struct signed_names){names.items, names.len};
}

/* arguments: DOMAIN SELECTOR ID TIME NAMES */
static bool conclude_seal(const struct judging *judging, struct span arguments)
{
	struct sign_request request = {.key = judging->session->key, .is_as_in_suite = true};
	struct buffer results = buffer_new(LIMIT_DNS_MESSAGE);
	struct buffer fields = buffer_new(LIMIT_DNS_MESSAGE);
	struct buffer hex = buffer_new((size_t)2 * LIMIT_DNS_MESSAGE);
	struct failure failure = {0};
	uint64_t time = 0;
	bool is_sealed = false;
	request.domain = take_word(&arguments);
	request.selector = take_word(&arguments);
	merge_results(judging, take_word(&arguments), &results);
	bool is_done = number_parse_decimal(take_word(&arguments), INT64_MAX, &time);
	request.time = (int64_t)time;
	request.names = read_names(judging->arena, arguments);
	is_done = is_done &&
		  sign_arc(judging->arena, judging->mail, judging->arc, buffer_span(&results),
			   &request, &fields, &is_sealed, &failure) == 0;
	number_write_hex(&hex, buffer_span(&fields));
	printf("%.*s\n", SPAN_ARG(is_sealed ? buffer_span(&hex) : SPAN("not sealed")));
	buffer_free(&results);
	buffer_free(&fields);
	buffer_free(&hex);
	return is_done;
}

static bool read_message(const struct session *session, struct span rest,
			 conclude_function *conclude)
{
	struct buffer text = buffer_new(LINE_MAX_BYTES);
	bool is_done = number_parse_hex(take_word(&rest), &text) &&
		       authenticate(session, buffer_span(&text), conclude, rest);
	buffer_free(&text);
	return is_done;
}

static bool read_key(struct session *session, struct span hex)
{
	struct buffer pem = buffer_new(LIMIT_DNS_MESSAGE);
	struct failure failure = {0};
	private_key_free(session->key);
	session->key = NULL;
	bool is_done = number_parse_hex(hex, &pem) &&
		       private_key_read_pem(buffer_span(&pem), &session->key, &failure) == 0;
	buffer_free(&pem);
	return is_done;
}

static bool read_path(struct span hex)
{
	struct buffer text = buffer_new(LIMIT_DNS_MESSAGE);
	bool is_done = number_parse_hex(hex, &text);
	printf("path-%s\n", reverse_path_name(reverse_path_parse(buffer_span(&text)).status));
	buffer_free(&text);
	return is_done;
}

static bool read_number(struct span text, uint64_t *ret_number)
{
	return number_parse_decimal(text, INT64_MAX, ret_number);
}

static bool run(struct session *session, struct span line)
{
	size_t space = span_find(line, ' ', 0);
	struct span word = span_slice(line, 0, space);
	struct span rest = span_from(line, space + 1);
	struct failure failure = {0};
	uint64_t number = 0;
	if (span_equal(word, SPAN("world"))) {
		world_free(session->world);
		session->world = world_new();
		return session->world != NULL;
	}
	if (span_equal(word, SPAN("dns"))) {
		return world_add_line(session->world, rest, &failure);
	}
	if (span_equal(word, SPAN("message"))) {
		return read_message(session, rest, conclude_message);
	}
	if (span_equal(word, SPAN("seal"))) {
		return read_message(session, rest, conclude_seal);
	}
	if (span_equal(word, SPAN("key"))) {
		return read_key(session, rest);
	}
	if (span_equal(word, SPAN("path"))) {
		return read_path(rest);
	}
	if (!read_number(rest, &number)) {
		return false;
	}
	if (span_equal(word, SPAN("now"))) {
		session->dkim.now = (int64_t)number;
	} else if (span_equal(word, SPAN("legacy"))) {
		session->is_legacy = number != 0;
		session->dkim.key.allows_short_keys = number != 0;
	} else if (span_equal(word, SPAN("chunk"))) {
		session->chunk = (size_t)number;
	}
	return true;
}

int main(void)
{
	static char line[LINE_MAX_BYTES];
	struct session session = {.world = world_new(), .dkim = {.skew_s = DKIM_SKEW_S}};
	bool is_done = session.world != NULL;
	while (is_done && fgets(line, sizeof(line), stdin) != NULL) {
		is_done = run(&session, span_trim(span_of_string(line), "\n"));
		if (!is_done) {
			fprintf(stderr, "authenticate: cannot do: %.200s\n", line);
		}
	}
	private_key_free(session.key);
	world_free(session.world);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
