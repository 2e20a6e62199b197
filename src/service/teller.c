/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Tells channels what they have not been told. */
#include <stdio.h>

#include "base/json.h"
#include "service/watch.h"
#include "service/watch_notices.h"
#include "store/notices.h"

#define LONGEST_WAIT_S 3600
#define MESSAGE_BYTES ((size_t)NOTICE_MAX_GROUP * (NOTICE_MAX_BODY + 64) + 4096)
/* Beyond the time that a channel may take, so that nobody else sends it meanwhile. */
#define LEASE_EXTRA_S 60
#define MAX_ID 96

/* One message in the making. */
struct message_draft {
	struct buffer text;
	struct buffer items; /* the JSON objects, with commas */
	size_t count;
};

/* Puts the text away and gives the JSON behind it. */
static struct span take_text(struct message_draft *draft, struct span body)
{
	size_t end = span_find(body, WATCH_BODY_SEPARATOR, 0);
	buffer_append(&draft->text, span_slice(body, 0, end));
	return span_from(body, end + 1);
}

/* The head's object gets the parts' objects as a last member. */
static int add_notice(void *context, const struct notice *notice)
{
	struct message_draft *draft = context;
	struct span rest = notice->body;
	struct span body = {0};
	size_t findings = 0;
	(void)span_split(&rest, NOTICE_PART_SEPARATOR, &body);
	struct span head = take_text(draft, body);
	if (draft->count++ > 0) {
		buffer_putc(&draft->items, ',');
	}
	buffer_append(&draft->items, span_slice(head, 0, head.len > 0 ? head.len - 1 : 0));
	buffer_puts(&draft->items, ",\"findings\":[");
	while (span_split(&rest, NOTICE_PART_SEPARATOR, &body)) {
		struct span finding = take_text(draft, body);
		if (finding.len > 0 && findings++ > 0) {
			buffer_putc(&draft->items, ',');
		}
		buffer_append(&draft->items, finding);
	}
	buffer_puts(&draft->items, "]}");
	buffer_putc(&draft->text, '\n');
	return 0;
}

/* By channel and number, so that a receiver sees a repetition; no name of ours is in it. */
static void write_id(char ret_id[MAX_ID], struct span channel, int64_t number)
{
	snprintf(ret_id, MAX_ID, "mailseal-%016llx-%lld",
		 (unsigned long long)fnv_add(FNV_BASIS, channel), (long long)number);
}

/* The first line of the only notice, or how many there are. */
static struct span subject_of(const struct message_draft *draft, char *room, size_t room_size)
{
	struct span text = buffer_span(&draft->text);
	if (draft->count == 1) {
		return span_slice(text, 0, span_find(text, '\n', 0));
	}
	int len =
		snprintf(room, room_size, "mailseal: %zu notices about your domains", draft->count);
	return span_of(room, (size_t)len);
}

static void write_json(struct buffer *json, const char *id, int64_t now,
		       const struct message_draft *draft)
{
	buffer_printf(json,
		      "{\"schema\":\"mailseal-notices-1\",\"id\":\"%s\",\"sent_at\":\"%s\","
		      "\"notices\":[",
		      id, time_format(now).text);
	buffer_append(json, buffer_span(&draft->items));
	buffer_puts(json, "]}");
}

static int send_draft(const struct teller_options *options, const struct channel *channel,
		      const struct message_draft *draft, const struct notice_message *message,
		      struct failure *reterr)
{
	char id[MAX_ID];
	char subject[128];
	int64_t now = options->now(options->context);
	struct buffer json = buffer_new(MESSAGE_BYTES);
	write_id(id, channel->name, message->number);
	write_json(&json, id, now, draft);
	struct channel_message sent = {
		.id = span_of_string(id),
		.at = now,
		.subject = subject_of(draft, subject, sizeof(subject)),
		.text = buffer_span(&draft->text),
		.json = buffer_span(&json),
	};
	int r = json.is_failed || draft->text.is_failed || draft->items.is_failed
			? failure_set_memory(reterr, "tell")
			: channel_send(channel, &options->settings, &sent, reterr);
	buffer_free(&json);
	return r;
}

static int64_t wait_after(int64_t wait_s, unsigned attempts)
{
	for (unsigned i = 0; i < attempts && wait_s < LONGEST_WAIT_S; i++) {
		wait_s *= 2;
	}
	return wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S;
}

static int settle_message(struct store *store, const struct teller_options *options,
			  const struct channel *channel, const struct notice_message *message,
			  const struct failure *failure, struct failure *reterr)
{
	if (failure == NULL) {
		return notices_told(store, channel->name, message, reterr);
	}
	int64_t again_in_s = wait_after(options->retry_s, message->attempts);
	if (options->on_failure != NULL) {
		options->on_failure(options->context, channel, failure, again_in_s);
	}
	return notices_failed(store, channel->name, message, again_in_s,
			      span_of_string(failure->detail), reterr);
}

static int tell_channel(struct store *store, const struct teller_options *options,
			const struct channel *channel, uint64_t *told, struct failure *reterr)
{
	int64_t timeout_s =
		options->settings.timeout_s > 0 ? options->settings.timeout_s : CHANNEL_TIMEOUT_S;
	struct notice_claim claim = {channel->name, timeout_s + LEASE_EXTRA_S, options->gather_s};
	struct message_draft draft = {buffer_new(MESSAGE_BYTES), buffer_new(MESSAGE_BYTES), 0};
	struct notice_message message;
	bool is_due = false;
	int r = notices_claim(store, &claim, add_notice, &draft, &message, &is_due, reterr);
	if (r == 0 && is_due) {
		struct failure failure;
		int sent = send_draft(options, channel, &draft, &message, &failure);
		r = settle_message(store, options, channel, &message, sent < 0 ? &failure : NULL,
				   reterr);
		*told += r == 0 && sent == 0 ? draft.count : 0;
	}
	buffer_free(&draft.text);
	buffer_free(&draft.items);
	return r;
}

int teller_open_channels(struct store *store, const struct teller_options *options,
			 struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < options->channel_count; i++) {
		r = notices_channel_open(store, options->channels[i].name, reterr);
	}
	return r;
}

int teller_round(struct store *store, const struct teller_options *options, uint64_t *ret_told,
		 struct failure *reterr)
{
	uint64_t told = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < options->channel_count; i++) {
		r = tell_channel(store, options, &options->channels[i], &told, reterr);
	}
	*ret_told = told;
	return r;
}
