/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Endpoints: words, look-ups and copies. */
#include "facts/endpoint.h"

#include "facts/words.h"

static const char *const reach_names[ENDPOINT_REACH_COUNT] = {
	[ENDPOINT_CONNECTED] = "connected", [ENDPOINT_REFUSED] = "refused",
	[ENDPOINT_TIMEOUT] = "timeout",	    [ENDPOINT_UNREACHABLE] = "unreachable",
	[ENDPOINT_LOCAL] = "local",
};

static const char *const greeting_names[ENDPOINT_GREETING_COUNT] = {
	[ENDPOINT_GREETING_NONE] = "none",	     [ENDPOINT_GREETING_READY] = "ready",
	[ENDPOINT_GREETING_TRANSIENT] = "transient", [ENDPOINT_GREETING_REFUSING] = "refusing",
	[ENDPOINT_GREETING_MALFORMED] = "malformed", [ENDPOINT_GREETING_SILENT] = "silent",
	[ENDPOINT_GREETING_CLOSED] = "closed",	     [ENDPOINT_GREETING_RESET] = "reset",
};

static const char *const starttls_names[ENDPOINT_STARTTLS_COUNT] = {
	[ENDPOINT_STARTTLS_UNKNOWN] = "unknown", [ENDPOINT_STARTTLS_WORKS] = "works",
	[ENDPOINT_STARTTLS_ABSENT] = "absent",	 [ENDPOINT_STARTTLS_MASKED] = "masked",
	[ENDPOINT_STARTTLS_REFUSED] = "refused", [ENDPOINT_STARTTLS_PLAIN] = "plain",
	[ENDPOINT_STARTTLS_RESET] = "reset",	 [ENDPOINT_STARTTLS_CLOSED] = "closed",
	[ENDPOINT_STARTTLS_SILENT] = "silent",	 [ENDPOINT_STARTTLS_ALERT] = "alert",
};

static const char *const plan_names[ENDPOINT_PLAN_COUNT] = {
	[ENDPOINT_QUICK] = "quick",
	[ENDPOINT_NORMAL] = "normal",
	[ENDPOINT_FULL] = "full",
};

WORDS_DEFINE(endpoint_reach, reach_names)
WORDS_DEFINE(endpoint_greeting, greeting_names)
WORDS_DEFINE(endpoint_starttls, starttls_names)
WORDS_DEFINE(endpoint_plan, plan_names)

const struct endpoint_version *endpoint_version_at(const struct smtp_endpoint *endpoint,
						   uint16_t version)
{
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		if (endpoint->versions[i].version == version) {
			return &endpoint->versions[i];
		}
	}
	return NULL;
}

struct probe endpoint_suite(const struct endpoint_version *version, uint32_t suite)
{
	const struct endpoint_suites *suites = &version->suites;
	for (size_t i = 0; i < suites->accepted_count; i++) {
		if (suites->accepted[i] == suite) {
			return probe_of(true);
		}
	}
	for (size_t i = 0; i < suites->refused_count; i++) {
		if (suites->refused[i] == suite) {
			return probe_of(false);
		}
	}
	if (version->is_accepted.answer == PROBE_UNKNOWN) {
		return version->is_accepted;
	}
	return version->is_accepted.answer == PROBE_NO ? version->is_accepted
						       : probe_unknown(PROBE_NOT_ASKED);
}

struct probe endpoint_group(const struct endpoint_groups *groups, uint16_t group)
{
	for (size_t i = 0; i < groups->accepted_count; i++) {
		if (groups->accepted[i] == group) {
			return probe_of(true);
		}
	}
	for (size_t i = 0; i < groups->refused_count; i++) {
		if (groups->refused[i] == group) {
			return probe_of(false);
		}
	}
	return probe_unknown(PROBE_NOT_ASKED);
}

bool endpoint_has_keyword(const struct endpoint_ehlo *ehlo, struct span keyword)
{
	for (size_t i = 0; i < ehlo->keyword_count; i++) {
		struct span line = ehlo->keywords[i];
		bool is_whole = line.len == keyword.len ||
				(line.len > keyword.len && line.ptr[keyword.len] == ' ');
		if (is_whole && span_starts_with_nocase(line, keyword)) {
			return true;
		}
	}
	return false;
}

struct span endpoint_subject(struct arena *arena, struct network address, uint16_t port,
			     struct span name)
{
	struct network_text text = network_format(address);
	return arena_printf(arena, "%s %u %.*s", text.text, port, SPAN_ARG(name));
}

bool endpoint_subject_parse(struct span subject, struct network *ret_address, uint16_t *ret_port,
			    struct span *ret_name)
{
	struct span parts[3];
	for (size_t i = 0; i < 3; i++) {
		size_t len = 0;
		while (len < subject.len && subject.ptr[len] != ' ') {
			len++;
		}
		parts[i] = span_slice(subject, 0, len);
		subject = span_from(subject, len + 1);
	}
	struct network address;
	uint64_t port;
	if (subject.len > 0 || parts[2].len == 0 || !network_parse_address(parts[0], &address) ||
	    !number_parse_decimal(parts[1], UINT16_MAX, &port)) {
		return false;
	}
	*ret_address = address;
	*ret_port = (uint16_t)port;
	*ret_name = parts[2];
	return true;
}

/* A copy of count items; NULL (and the arena's flag) when memory is out. */
static void *copy_items(struct arena *arena, const void *items, size_t count, size_t item_size)
{
	void *copy = arena_alloc(arena, count * item_size);
	if (copy != NULL && count > 0) {
		memcpy(copy, items, count * item_size);
	}
	return copy;
}

static struct span *copy_spans(struct arena *arena, const struct span *spans, size_t count)
{
	struct span *copy = arena_alloc(arena, count * sizeof(*copy));
	for (size_t i = 0; i < count && copy != NULL; i++) {
		copy[i] = arena_copy(arena, spans[i]);
	}
	return copy;
}

static void copy_ehlo(struct arena *arena, struct endpoint_ehlo *ehlo)
{
	ehlo->reply.text = arena_copy(arena, ehlo->reply.text);
	ehlo->keywords = copy_spans(arena, ehlo->keywords, ehlo->keyword_count);
}

static void copy_suites(struct arena *arena, struct endpoint_suites *suites)
{
	suites->accepted = copy_items(arena, suites->accepted, suites->accepted_count,
				      sizeof(*suites->accepted));
	suites->refused =
		copy_items(arena, suites->refused, suites->refused_count, sizeof(*suites->refused));
}

static void copy_groups(struct arena *arena, struct endpoint_groups *groups)
{
	groups->accepted = copy_items(arena, groups->accepted, groups->accepted_count,
				      sizeof(*groups->accepted));
	groups->refused =
		copy_items(arena, groups->refused, groups->refused_count, sizeof(*groups->refused));
}

static void copy_presentation(struct arena *arena, struct endpoint_presentation *presentation)
{
	presentation->asked = arena_copy(arena, presentation->asked);
	presentation->signature = arena_copy(arena, presentation->signature);
	presentation->chain = copy_spans(arena, presentation->chain, presentation->chain_count);
	presentation->trust_error = arena_copy(arena, presentation->trust_error);
	presentation->ocsp = arena_copy(arena, presentation->ocsp);
	presentation->outer_name = arena_copy(arena, presentation->outer_name);
	copy_ehlo(arena, &presentation->ehlo);
}

const struct smtp_endpoint *endpoint_copy(struct arena *arena, const struct smtp_endpoint *endpoint)
{
	struct smtp_endpoint *copy = copy_items(arena, endpoint, 1, sizeof(*endpoint));
	if (copy == NULL) {
		return NULL;
	}
	copy->address = arena_copy(arena, endpoint->address);
	copy->name = arena_copy(arena, endpoint->name);
	copy->banner.text = arena_copy(arena, endpoint->banner.text);
	copy->starttls_reply.text = arena_copy(arena, endpoint->starttls_reply.text);
	copy->handshake_error = arena_copy(arena, endpoint->handshake_error);
	copy_ehlo(arena, &copy->ehlo);
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		copy_suites(arena, &copy->versions[i].suites);
	}
	copy_groups(arena, &copy->groups12);
	copy_groups(arena, &copy->groups13);
	copy->dh = copy_items(arena, endpoint->dh, endpoint->dh_count, sizeof(*endpoint->dh));
	copy->presentations =
		copy_items(arena, endpoint->presentations, endpoint->presentation_count,
			   sizeof(*endpoint->presentations));
	for (size_t i = 0; i < copy->presentation_count && copy->presentations != NULL; i++) {
		copy_presentation(arena, &copy->presentations[i]);
	}
	return arena_has_failed(arena) ? NULL : copy;
}
