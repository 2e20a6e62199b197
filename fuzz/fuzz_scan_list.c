/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A list of domains in any form, and a line of a file of results. */
#include "fuzz.h"

#include <stdio.h>

#include "service/results_file.h"
#include "service/scan_list.h"

static void check_item(const struct scan_item *item)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct span again;
	FUZZ_CHECK(item->domain.len > 0 && item->domain.len <= LIMIT_NAME_TEXT);
	FUZZ_CHECK(name_canonical(arena, item->domain, &again));
	FUZZ_CHECK(span_equal(again, item->domain));
	arena_free(arena);
}

static void read_list(FILE *file, enum scan_list_form form)
{
	struct seen *seen = seen_new(1);
	const struct scan_list_options options = {.form = form, .skip = seen};
	struct scan_list *list = scan_list_new(file, &options);
	struct scan_input *input = scan_list_input(list);
	enum scan_next next = SCAN_NEXT_ITEM;
	uint64_t items = 0;
	while (next == SCAN_NEXT_ITEM) {
		struct scan_item item;
		struct failure failure;
		if (input->next(input, &item, &next, &failure) != 0) {
			/* A table whose columns are not ours is refused, before any item. */
			FUZZ_CHECK(failure.code == FAILURE_INPUT && items == 0);
			break;
		}
		if (next == SCAN_NEXT_ITEM) {
			check_item(&item);
			items++;
		}
	}
	FUZZ_CHECK(items == seen_count(seen));
	scan_list_free(list);
	seen_free(seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span domain;
	struct span text = span_of(data, size);
	for (enum results_form form = RESULTS_JSON; form <= RESULTS_CSV; form++) {
		if (results_line_domain(form, text, &domain)) {
			FUZZ_CHECK(domain.len > 0 && domain.len <= LIMIT_NAME_TEXT);
		}
	}
	for (enum scan_list_form form = SCAN_LIST_AUTO; size > 0 && form <= SCAN_LIST_ZONE;
	     form++) {
		FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
		if (file != NULL) {
			read_list(file, form);
			fclose(file);
		}
	}
	return 0;
}
