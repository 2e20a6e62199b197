/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal ingest: reads reports into the store and says what became of each. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/interrupt.h"
#include "cli/mailbox_options.h"
#include "cli/moment.h"
#include "cli/report_trust.h"
#include "cli/store_options.h"
#include "service/ingest.h"

#define INGEST_SCHEMA "mailseal-ingest-1"
#define OUTPUT_MAX_BYTES ((size_t)1 << 20)
#define WATCH_PAUSE_S 2
/* A file that is still being written changes more often than this. */
#define WATCH_SETTLE_S 2
#define SHOWN_REFUSALS 20

struct ingest_command_options {
	const char *database;
	const char *move_to;
	const char *watch;
	struct mailbox_options mailbox;
	struct trust_options trust;
	bool is_json;
	bool is_quiet;
	bool is_verbose;
};

#define FIELD(name) offsetof(struct ingest_command_options, name)

static const struct option options[] = {
	STORE_OPTION(struct ingest_command_options, database),
	{"move-to", 0, OPTION_STRING, "FOLDER",
	 "move files or messages there when their rows are safe; refused ones below it",
	 FIELD(move_to)},
	{"watch", 0, OPTION_STRING, "FOLDER", "go on reading what arrives in this folder",
	 FIELD(watch)},
	{"json", 0, OPTION_FLAG, NULL, "the summary as JSON", FIELD(is_json)},
	{"quiet", 'q', OPTION_FLAG, NULL, "no summary when all went well", FIELD(is_quiet)},
	{"verbose", 'v', OPTION_FLAG, NULL, "name everything that was refused or read in part",
	 FIELD(is_verbose)},
};
static const struct option mailbox_options[] = {
	MAILBOX_OPTIONS(struct ingest_command_options, mailbox)};
static const struct option trust_options[] = {TRUST_OPTIONS(struct ingest_command_options, trust)};
static const struct option dns_options[] = {DNS_OPTIONS(struct ingest_command_options, trust.dns)};
static const struct option_group group = OPTION_GROUP("reading", options);
static const struct option_group mailbox_group = OPTION_GROUP("IMAP mailboxes", mailbox_options);
static const struct option_group trust_group = OPTION_GROUP("forged reports", trust_options);
static const struct option_group dns_group = OPTION_GROUP("DNS, with --verify", dns_options);
static const struct option_group *const groups[] = {&group, &mailbox_group, &trust_group,
						    &dns_group, NULL};

struct ingest_run {
	const struct ingest_command_options *options;
	struct report_trust *trust;
	bool has_progress;
	uint64_t shown_refusals;
};

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

static void end_progress(const struct ingest_run *run)
{
	if (run->has_progress) {
		fputs("\r\033[K", stderr);
	}
}

static void show_progress(void *context, const struct ingest_counts *counts)
{
	const struct ingest_run *run = context;
	if (run->has_progress) {
		fprintf(stderr, "\r\033[K  %llu files, %llu rows ...",
			(unsigned long long)counts->files, (unsigned long long)counts->rows);
		fflush(stderr);
	}
}

/* File names and members are untrusted: only plain characters reach the terminal. */
static void print_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = span_octet(text, i);
		fputc(c >= ' ' && c < 0x7f ? c : '?', stderr);
	}
}

static bool may_show(struct ingest_run *run)
{
	run->shown_refusals++;
	if (run->shown_refusals == SHOWN_REFUSALS + 1 && !run->options->is_verbose) {
		complain("ingest", "further troubles are only counted; -v names them");
	}
	return run->options->is_verbose || run->shown_refusals <= SHOWN_REFUSALS;
}

static void print_origin(const struct report_origin *origin)
{
	fputs("mailseal: ", stderr);
	print_plain(origin->path);
	if (origin->member.len > 0) {
		fputs(": ", stderr);
		print_plain(origin->member);
	}
}

static void show_partial(void *context, const struct report_origin *origin,
			 enum report_warning_code loss)
{
	struct ingest_run *run = context;
	end_progress(run);
	if (may_show(run)) {
		print_origin(origin);
		fprintf(stderr, ": read in part: %s\n",
			loss < REPORT_WARNING_COUNT ? report_warning_text(loss)
						    : "Something was lost.");
	}
}

static void show_refused(void *context, const struct report_origin *origin,
			 const struct report_ending *ending)
{
	struct ingest_run *run = context;
	end_progress(run);
	if (!may_show(run)) {
		return;
	}
	print_origin(origin);
	fprintf(stderr, ": refused: %s", report_refusal_text(ending->refusal));
	if (ending->detail.len > 0) {
		fputs(": ", stderr);
		print_plain(ending->detail);
	}
	fputc('\n', stderr);
}

static const char *left_out_text(enum store_authenticity authenticity)
{
	return authenticity == STORE_AUTHENTICITY_IMPOSTOR
		       ? "proved to be sent by somebody else than the reporter it names"
		       : "nothing proves who sent its mail, so it may be forged or genuine";
}

static void show_left_out(void *context, struct span origin, const struct store_report *report)
{
	struct ingest_run *run = context;
	end_progress(run);
	if (!may_show(run)) {
		return;
	}
	fputs("mailseal: ", stderr);
	print_plain(origin);
	fputs(": left out: a report of ", stderr);
	print_plain(report->reporter);
	fputs(", in a mail from ", stderr);
	print_plain(report->mail_from);
	fprintf(stderr, ": %s\n", left_out_text(report->authenticity));
}

static void show_unreadable(void *context, struct span path, const struct failure *failure)
{
	struct ingest_run *run = context;
	end_progress(run);
	if (may_show(run)) {
		fputs("mailseal: ", stderr);
		print_plain(path);
		fprintf(stderr, ": %s\n", failure->detail);
	}
}

static void put(struct json_writer *json, const char *key, uint64_t number)
{
	json_key_number(json, key, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

static void write_outcomes(const struct ingest_counts *counts, struct json_writer *json)
{
	json_key(json, "documents");
	json_object_begin(json);
	for (int i = 0; i <= REPORT_IGNORED; i++) {
		put(json, report_outcome_name((enum report_outcome)i), counts->documents[i]);
	}
	json_object_end(json);
	json_key(json, "new_reports");
	json_object_begin(json);
	for (int i = REPORT_KIND_AGGREGATE; i <= REPORT_KIND_FAILURE; i++) {
		put(json, report_kind_name((enum report_kind)i), counts->reports[i]);
	}
	json_object_end(json);
}

static void write_authenticities(const struct ingest_counts *counts, struct json_writer *json)
{
	json_key(json, "authenticity");
	json_object_begin(json);
	for (int i = 0; i <= STORE_AUTHENTICITY_LAST; i++) {
		if (counts->authenticities[i] > 0) {
			put(json, authenticity_name((enum store_authenticity)i),
			    counts->authenticities[i]);
		}
	}
	json_object_end(json);
}

static void write_problems(const struct ingest_counts *counts, struct json_writer *json)
{
	json_key(json, "refusals");
	json_object_begin(json);
	for (int i = REPORT_NOT_REFUSED + 1; i < REPORT_REFUSAL_COUNT; i++) {
		if (counts->refusals[i] > 0) {
			put(json, report_refusal_name((enum report_refusal)i), counts->refusals[i]);
		}
	}
	json_object_end(json);
	json_key(json, "warnings");
	json_object_begin(json);
	for (int i = 0; i < REPORT_WARNING_COUNT; i++) {
		if (counts->warnings[i] > 0) {
			put(json, report_warning_name((enum report_warning_code)i),
			    counts->warnings[i]);
		}
	}
	json_object_end(json);
}

static void write_json(const struct ingest_counts *counts, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN(INGEST_SCHEMA));
	json_key_string(&json, "version", SPAN(MAILSEAL_VERSION));
	put(&json, "files", counts->files);
	put(&json, "unreadable_files", counts->unreadable_files);
	write_outcomes(counts, &json);
	put(&json, "same_reports", counts->same_reports);
	put(&json, "merged_reports", counts->merged_reports);
	put(&json, "left_out", counts->left_out);
	write_authenticities(counts, &json);
	put(&json, "rows", counts->rows);
	put(&json, "messages", counts->messages);
	write_problems(counts, &json);
	json_object_end(&json);
	buffer_putc(text, '\n');
}

static void write_line(struct buffer *text, uint64_t count, const char *what)
{
	if (count > 0) {
		buffer_printf(text, "%10llu  %s\n", (unsigned long long)count, what);
	}
}

static void write_text(const struct ingest_counts *counts, struct buffer *text)
{
	write_line(text, counts->files, "files read");
	write_line(text, counts->unreadable_files, "files that could not be read");
	write_line(text, counts->reports[REPORT_KIND_AGGREGATE], "new aggregate reports");
	write_line(text, counts->rows, "rows in them");
	write_line(text, counts->messages, "messages in them");
	write_line(text, counts->reports[REPORT_KIND_TLS], "new TLS reports");
	write_line(text, counts->reports[REPORT_KIND_FAILURE], "new failure reports");
	write_line(text, counts->same_reports, "reports that were held already");
	write_line(text, counts->merged_reports, "reports with more rows for one held already");
	write_line(text, counts->authenticities[STORE_AUTHENTICITY_PROVED],
		   "reports proved to come from their reporters");
	write_line(text, counts->authenticities[STORE_AUTHENTICITY_ACCEPTED],
		   "reports accepted as --accept-reporter says");
	write_line(text, counts->authenticities[STORE_AUTHENTICITY_IMPOSTOR],
		   "reports proved NOT to come from whom they name: left out of all counts");
	write_line(text, counts->authenticities[STORE_AUTHENTICITY_UNALIGNED],
		   "reports of which nothing proves who sent them: left out of all counts");
	write_line(text, counts->documents[REPORT_REPAIRED], "documents repaired, nothing lost");
	write_line(text, counts->documents[REPORT_PARTIAL],
		   "documents of which something was lost");
	write_line(text, counts->documents[REPORT_REFUSED], "documents refused:");
	for (int i = REPORT_NOT_REFUSED + 1; i < REPORT_REFUSAL_COUNT; i++) {
		write_line(text, counts->refusals[i], report_refusal_text((enum report_refusal)i));
	}
	for (int i = 0; i < REPORT_WARNING_COUNT; i++) {
		write_line(text, counts->warnings[i],
			   report_warning_text((enum report_warning_code)i));
	}
}

static bool has_trouble(const struct ingest_counts *counts)
{
	return counts->unreadable_files + counts->documents[REPORT_REFUSED] +
		       counts->documents[REPORT_PARTIAL] + counts->left_out >
	       0;
}

static void print_summary(const struct ingest_run *run, const struct ingest_counts *counts)
{
	struct buffer text = buffer_new(OUTPUT_MAX_BYTES);
	end_progress(run);
	if (run->options->is_json) {
		write_json(counts, &text);
	} else if (!run->options->is_quiet || has_trouble(counts)) {
		write_text(counts, &text);
	}
	fwrite(text.data != NULL ? text.data : "", 1, text.len, stdout);
	buffer_free(&text);
}

/* Looks again and again. What lies there is read once: after that only what is newer. */
static int watch(struct ingest *ingest, const char *folder, struct failure *reterr)
{
	int64_t since = 0;
	int r = 0;
	while (r == 0 && !interrupt_was_asked()) {
		int64_t settled = wall_clock(/* context: */ NULL) - WATCH_SETTLE_S;
		r = ingest_path(ingest, folder, since, settled, reterr);
		if (r == 0) {
			r = ingest_finish(ingest, reterr);
		}
		since = settled;
		sleep(WATCH_PAUSE_S);
	}
	return r;
}

static int read_one(struct ingest *ingest, struct store *store,
		    const struct ingest_command_options *o, const char *path,
		    struct failure *reterr)
{
	if (strcmp(path, "-") == 0) {
		return ingest_fd(ingest, STDIN_FILENO, SPAN("standard input"), reterr);
	}
	if (!imap_address_is_one(path)) {
		return ingest_path(ingest, path, 0, 0, reterr);
	}
	const struct mailbox_reading reading = {ingest, store, o->move_to};
	return mailbox_read(&reading, &o->mailbox, path, reterr);
}

static int read_all(struct ingest *ingest, struct store *store,
		    const struct ingest_command_options *o, const struct string_list *paths,
		    struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < paths->count && !interrupt_was_asked(); i++) {
		r = read_one(ingest, store, o, paths->items[i], reterr);
	}
	if (r == 0) {
		r = ingest_finish(ingest, reterr);
	}
	return r == 0 && o->watch != NULL ? watch(ingest, o->watch, reterr) : r;
}

static int run_with(struct ingest_run *run, struct store *store, const struct string_list *paths,
		    enum exit_code *ret_code, struct failure *reterr)
{
	struct ingest_options ingesting = {
		.store = store,
		.now = wall_clock(/* context: */ NULL),
		.move_to = run->options->move_to,
		.context = run,
		.progress = show_progress,
		.authenticity = report_trust_options(run->trust),
		.refused = show_refused,
		.partial = show_partial,
		.left_out = show_left_out,
		.unreadable = show_unreadable,
		.is_stopped = is_stopped,
	};
	struct ingest *ingest;
	int r = ingest_new(&ingesting, &ingest, reterr);
	if (r < 0) {
		return r;
	}
	r = read_all(ingest, store, run->options, paths, reterr);
	if (r == 0) {
		print_summary(run, ingest_counts(ingest));
		*ret_code = has_trouble(ingest_counts(ingest)) ? EXIT_FINDINGS : EXIT_CLEAN;
	}
	end_progress(run);
	ingest_free(ingest);
	return r;
}

static bool has_mixed_targets(const struct ingest_run *run, const struct string_list *paths)
{
	size_t mailboxes = 0;
	for (size_t i = 0; i < paths->count; i++) {
		mailboxes += imap_address_is_one(paths->items[i]) ? 1 : 0;
	}
	bool has_files = mailboxes < paths->count || run->options->watch != NULL;
	return run->options->move_to != NULL && mailboxes > 0 && has_files;
}

static enum exit_code run(const struct invocation *invocation)
{
	struct ingest_run run = {.options = invocation->options,
				 .has_progress = isatty(STDERR_FILENO) != 0};
	if (invocation->operands.count == 0 && run.options->watch == NULL) {
		complain("ingest", "needs a file or folder; try: mailseal ingest reports/");
		return EXIT_USAGE;
	}
	if (has_mixed_targets(&run, &invocation->operands)) {
		complain("--move-to", "is a folder for files and a mailbox for messages: read them "
				      "in two runs");
		return EXIT_USAGE;
	}
	struct store *store;
	struct failure failure;
	enum exit_code code = EXIT_INTERNAL;
	interrupt_catch();
	int r = report_trust_open(&run.options->trust, &run.trust, &failure);
	if (r < 0) {
		return complain_failure(&failure);
	}
	r = store_open_option(run.options->database, STORE_MAY_BE_NEW, &store, &failure);
	if (r == 0) {
		r = run_with(&run, store, &invocation->operands, &code, &failure);
		store_close(store);
	}
	report_trust_close(run.trust);
	return r < 0 ? complain_failure(&failure) : code;
}

const struct command cmd_ingest = {
	.name = "ingest",
	.operands = "PATH|imaps://USER@HOST/MAILBOX...",
	.summary = "read DMARC and TLS reports from files, folders, mailboxes or standard input",
	.example = "mailseal ingest reports/ --db reports.db",
	.groups = groups,
	.options_size = sizeof(struct ingest_command_options),
	.max_operands = STRING_LIST_MAX,
	.run = run,
};
