/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reads and writes PEM files. */
#include "cli/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"

#define OTHERS_MAY_READ (S_IRGRP | S_IROTH)

static int read_text(int fd, const char *path, struct buffer *text, struct failure *reterr)
{
	char chunk[4096];
	ssize_t len;
	while ((len = read(fd, chunk, sizeof(chunk))) > 0 && !text->is_failed) {
		buffer_append(text, span_of(chunk, (size_t)len));
	}
	if (len < 0) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	return text->is_failed ? failure_set(reterr, FAILURE_INPUT, path, "too large for a key")
			       : 0;
}

int key_file_read(const char *path, struct private_key **ret_key, struct failure *reterr)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(errno));
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_mode & OTHERS_MAY_READ) != 0) {
		complain("note", "%s can be read by others than its owner", path);
	}
	struct buffer text = buffer_new(PRIVATE_KEY_PEM_MAX);
	int r = read_text(fd, path, &text, reterr);
	close(fd);
	if (r == 0) {
		r = private_key_read_pem(buffer_span(&text), ret_key, reterr);
	}
	buffer_free(&text);
	return r;
}

static bool write_all(int fd, struct span rest)
{
	while (rest.len > 0) {
		ssize_t len = write(fd, rest.ptr, rest.len);
		if (len < 0 && errno != EINTR) {
			return false;
		}
		rest = span_from(rest, len > 0 ? (size_t)len : 0);
	}
	return true;
}

static int write_new(const char *path, struct span pem, struct failure *reterr)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0) {
		return failure_set(reterr, FAILURE_IO, path, "%s",
				   errno == EEXIST ? "is there already, and is left as it is"
						   : strerror(errno));
	}
	bool is_written = write_all(fd, pem) && fsync(fd) == 0;
	int error = errno;
	is_written = close(fd) == 0 && is_written;
	if (!is_written) {
		unlink(path);
		return failure_set(reterr, FAILURE_IO, path, "%s", strerror(error));
	}
	return 0;
}

int key_file_write(const char *path, const struct private_key *key, struct failure *reterr)
{
	struct buffer pem = buffer_new(PRIVATE_KEY_PEM_MAX);
	int r = private_key_write_pem(key, &pem, reterr);
	if (r == 0) {
		r = write_new(path, buffer_span(&pem), reterr);
	}
	buffer_free(&pem);
	return r;
}
