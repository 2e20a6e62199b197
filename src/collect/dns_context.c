/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Configures libunbound. */
#include "collect/dns_context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unbound-event.h>
#include <unbound.h>

#include "collect/root_anchor.h"

/* Address, port and zone of a stub or forward, as libunbound wants it. */
#define TARGET_TEXT_SIZE (LIMIT_NAME_ESCAPED + 1)

/* Lines of anchors and hints are short; what is longer is read in pieces. */
#define FILE_LINE_BYTES 4096

/* A file in master-file form, and the types of record it must hold one of. */
struct zone_file {
	const char *what;
	struct span type;
	struct span other_type;
};

struct setting {
	const char *name;
	const char *value;
};

/* Measured: with the defaults a look-up set took 21 times as long and gave false "bogus". */
static const struct setting settings[] = {
	{"num-queries-per-thread:", "4096"},
	/* With the default of 2 TCP connections busy ones show as SERVFAIL and bogus. */
	{"outgoing-num-tcp:", "100"},
	{"msg-cache-size:", "8m"},
	{"rrset-cache-size:", "16m"},
	{"key-cache-size:", "4m"},
	/* The time-out of a dead server doubles up to this; the default is 120 s. */
	{"infra-cache-max-rtt:", "2000"},
	/* RFC 8020 only where DNSSEC proves it: some servers deny empty non-terminals. */
	{"harden-below-nxdomain:", "yes"},
	{"do-not-query-localhost:", "no"},
};

static int set_option(struct ub_ctx *context, const char *name, const char *value,
		      struct failure *reterr)
{
	int r = ub_ctx_set_option(context, name, value);
	return r == 0 ? 0
		      : failure_set(reterr, FAILURE_LIBRARY, name, "libunbound: %s",
				    ub_strerror(r));
}

static int set_sizes(struct ub_ctx *context, const struct dns_engine_config *config,
		     struct failure *reterr)
{
	char sockets[16];
	snprintf(sockets, sizeof(sockets), "%u", config->max_sockets);
	int r = set_option(context, "outgoing-range:", sockets, reterr);
	for (size_t i = 0; r == 0 && i < sizeof(settings) / sizeof(settings[0]); i++) {
		r = set_option(context, settings[i].name, settings[i].value, reterr);
	}
	if (r == 0) {
		r = set_option(context,
			       "qname-minimisation:", config->minimises_names ? "yes" : "no",
			       reterr);
	}
	if (r == 0) {
		r = set_option(context, "module-config:",
			       config->is_validating ? "validator iterator" : "iterator", reterr);
	}
	return r;
}

static bool line_has_type(struct span line, const struct zone_file *kind)
{
	struct span rest = span_slice(line, 0, span_find(line, ';', 0));
	for (struct span word = text_take_word(&rest); word.len > 0; word = text_take_word(&rest)) {
		if (span_equal_nocase(word, kind->type) ||
		    span_equal_nocase(word, kind->other_type)) {
			return true;
		}
	}
	return false;
}

/*
 * libunbound would tell of a missing file only at the first look-up, and not which one; and without
 * a word it takes a file without anchors for "nothing is to be validated".
 */
static int check_file(const struct zone_file *kind, const char *path, struct failure *reterr)
{
	char line[FILE_LINE_BYTES];
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return failure_set(reterr, FAILURE_INPUT, kind->what, "%s: %s", path,
				   strerror(errno));
	}
	bool is_found = false;
	while (!is_found && fgets(line, sizeof(line), file) != NULL) {
		is_found = line_has_type(span_of_string(line), kind);
	}
	fclose(file);
	return is_found ? 0
			: failure_set(reterr, FAILURE_INPUT, kind->what, "%s: no %.*s record in it",
				      path, SPAN_ARG(kind->type));
}

static int set_root_hints(struct ub_ctx *context, const char *path, struct failure *reterr)
{
	static const struct zone_file kind = {"read the root hints", SPAN_INIT("NS"),
					      SPAN_INIT("NS")};
	int r = check_file(&kind, path, reterr);
	return r < 0 ? r : set_option(context, "root-hints:", path, reterr);
}

static int set_anchor(struct ub_ctx *context, const char *path, struct failure *reterr)
{
	static const struct zone_file kind = {"read the trust anchor", SPAN_INIT("DS"),
					      SPAN_INIT("DNSKEY")};
	int r = 0;
	if (path != NULL) {
		r = check_file(&kind, path, reterr);
		if (r < 0) {
			return r;
		}
		r = ub_ctx_add_ta_file(context, path);
	}
	for (size_t i = 0; path == NULL && r == 0 && i < ROOT_ANCHOR_COUNT; i++) {
		r = ub_ctx_add_ta(context, root_anchor[i]);
	}
	return r == 0 ? 0
		      : failure_set(reterr, FAILURE_LIBRARY, "set the trust anchor", "%s",
				    ub_strerror(r));
}

static int set_forward(struct ub_ctx *context, struct span target, struct failure *reterr)
{
	char address[TARGET_TEXT_SIZE];
	snprintf(address, sizeof(address), "%.*s", SPAN_ARG(target));
	int r = ub_ctx_set_fwd(context, address);
	return r == 0 ? 0
		      : failure_set(reterr, FAILURE_INPUT, "use the resolver", "%s: %s", address,
				    ub_strerror(r));
}

static int set_stub(struct ub_ctx *context, struct span stub, struct failure *reterr)
{
	char zone[TARGET_TEXT_SIZE];
	char address[TARGET_TEXT_SIZE];
	size_t equals = span_find(stub, '=', 0);
	snprintf(zone, sizeof(zone), "%.*s", SPAN_ARG(span_slice(stub, 0, equals)));
	snprintf(address, sizeof(address), "%.*s", SPAN_ARG(span_from(stub, equals + 1)));
	int r = ub_ctx_set_stub(context, zone, address, /* isprime */ 0);
	return r == 0 ? 0
		      : failure_set(reterr, FAILURE_INPUT, "use the stub", "%s=%s: %s", zone,
				    address, ub_strerror(r));
}

static int configure(struct ub_ctx *context, const struct dns_engine_config *config,
		     struct failure *reterr)
{
	/* A library does not write to stderr. */
	ub_ctx_debugout(context, NULL);
	int r = set_sizes(context, config, reterr);
	if (r == 0 && config->root_hints != NULL) {
		r = set_root_hints(context, config->root_hints, reterr);
	}
	if (r == 0 && config->is_validating) {
		r = set_anchor(context, config->trust_anchor, reterr);
	}
	for (size_t i = 0; r == 0 && i < config->forward_count; i++) {
		r = set_forward(context, config->forwards[i], reterr);
	}
	for (size_t i = 0; r == 0 && i < config->stub_count; i++) {
		r = set_stub(context, config->stubs[i], reterr);
	}
	return r;
}

int dns_context_new(const struct dns_engine_config *config, struct event_base *base,
		    struct ub_ctx **ret_context, struct failure *reterr)
{
	struct ub_ctx *context = ub_ctx_create_event(base);
	if (context == NULL) {
		return failure_set(reterr, FAILURE_LIBRARY, "start the DNS engine",
				   "libunbound refused");
	}
	int r = configure(context, config, reterr);
	if (r < 0) {
		ub_ctx_delete(context);
		return r;
	}
	*ret_context = context;
	return 0;
}
