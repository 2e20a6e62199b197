/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes Received-SPF. */
#include "message/received_spf.h"

#include "message/authentication_results.h"

struct pair {
	const char *key;
	struct span value;
};

static bool is_atom_octet(char c)
{
	return text_is_alnum(c) || text_is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

/* RFC 5322 3.2.3 dot-atom-text */
static bool is_dot_atom(struct span value)
{
	bool is_after_dot = true;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '.' ? is_after_dot : !is_atom_octet(c)) {
			return false;
		}
		is_after_dot = c == '.';
	}
	return !is_after_dot;
}

/* RFC 7208 9.1: value = dot-atom / quoted-string; an address is no dot-atom */
static void write_value(struct buffer *text, struct span value)
{
	if (is_dot_atom(value)) {
		buffer_append(text, value);
	} else {
		authentication_write_quoted(text, value);
	}
}

void received_spf_write(const struct received_spf *spf, struct buffer *text)
{
	const struct pair pairs[] = {
		{"receiver", spf->receiver},
		{"client-ip", spf->client_ip},
		{"envelope-from", spf->envelope_from},
		{"helo", spf->helo},
		{"identity", span_of_string(spf->identity)},
		{"mechanism", spf->mechanism},
		{"problem", spf->problem},
	};
	bool is_first = true;
	buffer_printf(text, "Received-SPF: %s", spf->result);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i].value.len > 0) {
			buffer_printf(text, "%s\r\n\t%s=", is_first ? "" : ";", pairs[i].key);
			write_value(text, pairs[i].value);
			is_first = false;
		}
	}
	buffer_puts(text, "\r\n");
}
