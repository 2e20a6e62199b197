/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A certificate -> its view, and against a TLSA record. */
#include "fuzz.h"

#include "crypto/dane.h"
#include "crypto/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span der = span_of(data, size);
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct x509_view view;
	if (x509_view_read(arena, der, &view)) {
		FUZZ_CHECK(view.name_count <= X509_MAX_NAMES);
		FUZZ_CHECK(text_is_printable(view.subject) && text_is_printable(view.issuer));
		for (size_t i = 0; i < view.name_count; i++) {
			FUZZ_CHECK(text_is_printable(view.names[i]));
		}
		const struct span name = SPAN("mx.example.org");
		x509_has_name(&view, name);
		const struct dane_record record = {3, 0, 0, der};
		struct dane_result result = dane_check(&record, 1, &der, 1, &name, 1, 1);
		FUZZ_CHECK(result.outcome != DANE_UNREADABLE);
	}
	arena_free(arena);
	return 0;
}
