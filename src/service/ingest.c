/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Walks files, reads reports, writes batches, moves what is done. */
#include "service/ingest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/ingest_sink.h"

#define FOLDER_DEPTH 32
#define PATH_SIZE 4096
#define NAME_ATTEMPTS 1000
#define BATCH_BYTES ((size_t)8 << 20)

struct done_file {
	struct span path;
	bool is_refused; /* nothing in it could be used */
};

struct ingest {
	struct ingest_options options;
	struct ingest_sink sink;
	struct report_reader *reader;
	struct arena *arena; /* of the batch */
	struct vector done;  /* of struct done_file */
};

int ingest_new(const struct ingest_options *options, struct ingest **ret_ingest,
	       struct failure *reterr)
{
	struct ingest *ingest = calloc(1, sizeof(*ingest));
	if (ingest == NULL) {
		return failure_set_memory(reterr, "ingest");
	}
	ingest->options = *options;
	ingest->arena = arena_new(BATCH_BYTES);
	int r = ingest->arena != NULL ? ingest_sink_open(&ingest->sink, options, reterr)
				      : failure_set_memory(reterr, "ingest");
	if (r == 0) {
		struct report_options reading = {.limits = report_limits_default()};
		struct report_sink sink = ingest_sink_of(&ingest->sink);
		r = report_reader_new(&reading, &sink, &ingest->reader, reterr);
	}
	if (r < 0) {
		ingest_free(ingest);
		return r;
	}
	*ret_ingest = ingest;
	return 0;
}

void ingest_free(struct ingest *ingest)
{
	if (ingest != NULL) {
		if (ingest->reader != NULL) {
			report_reader_free(ingest->reader);
		}
		ingest_sink_close(&ingest->sink);
		arena_free(ingest->arena);
		free(ingest);
	}
}

const struct ingest_counts *ingest_counts(const struct ingest *ingest)
{
	return &ingest->sink.counts;
}

static struct span last_part(struct span path)
{
	size_t start = path.len;
	while (start > 0 && path.ptr[start - 1] != '/') {
		start--;
	}
	return span_from(path, start);
}

/* A name that is free in the folder: link() refuses to take another file's place. */
static int move_file(const char *from, const char *folder, struct span name, struct failure *reterr)
{
	char to[PATH_SIZE];
	for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
		int len = attempt == 0 ? snprintf(to, sizeof(to), "%s/%.*s", folder, SPAN_ARG(name))
				       : snprintf(to, sizeof(to), "%s/%.*s.%d", folder,
						  SPAN_ARG(name), attempt);
		if (len < 0 || (size_t)len >= sizeof(to)) {
			return failure_set(reterr, FAILURE_IO, folder, "the name is too long");
		}
		if (link(from, to) == 0) {
			return unlink(from) == 0 ? 0
						 : failure_set(reterr, FAILURE_IO, from, "%s",
							       strerror(errno));
		}
		if (errno != EEXIST) {
			break;
		}
	}
	return failure_set(reterr, FAILURE_IO, from, "cannot be moved to %s: %s", folder,
			   strerror(errno));
}

static int make_folder(const char *path, struct failure *reterr)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST
		       ? 0
		       : failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
}

static int move_done(struct ingest *ingest, struct failure *reterr)
{
	char refused[PATH_SIZE];
	const char *folder = ingest->options.move_to;
	snprintf(refused, sizeof(refused), "%s/refused", folder);
	int r = make_folder(folder, reterr);
	for (size_t i = 0; r == 0 && i < ingest->done.len; i++) {
		const struct done_file *file = VECTOR_AT(&ingest->done, const struct done_file, i);
		if (file->is_refused) {
			r = make_folder(refused, reterr);
		}
		if (r == 0) {
			r = move_file(file->path.ptr, file->is_refused ? refused : folder,
				      last_part(file->path), reterr);
		}
	}
	return r;
}

int ingest_finish(struct ingest *ingest, struct failure *reterr)
{
	int r = ingest_sink_commit(&ingest->sink, reterr);
	if (r == 0 && ingest->options.move_to != NULL) {
		r = move_done(ingest, reterr);
	}
	ingest->done = (struct vector){0};
	arena_reset(ingest->arena);
	return r;
}

static void count_file(struct ingest *ingest)
{
	ingest->sink.counts.files++;
	if (ingest->options.progress != NULL) {
		ingest->options.progress(ingest->options.context, &ingest->sink.counts);
	}
}

int ingest_fd(struct ingest *ingest, int fd, struct span name, struct failure *reterr)
{
	ingest->sink.used_in_file = 0;
	int r = report_reader_read_fd(ingest->reader, fd, name, reterr);
	if (r == 0) {
		count_file(ingest);
	}
	return r;
}

int ingest_stream(struct ingest *ingest, const struct ingest_stream *stream, bool *ret_is_used,
		  struct failure *reterr)
{
	ingest->sink.used_in_file = 0;
	int r = report_reader_read_stream(ingest->reader, stream->read, stream->context,
					  stream->name, reterr);
	if (r == 0) {
		count_file(ingest);
		*ret_is_used = ingest->sink.used_in_file > 0;
	}
	return r;
}

void ingest_refuse(struct ingest *ingest, struct span name, const struct failure *why)
{
	ingest->sink.counts.unreadable_files++;
	if (ingest->options.unreadable != NULL) {
		ingest->options.unreadable(ingest->options.context, name, why);
	}
}

int ingest_commit_mailbox(struct ingest *ingest, const struct store_mailbox *mailbox,
			  struct failure *reterr)
{
	int r = ingest_sink_note_mailbox(&ingest->sink, mailbox, reterr);
	return r == 0 ? ingest_sink_commit(&ingest->sink, reterr) : r;
}

static int take_file(struct ingest *ingest, const struct report_file *file, struct failure *reterr)
{
	int r = ingest_fd(ingest, file->fd, file->path, reterr);
	if (r < 0) {
		return r;
	}
	struct done_file *done =
		VECTOR_PUSH(&ingest->done, ingest->arena, struct done_file, INGEST_BATCH_FILES);
	if (done != NULL) {
		*done = (struct done_file){arena_copy(ingest->arena, file->path),
					   ingest->sink.used_in_file == 0};
	}
	bool is_full = done == NULL || arena_has_failed(ingest->arena) ||
		       ingest->done.len == INGEST_BATCH_FILES;
	return is_full ? ingest_finish(ingest, reterr) : 0;
}

static bool is_wanted(const struct report_file *file, int64_t since, int64_t settled_before)
{
	struct stat status;
	if ((since == 0 && settled_before == 0) || fstat(file->fd, &status) != 0) {
		return true;
	}
	/* A file that is moved in keeps the time of its contents; ctime is when it came. */
	int64_t changed =
		(int64_t)(status.st_ctime > status.st_mtime ? status.st_ctime : status.st_mtime);
	return changed >= since && (settled_before == 0 || changed <= settled_before);
}

static bool is_stopped(const struct ingest *ingest)
{
	return ingest->options.is_stopped != NULL &&
	       ingest->options.is_stopped(ingest->options.context);
}

int ingest_path(struct ingest *ingest, const char *path, int64_t since, int64_t settled_before,
		struct failure *reterr)
{
	struct report_walk *walk;
	struct report_file file;
	int r = report_walk_new(path, FOLDER_DEPTH, &walk, reterr);
	if (r < 0) {
		return r;
	}
	while (!is_stopped(ingest) && (r = report_walk_next(walk, &file, reterr)) > 0) {
		if (file.is_skipped || file.fd < 0) {
			ingest_refuse(ingest, file.path, &file.failure);
		} else if (is_wanted(&file, since, settled_before)) {
			r = take_file(ingest, &file, reterr);
		}
		if (r < 0) {
			break;
		}
	}
	report_walk_free(walk);
	return r < 0 ? r : 0;
}
