/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * base: the ground everything stands on. It knows libc and nothing of mail or DNS.
 *
 *   span     a view of bytes somebody else owns          arena   memory freed all at once
 *   cursor   reads a span with a sticky error            buffer  writes bytes up to a maximum
 *   vector   a growing array in an arena                 map     span -> pointer, in an arena
 *   text     ASCII and UTF-8 helpers on spans            number  strict decimal and hexadecimal
 *   base64   RFC 4648 4                                  time    RFC 3339, no zones of libc's
 *   failure  what went wrong, where, in which words      json    an escaping writer
 *   fnv      a short hash that stays the same            limits  maxima shared by several modules
 *
 * Nothing here prints, exits, reads a clock or keeps state between calls.
 */
#ifndef MAILSEAL_BASE_BASE_H
#define MAILSEAL_BASE_BASE_H

#include "base/arena.h"
#include "base/attributes.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/cursor.h"
#include "base/failure.h"
#include "base/fnv.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"
#include "base/vector.h"

#endif
