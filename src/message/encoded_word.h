/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 2047 encoded words, decoded only to look for what they hide; never to make an address. */
#ifndef MAILSEAL_MESSAGE_ENCODED_WORD_H
#define MAILSEAL_MESSAGE_ENCODED_WORD_H

#include "base/base.h"

/*
 * The first encoded word in *rest: true, its octets decoded into *decoded (cleared before), the
 * word itself in *ret_word, and *rest behind it. False when there is none. The charset is not
 * looked at: "@" is the same octet in all that mail uses, but for UTF-7, which counts as holding
 * one.
 */
bool encoded_word_next(struct span *rest, struct buffer *decoded, struct span *ret_word);

#endif
