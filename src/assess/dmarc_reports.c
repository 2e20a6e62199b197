/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Rules about report addresses: is anybody told, and does it arrive? */
#include "assess/dmarc_rules.h"

/* RFC 9989 4.7: receivers may stop after two addresses */
#define REPORTED_TO_AT_LEAST 2

/* One tag's addresses while they are reported. */
struct list {
	const struct dmarc_view *view;
	const struct destinations *all;
	const char *tag; /* "rua" or "ruf" */
	/* Nothing of it can arrive: what is wrong with one is wrong with all. */
	bool is_lost;
};

static bool is_rua(const struct list *list)
{
	return list->tag[2] == 'a';
}

static struct finding *add(struct assessment *a, const struct list *list, enum finding_id id,
			   const struct destination *destination)
{
	struct finding *finding = dmarc_finding(a, list->view, id);
	struct span address = destination_text(destination);
	finding_arg(a, finding, "tag", "%s", list->tag);
	finding_arg(a, finding, "address", "%.*s", SPAN_ARG(address));
	return finding;
}

/* Aggregate reports are what DMARC is run by; failure reports hardly anybody sends. */
static void weigh(const struct list *list, struct finding *finding)
{
	if (!is_rua(list)) {
		finding->severity = SEVERITY_LOW;
	} else if (list->is_lost) {
		finding->severity = SEVERITY_HIGH;
	}
}

static void report_invalid(struct assessment *a, const struct list *list,
			   const struct destination *destination)
{
	const struct dmarc_uri *uri = destination->uri;
	bool is_bare = !uri->is_valid && !uri->is_mailto && !uri->is_https &&
		       span_find(uri->text, '@', 0) < uri->text.len;
	struct finding *finding = add(a, list,
				      is_bare ? FINDING_DMARC_DESTINATION_BARE_ADDRESS
					      : FINDING_DMARC_DESTINATION_INVALID,
				      destination);
	finding_arg(a, finding, "column", "%zu", uri->offset + 1);
	weigh(list, finding);
}

static void report_unauthorised(struct assessment *a, const struct list *list,
				const struct destination *destination)
{
	bool is_elsewhere = destination->permission.consent == REPORT_CONSENT_ELSEWHERE;
	struct finding *finding = add(a, list, FINDING_DMARC_DESTINATION_UNAUTHORISED, destination);
	finding_arg(a, finding, "host", "%.*s", SPAN_ARG(destination->uri->host));
	finding_arg(a, finding, "permission", "%.*s", SPAN_ARG(destination->permission.name));
	finding_evidence(a, finding, "%.*s TXT: %s", SPAN_ARG(destination->permission.name),
			 is_elsewhere ? "sends reports on to another host, which voids it"
				      : "no record that begins with v=DMARC1");
	weigh(list, finding);
}

static void report_unreachable(struct assessment *a, const struct list *list,
			       const struct destination *destination)
{
	struct finding *finding = add(a, list, FINDING_DMARC_DESTINATION_UNREACHABLE, destination);
	finding_arg(a, finding, "host", "%.*s", SPAN_ARG(destination->uri->host));
	finding_arg(a, finding, "obstacle", "%s", destination_obstacle(destination));
	weigh(list, finding);
}

/* Whoever registers the name reads the reports: as bad for ruf, which carries parts of messages. */
static void report_unregistered(struct assessment *a, const struct list *list,
				const struct destination *destination)
{
	struct finding *finding = add(a, list, FINDING_DMARC_DESTINATION_UNREGISTERED, destination);
	struct span registrable = destination->registrable;
	finding_arg(a, finding, "registrable", "%.*s", SPAN_ARG(registrable));
}

static void report_one(struct assessment *a, const struct list *list,
		       const struct destination *destination)
{
	switch (destination->state) {
	case DESTINATION_INVALID:
		report_invalid(a, list, destination);
		break;
	case DESTINATION_DUPLICATE:
		(void)add(a, list, FINDING_DMARC_DESTINATION_DUPLICATE, destination);
		break;
	case DESTINATION_UNREACHABLE:
		report_unreachable(a, list, destination);
		break;
	case DESTINATION_UNREGISTERED:
		report_unregistered(a, list, destination);
		break;
	case DESTINATION_UNAUTHORISED:
		report_unauthorised(a, list, destination);
		break;
	case DESTINATION_RETIRED: /* told once a service */
	case DESTINATION_WORKS:
	case DESTINATION_UNKNOWN:
		break;
	}
	/* RFC 9989 4.7: "!10m" is no longer part of the syntax and is ignored */
	if (destination->uri->has_size_suffix) {
		(void)add(a, list, FINDING_DMARC_DESTINATION_SIZE_LIMIT, destination);
	}
}

/* --- retired services --- */

static void append_address(struct assessment *a, struct span *addresses,
			   const struct destination *destination)
{
	struct span address = destination_text(destination);
	*addresses = arena_printf(a->arena, "%.*s%s%.*s", SPAN_ARG(*addresses),
				  addresses->len > 0 ? ", " : "", SPAN_ARG(address));
}

static void append_retired(struct assessment *a, struct span *addresses,
			   const struct destinations *all,
			   const struct retired_destination *retired)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].retired == retired) {
			append_address(a, addresses, &all->items[i]);
		}
	}
}

static bool is_first(const struct destinations *all, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (all->items[k].retired == all->items[i].retired) {
			return false;
		}
	}
	return true;
}

static bool has_retired(const struct destinations *all, const struct retired_destination *retired)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].retired == retired) {
			return true;
		}
	}
	return false;
}

/* One finding for a service, whichever of the two tags names it and however often. */
static void report_retired(struct assessment *a, const struct list *list)
{
	const struct dmarc_view *view = list->view;
	for (size_t i = 0; i < list->all->count; i++) {
		const struct retired_destination *retired = list->all->items[i].retired;
		if (retired == NULL || !is_first(list->all, i) ||
		    (!is_rua(list) && has_retired(&view->rua, retired))) {
			continue;
		}
		struct span addresses = {NULL, 0};
		append_retired(a, &addresses, &view->rua, retired);
		append_retired(a, &addresses, &view->ruf, retired);
		struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_RETIRED_DESTINATION);
		finding_arg(a, finding, "service", "%.*s", SPAN_ARG(retired->name));
		finding_arg(a, finding, "retired", "%.*s", SPAN_ARG(retired->retired));
		finding_arg(a, finding, "what", "%.*s", SPAN_ARG(retired->what));
		finding_arg(a, finding, "instead", "%.*s", SPAN_ARG(retired->instead));
		finding_arg(a, finding, "addresses", "%.*s", SPAN_ARG(addresses));
		if (is_rua(list) && list->is_lost) {
			finding->severity = SEVERITY_HIGH;
		}
	}
}

/* --- lists --- */

static void report_list(struct assessment *a, const struct dmarc_view *view,
			const struct destinations *all, const char *tag)
{
	struct list list = {
		.view = view,
		.all = all,
		.tag = tag,
		.is_lost = all->working_count == 0 && all->unknown_count == 0,
	};
	for (size_t i = 0; i < all->count; i++) {
		report_one(a, &list, &all->items[i]);
	}
	report_retired(a, &list);
	if (all->count > REPORTED_TO_AT_LEAST) {
		struct finding *finding = dmarc_finding(a, view, FINDING_DMARC_MANY_DESTINATIONS);
		finding_arg(a, finding, "tag", "%s", tag);
		finding_arg(a, finding, "count", "%zu", all->count);
	}
}

void dmarc_rules_reports(struct assessment *a, const struct dmarc_view *view)
{
	if (view->rua.count == 0) {
		(void)dmarc_finding(a, view, FINDING_DMARC_NO_REPORTS);
	}
	report_list(a, view, &view->rua, "rua");
	report_list(a, view, &view->ruf, "ruf");
}
