/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Finds the signatures of a header; only mail.c includes this. */
#ifndef MAILSEAL_AUTHENTICATE_MAIL_HEADER_H
#define MAILSEAL_AUTHENTICATE_MAIL_HEADER_H

#include "authenticate/mail.h"

/* Fills all of *mail but the body's hashes, which are asked for. */
void mail_header_read(struct arena *arena, const struct mail_options *options, struct mail *mail);

#endif
