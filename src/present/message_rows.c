/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From a judgement to rows: the order of the topics, who the author is, and how a row is filled. */
#include "present/message_row_maker.h"

#include <inttypes.h>

/* Octets of the message or of a record that a row quotes. */
#define EVIDENCE_MAX 300

struct message_row *row_add(struct row_maker *m, const char *topic, unsigned depth,
			    enum message_mark mark, struct span text)
{
	struct message_row *row =
		VECTOR_PUSH(&m->rows->items, m->arena, struct message_row, MESSAGE_ROWS_MAX);
	if (row == NULL) {
		/* above the limit, or out of memory: a row nobody will see */
		row = arena_alloc(m->arena, sizeof(*row));
	}
	if (row != NULL) {
		*row = (struct message_row){
			.topic = topic, .depth = depth, .mark = mark, .text = text};
	}
	return row;
}

void row_set_evidence(struct message_row *row, struct span evidence, struct span place)
{
	if (row != NULL) {
		row->evidence = span_slice(evidence, 0, EVIDENCE_MAX);
		row->place = place;
	}
}

void row_set_result(struct message_row *row, struct span subject, const char *result,
		    const char *reference)
{
	if (row != NULL) {
		row->subject = subject;
		row->result = result;
		row->reference = reference;
	}
}

/* "the name servers answered SERVFAIL (example.org TXT)" */
struct span row_failure_text(struct row_maker *m, const struct fact *fact)
{
	return arena_printf(m->arena, "%s (%.*s)", fact_failure_explain(fact->failure),
			    SPAN_ARG(fact_key_text(m->arena, fact->key)));
}

/* --- the From block --- */

static void add_anomalies(struct row_maker *m)
{
	const struct message *message = m->check->mail->message;
	for (size_t i = 0; i < anomaly_count(&message->anomalies); i++) {
		const struct anomaly *anomaly = anomaly_at(&message->anomalies, i);
		bool is_blurring = anomaly_blurs_author(anomaly->kind);
		struct message_row *row =
			row_add(m, "message", 0, is_blurring ? MARK_BAD : MARK_WARN,
				span_of_string(anomaly_explain(anomaly->kind)));
		row_set_result(row, span_of_string(anomaly_name(anomaly->kind)), NULL,
			       anomaly_reference(anomaly->kind));
		struct span text = message->header.text;
		struct span octets = {NULL, 0};
		if (anomaly->offset < text.len) {
			octets = span_slice(text, (size_t)anomaly->offset, anomaly->len);
		}
		row_set_evidence(
			row, octets,
			arena_printf(m->arena, "message, octet %" PRIu64, anomaly->offset + 1));
	}
}

static void add_from(struct row_maker *m)
{
	const struct author *author = &m->check->mail->message->author;
	bool is_one = m->check->cause == MESSAGE_ONE_AUTHOR;
	struct message_row *row = row_add(m, "from", 0, is_one ? MARK_PLAIN : MARK_BAD,
					  span_of_string(message_cause_explain(m->check->cause)));
	row_set_result(row, m->check->author_count > 0 ? m->check->authors[0].domain : SPAN("From"),
		       NULL, message_cause_reference(m->check->cause));
	for (size_t i = 0; i < author->mailbox_count; i++) {
		const struct mailbox *mailbox = &author->mailboxes[i];
		row = row_add(m, "from", 1, MARK_PLAIN, SPAN("an author's address"));
		row_set_evidence(row, mailbox->text, SPAN("From"));
	}
	if (m->check->is_incomplete) {
		row_add(m, "from", 1, MARK_BAD, SPAN("there are more authors than are judged"));
	}
}

struct message_rows message_rows_make(struct arena *arena, const struct message_check *check)
{
	struct message_rows rows = {{0}};
	struct row_maker m = {arena, &rows, check};
	add_from(&m);
	add_anomalies(&m);
	rows_add_spf(&m);
	rows_add_dkim(&m);
	rows_add_arc(&m);
	for (size_t i = 0; i < check->author_count; i++) {
		rows_add_dmarc(&m, check->authors[i].evaluation);
	}
	rows_add_bimi(&m);
	return rows;
}
