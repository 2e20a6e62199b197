/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What is to be said about all selectors together. */
#include "assess/dkim_report.h"

#include "assess/dkim_key_check.h"
#include "assess/dkim_measure.h"
#include "assess/finding.h"
#include "assess/registration.h"
#include "guide/providers.h"

static struct span append_item(struct assessment *a, struct span list, struct span item)
{
	const char *separator = list.len > 0 ? ", " : "";
	return arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(list), separator, SPAN_ARG(item));
}

static bool has_key_record(const struct dkim_selector *selector)
{
	return selector->state == DKIM_SELECTOR_KEY || selector->state == DKIM_SELECTOR_BROKEN;
}

/* "s1 (RSA, 2048 bits, Example Mail)". */
static struct span describe(struct assessment *a, const struct dkim_selector *selector)
{
	struct span kind = selector->key->type == DKIM_KEY_RSA
				   ? arena_printf(a->arena, "RSA, %u bits", selector->key->rsa_bits)
				   : SPAN("Ed25519");
	bool is_known = selector->provider != NULL;
	return arena_printf(a->arena, "%.*s (%.*s%s%.*s)", SPAN_ARG(selector->selector),
			    SPAN_ARG(kind), is_known ? ", " : "",
			    SPAN_ARG(is_known ? selector->provider->name : SPAN("")));
}

static struct span list_keys(struct assessment *a, const struct dkim_view *view)
{
	struct span list = SPAN("");
	for (size_t i = 0; i < view->selector_count; i++) {
		if (view->selectors[i].state == DKIM_SELECTOR_KEY) {
			list = append_item(a, list, describe(a, &view->selectors[i]));
		}
	}
	return list;
}

/* A name that the provider, or a stranger, may one day fill with a key of his own. */
static void report_dangling(struct assessment *a, const struct dkim_selector *selector,
			    struct span subject)
{
	struct finding *finding = finding_add(a, FINDING_DKIM_CNAME_DANGLING, subject);
	finding_arg(a, finding, "target", "%.*s", SPAN_ARG(selector->target));
	if (!selector->is_target_nonexistent) {
		finding_arg(a, finding, "why", "holds no key");
		finding->severity = SEVERITY_LOW;
		return;
	}
	finding_arg(a, finding, "why", "does not exist");
	struct span open = registration_find_open(a, CONTROL_DKIM, selector->target);
	if (open.len > 0) {
		finding = finding_add(a, FINDING_DKIM_CNAME_UNREGISTERED, subject);
		finding_arg(a, finding, "registrable", "%.*s", SPAN_ARG(open));
		finding_arg(a, finding, "target", "%.*s", SPAN_ARG(selector->target));
	}
}

/* True when there is a key and nothing is to be said against it. */
static bool report_key(struct assessment *a, const struct dkim_selector *selector,
		       struct span subject)
{
	bool is_good = dkim_key_report(a, selector->key, subject);
	if (selector->key_record_count > 1) {
		struct finding *finding = finding_add(a, FINDING_DKIM_SEVERAL_RECORDS, subject);
		finding_arg(a, finding, "count", "%zu", selector->key_record_count);
		is_good = false;
	}
	return is_good;
}

/* True unless there is something against what stands at the selector. */
static bool report_selector(struct assessment *a, const struct dkim_view *view,
			    const struct dkim_selector *selector)
{
	switch (selector->state) {
	case DKIM_SELECTOR_KEY:
	case DKIM_SELECTOR_BROKEN:
		return report_key(a, selector, selector->name);
	case DKIM_SELECTOR_REVOKED:
		/* perhaps all selectors are, by a wildcard that could not be seen */
		if (view->wildcard.state != DKIM_SELECTOR_UNKNOWN || selector->is_given) {
			(void)finding_add(a, FINDING_DKIM_REVOKED, selector->name);
		}
		return true;
	case DKIM_SELECTOR_NO_KEY:
		(void)finding_add(a, FINDING_DKIM_NOT_A_KEY, selector->name);
		return false;
	case DKIM_SELECTOR_DANGLING:
		report_dangling(a, selector, selector->name);
		return true;
	case DKIM_SELECTOR_NONE:
	case DKIM_SELECTOR_WILDCARD:
		if (selector->is_given) {
			(void)finding_add(a, FINDING_DKIM_SELECTOR_EMPTY, selector->name);
		}
		return true;
	case DKIM_SELECTOR_UNKNOWN:
		break;
	}
	return true;
}

static void report_wildcard(struct assessment *a, const struct dkim_view *view)
{
	const struct dkim_selector *wildcard = &view->wildcard;
	struct span subject = name_join(a->arena, SPAN("*._domainkey"), a->domain);
	switch (wildcard->state) {
	case DKIM_SELECTOR_REVOKED:
		(void)finding_add(a, FINDING_DKIM_WILDCARD_REVOKED, subject);
		break;
	case DKIM_SELECTOR_KEY:
	case DKIM_SELECTOR_BROKEN:
		(void)finding_add(a, FINDING_DKIM_WILDCARD_KEY, subject);
		(void)report_key(a, wildcard, subject);
		break;
	case DKIM_SELECTOR_NO_KEY:
		(void)finding_add(a, FINDING_DKIM_WILDCARD_OTHER, subject);
		break;
	case DKIM_SELECTOR_DANGLING:
		report_dangling(a, wildcard, subject);
		break;
	case DKIM_SELECTOR_NONE:
	case DKIM_SELECTOR_WILDCARD:
	case DKIM_SELECTOR_UNKNOWN:
		break;
	}
}

static bool is_same_key(const struct dkim_selector *one, const struct dkim_selector *other)
{
	return has_key_record(one) && has_key_record(other) && one->key->public_key.len > 0 &&
	       span_equal(one->key->public_key, other->key->public_key);
}

/* Reported once for each key, at the first of its selectors. */
static void report_shared_key(struct assessment *a, const struct dkim_view *view, size_t at)
{
	const struct dkim_selector *selector = &view->selectors[at];
	struct span list = selector->selector;
	size_t count = 1;
	for (size_t i = 0; i < view->selector_count; i++) {
		if (i == at || !is_same_key(selector, &view->selectors[i])) {
			continue;
		}
		if (i < at) {
			return;
		}
		list = append_item(a, list, view->selectors[i].selector);
		count++;
	}
	if (count > 1) {
		struct finding *finding = finding_add(a, FINDING_DKIM_SAME_KEY, selector->name);
		finding_arg(a, finding, "selectors", "%.*s", SPAN_ARG(list));
	}
}

static bool has_usable(const struct dkim_view *view, enum dkim_key_type type)
{
	for (size_t i = 0; i < view->selector_count; i++) {
		const struct dkim_selector *selector = &view->selectors[i];
		if (selector->state == DKIM_SELECTOR_KEY && selector->key->type == type) {
			return true;
		}
	}
	return false;
}

static void report_found(struct assessment *a, const struct dkim_view *view, bool are_all_good)
{
	if (view->key_count == 0) {
		return;
	}
	struct span keys = list_keys(a, view);
	if (a->kind == DOMAIN_PARKED) {
		struct finding *finding = finding_add(a, FINDING_DKIM_PARKED_HAS_KEY, a->domain);
		finding_arg(a, finding, "keys", "%.*s", SPAN_ARG(keys));
	} else if (are_all_good) {
		struct finding *finding = finding_add(a, FINDING_DKIM_KEYS_GOOD, a->domain);
		finding_arg(a, finding, "count", "%zu", view->key_count);
		finding_arg(a, finding, "keys", "%.*s", SPAN_ARG(keys));
	}
	/* RFC 8463 6: verifiers that only know RSA remain */
	if (has_usable(view, DKIM_KEY_ED25519) && !has_usable(view, DKIM_KEY_RSA)) {
		(void)finding_add(a, FINDING_DKIM_ED25519_ONLY, a->domain);
	}
}

/* Why the search was short, or what else it showed. */
static const char *search_note(const struct dkim_view *view)
{
	if (view->is_tree_absent) {
		return "The name _domainkey does not exist below the domain. By the rules of DNS "
		       "there is then no key at any selector, but some name servers get this wrong";
	}
	if (view->wildcard.state == DKIM_SELECTOR_REVOKED) {
		return "Every selector without a record of its own is answered with an empty key";
	}
	return "DNS does not list selectors, so that keys with other names cannot be seen from "
	       "outside";
}

static void report_none_found(struct assessment *a, const struct dkim_view *view)
{
	struct span list = SPAN("");
	for (size_t i = 0; i < view->selector_count; i++) {
		if (view->selectors[i].state == DKIM_SELECTOR_UNKNOWN) {
			return; /* the missing answer may be the key */
		}
		list = append_item(a, list, view->selectors[i].selector);
	}
	unknown_note(a, CONTROL_DKIM,
		     arena_printf(a->arena, "DKIM keys of %.*s", SPAN_ARG(a->domain)),
		     SPAN("no key was found at the selectors tried; there may be others"));
	if (a->kind == DOMAIN_UNKNOWN) {
		return; /* it may be parked, and then there is nothing to object to */
	}
	struct finding *finding = finding_add(a, FINDING_DKIM_NO_KEY_FOUND, a->domain);
	finding_arg(a, finding, "count", "%zu", view->selector_count);
	finding_arg(a, finding, "selectors", "%.*s", SPAN_ARG(list));
	finding_arg(a, finding, "note", "%s", search_note(view));
	if (a->kind == DOMAIN_UNDECLARED || a->kind == DOMAIN_RECEIVING) {
		finding->severity = SEVERITY_INFO;
	}
}

/* GOV.UK: a domain that does not send should say so for every selector; sources differ, so this is
 * advice. */
static void report_parked(struct assessment *a, const struct dkim_view *view)
{
	if (view->wildcard.state == DKIM_SELECTOR_NONE) {
		(void)finding_add(a, FINDING_DKIM_PARKED_NO_WILDCARD, a->domain);
		a->is_absent[CONTROL_DKIM] = !assessment_has_unknown(a, CONTROL_DKIM);
	}
}

void dkim_report(struct assessment *a, const struct dkim_view *view)
{
	bool are_all_good = true;
	bool has_any = has_key_record(&view->wildcard);
	for (size_t i = 0; i < view->selector_count; i++) {
		are_all_good &= report_selector(a, view, &view->selectors[i]);
		has_any |= has_key_record(&view->selectors[i]);
		report_shared_key(a, view, i);
	}
	report_wildcard(a, view);
	report_found(a, view, are_all_good);
	if (a->kind == DOMAIN_PARKED && !has_any) {
		report_parked(a, view);
	} else if (!has_any) {
		report_none_found(a, view);
	}
	dkim_measure(a, view);
}
