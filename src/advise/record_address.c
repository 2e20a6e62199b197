/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mailboxes and web addresses -> URIs for rua and ruf. */
#include "advise/record_address.h"

#include "records/dmarc_uri.h"
#include "records/name_input.h"

static int refuse(struct span address, const char *why, struct failure *reterr)
{
	return failure_set(reterr, FAILURE_INPUT, "make the record", "\"%.*s\" %s",
			   SPAN_ARG(address), why);
}

/* RFC 6068 2 and RFC 9989 4.7: what would end or split the URI is percent-encoded. */
static struct span encode_local_part(struct arena *arena, struct span local)
{
	static const char plain[] = "-._~$&'*+/=^`{|}";
	struct buffer text = buffer_new_for(arena, 3 * local.len);
	for (size_t i = 0; i < local.len; i++) {
		char c = local.ptr[i];
		if (text_is_alnum(c) || text_is_one_of(c, plain)) {
			buffer_putc(&text, c);
		} else {
			buffer_printf(&text, "%%%02X", (unsigned)span_octet(local, i));
		}
	}
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return copy;
}

static int mailbox_uri(struct arena *arena, struct span mailbox, struct span *ret_uri,
		       struct failure *reterr)
{
	size_t at = mailbox.len;
	while (at > 0 && mailbox.ptr[at - 1] != '@') {
		at--;
	}
	struct span local = span_slice(mailbox, 0, at > 0 ? at - 1 : 0);
	if (local.len == 0) {
		return refuse(mailbox, "is not a mail address", reterr);
	}
	struct name_input_result domain = name_input_parse(arena, span_from(mailbox, at));
	if (domain.status != NAME_INPUT_OK) {
		return refuse(mailbox, "does not end in a domain name", reterr);
	}
	struct span encoded = encode_local_part(arena, local);
	*ret_uri =
		arena_printf(arena, "mailto:%.*s@%.*s", SPAN_ARG(encoded), SPAN_ARG(domain.name));
	return 0;
}

int record_address_uri(struct arena *arena, struct span address, bool is_https_ok,
		       struct span *ret_uri, struct failure *reterr)
{
	struct span trimmed = span_trim(address, TEXT_SPACE);
	struct span uri = trimmed;
	if (span_equal(trimmed, SPAN(RECORD_ADDRESS_TEMPLATE))) {
		*ret_uri = trimmed;
		return 0;
	}
	if (span_starts_with_nocase(trimmed, SPAN("https:"))) {
		if (!is_https_ok) {
			return refuse(trimmed, "is no mail address; receivers only mail reports",
				      reterr);
		}
	} else if (!span_starts_with_nocase(trimmed, SPAN("mailto:"))) {
		int r = mailbox_uri(arena, trimmed, &uri, reterr);
		if (r < 0) {
			return r;
		}
	}
	struct problems problems = {0};
	struct tag tag = {.name = SPAN("rua"), .value = uri};
	struct dmarc_uri_list list = dmarc_uri_list_parse(arena, &tag, &problems);
	if (list.count != 1 || !list.uris[0].is_valid || problem_count(&problems) > 0) {
		return refuse(trimmed, "cannot be used as a report address", reterr);
	}
	*ret_uri = uri;
	return 0;
}

int record_address_list(struct arena *arena, const struct span *addresses, size_t count,
			bool is_https_ok, struct span *ret_value, struct failure *reterr)
{
	struct span value = SPAN("");
	for (size_t i = 0; i < count; i++) {
		struct span uri = SPAN("");
		int r = record_address_uri(arena, addresses[i], is_https_ok, &uri, reterr);
		if (r < 0) {
			return r;
		}
		value = arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(value), i > 0 ? "," : "",
				     SPAN_ARG(uri));
	}
	*ret_value = value;
	return 0;
}
