/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * advise: from findings to what to do, in the order to do it, with the exact records. Several
 * findings may lead to one fix, and a fix is done once: a DMARC record that lacks a reader, uses a
 * removed tag and says p=none is replaced one time.
 *
 *   fix      what to do: text from guidance/fixes/, the records before and after, which findings it
 * mends record   makers of records: a DMARC, SPF, MTA-STS, ... record from the current one and a
 * wish what_if  two assessments of the same domain compared: what a change would bring
 */
#ifndef MAILSEAL_ADVISE_ADVISE_H
#define MAILSEAL_ADVISE_ADVISE_H

#include "advise/check_report.h"
#include "advise/fix.h"
#include "advise/record.h"
#include "advise/what_if.h"

#endif
