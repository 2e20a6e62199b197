/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Each control's parsed record as a JSON value. */
#include "assess/bimi.h"
#include "assess/dkim.h"
#include "assess/dmarc.h"
#include "assess/dnssec.h"
#include "assess/mta_sts.h"
#include "assess/mx.h"
#include "assess/sender_eye.h"
#include "assess/spf.h"
#include "assess/tls_rpt.h"
#include "assess/transit.h"
#include "guide/providers.h"
#include "present/control_text.h"
#include "present/policy_json.h"

/* Terms of an SPF tree that are written out; a hostile tree must not become a hostile page. */
#define TREE_MAX_NODES 100

static void put_word(struct json_writer *json, const char *key, const char *word)
{
	json_key_string(json, key, span_of_string(word));
}

static void put_provider(struct json_writer *json, const struct provider *provider)
{
	json_key(json, "provider");
	if (provider != NULL) {
		json_put_string(json, provider->name);
	} else {
		json_put_null(json);
	}
}

/* --- SPF --- */

static const char *node_state_name(enum spf_node_state state)
{
	static const char *const names[] = {
		[SPF_NODE_RECORD] = "record",	    [SPF_NODE_NXDOMAIN] = "nxdomain",
		[SPF_NODE_NO_RECORD] = "no-record", [SPF_NODE_SEVERAL] = "several-records",
		[SPF_NODE_LOOP] = "loop",	    [SPF_NODE_UNKNOWN] = "unknown",
	};
	return names[state];
}

static void write_spf_term(const struct spf_tree_term *term, struct json_writer *json)
{
	json_object_begin(json);
	json_key_string(json, "text", term->term->text);
	json_key_number(json, "lookups", term->lookups);
	json_key_bool(json, "reached", term->reach == SPF_REACH_EVALUATED);
	json_key_bool(json, "depends_on_message", term->depends_on_message);
	put_provider(json, term->provider);
	json_key(json, "networks");
	json_array_begin(json);
	for (size_t i = 0; i < term->network_count; i++) {
		json_put_string(json, span_of_string(network_format(term->networks[i]).text));
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_spf_node(const struct spf_node *node, struct json_writer *json)
{
	json_object_begin(json);
	json_key_string(json, "domain", node->domain);
	put_word(json, "state", node_state_name(node->state));
	json_key(json, "parent");
	if (node->parent != NULL) {
		json_put_string(json, node->parent->domain);
	} else {
		json_put_null(json);
	}
	if (node->record != NULL) {
		json_key_string(json, "record", node->record->text);
	}
	json_key(json, "terms");
	json_array_begin(json);
	for (size_t i = 0; i < node->term_count; i++) {
		write_spf_term(&node->terms[i], json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_spf(const struct spf_view *spf, struct json_writer *json)
{
	json_object_begin(json);
	json_key_strings(json, "records", spf->records, spf->record_count);
	put_word(json, "result_for_strangers", spf_outcome_name(spf->outcome));
	json_key_bool(json, "authorises_nobody", spf->only_all);
	json_key_number(json, "lookups", spf->lookups);
	json_key_number(json, "void_lookups", spf->void_lookups);
	json_key_bool(json, "at_least", spf->is_lookups_at_least);
	json_key_number(json, "ipv4_addresses", (int64_t)(spf->ipv4_addresses & INT64_MAX));
	json_key(json, "providers");
	json_array_begin(json);
	for (size_t i = 0; i < spf->provider_count; i++) {
		json_put_string(json, spf->providers[i]->name);
	}
	json_array_end(json);
	json_key(json, "tree");
	json_array_begin(json);
	for (size_t i = 0; i < spf->node_count && i < TREE_MAX_NODES; i++) {
		write_spf_node(spf->nodes[i], json);
	}
	json_array_end(json);
	json_object_end(json);
}

/* --- DKIM --- */

static const char *selector_state_name(enum dkim_selector_state state)
{
	static const char *const names[] = {
		[DKIM_SELECTOR_NONE] = "none",	       [DKIM_SELECTOR_KEY] = "key",
		[DKIM_SELECTOR_REVOKED] = "revoked",   [DKIM_SELECTOR_BROKEN] = "broken",
		[DKIM_SELECTOR_NO_KEY] = "no-key",     [DKIM_SELECTOR_DANGLING] = "dangling",
		[DKIM_SELECTOR_WILDCARD] = "wildcard", [DKIM_SELECTOR_UNKNOWN] = "unknown",
	};
	return names[state];
}

static void write_key(const struct dkim_key *key, struct json_writer *json)
{
	static const char *const types[] = {
		[DKIM_KEY_RSA] = "rsa",
		[DKIM_KEY_ED25519] = "ed25519",
		[DKIM_KEY_UNKNOWN] = "unknown",
	};
	json_key_string(json, "record", key->text);
	put_word(json, "type", types[key->type]);
	json_key_number(json, "bits", key->rsa_bits);
	json_key_bool(json, "testing", key->is_testing);
}

static void write_dkim(const struct dkim_view *dkim, struct json_writer *json)
{
	json_object_begin(json);
	json_key_number(json, "selectors_tried", (int64_t)dkim->selector_count);
	json_key_number(json, "keys_found", (int64_t)dkim->key_count);
	put_word(json, "wildcard", selector_state_name(dkim->wildcard.state));
	json_key(json, "selectors");
	json_array_begin(json);
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dkim_selector *selector = &dkim->selectors[i];
		json_object_begin(json);
		json_key_string(json, "selector", selector->selector);
		put_word(json, "state", selector_state_name(selector->state));
		if (selector->target.len > 0) {
			json_key_string(json, "cname", selector->target);
			put_provider(json, selector->provider);
		}
		if (selector->key != NULL) {
			write_key(selector->key, json);
		}
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

/* --- DMARC --- */

static const char *destination_state_name(enum destination_state state)
{
	static const char *const names[] = {
		[DESTINATION_WORKS] = "works",
		[DESTINATION_INVALID] = "invalid",
		[DESTINATION_DUPLICATE] = "duplicate",
		[DESTINATION_RETIRED] = "retired",
		[DESTINATION_UNREACHABLE] = "unreachable",
		[DESTINATION_UNREGISTERED] = "unregistered",
		[DESTINATION_UNAUTHORISED] = "unauthorised",
		[DESTINATION_UNKNOWN] = "unknown",
	};
	return names[state];
}

static void write_destinations(const char *key, const struct destinations *destinations,
			       struct json_writer *json)
{
	json_key(json, key);
	json_array_begin(json);
	for (size_t i = 0; i < destinations->count; i++) {
		const struct destination *destination = &destinations->items[i];
		json_object_begin(json);
		json_key_string(json, "address", destination_text(destination));
		put_word(json, "state", destination_state_name(destination->state));
		if (destination->retired != NULL) {
			json_key_string(json, "service", destination->retired->name);
			json_key_string(json, "retired", destination->retired->retired);
		}
		json_object_end(json);
	}
	json_array_end(json);
}

static const char *applied_name(const struct dmarc_applied *applied)
{
	switch (applied->status) {
	case DMARC_APPLIES:
		return dmarc_policy_name(applied->policy);
	case DMARC_NO_RECORD:
	case DMARC_UNUSABLE:
		return "absent";
	case DMARC_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

static void write_walk(const struct dmarc_walk *walk, struct json_writer *json)
{
	static const char *const kinds[] = {
		[DMARC_STEP_NONE] = "none",
		[DMARC_STEP_RECORD] = "record",
		[DMARC_STEP_SEVERAL] = "several-records",
		[DMARC_STEP_UNKNOWN] = "unknown",
	};
	json_key(json, "walk");
	json_array_begin(json);
	for (size_t i = 0; walk != NULL && i < walk->step_count; i++) {
		json_object_begin(json);
		json_key_string(json, "name", walk->steps[i].name);
		put_word(json, "found", kinds[walk->steps[i].kind]);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_dmarc_record(const struct dmarc_view *dmarc, struct json_writer *json)
{
	const struct dmarc_record *record = dmarc->record;
	json_key_string(json, "record", record->text);
	json_key_string(json, "found_at", dmarc->holder->name);
	put_word(json, "p", dmarc_policy_name(record->p));
	put_word(json, "sp", dmarc_policy_name(record->sp));
	put_word(json, "np", dmarc_policy_name(record->np));
	put_word(json, "adkim", record->adkim == DMARC_STRICT ? "strict" : "relaxed");
	put_word(json, "aspf", record->aspf == DMARC_STRICT ? "strict" : "relaxed");
	json_key_bool(json, "testing", record->is_testing);
	json_key_number(json, "pct", record->pct);
}

static void write_dmarc(const struct dmarc_view *dmarc, struct json_writer *json)
{
	json_object_begin(json);
	if (dmarc->record != NULL && dmarc->holder != NULL) {
		write_dmarc_record(dmarc, json);
	}
	put_word(json, "policy", applied_name(&dmarc->domain));
	put_word(json, "subdomain_policy", applied_name(&dmarc->subdomain));
	put_word(json, "nonexistent_policy", applied_name(&dmarc->invented));
	put_word(json, "policy_rfc7489", applied_name(&dmarc->rfc7489.name));
	put_word(json, "subdomain_policy_rfc7489", applied_name(&dmarc->rfc7489.below));
	write_destinations("rua", &dmarc->rua, json);
	write_destinations("ruf", &dmarc->ruf, json);
	write_walk(dmarc->walk, json);
	json_object_end(json);
}

/* --- MX and the rest --- */

static void write_host(const struct mx_host *host, struct json_writer *json)
{
	json_object_begin(json);
	json_key_string(json, "name", host->name);
	json_key_number(json, "preference", host->preference);
	json_key(json, "addresses");
	json_array_begin(json);
	for (size_t i = 0; i < host->address_count; i++) {
		json_put_string(json, span_of_string(network_format(host->addresses[i]).text));
	}
	json_array_end(json);
	put_word(json, "dnssec", dnssec_status_name(host->dnssec));
	put_provider(json, host->provider);
	json_object_end(json);
}

static void write_mx(const struct mx_view *mx, struct json_writer *json)
{
	json_object_begin(json);
	json_key_bool(json, "null", mx->is_null);
	json_key_bool(json, "implicit", mx->implicit != NULL);
	json_key(json, "hosts");
	json_array_begin(json);
	for (size_t i = 0; i < mx->host_count; i++) {
		write_host(&mx->hosts[i], json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_records(const struct txt_records *found, struct json_writer *json)
{
	json_object_begin(json);
	json_key_strings(json, "records", found->texts, found->count);
	json_object_end(json);
}

static void write_mta_sts(const struct mta_sts_view *view, struct json_writer *json)
{
	json_object_begin(json);
	json_key_strings(json, "records", view->found.texts, view->found.count);
	json_key(json, "policy");
	policy_json(view, json);
	json_object_end(json);
}

static void write_tls_rpt(const struct tls_rpt_view *view, struct json_writer *json)
{
	json_object_begin(json);
	json_key_strings(json, "records", view->found.texts, view->found.count);
	write_destinations("rua", &view->rua, json);
	json_object_end(json);
}

static void write_dnssec(const struct dnssec_view *view, struct json_writer *json)
{
	json_object_begin(json);
	put_word(json, "domain", dnssec_status_name(view->domain));
	json_key_string(json, "why_bogus", view->why_bogus);
	json_object_end(json);
}

/* --- transit --- */

static void write_endpoint(const struct transit_endpoint *endpoint, struct json_writer *json)
{
	static const char *const states[] = {
		[TRANSIT_UNKNOWN] = "unknown",	 [TRANSIT_UNREACHABLE] = "unreachable",
		[TRANSIT_REFUSING] = "refusing", [TRANSIT_CLEAR] = "clear",
		[TRANSIT_TLS] = "tls",
	};
	json_object_begin(json);
	json_key_string(json, "host", endpoint->host->name);
	json_key_string(json, "address", endpoint->address);
	put_word(json, "state", states[endpoint->state]);
	if (endpoint->smtp != NULL) {
		put_word(json, "starttls", endpoint_starttls_name(endpoint->smtp->starttls));
		json_key_number(json, "connections", endpoint->smtp->connections);
		json_key_number(json, "throttles", endpoint->smtp->throttles);
	}
	json_object_end(json);
}

static void write_transit(const struct transit_view *transit, struct json_writer *json)
{
	json_object_begin(json);
	json_key(json, "endpoints");
	json_array_begin(json);
	for (size_t i = 0; i < transit->endpoint_count; i++) {
		write_endpoint(&transit->endpoints[i], json);
	}
	json_array_end(json);
	json_object_end(json);
}

static void write_outcomes(const struct sender_outcome *senders, struct json_writer *json)
{
	for (int k = 0; k < SENDER_KIND_COUNT; k++) {
		json_key(json, sender_kind_name((enum sender_kind)k));
		json_object_begin(json);
		put_word(json, "today", delivery_name(senders[k].today));
		put_word(json, "stripped", delivery_name(senders[k].stripped));
		json_object_end(json);
	}
}

void senders_eye_json(const struct sender_eye_view *eye, struct json_writer *json)
{
	json_object_begin(json);
	write_outcomes(eye->senders, json);
	json_key(json, "hosts");
	json_array_begin(json);
	for (size_t i = 0; i < eye->host_count; i++) {
		json_object_begin(json);
		json_key_string(json, "host", eye->hosts[i].host->name);
		write_outcomes(eye->hosts[i].senders, json);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

void control_json(const struct assessment *a, enum control control, struct json_writer *json)
{
	if (control == CONTROL_SPF && a->spf != NULL && !a->spf->is_unknown) {
		write_spf(a->spf, json);
	} else if (control == CONTROL_DKIM && a->dkim != NULL) {
		write_dkim(a->dkim, json);
	} else if (control == CONTROL_DMARC && a->dmarc != NULL) {
		write_dmarc(a->dmarc, json);
	} else if (control == CONTROL_MX && a->mx != NULL && a->mx->is_known) {
		write_mx(a->mx, json);
	} else if (control == CONTROL_MTA_STS && a->mta_sts != NULL) {
		write_mta_sts(a->mta_sts, json);
	} else if (control == CONTROL_TLS && a->transit != NULL && a->transit->is_measured) {
		write_transit(a->transit, json);
	} else if (control == CONTROL_TLS_RPT && a->tls_rpt != NULL) {
		write_tls_rpt(a->tls_rpt, json);
	} else if (control == CONTROL_BIMI && a->bimi != NULL) {
		write_records(&a->bimi->found, json);
	} else if (control == CONTROL_DNSSEC && a->dnssec != NULL) {
		write_dnssec(a->dnssec, json);
	} else {
		json_put_null(json);
	}
}
