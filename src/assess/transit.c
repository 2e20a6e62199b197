/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks for every address of every mail host and reads what they present. */
#include "assess/transit.h"

#define MAX_ENDPOINTS ((size_t)MX_MAX_HOSTS * MX_MAX_ADDRESSES)

static enum transit_state state_after_greeting(const struct smtp_endpoint *smtp)
{
	switch (smtp->starttls) {
	case ENDPOINT_STARTTLS_WORKS:
		return TRANSIT_TLS;
	case ENDPOINT_STARTTLS_ABSENT:
	case ENDPOINT_STARTTLS_MASKED:
	case ENDPOINT_STARTTLS_REFUSED:
	case ENDPOINT_STARTTLS_PLAIN:
	case ENDPOINT_STARTTLS_RESET:
	case ENDPOINT_STARTTLS_CLOSED:
	case ENDPOINT_STARTTLS_SILENT:
	case ENDPOINT_STARTTLS_ALERT:
		return TRANSIT_CLEAR;
	case ENDPOINT_STARTTLS_UNKNOWN:
	case ENDPOINT_STARTTLS_COUNT:
		break;
	}
	return TRANSIT_UNKNOWN;
}

/* Throttling says nothing of a server's TLS, whenever it comes. */
static enum transit_state state_of(const struct smtp_endpoint *smtp)
{
	if (smtp->reach != ENDPOINT_CONNECTED) {
		return smtp->reach == ENDPOINT_LOCAL ? TRANSIT_UNKNOWN : TRANSIT_UNREACHABLE;
	}
	switch (smtp->greeting) {
	case ENDPOINT_GREETING_READY:
		return state_after_greeting(smtp);
	case ENDPOINT_GREETING_REFUSING:
	case ENDPOINT_GREETING_MALFORMED:
		return TRANSIT_REFUSING;
	case ENDPOINT_GREETING_SILENT:
	case ENDPOINT_GREETING_CLOSED:
	case ENDPOINT_GREETING_RESET:
		return smtp->throttles > 0 ? TRANSIT_UNKNOWN : TRANSIT_UNREACHABLE;
	case ENDPOINT_GREETING_NONE:
	case ENDPOINT_GREETING_TRANSIENT:
	case ENDPOINT_GREETING_COUNT:
		break;
	}
	return TRANSIT_UNKNOWN;
}

static bool is_between(int64_t now, int64_t from, int64_t until)
{
	return now >= from && now <= until;
}

/* RFC 8461 4.2: a path to a trusted authority, in date, and the name of the MX among its names */
static struct probe pkix_of(const struct transit_leaf *leaf)
{
	if (!leaf->is_readable || !leaf->has_name || !leaf->is_in_date) {
		return probe_of(false);
	}
	return leaf->presentation->is_trusted;
}

/* True when the leaf itself can be read. */
static bool read_chain(struct assessment *a, struct transit_leaf *leaf)
{
	const struct endpoint_presentation *presentation = leaf->presentation;
	struct x509_view *chain = arena_alloc(a->arena, presentation->chain_count * sizeof(*chain));
	if (chain == NULL) {
		return false;
	}
	bool is_readable = false;
	for (size_t i = 0; i < presentation->chain_count; i++) {
		bool is_read = x509_view_read(a->arena, presentation->chain[i], &chain[i]);
		is_readable = is_readable || (i == 0 && is_read);
	}
	leaf->chain = chain;
	leaf->chain_count = presentation->chain_count;
	leaf->view = chain[0];
	return is_readable;
}

static void read_leaf(struct assessment *a, const struct transit_endpoint *endpoint,
		      const struct endpoint_presentation *presentation, struct transit_leaf *leaf)
{
	int64_t now = a->options->now;
	leaf->presentation = presentation;
	leaf->is_readable = read_chain(a, leaf);
	leaf->has_staple = presentation->ocsp.len > 0;
	if (leaf->has_staple) {
		leaf->staple = ocsp_read(presentation->ocsp, presentation->chain,
					 presentation->chain_count);
	}
	if (leaf->is_readable) {
		leaf->has_name = x509_has_name(&leaf->view, endpoint->host->name);
		leaf->is_in_date = !leaf->view.has_bad_dates &&
				   is_between(now, leaf->view.not_before, leaf->view.not_after);
	}
	if (probe_is_yes(presentation->is_trusted)) {
		leaf->is_in_date = leaf->is_in_date && is_between(now, presentation->trusted_from,
								  presentation->trusted_until);
	}
	leaf->pkix = pkix_of(leaf);
}

static void read_leaves(struct assessment *a, struct transit_endpoint *endpoint)
{
	const struct smtp_endpoint *smtp = endpoint->smtp;
	struct transit_leaf *leaves =
		arena_alloc(a->arena, smtp->presentation_count * sizeof(*leaves));
	size_t count = 0;
	for (size_t i = 0; i < smtp->presentation_count && leaves != NULL; i++) {
		if (smtp->presentations[i].chain_count > 0) {
			read_leaf(a, endpoint, &smtp->presentations[i], &leaves[count++]);
		}
	}
	endpoint->leaves = leaves;
	endpoint->leaf_count = count;
}

static void observe(struct assessment *a, const struct mx_host *host, struct network address,
		    struct transit_endpoint *endpoint)
{
	endpoint->host = host;
	endpoint->address = arena_copy(a->arena, span_of_string(network_format(address).text));
	endpoint->label = arena_printf(a->arena, "%.*s (%.*s)", SPAN_ARG(host->name),
				       SPAN_ARG(endpoint->address));
	endpoint->fact = inquire_endpoint(a->inquiry, address, TRANSIT_PORT, host->name);
	endpoint->smtp = endpoint->fact->endpoint;
	if (endpoint->smtp != NULL) {
		endpoint->state = state_of(endpoint->smtp);
		read_leaves(a, endpoint);
	} else if (fact_is_absent(endpoint->fact)) {
		endpoint->state = TRANSIT_UNREACHABLE;
	}
}

/* The DNS alone was asked, or the file of a replay is of such a run. */
static bool was_tried(const struct transit_endpoint *endpoint)
{
	enum fact_failure failure = endpoint->fact->failure;
	return endpoint->fact->state != FACT_WANTED && failure != FACT_FAILURE_NOT_ASKED &&
	       failure != FACT_FAILURE_NOT_RECORDED;
}

static bool is_connected(const struct transit_endpoint *endpoint)
{
	return endpoint->smtp != NULL && endpoint->smtp->reach == ENDPOINT_CONNECTED;
}

void transit_assess(struct assessment *a)
{
	struct transit_view *view = arena_alloc(a->arena, sizeof(*view));
	struct vector endpoints = {0};
	if (view == NULL) {
		return;
	}
	a->transit = view;
	bool has_connected = false;
	for (size_t i = 0; a->mx->is_known && i < a->mx->host_count; i++) {
		const struct mx_host *host = &a->mx->hosts[i];
		for (size_t k = 0; k < host->address_count; k++) {
			struct transit_endpoint *endpoint = VECTOR_PUSH(
				&endpoints, a->arena, struct transit_endpoint, MAX_ENDPOINTS);
			if (endpoint == NULL) {
				return;
			}
			observe(a, host, host->addresses[k], endpoint);
			view->is_measured = view->is_measured || was_tried(endpoint);
			has_connected = has_connected || is_connected(endpoint);
		}
	}
	view->endpoints = endpoints.items;
	view->endpoint_count = endpoints.len;
	view->is_cut_off = view->is_measured && !has_connected;
}
