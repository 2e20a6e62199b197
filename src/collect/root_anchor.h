/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The DNSSEC trust anchor of the root, as IANA publishes it at
 * https://data.iana.org/root-anchors/root-anchors.xml: the key signing keys (tags 20326, 38696) of
 * 2017 and 2024. A test compares it with Debian's dns-root-data.
 */
#ifndef MAILSEAL_COLLECT_ROOT_ANCHOR_H
#define MAILSEAL_COLLECT_ROOT_ANCHOR_H

#define ROOT_ANCHOR_COUNT 2

/* DS records in master-file form. */
extern const char *const root_anchor[ROOT_ANCHOR_COUNT];

#endif
