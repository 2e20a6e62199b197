/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Inside message_rows*.c: filling rows. Nobody else includes this. */
#ifndef MAILSEAL_PRESENT_MESSAGE_ROW_MAKER_H
#define MAILSEAL_PRESENT_MESSAGE_ROW_MAKER_H

#include "present/message_rows.h"

struct row_maker {
	struct arena *arena;
	struct message_rows *rows;
	const struct message_check *check;
};

/* A new row. Above MESSAGE_ROWS_MAX one that nobody will see; NULL when memory is out, which the
 * setters below accept. */
struct message_row *row_add(struct row_maker *m, const char *topic, unsigned depth,
			    enum message_mark mark, struct span text);
/* The octets the row rests on, cut to what fits a row, and where they stand. */
void row_set_evidence(struct message_row *row, struct span evidence, struct span place);
void row_set_result(struct message_row *row, struct span subject, const char *result,
		    const char *reference);
/* "the name servers answered SERVFAIL (example.org TXT)" */
struct span row_failure_text(struct row_maker *m, const struct fact *fact);
enum message_mark row_dmarc_mark(enum dmarc_result result);

/* A topic each. */
void rows_add_spf(struct row_maker *m);
void rows_add_dkim(struct row_maker *m);
void rows_add_dmarc(struct row_maker *m, const struct dmarc_evaluation *evaluation);
void rows_add_arc(struct row_maker *m);
void rows_add_bimi(struct row_maker *m);

#endif
