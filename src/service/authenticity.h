/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Is a report from whom it says? Anybody can send a report to a published address, and its text
 * proves nothing. What can be believed is
 *
 *   - the Authentication-Results (RFC 8601) that our own receiving host wrote into the mail, when
 *     the administrator says by which name that host signs them. RFC 8601 5 has the host delete
 *     fields of strangers that carry its name; of several the topmost counts. Fields of other
 *     names count for nothing.
 *   - a look at the mail's DKIM signatures of our own, when it is asked for. That keys of old mail
 *     are gone by now is usual: such a look can prove a report, never refute it.
 *
 * RFC 9990 wants the mail aligned by DKIM or SPF with its author's domain, RFC 8460 3 wants a TLS
 * report signed. The author must also be the reporter: the organisation of the report's contact
 * address or name, or the same service of providers/. One who sends in the name of a reporter that
 * providers/ knows (report-from) is an impostor; an author whom the report does not name at all is
 * only unknown. Organisations are told by the public suffix list.
 *
 * So a report is proved genuine, proved false (an impostor's), or it cannot be told. Of the last
 * kind a mail that is nobody's (unaligned) is not counted, since anybody could have written it,
 * though genuine reports that were forwarded, or are sent by a service under its own name, look the
 * same: for the latter the administrator can vouch.
 *
 * Only the mail that was received is judged, not one inside it: whoever sent that could write what
 * he liked into its header.
 */
#ifndef MAILSEAL_SERVICE_AUTHENTICITY_H
#define MAILSEAL_SERVICE_AUTHENTICITY_H

#include "crypto/key_cache.h"
#include "facts/settle.h"
#include "guide/providers.h"
#include "records/public_suffix.h"
#include "reports/sink.h"
#include "store/store.h"

#define AUTHENTICITY_MAX_HOSTS 50
#define AUTHENTICITY_MAX_ACCEPTED 50
/* Instead of an authserv-id: fields that have none, as Microsoft 365 writes them. */
#define AUTHENTICITY_NAMELESS "-"

/*
 * A reporter whose mail is brought by a service under a domain of its own, for which the
 * administrator vouches: reports that name this reporter, in mail that DKIM, SPF or DMARC proves to
 * be of this domain or of one below it.
 */
struct accepted_reporter {
	struct span reporter; /* as reports name it, in any case */
	struct span sender;   /* canonical */
};

struct authenticity_options {
	struct span hosts[AUTHENTICITY_MAX_HOSTS]; /* authserv-ids that are believed */
	size_t host_count;
	struct accepted_reporter accepted[AUTHENTICITY_MAX_ACCEPTED];
	size_t accepted_count;
	bool is_verifying; /* look at signatures ourselves */
	/* All of these are needed when something is to be judged. */
	const struct public_suffix_list *suffixes;
	const struct provider_table *providers;
	struct facts *facts; /* these three for is_verifying only */
	struct fact_source *source;
	struct key_cache *keys;
	int64_t now;
};

/* A report and the mail it came in. */
struct authenticity_case {
	const struct report_mail *mail; /* NULL: a bare file */
	enum store_kind kind;
	struct span reporter; /* as it names itself */
	struct span contact;  /* an address; may be empty */
};

static inline bool authenticity_is_judged(const struct authenticity_options *options)
{
	return options->host_count > 0 || options->is_verifying;
}

/* Negative only when memory or the source failed. */
int authenticity_judge(const struct authenticity_options *options,
		       const struct authenticity_case *report,
		       enum store_authenticity *ret_authenticity,
		       struct failure *reterr) MUST_CHECK;
/* "proved", "unaligned", ...: stable. Static. */
const char *authenticity_name(enum store_authenticity authenticity);

#endif
