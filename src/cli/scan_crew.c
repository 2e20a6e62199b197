/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Turns the collectors' options up to what a scan needs. */
#include "cli/scan_crew.h"

#include <sys/resource.h>

/* Measured: more look-ups of one thread together take longer, as its own queue looks like loss. */
#define LOOK_UPS_IN_FLIGHT 1500
#define MAX_SOCKETS 4096
/* Left for mail servers, patient look-ups, policies and files. */
#define OTHER_DESCRIPTORS 1200
#define MIN_SOCKETS 128
#define POLICY_BATCH 200

/* As many descriptors as the system gives; the sockets of the DNS follow from that. */
static unsigned find_sockets(uint64_t threads)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return MIN_SOCKETS;
	}
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	uint64_t all = limit.rlim_cur == RLIM_INFINITY ? UINT32_MAX : (uint64_t)limit.rlim_cur;
	uint64_t sockets = all > OTHER_DESCRIPTORS ? (all - OTHER_DESCRIPTORS) / threads : 0;
	sockets = sockets > MAX_SOCKETS ? MAX_SOCKETS : sockets;
	return sockets < MIN_SOCKETS ? MIN_SOCKETS : (unsigned)sockets;
}

static int read_rate(const char *text, unsigned *ret_rate, struct failure *reterr)
{
	uint64_t rate = SCAN_CREW_RATE;
	if (text != NULL &&
	    !number_parse_decimal(span_of_string(text), SCAN_CREW_MAX_RATE, &rate)) {
		return failure_set(reterr, FAILURE_INPUT, "--rate",
				   "\"%s\" is not a number from 0 to %d", text, SCAN_CREW_MAX_RATE);
	}
	*ret_rate = (unsigned)rate;
	return 0;
}

static int make_crew(struct session *session, const struct scan_crew_options *options,
		     struct crew **ret_crew, struct failure *reterr)
{
	uint64_t threads = options->dns_threads > 0 ? options->dns_threads : 1;
	if (threads > CREW_MAX_DNS_THREADS) {
		return failure_set(reterr, FAILURE_INPUT, "--dns-threads", "at most %d",
				   CREW_MAX_DNS_THREADS);
	}
	unsigned rate = 0;
	int r = read_rate(options->rate, &rate, reterr);
	if (r < 0) {
		return r;
	}
	struct crew_options crew = {
		.dns = session->dns_options,
		.dns_threads = (unsigned)threads,
		.dns_rate = rate,
		.suffixes = session->suffixes,
		.smtp = options->is_dns_only ? NULL : &session->smtp_options,
		.deep_ms = options->deep_minutes * 60000,
	};
	crew.dns.max_in_flight = LOOK_UPS_IN_FLIGHT;
	crew.dns.max_sockets = find_sockets(threads);
	return crew_new(&crew, ret_crew, reterr);
}

int scan_crew_new(struct session *session, const struct connect_options *connect,
		  const struct scan_crew_options *options, struct crew **ret_crew,
		  struct failure *reterr)
{
	int r = options->is_dns_only ? 0 : session_connect(session, connect, reterr);
	if (connect->plan == NULL) {
		session->smtp_options.plan = ENDPOINT_QUICK;
	}
	session->smtp_options.progress = NULL;
	r = r == 0 ? make_crew(session, options, ret_crew, reterr) : r;
	if (r < 0 || options->is_dns_only) {
		return r;
	}
	return crew_add_source(*ret_crew, FACT_POLICY, policy_collector_source(session->policy),
			       POLICY_BATCH, reterr);
}
