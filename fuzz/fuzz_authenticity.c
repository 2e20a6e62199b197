/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Mails that carry reports, judged. Input: the reporter's name on the first line, its contact on
 * the second, then the mail.
 */
#include "fuzz.h"

#include "service/authenticity.h"

#define HOST "mx.example"

static struct span take_line(struct span *rest)
{
	size_t len = span_find(*rest, '\n', 0);
	struct span line = span_slice(*rest, 0, len);
	*rest = span_from(*rest, len < rest->len ? len + 1 : len);
	return line;
}

static bool holds_nocase(struct span text, struct span needle)
{
	for (size_t i = 0; i + needle.len <= text.len; i++) {
		if (span_starts_with_nocase(span_from(text, i), needle)) {
			return true;
		}
	}
	return false;
}

static bool is_decided(enum store_authenticity found)
{
	return found == STORE_AUTHENTICITY_PROVED || store_is_left_out(found) ||
	       found == STORE_AUTHENTICITY_UNSIGNED || found == STORE_AUTHENTICITY_OTHER_NAME;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct authenticity_options options = {.hosts = {SPAN_INIT(HOST)}, .host_count = 1};
	struct failure failure;
	if (options.providers == NULL) {
		struct public_suffix_list *suffixes;
		struct provider_table *providers;
		FUZZ_CHECK(public_suffix_list_load(NULL, &suffixes, &failure) == 0);
		FUZZ_CHECK(provider_table_load(&providers, &failure) == 0);
		options.suffixes = suffixes;
		options.providers = providers;
	}
	struct span rest = span_of(data, size);
	struct authenticity_case report = {.reporter = take_line(&rest),
					   .contact = take_line(&rest)};
	struct report_mail mail = {.raw = rest};
	/* Quoted, a name may hold backslashes: then it need not stand there as it is. */
	bool may_be_named = holds_nocase(rest, SPAN(HOST)) || holds_nocase(rest, SPAN("\\"));
	report.mail = &mail;
	for (int kind = STORE_AGGREGATE; kind <= STORE_FAILURE; kind++) {
		enum store_authenticity found;
		report.kind = (enum store_kind)kind;
		FUZZ_CHECK(authenticity_judge(&options, &report, &found, &failure) == 0);
		FUZZ_CHECK(may_be_named || !is_decided(found));
		FUZZ_CHECK(kind == STORE_TLS || found != STORE_AUTHENTICITY_UNSIGNED);
	}
	return 0;
}
