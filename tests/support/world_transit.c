/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Endpoints and policies made of text. */
#include "world_transit.h"

#include <openssl/ocsp.h>

#include "certificate.h"
#include "crypto/x509.h"
#include "facts/endpoint_json.h"
#include "world.h"

#define MAX_LINES 1000
#define DAY 86400

struct endpoint_line {
	struct span subject;
	const struct smtp_endpoint *endpoint; /* NULL: our own network */
};

struct policy_line {
	struct span domain;
	const struct policy_fetch *policy; /* NULL: absent */
};

struct world_transit {
	struct arena *arena;
	struct vector endpoints;
	struct vector policies;
};

static uint16_t good_groups[] = {0x11ec, 0x001d, 0x0017};
static uint16_t good_groups12[] = {0x001d, 0x0017};
static uint32_t good_suites12[] = {0xc02b, 0xc02c, 0xc02f, 0xc030};
static uint32_t good_suites13[] = {0x1302, 0x1303, 0x1301};

struct world_transit *world_transit_new(struct arena *arena)
{
	struct world_transit *world = arena_alloc(arena, sizeof(*world));
	world->arena = arena;
	return world;
}

static struct span take_word(struct span *rest)
{
	size_t len = 0;
	while (len < rest->len && !text_is_space(rest->ptr[len])) {
		len++;
	}
	struct span word = span_slice(*rest, 0, len);
	*rest = span_trim(span_from(*rest, len), TEXT_SPACE);
	return word;
}

static uint64_t to_number(struct span text)
{
	uint64_t number = 0;
	return number_parse_decimal(text, UINT32_MAX, &number) ? number : 0;
}

static int64_t to_days(struct span text)
{
	bool is_past = text.len > 0 && text.ptr[0] == '-';
	int64_t days = (int64_t)to_number(span_from(text, is_past ? 1 : 0));
	return is_past ? -days : days;
}

static uint32_t to_hex(struct span text)
{
	uint32_t number = 0;
	for (size_t i = 0; i < text.len; i++) {
		number = number << 4 | (uint32_t)text_hex_value(text.ptr[i]);
	}
	return number;
}

static uint32_t *to_suites(struct arena *arena, struct span text, size_t *ret_count)
{
	uint32_t *list = arena_alloc(arena, ENDPOINT_MAX_SUITES * sizeof(*list));
	struct span part;
	*ret_count = 0;
	while (text.len > 0 && span_split(&text, ',', &part)) {
		list[(*ret_count)++] = to_hex(part);
	}
	return list;
}

static uint16_t *to_groups(struct arena *arena, struct span text, size_t *ret_count)
{
	uint16_t *list = arena_alloc(arena, ENDPOINT_MAX_GROUPS * sizeof(*list));
	struct span part;
	*ret_count = 0;
	while (text.len > 0 && span_split(&text, ',', &part)) {
		list[(*ret_count)++] = (uint16_t)to_hex(part);
	}
	return list;
}

/* --- a good server --- */

static const char *const version_words[ENDPOINT_VERSIONS] = {"ssl2", "ssl3", "1.0",
							     "1.1",  "1.2",  "1.3"};
static const uint16_t version_numbers[ENDPOINT_VERSIONS] = {0x0002, 0x0300, 0x0301,
							    0x0302, 0x0303, 0x0304};

static void fill_versions(struct smtp_endpoint *smtp)
{
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		smtp->versions[i].version = version_numbers[i];
		smtp->versions[i].is_accepted = probe_of(i >= 4);
		smtp->versions[i].is_complete = true;
	}
	smtp->versions[4].suites.accepted = good_suites12;
	smtp->versions[4].suites.accepted_count = 4;
	smtp->versions[4].best_first = 0xc02c;
	smtp->versions[4].worst_first = 0xc02f;
	smtp->versions[5].suites.accepted = good_suites13;
	smtp->versions[5].suites.accepted_count = 3;
}

static void fill_groups(struct smtp_endpoint *smtp)
{
	smtp->groups13 = (struct endpoint_groups){.accepted = good_groups,
						  .accepted_count = 3,
						  .chosen = 0x11ec,
						  .is_complete = true};
	smtp->groups12 = (struct endpoint_groups){
		.accepted = good_groups12, .accepted_count = 2, .is_complete = true};
}

static struct smtp_endpoint *new_endpoint(struct arena *arena)
{
	struct smtp_endpoint *smtp = arena_alloc(arena, sizeof(*smtp));
	*smtp = (struct smtp_endpoint){
		.port = 25,
		.plan = ENDPOINT_NORMAL,
		.connections = 11,
		.connect_ms = 5,
		.greeting_ms = 20,
		.greeting = ENDPOINT_GREETING_READY,
		.banner = {220, SPAN("mx.example.org ESMTP")},
		.starttls = ENDPOINT_STARTTLS_WORKS,
		.starttls_offered = 11,
		.injection = probe_of(false),
		.clear_auth = probe_of(false),
		.prefers_own_suites = probe_of(true),
		.signs_sha1 = probe_of(false),
		.signs_sha224 = probe_of(false),
		.extended_master_secret = probe_of(true),
		.secure_renegotiation = probe_of(true),
		.encrypt_then_mac = probe_of(true),
		.compression = probe_of(false),
		.heartbeat = probe_of(false),
		.client_renegotiation = probe_of(false),
		.takes_large_hello = probe_of(true),
		.takes_huge_hello = probe_of(true),
		.takes_split_hello = probe_of(true),
		.takes_unknown_version = probe_of(true),
		.sends_internal_error = probe_of(false),
	};
	smtp->presentations =
		arena_alloc(arena, ENDPOINT_MAX_PRESENTATIONS * sizeof(*smtp->presentations));
	fill_versions(smtp);
	fill_groups(smtp);
	return smtp;
}

/* --- certificates --- */

static const char *to_string(struct arena *arena, struct span text)
{
	return arena_printf(arena, "%.*s", SPAN_ARG(text)).ptr;
}

static const char *alternative_names(struct arena *arena, struct span names)
{
	struct span text = SPAN("");
	struct span name;
	while (names.len > 0 && span_split(&names, ',', &name)) {
		text = arena_printf(arena, "%.*s%sDNS:%.*s", SPAN_ARG(text),
				    text.len > 0 ? "," : "", SPAN_ARG(name));
	}
	return text.len > 0 ? text.ptr : NULL;
}

static bool has_flag(struct span flags, const char *flag)
{
	struct span part;
	while (flags.len > 0 && span_split(&flags, '/', &part)) {
		if (span_equal(part, span_of_string(flag))) {
			return true;
		}
	}
	return false;
}

static struct certificate make_authority(const char *name, const struct certificate *issuer)
{
	const struct certificate_order order = {
		.key = "P-256",
		.subject = name,
		.is_ca = true,
		.not_before = WORLD_NOW - 1000 * (int64_t)DAY,
		.not_after = WORLD_NOW + 1000 * (int64_t)DAY,
		.issuer = issuer,
	};
	return certificate_new(&order);
}

static void send_certificate(struct arena *arena, struct endpoint_presentation *presentation,
			     const struct certificate *certificate)
{
	presentation->chain[presentation->chain_count++] = certificate_der(arena, certificate);
}

/* Only what some flag asks for is not simply the leaf and its root. */
static void send_chain(struct arena *arena, struct span flags, const struct certificate *leaf,
		       struct certificate *root, struct certificate *middle,
		       struct endpoint_presentation *presentation)
{
	bool is_swapped = has_flag(flags, "swapped");
	presentation->chain = arena_alloc(arena, 4 * sizeof(*presentation->chain));
	send_certificate(arena, presentation, leaf);
	if (has_flag(flags, "selfsigned") || has_flag(flags, "alone")) {
		return;
	}
	if (is_swapped) {
		send_certificate(arena, presentation, root);
	}
	if (middle != NULL) {
		send_certificate(arena, presentation, middle);
	}
	if (!is_swapped) {
		send_certificate(arena, presentation, root);
	}
	if (has_flag(flags, "surplus") || has_flag(flags, "cross")) {
		struct certificate old = make_authority("Old Authority", NULL);
		struct certificate cross = make_authority("Test Authority", &old);
		send_certificate(arena, presentation, has_flag(flags, "cross") ? &cross : &old);
		certificate_free(&cross);
		certificate_free(&old);
	}
}

static void staple(struct arena *arena, struct span flags, const struct certificate *leaf,
		   const struct certificate *issuer, struct endpoint_presentation *presentation)
{
	static const struct {
		const char *flag;
		struct ocsp_order order;
	} rows[] = {
		{"staple", {V_OCSP_CERTSTATUS_GOOD, 0, -2, 5, NULL}},
		{"staple-revoked", {V_OCSP_CERTSTATUS_REVOKED, -3, -2, 5, NULL}},
		{"staple-unknown", {V_OCSP_CERTSTATUS_UNKNOWN, 0, -2, 5, NULL}},
		{"staple-old", {V_OCSP_CERTSTATUS_GOOD, 0, -20, -13, NULL}},
		{"staple-future", {V_OCSP_CERTSTATUS_GOOD, 0, 2, 9, NULL}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ocsp_order order = rows[i].order;
		order.revoked_at = WORLD_NOW + order.revoked_at * DAY;
		order.this_update = WORLD_NOW + order.this_update * DAY;
		order.next_update = WORLD_NOW + order.next_update * DAY;
		if (has_flag(flags, rows[i].flag)) {
			presentation->ocsp = certificate_ocsp(arena, leaf, issuer, &order);
		}
	}
}

static void make_chain(struct arena *arena, struct certificate_order *order, struct span flags,
		       struct endpoint_presentation *presentation)
{
	struct certificate root = make_authority("Test Authority", NULL);
	struct certificate middle = make_authority("Test Intermediate", &root);
	bool is_deep = has_flag(flags, "deep") || has_flag(flags, "swapped");
	const struct certificate *issuer = is_deep ? &middle : &root;
	order->issuer = has_flag(flags, "selfsigned") ? NULL : issuer;
	struct certificate leaf = certificate_new(order);
	send_chain(arena, flags, &leaf, &root, is_deep ? &middle : NULL, presentation);
	staple(arena, flags, &leaf, issuer, presentation);
	certificate_free(&leaf);
	certificate_free(&middle);
	certificate_free(&root);
}

static void add_certificate(struct arena *arena, struct smtp_endpoint *smtp, struct span spec)
{
	struct span part[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	for (size_t i = 0; i < 4 && spec.len > 0; i++) {
		(void)span_split(&spec, '/', &part[i]);
	}
	struct span names = part[1];
	struct certificate_order order = {
		.key = to_string(arena, part[0]),
		.subject = "mx",
		.names = alternative_names(arena, names),
		.usage = has_flag(spec, "client") ? "clientAuth" : NULL,
		.digest = has_flag(spec, "sha1") ? "SHA1" : NULL,
		.features = has_flag(spec, "muststaple") ? "status_request" : NULL,
		.key_usage = has_flag(spec, "keysign") ? "keyCertSign" : NULL,
		.not_before = WORLD_NOW + to_days(part[2]) * DAY,
		.not_after = WORLD_NOW + to_days(part[3]) * DAY,
	};
	struct endpoint_presentation *presentation =
		&smtp->presentations[smtp->presentation_count++];
	bool is_trusted = !has_flag(spec, "untrusted") && !has_flag(spec, "selfsigned");
	*presentation = (struct endpoint_presentation){
		.asked = SPAN("any"),
		.has_sni = !has_flag(spec, "nosni"),
		.version = 0x0304,
		.suite = 0x1302,
		.group = 0x001d,
		.is_trusted = probe_of(is_trusted),
		.trust_error = is_trusted ? SPAN("") : SPAN("self-signed certificate"),
		.trusted_from = is_trusted ? order.not_before : 0,
		.trusted_until = is_trusted ? order.not_after : 0,
		.asks_certificate = probe_of(has_flag(spec, "asks")),
	};
	if (has_flag(spec, "raw")) {
		presentation->is_raw = true;
	}
	make_chain(arena, &order, spec, presentation);
}

/* --- lines --- */

static void set_versions(struct smtp_endpoint *smtp, struct span list, bool is_unknown)
{
	for (size_t i = 0; i < ENDPOINT_VERSIONS && !is_unknown; i++) {
		smtp->versions[i].is_accepted = probe_of(false);
	}
	struct span word;
	while (list.len > 0 && span_split(&list, ',', &word)) {
		for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
			if (span_equal(word, span_of_string(version_words[i]))) {
				smtp->versions[i].is_accepted =
					is_unknown ? probe_unknown(PROBE_THROTTLED)
						   : probe_of(true);
			}
		}
	}
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		if (!probe_is_yes(smtp->versions[i].is_accepted)) {
			smtp->versions[i].suites.accepted_count = 0;
		}
	}
	if (!probe_is_yes(smtp->versions[5].is_accepted)) {
		smtp->groups13 = (struct endpoint_groups){0};
	}
}

static void add_dh(struct arena *arena, struct smtp_endpoint *smtp, struct span value)
{
	size_t colon = span_find(value, ':', 0);
	smtp->dh = arena_alloc(arena, sizeof(*smtp->dh));
	smtp->dh_count = 1;
	*smtp->dh = (struct endpoint_dh){
		.version = 0x0303,
		.suite = 0x009e,
		.prime_bits = (unsigned)to_number(span_slice(value, 0, colon)),
		.group = (uint16_t)to_hex(span_from(value, colon + 1)),
	};
}

static void set_suites(struct arena *arena, struct smtp_endpoint *smtp, struct span value,
		       size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++) {
		struct endpoint_suites *suites = &smtp->versions[i].suites;
		if (probe_is_yes(smtp->versions[i].is_accepted)) {
			suites->accepted = to_suites(arena, value, &suites->accepted_count);
		}
	}
}

static bool set_probe(struct smtp_endpoint *smtp, struct span key, struct span value)
{
	struct probe probe;
	for (size_t i = 0; i < endpoint_probe_field_count; i++) {
		if (span_equal(key, span_of_string(endpoint_probe_fields[i].name)) &&
		    probe_parse(value, &probe)) {
			memcpy((char *)smtp + endpoint_probe_fields[i].offset, &probe,
			       sizeof(probe));
			return true;
		}
	}
	return false;
}

static bool set_number(struct smtp_endpoint *smtp, struct span key, struct span value)
{
	const struct {
		const char *key;
		unsigned *number;
	} numbers[] = {
		{"throttles", &smtp->throttles},
		{"missing", &smtp->starttls_missing},
		{"reneg", &smtp->renegotiations},
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (span_equal(key, span_of_string(numbers[i].key))) {
			*numbers[i].number = (unsigned)to_number(value);
			return true;
		}
	}
	return false;
}

static bool set_list(struct arena *arena, struct smtp_endpoint *smtp, struct span key,
		     struct span value)
{
	if (span_equal(key, SPAN("v"))) {
		set_versions(smtp, value, /* is_unknown: */ false);
	} else if (span_equal(key, SPAN("v?"))) {
		set_versions(smtp, value, /* is_unknown: */ true);
	} else if (span_equal(key, SPAN("suites"))) {
		set_suites(arena, smtp, value, 4, 4);
	} else if (span_equal(key, SPAN("suites10"))) {
		set_suites(arena, smtp, value, 1, 3);
	} else if (span_equal(key, SPAN("suites2"))) {
		set_suites(arena, smtp, value, 0, 0);
	} else if (span_equal(key, SPAN("best"))) {
		smtp->versions[4].best_first = to_hex(value);
	} else if (span_equal(key, SPAN("worst"))) {
		smtp->versions[4].worst_first = to_hex(value);
	} else if (span_equal(key, SPAN("groups"))) {
		smtp->groups13.accepted = to_groups(arena, value, &smtp->groups13.accepted_count);
	} else if (span_equal(key, SPAN("groups12"))) {
		smtp->groups12.accepted = to_groups(arena, value, &smtp->groups12.accepted_count);
	} else if (span_equal(key, SPAN("chosen"))) {
		smtp->groups13.chosen = (uint16_t)to_hex(value);
	} else if (span_equal(key, SPAN("dh"))) {
		add_dh(arena, smtp, value);
	} else if (span_equal(key, SPAN("cert"))) {
		add_certificate(arena, smtp, value);
	} else if (span_equal(key, SPAN("early"))) {
		smtp->presentations[0].early_data_bytes = (uint32_t)to_number(value);
	} else {
		return set_number(smtp, key, value);
	}
	return true;
}

static void set_keywords(struct arena *arena, struct endpoint_ehlo *ehlo, struct span list)
{
	ehlo->reply = (struct endpoint_reply){250, SPAN("mx.example.org")};
	ehlo->keywords = arena_alloc(arena, ENDPOINT_MAX_KEYWORDS * sizeof(*ehlo->keywords));
	ehlo->keyword_count = 0;
	struct span word;
	while (list.len > 0 && span_split(&list, ',', &word)) {
		ehlo->keywords[ehlo->keyword_count++] = word;
	}
}

static bool set_reply(struct arena *arena, struct smtp_endpoint *smtp, struct span key,
		      struct span value)
{
	if (span_equal(key, SPAN("banner"))) {
		smtp->banner.text = value;
	} else if (span_equal(key, SPAN("ehlo"))) {
		smtp->ehlo.reply = (struct endpoint_reply){(unsigned)to_number(value),
							   SPAN("command not known")};
	} else if (span_equal(key, SPAN("keywords"))) {
		set_keywords(arena, &smtp->ehlo, value);
	} else if (span_equal(key, SPAN("outer"))) {
		smtp->presentations[0].outer_name = value;
	} else if (span_equal(key, SPAN("slow"))) {
		smtp->greeting_ms = (int64_t)to_number(value);
	} else if (span_equal(key, SPAN("inner"))) {
		set_keywords(arena, &smtp->presentations[0].ehlo, value);
	} else {
		return false;
	}
	return true;
}

static bool set_word(struct arena *arena, struct smtp_endpoint *smtp, struct span key,
		     struct span value)
{
	if (span_equal(key, SPAN("reach"))) {
		smtp->greeting = ENDPOINT_GREETING_NONE;
		smtp->starttls = ENDPOINT_STARTTLS_UNKNOWN;
		return endpoint_reach_parse(value, &smtp->reach);
	}
	if (span_equal(key, SPAN("greeting"))) {
		smtp->starttls = ENDPOINT_STARTTLS_UNKNOWN;
		return endpoint_greeting_parse(value, &smtp->greeting);
	}
	if (span_equal(key, SPAN("starttls"))) {
		return endpoint_starttls_parse(value, &smtp->starttls);
	}
	if (span_equal(key, SPAN("plan"))) {
		return endpoint_plan_parse(value, &smtp->plan);
	}
	return set_probe(smtp, key, value) || set_reply(arena, smtp, key, value) ||
	       set_list(arena, smtp, key, value);
}

/* What cannot be had without TLS was not seen. */
static void forget_tls(struct smtp_endpoint *smtp)
{
	for (size_t i = 0; i < endpoint_probe_field_count; i++) {
		struct probe probe = probe_unknown(PROBE_NO_TLS);
		memcpy((char *)smtp + endpoint_probe_fields[i].offset, &probe, sizeof(probe));
	}
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		smtp->versions[i] = (struct endpoint_version){
			.version = version_numbers[i], .is_accepted = probe_unknown(PROBE_NO_TLS)};
	}
	smtp->groups12 = (struct endpoint_groups){0};
	smtp->groups13 = (struct endpoint_groups){0};
	smtp->presentation_count = 0;
}

bool world_transit_add_smtp(struct world_transit *world, struct span address, struct span words,
			    struct span *ret_why)
{
	struct network network;
	struct span name;
	struct smtp_endpoint *smtp = new_endpoint(world->arena);
	if (!network_parse_address(address, &network) ||
	    !name_canonical(world->arena, take_word(&words), &name)) {
		*ret_why = SPAN("not an address and a name");
		return false;
	}
	bool is_ours = span_equal(words, SPAN("reach=ours"));
	while (words.len > 0 && !is_ours) {
		struct span word = take_word(&words);
		size_t equals = span_find(word, '=', 0);
		if (!set_word(world->arena, smtp, span_slice(word, 0, equals),
			      span_from(word, equals + 1))) {
			*ret_why = word;
			return false;
		}
	}
	if (smtp->starttls != ENDPOINT_STARTTLS_WORKS) {
		forget_tls(smtp);
	}
	smtp->address = address;
	smtp->name = name;
	struct endpoint_line *line =
		VECTOR_PUSH(&world->endpoints, world->arena, struct endpoint_line, MAX_LINES);
	line->subject = endpoint_subject(world->arena, network, 25, name);
	line->endpoint = is_ours ? NULL : smtp;
	return true;
}

static bool set_policy_word(struct policy_fetch *policy, struct span key, struct span value)
{
	if (span_equal(key, SPAN("outcome"))) {
		return policy_outcome_parse(value, &policy->outcome);
	}
	if (span_equal(key, SPAN("status"))) {
		policy->http_status = (unsigned)to_number(value);
	} else if (span_equal(key, SPAN("type"))) {
		policy->content_type = value;
	} else if (span_equal(key, SPAN("location"))) {
		policy->location = value;
	} else if (span_equal(key, SPAN("error"))) {
		policy->certificate_error = value;
	} else {
		return false;
	}
	return true;
}

static struct span read_body(struct arena *arena, struct span text)
{
	struct span body = SPAN("");
	struct span line;
	while (text.len > 0 && span_split(&text, '|', &line)) {
		body = arena_printf(arena, "%.*s%.*s\r\n", SPAN_ARG(body), SPAN_ARG(line));
	}
	return body;
}

bool world_transit_add_policy(struct world_transit *world, struct span domain, struct span words,
			      struct span *ret_why)
{
	struct policy_fetch *policy = arena_alloc(world->arena, sizeof(*policy));
	policy->http_status = 200;
	policy->content_type = SPAN("text/plain");
	policy->address = SPAN("93.184.216.80");
	bool is_absent = span_equal(words, SPAN("absent"));
	while (words.len > 0 && !is_absent) {
		size_t equals = span_find(words, '=', 0);
		struct span key = span_slice(words, 0, equals);
		if (span_equal(key, SPAN("body"))) {
			policy->body = read_body(world->arena, span_from(words, equals + 1));
			break;
		}
		struct span word = take_word(&words);
		if (!set_policy_word(policy, key, span_from(word, equals + 1))) {
			*ret_why = word;
			return false;
		}
	}
	struct policy_line *line =
		VECTOR_PUSH(&world->policies, world->arena, struct policy_line, MAX_LINES);
	line->domain = domain;
	line->policy = is_absent ? NULL : policy;
	return true;
}

static const struct smtp_endpoint *find_address(const struct world_transit *world,
						struct span address)
{
	for (size_t i = 0; i < world->endpoints.len; i++) {
		const struct endpoint_line *line =
			VECTOR_AT(&world->endpoints, struct endpoint_line, i);
		if (line->endpoint != NULL && span_equal(line->endpoint->address, address)) {
			return line->endpoint;
		}
	}
	return NULL;
}

struct span world_transit_tlsa(struct world_transit *world, struct span data)
{
	size_t at = span_find(data, '@', 0);
	if (at == data.len) {
		return data;
	}
	size_t slash = span_find(data, '/', at);
	const struct smtp_endpoint *smtp =
		find_address(world, span_slice(data, at + 1, slash - at - 1));
	struct span which = span_from(data, slash + 1);
	bool is_ca = span_equal(which, SPAN("ca"));
	size_t n = is_ca ? 0 : (size_t)to_number(which);
	struct x509_view view;
	if (smtp == NULL || n >= smtp->presentation_count || at < 4 ||
	    !x509_view_read(world->arena, smtp->presentations[n].chain[is_ca ? 1 : 0], &view)) {
		return span_of(NULL, 0);
	}
	bool is_spki = data.ptr[2] == '1';
	return arena_printf(world->arena, "%.*s%.*s", SPAN_ARG(span_slice(data, 0, at)),
			    SPAN_ARG(is_spki ? view.spki_fingerprint : view.fingerprint));
}

static bool answer_endpoint(const struct world_transit *world, struct fact *fact)
{
	for (size_t i = 0; i < world->endpoints.len; i++) {
		const struct endpoint_line *line =
			VECTOR_AT(&world->endpoints, struct endpoint_line, i);
		if (!span_equal(line->subject, fact->key.subject)) {
			continue;
		}
		fact->endpoint = line->endpoint;
		fact->state = line->endpoint == NULL ? FACT_FAILED : FACT_PRESENT;
		fact->failure = line->endpoint == NULL ? FACT_FAILURE_NETWORK : FACT_FAILURE_NONE;
		if (line->endpoint != NULL && line->endpoint->reach != ENDPOINT_CONNECTED) {
			bool is_refused = line->endpoint->reach == ENDPOINT_REFUSED;
			fact->state = is_refused ? FACT_ABSENT : FACT_FAILED;
			fact->failure = is_refused ? FACT_FAILURE_NONE : FACT_FAILURE_TIMEOUT;
		}
		return true;
	}
	fact->state = FACT_FAILED;
	fact->failure = FACT_FAILURE_TIMEOUT;
	return world->endpoints.len > 0;
}

static bool answer_policy(const struct world_transit *world, struct fact *fact)
{
	for (size_t i = 0; i < world->policies.len; i++) {
		const struct policy_line *line = VECTOR_AT(&world->policies, struct policy_line, i);
		if (span_equal(line->domain, fact->key.subject)) {
			fact->policy = line->policy;
			fact->state = FACT_ABSENT;
			if (line->policy != NULL) {
				bool has_answer = line->policy->outcome == POLICY_ANSWERED;
				fact->state = has_answer ? FACT_PRESENT : FACT_FAILED;
				fact->failure =
					has_answer ? FACT_FAILURE_NONE : FACT_FAILURE_NETWORK;
			}
			return true;
		}
	}
	return false;
}

bool world_transit_answer(const struct world_transit *world, struct fact *fact)
{
	return fact->key.kind == FACT_ENDPOINT ? answer_endpoint(world, fact)
					       : answer_policy(world, fact);
}
