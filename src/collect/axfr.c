/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Octets -> messages -> records. */
#include "collect/axfr.h"

#include <stdio.h>

#include "net/exchange.h"
#include "records/name.h"

#define RR_AXFR 252
/* RFC 1035 4.2.2: two octets of length before each message. */
#define LENGTH_OCTETS 2

struct axfr_reader
axfr_reader_new(struct span zone, uint16_t id,
		bool (*take)(void *context, const struct dns_packet_record *record), void *context)
{
	struct axfr_reader reader = {
		.zone = zone,
		.id = id,
		.take = take,
		.context = context,
		.pending = buffer_new(LENGTH_OCTETS + LIMIT_DNS_MESSAGE),
		.arena = arena_new(DNS_PACKET_ARENA_BYTES),
	};
	reader.state = reader.arena != NULL ? AXFR_OPEN : AXFR_MALFORMED;
	return reader;
}

void axfr_reader_free(struct axfr_reader *reader)
{
	buffer_free(&reader->pending);
	arena_free(reader->arena);
}

static enum axfr_state take_record(struct axfr_reader *reader,
				   const struct dns_packet_record *record)
{
	bool is_soa = record->type == RR_SOA && span_equal(record->owner, reader->zone);
	/* RFC 5936 2.2: the first record is the SOA, and so is the last. */
	if (reader->records == 0 && !is_soa) {
		return AXFR_MALFORMED;
	}
	reader->soas += is_soa ? 1 : 0;
	if (++reader->records > AXFR_MAX_RECORDS) {
		return AXFR_TOO_LARGE;
	}
	if (is_soa && reader->soas > 1) {
		return AXFR_DONE;
	}
	if (name_is_at_or_under(record->owner, reader->zone) &&
	    !reader->take(reader->context, record)) {
		return AXFR_STOPPED;
	}
	return AXFR_OPEN;
}

static enum axfr_state take_message(struct axfr_reader *reader, struct span message)
{
	struct dns_packet packet;
	arena_reset(reader->arena);
	if (!dns_packet_read_next(reader->arena, message, &packet) || !packet.is_response ||
	    packet.id != reader->id) {
		return AXFR_MALFORMED;
	}
	if (packet.rcode != DNS_RCODE_NOERROR) {
		reader->rcode = packet.rcode;
		return AXFR_REFUSED;
	}
	enum axfr_state state = AXFR_OPEN;
	size_t answers = 0;
	for (size_t i = 0; state == AXFR_OPEN && i < packet.records.len; i++) {
		const struct dns_packet_record *record = dns_packet_at(&packet, i);
		if (record->section == DNS_SECTION_ANSWER) {
			answers++;
			state = take_record(reader, record);
		}
	}
	/* A message without records would let a server talk for ever. */
	return answers > 0 ? state : AXFR_MALFORMED;
}

/* The first whole message of what is pending; false when it is not there yet. */
static bool take_pending(struct axfr_reader *reader)
{
	struct span pending = buffer_span(&reader->pending);
	if (pending.len < LENGTH_OCTETS) {
		return false;
	}
	size_t len = (size_t)span_octet(pending, 0) << 8 | span_octet(pending, 1);
	if (pending.len - LENGTH_OCTETS < len) {
		return false;
	}
	reader->state = take_message(reader, span_slice(pending, LENGTH_OCTETS, len));
	buffer_clear(&reader->pending);
	return true;
}

/* How many octets are missing from the message at hand. */
static size_t missing(const struct axfr_reader *reader)
{
	struct span pending = buffer_span(&reader->pending);
	if (pending.len < LENGTH_OCTETS) {
		return LENGTH_OCTETS - pending.len;
	}
	size_t len = (size_t)span_octet(pending, 0) << 8 | span_octet(pending, 1);
	return LENGTH_OCTETS + len - pending.len;
}

enum axfr_state axfr_reader_take(struct axfr_reader *reader, struct span octets)
{
	reader->octets += octets.len;
	if (reader->state == AXFR_OPEN && reader->octets > AXFR_MAX_BYTES) {
		reader->state = AXFR_TOO_LARGE;
	}
	while (reader->state == AXFR_OPEN && octets.len > 0) {
		struct span part = span_slice(octets, 0, missing(reader));
		buffer_append(&reader->pending, part);
		octets = span_from(octets, part.len);
		if (missing(reader) == 0) {
			take_pending(reader);
		}
	}
	return reader->state;
}

/* One fetch under way. */
struct fetch {
	struct axfr_reader *reader;
	bool (*is_stopped)(void *context);
	void *context;
	struct exchange *exchange;
	enum exchange_end end;
	bool is_over;
};

static void send_question(const struct axfr_reader *reader, struct buffer *send)
{
	struct buffer question = buffer_new(LIMIT_DNS_MESSAGE);
	const struct fact_key key = {FACT_DNS, RR_AXFR, reader->zone};
	dns_packet_write_question(&question, reader->id, key, /* is_recursive */ false);
	buffer_putc(send, (char)(question.len >> 8));
	buffer_putc(send, (char)(question.len & 0xff));
	buffer_append(send, buffer_span(&question));
	buffer_free(&question);
}

static struct exchange_next on_event(void *context, enum exchange_event event, struct span octets,
				     struct buffer *send)
{
	struct fetch *fetch = context;
	if (event == EXCHANGE_CONNECTED) {
		send_question(fetch->reader, send);
	} else if (event == EXCHANGE_RECEIVED) {
		axfr_reader_take(fetch->reader, octets);
	}
	return (struct exchange_next){.is_done = fetch->reader->state != AXFR_OPEN};
}

static void on_end(void *context, enum exchange_end end)
{
	struct fetch *fetch = context;
	fetch->end = end;
	fetch->is_over = true;
}

static bool is_over(void *context)
{
	struct fetch *fetch = context;
	if (!fetch->is_over && fetch->is_stopped != NULL && fetch->is_stopped(fetch->context)) {
		exchange_stop(fetch->exchange);
	}
	return fetch->is_over;
}

static const char *end_text(enum exchange_end end)
{
	static const char *const texts[] = {
		[EXCHANGE_DONE] = "done",
		[EXCHANGE_REFUSED] = "the server refuses connections",
		[EXCHANGE_UNREACHABLE] = "the server cannot be reached",
		[EXCHANGE_TIMEOUT] = "the transfer took too long",
		[EXCHANGE_CLOSED] = "the server closed the connection before the end",
		[EXCHANGE_RESET] = "the server reset the connection",
		[EXCHANGE_LOCAL] = "no connection can be made from here",
		[EXCHANGE_STOPPED] = "stopped",
	};
	return texts[end];
}

static int conclude(const struct fetch *fetch, const char *what, struct failure *reterr)
{
	const struct axfr_reader *reader = fetch->reader;
	switch (reader->state) {
	case AXFR_DONE:
		return 0;
	case AXFR_OPEN:
		return failure_set(reterr, FAILURE_INPUT, what, "%s", end_text(fetch->end));
	case AXFR_REFUSED:
		return failure_set(reterr, FAILURE_INPUT, what,
				   "the server does not hand the zone out (rcode %u)",
				   reader->rcode);
	case AXFR_MALFORMED:
		return failure_set(reterr, FAILURE_INPUT, what,
				   "what the server sent is no transfer of this zone");
	case AXFR_TOO_LARGE:
		return failure_set(reterr, FAILURE_INPUT, what, "the zone is too large");
	case AXFR_STOPPED:
		break;
	}
	return failure_set(reterr, FAILURE_INPUT, what, "more names with mail than can be kept");
}

int axfr_fetch(struct axfr_reader *reader, const struct dns_server *server,
	       bool (*is_stopped)(void *context), void *context, struct failure *reterr)
{
	char what[LIMIT_NAME_TEXT + 32];
	struct fetch fetch = {.reader = reader, .is_stopped = is_stopped, .context = context};
	const struct exchange_options options = {.peer = server->address,
						 .deadline_ms = AXFR_DEADLINE_MS};
	const struct exchange_dialogue dialogue = {on_event, on_end, &fetch};
	struct loop *loop = loop_new();
	snprintf(what, sizeof(what), "transfer %.*s", SPAN_ARG(reader->zone));
	if (loop != NULL) {
		fetch.exchange = exchange_new(loop, &options, &dialogue);
	}
	if (fetch.exchange == NULL) {
		loop_free(loop);
		return failure_set_memory(reterr, what);
	}
	loop_run(loop, is_over, &fetch);
	loop_free(loop);
	return conclude(&fetch, what, reterr);
}
