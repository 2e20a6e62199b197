/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The reader's own state, and how its parts call each other: containers hold things to read. */
#ifndef MAILSEAL_REPORTS_READER_INTERNAL_H
#define MAILSEAL_REPORTS_READER_INTERNAL_H

#include "reports/aggregate_xml.h"
#include "reports/input.h"

/* The way inside a file, as text. */
#define MEMBER_BYTES 512

struct report_reader {
	struct reading reading;
	struct aggregate_xml *xml;
	struct span mail; /* the outermost one that is read */
};

/* A part of a mail may be anything; a file was meant to be a report. */
enum thing_role {
	THING_FILE,
	THING_MEMBER, /* of an archive */
	THING_PART,   /* of a mail: text that is no report is ignored */
};

/* Reads what the source gives, whatever it is. member is copied where it must outlive the call. */
void reader_read_thing(struct report_reader *reader, struct report_source source,
		       struct span member, enum thing_role role);
/* One message, whole in memory. */
void reader_read_mail(struct report_reader *reader, struct span message, uint64_t number,
		      struct span member);
/* Messages one after the other, each held in memory on its own. */
void reader_read_mbox(struct report_reader *reader, struct report_input *input, struct span member);
/* "outer/inner", cut to the room there is. */
struct span reader_member_join(char *into, struct span outer, struct span inner);

#endif
