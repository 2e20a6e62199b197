/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Records -> domains. */
#include "service/scan_zone.h"

#include <stdlib.h>

#include "records/zone_file.h"

struct scan_zone {
	struct scan_input input; /* first: next() casts back */
	struct arena *arena;
	struct vector names; /* of struct span */
	struct seen *skip;
	size_t at;
};

/* RFC 1035 3.3.14: a length, and so many octets. */
static bool rdata_has_spf(struct span rdata)
{
	return rdata.len > 0 && zone_data_has_spf(span_from(rdata, 1));
}

static bool take(void *context, const struct dns_packet_record *record)
{
	struct scan_zone *zone = context;
	bool is_text = record->type == RR_TXT || record->type == RR_SPF;
	struct span domain;
	if (!zone_mail_domain(record->owner, record->type, is_text && rdata_has_spf(record->rdata),
			      &domain) ||
	    seen_add(zone->skip, domain) == SEEN_BEFORE) {
		return true;
	}
	struct span *name =
		VECTOR_PUSH(&zone->names, zone->arena, struct span, SCAN_ZONE_MAX_NAMES);
	struct span copy = arena_copy(zone->arena, domain);
	if (name == NULL || arena_has_failed(zone->arena)) {
		return false;
	}
	*name = copy;
	return true;
}

static int next(struct scan_input *input, struct scan_item *ret_item, enum scan_next *ret_next,
		struct failure *reterr)
{
	struct scan_zone *zone = (struct scan_zone *)input;
	(void)reterr;
	*ret_next = zone->at < zone->names.len ? SCAN_NEXT_ITEM : SCAN_NEXT_END;
	if (*ret_next == SCAN_NEXT_ITEM) {
		*ret_item = (struct scan_item){
			.domain = *VECTOR_AT(&zone->names, struct span, zone->at)};
		ret_item->ticket = ++zone->at;
	}
	return 0;
}

static uint64_t remaining(struct scan_input *input)
{
	const struct scan_zone *zone = (const struct scan_zone *)input;
	return zone->names.len - zone->at;
}

int scan_zone_fetch(const struct scan_zone_options *options, struct scan_zone **ret_zone,
		    struct failure *reterr)
{
	struct scan_zone *zone = calloc(1, sizeof(*zone));
	if (zone == NULL) {
		return failure_set_memory(reterr, "transfer a zone");
	}
	zone->input = (struct scan_input){next, remaining};
	zone->skip = options->skip;
	zone->arena = arena_new(SCAN_ZONE_MAX_BYTES);
	struct axfr_reader reader =
		axfr_reader_new(options->zone, (uint16_t)options->seed, take, zone);
	int r = zone->arena != NULL ? axfr_fetch(&reader, options->server, options->is_stopped,
						 options->context, reterr)
				    : failure_set_memory(reterr, "transfer a zone");
	axfr_reader_free(&reader);
	if (r < 0) {
		scan_zone_free(zone);
		return r;
	}
	*ret_zone = zone;
	return 0;
}

void scan_zone_free(struct scan_zone *zone)
{
	if (zone != NULL) {
		arena_free(zone->arena);
		free(zone);
	}
}

struct scan_input *scan_zone_input(struct scan_zone *zone)
{
	return &zone->input;
}
