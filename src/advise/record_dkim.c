/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Makes DKIM key records. */
#include "advise/record.h"
#include "base/base64.h"
#include "records/dkim_key.h"
#include "records/name.h"

#define VALUE_MAX ((size_t)16 << 10)
#define LEAST_BITS 2048

static struct span write_value(struct arena *arena, const struct record_dkim_wish *wish)
{
	struct buffer text = buffer_new_for(arena, VALUE_MAX);
	buffer_printf(&text, "v=DKIM1; k=%s; p=", wish->is_ed25519 ? "ed25519" : "rsa");
	base64_encode(&text, wish->public_key);
	struct span value =
		text.is_failed ? span_of(NULL, 0) : arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return value;
}

static const char *fault_of(const struct record_dkim_wish *wish, const struct dkim_key *key)
{
	if (!key->is_key_decoded || key->problems.error_count > 0) {
		return "the key cannot be read back";
	}
	return !wish->is_ed25519 && key->rsa_bits < LEAST_BITS
		       ? "the key has fewer than 2048 bits (RFC 8301 3.2)"
		       : NULL;
}

int record_dkim_make(struct arena *arena, const struct record_dkim_wish *wish,
		     struct record_change *ret_change, struct failure *reterr)
{
	static const char what[] = "make the DKIM record";
	struct span selector;
	bool is_name = name_canonical(arena, wish->selector, &selector) &&
		       name_is_ldh(selector, /* is_underscore_ok: */ true);
	struct span under = name_join(arena, SPAN("_domainkey"), wish->domain);
	struct span name =
		is_name && under.len > 0 ? name_join(arena, selector, under) : span_of(NULL, 0);
	struct span value = write_value(arena, wish);
	const struct dkim_key *key = dkim_key_parse(arena, value);
	if (key == NULL || value.len == 0 || arena_has_failed(arena)) {
		return failure_set_memory(reterr, what);
	}
	if (name.len == 0) {
		return failure_set(reterr, FAILURE_INPUT, what, "\"%.*s\" is no selector",
				   SPAN_ARG(wish->selector));
	}
	const char *fault = fault_of(wish, key);
	if (fault != NULL) {
		return failure_set(reterr, FAILURE_INPUT, what, "%s", fault);
	}
	*ret_change = (struct record_change){.name = name, .type = RR_TXT, .value = value};
	return 0;
}
