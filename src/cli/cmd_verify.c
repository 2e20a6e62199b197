/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal verify: is a message what it says? */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/envelope.h"
#include "cli/interrupt.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "present/present.h"
#include "service/mail_source.h"
#include "service/verify.h"

#define OUTPUT_MAX_BYTES ((size_t)64 << 20)
#define ROWS_MAX_BYTES ((size_t)16 << 20)
#define VERIFY_MAX_OPERANDS 200

struct verify_command_options {
	struct dns_options dns;
	struct facts_options facts;
	struct output_options output;
	struct envelope_options envelope;
	bool allows_partial_body;
};

#define FIELD(name) offsetof(struct verify_command_options, name)

static const struct option envelope_options[] = {
	ENVELOPE_OPTIONS(struct verify_command_options, envelope),
	{"allow-partial-body", 0, OPTION_FLAG, NULL,
	 "let a DKIM signature pass that leaves octets of the body unsigned (l=)",
	 FIELD(allows_partial_body)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object on standard output", FIELD(output.is_json)},
	{"html", 0, OPTION_STRING, "FILE", "also write a page that stands alone; for one message",
	 FIELD(output.html_path)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(output.color)},
	{"quiet", 'q', OPTION_FLAG, NULL, "only the verdict", FIELD(output.is_quiet)},
	{"verbose", 'v', OPTION_FLAG, NULL, "every step, with the octets and rules it rests on",
	 FIELD(output.is_verbose)},
};
static const struct option facts_options[] = {
	EVIDENCE_OPTIONS(struct verify_command_options, facts)};
static const struct option dns_options[] = {DNS_OPTIONS(struct verify_command_options, dns)};

static const struct option_group envelope_group =
	OPTION_GROUP("how the message came", envelope_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group facts_group = OPTION_GROUP("facts", facts_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group *const groups[] = {&envelope_group, &output_group, &facts_group,
						    &dns_group, NULL};

/* One run of the command over all its messages. */
struct verifying {
	const struct verify_command_options *options;
	struct session *session;
	struct key_cache *keys;	  /* of all messages; NULL when memory is out */
	struct envelope envelope; /* from the options */
	struct buffer text;
	struct json_writer json;
	struct span *authors; /* for the header of saved facts */
	size_t author_count;
	size_t message_count;
	bool is_single;
	enum exit_code code;
};

/* The worse of two: undetermined does not hide a failure. */
static enum exit_code worse(enum exit_code a, enum exit_code b)
{
	static const int ranks[] = {
		[EXIT_CLEAN] = 0,	 [EXIT_FINDINGS] = 2, [EXIT_USAGE] = 3,
		[EXIT_UNDETERMINED] = 1, [EXIT_INTERNAL] = 4,
	};
	return ranks[a] >= ranks[b] ? a : b;
}

static enum exit_code code_of(const struct message_check *check)
{
	if (check->result == DMARC_RESULT_TEMPERROR) {
		return EXIT_UNDETERMINED;
	}
	return check->result == DMARC_RESULT_PASS && !check->is_blurred ? EXIT_CLEAN
									: EXIT_FINDINGS;
}

/* --- output --- */

static int flush_text(struct verifying *v, struct failure *reterr)
{
	if (v->text.is_failed) {
		return failure_set_memory(reterr, "print the result");
	}
	if (v->text.len > 0) {
		fwrite(v->text.data, 1, v->text.len, stdout);
	}
	buffer_clear(&v->text);
	return 0;
}

static int write_page(struct verifying *v, const struct message_result *result,
		      struct failure *reterr)
{
	const char *path = v->options->output.html_path;
	struct buffer page = buffer_new(OUTPUT_MAX_BYTES);
	present_html_message(result, &page);
	FILE *file = fopen(path, "we");
	bool is_ok =
		!page.is_failed && file != NULL && fwrite(page.data, 1, page.len, file) == page.len;
	is_ok = (file == NULL || fclose(file) == 0) && is_ok;
	buffer_free(&page);
	return is_ok ? 0 : failure_set(reterr, FAILURE_IO, path, "cannot be written");
}

static int print_result(struct verifying *v, const struct message_result *result,
			struct failure *reterr)
{
	const struct output_options *output = &v->options->output;
	struct terminal_style style = screen_style(output);
	if (output->is_json) {
		present_json_message(result, &v->json);
	} else if (v->is_single) {
		present_terminal_message(result, &style, &v->text);
	} else {
		present_line_message(result, &style, &v->text);
	}
	int r = arena_has_failed(result->arena) ? failure_set_memory(reterr, "print the result")
						: flush_text(v, reterr);
	return r == 0 && output->html_path != NULL ? write_page(v, result, reterr) : r;
}

/* The authors name the saved facts. */
static void keep_authors(struct verifying *v, const struct message_check *check)
{
	for (size_t i = 0; i < check->author_count && v->author_count < STRING_LIST_MAX; i++) {
		struct span domain = arena_copy(v->session->arena, check->authors[i].domain);
		bool is_known = domain.len == 0;
		for (size_t k = 0; k < v->author_count; k++) {
			is_known = is_known || span_equal(v->authors[k], domain);
		}
		if (!is_known) {
			v->authors[v->author_count++] = domain;
		}
	}
}

/* --- one message --- */

static int judge_and_print(struct verifying *v, struct verification *verification, struct span name,
			   struct failure *reterr)
{
	const struct message *message;
	const struct message_check *check;
	int r = verification_end(verification, &message, reterr);
	if (r < 0) {
		return r;
	}
	struct envelope envelope =
		envelope_of_message(&v->options->envelope, &v->envelope, message, name);
	struct message_check_options options = {
		.now = v->session->now,
		.receiver = span_of_string(v->options->envelope.receiver),
		.suffixes = v->session->suffixes,
		.allows_partial_body = v->options->allows_partial_body,
		.selects_bimi = true,
		.keys = v->keys,
	};
	r = verification_run(verification, &envelope, &options, v->session->facts,
			     v->session->source, &check, reterr);
	session_end_progress(v->session);
	if (r < 0) {
		return r;
	}
	keep_authors(v, check);
	v->code = worse(v->code, code_of(check));
	v->message_count++;
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(ROWS_MAX_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "print the result");
	}
	struct span receiver = options.receiver.len > 0 ? options.receiver : SPAN("unknown");
	struct message_result result = {name, check, arena, v->session->now, receiver};
	return print_result(v, &result, reterr);
}

static int verify_one(struct verifying *v, struct mail_source *source, struct span name,
		      struct failure *reterr)
{
	struct verification *verification = verification_new(LINE_ENDS_DETECT);
	struct span chunk = {NULL, 1};
	if (verification == NULL) {
		return failure_set_memory(reterr, "read the message");
	}
	int r = 0;
	while (r == 0 && chunk.len > 0) {
		r = mail_source_read(source, &chunk, reterr);
		if (r == 0) {
			verification_feed(verification, chunk);
		}
	}
	if (r == 0) {
		r = judge_and_print(v, verification, name, reterr);
	}
	verification_free(verification);
	return r;
}

static int verify_source(struct verifying *v, const char *path, struct failure *reterr)
{
	struct mail_source *source;
	struct span name;
	int r = mail_source_open(path, &source, reterr);
	if (r < 0) {
		return r;
	}
	v->is_single = v->is_single && mail_source_is_single(source);
	if (!v->is_single && v->options->output.html_path != NULL) {
		r = failure_set(reterr, FAILURE_INPUT, "--html", "is for one message");
	}
	while (r == 0 && !interrupt_was_asked()) {
		r = mail_source_next(source, &name, reterr);
		if (r <= 0) {
			break;
		}
		r = verify_one(v, source, name, reterr);
	}
	mail_source_close(source);
	return r;
}

static int verify_all(struct verifying *v, const struct string_list *operands,
		      struct failure *reterr)
{
	int r = 0;
	v->is_single = operands->count == 1;
	if (v->options->output.is_json) {
		v->json = json_writer_new(&v->text, 2);
		json_object_begin(&v->json);
		json_key_string(&v->json, "schema", SPAN("mailseal-verify-1"));
		json_key_string(&v->json, "version", SPAN(MAILSEAL_VERSION));
		json_key(&v->json, "results");
		json_array_begin(&v->json);
	}
	for (size_t i = 0; i < operands->count && r == 0; i++) {
		r = verify_source(v, operands->items[i], reterr);
	}
	if (r == 0 && v->options->output.is_json) {
		json_array_end(&v->json);
		json_object_end(&v->json);
		buffer_putc(&v->text, '\n');
		r = flush_text(v, reterr);
	}
	if (r == 0 && v->options->facts.save_path != NULL) {
		struct facts_header header = {v->session->now, v->authors, v->author_count};
		r = facts_save(v->session->facts, &header, v->options->facts.save_path, reterr);
	}
	return r;
}

static enum exit_code run_verify(const struct invocation *invocation)
{
	const struct verify_command_options *options = invocation->options;
	struct span authors[STRING_LIST_MAX];
	struct verifying v = {.options = options, .authors = authors, .code = EXIT_CLEAN};
	struct failure failure;
	if (!envelope_read(&options->envelope, &v.envelope)) {
		return EXIT_USAGE;
	}
	if (session_open(&options->dns, &options->facts, &v.session, &failure) < 0) {
		return complain_failure(&failure);
	}
	v.text = buffer_new(OUTPUT_MAX_BYTES);
	/* whoever knows where a key goes can push another out, and nothing more */
	v.keys = key_cache_new((uint64_t)v.session->now);
	int r = verify_all(&v, &invocation->operands, &failure);
	buffer_free(&v.text);
	key_cache_free(v.keys);
	session_close(v.session);
	if (r < 0) {
		return complain_failure(&failure);
	}
	if (v.message_count == 0) {
		complain("verify", "there is no message in it");
		return EXIT_UNDETERMINED;
	}
	return v.code;
}

const struct command cmd_verify = {
	.name = "verify",
	.operands = "MESSAGE...",
	.summary = "authenticate messages: SPF, DKIM and DMARC, step by step",
	.example = "mailseal verify message.eml --ip 192.0.2.1 --helo mail.example.org "
		   "--mail-from jo@example.org",
	.groups = groups,
	.options_size = sizeof(struct verify_command_options),
	.min_operands = 1,
	.max_operands = VERIFY_MAX_OPERANDS,
	.run = run_verify,
};
