/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes Received-SPF. */
#include "message/received_spf.h"

#include "message/authentication_results.h"

struct pair {
	const char *key;
	struct span value;
};

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
			authentication_write_value(text, pairs[i].value);
			is_first = false;
		}
	}
	buffer_puts(text, "\r\n");
}
