/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * message: the bytes of a mail message (RFC 5322), in constant memory, and what is odd about them.
 *
 *   reader      feeds on chunks of any size; keeps the header, hands the body on
 *   header      the header's fields with their offsets
 *   anomaly     what a strict reading finds odd: readers may disagree there, attackers hide there
 *   author      the From block: every address a mail program might show as the author
 *   address     the address syntax of RFC 5322 3.4, without recursion
 *   scan        oddities of every octet: line ends, NUL, the dot that ends a message
 *   canonical   the canonical forms of RFC 6376 3.4
 *   reverse_path    MAIL FROM's address (RFC 5321 4.1.2)
 *   authentication_results    RFC 8601: read, written strictly, forged ones of one's own found
 *   received_spf    RFC 7208 9.1, written
 *
 * Offsets count octets of the message with CRLF line ends, as SMTP carries it.
 */
#ifndef MAILSEAL_MESSAGE_MESSAGE_H
#define MAILSEAL_MESSAGE_MESSAGE_H

#include "message/address.h"
#include "message/anomaly.h"
#include "message/authentication_results.h"
#include "message/author.h"
#include "message/canonical.h"
#include "message/header.h"
#include "message/reader.h"
#include "message/received_spf.h"
#include "message/reverse_path.h"

#endif
