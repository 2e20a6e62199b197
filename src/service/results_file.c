/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Appends, and reads back what is there. */
#include "service/results_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "records/name.h"

#define READ_BYTES ((size_t)256 << 10)

struct results_file {
	char *path;
	int fd;
	bool is_empty;
	bool is_synced;
	int64_t synced_ms;
};

/* One reading of a file from its beginning. */
struct reading {
	struct results_file *file;
	enum results_form form;
	const struct results_reader *reader;
	struct buffer line;
	struct results_resumed resumed;
	uint64_t whole_octets; /* up to the last line end */
	bool is_header_read;
};

static int fail(const struct results_file *file, struct failure *reterr)
{
	return failure_set(reterr, FAILURE_IO, file->path, "%s", strerror(errno));
}

static bool take_between(struct span line, struct span before, char after, struct span *ret)
{
	if (!span_starts_with(line, before)) {
		return false;
	}
	struct span rest = span_from(line, before.len);
	size_t end = span_find(rest, after, 0);
	*ret = span_slice(rest, 0, end);
	return end < rest.len && end > 0 && end <= LIMIT_NAME_TEXT;
}

bool results_line_domain(enum results_form form, struct span line, struct span *ret_domain)
{
	struct span domain;
	struct span text = span_trim(line, "\r");
	switch (form) {
	case RESULTS_JSON:
		if (!take_between(text, SPAN("{\"domain\":\""), '"', &domain) ||
		    text.ptr[text.len - 1] != '}') {
			return false;
		}
		break;
	case RESULTS_CSV:
		if (!take_between(text, SPAN("\""), '"', &domain)) {
			return false;
		}
		break;
	}
	if (!name_is_ldh(domain, /* underscores */ true)) {
		return false;
	}
	*ret_domain = domain;
	return true;
}

static int take_line(struct reading *reading, struct failure *reterr)
{
	struct span domain;
	bool is_header = reading->form == RESULTS_CSV && !reading->is_header_read;
	reading->is_header_read = true;
	if (is_header && span_starts_with(buffer_span(&reading->line), SPAN("domain,"))) {
		return 0;
	}
	if (reading->line.is_failed ||
	    !results_line_domain(reading->form, buffer_span(&reading->line), &domain)) {
		return failure_set(reterr, FAILURE_INPUT, reading->file->path,
				   "line %llu is not a result of this form; nothing was changed",
				   (unsigned long long)reading->resumed.lines + 1 +
					   (reading->form == RESULTS_CSV ? 1 : 0));
	}
	reading->resumed.lines++;
	if (seen_add(reading->reader->done, domain) == SEEN_FULL) {
		return failure_set(reterr, FAILURE_INPUT, reading->file->path,
				   "more results than can be kept in mind: begin a new file");
	}
	if (reading->reader->take != NULL) {
		reading->reader->take(reading->reader->context,
				      span_trim(buffer_span(&reading->line), "\r"));
	}
	return 0;
}

static int take_octets(struct reading *reading, struct span octets, struct failure *reterr)
{
	int r = 0;
	while (r == 0 && octets.len > 0) {
		size_t end = span_find(octets, '\n', 0);
		buffer_append(&reading->line, span_slice(octets, 0, end));
		if (end == octets.len) {
			break;
		}
		reading->whole_octets += reading->line.len + 1;
		r = take_line(reading, reterr);
		buffer_clear(&reading->line);
		octets = span_from(octets, end + 1);
	}
	return r;
}

static int read_all(struct reading *reading, struct failure *reterr)
{
	char *octets = malloc(READ_BYTES);
	if (octets == NULL) {
		return failure_set_memory(reterr, reading->file->path);
	}
	int r = 0;
	ssize_t len = 1;
	while (r == 0 && len > 0) {
		len = read(reading->file->fd, octets, READ_BYTES);
		if (len < 0 && errno != EINTR) {
			r = fail(reading->file, reterr);
		}
		r = len > 0 ? take_octets(reading, span_of(octets, (size_t)len), reterr) : r;
	}
	free(octets);
	return r;
}

/* Reads what is there, and takes a torn last line away. */
static int resume(struct results_file *file, enum results_form form,
		  const struct results_reader *reader, struct results_resumed *ret_resumed,
		  struct failure *reterr)
{
	struct reading reading = {
		.file = file, .form = form, .reader = reader, .line = buffer_new(RESULTS_MAX_LINE)};
	int r = read_all(&reading, reterr);
	reading.resumed.octets = reading.line.len;
	buffer_free(&reading.line);
	if (r == 0 && ftruncate(file->fd, (off_t)reading.whole_octets) != 0) {
		r = fail(file, reterr);
	}
	file->is_empty = reading.whole_octets == 0;
	if (r == 0) {
		*ret_resumed = reading.resumed;
	}
	return r;
}

static int check_new(struct results_file *file, struct failure *reterr)
{
	off_t size = lseek(file->fd, 0, SEEK_END);
	if (size > 0) {
		return failure_set(reterr, FAILURE_INPUT, file->path,
				   "has something in it: --resume goes on with it");
	}
	file->is_empty = true;
	return 0;
}

static int lock(const struct results_file *file, struct failure *reterr)
{
	const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (fcntl(file->fd, F_SETLK, &whole) == 0) {
		return 0;
	}
	return failure_set(reterr, FAILURE_INPUT, file->path, "another scan is writing to it");
}

int results_file_open(const char *path, enum results_form form, bool is_resumed,
		      const struct results_reader *reader, struct results_file **ret_file,
		      struct results_resumed *ret_resumed, struct failure *reterr)
{
	struct results_file *file = calloc(1, sizeof(*file));
	struct results_resumed resumed = {0};
	if (file == NULL) {
		return failure_set_memory(reterr, path);
	}
	file->path = strdup(path);
	file->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	int r = file->path == NULL ? failure_set_memory(reterr, path) : 0;
	if (r == 0 && file->fd < 0) {
		r = fail(file, reterr);
	}
	r = r == 0 ? lock(file, reterr) : r;
	if (r == 0) {
		r = is_resumed ? resume(file, form, reader, &resumed, reterr)
			       : check_new(file, reterr);
	}
	if (r < 0) {
		results_file_close(file);
		return r;
	}
	*ret_file = file;
	*ret_resumed = resumed;
	return 0;
}

int results_file_write(struct results_file *file, struct span text, struct failure *reterr)
{
	while (text.len > 0) {
		ssize_t len = write(file->fd, text.ptr, text.len);
		if (len < 0 && errno != EINTR) {
			return fail(file, reterr);
		}
		text = span_from(text, len > 0 ? (size_t)len : 0);
		file->is_empty = false;
		file->is_synced = false;
	}
	return 0;
}

bool results_file_is_empty(const struct results_file *file)
{
	return file->is_empty;
}

int results_file_sync(struct results_file *file, int64_t now_ms, bool is_last,
		      struct failure *reterr)
{
	if (file->is_synced || (!is_last && now_ms - file->synced_ms < RESULTS_SYNC_MS)) {
		return 0;
	}
	file->synced_ms = now_ms;
	file->is_synced = true;
	/* EINVAL, EROFS: a pipe or a device, which has no disk behind it. */
	bool is_ok = fdatasync(file->fd) == 0 || errno == EINVAL || errno == EROFS;
	return is_ok ? 0 : fail(file, reterr);
}

void results_file_close(struct results_file *file)
{
	if (file == NULL) {
		return;
	}
	if (file->fd >= 0) {
		close(file->fd);
	}
	free(file->path);
	free(file);
}
