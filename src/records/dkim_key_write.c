/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes a DKIM key record. */
#include "base/base64.h"
#include "records/dkim_key.h"

/* The tag as the record had it, when it did. */
static bool write_raw(const struct dkim_key *key, struct span name, struct buffer *text)
{
	const struct tag *tag = tag_list_find(&key->tags, name);
	if (tag != NULL) {
		buffer_printf(text, "; %.*s=", SPAN_ARG(name));
		buffer_append(text, tag->value);
	}
	return tag != NULL;
}

static void write_type(const struct dkim_key *key, struct buffer *text)
{
	switch (key->type) {
	case DKIM_KEY_RSA:
		buffer_puts(text, "; k=rsa");
		break;
	case DKIM_KEY_ED25519:
		buffer_puts(text, "; k=ed25519");
		break;
	case DKIM_KEY_UNKNOWN:
		(void)write_raw(key, SPAN("k"), text);
		break;
	}
}

static void write_flags(const struct dkim_key *key, struct buffer *text)
{
	if (key->is_testing || key->is_strict_identity) {
		buffer_puts(text, "; t=");
		buffer_puts(text, key->is_testing ? "y" : "");
		buffer_puts(text, key->is_testing && key->is_strict_identity ? ":" : "");
		buffer_puts(text, key->is_strict_identity ? "s" : "");
	}
}

void dkim_key_write(const struct dkim_key *key, struct buffer *text)
{
	buffer_puts(text, "v=DKIM1");
	write_type(key, text);
	if (!write_raw(key, SPAN("h"), text) && key->allows_sha1_only) {
		buffer_puts(text, "; h=sha1");
	}
	(void)write_raw(key, SPAN("s"), text);
	write_flags(key, text);
	if (key->public_key.len > 0) {
		buffer_puts(text, "; p=");
		base64_encode(text, key->public_key);
	} else if (!write_raw(key, SPAN("p"), text) && key->is_revoked) {
		buffer_puts(text, "; p=");
	}
}
