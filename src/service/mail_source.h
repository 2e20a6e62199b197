/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Messages from a file, standard input ("-"), an mbox file (it begins with "From "), a Maildir, or
 * a folder of files. Read in pieces; nothing is kept.
 */
#ifndef MAILSEAL_SERVICE_MAIL_SOURCE_H
#define MAILSEAL_SERVICE_MAIL_SOURCE_H

#include "base/base.h"

/* Files of one folder, in the order of their names; further ones are a failure, not dropped. */
#define MAIL_SOURCE_MAX_FILES 100000

struct mail_source;

int mail_source_open(const char *path, struct mail_source **ret_source,
		     struct failure *reterr) MUST_CHECK;
void mail_source_close(struct mail_source *source);
/* 1: the next message begins and *ret_name says where it is from; 0: there is none. */
int mail_source_next(struct mail_source *source, struct span *ret_name,
		     struct failure *reterr) MUST_CHECK;
/* The next octets of the message; empty at its end. Valid until the next call. */
int mail_source_read(struct mail_source *source, struct span *ret_chunk,
		     struct failure *reterr) MUST_CHECK;
/* One message only, from a plain file or standard input? */
bool mail_source_is_single(const struct mail_source *source);

#endif
