/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Who sends from where: providers/, as a table to look names up in. Immutable once loaded. */
#ifndef MAILSEAL_GUIDE_PROVIDERS_H
#define MAILSEAL_GUIDE_PROVIDERS_H

#include "base/base.h"

#define PROVIDER_MAX 2000

struct provider {
	struct span id;	  /* "microsoft-365" */
	struct span name; /* "Microsoft 365" */
	struct span kind; /* "mailbox", "marketing", ...: see providers/README.md */
	bool is_shared;	  /* other customers send from the same addresses */
	struct span spf_fix;
	struct span dkim_fix;
	struct span note;
	const struct span *spf; /* include domains */
	size_t spf_count;
	const struct span *mx; /* host suffixes */
	size_t mx_count;
	const struct span *dkim_selectors;
	size_t dkim_selector_count;
	const struct span *dkim_cnames; /* target suffixes */
	size_t dkim_cname_count;
	const struct span *dkim_domains;
	size_t dkim_domain_count;
	const struct span *ptr;
	size_t ptr_count;
	const struct span *networks; /* CIDR text */
	size_t network_count;
	const struct span *envelopes; /* its own envelope sender domains */
	size_t envelope_count;
	const struct span *report_from; /* author domains of the reports it sends itself */
	size_t report_from_count;
};

/* A report destination whose service has closed. */
struct retired_destination {
	struct span id;
	struct span name;	    /* "NCSC Mail Check" */
	const struct span *matches; /* domain suffixes of the addresses */
	size_t match_count;
	struct span kind;    /* "dmarc", "tls-rpt" or "both" */
	struct span retired; /* date */
	struct span what;
	struct span instead;
};

struct provider_table;

int provider_table_load(struct provider_table **ret_table, struct failure *reterr) MUST_CHECK;
void provider_table_free(struct provider_table *table);
size_t provider_count(const struct provider_table *table);
const struct provider *provider_at(const struct provider_table *table, size_t i);
/* By a canonical name that equals or lies below one of the provider's; the longest match wins. NULL
 * when nobody's. */
const struct provider *provider_by_spf(const struct provider_table *table, struct span name);
const struct provider *provider_by_mx(const struct provider_table *table, struct span host);
const struct provider *provider_by_dkim_cname(const struct provider_table *table,
					      struct span target);
const struct provider *provider_by_dkim_domain(const struct provider_table *table,
					       struct span domain);
const struct provider *provider_by_envelope(const struct provider_table *table, struct span domain);
const struct provider *provider_by_report_from(const struct provider_table *table,
					       struct span domain);
const struct provider *provider_by_ptr(const struct provider_table *table, struct span host);
/* The retired service a report address' host belongs to; NULL when none. */
const struct retired_destination *retired_destination_find(const struct provider_table *table,
							   struct span host);
/* Commonly used DKIM selectors, most useful first. */
const struct span *provider_common_selectors(const struct provider_table *table, size_t *ret_count);

#endif
