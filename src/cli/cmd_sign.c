/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal sign: a message with a DKIM signature, or an ARC seal, on top. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cmd.h"
#include "cli/envelope.h"
#include "cli/key_file.h"
#include "cli/session.h"
#include "records/name_input.h"
#include "service/mail_source.h"
#include "service/sign.h"
#include "service/verify.h"

/* A message is held in memory, since its signature comes first. */
#define SIGN_MAX_BYTES ((size_t)128 << 20)
#define SIGN_ARENA_BYTES ((size_t)16 << 20)
#define DAY_S INT64_C(86400)
/* RFC 8301 3.2: verifiers refuse less, and signers should use more. */
#define LEAST_BITS 1024
#define ADVISED_BITS 2048

struct sign_command_options {
	struct dns_options dns;
	struct facts_options facts;
	struct envelope_options envelope;
	const char *key;
	const char *domain;
	const char *selector;
	const char *canonical;
	struct string_list names;
	bool leaves_open;
	uint64_t expiry_days;
	bool is_seal;
};

#define FIELD(name) offsetof(struct sign_command_options, name)

static const struct option signature_options[] = {
	{"key", 0, OPTION_STRING, "FILE", "private key in PEM, RSA or Ed25519", FIELD(key)},
	{"domain", 0, OPTION_STRING, "NAME", "who signs (d=)", FIELD(domain)},
	{"selector", 0, OPTION_STRING, "S", "where the public key is published (s=)",
	 FIELD(selector)},
	{"canonical", 0, OPTION_STRING, "FORM/FORM",
	 "of header and body: relaxed or simple (default relaxed/relaxed)", FIELD(canonical)},
	{"header", 0, OPTION_LIST, "FIELD",
	 "sign these fields instead of the usual ones; From is needed", FIELD(names)},
	{"no-oversign", 0, OPTION_FLAG, NULL, "let further fields of these names be added later",
	 FIELD(leaves_open)},
	{"expires", 0, OPTION_NUMBER, "DAYS", "the signature is good for so long (x=)",
	 FIELD(expiry_days)},
};
static const struct option seal_options[] = {
	{"arc", 0, OPTION_FLAG, NULL, "verify the message and seal what was found", FIELD(is_seal)},
	ENVELOPE_OPTIONS(struct sign_command_options, envelope),
};
static const struct option facts_options[] = {EVIDENCE_OPTIONS(struct sign_command_options, facts)};
static const struct option dns_options[] = {DNS_OPTIONS(struct sign_command_options, dns)};

static const struct option_group signature_group = OPTION_GROUP("the signature", signature_options);
static const struct option_group seal_group = OPTION_GROUP("ARC", seal_options);
static const struct option_group facts_group = OPTION_GROUP("facts, and the time", facts_options);
static const struct option_group dns_group = OPTION_GROUP("DNS, for ARC", dns_options);
static const struct option_group *const groups[] = {&signature_group, &seal_group, &facts_group,
						    &dns_group, NULL};

/* One message on its way. */
struct sign_run {
	const struct sign_command_options *options;
	struct arena *arena;
	struct private_key *key;
	struct signing signing;
	struct verification *verification;
	const struct message *message;
	struct buffer text;   /* the message as it came */
	struct buffer fields; /* what goes on top */
	bool is_left_alone;   /* nothing could be sealed */
};

/* --- options --- */

static int need_option(const char *name, const char *value, struct failure *reterr)
{
	return value != NULL ? 0 : failure_set(reterr, FAILURE_INPUT, name, "is needed");
}

static int read_names(struct sign_run *run, struct failure *reterr)
{
	const struct sign_command_options *o = run->options;
	int r = need_option("--key", o->key, reterr);
	if (r == 0) {
		r = need_option("--domain", o->domain, reterr);
	}
	if (r == 0) {
		r = need_option("--selector", o->selector, reterr);
	}
	if (r < 0) {
		return r;
	}
	struct name_input_result input = name_input_parse(run->arena, span_of_string(o->domain));
	if (input.status != NAME_INPUT_OK) {
		return failure_set(reterr, FAILURE_INPUT, "--domain", "\"%.80s\" %s", o->domain,
				   name_input_explain(input.status));
	}
	run->signing.request.domain = input.name;
	struct span selector = span_of_string(o->selector);
	if (!name_canonical(run->arena, selector, &run->signing.request.selector) ||
	    !name_is_ldh(run->signing.request.selector, /* is_underscore_ok: */ true)) {
		return failure_set(reterr, FAILURE_INPUT, "--selector", "\"%.80s\" is no name",
				   o->selector);
	}
	return 0;
}

static int read_canonical(const char *text, struct sign_request *request, struct failure *reterr)
{
	static const struct {
		const char *name;
		bool is_simple_header;
		bool is_simple_body;
	} rows[] = {
		{"relaxed/relaxed", false, false}, {"relaxed/simple", false, true},
		{"simple/relaxed", true, false},   {"simple/simple", true, true},
		{"relaxed", false, true},	   {"simple", true, true},
	};
	for (size_t i = 0; text != NULL && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(text, rows[i].name) == 0) {
			request->is_simple_header = rows[i].is_simple_header;
			request->is_simple_body = rows[i].is_simple_body;
			return 0;
		}
	}
	return text == NULL ? 0
			    : failure_set(reterr, FAILURE_INPUT, "--canonical",
					  "\"%s\" is not relaxed or simple, or two of them with a "
					  "slash between",
					  text);
}

/* RFC 5322 3.6.8 ftext */
static bool is_field_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = span_octet(name, i);
		if (c <= ' ' || c > '~' || c == ':' || c == ';') {
			return false;
		}
	}
	return name.len > 0;
}

static int read_header_names(struct sign_run *run, struct failure *reterr)
{
	const struct string_list *list = &run->options->names;
	struct span *names = arena_alloc(run->arena, list->count * sizeof(*names));
	if (names == NULL) {
		return failure_set_memory(reterr, "sign");
	}
	for (size_t i = 0; i < list->count; i++) {
		names[i] = span_of_string(list->items[i]);
		if (!is_field_name(names[i])) {
			return failure_set(reterr, FAILURE_INPUT, "--header",
					   "\"%.80s\" is no field name", list->items[i]);
		}
	}
	run->signing.names = names;
	run->signing.name_count = list->count;
	run->signing.leaves_open = run->options->leaves_open;
	return 0;
}

static int read_time(struct sign_run *run, struct failure *reterr)
{
	const char *text = run->options->facts.now;
	struct sign_request *request = &run->signing.request;
	request->time = (int64_t)time(NULL);
	if (text != NULL && !time_parse(span_of_string(text), &request->time)) {
		return failure_set(reterr, FAILURE_INPUT, "--now",
				   "\"%s\" is not a time like 2026-11-23T12:00:00Z", text);
	}
	const uint64_t days_max = 3650;
	if (run->options->expiry_days > days_max) {
		return failure_set(reterr, FAILURE_INPUT, "--expires", "more than %d days",
				   (int)days_max);
	}
	if (run->options->expiry_days > 0) {
		request->expiry = request->time + (int64_t)run->options->expiry_days * DAY_S;
	}
	return 0;
}

static int read_key(struct sign_run *run, struct failure *reterr)
{
	int r = key_file_read(run->options->key, &run->key, reterr);
	if (r < 0 || private_key_kind(run->key) != KEY_RSA) {
		return r;
	}
	unsigned bits = private_key_bits(run->key);
	if (bits < LEAST_BITS) {
		return failure_set(reterr, FAILURE_INPUT, run->options->key,
				   "receivers refuse keys of %u bits", bits);
	}
	if (bits < ADVISED_BITS) {
		complain("note", "%s has %u bits; use %d", run->options->key, bits, ADVISED_BITS);
	}
	return 0;
}

static int read_options(struct sign_run *run, struct failure *reterr)
{
	struct sign_request *request = &run->signing.request;
	int r = read_names(run, reterr);
	if (r == 0) {
		r = read_canonical(run->options->canonical, request, reterr);
	}
	if (r == 0) {
		r = read_header_names(run, reterr);
	}
	if (r == 0) {
		r = read_time(run, reterr);
	}
	if (r == 0) {
		r = read_key(run, reterr);
	}
	request->key = run->key;
	return r;
}

/* --- the message --- */

static int read_chunks(struct sign_run *run, struct mail_source *source, struct failure *reterr)
{
	struct span chunk = {NULL, 1};
	int r = 0;
	while (r == 0 && chunk.len > 0 && !run->text.is_failed) {
		r = mail_source_read(source, &chunk, reterr);
		if (r == 0) {
			buffer_append(&run->text, chunk);
			verification_feed(run->verification, chunk);
		}
	}
	return r == 0 && run->text.is_failed
		       ? failure_set(reterr, FAILURE_INPUT, "sign", "the message is too large")
		       : r;
}

static int read_message(struct sign_run *run, const char *path, struct failure *reterr)
{
	struct mail_source *source;
	struct span name;
	int r = mail_source_open(path, &source, reterr);
	if (r < 0) {
		return r;
	}
	if (!mail_source_is_single(source)) {
		r = failure_set(reterr, FAILURE_INPUT, path, "is not one message");
	} else {
		r = mail_source_next(source, &name, reterr);
	}
	if (r > 0) {
		r = read_chunks(run, source, reterr);
	} else if (r == 0) {
		r = failure_set(reterr, FAILURE_INPUT, path, "there is no message in it");
	}
	mail_source_close(source);
	if (r == 0) {
		r = verification_end(run->verification, &run->message, reterr);
	}
	const char *obstacle = r == 0 ? signing_obstacle(run->message) : NULL;
	return obstacle == NULL ? r : failure_set(reterr, FAILURE_INPUT, path, "%s", obstacle);
}

/* A signature of another domain is no harm, and of no use to DMARC. */
static void note_alignment(const struct sign_run *run)
{
	const struct author *author = &run->message->author;
	struct span domain = run->signing.request.domain;
	struct span name;
	if (author->mailbox_count == 0 ||
	    !name_canonical(run->arena, author->mailboxes[0].domain, &name)) {
		return;
	}
	if (!name_is_at_or_under(name, domain) && !name_is_at_or_under(domain, name)) {
		complain("note",
			 "the author's domain is %.*s: for DMARC, a signature by %.*s does "
			 "not count",
			 SPAN_ARG(name), SPAN_ARG(domain));
	}
}

static int seal_checked(struct sign_run *run, struct session *session,
			const struct envelope *envelope, struct failure *reterr)
{
	const struct message_check *check;
	bool is_sealed = false;
	struct message_check_options options = {
		.now = session->now,
		.receiver = run->signing.id,
		.suffixes = session->suffixes,
	};
	int r = verification_run(run->verification, envelope, &options, session->facts,
				 session->source, &check, reterr);
	session_end_progress(session);
	if (r == 0) {
		r = signing_seal(run->arena, check, &run->signing, &run->fields, &is_sealed,
				 reterr);
	}
	run->is_left_alone = r == 0 && !is_sealed;
	if (r == 0 && run->options->facts.save_path != NULL) {
		struct facts_header header = {session->now, NULL, 0};
		r = facts_save(session->facts, &header, run->options->facts.save_path, reterr);
	}
	return r;
}

static int seal(struct sign_run *run, struct failure *reterr)
{
	const struct sign_command_options *o = run->options;
	struct envelope given;
	struct session *session;
	run->signing.id = span_of_string(o->envelope.receiver);
	if (run->signing.id.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, "--receiver",
				   "is needed to seal: who checked the message");
	}
	if (!envelope_read(&o->envelope, &given)) {
		return failure_set(reterr, FAILURE_INPUT, "sign", "nothing is sealed");
	}
	int r = session_open(&o->dns, &o->facts, &session, reterr);
	if (r < 0) {
		return r;
	}
	struct envelope envelope =
		envelope_of_message(&o->envelope, &given, run->message, SPAN("the message"));
	r = seal_checked(run, session, &envelope, reterr);
	session_close(session);
	return r;
}

static int sign(struct sign_run *run, struct failure *reterr)
{
	if (run->options->is_seal) {
		return seal(run, reterr);
	}
	note_alignment(run);
	return signing_sign(run->arena, verification_mail(run->verification), &run->signing,
			    &run->fields, reterr);
}

static int print(const struct sign_run *run, struct failure *reterr)
{
	struct span parts[] = {buffer_span(&run->fields), buffer_span(&run->text)};
	for (size_t i = 0; i < 2; i++) {
		if (parts[i].len > 0 &&
		    fwrite(parts[i].ptr, 1, parts[i].len, stdout) != parts[i].len) {
			return failure_set(reterr, FAILURE_IO, "sign", "cannot be written");
		}
	}
	return 0;
}

static int run_all(struct sign_run *run, const char *path, struct failure *reterr)
{
	if (run->arena == NULL || run->verification == NULL) {
		return failure_set_memory(reterr, "sign");
	}
	int r = read_options(run, reterr);
	if (r == 0) {
		r = read_message(run, path, reterr);
	}
	if (r == 0) {
		r = sign(run, reterr);
	}
	return r == 0 ? print(run, reterr) : r;
}

static enum exit_code run(const struct invocation *invocation)
{
	struct failure failure;
	struct sign_run run = {
		.options = invocation->options,
		.arena = arena_new(SIGN_ARENA_BYTES),
		.verification = verification_new_for_signing(),
		.text = buffer_new(SIGN_MAX_BYTES),
		.fields = buffer_new((size_t)1 << 20),
	};
	int r = run_all(&run, invocation->operands.items[0], &failure);
	if (run.is_left_alone) {
		complain("sign", "not sealed: the message's ARC chain is broken or full");
	}
	buffer_free(&run.text);
	buffer_free(&run.fields);
	verification_free(run.verification);
	private_key_free(run.key);
	arena_free(run.arena);
	if (r < 0) {
		return complain_failure(&failure);
	}
	return run.is_left_alone ? EXIT_FINDINGS : EXIT_CLEAN;
}

const struct command cmd_sign = {
	.name = "sign",
	.operands = "MESSAGE",
	.summary = "sign a message with DKIM, or seal it with ARC",
	.example = "mailseal sign message.eml --key s1.pem --domain example.org --selector s1",
	.groups = groups,
	.options_size = sizeof(struct sign_command_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
