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
#include "facts/settle.h"
#include "message/reverse_path.h"
#include "world.h"

#define LINE_MAX_BYTES ((size_t)8 << 20)
#define ARENA_BYTES ((size_t)16 << 20)

struct session {
	struct world *world;
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

static bool authenticate(const struct session *session, struct arena *arena, struct span text)
{
	struct mail_options options = {
		.line_ends = LINE_ENDS_CRLF,
		.allows_sha1 = session->is_legacy,
	};
	struct mail_reader *reader = mail_reader_new(arena, &options);
	struct facts *facts = facts_new(0 /* seed */);
	struct judging judging = {.arena = arena, .session = session};
	struct failure failure = {0};
	bool is_done = false;
	if (reader != NULL && facts != NULL) {
		judging.mail = read_mail(reader, text, session->chunk);
		is_done = judging.mail != NULL &&
			  settle(facts, world_source(session->world),
				 (struct judge){judge, &judging}, &failure) == 0;
	}
	if (is_done) {
		print_report(&judging);
	}
	mail_reader_close(reader);
	facts_free(facts);
	return is_done;
}

static bool read_message(const struct session *session, struct span hex)
{
	struct buffer text = buffer_new(LINE_MAX_BYTES);
	struct arena *arena = arena_new(ARENA_BYTES);
	bool is_done = arena != NULL && number_parse_hex(hex, &text) &&
		       authenticate(session, arena, buffer_span(&text));
	buffer_free(&text);
	arena_free(arena);
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
		return read_message(session, rest);
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
	world_free(session.world);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
