/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Folders with a stack of our own. */
#include "reports/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 32
#define PATH_BYTES 4096

struct folder {
	DIR *dir;
	size_t path_len; /* of the folder's path in walk->path */
	bool is_maildir;
};

struct report_walk {
	struct folder folders[MAX_DEPTH];
	unsigned depth;
	unsigned max_depth;
	int fd;
	bool is_started;
	char path[PATH_BYTES];
};

int report_walk_new(const char *path, unsigned max_depth, struct report_walk **ret_walk,
		    struct failure *reterr)
{
	struct report_walk *walk = calloc(1, sizeof(*walk));
	if (walk == NULL) {
		return failure_set_memory(reterr, "read a folder");
	}
	if (strlen(path) >= sizeof(walk->path)) {
		free(walk);
		return failure_set(reterr, FAILURE_INPUT, "read a folder", "the path is too long");
	}
	walk->fd = -1;
	walk->max_depth = max_depth < MAX_DEPTH ? max_depth : MAX_DEPTH;
	memcpy(walk->path, path, strlen(path) + 1);
	*ret_walk = walk;
	return 0;
}

static void close_file(struct report_walk *walk)
{
	if (walk->fd >= 0) {
		close(walk->fd);
		walk->fd = -1;
	}
}

void report_walk_free(struct report_walk *walk)
{
	if (walk != NULL) {
		close_file(walk);
		while (walk->depth > 0) {
			closedir(walk->folders[--walk->depth].dir);
		}
		free(walk);
	}
}

static void skip(struct report_walk *walk, struct report_file *file, const char *why)
{
	close_file(walk);
	file->fd = -1;
	file->is_skipped = true;
	failure_set(&file->failure, FAILURE_IO, "read a file", "%s", why);
}

static void skip_errno(struct report_walk *walk, struct report_file *file)
{
	char why[128] = "";
	(void)strerror_r(errno, why, sizeof(why));
	skip(walk, file, why);
}

/* Takes the open fd of a folder. */
static bool enter(struct report_walk *walk, struct report_file *file)
{
	struct stat sub;
	if (walk->depth == walk->max_depth) {
		skip(walk, file, "folders are nested too deeply");
		return false;
	}
	bool is_maildir = fstatat(walk->fd, "cur", &sub, 0) == 0 && S_ISDIR(sub.st_mode) &&
			  fstatat(walk->fd, "new", &sub, 0) == 0 && S_ISDIR(sub.st_mode);
	DIR *dir = fdopendir(walk->fd);
	if (dir == NULL) {
		skip_errno(walk, file);
		return false;
	}
	walk->fd = -1;
	walk->folders[walk->depth++] = (struct folder){dir, strlen(walk->path), is_maildir};
	return true;
}

/* Opens walk->path. True when there is something to tell; false when it was a folder. */
static bool open_path(struct report_walk *walk, struct report_file *file)
{
	struct stat st;
	*file = (struct report_file){.path = span_of_string(walk->path), .fd = -1};
	/* a link to a folder below the path could lead in a circle */
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	bool is_link = walk->depth > 0 && lstat(walk->path, &st) == 0 && S_ISLNK(st.st_mode);
	walk->fd = open(walk->path, flags);
	if (walk->fd < 0 || fstat(walk->fd, &st) < 0) {
		skip_errno(walk, file);
		return true;
	}
	if (S_ISDIR(st.st_mode)) {
		if (is_link) {
			close_file(walk);
			return false;
		}
		return !enter(walk, file);
	}
	if (!S_ISREG(st.st_mode) && walk->depth > 0) {
		skip(walk, file, "not a file");
		return true;
	}
	file->fd = walk->fd;
	file->size_bytes = S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
	return true;
}

/* Hidden files, and what is still being written into a Maildir. */
static bool is_left_out(const struct folder *folder, const char *name)
{
	return name[0] == '.' || (folder->is_maildir && strcmp(name, "tmp") == 0);
}

/* Puts the next entry's path together; false when the folder has no more. */
static bool next_entry(struct report_walk *walk)
{
	const struct folder *folder = &walk->folders[walk->depth - 1];
	const struct dirent *entry;
	while ((entry = readdir(folder->dir)) != NULL) {
		size_t room = sizeof(walk->path) - folder->path_len;
		if (is_left_out(folder, entry->d_name)) {
			continue;
		}
		bool has_slash = walk->path[folder->path_len - 1] == '/';
		int len = snprintf(walk->path + folder->path_len, room, "%s%s",
				   has_slash ? "" : "/", entry->d_name);
		if (len > 0 && (size_t)len < room) {
			return true;
		}
	}
	closedir(folder->dir);
	walk->path[folder->path_len] = '\0';
	walk->depth--;
	return false;
}

int report_walk_next(struct report_walk *walk, struct report_file *ret_file, struct failure *reterr)
{
	close_file(walk);
	if (!walk->is_started) {
		walk->is_started = true;
		if (open_path(walk, ret_file)) {
			return 1;
		}
	}
	while (walk->depth > 0) {
		if (next_entry(walk) && open_path(walk, ret_file)) {
			return 1;
		}
	}
	return 0;
}
