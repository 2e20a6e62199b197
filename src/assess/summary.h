/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The two answers everything else serves: can strangers send mail as the domain, and can mail to it
 * be read or changed on its way? Each is yes, partly, no or unknown, with one sentence from
 * guidance/sentences.conf.
 *
 * spoofable, the first that holds:
 *   yes      everyone passes SPF aligned (+all, /0); or an authorised name is free to be registered
 *   unknown  what DMARC says, or whether SPF lets strangers pass, is not known
 *   yes      no DMARC policy applies, or it only watches
 *   partly   quarantine only; only a share of mail (pct); subdomains, real or invented, less
 * protected; receivers of the older standard read it as weaker; a DKIM key short enough to be
 * broken; millions of addresses authorised no       receivers that check DMARC refuse such mail
 *
 * interceptable, the first that holds:
 *   no       the domain takes no mail
 *   yes      neither MTA-STS nor DANE can be there: whoever sits on the way can switch encryption
 *            off unseen
 *   unknown  the mail hosts were not, or could not be, connected to
 *   no       senders that know DANE or MTA-STS keep mail rather than send it in clear
 *   partly   they encrypt and do not know with whom, or only some hosts are protected
 *   yes      mail goes in clear anyway, or nothing is enforced
 */
#ifndef MAILSEAL_ASSESS_SUMMARY_H
#define MAILSEAL_ASSESS_SUMMARY_H

#include "assess/assessment.h"

void summary_assess(struct assessment *a);

#endif
