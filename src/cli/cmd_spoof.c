/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal spoof: can a stranger send as a domain? */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/interrupt.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "present/present.h"
#include "service/spoof.h"

#define OUTPUT_MAX_BYTES ((size_t)64 << 20)
#define TEXT_MAX_BYTES ((size_t)64 << 20)
#define SPOOF_MAX_DOMAINS 200

struct spoof_command_options {
	struct dns_options dns;
	struct facts_options facts;
	struct output_options output;
	struct string_list selectors;
	const char *witness_path;
	bool is_explained;
};

#define FIELD(name) offsetof(struct spoof_command_options, name)

static const struct option trying_options[] = {
	{"explain", 0, OPTION_FLAG, NULL,
	 "show the attempt that came closest, and step by step how it was judged",
	 FIELD(is_explained)},
	{"witness", 0, OPTION_STRING, "FILE", "write the message that came furthest to a file",
	 FIELD(witness_path)},
	{"selector", 0, OPTION_LIST, "S", "a DKIM selector that the domain uses", FIELD(selectors)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "one JSON object on standard output", FIELD(output.is_json)},
	{"color", 0, OPTION_STRING, "WHEN", "auto, always or never", FIELD(output.color)},
	{"quiet", 'q', OPTION_FLAG, NULL, "only the answer", FIELD(output.is_quiet)},
	{"verbose", 'v', OPTION_FLAG, NULL, "also the attempts that were not possible",
	 FIELD(output.is_verbose)},
};
static const struct option facts_options[] = {
	EVIDENCE_OPTIONS(struct spoof_command_options, facts)};
static const struct option dns_options[] = {DNS_OPTIONS(struct spoof_command_options, dns)};

static const struct option_group trying_group = OPTION_GROUP("attempts", trying_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group facts_group = OPTION_GROUP("facts", facts_options);
static const struct option_group dns_group = OPTION_GROUP("DNS", dns_options);
static const struct option_group *const groups[] = {&trying_group, &output_group, &facts_group,
						    &dns_group, NULL};

struct spoofing {
	const struct spoof_command_options *options;
	struct session *session;
	struct buffer text;
	struct json_writer json;
	bool has_yes;
	bool has_unknown;
};

static int flush_text(struct spoofing *s, struct failure *reterr)
{
	if (s->text.is_failed) {
		return failure_set_memory(reterr, "print the result");
	}
	if (s->text.len > 0) {
		fwrite(s->text.data, 1, s->text.len, stdout);
	}
	buffer_clear(&s->text);
	return 0;
}

static int print_report(struct spoofing *s, const struct spoof_report *report, bool is_first,
			struct failure *reterr)
{
	struct arena *arena __attribute__((cleanup(arena_free_at))) = arena_new(TEXT_MAX_BYTES);
	if (arena == NULL) {
		return failure_set_memory(reterr, "print the result");
	}
	if (s->options->output.is_json) {
		present_json_spoof(report, arena, &s->json);
	} else {
		struct terminal_style style = screen_style(&s->options->output);
		if (!is_first) {
			buffer_putc(&s->text, '\n');
		}
		present_terminal_spoof(report, &style, s->options->is_explained, arena, &s->text);
	}
	return arena_has_failed(arena) ? failure_set_memory(reterr, "print the result")
				       : flush_text(s, reterr);
}

static int write_witness(const struct spoof_report *report, const char *path,
			 struct failure *reterr)
{
	struct span message = report->findings[report->closest].message;
	FILE *file = fopen(path, "we");
	bool is_ok = file != NULL && fwrite(message.ptr, 1, message.len, file) == message.len;
	is_ok = (file == NULL || fclose(file) == 0) && is_ok;
	return is_ok ? 0 : failure_set(reterr, FAILURE_IO, path, "cannot be written");
}

static int spoof_one(struct spoofing *s, struct span domain, const struct spoof_options *options,
		     bool is_first, struct failure *reterr)
{
	struct spoof *spoof;
	int r = spoof_domain(s->session->facts, domain, options, &spoof, reterr);
	session_end_progress(s->session);
	if (r < 0) {
		return r;
	}
	const struct spoof_report *report = spoof_report(spoof);
	s->has_unknown = s->has_unknown || report->answer == SPOOF_ANSWER_UNKNOWN;
	s->has_yes = s->has_yes || report->answer == SPOOF_ANSWER_YES ||
		     report->answer == SPOOF_ANSWER_PARTLY;
	r = print_report(s, report, is_first, reterr);
	if (r == 0 && s->options->witness_path != NULL) {
		r = write_witness(report, s->options->witness_path, reterr);
	}
	spoof_free(spoof);
	return r;
}

static int spoof_all(struct spoofing *s, const struct span *domains, size_t count,
		     struct failure *reterr)
{
	struct span selectors[STRING_LIST_MAX];
	for (size_t i = 0; i < s->options->selectors.count; i++) {
		selectors[i] = span_of_string(s->options->selectors.items[i]);
	}
	struct spoof_options options = {
		.assess = {.now = s->session->now,
			   .suffixes = s->session->suffixes,
			   .providers = s->session->providers,
			   .selectors = selectors,
			   .selector_count = s->options->selectors.count},
		.source = s->session->source,
	};
	bool is_json = s->options->output.is_json;
	if (is_json) {
		s->json = json_writer_new(&s->text, 2);
		json_object_begin(&s->json);
		json_key_string(&s->json, "schema", SPAN("mailseal-spoof-1"));
		json_key_string(&s->json, "version", SPAN(MAILSEAL_VERSION));
		json_key(&s->json, "results");
		json_array_begin(&s->json);
	}
	int r = 0;
	for (size_t i = 0; i < count && r == 0 && !interrupt_was_asked(); i++) {
		r = spoof_one(s, domains[i], &options, i == 0, reterr);
	}
	if (r == 0 && is_json) {
		json_array_end(&s->json);
		json_object_end(&s->json);
		buffer_putc(&s->text, '\n');
		r = flush_text(s, reterr);
	}
	return r;
}

static int save_facts(struct spoofing *s, struct span *domains, size_t count,
		      struct failure *reterr)
{
	struct facts_header header = {s->session->now, domains, count};
	const char *path = s->options->facts.save_path;
	return path != NULL ? facts_save(s->session->facts, &header, path, reterr) : 0;
}

static enum exit_code run_spoof(const struct invocation *invocation)
{
	struct spoofing s = {.options = invocation->options};
	struct failure failure;
	struct span *domains;
	size_t count;
	if (session_open(&s.options->dns, &s.options->facts, &s.session, &failure) < 0) {
		return complain_failure(&failure);
	}
	if (!session_domains(s.session, invocation, &domains, &count)) {
		session_close(s.session);
		return EXIT_USAGE;
	}
	s.text = buffer_new(OUTPUT_MAX_BYTES);
	int r = spoof_all(&s, domains, count, &failure);
	r = r == 0 ? save_facts(&s, domains, count, &failure) : r;
	buffer_free(&s.text);
	session_close(s.session);
	if (r < 0) {
		return complain_failure(&failure);
	}
	return s.has_yes ? EXIT_FINDINGS : s.has_unknown ? EXIT_UNDETERMINED : EXIT_CLEAN;
}

const struct command cmd_spoof = {
	.name = "spoof",
	.operands = "DOMAIN...",
	.summary = "can a stranger send as this domain? prove it, or say what stops it",
	.example = "mailseal spoof example.org --explain",
	.groups = groups,
	.options_size = sizeof(struct spoof_command_options),
	.min_operands = 0,
	.max_operands = SPOOF_MAX_DOMAINS,
	.run = run_spoof,
};
