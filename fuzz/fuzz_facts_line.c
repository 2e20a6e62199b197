/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Lines of a replay file: what is read is written, and then reads and writes the same. */
#include "fuzz.h"

#include "facts/load.h"
#include "facts/save.h"

static void check_fact(const struct fact *fact)
{
	struct buffer first = buffer_new(FACTS_LINE_MAX * 4);
	struct buffer second = buffer_new(FACTS_LINE_MAX * 4);
	struct facts *facts = facts_new(0);
	struct failure failure;
	FUZZ_CHECK(facts != NULL);
	facts_write_fact(fact, &first);
	if (facts_load_line(facts, buffer_span(&first), &failure) == 0) {
		FUZZ_CHECK(facts_count(facts) == 1);
		facts_write_fact(facts_at(facts, 0), &second);
		FUZZ_CHECK(span_equal(buffer_span(&first), buffer_span(&second)));
	}
	facts_free(facts);
	buffer_free(&first);
	buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts *facts = facts_new(0);
	struct span rest = span_of(data, size);
	struct span line;
	struct failure failure;
	FUZZ_CHECK(facts != NULL);
	while (rest.len > 0 && span_split(&rest, '\n', &line)) {
		(void)!facts_load_line(facts, line, &failure);
	}
	for (size_t i = 0; i < facts_count(facts); i++) {
		check_fact(facts_at(facts, i));
	}
	facts_free(facts);
	return 0;
}
