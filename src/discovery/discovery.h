/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * discovery: which DMARC record counts for a name, and where its reports may go. Pure code over an
 * inquiry, the same for judging a domain (assess) and for judging a message (authenticate), so that
 * the two can never come to different answers.
 *
 *   dmarc_step          what one _dmarc name holds
 *   dmarc_walk          RFC 9989's tree walk: the organisational domain and the record that counts
 *   dmarc_applied       the policy that comes of it, for the name and for what is below it
 *   dmarc_rfc7489       the same question as RFC 7489 receivers answer it, by the public suffix
 * list mail_host           can a name receive mail at all report_destination  may and can a report
 * be sent there (RFC 9990 4)
 */
#ifndef MAILSEAL_DISCOVERY_DISCOVERY_H
#define MAILSEAL_DISCOVERY_DISCOVERY_H

#include "discovery/dmarc_applied.h"
#include "discovery/dmarc_rfc7489.h"
#include "discovery/dmarc_step.h"
#include "discovery/dmarc_walk.h"
#include "discovery/mail_host.h"
#include "discovery/report_destination.h"

#endif
