/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Address -> name -> address again. */
#include "service/reverse.h"

#include "records/name.h"

/* Honest addresses have one name; RFC 7208 5.5 looks at ten. */
#define NAMES_MAX 4

struct reversing {
	struct senders_report *report;
	const struct senders_options *options;
	struct inquiry *inquiry;
};

static struct span reverse_of(struct arena *arena, struct network address)
{
	const uint8_t *a = (const uint8_t *)address.address;
	if (address.family == NETWORK_IPV4) {
		return arena_printf(arena, "%u.%u.%u.%u.in-addr.arpa", a[3], a[2], a[1], a[0]);
	}
	struct span name = SPAN("ip6.arpa");
	for (size_t i = 0; i < 16; i++) {
		name = arena_printf(arena, "%x.%x.%.*s", a[i] & 15u, a[i] >> 4, SPAN_ARG(name));
	}
	return name;
}

static bool has_address(const struct fact *fact, struct network address)
{
	size_t len = address.family == NETWORK_IPV4 ? 4 : 16;
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count; i++) {
		struct span rdata = fact->dns->records[i].rdata;
		if (rdata.len == len && memcmp(rdata.ptr, address.address, len) == 0) {
			return true;
		}
	}
	return false;
}

/* The first name that leads back; empty when there is none, or not yet known. */
static struct span host_of(struct reversing *reversing, struct network address)
{
	struct arena *arena = reversing->report->arena;
	uint16_t type = address.family == NETWORK_IPV4 ? RR_A : RR_AAAA;
	const struct fact *fact =
		inquire_dns(reversing->inquiry, reverse_of(arena, address), RR_PTR);
	struct span host = span_of(NULL, 0);
	for (size_t i = 0; fact_is_present(fact) && i < fact->dns->record_count && i < NAMES_MAX;
	     i++) {
		struct cursor cursor = cursor_of(fact->dns->records[i].rdata);
		struct span name;
		if (name_from_wire(&cursor, arena, &name) &&
		    has_address(inquire_dns(reversing->inquiry, name, type), address) &&
		    host.len == 0) {
			host = name;
		}
	}
	return host;
}

static int judge(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct reversing *reversing = context;
	struct senders_report *report = reversing->report;
	size_t asked = 0;
	reversing->inquiry = inquiry;
	for (size_t i = 0; i < report->sender_count && asked < REVERSE_SOURCES; i++) {
		struct vector *sources = &report->senders[i]->sources;
		for (size_t k = 0; k < sources->len && k < REVERSE_PER_SENDER; k++, asked++) {
			struct sender_sample *source = VECTOR_AT(sources, struct sender_sample, k);
			struct network address;
			if (network_parse_address(source->text, &address)) {
				source->host = host_of(reversing, address);
			}
		}
	}
	return arena_has_failed(report->arena) ? failure_set_memory(reterr, "name the sources") : 0;
}

/* A sender that is a bare network: "192.0.2.0/24". */
static bool is_named_by_network(const struct sender *sender)
{
	struct network network;
	return sender->provider == NULL && network_parse(sender->name, &network);
}

static void rename_sender(const struct reversing *reversing, struct sender *sender)
{
	const struct senders_options *options = reversing->options;
	struct span host = span_of(NULL, 0);
	for (size_t k = 0; k < sender->sources.len && host.len == 0; k++) {
		host = VECTOR_AT(&sender->sources, const struct sender_sample, k)->host;
	}
	if (host.len == 0) {
		return;
	}
	const struct provider *provider = provider_by_ptr(options->providers, host);
	struct span organisation = public_suffix_organisational(options->suffixes, host);
	if (sender->class != MAIL_SPOOFED) {
		sender->provider = provider;
	}
	sender->name = arena_printf(reversing->report->arena, "%.*s (%.*s)",
				    SPAN_ARG(provider != NULL	    ? provider->name
					     : organisation.len > 0 ? organisation
								    : host),
				    SPAN_ARG(sender->name));
}

int reverse_name(struct senders_report *report, struct facts *facts, struct fact_source *source,
		 const struct senders_options *options, struct failure *reterr)
{
	struct reversing reversing = {.report = report, .options = options};
	int r = settle(facts, source, (struct judge){judge, &reversing}, reterr);
	for (size_t i = 0; r == 0 && i < report->sender_count; i++) {
		if (is_named_by_network(report->senders[i])) {
			rename_sender(&reversing, report->senders[i]);
		}
	}
	return r;
}
