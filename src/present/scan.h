/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The results of a scan: a line a domain, and a summary of all. */
#ifndef MAILSEAL_PRESENT_SCAN_H
#define MAILSEAL_PRESENT_SCAN_H

#include "present/terminal.h"
#include "service/scan_tally.h"

#define SCAN_SCHEMA "mailseal-scan-1"

/*
 * One line: the object of a result of `check --json`, with owner, group, the time of the oldest and
 * the newest observation, that of the oldest look at a mail server, and "schema" behind it.
 */
void present_json_scan(const struct scan_result *result, struct buffer *text);
/* RFC 4180: the names of the columns, and one row a domain. */
void present_csv_scan_header(struct buffer *text);
void present_csv_scan(const struct scan_result *result, struct buffer *text);
/* Adoption and enforcement, in numbers. */
void present_terminal_tally(const struct scan_tally *tally, struct buffer *text);

#endif
