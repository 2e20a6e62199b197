/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Streams of the store -> flows with their evidence read. */
#include "service/flow.h"

#include "records/name.h"
#include "service/evidence.h"

#define NETWORK_MAX 1000
#define HOME_PREFIX_IPV4 24
#define HOME_PREFIX_IPV6 48

struct provider_network {
	struct network network;
	const struct provider *provider;
};

struct flow_reading {
	struct flows *flows;
	const struct flow_options *options;
	struct map texts;    /* each text once */
	struct map patterns; /* pattern -> struct pattern_flow */
	struct vector networks;
};

struct pattern_flow {
	int64_t pattern;
	struct flow flow; /* without source and counts */
};

/* RFC 7489 3.2; a name that is a public suffix itself stands for itself. */
static struct span organisation_of(const struct flow_options *options, struct span domain)
{
	struct span organisation = public_suffix_organisational(options->suffixes, domain);
	return organisation.len > 0 ? organisation : domain;
}

static struct span keep_text(struct flow_reading *reading, struct span text)
{
	if (text.len == 0) {
		return span_of(NULL, 0);
	}
	struct arena *arena = reading->flows->arena;
	const struct span *kept = map_get(&reading->texts, text);
	if (kept != NULL) {
		return *kept;
	}
	struct span *copy = arena_alloc(arena, sizeof(*copy));
	if (copy == NULL) {
		return span_of(NULL, 0);
	}
	*copy = arena_copy(arena, text);
	/* A full map only costs memory: the copy is used all the same. */
	bool is_shared = map_put(&reading->texts, *copy, copy);
	(void)is_shared;
	return *copy;
}

static void read_networks(struct flow_reading *reading)
{
	const struct provider_table *table = reading->options->providers;
	for (size_t i = 0; i < provider_count(table); i++) {
		const struct provider *provider = provider_at(table, i);
		for (size_t n = 0; n < provider->network_count; n++) {
			struct network network;
			struct provider_network *item = NULL;
			if (network_parse(provider->networks[n], &network)) {
				item = VECTOR_PUSH(&reading->networks, reading->flows->arena,
						   struct provider_network, NETWORK_MAX);
			}
			if (item != NULL) {
				*item = (struct provider_network){network, provider};
			}
		}
	}
}

static const struct provider *provider_of_network(const struct flow_reading *reading,
						  struct network source)
{
	for (size_t i = 0; i < reading->networks.len; i++) {
		const struct provider_network *item =
			VECTOR_AT(&reading->networks, const struct provider_network, i);
		if (network_contains(item->network, source)) {
			return item->provider;
		}
	}
	return NULL;
}

static struct span join_key(struct arena *arena, const struct evidence_item *item)
{
	return arena_printf(arena, "%.*s %.*s", SPAN_ARG(item->detail), SPAN_ARG(item->domain));
}

enum aligned {
	ALIGNED_NOT,
	ALIGNED_RELAXED, /* but asked for strictly */
	ALIGNED_YES,
};

static bool has_same_organisation(const struct flow_options *options, struct span from,
				  struct span domain)
{
	return domain.len > 0 && from.len > 0 &&
	       (span_equal(from, domain) ||
		span_equal(organisation_of(options, from), organisation_of(options, domain)));
}

bool flow_aligns(const struct flow_options *options, struct span from, struct span domain,
		 bool is_strict)
{
	return has_same_organisation(options, from, domain) &&
	       (!is_strict || span_equal(from, domain));
}

static enum aligned align(const struct flow_reading *reading, struct span from, struct span domain,
			  bool is_strict)
{
	const struct flow_options *options = reading->options;
	return flow_aligns(options, from, domain, is_strict)  ? ALIGNED_YES
	       : has_same_organisation(options, from, domain) ? ALIGNED_RELAXED
							      : ALIGNED_NOT;
}

static bool is_pass(const struct evidence_item *item)
{
	return span_equal(item->result, SPAN("pass"));
}

static void read_dkim(struct flow_reading *reading, const struct evidence_item *item,
		      struct flow *flow)
{
	enum aligned aligned = align(reading, flow->stream.row.header_from, item->domain,
				     reading->options->is_dkim_strict);
	struct arena *arena = reading->flows->arena;
	flow->has_signature = true;
	if (is_pass(item) && aligned == ALIGNED_YES && !flow->is_dkim_aligned) {
		flow->is_dkim_aligned = true;
		flow->key = keep_text(reading, join_key(arena, item));
	} else if (is_pass(item) && aligned == ALIGNED_RELAXED) {
		flow->is_relaxed_only = true;
	} else if (is_pass(item) && aligned == ALIGNED_NOT && flow->other_domain.len == 0) {
		flow->other_domain = keep_text(reading, item->domain);
		flow->other_org = organisation_of(reading->options, flow->other_domain);
	} else if (aligned != ALIGNED_NOT && span_equal(item->result, SPAN("fail"))) {
		flow->broken_key = keep_text(reading, join_key(arena, item));
	} else if (aligned != ALIGNED_NOT) {
		flow->has_missing_key = true;
	}
}

static void read_spf(struct flow_reading *reading, const struct evidence_item *item,
		     struct flow *flow)
{
	/* RFC 9989 4.4.1: only MAIL FROM counts for DMARC. */
	if (span_equal(item->detail, SPAN("helo"))) {
		return;
	}
	enum aligned aligned = align(reading, flow->stream.row.header_from, item->domain,
				     reading->options->is_spf_strict);
	if (!is_pass(item)) {
		flow->is_spf_denied = flow->is_spf_denied || aligned != ALIGNED_NOT;
		return;
	}
	flow->is_spf_aligned = flow->is_spf_aligned || aligned == ALIGNED_YES;
	flow->is_relaxed_only = flow->is_relaxed_only || aligned == ALIGNED_RELAXED;
	flow->spf_domain = keep_text(reading, item->domain);
	flow->spf_org = organisation_of(reading->options, flow->spf_domain);
}

static void read_results(struct flow_reading *reading, struct flow *flow)
{
	struct span rest = flow->stream.row.evidence;
	struct evidence_item item;
	bool has_dkim = false;
	bool has_spf = false;
	while (evidence_next(&rest, &item)) {
		if (item.is_dkim) {
			has_dkim = has_dkim || item.domain.len > 0;
			read_dkim(reading, &item, flow);
		} else {
			has_spf = has_spf || item.domain.len > 0;
			read_spf(reading, &item, flow);
		}
	}
	/* What a report does not list it may still have judged. */
	if (!has_dkim && flow->stream.row.dkim == STORE_RESULT_PASS) {
		flow->is_dkim_aligned = true;
	}
	if (!has_spf && flow->stream.row.spf == STORE_RESULT_PASS) {
		flow->is_spf_aligned = true;
	}
}

static bool has_override(struct span reasons)
{
	struct span line;
	while (reasons.len > 0 && span_split(&reasons, '\n', &line)) {
		bool is_passed_on = span_starts_with(line, SPAN("forwarded")) ||
				    span_starts_with(line, SPAN("mailing_list")) ||
				    span_starts_with(line, SPAN("trusted_forwarder"));
		if (is_passed_on || span_search(line, SPAN("arc=pass")) < line.len) {
			return true;
		}
	}
	return false;
}

static struct network home_of(struct network source)
{
	struct network home = source;
	home.prefix_len = source.family == NETWORK_IPV4 ? HOME_PREFIX_IPV4 : HOME_PREFIX_IPV6;
	return network_masked(home);
}

/* What a message authenticates as is proof of who sent it. */
static void find_proven_provider(const struct flow_reading *reading, struct flow *flow)
{
	const struct provider_table *table = reading->options->providers;
	if (flow->spf_domain.len > 0 && !flow->is_spf_aligned) {
		flow->provider = provider_by_envelope(table, flow->spf_domain);
	}
	if (flow->provider == NULL && flow->other_domain.len > 0) {
		flow->provider = provider_by_dkim_domain(table, flow->other_domain);
	}
	flow->is_provider_proven = flow->provider != NULL;
}

/* All that does not depend on where it came from. */
static void read_pattern(struct flow_reading *reading, const struct store_stream *stream,
			 struct flow *flow)
{
	struct store_row *row = &flow->stream.row;
	*row = stream->row;
	struct span *const texts[] = {&row->header_from, &row->envelope_from, &row->envelope_to,
				      &row->evidence, &row->reasons};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = keep_text(reading, *texts[i]);
	}
	read_results(reading, flow);
	flow->is_overridden = has_override(row->reasons);
	find_proven_provider(reading, flow);
}

/* The flow of a pattern, read once for all the sources it is seen from. NULL without memory. */
static const struct flow *flow_of_pattern(struct flow_reading *reading,
					  const struct store_stream *stream)
{
	struct span key = span_of(&stream->pattern, sizeof(stream->pattern));
	struct pattern_flow *known = map_get(&reading->patterns, key);
	if (known == NULL) {
		known = arena_alloc(reading->flows->arena, sizeof(*known));
		if (known == NULL) {
			return NULL;
		}
		known->pattern = stream->pattern;
		read_pattern(reading, stream, &known->flow);
		/* Patterns that find no room are only read again. */
		bool is_kept = map_put(&reading->patterns,
				       span_of(&known->pattern, sizeof(known->pattern)), known);
		(void)is_kept;
	}
	return &known->flow;
}

static void read_source(struct flow_reading *reading, struct span source, struct flow *flow)
{
	flow->stream.row.source = arena_copy(reading->flows->arena, source);
	if (network_from_octets(source, &flow->source)) {
		flow->home = home_of(flow->source);
		flow->home_key[0] = (uint8_t)flow->home.family;
		memcpy(flow->home_key + 1, flow->home.address, sizeof(flow->home.address));
	}
	/* The network it comes from is a strong hint. */
	if (flow->provider == NULL && flow->source.family != 0) {
		flow->provider = provider_of_network(reading, flow->source);
	}
}

static int add_flow(void *context, const struct store_stream *stream)
{
	struct flow_reading *reading = context;
	struct flows *flows = reading->flows;
	const struct flow *of_pattern = flow_of_pattern(reading, stream);
	struct flow *flow =
		of_pattern != NULL ? VECTOR_PUSH(&flows->items, flows->arena, struct flow, FLOW_MAX)
				   : NULL;
	if (flow == NULL) {
		flows->left_out += stream->row.messages;
		return 0;
	}
	*flow = *of_pattern;
	struct store_row row = flow->stream.row;
	row.messages = stream->row.messages;
	flow->stream = *stream;
	flow->stream.row = row;
	read_source(reading, stream->row.source, flow);
	return 0;
}

int flows_read(struct store *store, const struct store_scope *scope, int64_t recent_day,
	       const struct flow_options *options, struct flows *flows, struct failure *reterr)
{
	struct flow_reading reading = {
		.flows = flows,
		.options = options,
		.texts = map_new(flows->arena, FLOW_MAX, 0),
		.patterns = map_new(flows->arena, FLOW_MAX, 0),
	};
	read_networks(&reading);
	int r = store_streams(store, scope, recent_day, add_flow, &reading, reterr);
	if (r == 0 && arena_has_failed(flows->arena)) {
		r = failure_set_memory(reterr, "read the reports");
	}
	return r;
}
