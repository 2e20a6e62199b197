/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Fetches policies and prints the facts:
 *   fetch [--port N] [--trust FILE] [--connect MS] [--deadline MS] [--in-flight N] [--at-once N]
 *         [--stop MS] [--source ADDR] [--public] DOMAIN=ADDR[,ADDR...]...
 * The addresses are what the DNS is said to have answered for mta-sts.DOMAIN.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/policy.h"
#include "facts/facts.h"
#include "records/name.h"

#define MAX_ADDRESSES 20

static int64_t stop_at_ms;

static int64_t monotonic_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t wall_clock(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

static bool is_stopped(void *context)
{
	(void)context;
	return stop_at_ms != 0 && monotonic_ms() >= stop_at_ms;
}

static bool read_number(const char *name, unsigned number, struct policy_collector_options *options)
{
	const struct {
		const char *name;
		unsigned *number;
	} rows[] = {
		{"--connect", &options->connect_ms},
		{"--deadline", &options->deadline_ms},
		{"--in-flight", &options->max_in_flight},
		{"--at-once", &options->max_per_address},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			*rows[i].number = number;
			return true;
		}
	}
	return false;
}

static bool read_option(const char *name, const char *value,
			struct policy_collector_options *options)
{
	uint64_t number = 0;
	if (strcmp(name, "--trust") == 0) {
		options->trust_file = value;
		return true;
	}
	if (strcmp(name, "--source") == 0) {
		return network_parse_address(span_of_string(value), &options->source4);
	}
	if (!number_parse_decimal(span_of_string(value), 100000, &number)) {
		return false;
	}
	if (strcmp(name, "--port") == 0) {
		options->connect_port = (uint16_t)number;
		return true;
	}
	if (strcmp(name, "--stop") == 0) {
		stop_at_ms = monotonic_ms() + (int64_t)number;
		return true;
	}
	return read_number(name, (unsigned)number, options);
}

/* One fact for each family. */
static int add_answer(struct facts *facts, struct span host, const struct network *addresses,
		      size_t count, enum network_family family)
{
	struct dns_record records[MAX_ADDRESSES];
	struct dns_answer answer = {.records = records};
	size_t len = family == NETWORK_IPV4 ? 4 : 16;
	for (size_t i = 0; i < count; i++) {
		if (addresses[i].family == family) {
			records[answer.record_count++] = (struct dns_record){
				300, span_of((const char *)addresses[i].address, len)};
		}
	}
	const struct fact fact = {
		.key = {FACT_DNS, family == NETWORK_IPV4 ? RR_A : RR_AAAA, host},
		.state = answer.record_count > 0 ? FACT_PRESENT : FACT_ABSENT,
		.dns = &answer,
	};
	struct failure failure;
	return facts_add(facts, &fact, &failure);
}

static bool add_host(struct arena *arena, struct facts *facts, struct span text,
		     struct span *ret_domain)
{
	struct network addresses[MAX_ADDRESSES];
	size_t count = 0;
	size_t equals = 0;
	while (equals < text.len && text.ptr[equals] != '=') {
		equals++;
	}
	*ret_domain = span_of(text.ptr, equals);
	for (size_t at = equals + 1; at < text.len && count < MAX_ADDRESSES;) {
		size_t end = at;
		while (end < text.len && text.ptr[end] != ',') {
			end++;
		}
		if (!network_parse_address(span_of(text.ptr + at, end - at), &addresses[count++])) {
			return false;
		}
		at = end + 1;
	}
	struct span host = name_join(arena, SPAN("mta-sts"), *ret_domain);
	return add_answer(facts, host, addresses, count, NETWORK_IPV4) == 0 &&
	       add_answer(facts, host, addresses, count, NETWORK_IPV6) == 0;
}

static void print_policies(const struct facts *facts)
{
	struct buffer line = buffer_new(FACTS_LINE_MAX);
	for (size_t i = 0; i < facts_count(facts); i++) {
		if (facts_at(facts, i)->key.kind != FACT_POLICY) {
			continue;
		}
		buffer_clear(&line);
		facts_write_fact(facts_at(facts, i), &line);
		fwrite(line.data, 1, line.len, stdout);
	}
	buffer_free(&line);
}

static int fetch(const struct policy_collector_options *options, char **texts, int count,
		 struct facts *facts, struct failure *reterr)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct wants wants = wants_new(arena);
	struct policy_collector *policy = NULL;
	int r = policy_collector_new(options, &policy, reterr);
	for (int i = 0; r == 0 && i < count; i++) {
		struct span domain;
		if (!add_host(arena, facts, span_of_string(texts[i]), &domain)) {
			r = failure_set(reterr, FAILURE_INPUT, texts[i], "not DOMAIN=ADDR,...");
		}
		wants_add(&wants, (struct fact_key){FACT_POLICY, 0, domain});
	}
	if (r == 0) {
		struct fact_source *source = policy_collector_source(policy);
		r = source->answer(source, &wants, facts, reterr);
	}
	policy_collector_free(policy);
	arena_free(arena);
	return r;
}

int main(int argc, char **argv)
{
	struct policy_collector_options options = policy_collector_defaults();
	options.now = wall_clock;
	options.is_stopped = is_stopped;
	options.allows_private = true;
	signal(SIGPIPE, SIG_IGN);
	int at = 1;
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--public") == 0) {
			options.allows_private = false;
		} else if (at + 1 == argc || !read_option(argv[at], argv[at + 1], &options)) {
			fprintf(stderr, "fetch: what is %s?\n", argv[at]);
			return 2;
		} else {
			at++;
		}
	}
	struct facts *facts = facts_new(1);
	struct failure failure = {0};
	int r = fetch(&options, argv + at, argc - at, facts, &failure);
	if (r < 0) {
		fprintf(stderr, "fetch: %s: %s\n", failure.what, failure.detail);
	} else {
		print_policies(facts);
	}
	facts_free(facts);
	return r < 0 ? 1 : 0;
}
