/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Predicts what senders do, host by host and over all of them. */
#include "assess/sender_eye.h"

#include "assess/dane.h"
#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mta_sts.h"
#include "assess/tls_rpt.h"
#include "assess/transit.h"

/* What the addresses of one host are like. */
struct sight {
	bool has_tls;
	bool has_clear;
	bool has_unknown;
	bool has_pkix;
	bool has_unknown_pkix;
};

static void look_at_leaves(const struct transit_endpoint *endpoint, struct sight *sight)
{
	bool is_known = false;
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		const struct transit_leaf *leaf = &endpoint->leaves[i];
		/* RFC 8461 4.2: senders send SNI */
		if (leaf->presentation->has_sni && leaf->pkix.answer != PROBE_UNKNOWN) {
			is_known = true;
			sight->has_pkix = sight->has_pkix || probe_is_yes(leaf->pkix);
		}
	}
	sight->has_unknown_pkix = sight->has_unknown_pkix || !is_known;
}

static struct sight look(const struct transit_view *transit, const struct mx_host *host)
{
	struct sight sight = {.has_unknown = host->is_unknown || transit->is_cut_off};
	for (size_t i = 0; i < transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &transit->endpoints[i];
		if (endpoint->host != host) {
			continue;
		}
		switch (endpoint->state) {
		case TRANSIT_TLS:
			sight.has_tls = true;
			look_at_leaves(endpoint, &sight);
			break;
		case TRANSIT_CLEAR:
			sight.has_clear = true;
			break;
		case TRANSIT_UNKNOWN:
			sight.has_unknown = true;
			break;
		case TRANSIT_UNREACHABLE:
		case TRANSIT_REFUSING:
			break;
		}
	}
	return sight;
}

static struct sender_outcome plain_outcome(const struct sight *sight)
{
	bool takes_mail = sight->has_tls || sight->has_clear;
	struct sender_outcome outcome = {DELIVERY_DEFERRED, DELIVERY_DEFERRED};
	if (takes_mail) {
		outcome.stripped = DELIVERY_CLEAR;
		outcome.today = sight->has_clear ? DELIVERY_CLEAR : DELIVERY_ENCRYPTED;
	}
	if (sight->has_unknown && !sight->has_clear) {
		outcome.today = DELIVERY_UNKNOWN;
	}
	if (sight->has_unknown && !takes_mail) {
		outcome.stripped = DELIVERY_UNKNOWN;
	}
	return outcome;
}

/* RFC 8461 5: only an enforced policy changes what is done */
static struct sender_outcome sts_outcome(const struct mta_sts_view *view,
					 const struct mx_host *host, const struct sight *sight)
{
	if (view->is_without || (view->policy != NULL && view->mode != MTA_STS_MODE_ENFORCE)) {
		return plain_outcome(sight);
	}
	if (view->policy == NULL) {
		return (struct sender_outcome){DELIVERY_UNKNOWN, DELIVERY_UNKNOWN};
	}
	struct sender_outcome outcome = {DELIVERY_DEFERRED, DELIVERY_DEFERRED};
	if (!mta_sts_allows(view, host)) {
		return outcome;
	}
	if (sight->has_pkix) {
		outcome.today = DELIVERY_AUTHENTICATED;
	} else if (sight->has_unknown || sight->has_unknown_pkix) {
		outcome.today = DELIVERY_UNKNOWN;
	}
	return outcome;
}

/* RFC 7672 2.2: with TLSA records, of whatever worth, nothing goes in clear */
static struct sender_outcome dane_outcome(const struct dane_host *host, const struct sight *sight)
{
	struct sender_outcome outcome = {DELIVERY_DEFERRED, DELIVERY_DEFERRED};
	switch (host->state) {
	case DANE_STATE_NONE:
		return plain_outcome(sight);
	case DANE_STATE_MATCH:
		outcome.today = DELIVERY_AUTHENTICATED;
		break;
	case DANE_STATE_MISMATCH:
		outcome.today = host->match_count > 0 ? DELIVERY_AUTHENTICATED : DELIVERY_DEFERRED;
		break;
	case DANE_STATE_UNUSABLE:
		outcome.today = sight->has_tls ? DELIVERY_ENCRYPTED : DELIVERY_DEFERRED;
		break;
	case DANE_STATE_UNRESOLVED:
		break;
	case DANE_STATE_UNKNOWN:
		outcome.today = DELIVERY_UNKNOWN;
		/* Records that can be used are there: only what matches them is not known. */
		if (!host->is_secure || host->usable_count == 0) {
			outcome.stripped = DELIVERY_UNKNOWN;
		}
		break;
	}
	return outcome;
}

/* The worse of two outcomes of one message; a host that defers leaves it to the others. */
static enum delivery worse(enum delivery one, enum delivery other)
{
	static const int rank[] = {
		[DELIVERY_DEFERRED] = 0, [DELIVERY_AUTHENTICATED] = 1, [DELIVERY_ENCRYPTED] = 2,
		[DELIVERY_UNKNOWN] = 3,	 [DELIVERY_CLEAR] = 4,
	};
	return rank[one] >= rank[other] ? one : other;
}

/* RFC 5321 5.1: the less preferred are tried when the others do not take the message */
static enum delivery today_of_all(const struct sender_eye_host *hosts, size_t count,
				  enum sender_kind kind)
{
	enum delivery all = DELIVERY_DEFERRED;
	for (size_t i = 0; i < count; i++) {
		bool is_next = i > 0 && hosts[i].host->preference != hosts[i - 1].host->preference;
		if (is_next && all != DELIVERY_DEFERRED) {
			break;
		}
		all = worse(all, hosts[i].senders[kind].today);
	}
	return all;
}

static enum delivery stripped_of_all(const struct sender_eye_host *hosts, size_t count,
				     enum sender_kind kind)
{
	enum delivery all = DELIVERY_DEFERRED;
	for (size_t i = 0; i < count; i++) {
		all = worse(all, hosts[i].senders[kind].stripped);
	}
	return all;
}

/* RFC 8460: reports tell of it afterwards, also of domains without any policy */
static struct probe is_reported(const struct tls_rpt_view *view)
{
	if (view->record != NULL && view->rua.working_count > 0) {
		return probe_of(true);
	}
	bool is_open = !view->found.is_known || view->rua.unknown_count > 0;
	return is_open ? probe_unknown(PROBE_UNCLEAR) : probe_of(false);
}

/* Without a policy that is enforced and without DANE. */
static void measure_low_rungs(struct assessment *a)
{
	struct probe reported = is_reported(a->tls_rpt);
	if (a->mta_sts->mode == MTA_STS_MODE_TESTING && !a->mta_sts->is_without) {
		measure_word(a, MEASURE_TLS_DOWNGRADE, SPAN("sts-testing"));
	} else if (reported.answer == PROBE_UNKNOWN) {
		measure_unknown(a, MEASURE_TLS_DOWNGRADE,
				SPAN("whether anybody would be told is not known"));
	} else {
		measure_word(a, MEASURE_TLS_DOWNGRADE,
			     probe_is_yes(reported) ? SPAN("reported") : SPAN("none"));
	}
}

/* Which rung of the ladder the domain stands on: what would show that STARTTLS was taken out. */
static void measure_downgrade(struct assessment *a, const struct sender_eye_view *view)
{
	enum delivery sts = view->senders[SENDER_MTA_STS].stripped;
	enum delivery dane = view->senders[SENDER_DANE].stripped;
	bool is_enforced = sts == DELIVERY_DEFERRED && a->mta_sts->mode == MTA_STS_MODE_ENFORCE;
	bool has_dane = dane == DELIVERY_DEFERRED && a->dane->has_usable;
	if (sts == DELIVERY_UNKNOWN || dane == DELIVERY_UNKNOWN) {
		measure_unknown(a, MEASURE_TLS_DOWNGRADE,
				SPAN("what senders would do is not known"));
	} else if (is_enforced || has_dane) {
		measure_word(a, MEASURE_TLS_DOWNGRADE,
			     is_enforced && has_dane ? SPAN("both")
			     : has_dane		     ? SPAN("dane")
						     : SPAN("sts-enforce"));
	} else {
		measure_low_rungs(a);
	}
}

/* RFC 8461 2: whoever knows both obeys DANE; whoever knows one meets the other fate */
static void compare_protections(struct assessment *a, const struct sender_eye_host *host)
{
	enum delivery sts = host->senders[SENDER_MTA_STS].today;
	enum delivery dane = host->senders[SENDER_DANE].today;
	bool has_both = a->mta_sts->mode == MTA_STS_MODE_ENFORCE && a->dane->has_usable;
	bool is_contrary = (sts == DELIVERY_AUTHENTICATED && dane == DELIVERY_DEFERRED) ||
			   (sts == DELIVERY_DEFERRED && dane == DELIVERY_AUTHENTICATED);
	if (has_both && is_contrary) {
		struct finding *finding =
			finding_add(a, FINDING_DANE_MTA_STS_DIFFER, host->host->name);
		finding_arg(a, finding, "host", "%.*s", SPAN_ARG(host->host->name));
		finding_arg(a, finding, "dane", "%s", delivery_name(dane));
		finding_arg(a, finding, "sts", "%s", delivery_name(sts));
	}
}

void sender_eye_assess(struct assessment *a)
{
	bool is_seen = a->transit->is_measured && a->dane != NULL && a->mx->host_count > 0;
	struct sender_eye_view *view = arena_alloc(a->arena, sizeof(*view));
	struct sender_eye_host *hosts = arena_alloc(a->arena, a->mx->host_count * sizeof(*hosts));
	if (!is_seen || view == NULL || hosts == NULL) {
		return;
	}
	for (size_t i = 0; i < a->mx->host_count; i++) {
		struct sight sight = look(a->transit, &a->mx->hosts[i]);
		hosts[i].host = &a->mx->hosts[i];
		hosts[i].senders[SENDER_PLAIN] = plain_outcome(&sight);
		hosts[i].senders[SENDER_MTA_STS] = sts_outcome(a->mta_sts, hosts[i].host, &sight);
		hosts[i].senders[SENDER_DANE] = dane_outcome(&a->dane->hosts[i], &sight);
		compare_protections(a, &hosts[i]);
	}
	view->hosts = hosts;
	view->host_count = a->mx->host_count;
	for (int k = 0; k < SENDER_KIND_COUNT; k++) {
		enum sender_kind kind = (enum sender_kind)k;
		view->senders[k].today = today_of_all(hosts, view->host_count, kind);
		view->senders[k].stripped = stripped_of_all(hosts, view->host_count, kind);
	}
	a->sender_eye = view;
	measure_downgrade(a, view);
}

const char *delivery_name(enum delivery delivery)
{
	static const char *const names[] = {
		[DELIVERY_UNKNOWN] = "unknown",	    [DELIVERY_AUTHENTICATED] = "authenticated",
		[DELIVERY_ENCRYPTED] = "encrypted", [DELIVERY_CLEAR] = "clear",
		[DELIVERY_DEFERRED] = "deferred",
	};
	return names[delivery];
}

const char *sender_kind_name(enum sender_kind kind)
{
	static const char *const names[SENDER_KIND_COUNT] = {
		[SENDER_PLAIN] = "plain",
		[SENDER_MTA_STS] = "mta-sts",
		[SENDER_DANE] = "dane",
	};
	return names[kind];
}
