/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Macro expansion (RFC 7208 7) with one bounded writer: what does not fit is cut, and says so. */
#ifndef MAILSEAL_AUTHENTICATE_SPF_MACRO_H
#define MAILSEAL_AUTHENTICATE_SPF_MACRO_H

#include "records/network.h"

/* A path of RFC 5321 has 256 octets, a name 253: room for the longest explanation that is read. */
#define SPF_EXPANSION_MAX 4096

/* What the macro letters stand for. All as given, not canonical: RFC 7208 7.3 keeps their case. */
struct spf_macro_values {
	struct network client;	   /* i, c and v */
	struct span local_part;	   /* l, s */
	struct span sender_domain; /* o, s */
	struct span domain;	   /* d: whose record is evaluated */
	struct span helo;	   /* h */
	struct span receiver;	   /* r */
	struct span validated;	   /* p */
	int64_t now;		   /* t */
};

struct spf_expansion {
	char text[SPF_EXPANSION_MAX];
	size_t len;
	bool is_cut; /* there was more */
};

/* spec must have passed spf_macro_is_valid(). Fills *ret_expansion. */
void spf_macro_expand(struct span spec, const struct spf_macro_values *values,
		      struct spf_expansion *ret_expansion);
/* Does it hold %{p}, which costs look-ups? */
bool spf_macro_needs_validated(struct span spec);
/*
 * Plain octets with dots -> a canonical name. Without the last dot; RFC 7208 7.3: labels are taken
 * off the left of what is longer than 253. False for what is no name.
 */
bool spf_name_from_text(struct arena *arena, struct span text, struct span *ret_name) MUST_CHECK;

static inline struct span spf_expansion_span(const struct spf_expansion *expansion)
{
	return span_of(expansion->text, expansion->len);
}

#endif
