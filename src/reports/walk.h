/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The files below a path, one at a time: the file itself, or all of a folder and of its folders.
 * In a Maildir (a folder with cur and new) tmp is left out; so are hidden files and symbolic links
 * to folders. The order is the folder's own: nothing is collected.
 */
#ifndef MAILSEAL_REPORTS_WALK_H
#define MAILSEAL_REPORTS_WALK_H

#include "base/base.h"

struct report_walk;

struct report_file {
	struct span path; /* until the next call */
	int fd;		  /* open for reading, or -1; the walk closes it at the next call */
	bool is_skipped;  /* not a file, or not readable: failure says why */
	struct failure failure;
	int64_t size_bytes; /* 0 when not known */
};

int report_walk_new(const char *path, unsigned max_depth, struct report_walk **ret_walk,
		    struct failure *reterr) MUST_CHECK;
/* 1: *ret_file is the next one; 0: no more; negative: memory is out. */
int report_walk_next(struct report_walk *walk, struct report_file *ret_file,
		     struct failure *reterr) MUST_CHECK;
void report_walk_free(struct report_walk *walk);

#endif
