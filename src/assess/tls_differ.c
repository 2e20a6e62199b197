/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Addresses held against each other: the odd one of a host, and the one that was forgotten. */
#include "assess/tls_hosts.h"

/* A renewal is due when a third of the certificate's own life is left. */
#define RENEWAL_SHARE 3

/* What differs between two addresses, told from the second one's side. */
struct comparison {
	struct assessment *a;
	const struct transit_endpoint *one;
	const struct transit_endpoint *other;
	struct span what; /* empty: nothing */
};

static void tell(struct comparison *c, struct span what)
{
	c->what = arena_printf(c->a->arena, "%.*s%s%.*s", SPAN_ARG(c->what),
			       c->what.len > 0 ? ", " : "", SPAN_ARG(what));
}

static bool is_settled(enum transit_state state)
{
	return state == TRANSIT_CLEAR || state == TRANSIT_TLS || state == TRANSIT_REFUSING;
}

static void compare_states(struct comparison *c)
{
	bool is_tls[] = {c->one->state == TRANSIT_TLS, c->other->state == TRANSIT_TLS};
	if (is_tls[0] != is_tls[1]) {
		tell(c, is_tls[1] ? SPAN("has TLS") : SPAN("has no TLS"));
	}
}

/* Only what both were asked can differ. */
static bool is_contrary(struct probe one, struct probe other)
{
	return (probe_is_yes(one) && probe_is_no(other)) ||
	       (probe_is_no(one) && probe_is_yes(other));
}

static void compare_versions(struct comparison *c)
{
	static const char *const names[] = {"SSL 2",   "SSL 3",	  "TLS 1.0",
					    "TLS 1.1", "TLS 1.2", "TLS 1.3"};
	for (size_t i = 0; i < ENDPOINT_VERSIONS; i++) {
		struct probe one = c->one->smtp->versions[i].is_accepted;
		struct probe other = c->other->smtp->versions[i].is_accepted;
		if (is_contrary(one, other)) {
			tell(c,
			     arena_printf(c->a->arena, "%s %s",
					  probe_is_yes(other) ? "accepts" : "refuses", names[i]));
		}
	}
}

static struct probe suite_of(const struct transit_endpoint *endpoint, size_t version,
			     uint32_t suite)
{
	const struct endpoint_version *row = &endpoint->smtp->versions[version];
	struct probe probe = endpoint_suite(row, suite);
	bool is_left = probe.answer == PROBE_UNKNOWN && probe_is_yes(row->is_accepted);
	return is_left && row->is_complete ? probe_of(false) : probe;
}

static bool has_other_suite(const struct comparison *c, const struct transit_endpoint *from,
			    size_t version)
{
	const struct endpoint_suites *suites = &from->smtp->versions[version].suites;
	for (size_t i = 0; i < suites->accepted_count; i++) {
		if (is_contrary(suite_of(c->one, version, suites->accepted[i]),
				suite_of(c->other, version, suites->accepted[i]))) {
			return true;
		}
	}
	return false;
}

static void compare_suites(struct comparison *c)
{
	for (size_t i = 1; i < ENDPOINT_VERSIONS; i++) {
		bool has_both = probe_is_yes(c->one->smtp->versions[i].is_accepted) &&
				probe_is_yes(c->other->smtp->versions[i].is_accepted);
		if (has_both &&
		    (has_other_suite(c, c->one, i) || has_other_suite(c, c->other, i))) {
			tell(c, SPAN("other cipher suites"));
			return;
		}
	}
}

static bool has_other_group(const struct endpoint_groups *one, const struct endpoint_groups *other)
{
	for (size_t i = 0; i < one->accepted_count; i++) {
		if (probe_is_no(endpoint_group(other, one->accepted[i]))) {
			return true;
		}
	}
	return false;
}

static void compare_groups(struct comparison *c)
{
	const struct endpoint_groups *one = &c->one->smtp->groups13;
	const struct endpoint_groups *other = &c->other->smtp->groups13;
	if (has_other_group(one, other) || has_other_group(other, one)) {
		tell(c, SPAN("other groups"));
	}
}

/* The name in front of its arguments. */
static struct span keyword_name(struct span keyword)
{
	return span_slice(keyword, 0, span_find(keyword, ' ', 0));
}

static struct span missing_keyword(const struct endpoint_ehlo *from,
				   const struct endpoint_ehlo *other)
{
	for (size_t i = 0; i < from->keyword_count; i++) {
		struct span name = keyword_name(from->keywords[i]);
		if (!endpoint_has_keyword(other, name)) {
			return name;
		}
	}
	return span_of(NULL, 0);
}

static void compare_keywords(struct comparison *c)
{
	const struct endpoint_ehlo *one = &c->one->smtp->ehlo;
	const struct endpoint_ehlo *other = &c->other->smtp->ehlo;
	if (one->reply.code != 250 || other->reply.code != 250 || one->is_cut || other->is_cut) {
		return;
	}
	struct span lacks = missing_keyword(one, other);
	struct span adds = missing_keyword(other, one);
	if (lacks.len > 0) {
		tell(c, arena_printf(c->a->arena, "lacks %.*s", SPAN_ARG(lacks)));
	}
	if (adds.len > 0) {
		tell(c, arena_printf(c->a->arena, "adds %.*s", SPAN_ARG(adds)));
	}
}

/* The certificate for a plain sender with SNI; NULL when none was seen. */
static const struct transit_leaf *first_leaf(const struct transit_endpoint *endpoint)
{
	for (size_t i = 0; i < endpoint->leaf_count; i++) {
		if (endpoint->leaves[i].is_readable && endpoint->leaves[i].presentation->has_sni) {
			return &endpoint->leaves[i];
		}
	}
	return NULL;
}

static void compare_certificates(struct comparison *c)
{
	const struct transit_leaf *one = first_leaf(c->one);
	const struct transit_leaf *other = first_leaf(c->other);
	if (one == NULL || other == NULL) {
		return;
	}
	if (!span_equal(one->view.issuer, other->view.issuer)) {
		tell(c, SPAN("a certificate of another authority"));
	} else if (one->has_name != other->has_name) {
		tell(c, SPAN("a certificate for other names"));
	}
}

static struct span compare(struct assessment *a, const struct transit_endpoint *one,
			   const struct transit_endpoint *other)
{
	struct comparison c = {.a = a, .one = one, .other = other};
	compare_states(&c);
	compare_keywords(&c);
	if (one->state == TRANSIT_TLS && other->state == TRANSIT_TLS) {
		compare_versions(&c);
		compare_suites(&c);
		compare_groups(&c);
		compare_certificates(&c);
	}
	return c.what;
}

/* Each address of a host against the host's first that answered. */
static void compare_host(struct assessment *a, const struct mx_host *host)
{
	const struct transit_endpoint *first = NULL;
	struct finding *finding = NULL;
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		if (endpoint->host != host || !is_settled(endpoint->state)) {
			continue;
		}
		struct span what = first != NULL ? compare(a, first, endpoint) : SPAN("");
		first = first != NULL ? first : endpoint;
		if (what.len == 0) {
			continue;
		}
		if (finding == NULL) {
			finding = finding_add(a, FINDING_TLS_ADDRESSES_DIFFER, host->name);
			finding_arg(a, finding, "host", "%.*s", SPAN_ARG(host->name));
			finding_arg(a, finding, "first", "%.*s", SPAN_ARG(first->address));
			finding_arg(a, finding, "address", "%.*s", SPAN_ARG(endpoint->address));
			finding_arg(a, finding, "what", "%.*s", SPAN_ARG(what));
		}
		finding_evidence(a, finding, "%.*s: %.*s", SPAN_ARG(endpoint->label),
				 SPAN_ARG(what));
	}
}

/* --- renewed, but not everywhere --- */

static bool is_due(const struct x509_view *view, int64_t now)
{
	return view->not_after - now < (view->not_after - view->not_before) / RENEWAL_SHARE;
}

static bool is_successor(const struct x509_view *old, const struct x509_view *view)
{
	bool is_same = old->key_type == view->key_type && old->name_count == view->name_count &&
		       old->name_count > 0 && span_equal(old->names[0], view->names[0]) &&
		       span_equal(old->issuer, view->issuer);
	return is_same && view->not_before > old->not_before && view->not_after > old->not_after;
}

static const struct transit_endpoint *find_renewed(const struct assessment *a,
						   const struct x509_view *old)
{
	for (size_t i = 0; i < a->transit->endpoint_count; i++) {
		const struct transit_endpoint *endpoint = &a->transit->endpoints[i];
		for (size_t k = 0; k < endpoint->leaf_count; k++) {
			if (endpoint->leaves[k].is_readable && !old->has_bad_dates &&
			    is_successor(old, &endpoint->leaves[k].view)) {
				return endpoint;
			}
		}
	}
	return NULL;
}

static bool leaf_stale(const struct tls_case *c, const struct transit_leaf *leaf,
		       struct span *ret_what)
{
	const struct transit_endpoint *renewed =
		is_due(&leaf->view, c->a->options->now) ? find_renewed(c->a, &leaf->view) : NULL;
	if (renewed == NULL) {
		return false;
	}
	struct time_text day = time_format(leaf->view.not_after);
	*ret_what = arena_printf(c->a->arena, "ends on %.10s, while %.*s has a newer one", day.text,
				 SPAN_ARG(renewed->address));
	return true;
}

bool tls_leaf_is_stale(const struct tls_case *c, struct span *ret_what)
{
	return tls_any_leaf(c, ret_what, leaf_stale);
}

void tls_hosts_compare(struct assessment *a)
{
	for (size_t i = 0; i < a->mx->host_count; i++) {
		compare_host(a, &a->mx->hosts[i]);
	}
}
