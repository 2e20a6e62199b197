/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Sorts report addresses. */
#include "advise/addresses.h"

#include "advise/record_change.h"
#include "guide/providers.h"

/* What the assessor found out about an address; WORKS for one it did not meet. */
static enum destination_state state_of(const struct destinations *all, struct span text)
{
	for (size_t i = 0; i < all->count; i++) {
		if (span_equal(all->items[i].uri->text, text)) {
			return all->items[i].state;
		}
	}
	return DESTINATION_WORKS;
}

static bool is_retired(const struct address_rules *rules, struct span host)
{
	const struct retired_destination *retired =
		retired_destination_find(rules->a->options->providers, host);
	return retired != NULL && !span_equal(retired->kind, rules->other_kind);
}

/* Nobody receives what is sent there. */
static bool is_lost(enum destination_state state)
{
	switch (state) {
	case DESTINATION_RETIRED:
	case DESTINATION_UNREACHABLE:
	case DESTINATION_UNREGISTERED:
		return true;
	case DESTINATION_WORKS:
	case DESTINATION_UNAUTHORISED:
	case DESTINATION_UNKNOWN:
	case DESTINATION_INVALID:   /* the address may have been put right since */
	case DESTINATION_DUPLICATE: /* of another one in the list */
		break;
	}
	return false;
}

static bool is_kept(const struct address_rules *rules, const struct dmarc_uri *uri)
{
	bool is_known_scheme = uri->is_mailto || (uri->is_https && rules->is_https_ok);
	return uri->is_valid && is_known_scheme && !is_retired(rules, uri->host) &&
	       !is_lost(state_of(rules->judged, uri->text));
}

static bool has_address(struct span list, struct span uri)
{
	struct span part;
	while (span_split(&list, ',', &part)) {
		if (span_equal_nocase(part, uri)) {
			return true;
		}
	}
	return false;
}

static struct span append(struct arena *arena, struct span list, struct span uri)
{
	if (has_address(list, uri)) {
		return list;
	}
	return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(list), list.len > 0 ? "," : "",
			    SPAN_ARG(uri));
}

/* "a@example.org" lacks "mailto:"; "mailto:a@example.org!10m" has a suffix that no longer counts.
 */
static struct span plain_uri(struct arena *arena, const struct dmarc_uri *uri)
{
	bool is_bare =
		!uri->is_mailto && !uri->is_https && span_find(uri->text, '@', 0) < uri->text.len;
	size_t end = uri->has_size_suffix ? span_find(uri->text, '!', 0) : uri->text.len;
	struct span text = span_slice(uri->text, 0, end);
	struct span plain = is_bare ? arena_printf(arena, "mailto:%.*s", SPAN_ARG(text)) : text;
	return span_trim(plain, TEXT_SPACE);
}

static struct dmarc_uri_list read_list(struct arena *arena, struct span value)
{
	struct problems problems = {0};
	struct tag tag = {.name = SPAN("rua"), .value = value};
	return dmarc_uri_list_parse(arena, &tag, &problems);
}

/* The address as it should stand, or an empty span when it goes. */
static struct span mended_one(const struct address_rules *rules, const struct dmarc_uri *uri)
{
	struct span plain = plain_uri(rules->arena, uri);
	struct dmarc_uri_list again = read_list(rules->arena, plain);
	if (again.count == 1 && again.uris[0].has_size_suffix) { /* seen once "mailto:" is there */
		plain = plain_uri(rules->arena, &again.uris[0]);
		again = read_list(rules->arena, plain);
	}
	bool is_good = again.count == 1 && !is_lost(state_of(rules->judged, uri->text)) &&
		       is_kept(rules, &again.uris[0]);
	return is_good ? plain : SPAN("");
}

struct span addresses_mend(const struct address_rules *rules, struct span list)
{
	struct dmarc_uri_list uris = read_list(rules->arena, list);
	struct span kept = SPAN("");
	for (size_t i = 0; i < uris.count; i++) {
		struct span uri = mended_one(rules, &uris.uris[i]);
		kept = uri.len > 0 ? append(rules->arena, kept, uri) : kept;
	}
	return kept;
}

struct span addresses_join(struct arena *arena, struct span list, struct span other)
{
	struct span joined = record_value_is_template(list) ? SPAN("") : list;
	struct span uri;
	while (!record_value_is_template(other) && span_split(&other, ',', &uri)) {
		joined = append(arena, joined, uri);
	}
	return joined.len > 0 ? joined : list;
}
