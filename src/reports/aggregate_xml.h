/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Aggregate reports from XML, with expat, which appears nowhere else. */
#ifndef MAILSEAL_REPORTS_AGGREGATE_XML_H
#define MAILSEAL_REPORTS_AGGREGATE_XML_H

#include "reports/input.h"

struct aggregate_xml;

/* Kept for all documents of a reader. NULL (and the reading has failed) when memory is out. */
struct aggregate_xml *aggregate_xml_new(struct reading *reading);
void aggregate_xml_free(struct aggregate_xml *xml);
/* Reads one document, or several that stand behind each other. XML that is no report is refused. */
void aggregate_xml_read(struct aggregate_xml *xml, struct report_input *input, struct span member);

#endif
