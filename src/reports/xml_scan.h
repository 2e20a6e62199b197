/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Looking at XML text quickly: is it fit for a parser as it is? */
#ifndef MAILSEAL_REPORTS_XML_SCAN_H
#define MAILSEAL_REPORTS_XML_SCAN_H

#include "base/base.h"

/* True when nothing has to be mended. May say false for odd text that is right. */
bool xml_scan_is_fit(struct span s);
/* Octets of the predefined entity or valid character reference at the start of s ("&amp;"), or 0.
 */
size_t xml_scan_reference(struct span s);
/*
 * Octets of the tag at the start of s ("<name ...>", "</name>"), or 0 when the "<" must be text:
 * no name follows, or another "<" comes before the ">".
 */
size_t xml_scan_tag(struct span s);

#endif
