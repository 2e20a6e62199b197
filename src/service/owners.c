/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The only file that knows libmaxminddb. */
#include "service/owners.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Names of networks are far shorter; a hostile file may say otherwise. */
#define TEXT_MAX 100

struct owners {
	MMDB_s asn;
	MMDB_s country;
	bool has_asn;
	bool has_country;
};

static int open_one(const char *path, MMDB_s *database, bool *ret_is_open, struct failure *reterr)
{
	int status = path != NULL ? MMDB_open(path, MMDB_MODE_MMAP, database) : MMDB_SUCCESS;
	*ret_is_open = path != NULL && status == MMDB_SUCCESS;
	return status == MMDB_SUCCESS
		       ? 0
		       : failure_set(reterr, FAILURE_INPUT, path, "%s", MMDB_strerror(status));
}

int owners_open(const char *asn_path, const char *country_path, struct owners **ret_owners,
		struct failure *reterr)
{
	struct owners *owners = calloc(1, sizeof(*owners));
	if (owners == NULL) {
		return failure_set_memory(reterr, "networks");
	}
	int r = open_one(asn_path, &owners->asn, &owners->has_asn, reterr);
	if (r == 0) {
		r = open_one(country_path, &owners->country, &owners->has_country, reterr);
	}
	if (r < 0) {
		owners_close(owners);
		return r;
	}
	*ret_owners = owners;
	return 0;
}

void owners_close(struct owners *owners)
{
	if (owners == NULL) {
		return;
	}
	if (owners->has_asn) {
		MMDB_close(&owners->asn);
	}
	if (owners->has_country) {
		MMDB_close(&owners->country);
	}
	free(owners);
}

static bool look_up(const MMDB_s *database, struct network address, MMDB_entry_s *ret_entry)
{
	struct sockaddr_in ipv4 = {.sin_family = AF_INET};
	struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
	bool is_ipv4 = address.family == NETWORK_IPV4;
	memcpy(&ipv4.sin_addr, address.address, sizeof(ipv4.sin_addr));
	memcpy(&ipv6.sin6_addr, address.address, sizeof(ipv6.sin6_addr));
	const void *socket_address = is_ipv4 ? (const void *)&ipv4 : (const void *)&ipv6;
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s result =
		MMDB_lookup_sockaddr(database, (const struct sockaddr *)socket_address, &status);
	*ret_entry = result.entry;
	return status == MMDB_SUCCESS && result.found_entry;
}

/* The text at a path; cut, cleaned, and empty when there is none. */
static struct span text_at(struct arena *arena, MMDB_entry_s *entry, const char *const *path)
{
	MMDB_entry_data_s data;
	if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
	    data.type != MMDB_DATA_TYPE_UTF8_STRING) {
		return span_of(NULL, 0);
	}
	struct span text = span_of(data.utf8_string, data.data_size);
	text = arena_copy(arena, span_slice(text, 0, TEXT_MAX));
	return text_is_utf8(text) ? text : span_of(NULL, 0);
}

static uint32_t number_at(MMDB_entry_s *entry, const char *const *path)
{
	MMDB_entry_data_s data;
	bool is_there = MMDB_aget_value(entry, &data, path) == MMDB_SUCCESS && data.has_data;
	return !is_there			    ? 0
	       : data.type == MMDB_DATA_TYPE_UINT32 ? data.uint32
	       : data.type == MMDB_DATA_TYPE_UINT16 ? data.uint16
						    : 0;
}

/* "AS64500 Example Net", of whatever of it there is. */
static struct span owner_of(struct arena *arena, MMDB_entry_s *entry)
{
	static const char *const organisation[] = {"autonomous_system_organization", NULL};
	static const char *const number[] = {"autonomous_system_number", NULL};
	static const char *const name[] = {"as_name", NULL};
	static const char *const text[] = {"asn", NULL};
	struct span owner = text_at(arena, entry, organisation);
	struct span asn = text_at(arena, entry, text);
	uint32_t asn_number = number_at(entry, number);
	owner = owner.len > 0 ? owner : text_at(arena, entry, name);
	if (asn_number > 0) {
		asn = arena_printf(arena, "AS%u", asn_number);
	}
	return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(asn),
			    asn.len > 0 && owner.len > 0 ? " " : "", SPAN_ARG(owner));
}

static struct span country_of(struct arena *arena, MMDB_entry_s *entry)
{
	static const char *const code[] = {"country", "iso_code", NULL};
	static const char *const flat[] = {"country_code", NULL};
	struct span country = text_at(arena, entry, code);
	return country.len > 0 ? country : text_at(arena, entry, flat);
}

static void name_source(const struct owners *owners, struct arena *arena,
			struct sender_sample *source)
{
	MMDB_entry_s entry;
	struct network address;
	if (!network_parse_address(source->text, &address)) {
		return;
	}
	if (owners->has_asn && look_up(&owners->asn, address, &entry)) {
		source->owner = owner_of(arena, &entry);
	}
	if (owners->has_country && look_up(&owners->country, address, &entry)) {
		source->country = country_of(arena, &entry);
	}
}

void owners_name(const struct owners *owners, struct senders_report *report)
{
	for (size_t i = 0; i < report->sender_count; i++) {
		struct vector *sources = &report->senders[i]->sources;
		for (size_t k = 0; k < sources->len; k++) {
			name_source(owners, report->arena,
				    VECTOR_AT(sources, struct sender_sample, k));
		}
	}
}
