/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Maxima that more than one module must agree on. A module's own limits live in its own header. */
#ifndef MAILSEAL_BASE_LIMITS_H
#define MAILSEAL_BASE_LIMITS_H

/* RFC 1035 2.3.4: a name has at most 255 octets on the wire; as text without the last dot 253. */
#define LIMIT_NAME_TEXT 253
#define LIMIT_NAME_WIRE 255
#define LIMIT_LABEL 63
/* A wire name as escaped text: each of 253 octets may become "\ddd". */
#define LIMIT_NAME_ESCAPED (4 * LIMIT_NAME_WIRE)
/* RFC 1035 3.3: a TXT answer cannot be longer than a DNS message. */
#define LIMIT_DNS_MESSAGE 65535
/* One domain's judgement: far above any honest domain (measured: 60 kB), far below harm. */
#define LIMIT_DOMAIN_ARENA ((size_t)64 << 20)

#endif
