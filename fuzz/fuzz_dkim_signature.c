/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The text of a signature, as each of its three kinds. */
#include "fuzz.h"

#include "authenticate/dkim_signature.h"
#include "authenticate/signed_header.h"
#include "records/name.h"

static bool is_inside(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

/* What mail_domain.h promises: hyphens may stand at the ends, as DNS can hold such names. */
static bool is_mail_domain(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!text_is_alnum(c) && c != '-' && c != '_' && c != '.') {
			return false;
		}
	}
	return name.len > 0 && name_label_count(name) > 0;
}

static void check(struct arena *arena, const struct header *header,
		  const struct dkim_signature *signature)
{
	struct span raw = signature->field->raw;
	FUZZ_CHECK(is_inside(signature->offending, raw));
	FUZZ_CHECK(signature->name_count <= DKIM_MAX_NAMES);
	for (size_t i = 0; i < signature->name_count; i++) {
		FUZZ_CHECK(is_inside(signature->names[i], raw));
	}
	if (signature->problem != DKIM_REASON_NONE) {
		return;
	}
	FUZZ_CHECK(signature->signature.len > 0);
	FUZZ_CHECK(is_mail_domain(signature->domain));
	FUZZ_CHECK(name_is_at_or_under(signature->identity_domain, signature->domain));
	struct buffer text = buffer_new(4 * header->text.len + 100);
	struct signed_names names = {signature->names, signature->name_count};
	FUZZ_CHECK(signed_header_write(arena, header, names, signature->field,
				       signature->header_form, &text));
	signed_header_write_own(raw, tag_list_find(&signature->tags, SPAN("b"))->value,
				signature->header_form, &text);
	FUZZ_CHECK(!text.is_failed);
	buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer text = buffer_new(size + 100);
	struct anomalies anomalies = {0};
	buffer_puts(&text, "DKIM-Signature:");
	buffer_append(&text, span_of(data, size));
	buffer_puts(&text, "\r\nFrom: a\r\n");
	struct header header = header_parse(arena, buffer_span(&text), &anomalies);
	for (int flavour = FLAVOUR_DKIM; flavour <= FLAVOUR_ARC_SEAL; flavour++) {
		struct dkim_signature signature =
			dkim_signature_parse(arena, flavour, &header.fields[0], false);
		if (!arena_has_failed(arena)) {
			check(arena, &header, &signature);
		}
	}
	buffer_free(&text);
	arena_free(arena);
	return 0;
}
