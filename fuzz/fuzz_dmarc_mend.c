/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Mending DMARC records: what comes out is sound, and a journey from it ends in reject. */
#include "fuzz.h"

#include "advise/dmarc_mend.h"
#include "advise/record_change.h"
#include "guide/providers.h"

/* Out of test mode, all of the mail, subdomains twice, policy twice. */
#define MAX_STEPS 6

static void check_journey(const struct dmarc_mend *mend, struct tag_draft *draft)
{
	for (size_t i = 0; i < MAX_STEPS; i++) {
		dmarc_mend_tighten(mend, draft);
		struct span text = tag_draft_write(draft);
		FUZZ_CHECK(dmarc_record_parse(mend->arena, text)->problems.error_count == 0 ||
			   record_value_is_template(text));
	}
	const struct dmarc_record *record = dmarc_record_parse(mend->arena, tag_draft_write(draft));
	FUZZ_CHECK(record->p == DMARC_POLICY_REJECT);
	FUZZ_CHECK(!record->is_testing && record->pct == 100);
	FUZZ_CHECK(dmarc_record_subdomain_policy(record) == DMARC_POLICY_REJECT);
	FUZZ_CHECK(dmarc_record_nonexistent_policy(record) == DMARC_POLICY_REJECT);
}

static void mend_text(const struct assess_options *options, struct span input)
{
	struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
	struct assessment assessment = {.arena = arena, .options = options, .kind = DOMAIN_SENDING};
	const struct dmarc_mend mend = {arena, &assessment, /* is_new_to_force: */ false};
	struct tag_draft draft = dmarc_mend_draft(&mend, input);
	struct span text = dmarc_mend_write(&draft);
	if (!arena_has_failed(arena) && text.len > 0) {
		FUZZ_CHECK(dmarc_record_is_dmarc(text));
		struct tag_draft again = dmarc_mend_draft(&mend, text);
		FUZZ_CHECK(span_equal(dmarc_mend_write(&again), text));
		check_journey(&mend, &draft);
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct provider_table *providers;
	struct failure failure;
	if (providers == NULL) {
		FUZZ_CHECK(provider_table_load(&providers, &failure) == 0);
	}
	const struct assess_options options = {.providers = providers};
	if (size < 4096) {
		mend_text(&options, span_of(data, size));
	}
	return 0;
}
