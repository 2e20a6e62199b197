/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From records to attempts: from anywhere, through subdomains, neighbours and CNAMEs. */
#include "assess/dmarc.h"
#include "assess/mx.h"
#include "assess/registration.h"
#include "assess/spf.h"
#include "records/rr.h"
#include "service/spoof_planning.h"

static bool holds(const struct spf_tree_term *entry, struct network address)
{
	for (size_t i = 0; i < entry->network_count; i++) {
		if (network_contains(entry->networks[i], address)) {
			return true;
		}
	}
	return false;
}

/* Does some term of the domain's records name a range that holds the address? */
static bool is_authorised(const struct assessment *a, struct network address)
{
	const struct spf_view *view = a->spf;
	for (size_t n = 0; view != NULL && n < view->node_count; n++) {
		const struct spf_node *node = view->nodes[n];
		for (size_t i = 0; i < node->term_count; i++) {
			if (holds(&node->terms[i], address)) {
				return true;
			}
		}
	}
	return false;
}

struct network planning_stranger(const struct assessment *a)
{
	static const struct network addresses[] = {
		{NETWORK_IPV4, {198, 18, 66, 66}, 32},
		{NETWORK_IPV4, {203, 0, 113, 66}, 32},
		{NETWORK_IPV4, {192, 0, 2, 66}, 32},
	};
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		if (!is_authorised(a, addresses[i])) {
			return addresses[i];
		}
	}
	return addresses[0];
}

/* The same with an IPv6 address (RFC 5180, RFC 9637). */
static struct network stranger_address_ipv6(const struct assessment *a)
{
	static const struct network addresses[] = {
		{NETWORK_IPV6, {0x20, 0x01, 0, 2, [14] = 0x66, 0x66}, 128},
		{NETWORK_IPV6, {0x3f, 0xff, [14] = 0x66, 0x66}, 128},
	};
	return addresses[is_authorised(a, addresses[0])];
}

struct spoof_attempt *planning_add(struct planning *p, enum spoof_vector vector, struct span author,
				   struct span mail_from_domain)
{
	struct spoof_attempt *attempt =
		VECTOR_PUSH(p->attempts, p->a->arena, struct spoof_attempt, SPOOF_MAX_ATTEMPTS);
	if (attempt == NULL) {
		return NULL;
	}
	attempt->vector = vector;
	attempt->number = p->attempts->len - 1;
	attempt->author = author;
	attempt->envelope = (struct envelope){
		.has_client = true,
		.client = planning_stranger(p->a),
		.helo = SPAN(SPOOF_STRANGER_DOMAIN),
		.has_mail_from = true,
		.mail_from =
			arena_printf(p->a->arena, "postmaster@%.*s", SPAN_ARG(mail_from_domain)),
	};
	return attempt;
}

static void add_from_anywhere(struct planning *p)
{
	struct span domain = p->a->domain;
	planning_add(p, SPOOF_EXACT, domain, domain);
	planning_add(p, SPOOF_STRANGER_ENVELOPE, domain, SPAN(SPOOF_STRANGER_DOMAIN));
	struct spoof_attempt *attempt = planning_add(p, SPOOF_EXACT, domain, domain);
	if (attempt != NULL) {
		attempt->envelope.client = stranger_address_ipv6(p->a);
	}
	attempt = planning_add(p, SPOOF_NULL_SENDER, domain, domain);
	if (attempt != NULL) {
		attempt->envelope.mail_from = span_of(NULL, 0);
		attempt->envelope.helo = domain;
	}
}

/* --- subdomains --- */

static void add_subdomain(struct planning *p, struct span name)
{
	bool is_new = name.len > p->a->domain.len && name_is_at_or_under(name, p->a->domain) &&
		      name_is_ldh(name, true /* is_underscore_ok */);
	for (size_t i = 0; i < p->subdomain_count; i++) {
		is_new = is_new && !span_equal(p->subdomains[i], name);
	}
	if (is_new && p->subdomain_count < SPOOF_MAX_SUBDOMAINS) {
		p->subdomains[p->subdomain_count++] = name;
	}
}

static void collect_subdomains(struct planning *p)
{
	static const struct span common[] = {
		SPAN_INIT("www"), SPAN_INIT("mail"), SPAN_INIT("smtp"),	  SPAN_INIT("send"),
		SPAN_INIT("em"),  SPAN_INIT("news"), SPAN_INIT("bounce"),
	};
	const struct mx_view *mx = p->a->mx;
	const struct spf_view *spf = p->a->spf;
	for (size_t i = 0; mx != NULL && i < mx->host_count && i < 4; i++) {
		add_subdomain(p, mx->hosts[i].name);
	}
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		add_subdomain(p, name_join(p->a->arena, common[i], p->a->domain));
	}
	for (size_t i = 0; spf != NULL && i < spf->node_count; i++) {
		add_subdomain(p, spf->nodes[i]->domain);
	}
}

/* The name that a CNAME leads to and that does not exist; empty when there is none. */
static struct span dangling_end(const struct fact *fact)
{
	bool is_dangling = fact_is_nxdomain(fact) && fact->dns->cname_count > 0;
	return is_dangling ? fact->dns->cnames[fact->dns->cname_count - 1] : span_of(NULL, 0);
}

/* Whoever registers the end of a CNAME writes the records of the name it starts from. */
static struct spoof_attempt *add_cname_takeover(struct planning *p, enum control control,
						const struct fact *fact, const char *record)
{
	struct span end = dangling_end(fact);
	struct span none = span_of(NULL, 0);
	struct span organisation = end.len > 0 ? registration_find_open(p->a, control, end) : none;
	struct spoof_attempt *attempt =
		organisation.len > 0
			? planning_add(p, SPOOF_TAKEOVER, p->a->domain, SPAN(SPOOF_STRANGER_DOMAIN))
			: NULL;
	if (attempt != NULL) {
		struct arena *arena = p->a->arena;
		attempt->published = arena_printf(arena, "%.*s TXT %s", SPAN_ARG(end), record);
		attempt->assumption =
			arena_printf(arena, "%.*s TXT %s", SPAN_ARG(fact->key.subject), record);
		attempt->condition =
			arena_printf(arena, "registering %.*s", SPAN_ARG(organisation));
	}
	return attempt;
}

static void add_from_subdomain(struct planning *p, struct span name)
{
	const struct fact *fact = assessment_dns(p->a, name, RR_A);
	struct spoof_attempt *attempt = add_cname_takeover(p, CONTROL_SPF, fact, "v=spf1 +all");
	if (attempt != NULL) {
		attempt->envelope.mail_from =
			arena_printf(p->a->arena, "postmaster@%.*s", SPAN_ARG(name));
	}
	if (!fact_is_nxdomain(fact)) {
		planning_add(p, SPOOF_SUBDOMAIN_ENVELOPE, p->a->domain, name);
		planning_add(p, SPOOF_SUBDOMAIN, name, SPAN(SPOOF_STRANGER_DOMAIN));
	}
}

static void add_from_subdomains(struct planning *p)
{
	struct span invented = name_join(p->a->arena, SPAN(SPOOF_INVENTED_LABEL), p->a->domain);
	collect_subdomains(p);
	for (size_t i = 0; i < p->subdomain_count; i++) {
		add_from_subdomain(p, p->subdomains[i]);
	}
	if (invented.len > 0) {
		/* a wildcard may give it a record of its own */
		planning_add(p, SPOOF_SUBDOMAIN_ENVELOPE, p->a->domain, invented);
		planning_add(p, SPOOF_NONEXISTENT, invented, SPAN(SPOOF_STRANGER_DOMAIN));
	}
}

/* Whoever writes the DMARC record decides what is asked of receivers. */
static void add_from_policy(struct planning *p)
{
	const struct dmarc_view *dmarc = p->a->dmarc;
	if (dmarc != NULL && dmarc->own != NULL && dmarc->own->fact != NULL) {
		(void)add_cname_takeover(p, CONTROL_DMARC, dmarc->own->fact, "v=DMARC1; p=none");
	}
}

/*
 * RFC 9989 4.10.2 and RFC 7489 3.2 find the organisational domain in different ways. Where one of
 * them draws it further up, its receivers take the neighbours below it for the domain's own.
 */
static void add_from_organisations(struct planning *p)
{
	const struct dmarc_view *dmarc = p->a->dmarc;
	if (dmarc == NULL || dmarc->walk == NULL) {
		return;
	}
	struct span newer = dmarc->walk->organisation;
	struct span older = dmarc->rfc7489.organisation;
	struct span upper = newer.len < older.len ? newer : older;
	bool is_apart = newer.len > 0 && older.len > 0 && !span_equal(newer, older);
	if (!is_apart || span_equal(upper, p->a->domain)) {
		return;
	}
	struct span neighbour = name_join(p->a->arena, SPAN(SPOOF_INVENTED_LABEL), upper);
	struct spoof_attempt *attempt =
		neighbour.len > 0 ? planning_add(p, SPOOF_ORGANISATION, p->a->domain, neighbour)
				  : NULL;
	if (attempt != NULL) {
		attempt->is_particular = true;
		attempt->published =
			arena_printf(p->a->arena, "%.*s TXT v=spf1 +all", SPAN_ARG(neighbour));
		attempt->assumption = attempt->published;
		attempt->condition = arena_printf(
			p->a->arena,
			"a name of one's own below %.*s, which %s takes "
			"for the domain's own organisation",
			SPAN_ARG(upper), span_equal(upper, newer) ? "RFC 9989" : "RFC 7489");
	}
}

void spoof_plan(struct assessment *a, struct vector *attempts)
{
	struct planning p = {.a = a, .attempts = attempts};
	add_from_anywhere(&p);
	planning_add_from_spf(&p);
	planning_add_from_keys(&p);
	add_from_subdomains(&p);
	add_from_policy(&p);
	add_from_organisations(&p);
}
