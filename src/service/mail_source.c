/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Files, mbox and Maildir as one stream of messages. */
#include "service/mail_source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A line longer than this comes in pieces, of which only the first can be a "From " line. */
#define PIECE_SIZE 65536
#define PATH_SIZE 4096
#define NAMES_MAX_BYTES ((size_t)64 << 20)

struct mail_source {
	char path[PATH_SIZE];
	struct arena *arena;
	struct vector files; /* of struct span; of a folder */
	size_t next_file;
	bool is_folder;
	bool is_mbox;
	FILE *file;
	char piece[PIECE_SIZE + 1];
	struct span pending; /* read and not handed out: the first octets of the file */
	bool is_line_start;
	bool is_after_blank; /* mbox: a "From " line may follow */
	bool is_at_message;  /* mbox: the "From " line of the next message was read */
	size_t message;	     /* mbox: its number from 1 */
	char name[PATH_SIZE + 32];
};

static int refuse(struct failure *reterr, const char *path)
{
	return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
}

static int compare_names(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Adds the files of one folder. A folder that is not there adds none. */
static int list_folder(struct mail_source *source, const char *path, struct failure *reterr)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int r = 0;
	while (folder != NULL && r == 0 && (entry = readdir(folder)) != NULL) {
		struct stat status;
		struct span file = arena_printf(source->arena, "%s/%s", path, entry->d_name);
		if (file.len == 0) {
			r = failure_set_memory(reterr, path);
		} else if (entry->d_name[0] != '.' && stat(file.ptr, &status) == 0 &&
			   S_ISREG(status.st_mode)) {
			struct span *slot = VECTOR_PUSH(&source->files, source->arena, struct span,
							MAIL_SOURCE_MAX_FILES);
			if (slot == NULL) {
				r = failure_set(reterr, FAILURE_INPUT, path, "more than %d files",
						MAIL_SOURCE_MAX_FILES);
			} else {
				*slot = file;
			}
		}
	}
	if (folder != NULL) {
		closedir(folder);
	}
	return r;
}

/* A Maildir has its messages in new and cur; any other folder has them in itself. */
static int open_folder(struct mail_source *source, struct failure *reterr)
{
	struct span inbox = arena_printf(source->arena, "%s/new", source->path);
	struct span seen = arena_printf(source->arena, "%s/cur", source->path);
	struct stat status;
	if (inbox.len == 0 || seen.len == 0) {
		return failure_set_memory(reterr, source->path);
	}
	source->is_folder = true;
	bool is_maildir = stat(seen.ptr, &status) == 0 && S_ISDIR(status.st_mode);
	int r = list_folder(source, is_maildir ? seen.ptr : source->path, reterr);
	if (r == 0 && is_maildir) {
		r = list_folder(source, inbox.ptr, reterr);
	}
	if (r == 0 && source->files.len > 1) {
		qsort(source->files.items, source->files.len, sizeof(struct span), compare_names);
	}
	return r;
}

static int open_file(struct mail_source *source, const char *path, struct failure *reterr)
{
	source->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	return source->file != NULL ? 0 : refuse(reterr, path);
}

/* The first octets tell an mbox from a message. */
static int look_inside(struct mail_source *source, struct failure *reterr)
{
	size_t len = fread(source->piece, 1, 5, source->file);
	if (len == 0 && ferror(source->file)) {
		return refuse(reterr, source->path);
	}
	source->pending = span_of(source->piece, len);
	source->is_mbox = span_equal(source->pending, SPAN("From "));
	if (source->is_mbox) { /* the rest of that line */
		int c;
		while ((c = getc(source->file)) != EOF && c != '\n') {
		}
		source->pending.len = 0;
		source->is_at_message = true;
	}
	return 0;
}

int mail_source_open(const char *path, struct mail_source **ret_source, struct failure *reterr)
{
	struct mail_source *source = calloc(1, sizeof(*source));
	if (source == NULL) {
		return failure_set_memory(reterr, path);
	}
	source->arena = arena_new(NAMES_MAX_BYTES);
	struct stat status = {0};
	int r = 0;
	if (source->arena == NULL) {
		r = failure_set_memory(reterr, path);
	} else if (snprintf(source->path, sizeof(source->path), "%s", path) >= PATH_SIZE) {
		r = failure_set(reterr, FAILURE_INPUT, "message", "the path is too long");
	} else if (strcmp(path, "-") != 0 && stat(path, &status) != 0) {
		r = refuse(reterr, path);
	} else if (strcmp(path, "-") != 0 && S_ISDIR(status.st_mode)) {
		r = open_folder(source, reterr);
	} else {
		r = open_file(source, path, reterr);
		r = r == 0 ? look_inside(source, reterr) : r;
	}
	if (r < 0) {
		mail_source_close(source);
		return r;
	}
	*ret_source = source;
	return 0;
}

static void close_file(struct mail_source *source)
{
	if (source->file != NULL && source->file != stdin) {
		fclose(source->file);
	}
	source->file = NULL;
}

void mail_source_close(struct mail_source *source)
{
	if (source != NULL) {
		close_file(source);
		arena_free(source->arena);
		free(source);
	}
}

bool mail_source_is_single(const struct mail_source *source)
{
	return !source->is_folder && !source->is_mbox;
}

static int next_of_folder(struct mail_source *source, struct span *ret_name, struct failure *reterr)
{
	close_file(source);
	if (source->next_file == source->files.len) {
		return 0;
	}
	struct span file = *VECTOR_AT(&source->files, struct span, source->next_file++);
	int r = open_file(source, file.ptr, reterr);
	*ret_name = file;
	return r < 0 ? r : 1;
}

/* What is left of the message before is skipped. */
static int next_of_mbox(struct mail_source *source, struct span *ret_name, struct failure *reterr)
{
	struct span rest = {NULL, 1};
	while (!source->is_at_message && rest.len > 0) {
		int r = mail_source_read(source, &rest, reterr);
		if (r < 0) {
			return r;
		}
	}
	if (!source->is_at_message) {
		return 0;
	}
	source->is_at_message = false;
	source->is_line_start = true;
	int len = snprintf(source->name, sizeof(source->name), "%s:%zu", source->path,
			   ++source->message);
	*ret_name = span_of(source->name, (size_t)len);
	return 1;
}

int mail_source_next(struct mail_source *source, struct span *ret_name, struct failure *reterr)
{
	if (source->is_folder) {
		return next_of_folder(source, ret_name, reterr);
	}
	if (source->is_mbox) {
		return next_of_mbox(source, ret_name, reterr);
	}
	if (source->message++ > 0) {
		return 0;
	}
	*ret_name = span_of_string(source->path);
	return 1;
}

/* One line with its end, or a piece of a long one; empty at the end of the file. */
static struct span read_line(struct mail_source *source)
{
	size_t len = 0;
	int c = 0;
	while (len < PIECE_SIZE && c != '\n' && (c = getc(source->file)) != EOF) {
		source->piece[len++] = (char)c;
	}
	return span_of(source->piece, len);
}

/* ">From " was "From ", and ">>From " was ">From ". */
static struct span unquote(struct span line)
{
	size_t marks = 0;
	while (marks < line.len && line.ptr[marks] == '>') {
		marks++;
	}
	bool is_quoted = marks > 0 && span_starts_with(span_from(line, marks), SPAN("From "));
	return is_quoted ? span_from(line, 1) : line;
}

static struct span read_mbox(struct mail_source *source)
{
	struct span line = source->is_at_message ? span_of(NULL, 0) : read_line(source);
	bool was_start = source->is_line_start;
	source->is_line_start = line.len > 0 && line.ptr[line.len - 1] == '\n';
	if (was_start && source->is_after_blank && span_starts_with(line, SPAN("From "))) {
		while (!source->is_line_start && line.len > 0) {
			line = read_line(source);
			source->is_line_start = line.len > 0 && line.ptr[line.len - 1] == '\n';
		}
		source->is_at_message = true;
		source->is_after_blank = false;
		return span_of(NULL, 0);
	}
	source->is_after_blank =
		was_start && (span_equal(line, SPAN("\n")) || span_equal(line, SPAN("\r\n")));
	return was_start ? unquote(line) : line;
}

int mail_source_read(struct mail_source *source, struct span *ret_chunk, struct failure *reterr)
{
	if (source->pending.len > 0) {
		*ret_chunk = source->pending;
		source->pending.len = 0;
		return 0;
	}
	if (source->is_mbox) {
		*ret_chunk = read_mbox(source);
	} else {
		*ret_chunk =
			span_of(source->piece, fread(source->piece, 1, PIECE_SIZE, source->file));
	}
	return ferror(source->file) ? refuse(reterr, source->path) : 0;
}
