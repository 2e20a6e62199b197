/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * A zone transfer (RFC 5936): all records of a zone, from one server, over TCP. The reader is pure
 * and takes octets in any pieces; axfr_fetch() brings them. Whatever the server sends, memory and
 * time are bounded.
 */
#ifndef MAILSEAL_COLLECT_AXFR_H
#define MAILSEAL_COLLECT_AXFR_H

#include "collect/dns_packet.h"
#include "collect/dns_server.h"

/* The largest zones that are handed out are some millions of records. */
#define AXFR_MAX_RECORDS ((uint64_t)50000000)
#define AXFR_MAX_BYTES ((uint64_t)8 << 30)
#define AXFR_DEADLINE_MS 600000

enum axfr_state {
	AXFR_OPEN,
	AXFR_DONE,	/* the second SOA came */
	AXFR_REFUSED,	/* an error instead of records: see rcode */
	AXFR_MALFORMED, /* not a transfer of this zone */
	AXFR_TOO_LARGE,
	AXFR_STOPPED, /* take() said so */
};

struct axfr_reader {
	struct span zone; /* canonical; the caller's */
	uint16_t id;
	/* For each record at or below the zone; false stops. Its spans are good until it returns.
	 */
	bool (*take)(void *context, const struct dns_packet_record *record);
	void *context;

	enum axfr_state state;
	uint16_t rcode;
	uint64_t records;
	uint64_t octets;
	unsigned soas;
	struct buffer pending; /* of a message that is not whole yet */
	struct arena *arena;   /* of one message */
};

/* state is AXFR_MALFORMED from the start when memory is out. */
struct axfr_reader
axfr_reader_new(struct span zone, uint16_t id,
		bool (*take)(void *context, const struct dns_packet_record *record), void *context);
void axfr_reader_free(struct axfr_reader *reader);
/* Takes what came, while the state is AXFR_OPEN. */
enum axfr_state axfr_reader_take(struct axfr_reader *reader, struct span octets);

/* Asks the server and feeds the reader until it is done. The failure says what went wrong. */
int axfr_fetch(struct axfr_reader *reader, const struct dns_server *server,
	       bool (*is_stopped)(void *context), void *context, struct failure *reterr) MUST_CHECK;

#endif
