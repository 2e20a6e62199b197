/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Domain names. Everywhere above the wire a name is canonical text: A-labels, lower case, no
 * trailing dot, the root is
 * ".", odd octets escaped as in master files ("\." and "\ddd"). Two names are equal when their
 * spans are.
 */
#ifndef MAILSEAL_RECORDS_NAME_H
#define MAILSEAL_RECORDS_NAME_H

#include "base/base.h"

/* RFC 1035 2.3.4: 255 octets on the wire leave room for at most 127 labels. */
#define NAME_MAX_LABELS 127

/*
 * Canonical copy of a name written in a record (lower-cased, trailing dot removed). Reads the
 * escapes "\X" and "\ddd" of master files. False when a label is empty or over 63 octets, the name
 * is over 253 (255 on the wire), or an escape is broken; letters are not restricted to LDH, as DNS
 * does not. Canonical text stays as it is.
 */
bool name_canonical(struct arena *arena, struct span text, struct span *ret_name) MUST_CHECK;
/* RFC 5890 LDH labels (underscores allowed when is_underscore_ok), as a host or mail domain has. */
bool name_is_ldh(struct span name, bool is_underscore_ok);

/* Reads one name from a DNS message, following compression pointers backwards only (RFC
 * 1035 4.1.4). The cursor must span the whole message; it is left behind the name, or failed.
 * Canonical text in the arena. */
bool name_from_wire(struct cursor *message, struct arena *arena, struct span *ret_name) MUST_CHECK;
/* Likewise, but appends the text as a zone file has it, with a dot at the end. */
bool name_write_from_wire(struct cursor *message, struct buffer *text) MUST_CHECK;
/* Likewise, but appends the uncompressed wire form, lower case. */
bool name_expand(struct cursor *message, struct buffer *wire) MUST_CHECK;
/* Appends the uncompressed wire form, lower case. False for what name_canonical() refuses. */
bool name_to_wire(struct span name, struct buffer *wire) MUST_CHECK;

/* "." has 0, "org" 1, "example.org" 2. Escaped dots do not count. */
size_t name_label_count(struct span name);
/* The name without its first label; "." for a single label and for ".". */
struct span name_parent(struct span name);
/* The last count labels; the name itself when it has no more. */
struct span name_last_labels(struct span name, size_t count);
/* The first label, still escaped. */
struct span name_first_label(struct span name);
/* True when name equals ancestor or lies below it. Everything is under ".". */
bool name_is_at_or_under(struct span name, struct span ancestor);
/* prefix + "." + name, e.g. "_dmarc" and "example.org", canonical. Empty span when it gets longer
 * than 253, either part is no name, or memory is out. */
struct span name_join(struct arena *arena, struct span prefix, struct span name);
/* RFC 5890 U-labels for people ("xn--bcher-kva.example" -> "bücher.example"); the name itself where
 * that fails or would show deceptive characters. */
struct span name_to_unicode(struct arena *arena, struct span name);

#endif
