/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks the servers of failed names directly and says what each did. */
#include "collect/dns_diagnose.h"

#include "collect/dns_answer.h"
#include "collect/dns_probe.h"
#include "collect/dns_zone.h"
#include "records/name.h"

/* A server that takes longer than this twice is silent; the world's round trips are below 400 ms.
 */
#define PROBE_MS 1400

/* How much the servers of a case tell about it; the first that applies decides. */
struct verdict {
	const struct dns_probe *answered; /* NOERROR or NXDOMAIN */
	const struct dns_probe *servfail;
	const struct dns_probe *refused;
	const struct dns_probe *other_rcode;
	const struct dns_probe *silent;
	const struct dns_probe *closed;
	const struct dns_probe *unreachable;
};

static void conclude(struct dns_case *one, enum fact_failure failure, struct span detail)
{
	one->is_done = true;
	one->failure = failure;
	one->detail = detail;
}

static void sort_answer(struct verdict *verdict, const struct dns_probe *probe)
{
	switch ((enum dns_rcode)probe->packet.rcode) {
	case DNS_RCODE_NOERROR:
	case DNS_RCODE_NXDOMAIN:
		verdict->answered = probe;
		return;
	case DNS_RCODE_SERVFAIL:
		verdict->servfail = probe;
		return;
	case DNS_RCODE_REFUSED:
		verdict->refused = probe;
		return;
	case DNS_RCODE_FORMERR:
	case DNS_RCODE_NOTIMP:
		break;
	}
	verdict->other_rcode = probe;
}

static struct verdict sort_probes(const struct dns_probe *probes, size_t count)
{
	struct verdict verdict = {0};
	for (size_t i = 0; i < count; i++) {
		switch (probes[i].state) {
		case DNS_PROBE_ANSWERED:
			sort_answer(&verdict, &probes[i]);
			break;
		case DNS_PROBE_SILENT:
			verdict.silent = &probes[i];
			break;
		case DNS_PROBE_REFUSED:
			verdict.closed = &probes[i];
			break;
		case DNS_PROBE_UNREACHABLE:
			verdict.unreachable = &probes[i];
			break;
		}
	}
	return verdict;
}

/* Some server answered, and yet libunbound had no answer. */
static void conclude_answered(struct arena *arena, struct dns_case *one,
			      const struct dns_probe *probe)
{
	struct dns_answer answer;
	struct span server = probe->server.text;
	enum dns_answer_result result =
		dns_answer_of_packet(arena, one->key, &probe->packet, &answer);
	if (result == DNS_ANSWER_LOOP) {
		conclude(one, FACT_FAILURE_MALFORMED, SPAN("its CNAMEs lead in a circle"));
	} else if (result == DNS_ANSWER_NODATA && !probe->packet.is_authoritative &&
		   !probe->is_recursive) {
		conclude(one, FACT_FAILURE_SERVFAIL,
			 arena_printf(arena, "%.*s does not serve %.*s", SPAN_ARG(server),
				      SPAN_ARG(one->zone)));
	} else {
		conclude(one, FACT_FAILURE_SERVFAIL,
			 arena_printf(arena, "the look-up failed, though %.*s answers%s",
				      SPAN_ARG(server),
				      probe->is_recursive ? " when told not to validate" : ""));
	}
}

static void conclude_silence(struct arena *arena, struct dns_case *one,
			     const struct verdict *verdict)
{
	if (verdict->silent != NULL) {
		conclude(one, FACT_FAILURE_TIMEOUT,
			 arena_printf(arena, "no answer from %.*s",
				      SPAN_ARG(verdict->silent->server.text)));
	} else if (verdict->closed != NULL) {
		/* A resolver that is not there is our trouble, a name server that is not is theirs.
		 */
		conclude(one,
			 verdict->closed->is_recursive ? FACT_FAILURE_NETWORK
						       : FACT_FAILURE_TIMEOUT,
			 arena_printf(arena, "nothing listens at %.*s",
				      SPAN_ARG(verdict->closed->server.text)));
	} else if (verdict->unreachable != NULL) {
		conclude(one, FACT_FAILURE_NETWORK,
			 arena_printf(arena, "%.*s cannot be reached",
				      SPAN_ARG(verdict->unreachable->server.text)));
	} else {
		conclude(one, FACT_FAILURE_SERVFAIL, (struct span){0});
	}
}

static void conclude_verdict(struct arena *arena, struct dns_case *one,
			     const struct verdict *verdict)
{
	if (verdict->answered != NULL) {
		conclude_answered(arena, one, verdict->answered);
	} else if (verdict->servfail != NULL) {
		conclude(one, FACT_FAILURE_SERVFAIL,
			 arena_printf(arena, "%.*s answered SERVFAIL",
				      SPAN_ARG(verdict->servfail->server.text)));
	} else if (verdict->refused != NULL) {
		conclude(one, FACT_FAILURE_REFUSED,
			 arena_printf(arena, "%.*s answered REFUSED",
				      SPAN_ARG(verdict->refused->server.text)));
	} else if (verdict->other_rcode != NULL) {
		conclude(one, FACT_FAILURE_SERVFAIL,
			 arena_printf(arena, "%.*s answered with error %u",
				      SPAN_ARG(verdict->other_rcode->server.text),
				      verdict->other_rcode->packet.rcode));
	} else {
		conclude_silence(arena, one, verdict);
	}
}

/* Probes of all cases that are not done. starts[i] is where those of case i begin. */
static struct dns_probe *make_probes(struct arena *arena, struct dns_case **cases, size_t count,
				     size_t *starts)
{
	struct dns_probe *probes =
		arena_alloc(arena, (count * DNS_DIAGNOSE_MAX_SERVERS + 1) * sizeof(*probes));
	starts[0] = 0;
	for (size_t i = 0; probes != NULL && i < count; i++) {
		size_t at = starts[i];
		size_t server_count = cases[i]->is_done ? 0 : cases[i]->server_count;
		for (size_t k = 0; k < server_count; k++) {
			probes[at++] = (struct dns_probe){.server = cases[i]->servers[k],
							  .key = cases[i]->key,
							  .is_recursive = cases[i]->is_recursive};
		}
		starts[i + 1] = at;
	}
	return probes;
}

static bool has_time(const struct dns_doctor *doctor)
{
	const struct dns_wait *wait = doctor->wait;
	if (wait->is_stopped != NULL && wait->is_stopped(wait->context)) {
		return false;
	}
	return dns_engine_now_ms(doctor->engine) + PROBE_MS <= wait->end_ms;
}

/* True when one of the servers refers further down; then the case has moved on. */
static int follow_referral(const struct dns_doctor *doctor, struct arena *arena,
			   struct dns_case *one, const struct dns_probe *answered,
			   struct failure *reterr)
{
	/* With stubs the name servers are where the stubs say, and nowhere else. */
	if (one->is_recursive || doctor->stub_count > 0 || answered == NULL ||
	    !dns_zone_is_referral(one, &answered->packet)) {
		return 0;
	}
	int r = dns_zone_follow(doctor, arena, one, &answered->packet, reterr);
	return r < 0 ? r : 1;
}

/* Asks the servers of all open cases once; each case concludes or moves down a zone. */
static int take_step(const struct dns_doctor *doctor, struct arena *arena, struct dns_case **cases,
		     size_t count, struct failure *reterr)
{
	size_t starts[DNS_DIAGNOSE_BATCH + 1];
	struct dns_probe *probes = make_probes(arena, cases, count, starts);
	if (probes == NULL) {
		return failure_set_memory(reterr, "look into failed look-ups");
	}
	dns_probe_all(arena, probes, starts[count], PROBE_MS, doctor->random);
	for (size_t i = 0; i < count; i++) {
		if (cases[i]->is_done) {
			continue;
		}
		struct verdict verdict = sort_probes(probes + starts[i], starts[i + 1] - starts[i]);
		int r = follow_referral(doctor, arena, cases[i], verdict.answered, reterr);
		if (r < 0) {
			return r;
		}
		if (r == 0) {
			conclude_verdict(arena, cases[i], &verdict);
		}
	}
	return 0;
}

/* The server of the closest stub zone; false when no stub is for this name. */
static bool use_stub(const struct dns_doctor *doctor, struct dns_case *one)
{
	size_t best = 0;
	for (size_t i = 0; i < doctor->stub_count; i++) {
		size_t equals = span_find(doctor->stubs[i], '=', 0);
		struct span zone = span_slice(doctor->stubs[i], 0, equals);
		if (name_is_at_or_under(one->key.subject, zone) && zone.len > best &&
		    dns_server_parse(span_from(doctor->stubs[i], equals + 1), &one->servers[0])) {
			best = zone.len;
			one->zone = zone;
			one->server_count = 1;
		}
	}
	return best > 0;
}

static void use_resolvers(const struct dns_doctor *doctor, struct dns_case *one)
{
	one->is_recursive = true;
	for (size_t i = 0; i < doctor->resolver_count && i < DNS_DIAGNOSE_MAX_SERVERS; i++) {
		one->servers[i] = doctor->resolvers[i];
		one->server_count = i + 1;
	}
}

/* Who is asked first. */
static int find_servers(const struct dns_doctor *doctor, struct arena *arena,
			struct dns_case **cases, size_t count, struct failure *reterr)
{
	struct dns_case *others[DNS_DIAGNOSE_BATCH];
	size_t other_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (use_stub(doctor, cases[i])) {
			continue;
		}
		if (doctor->resolver_count == 0) {
			others[other_count++] = cases[i];
		} else {
			use_resolvers(doctor, cases[i]);
		}
	}
	return other_count > 0 ? dns_zone_find(doctor, arena, others, other_count, reterr) : 0;
}

static bool is_any_open(struct dns_case **cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!cases[i]->is_done) {
			return true;
		}
	}
	return false;
}

static int diagnose_batch(const struct dns_doctor *doctor, struct arena *arena,
			  struct dns_case **cases, size_t count, struct failure *reterr)
{
	int r = find_servers(doctor, arena, cases, count, reterr);
	for (unsigned i = 0;
	     r == 0 && i < DNS_DIAGNOSE_MAX_STEPS && has_time(doctor) && is_any_open(cases, count);
	     i++) {
		r = take_step(doctor, arena, cases, count, reterr);
	}
	for (size_t i = 0; i < count; i++) {
		if (!cases[i]->is_done) {
			conclude(cases[i], FACT_FAILURE_SERVFAIL, (struct span){0});
		}
	}
	return r;
}

/* What all servers of a zone do, they do for each name in it. */
static void share(const struct dns_case *found, struct dns_case *cases, size_t count)
{
	bool is_of_zone = found->zone.len > 0 && (found->failure == FACT_FAILURE_REFUSED ||
						  found->failure == FACT_FAILURE_TIMEOUT);
	for (size_t i = 0; is_of_zone && i < count; i++) {
		if (!cases[i].is_done && name_is_at_or_under(cases[i].key.subject, found->zone)) {
			conclude(&cases[i], found->failure, found->detail);
		}
	}
}

/* Up to a batch of cases that are open. */
static size_t pick(struct dns_case *cases, size_t count, struct dns_case **picked)
{
	size_t picked_count = 0;
	for (size_t i = 0; i < count && picked_count < DNS_DIAGNOSE_BATCH; i++) {
		if (!cases[i].is_done) {
			picked[picked_count++] = &cases[i];
		}
	}
	return picked_count;
}

int dns_diagnose(const struct dns_doctor *doctor, struct arena *arena, struct dns_case *cases,
		 size_t count, struct failure *reterr)
{
	struct dns_case *picked[DNS_DIAGNOSE_BATCH];
	int r = 0;
	for (unsigned i = 0; r == 0 && i < DNS_DIAGNOSE_MAX_BATCHES && has_time(doctor); i++) {
		size_t picked_count = pick(cases, count, picked);
		if (picked_count == 0) {
			break;
		}
		r = diagnose_batch(doctor, arena, picked, picked_count, reterr);
		for (size_t k = 0; k < picked_count; k++) {
			share(picked[k], cases, count);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!cases[i].is_done) {
			conclude(&cases[i], FACT_FAILURE_SERVFAIL, (struct span){0});
		}
	}
	return r;
}
