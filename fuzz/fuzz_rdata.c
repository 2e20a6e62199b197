/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* MX, CAA and TLSA record data; the first octet chooses. What is written must read as the same. */
#include "fuzz.h"

#include "records/caa.h"
#include "records/mx.h"
#include "records/rr.h"
#include "records/tlsa.h"

/* Every problem lies within the text it is about. */
static void check_problems(const struct problems *problems, size_t text_len)
{
	for (size_t i = 0; i < problem_count(problems); i++) {
		const struct problem *problem = problem_at(problems, i);
		FUZZ_CHECK(problem->what.len > 0);
		FUZZ_CHECK(problem->offset <= text_len &&
			   problem->len <= text_len - problem->offset);
	}
}

/* The writer of one record and that of all records must agree; *text is what they wrote. */
static void check_text(uint16_t type, struct span rdata, struct span text)
{
	struct buffer generic = buffer_new(RR_TEXT_MAX);
	rr_write_text(type, rdata, &generic);
	if (!span_starts_with(buffer_span(&generic), SPAN("\\#"))) {
		FUZZ_CHECK(span_equal_nocase(text, buffer_span(&generic)));
	}
	buffer_free(&generic);
}

static void run_mx(struct arena *arena, struct span rdata, struct buffer *text)
{
	struct mx mx;
	if (mx_parse(arena, rdata, &mx)) {
		mx_write(&mx, text);
		check_problems(&mx.problems, text->len);
		check_text(RR_MX, rdata, buffer_span(text));
		FUZZ_CHECK(mx.is_null == (name_label_count(mx.host) == 0));
	}
}

static void run_caa(struct arena *arena, struct span rdata, struct buffer *text)
{
	struct caa caa;
	if (caa_parse(arena, rdata, &caa)) {
		caa_write(&caa, text);
		check_problems(&caa.problems, caa.value.len);
		check_text(RR_CAA, rdata, buffer_span(text));
		FUZZ_CHECK(caa.parameter_count <= CAA_PARAMETER_MAX);
		FUZZ_CHECK(caa.issuer.len == 0 || caa_is_issue(&caa));
	}
}

static void run_tlsa(struct arena *arena, struct span rdata, struct buffer *text)
{
	struct tlsa tlsa;
	if (tlsa_parse(arena, rdata, &tlsa)) {
		tlsa_write(&tlsa, text);
		check_problems(&tlsa.problems, text->len);
		check_text(RR_TLSA, rdata, buffer_span(text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const runs[])(struct arena *, struct span,
				    struct buffer *) = {run_mx, run_caa, run_tlsa};
	if (size == 0) {
		return 0;
	}
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct buffer text = buffer_new(5 * size + 1000);
	runs[data[0] % 3](arena, span_of(data + 1, size - 1), &text);
	FUZZ_CHECK(!text.is_failed);
	buffer_free(&text);
	arena_free(arena);
	return 0;
}
