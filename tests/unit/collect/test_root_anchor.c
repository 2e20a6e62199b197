/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The compiled-in trust anchor against Debian's dns-root-data, where that is installed. */
#include "unit.h"

#include <stdio.h>

#include "base/base.h"
#include "collect/root_anchor.h"

#define DEBIAN_ANCHOR "/usr/share/dns/root.ds"
#define FILE_MAX_BYTES 4096

static void test_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROOT_ANCHOR_COUNT; i++) {
		struct span text = span_of_string(root_anchor[i]);
		struct buffer digest = buffer_new(64);
		size_t at = text.len - 64;
		/* SHA-256 (digest type 2) of an RSA/SHA-256 key (algorithm 8). */
		assert_true(span_search(text, SPAN(" 8 2 ")) == at - 5);
		assert_true(number_parse_hex(span_from(text, at), &digest));
		assert_int_equal(digest.len, 32);
		buffer_free(&digest);
	}
}

static void test_same_as_debian(void **state)
{
	(void)state;
	char text[FILE_MAX_BYTES];
	FILE *file = fopen(DEBIAN_ANCHOR, "re");
	if (file == NULL) {
		skip();
	}
	size_t len = fread(text, 1, sizeof(text), file);
	fclose(file);
	size_t records = 0;
	struct span rest = span_of(text, len);
	struct span line;
	while (span_split(&rest, '\n', &line)) {
		records += line.len > 0;
	}
	assert_int_equal(records, ROOT_ANCHOR_COUNT);
	for (size_t i = 0; i < ROOT_ANCHOR_COUNT; i++) {
		struct span anchor = span_of_string(root_anchor[i]);
		if (span_search(span_of(text, len), anchor) == len) {
			fail_msg("not in %s: %s", DEBIAN_ANCHOR, root_anchor[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_same_as_debian),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
