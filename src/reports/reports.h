/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * reports: DMARC aggregate, DMARC failure and SMTP TLS reports -> rows, whatever they are wrapped
 * in.
 *
 *   reader    one file, pipe or message -> events; tolerant by row, hostile to bombs
 *   walk      a path -> its files (folders, Maildir)
 *   sink      the events: documents, reports, rows, warnings, how each document ended
 *   aggregate, tls, failure_report       what a report says
 *   identity  which report this is       warning   what was odd, by code       limits
 *
 * Inside, bytes are pulled through a chain of sources (file, gzip, zip member, mail part) and
 * pushed into one of three parsers, chosen by content and not by name. zlib, libarchive, GMime,
 * expat and jansson stay behind one file each.
 */
#ifndef MAILSEAL_REPORTS_REPORTS_H
#define MAILSEAL_REPORTS_REPORTS_H

#include "reports/aggregate.h"
#include "reports/failure_report.h"
#include "reports/identity.h"
#include "reports/limits.h"
#include "reports/reader.h"
#include "reports/sink.h"
#include "reports/tls.h"
#include "reports/walk.h"
#include "reports/warning.h"

#endif
