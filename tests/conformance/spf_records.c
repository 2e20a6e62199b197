/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Reads one hexadecimal record a line and says what the SPF parser makes of it: "other" when it is
 * no SPF record, else "valid" or "invalid" and the terms that query DNS, as name=domain-spec.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "records/spf.h"

static void print_terms(const struct spf_record *record)
{
	for (size_t i = 0; i < record->term_count; i++) {
		const struct spf_term *term = &record->terms[i];
		if (spf_term_queries_dns(term)) {
			printf(" %s=%.*s",
			       term->kind == SPF_TERM_REDIRECT
				       ? "redirect"
				       : spf_mechanism_name(term->mechanism),
			       SPAN_ARG(term->domain_spec));
		}
	}
}

static bool print_record(struct arena *arena, struct span text)
{
	if (!spf_record_is_spf(text)) {
		printf("other\n");
		return true;
	}
	struct spf_record *record = spf_record_parse(arena, text);
	if (record == NULL) {
		return false;
	}
	printf("%s", record->problems.error_count > 0 ? "invalid" : "valid");
	print_terms(record);
	printf("\n");
	return true;
}

static bool read_line(struct arena *arena, struct span line)
{
	struct buffer text = buffer_new(LIMIT_DNS_MESSAGE);
	bool is_done = number_parse_hex(span_trim(line, "\n"), &text) &&
		       print_record(arena, buffer_span(&text));
	buffer_free(&text);
	return is_done;
}

int main(void)
{
	static char line[2 * LIMIT_DNS_MESSAGE + 2];
	struct arena *arena = arena_new((size_t)16 << 20);
	bool is_done = arena != NULL;
	while (is_done && fgets(line, sizeof(line), stdin) != NULL) {
		is_done = read_line(arena, span_of_string(line));
		arena_reset(arena);
	}
	arena_free(arena);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
