/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The domain's MX records: who takes its mail. */
#include "assess/mx.h"

#include <stdlib.h>

#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mx_host.h"
#include "assess/mx_report.h"
#include "records/mx.h"

/* MX records read; more than 64 kB of DNS answer can hold. */
#define MX_MAX_RECORDS 8192

/* Most preferred first; hosts of equal preference by name, so that results do not vary. */
static int compare_exchanges(const void *left, const void *right)
{
	const struct mx *one = left;
	const struct mx *other = right;
	if (one->preference != other->preference) {
		return one->preference < other->preference ? -1 : 1;
	}
	return span_compare(one->host, other->host);
}

static struct vector read_exchanges(struct assessment *a, const struct dns_answer *answer)
{
	struct vector exchanges = {0};
	for (size_t i = 0; i < answer->record_count; i++) {
		struct mx mx;
		if (!mx_parse(a->arena, answer->records[i].rdata, &mx)) {
			unknown_note(a, CONTROL_MX, a->domain, SPAN("an MX record is unreadable"));
			continue;
		}
		struct mx *slot = VECTOR_PUSH(&exchanges, a->arena, struct mx, MX_MAX_RECORDS);
		if (slot != NULL) {
			*slot = mx;
		}
	}
	if (exchanges.len > 1) {
		qsort(exchanges.items, exchanges.len, sizeof(struct mx), compare_exchanges);
	}
	return exchanges;
}

static bool is_listed(const struct vector *hosts, struct span name)
{
	for (size_t i = 0; i < hosts->len; i++) {
		if (span_equal(VECTOR_AT(hosts, struct mx_host, i)->name, name)) {
			return true;
		}
	}
	return false;
}

static void add_host(struct assessment *a, struct vector *hosts, const struct mx *exchange)
{
	struct mx_host *host = VECTOR_PUSH(hosts, a->arena, struct mx_host, MX_MAX_HOSTS);
	if (host != NULL) {
		host->name = exchange->host;
		host->preference = exchange->preference;
		mx_host_examine(a, host);
	}
}

/* RFC 7505 3: "." as the host says that there is no mail service, and stands alone. */
static void take_exchanges(struct assessment *a, struct mx_view *view,
			   const struct vector *exchanges)
{
	struct vector hosts = {0};
	bool has_null = false;
	for (size_t i = 0; i < exchanges->len; i++) {
		const struct mx *exchange = VECTOR_AT(exchanges, struct mx, i);
		if (exchange->is_null) {
			has_null = true;
		} else if (is_listed(&hosts, exchange->host)) {
			continue;
		} else if (hosts.len == MX_MAX_HOSTS) {
			view->left_out_count++;
		} else {
			add_host(a, &hosts, exchange);
		}
	}
	view->hosts = hosts.items;
	view->host_count = hosts.len;
	view->is_null = has_null && hosts.len == 0;
	view->has_stray_null = has_null && hosts.len > 0;
}

/* RFC 5321 5.1: without MX records the domain itself is the mail host, if it has an address. */
static void look_for_implicit(struct assessment *a, struct mx_view *view)
{
	struct mx_host *host = arena_alloc(a->arena, sizeof(*host));
	if (host == NULL) {
		return;
	}
	host->name = a->domain;
	mx_host_examine(a, host);
	if (host->address_count > 0 || host->is_unknown) {
		view->implicit = host;
	}
}

static void set_unknown(struct assessment *a, const struct fact *fact)
{
	static const enum measure_id measures[] = {MEASURE_MX_HOSTS, MEASURE_MX_NULL,
						   MEASURE_MX_VALID, MEASURE_MX_IPV6};
	unknown_add(a, CONTROL_MX, fact);
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		measure_unknown_fact(a, measures[i], fact);
	}
}

void mx_assess(struct assessment *a)
{
	struct mx_view *view = arena_alloc(a->arena, sizeof(*view));
	if (view == NULL) {
		return;
	}
	a->mx = view;
	const struct fact *fact = assessment_dns(a, a->domain, RR_MX);
	if (fact_is_unknown(fact)) {
		set_unknown(a, fact);
		return;
	}
	view->is_known = true;
	view->dnssec = fact->dns->dnssec;
	if (fact_is_present(fact)) {
		struct vector exchanges = read_exchanges(a, fact->dns);
		take_exchanges(a, view, &exchanges);
	} else if (!fact_is_nxdomain(fact)) {
		look_for_implicit(a, view);
	}
	a->is_absent[CONTROL_MX] = !view->is_null && view->host_count == 0;
	mx_report(a, view);
}

bool mx_may_take_mail(const struct assessment *a)
{
	return a->mx->implicit != NULL && a->kind != DOMAIN_PARKED;
}
