/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sector's view, for a terminal, a spreadsheet, a program, and as one page for everybody. */
#ifndef MAILSEAL_PRESENT_SECTOR_H
#define MAILSEAL_PRESENT_SECTOR_H

#include "present/terminal.h"
#include "service/sector.h"

/* What is shown of each league on a page and on a terminal; JSON has all. */
#define SECTOR_SHOWN 15

void present_terminal_sector(const struct sector *sector, const struct terminal_style *style,
			     struct buffer *text);
void present_json_sector(const struct sector *sector, struct buffer *text);
/* One row a group, and one for all. */
void present_csv_sector(const struct sector *sector, struct buffer *text);
void present_html_sector(const struct sector *sector, struct buffer *text);

#endif
