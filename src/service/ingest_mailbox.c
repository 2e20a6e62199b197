/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which messages, their octets, what is done with them, and in which order. */
#include "service/ingest_mailbox.h"

#include <stdio.h>
#include <stdlib.h>

#define MESSAGES_MAX 2000000
#define LIST_BYTES ((size_t)128 << 20)
#define UIDS_BYTES ((size_t)8 << 10)
#define NAME_SIZE 1200

struct done_message {
	uint32_t uid;
	bool is_refused;
};

struct mailbox_run {
	struct ingest *ingest;
	const struct ingest_mailbox *mailbox;
	struct imap_capabilities capabilities;
	struct arena *arena;
	struct vector messages; /* of struct imap_message */
	struct store_mailbox known;
	uint32_t uid_validity;
	uint32_t last_uid;
	struct done_message done[INGEST_MAILBOX_BATCH];
	size_t done_count;
	const char *refused_mailbox;
	char name[NAME_SIZE]; /* of the message that is read */
};

/* ---- which messages ---- */

static bool is_changing(const struct ingest_mailbox *mailbox)
{
	return mailbox->move_to != NULL || mailbox->is_marking;
}

static int take_message(void *context, const struct imap_message *message)
{
	struct mailbox_run *run = context;
	/* What a person has read may still hold a report: only our own marks end the interest. */
	bool is_old = message->uid <= run->known.last_uid;
	if (run->mailbox->move_to == NULL && is_old && message->is_seen) {
		return 0;
	}
	struct imap_message *kept =
		VECTOR_PUSH(&run->messages, run->arena, struct imap_message, MESSAGES_MAX);
	if (kept == NULL) {
		return FAILURE_MEMORY;
	}
	*kept = *message;
	return 0;
}

static int compare_uids(const void *left, const void *right)
{
	const struct imap_message *a = left;
	const struct imap_message *b = right;
	return a->uid < b->uid ? -1 : a->uid > b->uid;
}

static int list_messages(struct mailbox_run *run, struct failure *reterr)
{
	uint32_t first = is_changing(run->mailbox) ? 1 : run->known.last_uid + 1;
	int r = imap_talk_list(run->mailbox->talk, first, take_message, run, reterr);
	if (r == FAILURE_MEMORY) {
		return failure_set(reterr, FAILURE_MEMORY, "mailbox", "has more than %d messages",
				   MESSAGES_MAX);
	}
	if (r == 0 && run->messages.len > 1) {
		qsort(run->messages.items, run->messages.len, sizeof(struct imap_message),
		      compare_uids);
	}
	return r;
}

/* ---- one message ---- */

struct octets {
	struct imap_talk *talk;
	int status;
	struct failure failure;
};

/* Trouble ends the message; whoever asked looks at the status before anything is committed. */
static size_t read_octets(void *context, char *into, size_t size)
{
	struct octets *octets = context;
	size_t len = 0;
	if (octets->status == 0) {
		octets->status =
			imap_talk_fetch_read(octets->talk, into, size, &len, &octets->failure);
	}
	return octets->status == 0 ? len : 0;
}

static struct span name_of(struct mailbox_run *run, uint32_t uid)
{
	int len = snprintf(run->name, sizeof(run->name), "%.*s;UID=%u",
			   (int)(run->mailbox->name.len < NAME_SIZE / 2 ? run->mailbox->name.len
									: NAME_SIZE / 2),
			   run->mailbox->name.ptr, uid);
	return span_of(run->name, len > 0 ? (size_t)len : 0);
}

static int read_message(struct mailbox_run *run, uint32_t uid, bool *ret_is_used,
			struct failure *reterr)
{
	struct octets octets = {.talk = run->mailbox->talk};
	struct ingest_stream stream = {read_octets, &octets, name_of(run, uid)};
	bool is_there;
	int r = imap_talk_fetch_begin(octets.talk, uid, &is_there, reterr);
	*ret_is_used = true;
	if (r < 0 || !is_there) {
		return r;
	}
	r = ingest_stream(run->ingest, &stream, ret_is_used, reterr);
	if (octets.status < 0) {
		*reterr = octets.failure;
		return octets.status;
	}
	return r == 0 ? imap_talk_fetch_end(octets.talk, reterr) : r;
}

static void refuse_size(struct mailbox_run *run, const struct imap_message *message)
{
	struct failure why;
	(void)failure_set(&why, FAILURE_INPUT, "message", "%llu octets are more than a report has",
			  (unsigned long long)message->size_bytes);
	ingest_refuse(run->ingest, name_of(run, message->uid), &why);
}

static int take_one(struct mailbox_run *run, const struct imap_message *message,
		    struct failure *reterr)
{
	bool is_used = false;
	int r = 0;
	if (message->size_bytes > run->mailbox->max_bytes) {
		refuse_size(run, message);
	} else {
		r = read_message(run, message->uid, &is_used, reterr);
	}
	if (r == 0) {
		run->done[run->done_count++] = (struct done_message){message->uid, !is_used};
		run->last_uid = message->uid > run->last_uid ? message->uid : run->last_uid;
	}
	return r;
}

/* ---- when rows are safe ---- */

/* "4:7,9" of those done; empty when there are none. */
static void write_uids(const struct mailbox_run *run, bool is_refused, struct buffer *uids)
{
	buffer_clear(uids);
	for (size_t i = 0; i < run->done_count; i++) {
		if (run->done[i].is_refused == is_refused) {
			buffer_printf(uids, "%s%u", uids->len > 0 ? "," : "", run->done[i].uid);
		}
	}
}

static int move(struct mailbox_run *run, struct buffer *uids, struct failure *reterr)
{
	const struct ingest_mailbox *mailbox = run->mailbox;
	int r = 0;
	write_uids(run, /* is_refused: */ false, uids);
	if (uids->len > 0) {
		r = imap_talk_move(mailbox->talk, uids->data, mailbox->move_to, &run->capabilities,
				   reterr);
	}
	write_uids(run, /* is_refused: */ true, uids);
	if (r == 0 && uids->len > 0) {
		r = imap_talk_create(mailbox->talk, run->refused_mailbox, reterr);
	}
	if (r == 0 && uids->len > 0) {
		r = imap_talk_move(mailbox->talk, uids->data, run->refused_mailbox,
				   &run->capabilities, reterr);
	}
	return r;
}

static int mark(struct mailbox_run *run, struct buffer *uids, struct failure *reterr)
{
	int r = 0;
	for (int is_refused = 0; r == 0 && is_refused <= 1; is_refused++) {
		write_uids(run, is_refused != 0, uids);
		if (uids->len > 0) {
			r = imap_talk_mark_read(run->mailbox->talk, uids->data, reterr);
		}
	}
	return r;
}

/* RFC 9051 2.3.1.1: other UIDs under the same numbers would be changed. */
static int open_same(struct mailbox_run *run, bool is_read_only, struct failure *reterr)
{
	uint32_t uid_validity;
	int r = imap_talk_open(run->mailbox->talk, run->mailbox->mailbox, is_read_only,
			       &uid_validity, reterr);
	if (r == 0 && uid_validity != run->uid_validity) {
		return failure_set(reterr, FAILURE_IO, "mailbox",
				   "was made anew while it was read; run again");
	}
	return r;
}

static int change(struct mailbox_run *run, struct failure *reterr)
{
	struct buffer uids = buffer_new(UIDS_BYTES);
	int r = open_same(run, /* is_read_only: */ false, reterr);
	if (r == 0 && run->mailbox->is_marking) {
		r = mark(run, &uids, reterr);
	}
	if (r == 0 && run->mailbox->move_to != NULL) {
		r = move(run, &uids, reterr);
	}
	buffer_free(&uids);
	return r == 0 ? open_same(run, /* is_read_only: */ true, reterr) : r;
}

static int finish_batch(struct mailbox_run *run, struct failure *reterr)
{
	struct store_mailbox state = {run->mailbox->name, run->uid_validity, run->last_uid};
	if (run->done_count == 0) {
		return 0;
	}
	int r = ingest_commit_mailbox(run->ingest, &state, reterr);
	if (r == 0 && is_changing(run->mailbox)) {
		r = change(run, reterr);
	}
	run->done_count = 0;
	return r;
}

/* ---- the whole mailbox ---- */

static int prepare_move(struct mailbox_run *run, struct failure *reterr)
{
	const struct ingest_mailbox *mailbox = run->mailbox;
	char delimiter = '\0';
	int r = imap_talk_capabilities(mailbox->talk, &run->capabilities, reterr);
	if (r == 0) {
		r = imap_talk_delimiter(mailbox->talk, &delimiter, reterr);
	}
	if (r < 0) {
		return r;
	}
	run->refused_mailbox = arena_printf(run->arena, "%s%c%s", mailbox->move_to,
					    delimiter != '\0' ? delimiter : '-', "refused")
				       .ptr;
	return run->refused_mailbox != NULL
		       ? imap_talk_create(mailbox->talk, mailbox->move_to, reterr)
		       : failure_set_memory(reterr, "mailbox");
}

static int prepare(struct mailbox_run *run, struct failure *reterr)
{
	const struct ingest_mailbox *mailbox = run->mailbox;
	int r = mailbox->move_to != NULL ? prepare_move(run, reterr) : 0;
	if (r == 0) {
		r = imap_talk_open(mailbox->talk, mailbox->mailbox, /* is_read_only: */ true,
				   &run->uid_validity, reterr);
	}
	if (r == 0) {
		r = store_mailbox_get(mailbox->store, mailbox->name, &run->known, reterr);
	}
	if (r == 0 && run->known.uid_validity != run->uid_validity) {
		run->known = (struct store_mailbox){.name = mailbox->name};
	}
	run->last_uid = run->known.last_uid;
	return r == 0 ? list_messages(run, reterr) : r;
}

static bool is_stopped(const struct ingest_mailbox *mailbox)
{
	return mailbox->is_stopped != NULL && mailbox->is_stopped(mailbox->context);
}

static int read_all(struct mailbox_run *run, struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < run->messages.len && !is_stopped(run->mailbox); i++) {
		r = take_one(run, VECTOR_AT(&run->messages, struct imap_message, i), reterr);
		if (r == 0 && run->done_count == INGEST_MAILBOX_BATCH) {
			r = finish_batch(run, reterr);
		}
	}
	return r == 0 ? finish_batch(run, reterr) : r;
}

int ingest_mailbox(struct ingest *ingest, const struct ingest_mailbox *mailbox,
		   struct failure *reterr)
{
	struct mailbox_run run = {
		.ingest = ingest, .mailbox = mailbox, .arena = arena_new(LIST_BYTES)};
	if (run.arena == NULL) {
		return failure_set_memory(reterr, "mailbox");
	}
	int r = prepare(&run, reterr);
	if (r == 0) {
		r = read_all(&run, reterr);
	}
	arena_free(run.arena);
	return r;
}
