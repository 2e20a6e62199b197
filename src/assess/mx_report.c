/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is to be said about the mail hosts, whatever the domain is for. */
#include "assess/mx_report.h"

#include "assess/finding.h"
#include "assess/measure.h"
#include "assess/mx_host.h"
#include "assess/registration.h"
#include "guide/providers.h"

/* "a" and "b" -> "a, b". */
static struct span append_item(struct assessment *a, struct span list, struct span item)
{
	const char *separator = list.len > 0 ? ", " : "";
	return arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(list), separator, SPAN_ARG(item));
}

static struct span list_hosts(struct assessment *a, const struct mx_view *view)
{
	struct span list = SPAN("");
	for (size_t i = 0; i < view->host_count; i++) {
		list = append_item(a, list, view->hosts[i].name);
	}
	return list;
}

static void report_no_address(struct assessment *a, const struct mx_host *host)
{
	struct finding *finding = finding_add(a, FINDING_MX_HOST_NO_ADDRESS, host->name);
	finding_arg(a, finding, "why", "%s",
		    host->is_nonexistent ? "its name does not exist"
					 : "it has neither an A nor an AAAA record");
	if (!host->is_nonexistent) {
		return;
	}
	struct span open = registration_find_open(a, CONTROL_MX, host->target);
	if (open.len > 0) {
		finding = finding_add(a, FINDING_MX_HOST_UNREGISTERED, host->name);
		finding_arg(a, finding, "registrable", "%.*s", SPAN_ARG(open));
	}
}

/* RFC 6890: addresses that lead nowhere on the internet, or to somebody else's local network. */
static void report_special_addresses(struct assessment *a, const struct mx_host *host)
{
	struct span list = SPAN("");
	bool is_documentation_only = true;
	for (size_t i = 0; i < host->address_count; i++) {
		enum network_scope scope = network_scope_of(host->addresses[i]);
		is_documentation_only &= scope == NETWORK_GLOBAL || scope == NETWORK_DOCUMENTATION;
		if (scope != NETWORK_GLOBAL) {
			struct network_text text = network_format(host->addresses[i]);
			list = append_item(a, list,
					   arena_printf(a->arena, "%s (%s)", text.text,
							network_scope_name(scope)));
		}
	}
	if (list.len == 0) {
		return;
	}
	struct finding *finding = finding_add(a, FINDING_MX_HOST_SPECIAL_ADDRESS, host->name);
	finding_arg(a, finding, "addresses", "%.*s", SPAN_ARG(list));
	finding_evidence(a, finding, "%.*s", SPAN_ARG(list));
	if (is_documentation_only) {
		finding->severity = SEVERITY_INFO;
	} else if (mx_host_is_dead(host)) {
		finding->severity = SEVERITY_HIGH;
	}
}

static void report_host(struct assessment *a, const struct mx_host *host)
{
	if (host->is_address_literal) {
		(void)finding_add(a, FINDING_MX_HOST_ADDRESS_LITERAL, host->name);
		return;
	}
	if (!name_is_ldh(host->name, /* is_underscore_ok: */ false)) {
		(void)finding_add(a, FINDING_MX_HOST_NOT_HOSTNAME, host->name);
	}
	if (host->is_cname) {
		(void)finding_add(a, FINDING_MX_HOST_CNAME, host->name);
	}
	if (host->address_count == 0 && !host->is_unknown) {
		report_no_address(a, host);
	}
	report_special_addresses(a, host);
}

static bool are_all_dead(const struct mx_view *view)
{
	for (size_t i = 0; i < view->host_count; i++) {
		if (!mx_host_is_dead(&view->hosts[i])) {
			return false;
		}
	}
	return view->left_out_count == 0;
}

/* One name with one address and nobody known behind it: a single machine, for all we can see. */
static bool is_single_machine(const struct mx_view *view)
{
	const struct mx_host *host = &view->hosts[0];
	return view->host_count == 1 && view->left_out_count == 0 && host->provider == NULL &&
	       !host->is_unknown && host->global_address_count == 1 + (size_t)host->has_ipv6;
}

/* Who runs the host: the provider's name, else the domain the host is in. */
static struct span company_of(struct assessment *a, const struct mx_host *host)
{
	if (host->provider != NULL) {
		return host->provider->name;
	}
	struct span domain = public_suffix_organisational(a->options->suffixes, host->name);
	return domain.len > 0 ? domain : host->name;
}

static void report_operators(struct assessment *a, const struct mx_view *view)
{
	struct span companies[MX_MAX_HOSTS];
	size_t count = 0;
	struct span list = SPAN("");
	for (size_t i = 0; i < view->host_count; i++) {
		struct span company = company_of(a, &view->hosts[i]);
		size_t seen = 0;
		while (seen < count && !span_equal(companies[seen], company)) {
			seen++;
		}
		if (seen == count) {
			companies[count++] = company;
			list = append_item(a, list, company);
		}
	}
	if (count > 1) {
		struct finding *finding = finding_add(a, FINDING_MX_SEVERAL_OPERATORS, a->domain);
		finding_arg(a, finding, "operators", "%.*s", SPAN_ARG(list));
	}
}

static void report_left_out(struct assessment *a, const struct mx_view *view)
{
	struct finding *finding = finding_add(a, FINDING_MX_MANY_HOSTS, a->domain);
	finding_arg(a, finding, "count", "%zu", view->host_count + view->left_out_count);
	finding_arg(a, finding, "looked", "%zu", view->host_count);
	unknown_note(a, CONTROL_MX,
		     arena_printf(a->arena, "%zu more mail hosts of %.*s", view->left_out_count,
				  SPAN_ARG(a->domain)),
		     SPAN("only the most preferred are looked at"));
}

struct tally {
	size_t problems;
	size_t unknown;
	size_t with_ipv6;
	size_t certainly_without_ipv6;
};

static struct tally tally_hosts(const struct mx_view *view)
{
	struct tally tally = {.unknown = view->left_out_count};
	for (size_t i = 0; i < view->host_count; i++) {
		const struct mx_host *host = &view->hosts[i];
		tally.problems += host->has_problem;
		tally.unknown += host->is_unknown;
		tally.with_ipv6 += host->has_ipv6;
		tally.certainly_without_ipv6 += !host->has_ipv6 && !host->is_unknown;
	}
	tally.problems += view->has_stray_null;
	return tally;
}

static void report_hosts(struct assessment *a, const struct mx_view *view)
{
	struct tally tally = tally_hosts(view);
	for (size_t i = 0; i < view->host_count; i++) {
		report_host(a, &view->hosts[i]);
	}
	if (view->has_stray_null) {
		struct finding *finding = finding_add(a, FINDING_MX_NULL_WITH_OTHERS, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(list_hosts(a, view)));
	}
	if (are_all_dead(view)) {
		struct finding *finding = finding_add(a, FINDING_MX_NO_HOST_WORKS, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(list_hosts(a, view)));
	} else if (tally.problems == 0 && tally.unknown == 0) {
		struct finding *finding = finding_add(a, FINDING_MX_IN_ORDER, a->domain);
		finding_arg(a, finding, "hosts", "%.*s", SPAN_ARG(list_hosts(a, view)));
	}
	if (is_single_machine(view)) {
		(void)finding_add(a, FINDING_MX_SINGLE_HOST, view->hosts[0].name);
	}
	if (tally.unknown == 0 && tally.with_ipv6 == 0 && !are_all_dead(view)) {
		(void)finding_add(a, FINDING_MX_NO_IPV6, a->domain);
	}
	report_operators(a, view);
	if (view->left_out_count > 0) {
		report_left_out(a, view);
	}
}

/* Yes or no when certain, unknown when the hosts that could decide it are. */
static void measure_hosts(struct assessment *a, const struct mx_view *view)
{
	struct span reason = SPAN("not all addresses of the mail hosts are known");
	struct tally tally = tally_hosts(view);
	if (tally.problems > 0 || tally.unknown == 0) {
		measure_bool(a, MEASURE_MX_VALID, tally.problems == 0);
	} else {
		measure_unknown(a, MEASURE_MX_VALID, reason);
	}
	if (tally.certainly_without_ipv6 > 0 || tally.with_ipv6 == view->host_count) {
		measure_bool(a, MEASURE_MX_IPV6, tally.certainly_without_ipv6 == 0);
	} else {
		measure_unknown(a, MEASURE_MX_IPV6, reason);
	}
}

void mx_report(struct assessment *a, const struct mx_view *view)
{
	measure_number(a, MEASURE_MX_HOSTS, (int64_t)(view->host_count + view->left_out_count));
	measure_bool(a, MEASURE_MX_NULL, view->is_null);
	if (view->is_null) {
		(void)finding_add(a, FINDING_MX_NULL, a->domain);
	}
	if (view->host_count > 0) {
		report_hosts(a, view);
		measure_hosts(a, view);
		return;
	}
	measure_not_applicable(a, MEASURE_MX_VALID, SPAN("the domain names no mail host"));
	measure_not_applicable(a, MEASURE_MX_IPV6, SPAN("the domain names no mail host"));
}
