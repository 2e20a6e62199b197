/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal sign: a message with a DKIM signature, or an ARC seal, on top. */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/session.h"
#include "cli/sign_options.h"
#include "service/mail_source.h"
#include "service/verify.h"

/* A message is held in memory, since its signature comes first. */
#define SIGN_MAX_BYTES ((size_t)128 << 20)
#define SIGN_ARENA_BYTES ((size_t)16 << 20)

#define FIELD(name) offsetof(struct sign_options, name)

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
	ENVELOPE_OPTIONS(struct sign_options, envelope),
};
static const struct option facts_options[] = {EVIDENCE_OPTIONS(struct sign_options, facts)};
static const struct option dns_options[] = {DNS_OPTIONS(struct sign_options, dns)};

static const struct option_group signature_group = OPTION_GROUP("the signature", signature_options);
static const struct option_group seal_group = OPTION_GROUP("ARC", seal_options);
static const struct option_group facts_group = OPTION_GROUP("facts, and the time", facts_options);
static const struct option_group dns_group = OPTION_GROUP("DNS, for ARC", dns_options);
static const struct option_group *const groups[] = {&signature_group, &seal_group, &facts_group,
						    &dns_group, NULL};

/* One message on its way. */
struct sign_run {
	const struct sign_options *options;
	struct arena *arena;
	struct private_key *key;
	struct signing signing;
	struct verification *verification;
	const struct message *message;
	struct buffer text;   /* the message as it came */
	struct buffer fields; /* what goes on top */
	bool is_left_alone;   /* nothing could be sealed */
};

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
	const struct sign_options *o = run->options;
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
	int r = sign_options_read(run->options, run->arena, &run->signing, &run->key, reterr);
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
	.options_size = sizeof(struct sign_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
