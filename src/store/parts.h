/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The rows of a domain's week once more, packed into parts of a few kilobytes: what senders and
 * plan read, so that a row costs them a few octets and no statement. Parts are added in the
 * transaction that writes the rows. Before it is committed, parts with much room in them are joined
 * with those that earlier ones left: a week of a domain then has one such part, however many small
 * reports there were. That costs a batch the parts it wrote and one more for each week.
 *
 * A part is rows, one after the other: an octet with the day of the week (three bits) and the
 * length of the source, the pattern, the source, the messages. Numbers have seven bits an octet,
 * the lowest first; the high bit says that more follow.
 */
#ifndef MAILSEAL_STORE_PARTS_H
#define MAILSEAL_STORE_PARTS_H

#include "store/internal.h"

/* Two fit a page, of SQLite's file and of PostgreSQL's. */
#define PART_MAX_BYTES 3900
/* A shorter one is open: it will be joined with others. The index of open parts has this number, so
 * another one needs a migration. */
#define PART_OPEN_BYTES 3400
#define PART_OPEN_SQL SQL_NUMBER(PART_OPEN_BYTES)
#define PART_WEEK_DAYS 7

struct part_row {
	int64_t week;
	unsigned day; /* of the week */
	uint32_t pattern;
	struct span source;
	uint64_t messages;
};

struct part_writer {
	struct store *store;
	int64_t week;
	int64_t domain;
	int64_t report;
	size_t len;
	char octets[PART_MAX_BYTES];
};

/* Where a row goes. */
struct part_place {
	int64_t day;
	int64_t domain;
	int64_t report; /* kept with the part that begins with the row */
};

struct part_writer part_writer_new(struct store *store);
/* Rows of one domain and week that follow each other share parts. */
int part_add(struct part_writer *writer, const struct part_place *place,
	     const struct driver_fact *fact, struct failure *reterr) MUST_CHECK;
/* A row that is packed already. */
int part_add_packed(struct part_writer *writer, const struct part_week *place, struct span row,
		    struct failure *reterr) MUST_CHECK;
int part_writer_finish(struct part_writer *writer, struct failure *reterr) MUST_CHECK;

/* The next row of a part, taken off; false at the end and where the part is damaged, which leaves
 * octets in *part. week is not set. */
bool part_next(struct span *part, struct part_row *ret_row);

/* Every part anew, from the sums by week that were kept before. */
int parts_fill(struct store *store, struct failure *reterr) MUST_CHECK;
/* Parts of one report that shares none, from its rows. */
int parts_write_report(struct store *store, const struct part_place *place,
		       struct failure *reterr) MUST_CHECK;
/* All parts of the day's week and the domain anew, from the rows of reports that count. */
int parts_write_week(struct store *store, int64_t day, int64_t domain,
		     struct failure *reterr) MUST_CHECK;
/* Of a report that shares no part, in the transaction that wrote them. */
int parts_delete_report(struct store *store, const struct part_place *place,
			struct failure *reterr) MUST_CHECK;

/* ---- joining: parts_join.c ---- */

void parts_note_open(struct store *store, const struct part_week *place);
/* At the end of a batch: where parts with room were noted. No report may be open. */
int parts_join_noted(struct store *store, struct failure *reterr) MUST_CHECK;
int parts_join(struct store *store, const struct part_week *places, size_t count,
	       struct failure *reterr) MUST_CHECK;
/* Wherever there are several open parts, as older programs left them: a migration, as parts_fill(),
 * and beside it in parts_fill.c. */
int parts_join_all(struct store *store, struct failure *reterr) MUST_CHECK;

#endif
