/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Domains of messages. */
#include "authenticate/mail_domain.h"

#include "records/idna.h"
#include "records/name.h"

bool mail_domain_parse(struct arena *arena, struct span text, struct span *ret_name)
{
	bool is_ascii = true;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = span_octet(text, i);
		is_ascii = is_ascii && c < 0x80;
		if (c < 0x80 && !text_is_alnum((char)c) && c != '-' && c != '_' && c != '.') {
			return false;
		}
	}
	if (text.len == 0 || text.ptr[text.len - 1] == '.') {
		return false;
	}
	struct span ascii = text;
	if (!is_ascii && idna_to_ascii(arena, text, &ascii) != IDNA_OK) {
		return false;
	}
	return name_canonical(arena, ascii, ret_name);
}
