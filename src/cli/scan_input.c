/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Opens files and fetches zones. */
#include "cli/scan_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/interrupt.h"
#include "records/name_input.h"
#include "service/scan_zone.h"

/* A list full of mistakes is not repeated on the terminal. */
#define MAX_COMPLAINTS 20
#define SHOWN_MAX 80

struct scan_source {
	FILE *file;
	struct scan_list *list; /* of a file, or */
	struct scan_zone *zone; /* of a transfer */
	struct session *session;
	uint64_t complaints;
};

static void complain_line(void *context, uint64_t line, struct span what, const char *why)
{
	struct scan_source *source = context;
	if (source->complaints++ >= MAX_COMPLAINTS) {
		return;
	}
	session_end_progress(source->session);
	struct span shown = span_slice(what, 0, SHOWN_MAX);
	complain("scan", "line %llu: \"%.*s%s\" %s", (unsigned long long)line, SPAN_ARG(shown),
		 what.len > SHOWN_MAX ? "..." : "", why);
}

static int read_form(const char *text, enum scan_list_form *ret_form, struct failure *reterr)
{
	static const char *const words[] = {
		[SCAN_LIST_LINES] = "list",
		[SCAN_LIST_CSV] = "csv",
		[SCAN_LIST_ZONE] = "zone",
	};
	*ret_form = SCAN_LIST_AUTO;
	for (size_t i = SCAN_LIST_LINES; text != NULL && i <= SCAN_LIST_ZONE; i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret_form = (enum scan_list_form)i;
		}
	}
	if (text != NULL && *ret_form == SCAN_LIST_AUTO) {
		return failure_set(reterr, FAILURE_INPUT, "--format",
				   "\"%s\" is not a form: list, csv, zone", text);
	}
	return 0;
}

static int read_name(struct session *session, const char *option, struct span text,
		     struct span *ret_name, struct failure *reterr)
{
	if (!name_canonical(session->arena, text, ret_name)) {
		return failure_set(reterr, FAILURE_INPUT, option, "\"%.*s\" is not a name",
				   SPAN_ARG(span_slice(text, 0, SHOWN_MAX)));
	}
	return 0;
}

static int open_list(struct scan_source *source, const struct scan_input_options *options,
		     const char *path, struct seen *skip, struct failure *reterr)
{
	struct scan_list_options list = {
		.skip = skip, .context = source, .complain = complain_line};
	int r = read_form(options->form, &list.form, reterr);
	if (r == 0 && options->origin != NULL) {
		r = read_name(source->session, "--origin", span_of_string(options->origin),
			      &list.origin, reterr);
	}
	if (r < 0) {
		return r;
	}
	source->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (source->file == NULL) {
		return failure_set(reterr, FAILURE_INPUT, path, "%s", strerror(errno));
	}
	struct stat status;
	if (fstat(fileno(source->file), &status) == 0 && S_ISDIR(status.st_mode)) {
		return failure_set(reterr, FAILURE_INPUT, path, "%s", strerror(EISDIR));
	}
	source->list = scan_list_new(source->file, &list);
	return source->list != NULL ? 0 : failure_set_memory(reterr, "scan");
}

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

static int open_zone(struct scan_source *source, const char *text, struct seen *skip,
		     struct failure *reterr)
{
	struct span operand = span_of_string(text);
	size_t at = span_find(operand, '@', 0);
	struct dns_server server;
	struct span zone;
	if (at == operand.len || !dns_server_parse(span_from(operand, at + 1), &server)) {
		return failure_set(reterr, FAILURE_INPUT, "--axfr",
				   "\"%s\" is not ZONE@SERVER with an address such as "
				   "example.org@192.0.2.53",
				   text);
	}
	int r = read_name(source->session, "--axfr", span_slice(operand, 0, at), &zone, reterr);
	if (r < 0) {
		return r;
	}
	const struct scan_zone_options options = {
		.zone = zone,
		.server = &server,
		.skip = skip,
		.seed = session_seed(),
		.is_stopped = is_stopped,
	};
	return scan_zone_fetch(&options, &source->zone, reterr);
}

static int open_source(struct scan_source *source, const struct scan_input_options *options,
		       const struct string_list *operands, struct seen *skip,
		       struct failure *reterr)
{
	if (options->axfr != NULL && operands->count > 0) {
		return failure_set(reterr, FAILURE_INPUT, "--axfr", "not together with a file");
	}
	if (options->axfr != NULL) {
		return open_zone(source, options->axfr, skip, reterr);
	}
	if (operands->count == 0) {
		return failure_set(reterr, FAILURE_INPUT, "scan",
				   "needs a file, or - for standard input; try: mailseal scan "
				   "domains.txt");
	}
	return open_list(source, options, operands->items[0], skip, reterr);
}

int scan_source_open(const struct scan_input_options *options, const struct string_list *operands,
		     struct seen *skip, struct session *session, struct scan_source **ret_source,
		     struct failure *reterr)
{
	struct scan_source *source = calloc(1, sizeof(*source));
	if (source == NULL) {
		return failure_set_memory(reterr, "scan");
	}
	source->session = session;
	int r = open_source(source, options, operands, skip, reterr);
	if (r < 0) {
		scan_source_close(source);
		return r;
	}
	*ret_source = source;
	return 0;
}

struct scan_input *scan_source_input(struct scan_source *source)
{
	return source->list != NULL ? scan_list_input(source->list) : scan_zone_input(source->zone);
}

void scan_source_tell(const struct scan_source *source)
{
	if (source->list == NULL) {
		return;
	}
	struct scan_list_counts counts = scan_list_count(source->list);
	if (source->complaints > MAX_COMPLAINTS) {
		complain("scan", "%llu lines could not be used; the first %d were shown",
			 (unsigned long long)counts.bad, MAX_COMPLAINTS);
	}
	if (counts.skipped > 0) {
		complain("note", "%llu domains were left out: they come twice, or have a result",
			 (unsigned long long)counts.skipped);
	}
	if (counts.items + counts.skipped + counts.bad == 0) {
		complain("note", "there was no domain in the list");
	}
}

bool scan_source_was_empty(const struct scan_source *source)
{
	struct scan_list_counts counts = {0};
	if (source->list != NULL) {
		counts = scan_list_count(source->list);
	}
	return source->list != NULL && counts.items + counts.skipped == 0;
}

void scan_source_close(struct scan_source *source)
{
	if (source == NULL) {
		return;
	}
	scan_list_free(source->list);
	scan_zone_free(source->zone);
	if (source->file != NULL && source->file != stdin) {
		fclose(source->file);
	}
	free(source);
}
