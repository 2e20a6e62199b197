/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* SMTP TLS reporting records: the TXT record at _smtp._tls (RFC 8460 3). */
#ifndef MAILSEAL_RECORDS_TLS_RPT_H
#define MAILSEAL_RECORDS_TLS_RPT_H

#include "records/dmarc_uri.h"

struct tls_rpt_record {
	struct span text;
	struct tag_list tags; /* the extensions are here */
	struct dmarc_uri *rua;
	size_t rua_count;
	struct problems problems;
};

/* RFC 8460 3: starts with exactly "v=TLSRPTv1" and ";"; senders discard everything else. */
bool tls_rpt_record_is_tls_rpt(struct span text);
/* Looks like a TLS-RPT record gone wrong ("v=tlsrptv1;", "v=TLSRPT1;", no ";"): for a useful
 * finding.
 */
bool tls_rpt_record_is_near_miss(struct span text);
/* Never fails on bad text; NULL only when the arena failed. */
struct tls_rpt_record *tls_rpt_record_parse(struct arena *arena, struct span text);
/* True when reports can be sent somewhere: one address at least is valid, and mailto or https. */
bool tls_rpt_record_is_usable(const struct tls_rpt_record *record);
/* The addresses, then the extensions as they were. */
void tls_rpt_record_write(const struct tls_rpt_record *record, struct buffer *text);

#endif
