/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 8461 3.3: valid for the host's name, in date, and from an authority that senders trust. */
#include "collect/policy_certificate.h"

#include "crypto/x509.h"

static void add_fault(struct arena *arena, struct span *faults, struct span fault)
{
	*faults = faults->len == 0
			  ? fault
			  : arena_printf(arena, "%.*s; %.*s", SPAN_ARG(*faults), SPAN_ARG(fault));
}

static struct span date_text(struct arena *arena, const char *words, int64_t date)
{
	return arena_printf(arena, "%s %s", words, time_format(date).text);
}

static void check_dates(struct arena *arena, int64_t from, int64_t until, int64_t now,
			struct span *faults)
{
	if (until < now) {
		add_fault(arena, faults, date_text(arena, "expired on", until));
	} else if (from > now) {
		add_fault(arena, faults, date_text(arena, "not valid before", from));
	}
}

struct span policy_certificate_fault(struct arena *arena, const struct x509_trust_store *trust,
				     const struct policy_certificate *certificate)
{
	struct span faults = SPAN("");
	struct x509_view leaf;
	if (certificate->chain_count == 0 || !x509_view_read(arena, certificate->chain[0], &leaf)) {
		return SPAN("the certificate cannot be read");
	}
	struct x509_trust path =
		x509_trust_check(trust, certificate->chain, certificate->chain_count);
	if (!path.is_trusted) {
		add_fault(arena, &faults, path.error);
	}
	/* RFC 9525 6.3: the names of subjectAltName only */
	if (!x509_has_name(&leaf, certificate->host)) {
		add_fault(
			arena, &faults,
			arena_printf(arena, "not for the name %.*s", SPAN_ARG(certificate->host)));
	}
	/* Of a path all certificates count: an expired intermediate is refused as well. */
	int64_t from = path.is_trusted ? path.from : leaf.not_before;
	int64_t until = path.is_trusted ? path.until : leaf.not_after;
	check_dates(arena, from, until, certificate->now, &faults);
	return faults;
}
