/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Composes tables, facts and collectors from options. */
#include "cli/session.h"

#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/moment.h"
#include "crypto/x509_trust.h"
#include "records/name_input.h"

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

void session_end_progress(struct session *session)
{
	progress_end(&session->progress);
}

uint64_t session_seed(void)
{
	uint64_t seed = 0;
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
		seed = (uint64_t)wall_clock(NULL) ^ (uint64_t)getpid() << 32;
	}
	return seed;
}

static int read_time(const char *text, int64_t *ret_time, struct failure *reterr)
{
	if (!time_parse(span_of_string(text), ret_time)) {
		return failure_set(reterr, FAILURE_INPUT, "--now",
				   "\"%s\" is not a time like 2026-11-23T12:00:00Z", text);
	}
	return 0;
}

static int add_source(struct session *session, enum fact_kind kind, struct fact_source *source,
		      struct failure *reterr)
{
	return sources_add(&session->sources, kind, source)
		       ? 0
		       : failure_set(reterr, FAILURE_INTERNAL, "start", "too many collectors");
}

static int open_dns(struct session *session, const struct dns_options *dns, struct failure *reterr)
{
	struct dns_collector_options options = dns_collector_defaults();
	struct span *resolvers =
		arena_alloc(session->arena, dns->resolvers.count * sizeof(*resolvers));
	for (size_t i = 0; i < dns->resolvers.count && resolvers != NULL; i++) {
		resolvers[i] = span_of_string(dns->resolvers.items[i]);
	}
	options.resolvers = resolvers;
	options.resolver_count = dns->resolvers.count;
	options.root_hints = dns->root_hints;
	options.trust_anchor = dns->trust_anchor;
	if (dns->timeout_s > 0) {
		options.deadline_ms = (unsigned)dns->timeout_s * 1000;
		options.round_ms = options.deadline_ms + 2000;
	}
	options.seed = session_seed();
	options.context = &session->progress.rows[PROGRESS_DNS];
	options.now = wall_clock;
	options.is_stopped = is_stopped;
	options.progress = progress_show;
	options.notice = progress_note;
	session->dns_options = options;
	int r = dns_collector_new(&options, &session->dns, reterr);
	return r == 0 ? add_source(session, FACT_DNS, dns_collector_source(session->dns), reterr)
		      : r;
}

static int read_sources(const struct string_list *texts, struct smtp_collector_options *smtp,
			struct failure *reterr)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct network address;
		if (!network_parse_address(span_of_string(texts->items[i]), &address)) {
			return failure_set(reterr, FAILURE_INPUT, "--source",
					   "\"%s\" is not an address", texts->items[i]);
		}
		if (address.family == NETWORK_IPV6) {
			smtp->source6 = address;
		} else {
			smtp->source4 = address;
		}
	}
	return 0;
}

static int read_port(const char *option, uint64_t number, uint16_t *ret_port,
		     struct failure *reterr)
{
	if (number > UINT16_MAX) {
		return failure_set(reterr, FAILURE_INPUT, option, "%llu is not a port",
				   (unsigned long long)number);
	}
	*ret_port = (uint16_t)number;
	return 0;
}

/* A file that was asked for must be there; the usual one may be missing. */
static int read_trust(const struct connect_options *options, struct smtp_collector_options *smtp,
		      struct failure *reterr)
{
	if (options->ca_file == NULL) {
		return 0;
	}
	struct x509_trust_store *trust = NULL;
	int r = x509_trust_store_load(options->ca_file, &trust, reterr);
	x509_trust_store_free(trust);
	smtp->trust_file = options->ca_file;
	return r;
}

static int read_connect_options(const struct connect_options *options,
				struct smtp_collector_options *smtp, struct failure *reterr)
{
	if (options->plan != NULL &&
	    !endpoint_plan_parse(span_of_string(options->plan), &smtp->plan)) {
		return failure_set(reterr, FAILURE_INPUT, "--tls",
				   "\"%s\" is not a plan: quick, normal, full", options->plan);
	}
	smtp->allows_private = options->allows_private;
	if (options->ehlo_name != NULL) {
		smtp->ehlo_name = span_of_string(options->ehlo_name);
	}
	int r = read_trust(options, smtp, reterr);
	if (r < 0) {
		return r;
	}
	r = read_port("--connect-port", options->port, &smtp->connect_port, reterr);
	return r == 0 ? read_sources(&options->sources, smtp, reterr) : r;
}

static int open_smtp(struct session *session, struct smtp_collector_options *options,
		     struct failure *reterr)
{
	options->seed = session_seed();
	options->context = &session->progress.rows[PROGRESS_SMTP];
	options->now = wall_clock;
	options->is_stopped = is_stopped;
	options->progress = progress_show;
	options->notice = progress_note;
	session->smtp_options = *options;
	int r = smtp_collector_new(options, &session->smtp, reterr);
	return r == 0 ? add_source(session, FACT_ENDPOINT, smtp_collector_source(session->smtp),
				   reterr)
		      : r;
}

/* From where and with whose certificates is the same as for mail servers. */
static int open_policy(struct session *session, const struct smtp_collector_options *smtp,
		       uint16_t port, struct failure *reterr)
{
	struct policy_collector_options options = policy_collector_defaults();
	options.source4 = smtp->source4;
	options.source6 = smtp->source6;
	options.connect_port = port;
	options.allows_private = smtp->allows_private;
	options.trust_file = smtp->trust_file;
	options.context = &session->progress.rows[PROGRESS_POLICY];
	options.now = wall_clock;
	options.is_stopped = is_stopped;
	options.progress = progress_show;
	int r = policy_collector_new(&options, &session->policy, reterr);
	return r == 0 ? add_source(session, FACT_POLICY, policy_collector_source(session->policy),
				   reterr)
		      : r;
}

int session_connect(struct session *session, const struct connect_options *options,
		    struct failure *reterr)
{
	struct smtp_collector_options smtp = smtp_collector_defaults();
	uint16_t policy_port = 0;
	int r = read_connect_options(options, &smtp, reterr);
	if (r == 0) {
		r = read_port("--policy-port", options->policy_port, &policy_port, reterr);
	}
	if (r == 0 && !session->is_replay) {
		r = open_smtp(session, &smtp, reterr);
		r = r == 0 ? open_policy(session, &smtp, policy_port, reterr) : r;
	}
	return r;
}

static int open_replay(struct session *session, const char *path, struct failure *reterr)
{
	session->is_replay = true;
	session->replay_source = facts_replay_source();
	session->source = &session->replay_source;
	int r = facts_load(session->facts, session->arena, path, &session->replayed, reterr);
	session->now = session->replayed.created_at;
	return r;
}

static int read_assumptions(struct session *session, const struct string_list *texts,
			    bool is_removal, struct failure *reterr)
{
	for (size_t i = 0; i < texts->count; i++) {
		int r = assumption_add(&session->assumptions, session->arena,
				       span_of_string(texts->items[i]), is_removal, reterr);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int load_tables(struct session *session, struct failure *reterr)
{
	int r = public_suffix_list_load(/* path: */ NULL, &session->suffixes, reterr);
	if (r == 0) {
		r = provider_table_load(&session->providers, reterr);
	}
	return r == 0 ? profile_table_load(&session->profiles, reterr) : r;
}

static int fill_session(struct session *session, const struct dns_options *dns,
			const struct facts_options *facts, struct failure *reterr)
{
	session->arena = arena_new(SESSION_ARENA_BYTES);
	session->facts = facts_new(session_seed());
	if (session->arena == NULL || session->facts == NULL) {
		return failure_set_memory(reterr, "start");
	}
	session->now = wall_clock(NULL);
	session->sources = sources_new();
	session->source = &session->sources.source;
	int r = load_tables(session, reterr);
	if (r == 0) {
		r = facts->replay_path != NULL ? open_replay(session, facts->replay_path, reterr)
					       : open_dns(session, dns, reterr);
	}
	if (r == 0 && facts->now != NULL) {
		r = read_time(facts->now, &session->now, reterr);
	}
	if (r == 0) {
		r = read_assumptions(session, &facts->with, /* is_removal: */ false, reterr);
	}
	return r == 0 ? read_assumptions(session, &facts->without, /* is_removal: */ true, reterr)
		      : r;
}

int session_open(const struct dns_options *dns, const struct facts_options *facts,
		 struct session **ret_session, struct failure *reterr)
{
	struct session *session = calloc(1, sizeof(*session));
	if (session == NULL) {
		return failure_set_memory(reterr, "start");
	}
	interrupt_catch();
	progress_begin(&session->progress);
	int r = fill_session(session, dns, facts, reterr);
	if (r < 0) {
		session_close(session);
		return r;
	}
	*ret_session = session;
	return 0;
}

void session_close(struct session *session)
{
	policy_collector_free(session->policy);
	smtp_collector_free(session->smtp);
	dns_collector_free(session->dns);
	profile_table_free(session->profiles);
	provider_table_free(session->providers);
	public_suffix_list_free(session->suffixes);
	facts_free(session->facts);
	arena_free(session->arena);
	progress_free(&session->progress);
	free(session);
}

/* One operand as a canonical domain; a line on standard error when it is none. */
static bool read_domain(struct session *session, const struct command *command, const char *operand,
			struct span *ret_domain)
{
	struct name_input_result input = name_input_parse(session->arena, span_of_string(operand));
	if (input.status == NAME_INPUT_OK) {
		*ret_domain = input.name;
		return true;
	}
	const int shown_max = 80;
	bool is_cut = strlen(operand) > (size_t)shown_max;
	struct span hint = input.hint;
	complain(command->name, "\"%.*s%s\" %s%s%.*s%s", shown_max, operand, is_cut ? "..." : "",
		 name_input_explain(input.status), hint.len > 0 ? "; did you mean \"" : "",
		 SPAN_ARG(hint), hint.len > 0 ? "\"?" : "");
	return false;
}

bool session_domains(struct session *session, const struct invocation *invocation,
		     struct span **ret_domains, size_t *ret_count)
{
	const struct command *command = invocation->command;
	const struct string_list *operands = &invocation->operands;
	if (operands->count == 0) {
		*ret_domains = session->replayed.domains;
		*ret_count = session->replayed.domain_count;
		if (session->replayed.domain_count == 0) {
			complain(command->name, "needs a domain; try: %s", command->example);
		}
		return session->replayed.domain_count > 0;
	}
	struct span *domains = arena_alloc(session->arena, operands->count * sizeof(*domains));
	bool is_ok = domains != NULL;
	for (size_t i = 0; i < operands->count && domains != NULL; i++) {
		is_ok = read_domain(session, command, operands->items[i], &domains[i]) && is_ok;
	}
	*ret_domains = domains;
	*ret_count = operands->count;
	return is_ok;
}

bool session_profiles(struct session *session, const struct string_list *names,
		      const struct profile ***ret_profiles, size_t *ret_count)
{
	static const struct string_list standard = {{"uk-gov-email"}, 1};
	const struct string_list *wanted = names->count > 0 ? names : &standard;
	const struct profile **profiles =
		arena_alloc(session->arena, wanted->count * sizeof(*profiles));
	for (size_t i = 0; i < wanted->count && profiles != NULL; i++) {
		profiles[i] = profile_find(session->profiles, span_of_string(wanted->items[i]));
		if (profiles[i] == NULL) {
			complain("--profile", "\"%s\" is not one; mailseal profiles lists them",
				 wanted->items[i]);
			return false;
		}
	}
	*ret_profiles = profiles;
	*ret_count = wanted->count;
	return profiles != NULL;
}
